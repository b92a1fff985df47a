//! What special methods need of other built-in types: memory views for `__buffer__`, iterators over `__getitem__`.

#![expect(unsafe_code, reason = "fills C buffer views")]

use crate::model::{ObjectExt, PyObject, PyResult};
use crate::types::iterators::sequence::PySeqIter;
use taipan_abi::Py_buffer;

pub use crate::types::memoryview::wrapper::{memoryview_of, release, release_memoryview};

/// `bf_getbuffer` of a class with a Python `__buffer__`.
///
/// # Safety
/// `view` may be written to.
pub unsafe fn get(object: &PyObject, view: *mut Py_buffer, flags: i32) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { crate::types::memoryview::wrapper::get(object, view, flags) } {
        Ok(()) => 0,
        Err(_) => -1,
    }
}

/// `iter(object)` by `__getitem__`.
pub fn sequence_iterator(object: &PyObject) -> PyResult {
    Ok(PySeqIter::new(object.owned()).into_obj())
}
