//! `XMLParser`: reads a document and tells a target of it, which may be a builder of this module.

use super::builder::{PyTreeBuilder, Told};
use super::parse_error;
use crate::pyexpat::{self, errors::message};
use core::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_kernels::xml::{Encoding, Error, Event, EventKind, Options, Outcome, Parser, Position};
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::{self, bytes_like};
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;

/// How much of a file is read at once.
const READ_SIZE: i64 = 64 * 1024;

/// What a target may have methods for.
const METHOD_NAMES: [&str; 9] =
    ["start", "end", "data", "comment", "pi", "start_ns", "end_ns", "doctype", "close"];

/// Places in [`METHOD_NAMES`].
#[derive(Clone, Copy)]
enum Method {
    Start,
    End,
    Data,
    Comment,
    Instruction,
    StartNamespace,
    EndNamespace,
    Doctype,
    Close,
}

/// What holds no objects that can be part of a cycle: the parser proper, and names that were met before.
#[derive(Default)]
struct Engine {
    parser: RefCell<Option<Parser>>,
    names: RefCell<HashMap<Box<str>, Py<PyStr>>>,
}

impl Traverse for Engine {
    fn traverse(&self, _: &mut Visitor) {}
}

#[pytype(name = "xml.etree.ElementTree.XMLParser", gc, flags(BASETYPE, IMMUTABLETYPE), parts(METHODS))]
pub struct PyXmlTreeParser {
    ob_base: PyObject,
    engine: Engine,
    #[member(readonly, kind = OBJECT)]
    target: ObjCell,
    #[member(readonly, kind = OBJECT)]
    entity: ObjCell,
    /// The methods of a target that is no builder.
    methods: Box<[ObjCell]>,
    /// An encoding to be asked of the codecs once reading begins.
    encoding: RefCell<String>,
    began: Cell<bool>,
    busy: Cell<bool>,
    finished: Cell<bool>,
    /// The code of what went wrong, 0 where nothing did.
    error: Cell<u8>,
}

fn not_initialised() -> Raised {
    raised!(ValueError, "XMLParser.__init__() wasn't called")
}

/// Raises `ParseError`.
#[cold]
fn raise(code: u8, position: Position, text: &str) -> Raised {
    let made = || -> PyResult<Py<PyBaseException>> {
        let (line, column) = (position.line as i64, position.column as i64);
        let text = format!("{text}: line {line}, column {column}");
        let exception = call::call(&*parse_error()?, &[&PyStr::new(&text)])?;
        let numbers = [line, column].map(|number| PyInt::from_i64(number).into_obj());
        object::set_attr(&exception, intern!("code"), Some(&PyInt::from_i64(code.into())))?;
        object::set_attr(&exception, intern!("position"), Some(&PyTuple::from_vec(numbers.into())))?;
        exception.downcast_into().map_err(|_| raised!(SystemError, "ParseError is no exception"))
    };
    match made() {
        Ok(exception) => errors::restore(exception),
        Err(raised) => raised,
    }
}

impl PyXmlTreeParser {
    /// The builder that is told, where the target is just that.
    fn builder(&self) -> Option<Py<PyTreeBuilder>> {
        let target = self.target.get()?;
        target.downcast_exact::<PyTreeBuilder>()?;
        target.downcast_owned()
    }

    fn method(&self, method: Method) -> Option<Obj> {
        self.methods[method as usize].get()
    }

    fn with_engine<R>(&self, f: impl FnOnce(&mut Parser) -> R) -> PyResult<R> {
        self.engine.parser.borrow_mut().as_mut().map(f).ok_or_else(not_initialised)
    }

    fn prepare(&self, target: Option<&PyObject>, encoding: Option<&str>) -> PyResult<()> {
        let known = encoding.and_then(Encoding::by_name);
        let asked = if known.is_some() { "" } else { encoding.unwrap_or_default() };
        let mut parser =
            Parser::new(Options { encoding: known, namespaces: Some("}".into()), gives_prefixes: false });
        let target = target.map_or_else(|| PyTreeBuilder::new().into_obj(), ObjectExt::owned);
        let is_builder = target.downcast_exact::<PyTreeBuilder>().is_some();
        for (cell, name) in self.methods.iter().zip(METHOD_NAMES) {
            let found =
                if is_builder { None } else { object::get_optional_attr(&target, &PyStr::new(name))? };
            cell.set(found);
        }
        let wanted = [
            (EventKind::StartElement, Method::Start),
            (EventKind::EndElement, Method::End),
            (EventKind::Text, Method::Data),
            (EventKind::Comment, Method::Comment),
            (EventKind::Instruction, Method::Instruction),
        ];
        for (kind, method) in wanted {
            parser.set_wanted(kind, is_builder || self.method(method).is_some());
        }
        parser.set_wanted(EventKind::StartNamespace, self.method(Method::StartNamespace).is_some());
        parser.set_wanted(EventKind::EndNamespace, self.method(Method::EndNamespace).is_some());
        parser.set_wanted(EventKind::StartDoctype, true);
        // Entities that nobody declared come this way.
        parser.set_wanted(EventKind::DefaultExpand, true);
        self.entity.set(Some(PyDict::new().into_obj()));
        self.target.set(Some(target));
        *self.encoding.borrow_mut() = asked.to_string();
        self.began.set(false);
        self.finished.set(false);
        self.error.set(0);
        *self.engine.parser.borrow_mut() = Some(parser);
        Ok(())
    }

    /// A name as trees have it: a namespace stands in braces.
    fn name(&self, name: &str) -> Py<PyStr> {
        if let Some(known) = self.engine.names.borrow().get(name) {
            return known.clone();
        }
        let made = if name.contains('}') { PyStr::new(&format!("{{{name}")) } else { PyStr::new(name) };
        self.engine.names.borrow_mut().insert(name.into(), made.clone());
        made
    }

    fn attributes(&self, attributes: &[(String, String)]) -> PyResult<Py<PyDict>> {
        let dict = PyDict::with_capacity(attributes.len());
        for (name, value) in attributes {
            dict.set_item(&self.name(name), &PyStr::new(value))?;
        }
        Ok(dict)
    }

    /// Calls a method of a target, if it has it.
    fn tell(&self, method: Method, args: &[&PyObject]) -> PyResult<()> {
        match self.method(method) {
            Some(method) => call::call(&method, args).map(drop),
            None => Ok(()),
        }
    }

    fn tell_text(&self, data: Obj) -> PyResult<()> {
        match self.builder() {
            Some(builder) => {
                builder.text(data);
                Ok(())
            }
            None => self.tell(Method::Data, &[&data]),
        }
    }

    /// An entity that was not declared; who made the parser may know it.
    fn entity_text(&self, reference: &str) -> PyResult<()> {
        let Some(name) = reference.strip_prefix('&').and_then(|name| name.strip_suffix(';')) else {
            return Ok(());
        };
        let entity = self.entity.get().and_then(|entity| entity.downcast_owned::<PyDict>());
        let known = match entity {
            Some(entity) => entity.get_item(&PyStr::new(name))?,
            None => None,
        };
        match known {
            Some(text) => self.tell_text(text),
            None => {
                let position = self.with_engine(|parser| parser.position())?;
                Err(raise(Error::UndefinedEntity as u8, position, &format!("undefined entity {reference}")))
            }
        }
    }

    fn doctype(&self, name: &str, public: Option<&String>, system: Option<&String>) -> PyResult<()> {
        if self.method(Method::Doctype).is_some() {
            let text = |value: Option<&String>| value.map_or_else(none, |value| PyStr::new(value).into_obj());
            return self.tell(Method::Doctype, &[&self.name(name), &text(public), &text(system)]);
        }
        if object::get_optional_attr(self, intern!("doctype"))?.is_none() {
            return Ok(());
        }
        errors::warn(
            Exc::RuntimeWarning,
            1,
            format_args!(
                "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target."
            ),
        )
    }

    fn dispatch(&self, event: Event) -> PyResult<()> {
        let builder = self.builder();
        let prefix = |prefix: Option<String>| PyStr::new(&prefix.unwrap_or_default());
        match (event, builder) {
            (Event::Text(data), _) => self.tell_text(PyStr::new(&data).into_obj()),
            (Event::Default(data), _) => self.entity_text(&data),
            (Event::StartDoctype { name, system, public, .. }, _) => {
                self.doctype(&name, public.as_ref(), system.as_ref())
            }
            (Event::StartElement { name, attributes, .. }, Some(builder)) => {
                let attributes =
                    if attributes.is_empty() { None } else { Some(self.attributes(&attributes)?) };
                builder.open(&self.name(&name), attributes).map(drop)
            }
            (Event::StartElement { name, attributes, .. }, None) => {
                self.tell(Method::Start, &[&self.name(&name), &*self.attributes(&attributes)?])
            }
            (Event::EndElement { .. }, Some(builder)) => builder.end_innermost().map(drop),
            (Event::EndElement { name }, None) => self.tell(Method::End, &[&self.name(&name)]),
            (Event::Comment(text), Some(builder)) => builder.add_comment(&PyStr::new(&text)).map(drop),
            (Event::Comment(text), None) => self.tell(Method::Comment, &[&PyStr::new(&text)]),
            (Event::Instruction { target, data }, Some(builder)) => {
                builder.add_instruction(&PyStr::new(&target), &PyStr::new(&data)).map(drop)
            }
            (Event::Instruction { target, data }, None) => {
                self.tell(Method::Instruction, &[&PyStr::new(&target), &PyStr::new(&data)])
            }
            (Event::StartNamespace { prefix: name, uri }, Some(builder)) => {
                builder.start_namespace(&prefix(name), &prefix(uri))
            }
            (Event::StartNamespace { prefix: name, uri }, None) => {
                self.tell(Method::StartNamespace, &[&prefix(name), &prefix(uri)])
            }
            (Event::EndNamespace { .. }, Some(builder)) => builder.end_namespace(),
            (Event::EndNamespace { prefix: name }, None) => self.tell(Method::EndNamespace, &[&prefix(name)]),
            _ => Ok(()),
        }
    }

    #[cold]
    fn fail(&self, error: u8) -> Raised {
        self.error.set(error);
        self.finished.set(true);
        match self.with_engine(|parser| parser.position()) {
            Ok(position) => raise(error, position, message(error.into()).unwrap_or("unknown error")),
            Err(raised) => raised,
        }
    }

    fn set_encoding(&self, encoding: Encoding) -> PyResult<()> {
        self.with_engine(|parser| parser.set_encoding(encoding))?.map_err(|error| self.fail(error as u8))
    }

    /// Reads all that can be read. Where a target fails, what follows is read without telling it.
    fn run(&self) -> PyResult<()> {
        let mut failure = None;
        let result = loop {
            match self.with_engine(Parser::next_event)? {
                Ok(Outcome::Event(event)) => {
                    if failure.is_none()
                        && let Err(raised) = self.dispatch(event)
                    {
                        failure = Some(errors::take(raised));
                    }
                }
                Ok(Outcome::NeedsInput) => break Ok(()),
                Ok(Outcome::UnknownEncoding(name)) => {
                    let settled = pyexpat::parser::table(&name).and_then(|table| self.set_encoding(table));
                    if settled.is_err() {
                        break settled;
                    }
                }
                Err(error) => break Err(self.fail(error as u8)),
            }
        };
        let Some(failure) = failure else { return result };
        if let Err(raised) = result {
            errors::clear(raised);
        }
        Err(errors::restore(failure))
    }

    fn parse(&self, data: &[u8], is_final: bool) -> PyResult<()> {
        if self.engine.parser.borrow().is_none() {
            return Err(not_initialised());
        }
        if self.busy.get() {
            return Err(raised!(RuntimeError, "cannot call feed() from within a handler"));
        }
        if self.finished.get() {
            let error = self.error.get();
            return Err(self.fail(if error == 0 { Error::Finished as u8 } else { error }));
        }
        self.began.set(true);
        let asked = self.encoding.take();
        if !asked.is_empty() {
            self.set_encoding(pyexpat::parser::table(&asked)?)?;
        }
        self.with_engine(|parser| parser.feed(data, is_final))?;
        self.busy.set(true);
        let result = self.run();
        self.busy.set(false);
        self.finished.set(is_final || self.finished.get());
        result
    }

    /// Text is UTF-8 whatever the document says of itself.
    fn is_text(&self) -> PyResult<()> {
        if self.began.get() {
            return Ok(());
        }
        self.encoding.borrow_mut().clear();
        self.set_encoding(Encoding::Utf8)
    }

    fn parse_object(&self, data: &PyObject) -> PyResult<()> {
        if self.engine.parser.borrow().is_none() {
            return Err(not_initialised());
        }
        let Some(text) = data.downcast::<PyStr>() else {
            return self.parse(bytes_like(data)?.as_slice(), false);
        };
        let bytes = text.to_utf8()?;
        self.is_text()?;
        self.parse(bytes.as_ref(), false)
    }
}

#[pymethods(METHODS)]
impl PyXmlTreeParser {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyXmlTreeParser>> {
        taipan_objects::memory::new_in(
            cls,
            PyXmlTreeParser {
                ob_base: PyObject::EMPTY,
                engine: Engine::default(),
                target: ObjCell::empty(),
                entity: ObjCell::empty(),
                methods: METHOD_NAMES.iter().map(|_| ObjCell::empty()).collect(),
                encoding: RefCell::default(),
                began: Cell::new(false),
                busy: Cell::new(false),
                finished: Cell::new(false),
                error: Cell::new(0),
            },
        )
    }

    #[init(signature = "(*, target=None, encoding=None)")]
    fn init(&self, target: Option<&PyObject>, encoding: Option<&PyObject>) -> PyResult<()> {
        let encoding = pyexpat::text_or_none(encoding, "XMLParser() argument 'encoding'")?;
        self.prepare(target, encoding.as_deref())
    }

    #[pymethod(signature = "(data, /)")]
    fn feed(&self, data: &PyObject) -> PyResult<()> {
        self.parse_object(data)
    }

    #[pymethod]
    fn flush(&self) -> PyResult<()> {
        let before = self.with_engine(|parser| core::mem::replace(&mut parser.defers, false))?;
        let result = self.parse(&[], false);
        self.with_engine(|parser| parser.defers = before)?;
        result
    }

    #[pymethod]
    fn close(&self) -> PyResult<Option<Obj>> {
        self.parse(&[], true)?;
        if let Some(builder) = self.builder() {
            return Ok(builder.done());
        }
        self.method(Method::Close).map(|close| call::call(&close, &[])).transpose()
    }

    #[pymethod(signature = "(file, /)")]
    fn _parse_whole(&self, file: &PyObject) -> PyResult<Option<Obj>> {
        if self.engine.parser.borrow().is_none() {
            return Err(not_initialised());
        }
        let read = object::get_attr(file, intern!("read"))?;
        loop {
            let piece = call::call(&read, &[&PyInt::from_i64(READ_SIZE)])?;
            if let Some(text) = piece.downcast::<PyStr>() {
                if text.is_empty() {
                    break;
                }
                self.is_text()?;
                let bytes = codecs::encode_text(text, Some("utf-8"), Some("surrogatepass"))?;
                self.parse(bytes.as_slice(), false)?;
            } else {
                let Some(bytes) =
                    piece.downcast_exact::<PyBytes>().filter(|bytes| !bytes.as_slice().is_empty())
                else {
                    break;
                };
                self.parse(bytes.as_slice(), false)?;
            }
        }
        self.parse(&[], true)?;
        Ok(self.builder().and_then(|builder| builder.done()))
    }

    #[pymethod(signature = "(events_queue, events_to_report=None, /)")]
    fn _setevents(&self, events_queue: &PyObject, events_to_report: Option<&PyObject>) -> PyResult<()> {
        if self.engine.parser.borrow().is_none() {
            return Err(not_initialised());
        }
        let Some(builder) = self.builder() else {
            return Err(raised!(
                TypeError,
                "event handling only supported for ElementTree.TreeBuilder targets"
            ));
        };
        let append = object::get_attr(events_queue, intern!("append"))?;
        let mut told = Told::End as u8;
        if let Some(events) = events_to_report {
            told = 0;
            for event in &super::methods::collected(events, "events must be a sequence")? {
                told |= event_bit(event)?;
            }
        }
        builder.tell(append, told);
        let wants = |kind: Told| told & kind as u8 != 0;
        self.with_engine(|parser| {
            parser.set_wanted(EventKind::StartNamespace, wants(Told::StartNamespace));
            parser.set_wanted(EventKind::EndNamespace, wants(Told::EndNamespace));
        })
    }

    #[getter]
    fn version(&self) -> String {
        let (major, minor, micro) = pyexpat::VERSION;
        format!("Expat {major}.{minor}.{micro}")
    }
}

/// The bit of an event by its name.
fn event_bit(event: &PyObject) -> PyResult<u8> {
    let name = match (event.downcast::<PyStr>(), event.downcast::<PyBytes>()) {
        (Some(text), _) => text.to_utf8()?.to_string(),
        (None, Some(bytes)) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
        (None, None) => return Err(raised!(ValueError, "invalid events sequence")),
    };
    match Told::ALL.iter().find(|(_, known)| *known == name) {
        Some(&(told, _)) => Ok(told as u8),
        None => Err(raised!(ValueError, "unknown event '{name}'")),
    }
}
