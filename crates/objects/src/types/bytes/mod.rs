//! `bytes`.

use crate::model::{Py, PyResult, PyVarObject};
use core::cell::Cell;
use taipan_macros::pytype;

/// A byte string: the bytes and a NUL follow the head.
#[pytype(name = "bytes", exported = PyBytes_Type, layout = PyBytesObject, subclass_flag = BYTES_SUBCLASS, flags(BASETYPE), basicsize = 33, itemsize = 1)]
pub struct PyBytes {
    ob_base: PyVarObject,
    hash: Cell<isize>,
    data: [u8; 1],
}

impl PyBytes {
    /// A copy of the bytes; empty and one-byte strings are shared and immortal.
    pub fn new(bytes: &[u8]) -> Py<PyBytes> {
        let _ = bytes;
        todo!()
    }

    /// A byte string of this length, filled by `fill`, to which zeros are given.
    pub fn with(length: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Py<PyBytes>> {
        let _ = (length, fill);
        todo!()
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        let _ = self;
        todo!()
    }

    /// Their number.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }
}
