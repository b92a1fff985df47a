//! Allocation of objects and their destruction.
//!
//! An object of a collected type has a 16-byte `PyGC_Head` before it; one with a managed dictionary or managed weak
//! references two words more before that. Memory comes from mimalloc.

#![expect(unsafe_code, reason = "allocates and frees")]

use crate::model::{Py, PyObject, PyResult, PyType, TypeObject};

/// Destroys an object whose last reference is gone: calls its `tp_dealloc`.
///
/// # Safety
/// The object is live, and nobody owns a count of it.
#[cold]
#[inline(never)]
pub unsafe fn destroy(object: *mut PyObject) {
    let _ = object;
    todo!()
}

/// First step of a `tp_dealloc`: untracks the object, and puts its destruction off (`false`) where the native stack is
/// used up. Weak references and finalisers were dealt with by the caller where its type has them.
///
/// # Safety
/// Called by a `tp_dealloc` of the object.
pub unsafe fn begin_dealloc(object: *mut PyObject) -> bool {
    let _ = object;
    todo!()
}

/// Last step of a `tp_dealloc`: destroys what was put off, once the stack is shallow again.
pub fn end_dealloc() {
    todo!()
}

/// Frees the memory of an object through its type's `tp_free`, and gives up its reference to a heap type.
///
/// # Safety
/// The object's fields are gone; nobody reaches it any more.
pub unsafe fn free_object(object: *mut PyObject) {
    let _ = object;
    todo!()
}

/// A new object of `class` with room for `items` items, zeroed behind the head, with one reference, tracked by the
/// collector where the type is collected (`PyType_GenericAlloc`).
pub fn alloc(class: &TypeObject, items: usize) -> PyResult<*mut PyObject> {
    let _ = (class, items);
    todo!()
}

/// As [`alloc`], but not tracked yet: [`crate::gc::track`] it when its fields are in place.
pub fn alloc_untracked(class: &TypeObject, items: usize) -> PyResult<*mut PyObject> {
    let _ = (class, items);
    todo!()
}

/// A new object of exactly the type of `T`, with these fields (its head is filled in here), tracked if collected.
pub fn new<T: PyType>(value: T) -> Py<T> {
    let _ = value;
    todo!()
}

/// A new object of `class`, which is `T`'s type or a subclass, with these fields; made with the class's `tp_alloc`.
pub fn new_in<T: PyType>(class: &TypeObject, value: T) -> PyResult<Py<T>> {
    let _ = (class, value);
    todo!()
}

/// Raw memory of the object domain.
pub fn raw_alloc(bytes: usize) -> *mut u8 {
    let _ = bytes;
    todo!()
}

/// # Safety
/// `pointer` came from `raw_alloc` or is null.
pub unsafe fn raw_free(pointer: *mut u8) {
    let _ = pointer;
    todo!()
}

/// Changes the size of a block; null, with the old block untouched, where memory ends.
///
/// # Safety
/// `pointer` came from `raw_alloc` or is null.
pub unsafe fn raw_realloc(pointer: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { libmimalloc_sys::mi_realloc(pointer.cast(), bytes.max(1)).cast() }
}
