//! Making and freeing floats: their memory comes from a free list.

#![expect(unsafe_code, reason = "fills new memory")]

use super::PyFloat;
use crate::model::{Py, PyObject, PyType, thread};

/// A new float.
#[inline]
pub fn new(value: f64) -> Py<PyFloat> {
    let class = PyFloat::type_object();
    let object = thread::current().interpreter().free_lists.floats.take(class.raw());
    if object.is_null() {
        return crate::memory::new(PyFloat { ob_base: PyObject::EMPTY, value });
    }
    let object = object.cast::<PyFloat>();
    // SAFETY: the block has a float's size, and its only reference passes to the result.
    unsafe {
        (*object).value = value;
        Py::from_raw(object)
    }
}

/// `tp_dealloc`: floats go to the free list.
///
/// # Safety
/// The last reference to a float is gone.
pub unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: nobody reaches the object any more.
    unsafe {
        if PyFloat::check_exact(&*object) && thread::current().interpreter().free_lists.floats.give(object) {
            return;
        }
        crate::memory::free_object(object);
    }
}
