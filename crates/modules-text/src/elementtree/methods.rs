//! `Element` as Python sees it: fields, attributes, and the sequence of children.

use super::element::{PyElement, element, element_argument};
use super::iterator::PyElementIterator;
use taipan_macros::pymethods;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::protocols::number;
use taipan_objects::types::slice::PySlice;

/// Places for children that CPython's element has from the start.
const ROOM: usize = 4;

impl PyElement {
    #[cold]
    fn undeletable() -> Raised {
        raised!(AttributeError, "can't delete element attribute")
    }

    fn field(cell: &ObjCell) -> Obj {
        cell.get().unwrap_or_else(none)
    }

    fn set_field(cell: &ObjCell, value: Option<&PyObject>) -> PyResult<()> {
        cell.set(Some(value.ok_or_else(Self::undeletable)?.owned()));
        Ok(())
    }

    /// An index from the beginning.
    fn index(&self, key: &PyObject) -> PyResult<isize> {
        let index = number::as_isize(key, Some(Exc::IndexError))?;
        Ok(if index < 0 { index + self.len() as isize } else { index })
    }

    fn item_at(&self, index: isize) -> PyResult {
        let found = usize::try_from(index).ok().and_then(|index| self.child(index));
        found.ok_or_else(|| raised!(IndexError, "child index out of range"))
    }

    /// Replaces a child, or takes it out.
    fn assign_at(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        let place = usize::try_from(index).ok().filter(|&index| index < self.len());
        let Some(place) = place else {
            return Err(raised!(IndexError, "child assignment index out of range"));
        };
        if let Some(value) = value {
            element(value)?;
        }
        let items = value.map(ObjectExt::owned).into_iter().collect();
        self.children_or_new().set_slice(place, place + 1, items)
    }

    fn not_an_index() -> Raised {
        raised!(TypeError, "element indices must be integers")
    }
}

/// The items of an iterable; `message` is what is said of anything else.
pub fn collected(iterable: &PyObject, message: &str) -> PyResult<Vec<Obj>> {
    let iterator = iter::iter(iterable).map_err(|raised| {
        if !errors::matches(&raised, Exc::TypeError) {
            return raised;
        }
        errors::clear(raised);
        raised!(TypeError, "{message}")
    })?;
    iter::collect(&iterator)
}

#[pymethods(SLOTS)]
impl PyElement {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyElement>> {
        PyElement::new_in(cls)
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.prepare(args.as_slice(), kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let address = self.as_ptr() as usize;
        let Some(tag) = self.tag.get() else { return Ok(format!("<Element None at {address:#x}>")) };
        if !object::repr_enter(self)? {
            let name = self.class().name();
            return Err(raised!(RuntimeError, "reentrant call inside {name}.__repr__"));
        }
        let shown = object::repr(&tag);
        object::repr_leave(self);
        Ok(format!("<Element {} at {address:#x}>", shown?.to_string_lossy()))
    }

    #[slot(nb_bool)]
    fn truth(&self) -> PyResult<bool> {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "Testing an element's truth value will always return True in future versions.  Use specific \
                 'len(elem)' or 'elem is not None' test instead."
            ),
        )?;
        Ok(self.len() != 0)
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_length)]
    fn mapping_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        self.item_at(index)
    }

    #[slot(sq_ass_item)]
    fn assign_item(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        self.assign_at(index, value)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if number::is_index(key) {
            return self.item_at(self.index(key)?);
        }
        if key.downcast::<PySlice>().is_none() {
            return Err(Self::not_an_index());
        }
        object::get_item(&self.children().unwrap_or_else(PyList::new), key)
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if number::is_index(key) {
            return self.assign_at(self.index(key)?, value);
        }
        if key.downcast::<PySlice>().is_none() {
            return Err(Self::not_an_index());
        }
        let Some(value) = value else { return object::set_item(&self.children_or_new(), key, None) };
        let new = collected(value, "assignment expects an iterable")?;
        for child in &new {
            element(child)?;
        }
        object::set_item(&self.children_or_new(), key, Some(&PyList::from_vec(new)))
    }
}

#[pymethods(METHODS)]
impl PyElement {
    #[pymethod(signature = "(subelement, /)")]
    fn append(&self, subelement: &PyObject) -> PyResult<()> {
        element_argument(subelement, "append() argument 1")?;
        self.add(subelement)
    }

    #[pymethod(signature = "(elements, /)")]
    fn extend(&self, elements: &PyObject) -> PyResult<()> {
        let new = collected(elements, "'elements' must be an iterable")?;
        new.iter().try_for_each(|child| self.add(child))
    }

    #[pymethod(signature = "(index, subelement, /)")]
    fn insert(&self, index: isize, subelement: &PyObject) -> PyResult<()> {
        element_argument(subelement, "insert() argument 2")?;
        let children = self.children_or_new();
        let length = children.len() as isize;
        let place = if index < 0 { (index + length).max(0) } else { index.min(length) };
        children.insert(place as usize, subelement.owned())
    }

    #[pymethod(signature = "(subelement, /)")]
    fn remove(&self, subelement: &PyObject) -> PyResult<()> {
        element_argument(subelement, "remove() argument")?;
        let mut place = 0;
        // What is compared with may change the children.
        while let Some(child) = self.child(place) {
            let same = child.is(subelement) || object::compare_bool(&child, subelement, CompareOp::Eq)?;
            if same {
                let children = self.children().filter(|children| place < children.len());
                return children.map_or(Ok(()), |children| children.set_slice(place, place + 1, Vec::new()));
            }
            place += 1;
        }
        Err(raised!(ValueError, "Element.remove(x): element not found"))
    }

    #[pymethod]
    fn clear(&self) {
        self.set_attributes(None);
        self.set_children(None);
        self.text.set(None);
        self.tail.set(None);
    }

    #[pymethod(signature = "(key, default=None)")]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let found = match self.attributes() {
            Some(attributes) => attributes.get_item(key)?,
            None => None,
        };
        Ok(found.unwrap_or_else(|| default.map_or_else(none, ObjectExt::owned)))
    }

    #[pymethod(signature = "(key, value, /)")]
    fn set(&self, key: &PyObject, value: &PyObject) -> PyResult<()> {
        self.attributes_or_new().set_item(key, value)
    }

    #[pymethod]
    fn keys(&self) -> PyResult<Py<PyList>> {
        self.attributes().map_or_else(|| Ok(PyList::new()), |attributes| attributes.keys())
    }

    #[pymethod]
    fn items(&self) -> PyResult<Py<PyList>> {
        self.attributes().map_or_else(|| Ok(PyList::new()), |attributes| attributes.items())
    }

    #[pymethod(signature = "(tag=None)")]
    fn iter(&self, tag: Option<&PyObject>) -> PyResult<Py<PyElementIterator>> {
        let everything = match tag.and_then(|tag| tag.downcast::<PyStr>()) {
            Some(tag) => tag.to_utf8()? == "*",
            None => tag.is_none(),
        };
        Ok(PyElementIterator::new(self, tag.filter(|_| !everything), false))
    }

    #[pymethod]
    fn itertext(&self) -> Py<PyElementIterator> {
        PyElementIterator::new(self, None, true)
    }

    #[pymethod(signature = "(tag, attrib, /)")]
    fn makeelement(&self, tag: &PyObject, attrib: &PyObject) -> PyResult<Py<PyElement>> {
        let Some(dict) = attrib.downcast::<PyDict>() else {
            let name = attrib.class().name();
            return Err(raised!(TypeError, "makeelement() argument 2 must be dict, not {name}"));
        };
        let copy = PyDict::new();
        for (name, value) in dict.items_snapshot() {
            copy.set_item(&name, &value)?;
        }
        Ok(PyElement::new(tag.owned(), Some(copy.into_obj())))
    }

    /// Bytes of CPython's element with as many children, which were added one by one.
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn size_of(&self) -> usize {
        const WORD: usize = size_of::<usize>();
        let own = 7 * WORD;
        if self.children().is_none() && self.attributes().is_none() {
            return own;
        }
        let (count, mut room) = (self.len(), ROOM);
        while room < count {
            let wanted = room + 1;
            room = wanted + (wanted >> 3) + if wanted < 9 { 3 } else { 6 };
        }
        own + (4 + ROOM) * WORD + if room > ROOM { room * WORD } else { 0 }
    }
}

#[pymethods(PROPERTIES)]
impl PyElement {
    /// A string identifying what kind of data this element represents
    #[getter(tag)]
    fn get_tag(&self) -> Obj {
        Self::field(&self.tag)
    }

    #[setter(tag)]
    fn set_tag(&self, value: Option<&PyObject>) -> PyResult<()> {
        Self::set_field(&self.tag, value)
    }

    /// A string of text directly after the start tag, or None
    #[getter(text)]
    fn get_text(&self) -> Obj {
        Self::field(&self.text)
    }

    #[setter(text)]
    fn set_text(&self, value: Option<&PyObject>) -> PyResult<()> {
        Self::set_field(&self.text, value)
    }

    /// A string of text directly after the end tag, or None
    #[getter(tail)]
    fn get_tail(&self) -> Obj {
        Self::field(&self.tail)
    }

    #[setter(tail)]
    fn set_tail(&self, value: Option<&PyObject>) -> PyResult<()> {
        Self::set_field(&self.tail, value)
    }

    /// A dictionary containing the element's attributes
    #[getter(attrib)]
    fn get_attrib(&self) -> Py<PyDict> {
        self.attributes_or_new()
    }

    #[setter(attrib)]
    fn set_attrib(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(Self::undeletable)?;
        if value.downcast::<PyDict>().is_none() {
            return Err(raised!(TypeError, "attrib must be dict, not {}", value.class().name()));
        }
        self.set_attributes(Some(value.owned()));
        Ok(())
    }
}
