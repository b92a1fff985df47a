//! Copies of elements, and their state for pickles.

use super::element::{PyElement, element};
use taipan_macros::pymethods;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// A dictionary whose keys and values are strings, which is copied as it is.
fn plain_copy(dict: &PyDict) -> PyResult<Option<Obj>> {
    let entries = dict.items_snapshot();
    let is_str = |object: &Obj| object.downcast_exact::<PyStr>().is_some();
    if !entries.iter().all(|(key, value)| is_str(key) && is_str(value)) {
        return Ok(None);
    }
    let copy = PyDict::with_capacity(entries.len());
    for (key, value) in &entries {
        copy.set_item(key, value)?;
    }
    Ok(Some(copy.into_obj()))
}

/// `copy.deepcopy(object, memo)`
fn deep_copy(object: &PyObject, memo: &PyDict) -> PyResult {
    if object.is_none() || object.downcast_exact::<PyStr>().is_some() {
        return Ok(object.owned());
    }
    if let Some(dict) = object.downcast_exact::<PyDict>()
        && let Some(copy) = plain_copy(dict)?
    {
        return Ok(copy);
    }
    if let Some(element) = object.downcast_exact::<PyElement>()
        && memo.get_item(&identity(object))?.is_none()
    {
        return element.deep_copy(memo).map(Py::into_obj);
    }
    let module = taipan_runtime::imports::import_module(intern!("copy"))?;
    call::method(&module, intern!("deepcopy"), &[object, memo])
}

fn identity(object: &PyObject) -> Py<PyInt> {
    PyInt::from_u64(object.as_ptr() as u64)
}

impl PyElement {
    fn deep_copy(&self, memo: &PyDict) -> PyResult<Py<PyElement>> {
        errors::check_stack(" in __deepcopy__")?;
        let of = |cell: &ObjCell| cell.get().map(|value| deep_copy(&value, memo)).transpose();
        let tag = of(&self.tag)?.unwrap_or_else(none);
        let attributes = match self.attributes() {
            Some(attributes) => Some(deep_copy(&attributes, memo)?),
            None => None,
        };
        let copy =
            PyElement::new(tag, attributes.filter(|attributes| attributes.downcast::<PyDict>().is_some()));
        copy.text.set(of(&self.text)?);
        copy.tail.set(of(&self.tail)?);
        let mut place = 0;
        // Copying may change the children.
        while let Some(child) = self.child(place) {
            copy.add(&*deep_copy(&child, memo)?)?;
            place += 1;
        }
        memo.set_item(&identity(self), &copy)?;
        Ok(copy)
    }
}

#[pymethods(METHODS)]
impl PyElement {
    #[pymethod(name = "__copy__")]
    fn copy(&self) -> PyResult<Py<PyElement>> {
        let attributes = self.attributes().map(Py::into_obj);
        let copy = PyElement::new(self.tag.get().unwrap_or_else(none), attributes);
        copy.text.set(self.text.get());
        copy.tail.set(self.tail.get());
        if let Some(children) = self.children() {
            copy.set_children(Some(PyList::try_from_vec(children.to_vec())?));
        }
        Ok(copy)
    }

    #[pymethod(name = "__deepcopy__", signature = "(memo, /)")]
    fn deepcopy(&self, memo: &PyObject) -> PyResult<Py<PyElement>> {
        let Some(memo) = memo.downcast::<PyDict>() else {
            let name = memo.class().name();
            return Err(raised!(TypeError, "__deepcopy__() argument must be dict, not {name}"));
        };
        self.deep_copy(memo)
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult<Py<PyDict>> {
        let children = self.children().map(|children| children.to_vec()).unwrap_or_default();
        let value = |cell: &ObjCell| cell.get().unwrap_or_else(none);
        let attributes = self.attributes().unwrap_or_else(PyDict::new);
        let fields = [
            ("tag", value(&self.tag)),
            ("_children", PyList::try_from_vec(children)?.into_obj()),
            ("attrib", attributes.into_obj()),
            ("text", value(&self.text)),
            ("tail", value(&self.tail)),
        ];
        let state = PyDict::new();
        for (name, value) in &fields {
            state.set_item(&PyStr::new(name), value)?;
        }
        Ok(state)
    }

    #[pymethod(name = "__setstate__", signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let Some(fields) = state.downcast::<PyDict>() else {
            let shown = object::repr(state)?;
            return Err(raised!(TypeError, "Don't know how to unpickle \"{shown}\" as an Element"));
        };
        let field = |name: &str| fields.get_str(&PyStr::new(name));
        let Some(tag) = field("tag")? else { return Err(raised!(TypeError, "tag may not be NULL")) };
        let attributes = field("attrib")?;
        if let Some(attributes) =
            attributes.as_ref().filter(|attributes| attributes.downcast::<PyDict>().is_none())
        {
            return Err(raised!(TypeError, "attrib must be dict, not {}", attributes.class().name()));
        }
        let children = match field("_children")? {
            Some(children) => {
                let Some(list) = children.downcast::<PyList>() else {
                    return Err(raised!(TypeError, "'_children' is not a list"));
                };
                let children = list.to_vec();
                for child in &children {
                    element(child)?;
                }
                (!children.is_empty()).then(|| PyList::try_from_vec(children)).transpose()?
            }
            None => None,
        };
        self.tag.set(Some(tag));
        self.text.set(field("text")?);
        self.tail.set(field("tail")?);
        self.set_children(children);
        if attributes.is_some() {
            self.set_attributes(attributes);
        }
        Ok(())
    }
}
