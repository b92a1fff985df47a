//! `NameError` and `AttributeError`: the name that was not found, and where it was looked for.

use super::base::{PyBaseException, state_dict};
use crate::intern;
use crate::model::args::OptArg;
use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyResult, none};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Name not found globally.
#[pytype(name = "NameError", exported = _PyExc_NameError, layout = PyNameErrorObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(NAME))]
pub struct PyNameError {
    pub base: PyBaseException,
    /// name
    #[member]
    pub name: ObjCell,
}

#[pymethods(NAME)]
impl PyNameError {
    #[init(signature = "(*args, name=None)")]
    fn init(&self, args: &[&PyObject], name: OptArg<&PyObject>) -> PyResult<()> {
        self.base.args.set(Some(PyTuple::from_slice(args).into_obj()));
        self.name.set(name.given().map(ObjectExt::owned));
        Ok(())
    }
}

/// Attribute not found.
#[pytype(name = "AttributeError", exported = _PyExc_AttributeError, layout = PyAttributeErrorObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(ATTRIBUTE))]
pub struct PyAttributeError {
    pub base: PyBaseException,
    /// object
    #[member]
    pub obj: ObjCell,
    /// attribute name
    #[member]
    pub name: ObjCell,
}

#[pymethods(ATTRIBUTE)]
impl PyAttributeError {
    #[init(signature = "(*args, name=None, obj=None)")]
    fn init(&self, args: &[&PyObject], name: OptArg<&PyObject>, obj: OptArg<&PyObject>) -> PyResult<()> {
        self.base.args.set(Some(PyTuple::from_slice(args).into_obj()));
        self.name.set(name.given().map(ObjectExt::owned));
        self.obj.set(obj.given().map(ObjectExt::owned));
        Ok(())
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult {
        // The object itself is left out: it may not be picklable.
        let (name, args) = (self.name.get(), self.base.args.get());
        let state = state_dict(&self.base)?;
        if name.is_none() && args.is_none() {
            return Ok(state.map_or_else(none, Py::into_obj));
        }
        let state = state.unwrap_or_else(PyDict::new);
        if let Some(name) = name {
            state.set_item(intern!("name"), &name)?;
        }
        if let Some(args) = args {
            state.set_item(intern!("args"), &args)?;
        }
        Ok(state.into_obj())
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let state = self.getstate()?;
        let args = self.base.args.get().unwrap_or_else(none);
        Ok(PyTuple::from_vec(vec![self.class().owned(), args, state]).into_obj())
    }
}

/// Fills in `obj` and `name` of an `AttributeError`.
pub fn set_attribute_details(exception: &PyObject, object: &PyObject, name: &PyObject) {
    if let Some(error) = exception.downcast::<PyAttributeError>() {
        error.obj.set(Some(object.owned()));
        error.name.set(Some(name.owned()));
    }
}

/// As [`set_attribute_details`] where neither is known.
pub fn add_attribute_details(exception: &PyObject, object: &PyObject, name: &PyObject) {
    if let Some(error) = exception.downcast::<PyAttributeError>()
        && error.obj.is_empty()
        && error.name.is_empty()
    {
        set_attribute_details(exception, object, name);
    }
}

/// Fills in `name` of a `NameError`.
pub fn set_name_details(exception: &PyObject, name: &PyObject) {
    if let Some(error) = exception.downcast::<PyNameError>() {
        error.name.set(Some(name.owned()));
    }
}
