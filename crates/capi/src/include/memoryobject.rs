//! `memoryobject.h`: memory views.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::memoryview::PyMemoryView;

c_api! {
    fn PyMemoryView_FromObject(object: Ref) -> Ref { new_ref(PyMemoryView::from_object(at(object))) }
    fn PyMemoryView_FromBuffer(view: *const Py_buffer) -> Ref {
        if (*view).buf.is_null() {
            return new_ref(Err::<Obj, _>(raised!(ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL")));
        }
        new_ref(PyMemoryView::from_view(&*view))
    }
    fn PyMemoryView_FromMemory(start: *mut c_char, length: isize, flags: c_int) -> Ref {
        let mut view = Py_buffer { obj: null_mut(), ..Py_buffer::EMPTY };
        let readonly = flags != PyBUF_WRITE;
        let filled = taipan_objects::protocols::fill::fill_info(&mut view, none_ref(), start.cast(), length.max(0) as usize, readonly, PyBUF_FULL_RO);
        view.obj = null_mut();
        new_ref(filled.and_then(|()| PyMemoryView::from_view(&view)))
    }
    fn PyMemoryView_GetContiguous(object: Ref, kind: c_int, order: c_char) -> Ref {
        new_ref(contiguous(at(object), kind, order as u8))
    }
}

fn contiguous(object: &PyObject, kind: c_int, order: u8) -> PyResult {
    let view = PyMemoryView::from_object(object)?;
    let info = view.checked()?;
    if kind == PyBUF_WRITE && info.readonly != 0 {
        return Err(raised!(BufferError, "underlying buffer is not writable"));
    }
    if taipan_objects::protocols::buffer::is_contiguous(info, order) {
        return Ok(view.into_obj());
    }
    if kind == PyBUF_WRITE {
        return Err(raised!(
            BufferError,
            "writable contiguous buffer requested for a non-contiguous object."
        ));
    }
    Ok(view.contiguous_copy(order == b'F')?.into_obj())
}
