//! `context.h`: context variables.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;
use taipan_runtime::contextvars::{PyContext, PyContextVar, PyToken};

unsafe fn variable<'a>(object: Ref) -> PyResult<&'a PyContextVar> {
    // SAFETY: the caller passes a live object.
    match unsafe { at(object) }.downcast::<PyContextVar>() {
        Some(variable) => Ok(variable),
        None => Err(raised!(TypeError, "an instance of ContextVar was expected")),
    }
}

unsafe fn context<'a>(object: Ref) -> PyResult<&'a PyContext> {
    // SAFETY: the caller passes a live object.
    match unsafe { at(object) }.downcast::<PyContext>() {
        Some(context) => Ok(context),
        None => Err(raised!(TypeError, "an instance of Context was expected")),
    }
}

c_api! {
    fn PyContextVar_New(name: *const c_char, default: Ref) -> Ref {
        new_ref(PyContextVar::new(&text(name), opt(default).map(ObjectExt::owned)))
    }
    fn PyContextVar_Get(object: Ref, default: Ref, out: *mut Ref) -> c_int {
        *out = null_mut();
        status(variable(object).map(|variable| {
            let value = match opt(default) {
                Some(default) => Some(variable.lookup().unwrap_or_else(|| default.owned())),
                None => variable.value(),
            };
            *out = value.map_or(null_mut(), Obj::into_raw);
        }))
    }
    fn PyContextVar_Set(object: Ref, value: Ref) -> Ref { new_ref(variable(object).map(|variable| variable.assign(at(value)))) }
    fn PyContextVar_Reset(object: Ref, token: Ref) -> c_int {
        status(variable(object).and_then(|variable| match at(token).downcast::<PyToken>() {
            Some(token) => variable.undo(token),
            None => Err(raised!(TypeError, "an instance of Token was expected")),
        }))
    }
    fn PyContext_New() -> Ref { new_ref(call::call(PyContext::type_object(), &[])) }
    fn PyContext_Copy(object: Ref) -> Ref { new_ref(context(object).and_then(|context| call::method(context, intern!("copy"), &[]))) }
    fn PyContext_CopyCurrent() -> Ref { new_ref(taipan_runtime::contextvars::copy_current()) }
    fn PyContext_Enter(object: Ref) -> c_int { status(context(object).and_then(PyContext::enter)) }
    fn PyContext_Exit(object: Ref) -> c_int { status(context(object).and_then(PyContext::exit)) }
}
