//! `bytesobject.h`: `bytes`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::errors;
use taipan_objects::prelude::*;

unsafe fn data(object: Ref) -> *mut c_char {
    // SAFETY: the caller passes a live object.
    match unsafe { typed::<PyBytes>(object) } {
        Ok(bytes) => bytes.as_slice().as_ptr().cast_mut().cast(),
        Err(raised) => {
            errors::clear(raised);
            // SAFETY: as above.
            let found = unsafe { at(object) }.class().name();
            let _: Raised = raised!(TypeError, "expected bytes, {found} found");
            null_mut()
        }
    }
}

c_api! {
    fn PyBytes_FromStringAndSize(bytes: *const c_char, length: isize) -> Ref {
        let Ok(length) = usize::try_from(length) else {
            let _: Raised = raised!(SystemError, "Negative size passed to PyBytes_FromStringAndSize");
            return null_mut();
        };
        if bytes.is_null() {
            // The caller fills the bytes in: never one of the shared objects.
            return new_ref(PyBytes::fresh(length));
        }
        new_ref(PyBytes::new(core::slice::from_raw_parts(bytes.cast::<u8>(), length)))
    }
    fn PyBytes_FromString(bytes: *const c_char) -> Ref { new_ref(PyBytes::new(CStr::from_ptr(bytes).to_bytes())) }
    fn PyBytes_FromObject(object: Ref) -> Ref { new_ref(call::call(PyBytes::type_object(), &[at(object)])) }
    fn PyBytes_AsString(object: Ref) -> *mut c_char { data(object) }
    fn PyBytes_Size(object: Ref) -> isize {
        if data(object).is_null() { -1 } else { at(object).downcast::<PyBytes>().map_or(-1, |bytes| bytes.len() as isize) }
    }
    fn PyBytes_AsStringAndSize(object: Ref, bytes: *mut *mut c_char, length: *mut isize) -> c_int {
        let start = data(object);
        if start.is_null() {
            return -1;
        }
        let slice = at(object).downcast::<PyBytes>().map_or(&[][..], PyBytes::as_slice);
        *bytes = start;
        if length.is_null() {
            if slice.contains(&0) {
                let _: Raised = raised!(ValueError, "embedded null byte");
                return -1;
            }
        } else {
            *length = slice.len() as isize;
        }
        0
    }
    fn PyBytes_Concat(object: *mut Ref, added: Ref) {
        if (*object).is_null() {
            return;
        }
        let old = Obj::from_raw(*object);
        *object = match opt(added) {
            Some(added) => new_ref(sequence::concat(&old, added)),
            None => null_mut(),
        };
    }
    fn PyBytes_ConcatAndDel(object: *mut Ref, added: Ref) {
        PyBytes_Concat(object, added);
        crate::include::refcount::Py_DecRef(added);
    }
    fn _PyBytes_Resize(object: *mut Ref, length: isize) -> c_int {
        let old = Obj::from_raw(*object);
        *object = null_mut();
        let resized = old.downcast_into::<PyBytes>().map_err(|_| bad_call()).and_then(|bytes| {
            let length = usize::try_from(length).map_err(|_| bad_call())?;
            let fresh = PyBytes::fresh(length)?;
            let kept = bytes.as_slice();
            let count = kept.len().min(length);
            core::ptr::copy_nonoverlapping(kept.as_ptr(), fresh.as_slice().as_ptr().cast_mut(), count);
            Ok(fresh)
        });
        match resized {
            Ok(bytes) => {
                *object = bytes.into_obj().into_raw();
                0
            }
            Err(_) => -1,
        }
    }
}
