//! The memory of a byte string. Behind the head lie the bytes and a NUL, which C code relies on.

#![expect(unsafe_code, reason = "bytes lie behind the head, as many as the size says")]

use super::{PyBytes, PyBytes_Type};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, PyVarObject, Raised, TypeObject};
use crate::types::int::static_head;
use core::cell::Cell;
use core::mem::offset_of;

const DATA: usize = offset_of!(PyBytes, data);

/// A byte string of at most one byte in a C variable.
#[repr(C)]
struct ShortBytes {
    ob_base: PyVarObject,
    hash: Cell<isize>,
    data: [u8; 8],
}

// SAFETY: immortal, and only its hash changes, which is the same whoever computes it.
unsafe impl Sync for ShortBytes {}

impl ShortBytes {
    const fn new(length: isize, byte: u8) -> Self {
        ShortBytes {
            ob_base: PyVarObject {
                ob_base: static_head(PyBytes_Type.get().raw()),
                ob_size: Cell::new(length),
            },
            hash: Cell::new(-1),
            data: [byte, 0, 0, 0, 0, 0, 0, 0],
        }
    }

    fn get(&'static self) -> &'static PyBytes {
        // SAFETY: the layout is that of a byte string with its data.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }
}

static EMPTY: ShortBytes = ShortBytes::new(0, 0);
static CHARACTERS: [ShortBytes; 256] = {
    let mut table = [const { ShortBytes::new(1, 0) }; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = ShortBytes::new(1, i as u8);
        i += 1;
    }
    table
};

/// The shared string of one byte.
pub fn byte_ref(byte: u8) -> &'static PyBytes {
    CHARACTERS[byte as usize].get()
}

pub fn new(bytes: &[u8]) -> Py<PyBytes> {
    match *bytes {
        [] => EMPTY.get().to_owned(),
        [byte] => byte_ref(byte).to_owned(),
        _ => match with(bytes.len(), |out| out.copy_from_slice(bytes)) {
            Ok(result) => result,
            Err(raised) => {
                crate::errors::clear(raised);
                crate::memory::surely(|| with(bytes.len(), |out| out.copy_from_slice(bytes)))
            }
        },
    }
}

/// # Safety
/// `object` is a new byte string of this length.
unsafe fn fill_new(object: *mut PyObject, length: usize, fill: impl FnOnce(&mut [u8])) -> *mut PyBytes {
    let object = object.cast::<PyBytes>();
    // SAFETY: the caller's promise; the allocator zeroes what is behind the head.
    unsafe {
        (*object).hash.set(-1);
        fill(core::slice::from_raw_parts_mut(object.cast::<u8>().add(DATA), length));
    }
    object
}

pub fn with(length: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Py<PyBytes>> {
    if length <= 1 {
        let mut byte = [0];
        fill(&mut byte[..length]);
        return Ok(new(&byte[..length]));
    }
    fresh(length, fill)
}

/// A new byte string that nobody shares, whatever its length, of zeros before they are filled.
pub fn fresh(length: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Py<PyBytes>> {
    if length > isize::MAX as usize - 64 {
        return Err(raised!(OverflowError, "byte string is too large"));
    }
    let object = crate::memory::alloc_untracked(PyBytes::type_object(), length)?;
    // SAFETY: the object is new; its only reference passes to the result.
    unsafe { Ok(Py::from_raw(fill_new(object, length, fill))) }
}

/// A byte string of a subclass.
pub fn subclass_instance(class: &TypeObject, bytes: &[u8]) -> PyResult {
    let object = match class.tp_alloc() {
        // SAFETY: a class's allocator makes an object of it, or sets an exception.
        Some(alloc) => unsafe { alloc(class.raw(), bytes.len() as isize) },
        None => crate::memory::alloc(class, bytes.len())?,
    };
    if object.is_null() {
        return Err(Raised::claim());
    }
    // SAFETY: the object is new and has room for the bytes; its only reference passes to the result.
    unsafe {
        let bytes_object = fill_new(object, bytes.len(), |out| out.copy_from_slice(bytes));
        Ok(Obj::from_raw(bytes_object.cast()))
    }
}

#[inline(always)]
pub fn as_slice(bytes: &PyBytes) -> &[u8] {
    // SAFETY: the size counts the bytes behind the head, and a byte string never changes.
    unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast::<u8>().add(DATA), bytes.len()) }
}

/// Where the bytes begin, for exported buffers.
pub fn data(bytes: &PyBytes) -> *mut u8 {
    // SAFETY: the data lies within the object.
    unsafe { bytes.as_ptr().cast::<u8>().add(DATA) }
}
