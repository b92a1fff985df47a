//! `picklebufobject.h`: buffers that a pickle may carry outside of its stream.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::c_int;
use core::ptr::null;
use taipan_abi::Py_buffer;
use taipan_objects::prelude::*;
use taipan_objects::types::picklebuffer::PyPickleBuffer;

unsafe fn buffer<'a>(object: Ref) -> PyResult<&'a PyPickleBuffer> {
    // SAFETY: the caller passes a live object.
    let object = unsafe { at(object) };
    object
        .downcast::<PyPickleBuffer>()
        .ok_or_else(|| raised!(TypeError, "expected PickleBuffer, {} found", object.class().name()))
}

c_api! {
    fn PyPickleBuffer_FromObject(object: Ref) -> Ref { new_ref(PyPickleBuffer::from_object(at(object))) }
    fn PyPickleBuffer_GetBuffer(object: Ref) -> *const Py_buffer {
        match buffer(object).and_then(PyPickleBuffer::view) {
            Ok(view) => view,
            Err(_) => null(),
        }
    }
    fn PyPickleBuffer_Release(object: Ref) -> c_int { status(buffer(object).map(PyPickleBuffer::release)) }
}
