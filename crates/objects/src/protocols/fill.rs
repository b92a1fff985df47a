//! Filling a `Py_buffer` for a plain run of bytes (`PyBuffer_FillInfo`).

use crate::model::{ObjectExt, PyObject, PyResult};
use core::ptr::null_mut;
use taipan_abi::{Py_buffer, PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE};

/// Fills `view` for `length` bytes at `start`, exported by `exporter`, as `flags` ask. The exporter keeps the bytes in
/// place until the view is released.
pub fn fill_info(
    view: &mut Py_buffer,
    exporter: &PyObject,
    start: *mut u8,
    length: usize,
    readonly: bool,
    flags: i32,
) -> PyResult<()> {
    super::buffer::check_flags(flags)?;
    if flags & PyBUF_WRITABLE == PyBUF_WRITABLE && readonly {
        return Err(raised!(BufferError, "Object is not writable."));
    }
    view.obj = exporter.owned().into_raw();
    view.buf = start.cast();
    view.len = length as isize;
    view.readonly = i32::from(readonly);
    view.itemsize = 1;
    view.format = if flags & PyBUF_FORMAT == PyBUF_FORMAT { c"B".as_ptr().cast_mut() } else { null_mut() };
    view.ndim = 1;
    view.shape = if flags & PyBUF_ND == PyBUF_ND { &raw mut view.len } else { null_mut() };
    view.strides = if flags & PyBUF_STRIDES == PyBUF_STRIDES { &raw mut view.itemsize } else { null_mut() };
    view.suboffsets = null_mut();
    view.internal = null_mut();
    Ok(())
}
