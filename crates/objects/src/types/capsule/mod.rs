//! `PyCapsule`: a C pointer with a name.

use crate::model::{PyObject, PyType};
use core::cell::Cell;
use taipan_macros::pytype;

/// A pointer.
#[pytype(name = "PyCapsule", exported = PyCapsule_Type, gc(manual))]
pub struct PyCapsule {
    ob_base: PyObject,
    pub pointer: Cell<*mut core::ffi::c_void>,
    pub name: Cell<*const core::ffi::c_char>,
    pub context: Cell<*mut core::ffi::c_void>,
    pub destructor: Cell<Option<taipan_abi::PyCapsule_Destructor>>,
    pub traverse: Cell<Option<taipan_abi::traverseproc>>,
    pub clear: Cell<Option<taipan_abi::inquiry>>,
}

impl PyCapsule {}
