//! The buffer protocol (PEP 3118).

use crate::model::{PyObject, PyResult};
use taipan_abi::Py_buffer;

/// Whether the object exports a buffer.
pub fn is_exporter(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}

/// A buffer that an object exports, released when dropped. Its bytes are read and written through raw pointers or
/// copied: the exporter may change them whenever other code runs.
pub struct Buffer(Py_buffer);

impl Buffer {
    /// Asks `object` for a buffer (`PyObject_GetBuffer`); `flags` are `PyBUF_*`.
    pub fn get(object: &PyObject, flags: i32) -> PyResult<Buffer> {
        let _ = (object, flags);
        todo!()
    }

    /// The C view.
    pub fn view(&self) -> &Py_buffer {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The bytes of a contiguous buffer. No Python code may run while the slice is used.
    pub fn as_bytes(&self) -> &[u8] {
        todo!()
    }

    /// The bytes of a contiguous, writable buffer. No Python code may run while the slice is used.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        todo!()
    }

    /// A copy of the bytes in C order, whatever the layout.
    pub fn to_vec(&self) -> Vec<u8> {
        todo!()
    }
}
