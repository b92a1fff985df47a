//! The two heads every object begins with, written by hand: their fields change behind shared references.
//!
//! The count is split as in 3.14 on 64-bit machines: the low 32 bits count references, the next 16 take the carry of
//! old stable-ABI code that increments the whole word, the last 16 are flags. An object whose low half is at or above
//! `_Py_IMMORTAL_MINIMUM_REFCNT` (that is, negative as `i32`) is immortal.

use crate::PyTypeObject;
use core::cell::Cell;
use core::mem::{align_of, offset_of, size_of};
use core::ptr::null_mut;

/// The head of every object: 16 bytes.
#[repr(C)]
pub struct PyObject {
    pub ob_refcnt: Cell<u32>,
    pub ob_overflow: Cell<u16>,
    pub ob_flags: Cell<u16>,
    pub ob_type: Cell<*mut PyTypeObject>,
}

/// The head of every object whose size varies: 24 bytes.
#[repr(C)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Cell<isize>,
}

impl PyObject {
    /// A head with no references and no type, to start statics from.
    pub const EMPTY: Self = Self {
        ob_refcnt: Cell::new(0),
        ob_overflow: Cell::new(0),
        ob_flags: Cell::new(0),
        ob_type: Cell::new(null_mut()),
    };
}

impl PyVarObject {
    /// A head with no references, no type and size 0, to start statics from.
    pub const EMPTY: Self = Self { ob_base: PyObject::EMPTY, ob_size: Cell::new(0) };
}

const _: () = {
    assert!(size_of::<PyObject>() == 16 && align_of::<PyObject>() == 8);
    assert!(offset_of!(PyObject, ob_refcnt) == 0);
    assert!(offset_of!(PyObject, ob_overflow) == 4);
    assert!(offset_of!(PyObject, ob_flags) == 6);
    assert!(offset_of!(PyObject, ob_type) == 8);
    assert!(size_of::<PyVarObject>() == 24 && align_of::<PyVarObject>() == 8);
    assert!(offset_of!(PyVarObject, ob_size) == 16);
};
