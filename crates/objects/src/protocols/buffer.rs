//! The buffer protocol (PEP 3118).

#![expect(unsafe_code, reason = "memory of other objects is reached by pointer")]

use crate::model::{ObjectExt, PyObject, PyResult, Raised};
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_abi::{Py_buffer, PyBUF_READ, PyBUF_WRITE};

pub use super::fill::fill_info;

/// Whether the object exports a buffer.
#[inline]
pub fn is_exporter(object: &PyObject) -> bool {
    object.class().bf_getbuffer().is_some()
}

/// Refuses what is meant for `PyMemoryView_FromMemory` and no request.
pub(super) fn check_flags(flags: c_int) -> PyResult<()> {
    if flags == PyBUF_READ || flags == PyBUF_WRITE {
        return Err(raised!(SystemError, "bad argument to internal function"));
    }
    Ok(())
}

/// Asks an object for a buffer (`PyObject_GetBuffer`); the view owns a reference to its exporter.
///
/// # Safety
/// `view` is valid for a write.
pub unsafe fn get_raw(object: &PyObject, view: *mut Py_buffer, flags: c_int) -> PyResult<()> {
    check_flags(flags)?;
    let Some(slot) = object.class().bf_getbuffer() else {
        return Err(raised!(TypeError, "a bytes-like object is required, not '{}'", object.class().name()));
    };
    if view.is_null() {
        let name = object.class().short_name();
        return Err(raised!(BufferError, "{name}_getbuffer: view==NULL argument is obsolete"));
    }
    // SAFETY: a slot of a live type, called with a live object; the view is the caller's.
    if unsafe { slot(object.as_ptr(), view, flags) } < 0 { Err(Raised::claim()) } else { Ok(()) }
}

/// Gives a buffer back (`PyBuffer_Release`).
///
/// # Safety
/// `view` was filled by an exporter, or its `obj` is null.
pub unsafe fn release_raw(view: *mut Py_buffer) {
    // SAFETY: the caller's promise; the view owns a reference to its exporter.
    unsafe {
        let object = (*view).obj;
        if object.is_null() {
            return;
        }
        if let Some(release) = (*object).class().bf_releasebuffer() {
            release(object, view);
        }
        (*view).obj = null_mut();
        crate::model::decref(object);
    }
}

/// A buffer that an object exports, released when dropped. Its bytes are read and written through raw pointers or
/// copied: the exporter may change them whenever other code runs.
///
/// The view lies in a box of its own: exporters may let its fields point at each other.
pub struct Buffer(Box<Py_buffer>);

impl Buffer {
    /// Asks `object` for a buffer (`PyObject_GetBuffer`); `flags` are `PyBUF_*`.
    pub fn get(object: &PyObject, flags: i32) -> PyResult<Buffer> {
        let mut view = Box::new(Py_buffer::EMPTY);
        // SAFETY: the view is valid for a write.
        unsafe { get_raw(object, &raw mut *view, flags)? };
        Ok(Buffer(view))
    }

    /// The buffer of an argument that must be writable; `what` says which in the message.
    pub fn writable(object: &PyObject, what: &str) -> PyResult<Buffer> {
        Self::get(object, taipan_abi::PyBUF_WRITABLE).map_err(|raised| {
            crate::errors::clear(raised);
            let name = if object.is_none() { "None" } else { object.class().name() };
            raised!(TypeError, "{what} must be read-write bytes-like object, not {name}")
        })
    }

    /// The C view.
    pub fn view(&self) -> &Py_buffer {
        &self.0
    }

    /// The object that exports the buffer.
    pub fn exporter_ref(&self) -> Option<&PyObject> {
        // SAFETY: a filled view owns a reference to its exporter.
        unsafe { self.0.obj.as_ref() }
    }

    /// A new reference to the exporter.
    pub fn exporter(&self) -> Option<crate::model::Obj> {
        self.exporter_ref().map(ObjectExt::owned)
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
        if self.is_empty() {
            return &[];
        }
        // SAFETY: the exporter keeps the memory as long as the view is not released.
        unsafe { core::slice::from_raw_parts(self.0.buf.cast(), self.len()) }
    }

    /// The bytes of a contiguous, writable buffer. No Python code may run while the slice is used.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        if self.is_empty() {
            return &mut [];
        }
        // SAFETY: as above; the view is writable, and the only Rust reference to the memory.
        unsafe { core::slice::from_raw_parts_mut(self.0.buf.cast(), self.len()) }
    }

    /// A copy of the bytes in C order, whatever the layout.
    pub fn to_vec(&self) -> Vec<u8> {
        if is_contiguous(&self.0, b'C') {
            return self.as_bytes().to_vec();
        }
        let mut bytes = vec![0; self.len()];
        // SAFETY: the view is live and the room is as large as it says.
        unsafe { crate::types::memoryview::copy_out(&self.0, &mut bytes, false) };
        bytes
    }

    /// Whether it is contiguous in order `C`, `F`, or either (`A`).
    pub fn is_contiguous(&self, order: u8) -> bool {
        is_contiguous(&self.0, order)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the view was filled by its exporter.
        unsafe { release_raw(&raw mut *self.0) }
    }
}

fn dimensions(view: &Py_buffer, values: *mut isize) -> Option<&[isize]> {
    if values.is_null() {
        return None;
    }
    // SAFETY: a view's arrays have an entry for each dimension.
    Some(unsafe { core::slice::from_raw_parts(values, view.ndim as usize) })
}

/// The shape; a view without one is a row of items.
pub fn shape(view: &Py_buffer) -> Vec<isize> {
    match dimensions(view, view.shape) {
        Some(shape) => shape.to_vec(),
        None if view.ndim == 0 => Vec::new(),
        None => vec![if view.itemsize > 0 { view.len / view.itemsize } else { 0 }],
    }
}

/// The strides; a view without them is in C order.
pub fn strides(view: &Py_buffer) -> Vec<isize> {
    match dimensions(view, view.strides) {
        Some(strides) => strides.to_vec(),
        None => c_strides(&shape(view), view.itemsize),
    }
}

/// The offsets of indirect views.
pub fn suboffsets(view: &Py_buffer) -> Option<Vec<isize>> {
    dimensions(view, view.suboffsets).map(<[isize]>::to_vec)
}

/// Strides of an array in C order.
pub fn c_strides(shape: &[isize], itemsize: isize) -> Vec<isize> {
    let mut strides = vec![itemsize; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i].wrapping_mul(shape[i]);
    }
    strides
}

/// Strides of an array in Fortran order.
pub fn fortran_strides(shape: &[isize], itemsize: isize) -> Vec<isize> {
    let mut strides = vec![itemsize; shape.len()];
    for i in 1..shape.len() {
        strides[i] = strides[i - 1].wrapping_mul(shape[i - 1]);
    }
    strides
}

/// Whether a view is contiguous in order `C`, `F`, or either (`A`) (`PyBuffer_IsContiguous`).
pub fn is_contiguous(view: &Py_buffer, order: u8) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    let Some(strides) = dimensions(view, view.strides) else {
        // Without strides the order is C's; in one dimension that is Fortran's too.
        return order != b'F' || view.ndim <= 1 || {
            let shape = shape(view);
            matches_strides(&shape, &c_strides(&shape, view.itemsize), view, true)
        };
    };
    let shape = shape(view);
    let in_order = |fortran| matches_strides(&shape, strides, view, fortran);
    match order {
        b'C' => in_order(false),
        b'F' => in_order(true),
        _ => in_order(false) || in_order(true),
    }
}

fn matches_strides(shape: &[isize], strides: &[isize], view: &Py_buffer, fortran: bool) -> bool {
    if view.len == 0 {
        return true;
    }
    let mut expected = view.itemsize;
    for step in 0..shape.len() {
        let i = if fortran { step } else { shape.len() - 1 - step };
        if shape[i] > 1 && strides[i] != expected {
            return false;
        }
        expected = expected.wrapping_mul(shape[i]);
    }
    true
}
