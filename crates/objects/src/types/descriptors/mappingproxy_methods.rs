//! The methods of `mappingproxy`: each asks the mapping behind it.

use super::PyMappingProxy;
use crate::intern;
use crate::model::{PyObject, PyResult, TypeObject, none_ref};
use crate::protocols::call;
use taipan_macros::pymethods;

#[pymethods(METHODS)]
impl PyMappingProxy {
    /// Return the value for key if key is in the mapping, else default.
    #[pymethod(signature = "(key, default=None, /)")]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let default: &PyObject = default.unwrap_or(none_ref());
        call::method(&self.mapping, intern!("get"), &[key, default])
    }

    /// D.keys() -> a set-like object providing a view on D's keys
    #[pymethod]
    fn keys(&self) -> PyResult {
        call::method(&self.mapping, intern!("keys"), &[])
    }

    /// D.values() -> an object providing a view on D's values
    #[pymethod]
    fn values(&self) -> PyResult {
        call::method(&self.mapping, intern!("values"), &[])
    }

    /// D.items() -> a set-like object providing a view on D's items
    #[pymethod]
    fn items(&self) -> PyResult {
        call::method(&self.mapping, intern!("items"), &[])
    }

    /// D.copy() -> a shallow copy of D
    #[pymethod]
    fn copy(&self) -> PyResult {
        call::method(&self.mapping, intern!("copy"), &[])
    }

    /// See PEP 585
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        crate::types::genericalias::new(cls, object)
    }

    /// D.__reversed__() -> reverse iterator
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> PyResult {
        call::method(&self.mapping, intern!("__reversed__"), &[])
    }
}
