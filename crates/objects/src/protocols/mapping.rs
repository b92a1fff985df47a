//! Mappings.

use crate::model::{Obj, PyObject, PyResult};

/// Whether it has `__getitem__` as a mapping has (`PyMapping_Check`).
pub fn is_mapping(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}

/// `object[key]`, `None` on `KeyError` (`PyMapping_GetOptionalItem`).
pub fn get_optional_item(object: &PyObject, key: &PyObject) -> PyResult<Option<Obj>> {
    let _ = (object, key);
    todo!()
}

/// `list(object.keys())`.
pub fn keys(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}

/// `list(object.values())`.
pub fn values(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}

/// `list(object.items())`.
pub fn items(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}
