//! `instancemethod`: makes any callable bind like a function when it is an attribute of a class.

use super::PyMethod;
use crate::errors::Exc;
use crate::intern;
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// instancemethod(function)
///
/// Bind a function to a class.
#[pytype(name = "instancemethod", exported = PyInstanceMethod_Type, layout = PyInstanceMethodObject, gc, parts(METHODS))]
pub struct PyInstanceMethod {
    ob_base: PyObject,
    /// the function (or other callable) implementing a method
    #[member(name = "__func__", readonly)]
    pub function: Obj,
}

impl PyInstanceMethod {
    /// An instance method (`PyInstanceMethod_New`).
    pub fn new(function: &PyObject) -> Py<PyInstanceMethod> {
        crate::memory::new(PyInstanceMethod { ob_base: PyObject::EMPTY, function: function.owned() })
    }
}

#[pymethods(METHODS)]
impl PyInstanceMethod {
    #[new(signature = "(func, /)", name = "instancemethod")]
    fn py_new(cls: &TypeObject, function: &PyObject) -> PyResult<Py<PyInstanceMethod>> {
        let _ = cls;
        if !object::is_callable(function) {
            return Err(raised!(TypeError, "first argument must be callable"));
        }
        Ok(PyInstanceMethod::new(function))
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple(&self.function, args, kwargs)
    }

    #[getter(__doc__)]
    fn doc(&self) -> PyResult {
        super::doc_or_none(&self.function)
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
        };
        let own = crate::errors::ignore(object::generic_get_attr(self, name), Exc::AttributeError)?;
        own.map_or_else(|| object::get_attr(&self.function, name), Ok)
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        match instance {
            None => Ok(self.function.clone()),
            Some(instance) => Ok(PyMethod::new(&self.function, instance).into_obj()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        let name = object::get_optional_attr(&self.function, intern!("__name__"))?;
        let shown = match name.as_deref().and_then(|name| name.downcast::<PyStr>()) {
            Some(name) => name.to_string(),
            None => "?".to_string(),
        };
        let address = self.as_object().as_ptr();
        Ok(PyStr::new(&format!("<instancemethod {shown} at {address:p}>")).into_obj())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyInstanceMethod>()) else {
            return Ok(not_implemented());
        };
        let equal = object::compare_bool(&self.function, &other.function, CompareOp::Eq)?;
        (equal == (op == CompareOp::Eq)).to_py()
    }
}
