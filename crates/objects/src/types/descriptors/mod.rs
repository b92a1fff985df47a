//! The descriptors that a native type's declarations become: `method_descriptor`, `classmethod_descriptor`, `wrapper_descriptor`, `method-wrapper`, `member_descriptor`, `getset_descriptor`; `property`, `classmethod`, `staticmethod`, `mappingproxy`.

use crate::model::{Obj, Py, PyObject, PyResult, PyType, TypeObject};
use taipan_abi::{PyGetSetDef, PyMemberDef, PyMethodDef, wrapperbase};
use taipan_macros::pytype;

/// `mappingproxy`: a mapping that can only be read.
#[pytype(name = "mappingproxy", exported = PyDictProxy_Type, gc, flags(MAPPING))]
pub struct PyMappingProxy {
    ob_base: PyObject,
    pub mapping: Obj,
}

impl PyMappingProxy {
    /// A view of a mapping.
    pub fn new(mapping: &PyObject) -> Py<PyMappingProxy> {
        let _ = mapping;
        todo!()
    }
}

/// `PyDescr_NewMethod`.
pub fn new_method(class: &TypeObject, def: &'static PyMethodDef) -> Obj {
    let _ = (class, def);
    todo!()
}

/// `PyDescr_NewClassMethod`.
pub fn new_classmethod(class: &TypeObject, def: &'static PyMethodDef) -> Obj {
    let _ = (class, def);
    todo!()
}

/// `PyDescr_NewMember`.
pub fn new_member(class: &TypeObject, def: &'static PyMemberDef) -> Obj {
    let _ = (class, def);
    todo!()
}

/// `PyDescr_NewGetSet`.
pub fn new_getset(class: &TypeObject, def: &'static PyGetSetDef) -> Obj {
    let _ = (class, def);
    todo!()
}

/// `PyDescr_NewWrapper`.
pub fn new_wrapper(class: &TypeObject, base: &'static wrapperbase, wrapped: *mut core::ffi::c_void) -> Obj {
    let _ = (class, base, wrapped);
    todo!()
}

/// `staticmethod(function)`.
pub fn new_staticmethod(function: &PyObject) -> Obj {
    let _ = function;
    todo!()
}

/// `classmethod(function)`.
pub fn new_classmethod_object(function: &PyObject) -> Obj {
    let _ = function;
    todo!()
}

/// Reads a C member (`PyMember_GetOne`).
pub fn get_member(object: &PyObject, def: &PyMemberDef) -> PyResult {
    let _ = (object, def);
    todo!()
}

/// Writes a C member (`PyMember_SetOne`).
pub fn set_member(object: &PyObject, def: &PyMemberDef, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (object, def, value);
    todo!()
}
