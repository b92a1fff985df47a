//! `TreeBuilder`: makes a tree of what a parser tells it.

use super::element::PyElement;
use super::{Held, factory, parse_error, state};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::{errors, types::exceptions::PyBaseException};

/// What `XMLPullParser` can be told of.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Told {
    Start = 1,
    End = 2,
    StartNamespace = 4,
    EndNamespace = 8,
    Comment = 16,
    Instruction = 32,
}

impl Told {
    pub const ALL: [(Told, &'static str); 6] = [
        (Told::Start, "start"),
        (Told::End, "end"),
        (Told::StartNamespace, "start-ns"),
        (Told::EndNamespace, "end-ns"),
        (Told::Comment, "comment"),
        (Told::Instruction, "pi"),
    ];

    fn name(self) -> &'static PyStr {
        match self {
            Told::Start => intern!("start"),
            Told::End => intern!("end"),
            Told::StartNamespace => intern!("start-ns"),
            Told::EndNamespace => intern!("end-ns"),
            Told::Comment => intern!("comment"),
            Told::Instruction => intern!("pi"),
        }
    }
}

#[pytype(name = "xml.etree.ElementTree.TreeBuilder", gc, flags(BASETYPE, IMMUTABLETYPE), parts(METHODS))]
pub struct PyTreeBuilder {
    ob_base: PyObject,
    root: ObjCell,
    /// The innermost open element.
    this: ObjCell,
    /// What text belongs to: as its tail where it has ended, else as its text.
    last: ObjCell,
    last_ended: Cell<bool>,
    /// Text since then.
    data: Held,
    /// The open elements around the innermost one.
    around: Held,
    element_factory: ObjCell,
    comment_factory: ObjCell,
    pi_factory: ObjCell,
    insert_comments: Cell<bool>,
    insert_pis: Cell<bool>,
    /// The `append` of who wants to be told.
    append: ObjCell,
    told: Cell<u8>,
}

impl PyTreeBuilder {
    fn blank() -> PyTreeBuilder {
        PyTreeBuilder {
            ob_base: PyObject::EMPTY,
            root: ObjCell::empty(),
            this: ObjCell::empty(),
            last: ObjCell::empty(),
            last_ended: Cell::new(false),
            data: Held::default(),
            around: Held::default(),
            element_factory: ObjCell::empty(),
            comment_factory: ObjCell::empty(),
            pi_factory: ObjCell::empty(),
            insert_comments: Cell::new(false),
            insert_pis: Cell::new(false),
            append: ObjCell::empty(),
            told: Cell::new(0),
        }
    }

    /// A builder that makes nothing of comments and instructions.
    pub fn new() -> Py<PyTreeBuilder> {
        memory::new(Self::blank())
    }

    /// Has what happens appended somewhere from now on.
    pub fn tell(&self, append: Obj, told: u8) {
        self.append.set(Some(append));
        self.told.set(told);
    }

    fn event(&self, told: Told, value: impl FnOnce() -> Obj) -> PyResult<()> {
        if self.told.get() & told as u8 == 0 {
            return Ok(());
        }
        let Some(append) = self.append.get() else { return Ok(()) };
        let event = PyTuple::from_vec(vec![told.name().as_object().owned(), value()]);
        call::call(&append, &[&event]).map(drop)
    }

    /// Adds text to what an attribute of a node holds.
    fn add_text(cell: &ObjCell, text: Obj) -> PyResult<()> {
        let text = match cell.get().filter(|known| !known.is_none()) {
            Some(known) => number::add(&known, &text)?,
            None => text,
        };
        cell.set(Some(text));
        Ok(())
    }

    /// Gives text its place.
    fn flush(&self) -> PyResult<()> {
        let mut data = self.data.0.take();
        let text = match data.len() {
            0 => return Ok(()),
            1 => data.remove(0),
            _ => PyStr::join(&PyStr::new(""), &*PyList::try_from_vec(data)?)?.into_obj(),
        };
        let Some(last) = self.last.get() else { return Ok(()) };
        let ended = self.last_ended.get();
        if let Some(element) = last.downcast::<PyElement>() {
            return Self::add_text(if ended { &element.tail } else { &element.text }, text);
        }
        let name = if ended { intern!("tail") } else { intern!("text") };
        let place = ObjCell::new(Some(object::get_attr(&last, name)?));
        Self::add_text(&place, text)?;
        object::set_attr(&last, name, place.get().as_deref())
    }

    fn add_child(parent: &PyObject, child: &PyObject) -> PyResult<()> {
        match parent.downcast_exact::<PyElement>() {
            Some(parent) => parent.add(child),
            None => call::method(parent, intern!("append"), &[child]).map(drop),
        }
    }

    #[cold]
    fn two_roots() -> Raised {
        let made = parse_error()
            .and_then(|class| call::call(&class, &[&PyStr::new("multiple elements on top level")]));
        match made.map(Obj::downcast_into::<PyBaseException>) {
            Ok(Ok(exception)) => errors::restore(exception),
            Ok(Err(_)) => raised!(SystemError, "ParseError is no exception"),
            Err(raised) => raised,
        }
    }

    /// Opens an element; no attributes are `None`.
    pub fn open(&self, tag: &PyObject, attributes: Option<Py<PyDict>>) -> PyResult {
        self.flush()?;
        let node = match self.element_factory.get() {
            Some(factory) => call::call(&factory, &[tag, &attributes.unwrap_or_else(PyDict::new)])?,
            None => PyElement::new(tag.owned(), attributes.map(Py::into_obj)).into_obj(),
        };
        match self.this.replace(Some(node.clone())) {
            Some(around) => {
                Self::add_child(&around, &node)?;
                self.around.0.borrow_mut().push(around);
            }
            None if self.root.is_empty() => {
                self.root.set(Some(node.clone()));
                self.around.0.borrow_mut().push(none());
            }
            None => return Err(Self::two_roots()),
        }
        self.last.set(Some(node.clone()));
        self.last_ended.set(false);
        self.event(Told::Start, || node.clone())?;
        Ok(node)
    }

    /// Takes in text.
    pub fn text(&self, data: Obj) {
        if !self.last.is_empty() {
            self.data.0.borrow_mut().push(data);
        }
    }

    /// Ends the innermost open element.
    pub fn end_innermost(&self) -> PyResult {
        self.flush()?;
        let around = self.around.0.borrow_mut().pop();
        let Some(around) = around else { return Err(raised!(IndexError, "pop from empty stack")) };
        let ended = self.this.replace(Some(around).filter(|around| !around.is_none())).unwrap_or_else(none);
        self.last.set(Some(ended.clone()));
        self.last_ended.set(true);
        self.event(Told::End, || ended.clone())?;
        Ok(ended)
    }

    /// Puts a comment or an instruction into the tree.
    fn insert(&self, node: &Obj) -> PyResult<()> {
        let Some(this) = self.this.get() else { return Ok(()) };
        self.flush()?;
        Self::add_child(&this, node)?;
        self.last.set(Some(node.clone()));
        self.last_ended.set(true);
        Ok(())
    }

    pub fn add_comment(&self, text: &PyObject) -> PyResult {
        let node = match self.comment_factory.get() {
            Some(factory) => {
                let node = call::call(&factory, &[text])?;
                if self.insert_comments.get() {
                    self.insert(&node)?;
                }
                node
            }
            None => text.owned(),
        };
        self.event(Told::Comment, || node.clone())?;
        Ok(node)
    }

    pub fn add_instruction(&self, target: &PyObject, text: &PyObject) -> PyResult {
        let node = match self.pi_factory.get() {
            Some(factory) => {
                let node = call::call(&factory, &[target, text])?;
                if self.insert_pis.get() {
                    self.insert(&node)?;
                }
                node
            }
            None => PyTuple::from_vec(vec![target.owned(), text.owned()]).into_obj(),
        };
        self.event(Told::Instruction, || node.clone())?;
        Ok(node)
    }

    pub fn start_namespace(&self, prefix: &PyObject, uri: &PyObject) -> PyResult<()> {
        let pair = || PyTuple::from_vec(vec![prefix.owned(), uri.owned()]).into_obj();
        self.event(Told::StartNamespace, pair)
    }

    pub fn end_namespace(&self) -> PyResult<()> {
        self.event(Told::EndNamespace, none)
    }

    /// The root, if there is one.
    pub fn done(&self) -> Option<Obj> {
        self.root.get()
    }
}

#[pymethods(METHODS)]
impl PyTreeBuilder {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyTreeBuilder>> {
        memory::new_in(cls, Self::blank())
    }

    #[init(
        signature = "(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)"
    )]
    fn init(
        &self,
        element_factory: Option<&PyObject>,
        comment_factory: Option<&PyObject>,
        pi_factory: Option<&PyObject>,
        insert_comments: bool,
        insert_pis: bool,
    ) -> PyResult<()> {
        let known = state();
        let comments = match comment_factory {
            Some(given) => factory(given, "Comment")?,
            None => known.comment_factory.get(),
        };
        let pis = match pi_factory {
            Some(given) => factory(given, "PI")?,
            None => known.pi_factory.get(),
        };
        self.element_factory.set(element_factory.map(ObjectExt::owned));
        self.insert_comments.set(comments.is_some() && insert_comments);
        self.comment_factory.set(comments);
        self.insert_pis.set(pis.is_some() && insert_pis);
        self.pi_factory.set(pis);
        Ok(())
    }

    #[pymethod(signature = "(tag, attrs, /)")]
    fn start(&self, tag: &PyObject, attrs: &PyObject) -> PyResult {
        let Some(attributes) = attrs.downcast_owned::<PyDict>() else {
            let name = if attrs.is_none() { "None" } else { attrs.class().name() };
            return Err(raised!(TypeError, "start() argument 2 must be dict, not {name}"));
        };
        self.open(tag, Some(attributes))
    }

    #[pymethod(signature = "(tag, /)")]
    fn end(&self, _tag: &PyObject) -> PyResult {
        self.end_innermost()
    }

    #[pymethod(signature = "(data, /)")]
    fn data(&self, data: &PyObject) {
        self.text(data.owned());
    }

    #[pymethod(signature = "(text, /)")]
    fn comment(&self, text: &PyObject) -> PyResult {
        self.add_comment(text)
    }

    #[pymethod(signature = "(target, text=None, /)")]
    fn pi(&self, target: &PyObject, text: Option<&PyObject>) -> PyResult {
        self.add_instruction(target, text.unwrap_or(none_ref()))
    }

    #[pymethod]
    fn close(&self) -> Option<Obj> {
        self.done()
    }
}
