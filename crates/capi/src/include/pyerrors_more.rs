//! `pyerrors.h`: handled exceptions, chaining, and the errors of encodings.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::exceptions::{PyUnicodeError, as_unicode_error};

/// Makes an exception the one that is being handled.
fn set_handled(value: Option<Obj>) {
    let value = value.filter(|value| !value.is_none());
    // SAFETY: the running thread's own state; the item owns its value.
    let before = unsafe {
        let item = (*thread::current().raw()).exc_info;
        core::mem::replace(&mut (*item).exc_value, value.map_or(null_mut(), Obj::into_raw))
    };
    if !before.is_null() {
        // SAFETY: the item's reference passed to us.
        drop(unsafe { Obj::from_raw(before) });
    }
}

unsafe fn owned(pointer: Ref) -> Option<Obj> {
    // SAFETY: the caller gives the reference away, or passes null.
    (!pointer.is_null()).then(|| unsafe { Obj::from_raw(pointer) })
}

unsafe fn unicode_error<'a>(error: Ref) -> PyResult<&'a PyUnicodeError> {
    // SAFETY: the caller passes a live object.
    let error = unsafe { at(error) };
    as_unicode_error(error)
        .ok_or_else(|| raised!(TypeError, "expecting a UnicodeError object, got {}", error.class().name()))
}

/// The length of what could not be converted.
fn length(error: &PyUnicodeError) -> PyResult<isize> {
    match error.object.get() {
        None => Err(raised!(TypeError, "UnicodeError 'object' attribute is not set")),
        Some(object) => Ok(object::len(&object)? as isize),
    }
}

unsafe fn get_start(error: Ref, out: *mut isize) -> c_int {
    // SAFETY: the caller's pointers are valid.
    status(unsafe {
        unicode_error(error).and_then(|error| {
            let last = (length(error)? - 1).max(0);
            *out = error.start.get().clamp(0, last);
            Ok(())
        })
    })
}

unsafe fn get_end(error: Ref, out: *mut isize) -> c_int {
    // SAFETY: the caller's pointers are valid.
    status(unsafe {
        unicode_error(error).and_then(|error| {
            let length = length(error)?;
            *out = error.end.get().max(length.min(1)).min(length);
            Ok(())
        })
    })
}

macro_rules! places {
    ($($get_start:ident $get_end:ident $set_start:ident $set_end:ident $get_reason:ident $set_reason:ident $get_object:ident)*) => {
        $(c_api! {
            fn $get_start(error: Ref, out: *mut isize) -> c_int { get_start(error, out) }
            fn $get_end(error: Ref, out: *mut isize) -> c_int { get_end(error, out) }
            fn $set_start(error: Ref, place: isize) -> c_int { status(unicode_error(error).map(|error| error.start.set(place))) }
            fn $set_end(error: Ref, place: isize) -> c_int { status(unicode_error(error).map(|error| error.end.set(place))) }
            fn $get_reason(error: Ref) -> Ref {
                new_ref(unicode_error(error).and_then(|error| error.reason.get().ok_or_else(|| raised!(TypeError, "UnicodeError 'reason' attribute is not set"))))
            }
            fn $set_reason(error: Ref, reason: *const c_char) -> c_int {
                status(unicode_error(error).map(|error| error.reason.set(Some(string(reason).into_obj()))))
            }
            fn $get_object(error: Ref) -> Ref {
                new_ref(unicode_error(error).and_then(|error| error.object.get().ok_or_else(|| raised!(TypeError, "UnicodeError 'object' attribute is not set"))))
            }
        })*
    };
}

places! {
    PyUnicodeEncodeError_GetStart PyUnicodeEncodeError_GetEnd PyUnicodeEncodeError_SetStart PyUnicodeEncodeError_SetEnd PyUnicodeEncodeError_GetReason PyUnicodeEncodeError_SetReason PyUnicodeEncodeError_GetObject
    PyUnicodeDecodeError_GetStart PyUnicodeDecodeError_GetEnd PyUnicodeDecodeError_SetStart PyUnicodeDecodeError_SetEnd PyUnicodeDecodeError_GetReason PyUnicodeDecodeError_SetReason PyUnicodeDecodeError_GetObject
    PyUnicodeTranslateError_GetStart PyUnicodeTranslateError_GetEnd PyUnicodeTranslateError_SetStart PyUnicodeTranslateError_SetEnd PyUnicodeTranslateError_GetReason PyUnicodeTranslateError_SetReason PyUnicodeTranslateError_GetObject
}

c_api! {
    fn PyUnicodeDecodeError_Create(encoding: *const c_char, start: *const c_char, length: isize, from: isize, to: isize, reason: *const c_char) -> Ref {
        let object = PyBytes::new(core::slice::from_raw_parts(start.cast(), length.max(0) as usize));
        let number = |value: isize| PyInt::from_i64(value as i64);
        new_ref(call::call(Exc::UnicodeDecodeError.type_object(), &[&string(encoding), &object, &number(from), &number(to), &string(reason)]))
    }
    fn PyUnicodeEncodeError_GetEncoding(error: Ref) -> Ref { new_ref(object::get_attr(at(error), intern!("encoding"))) }
    fn PyUnicodeDecodeError_GetEncoding(error: Ref) -> Ref { new_ref(object::get_attr(at(error), intern!("encoding"))) }
    fn PyErr_SetHandledException(error: Ref) { set_handled(opt(error).map(ObjectExt::owned)) }
    fn PyErr_GetExcInfo(class: *mut Ref, value: *mut Ref, traceback: *mut Ref) {
        let handled = errors::handled();
        *class = handled.as_ref().map_or_else(none, |error| error.class().owned()).into_raw();
        *traceback = handled
            .as_ref()
            .and_then(|error| error.downcast::<PyBaseException>().and_then(|error| error.traceback.get()))
            .unwrap_or_else(none)
            .into_raw();
        *value = handled.unwrap_or_else(none).into_raw();
    }
    fn PyErr_SetExcInfo(class: Ref, value: Ref, traceback: Ref) {
        set_handled(owned(value));
        drop((owned(class), owned(traceback)));
    }
    fn PyErr_Display(_class: Ref, value: Ref, traceback: Ref) {
        let Some(value) = opt(value) else { return };
        let Some(error) = value.downcast_owned::<PyBaseException>() else {
            return taipan_runtime::sys::hooks::refuse_to_print(value);
        };
        if error.traceback.get().is_none() && let Some(traceback) = opt(traceback).filter(|traceback| !traceback.is_none()) {
            error.traceback.set(Some(traceback.owned()));
        }
        taipan_runtime::sys::hooks::print_exception(&error, None);
    }
    fn _PyErr_SetKeyError(key: Ref) { let _: Raised = errors::set_key_error(at(key)); }
    fn _PyErr_ChainExceptions1(error: Ref) {
        let Some(earlier) = owned(error) else { return };
        let Ok(earlier) = earlier.downcast_into::<PyBaseException>() else { return };
        if errors::occurred() {
            let _ = errors::chain(Some(earlier), Err(Raised::claim()));
        } else {
            let _: Raised = errors::restore(earlier);
        }
    }
    fn PyTraceBack_Print(traceback: Ref, file: Ref) -> c_int {
        match at(traceback).downcast::<taipan_objects::types::traceback::PyTraceback>() {
            Some(traceback) => status(taipan_runtime::sys::plain_traceback::print_traceback(traceback, at(file))),
            None => {
                let _: Raised = bad_call();
                -1
            }
        }
    }
}
