//! What special methods need of other built-in types: memory views for `__buffer__`, iterators over `__getitem__`.

#![expect(unsafe_code, reason = "fills C buffer views")]

use crate::model::{ObjectExt, PyObject, PyResult};
use crate::types::iterators::sequence::PySeqIter;
use taipan_abi::Py_buffer;

/// `object.__buffer__(flags)`.
pub fn memoryview_of(object: &PyObject, flags: i32) -> PyResult {
    let _ = (object, flags);
    Err(raised!(BufferError, "memoryview is not there"))
}

/// `object.__release_buffer__(view)`.
pub fn release_memoryview(object: &PyObject, view: &PyObject) -> PyResult {
    let _ = (object, view);
    Err(raised!(BufferError, "memoryview is not there"))
}

/// `bf_getbuffer` of a class with a Python `__buffer__`.
///
/// # Safety
/// `view` may be written to.
pub unsafe fn get(object: &PyObject, view: *mut Py_buffer, flags: i32) -> i32 {
    let _ = (object, view, flags);
    let _ = raised!(BufferError, "memoryview is not there");
    -1
}

/// `bf_releasebuffer` of a class with a Python `__release_buffer__`.
///
/// # Safety
/// `view` was filled by [`get`].
pub unsafe fn release(object: &PyObject, view: *mut Py_buffer) {
    let _ = (object, view);
}

/// `iter(object)` by `__getitem__`.
pub fn sequence_iterator(object: &PyObject) -> PyResult {
    Ok(PySeqIter::new(object.owned()).into_obj())
}
