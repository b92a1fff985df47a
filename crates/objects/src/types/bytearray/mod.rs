//! `bytearray`.

use crate::model::{Py, PyResult, PyType, PyVarObject};
use core::cell::Cell;
use taipan_macros::pytype;

/// Bytes that change.
#[pytype(name = "bytearray", exported = PyByteArray_Type, layout = PyByteArrayObject, flags(BASETYPE))]
pub struct PyByteArray {
    ob_base: PyVarObject,
    alloc: Cell<isize>,
    bytes: Cell<*mut u8>,
    start: Cell<*mut u8>,
    exports: Cell<isize>,
}

impl PyByteArray {
    /// A bytearray with a copy of the bytes.
    pub fn new(bytes: &[u8]) -> Py<PyByteArray> {
        let _ = bytes;
        todo!()
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        let _ = self;
        todo!()
    }

    /// Their number.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Changes the length; `BufferError` while exported.
    pub fn resize(&self, length: usize) -> PyResult<()> {
        let _ = (self, length);
        todo!()
    }
}
