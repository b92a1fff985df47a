//! `pyframe.h`: frames and tracebacks.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

use taipan_interpreter::frames::PyFrame;
use taipan_objects::types::traceback::PyTraceback;

unsafe fn frame<'a>(frame: *mut PyFrameObject) -> &'a PyFrame {
    // SAFETY: the caller passes a live frame object.
    unsafe { &*frame.cast() }
}

c_api! {
    fn PyFrame_GetCode(object: *mut PyFrameObject) -> *mut PyCodeObject { frame(object).code().into_obj().into_raw().cast() }
    fn PyFrame_GetBack(object: *mut PyFrameObject) -> *mut PyFrameObject { frame(object).back().map_or(null_mut(), |back| back.into_obj().into_raw().cast()) }
    fn PyFrame_GetLineNumber(object: *mut PyFrameObject) -> c_int { frame(object).line_number().unwrap_or(-1) }
    fn PyFrame_GetLasti(object: *mut PyFrameObject) -> c_int { frame(object).last_instruction() }
    fn PyFrame_GetGlobals(object: *mut PyFrameObject) -> Ref { new_ref(frame(object).globals()) }
    fn PyFrame_GetBuiltins(object: *mut PyFrameObject) -> Ref { new_ref(frame(object).builtins()) }
    fn PyFrame_GetLocals(object: *mut PyFrameObject) -> Ref { new_ref(frame(object).locals()) }
    fn PyFrame_GetGenerator(object: *mut PyFrameObject) -> Ref { frame(object).generator().map_or(null_mut(), Obj::into_raw) }
    fn PyFrame_GetVar(object: *mut PyFrameObject, name: Ref) -> Ref {
        new_ref(frame(object).locals().and_then(|locals| match mapping::get_optional_item(&locals, at(name))? {
            Some(value) => Ok(value),
            None => Err(raised!(NameError, "variable {} does not exist", object::repr(at(name))?)),
        }))
    }
    fn PyTraceBack_Here(object: *mut PyFrameObject) -> c_int {
        let Some(error) = errors::current_exception() else { return 0 };
        let own = frame(object);
        let line = own.line_number().unwrap_or(-1);
        let entry = PyTraceback::new(error.traceback.get(), at(object.cast()).owned(), own.last_instruction(), line);
        error.traceback.set(Some(entry.into_obj()));
        0
    }
}
