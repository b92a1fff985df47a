//! `ceval.h`: evaluation.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

c_api! {
    fn PyEval_SaveThread() -> *mut PyThreadState {
        crate::include::pystate::remember_own();
        match taipan_runtime::gil::detach() {
            Some((state, _)) => state.raw(),
            None => null_mut(),
        }
    }
    fn PyEval_RestoreThread(state: *mut PyThreadState) { crate::include::pystate::attach(state) }
    fn PyEval_AcquireThread(state: *mut PyThreadState) { crate::include::pystate::attach(state) }
    fn PyEval_ReleaseThread(_state: *mut PyThreadState) { let _ = taipan_runtime::gil::detach(); }
    fn PyEval_InitThreads() {}
    fn PyEval_GetBuiltins() -> Ref {
        (taipan_objects::model::upcalls::get().current_builtins)()
    }
    fn PyEval_GetGlobals() -> Ref { (taipan_objects::model::upcalls::get().current_globals)() }
    fn PyEval_GetFrame() -> *mut PyFrameObject {
        // The frame object lives as long as its frame runs.
        taipan_interpreter::frames::current_frame_object().map_or(null_mut(), |frame| frame.as_ptr().cast())
    }
    fn PyEval_GetFrameBuiltins() -> Ref {
        opt((taipan_objects::model::upcalls::get().current_builtins)()).map_or(null_mut(), |builtins| builtins.owned().into_raw())
    }
    fn PyEval_GetFrameGlobals() -> Ref {
        opt((taipan_objects::model::upcalls::get().current_globals)()).map_or(null_mut(), |globals| globals.owned().into_raw())
    }
    fn PyEval_GetFrameLocals() -> Ref { new_ref(taipan_interpreter::frames::current_locals()) }
    fn PyEval_EvalCode(code: Ref, globals: Ref, locals: Ref) -> Ref {
        let result = typed::<taipan_objects::types::code::PyCode>(code)
            .and_then(|code| typed::<PyDict>(globals).and_then(|globals| taipan_interpreter::eval_code(code, globals, opt(locals))));
        new_ref(result)
    }
    fn PyEval_GetFuncName(function: Ref) -> *const c_char {
        match object::get_optional_attr(at(function), intern!("__name__")) {
            Ok(Some(name)) if name.downcast::<PyStr>().is_some() => crate::include::unicodeobject::PyUnicode_AsUTF8(name.as_ptr()),
            _ => (*at(function).class().raw()).tp_name,
        }
    }
    fn PyEval_GetFuncDesc(_function: Ref) -> *const c_char { c"()".as_ptr() }
    fn Py_EnterRecursiveCall(place: *const c_char) -> c_int { status(errors::check_stack(&text(place))) }
    fn Py_LeaveRecursiveCall() {}
    fn Py_MakePendingCalls() -> c_int { status(taipan_objects::system::check_signals()) }
}
