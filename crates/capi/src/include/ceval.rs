//! `ceval.h`: evaluation.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use crate::include::unicodeobject::PyUnicode_AsUTF8;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_interpreter::monitoring::trace::{self, Function};
use taipan_interpreter::trampolines::{self, map};
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::{builtin::PyBuiltin, code::PyCode, function::PyFunction, method::PyMethod};
use taipan_runtime::threads::registry::registry;

/// Sets a function of every thread.
unsafe fn set_everywhere(which: Function, function: Option<Py_tracefunc>, data: Ref) {
    for entry in registry().entries.borrow().clone() {
        // SAFETY: the caller passes what the function wants.
        unsafe { trace::set(entry.state, which, function, data) };
    }
}

/// The keyword arguments of `PyEval_EvalCodeEx`: names and values in turn.
unsafe fn named<'a>(pairs: *const Ref, count: usize) -> (Vec<Obj>, Vec<&'a PyObject>) {
    // SAFETY: the caller passes so many pairs.
    let pairs = unsafe { slice(pairs, 2 * count) };
    pairs.chunks_exact(2).map(|pair| (pair[0].owned(), pair[1])).unzip()
}

/// 0, or -1 with `errno` set.
fn status_of(result: taipan_host::Result<()>) -> c_int {
    match result {
        Ok(()) => 0,
        Err(error) => {
            error.set();
            -1
        }
    }
}

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
    fn PyEval_EvalCodeEx(code: Ref, globals: Ref, locals: Ref, args: *const Ref, argc: c_int, kwargs: *const Ref, kwargc: c_int, defaults: *const Ref, defaultc: c_int, kwdefaults: Ref, closure: Ref) -> Ref {
        use taipan_objects::types::code::PyCode;
        let made = typed::<PyCode>(code).and_then(|code| PyFunction::new(code, typed::<PyDict>(globals)?, None));
        let Ok(function) = made else { return null_mut() };
        if defaultc > 0 {
            let defaults = slice(defaults, defaultc as usize);
            function.defaults.set(Some(PyTuple::from_slice(defaults).into_obj()));
        }
        function.kwdefaults.set(opt(kwdefaults).map(ObjectExt::owned));
        function.closure.set(opt(closure).map(ObjectExt::owned));
        let (names, values) = named(kwargs, kwargc.max(0) as usize);
        let mut all = slice(args, argc.max(0) as usize).to_vec();
        all.extend(values);
        new_ref(taipan_interpreter::call_with_locals(&function, &all, &PyTuple::from_vec(names), opt(locals)))
    }
    fn PyEval_SetTrace(function: Option<Py_tracefunc>, data: Ref) { trace::set(thread::current(), Function::Trace, function, data) }
    fn PyEval_SetProfile(function: Option<Py_tracefunc>, data: Ref) { trace::set(thread::current(), Function::Profile, function, data) }
    fn PyEval_SetTraceAllThreads(function: Option<Py_tracefunc>, data: Ref) { set_everywhere(Function::Trace, function, data) }
    fn PyEval_SetProfileAllThreads(function: Option<Py_tracefunc>, data: Ref) { set_everywhere(Function::Profile, function, data) }
    fn PyThreadState_EnterTracing(state: *mut PyThreadState) { trace::suspend(state, true) }
    fn PyThreadState_LeaveTracing(state: *mut PyThreadState) { trace::suspend(state, false) }
    fn PyUnstable_Eval_RequestCodeExtraIndex(free: Option<freefunc>) -> isize {
        taipan_objects::types::code::extra::request_index(free).map_or(-1, |index| index as isize)
    }
    fn PyUnstable_PerfMapState_Init() -> c_int { status_of(map::open()) }
    fn PyUnstable_WritePerfMapEntry(address: *const c_void, size: c_uint, name: *const c_char) -> c_int {
        status_of(map::write(address as usize, size as usize, CStr::from_ptr(name).to_bytes()))
    }
    fn PyUnstable_PerfMapState_Fini() { map::close() }
    fn PyUnstable_CopyPerfMapFile(parent: *const c_char) -> c_int { status_of(map::copy(&text(parent))) }
    fn PyUnstable_PerfTrampoline_CompileCode(code: *mut PyCodeObject) -> c_int {
        at(code.cast()).downcast::<PyCode>().and_then(trampolines::piece_of);
        0
    }
    fn PyUnstable_PerfTrampoline_SetPersistAfterFork(enable: c_int) -> c_int {
        trampolines::set_kept_by_children(enable != 0);
        enable
    }
    fn _PyEval_SliceIndexNotNone(value: Ref, out: *mut isize) -> c_int {
        let Ok(index) = number::as_isize(at(value), None) else { return 0 };
        *out = index;
        1
    }
    fn PyEval_GetFuncName(function: Ref) -> *const c_char {
        let function = at(function);
        if let Some(method) = function.downcast::<PyMethod>() {
            return PyEval_GetFuncName(method.function.as_ptr());
        }
        match function.downcast::<PyFunction>() {
            // The function keeps its name.
            Some(function) => function.name.get().map_or(core::ptr::null(), |name| PyUnicode_AsUTF8(name.as_ptr())),
            None if function.downcast::<PyBuiltin>().is_some() => (*(*function.as_ptr().cast::<PyCFunctionObject>()).m_ml).ml_name,
            None => (*function.class().raw()).tp_name,
        }
    }
    fn PyEval_GetFuncDesc(function: Ref) -> *const c_char {
        let function = at(function);
        let is_function = function.downcast::<PyMethod>().is_some()
            || function.downcast::<PyFunction>().is_some()
            || function.downcast::<PyBuiltin>().is_some();
        if is_function { c"()".as_ptr() } else { c" object".as_ptr() }
    }
    fn Py_EnterRecursiveCall(place: *const c_char) -> c_int { status(errors::check_stack(&text(place))) }
    fn Py_LeaveRecursiveCall() {}
    fn Py_MakePendingCalls() -> c_int { status(taipan_objects::system::check_signals()) }
}
