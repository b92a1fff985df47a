//! `pybuffer.h`: buffers.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::protocols::{buffer, fill};

c_api! {
    fn PyObject_CheckBuffer(object: Ref) -> c_int { c_int::from(buffer::is_exporter(at(object))) }
    fn PyObject_GetBuffer(object: Ref, view: *mut Py_buffer, flags: c_int) -> c_int {
        status(buffer::get_raw(at(object), view, flags))
    }
    fn PyBuffer_Release(view: *mut Py_buffer) { buffer::release_raw(view) }
    fn PyBuffer_FillInfo(view: *mut Py_buffer, exporter: Ref, start: *mut c_void, length: isize, readonly: c_int, flags: c_int) -> c_int {
        if view.is_null() {
            let _: Raised = raised!(BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
            return -1;
        }
        match opt(exporter) {
            Some(exporter) => status(fill::fill_info(&mut *view, exporter, start.cast(), length.max(0) as usize, readonly != 0, flags)),
            None => {
                let done = fill::fill_info(&mut *view, none_ref(), start.cast(), length.max(0) as usize, readonly != 0, flags);
                if done.is_ok() {
                    (*view).obj = null_mut();
                }
                status(done)
            }
        }
    }
    fn PyBuffer_IsContiguous(view: *const Py_buffer, order: c_char) -> c_int { c_int::from(buffer::is_contiguous(&*view, order as u8)) }
    fn PyBuffer_GetPointer(view: *const Py_buffer, indices: *const isize) -> *mut c_void {
        let view = &*view;
        let mut at = view.buf.cast::<u8>();
        for dimension in 0..view.ndim as usize {
            at = at.offset(*view.strides.add(dimension) * *indices.add(dimension));
            if !view.suboffsets.is_null() && *view.suboffsets.add(dimension) >= 0 {
                at = (*at.cast::<*mut u8>()).offset(*view.suboffsets.add(dimension));
            }
        }
        at.cast()
    }
    fn PyBuffer_ToContiguous(out: *mut c_void, view: *const Py_buffer, length: isize, order: c_char) -> c_int {
        if length != (*view).len {
            let _: Raised = raised!(ValueError, "PyBuffer_ToContiguous: len != view->len");
            return -1;
        }
        let out = core::slice::from_raw_parts_mut(out.cast(), length as usize);
        let fortran = order as u8 == b'F' || order as u8 == b'A' && buffer::is_contiguous(&*view, b'F') && !buffer::is_contiguous(&*view, b'C');
        taipan_objects::types::memoryview::copy::copy_out(&*view, out, fortran);
        0
    }
    fn PyBuffer_FromContiguous(view: *const Py_buffer, from: *const c_void, length: isize, order: c_char) -> c_int {
        let length = length.min((*view).len).max(0) as usize;
        let from = core::slice::from_raw_parts(from.cast(), length);
        taipan_objects::types::memoryview::copy_in(&*view, from, order as u8 == b'F');
        0
    }
    fn PyBuffer_FillContiguousStrides(ndim: c_int, shape: *const isize, strides: *mut isize, itemsize: c_int, order: c_char) {
        let shape = core::slice::from_raw_parts(shape, ndim.max(0) as usize);
        let fill = if order as u8 == b'F' { buffer::fortran_strides } else { buffer::c_strides };
        let made = fill(shape, itemsize as isize);
        core::ptr::copy_nonoverlapping(made.as_ptr(), strides, made.len());
    }
    fn PyObject_CopyData(to: Ref, from: Ref) -> c_int {
        status(buffer::Buffer::get(at(to), PyBUF_FULL).and_then(|to| {
            let from = buffer::Buffer::get(at(from), PyBUF_FULL_RO)?;
            if to.len() < from.len() {
                return Err(raised!(BufferError, "destination is too small to receive data from source"));
            }
            taipan_objects::types::memoryview::copy_in(to.view(), &from.to_vec(), false);
            Ok(())
        }))
    }
    fn PyBuffer_SizeFromFormat(format: *const c_char) -> isize {
        let size = taipan_runtime::imports::import_module(intern!("struct"))
            .and_then(|module| call::method(&module, intern!("calcsize"), &[&string(format)]))
            .and_then(|size| number::as_isize(&size, None));
        size.unwrap_or(-1)
    }
}
