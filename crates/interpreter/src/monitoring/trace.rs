//! `sys.settrace` and `sys.setprofile`.
//!
//! The functions lie in C's thread state: programs set them from C as well (`PyEval_SetTrace`). Those set from Python are
//! called through a trampoline.

#![expect(unsafe_code, reason = "calls C functions of the thread state")]

use super::events::{self, Event};
use crate::frames::{Frame, PyFrame, current};
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_abi::{Py_tracefunc, PyFrameObject};
use taipan_abi::{
    PyTrace_C_CALL, PyTrace_C_EXCEPTION, PyTrace_C_RETURN, PyTrace_CALL, PyTrace_EXCEPTION, PyTrace_LINE,
    PyTrace_OPCODE, PyTrace_RETURN,
};
use taipan_bytecode::Opcode;
use taipan_objects::errors;
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::model::trampoline;
use taipan_objects::prelude::*;

/// What a trace or profile function is told.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum What {
    Call = PyTrace_CALL,
    Exception = PyTrace_EXCEPTION,
    Line = PyTrace_LINE,
    Return = PyTrace_RETURN,
    CCall = PyTrace_C_CALL,
    CException = PyTrace_C_EXCEPTION,
    CReturn = PyTrace_C_RETURN,
    Opcode = PyTrace_OPCODE,
    /// An exception leaves the frame: a return for trace functions.
    Unwind = -1,
}

impl What {
    fn number(self) -> c_int {
        if self == What::Unwind { PyTrace_RETURN } else { self as c_int }
    }

    /// The event of PEP 669 that it is, at the instruction where the frame stands.
    fn event(self, frame: &PyFrame) -> Event {
        let running = frame.frame();
        // SAFETY: the instruction is within the code.
        let op = Opcode::from_u8(unsafe { *running.instr } as u8).map_or(Opcode::NOP, Opcode::base);
        let begins = running.unit() as i32 == running.code().raw._co_firsttraceable;
        match self {
            What::Call if op == Opcode::RESUME && !begins => Event::PyResume,
            What::Call => Event::PyStart,
            What::Exception => Event::Raise,
            What::Line => Event::Line,
            What::Return if op == Opcode::YIELD_VALUE => Event::PyYield,
            What::Return => Event::PyReturn,
            What::Unwind => Event::PyUnwind,
            What::CCall => Event::Call,
            What::CException => Event::CRaise,
            What::CReturn => Event::CReturn,
            What::Opcode => Event::Instruction,
        }
    }
}

/// Whether the thread has a trace or profile function.
pub(crate) fn is_set(thread: &ThreadState) -> bool {
    // SAFETY: two fields are read.
    unsafe { (*thread.raw()).c_tracefunc.is_some() || (*thread.raw()).c_profilefunc.is_some() }
}

pub(crate) fn has_profile(thread: &ThreadState) -> bool {
    // SAFETY: one field is read.
    unsafe { (*thread.raw()).c_profilefunc.is_some() }
}

pub(crate) fn has_trace(thread: &ThreadState) -> bool {
    // SAFETY: one field is read.
    unsafe { (*thread.raw()).c_tracefunc.is_some() }
}

/// Whether the thread's trace function was set by native code.
pub(crate) fn is_native(thread: &ThreadState) -> bool {
    // SAFETY: one field is read.
    let function = unsafe { (*thread.raw()).c_tracefunc };
    function.is_some_and(|function| !core::ptr::fn_addr_eq(function, trace_trampoline as Py_tracefunc))
}

/// Whether a trace function or callback runs: then nothing is traced.
pub(crate) fn is_inside(thread: &ThreadState) -> bool {
    // SAFETY: one field is read.
    unsafe { (*thread.raw()).tracing != 0 }
}

/// Runs a trace function or callback, told of an event at an instruction of the running frame.
pub(crate) fn inside<R>(thread: &ThreadState, event: Event, body: impl FnOnce() -> R) -> R {
    let outer = thread.told_frame.replace(current(thread).cast());
    let result = inside_call(thread, event, body);
    thread.told_frame.set(outer);
    result
}

/// As [`inside`] for an event that native code tells of in the middle of a call: no frame may go on elsewhere.
pub(crate) fn inside_call<R>(thread: &ThreadState, event: Event, body: impl FnOnce() -> R) -> R {
    // SAFETY: two fields are changed.
    unsafe {
        (*thread.raw()).tracing += 1;
        let outer = core::mem::replace(&mut (*thread.raw()).what_event, event as c_int);
        let result = body();
        (*thread.raw()).what_event = outer;
        (*thread.raw()).tracing -= 1;
        result
    }
}

/// The event that the running trace function or callback is told of.
pub(crate) fn current_event(thread: &ThreadState) -> Option<Event> {
    if !is_inside(thread) {
        return None;
    }
    // SAFETY: one field is read.
    let number = usize::try_from(unsafe { (*thread.raw()).what_event }).ok()?;
    events::EVENTS.get(number).map(|(_, event)| *event)
}

/// Calls one of the two functions.
fn call_function(
    thread: &ThreadState,
    function: Option<Py_tracefunc>,
    data: *mut PyObject,
    frame: &PyFrame,
    what: What,
    arg: &PyObject,
) -> PyResult<()> {
    let Some(function) = function else { return Ok(()) };
    let kept = frame.to_owned();
    // SAFETY: function and data belong together; the frame object is alive.
    let status = inside(thread, what.event(&kept), || unsafe {
        function(data, kept.as_ptr().cast::<PyFrameObject>(), what.number(), arg.as_ptr())
    });
    kept.lineno.set(0);
    trampoline::check_status(status).map(drop)
}

/// Tells the profile function.
pub(crate) fn profile(thread: &ThreadState, frame: *mut Frame, what: What, arg: &PyObject) -> PyResult<()> {
    if is_inside(thread) {
        return Ok(());
    }
    // SAFETY: the frame is alive; the thread owns function and data.
    unsafe {
        let (function, data) = ((*thread.raw()).c_profilefunc, (*thread.raw()).c_profileobj);
        call_function(thread, function, data, (*frame).frame_object(), what, arg)
    }
}

/// Tells the trace function.
pub(crate) fn trace(thread: &ThreadState, frame: *mut Frame, what: What, arg: &PyObject) -> PyResult<()> {
    if is_inside(thread) {
        return Ok(());
    }
    // SAFETY: as above.
    unsafe {
        let (function, data) = ((*thread.raw()).c_tracefunc, (*thread.raw()).c_traceobj);
        call_function(thread, function, data, (*frame).frame_object(), what, arg)
    }
}

/// Tells both functions while an exception is set, which survives unless they raise.
pub(crate) fn with_exception_kept(body: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    let Some(exception) = errors::take_opt() else { return body() };
    body()?;
    let _ = errors::restore(exception);
    Ok(())
}

const NAMES: [&str; 8] =
    ["call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"];

fn event_name(what: c_int) -> Obj {
    PyStr::intern_immortal(NAMES.get(what as usize).copied().unwrap_or("call")).owned()
}

/// # Safety
/// `arg` is live or null.
unsafe fn call_python(
    callback: &PyObject,
    frame: *mut PyFrameObject,
    what: c_int,
    arg: *mut PyObject,
) -> PyResult {
    // SAFETY: the caller's promise; the frame object is alive.
    unsafe {
        let arg = arg.as_ref().unwrap_or(none_ref());
        call::call(callback, &[&*frame.cast::<PyObject>(), &event_name(what), arg])
    }
}

unsafe extern "C" fn trace_trampoline(
    data: *mut PyObject,
    frame: *mut PyFrameObject,
    what: c_int,
    arg: *mut PyObject,
) -> c_int {
    // SAFETY: called with a live function and a live frame object.
    unsafe {
        let object = &*frame.cast::<PyFrame>();
        let callback = if what == PyTrace_CALL { Some((*data).owned()) } else { object.trace.get() };
        let Some(callback) = callback else { return 0 };
        match call_python(&callback, frame, what, arg) {
            Ok(result) => {
                if !result.is_none() {
                    object.trace.set(Some(result));
                }
                0
            }
            Err(_) => {
                set(thread::current(), Function::Trace, None, null_mut());
                object.trace.set(None);
                -1
            }
        }
    }
}

unsafe extern "C" fn profile_trampoline(
    data: *mut PyObject,
    frame: *mut PyFrameObject,
    what: c_int,
    arg: *mut PyObject,
) -> c_int {
    // SAFETY: called with a live function and a live frame object.
    unsafe {
        let callback = (*data).owned();
        match call_python(&callback, frame, what, arg) {
            Ok(_) => 0,
            Err(_) => {
                set(thread::current(), Function::Profile, None, null_mut());
                -1
            }
        }
    }
}

/// One of the two functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Trace,
    Profile,
}

/// Sets a function (`PyEval_SetTrace`, `PyEval_SetProfile`).
///
/// # Safety
/// `data` is live or null, and what the function wants.
pub unsafe fn set(
    thread: &ThreadState,
    which: Function,
    function: Option<Py_tracefunc>,
    data: *mut PyObject,
) {
    // SAFETY: the thread owns its data; the old one is given up last.
    unsafe {
        if !data.is_null() {
            taipan_objects::model::incref(data);
        }
        let raw = thread.raw();
        let old = match which {
            Function::Trace => {
                (*raw).c_tracefunc = function;
                core::mem::replace(&mut (*raw).c_traceobj, data)
            }
            Function::Profile => {
                (*raw).c_profilefunc = function;
                core::mem::replace(&mut (*raw).c_profileobj, data)
            }
        };
        events::update(thread);
        if !old.is_null() {
            drop(Obj::from_raw(old));
        }
    }
}

/// `sys.settrace(function)` and `sys.setprofile(function)`; `None` unsets.
pub fn set_python(which: Function, function: Option<&PyObject>) {
    set_python_in(thread::current(), which, function);
}

/// As [`set_python`], in any thread.
pub fn set_python_in(thread: &ThreadState, which: Function, function: Option<&PyObject>) {
    let trampoline: Py_tracefunc = match which {
        Function::Trace => trace_trampoline,
        Function::Profile => profile_trampoline,
    };
    // SAFETY: the trampolines want a callable object.
    unsafe {
        match function {
            Some(function) => set(thread, which, Some(trampoline), function.as_ptr()),
            None => set(thread, which, None, null_mut()),
        }
    }
}

/// `sys.gettrace()` and `sys.getprofile()`.
pub fn get(which: Function) -> Option<Obj> {
    let thread = thread::current();
    // SAFETY: the thread owns its data.
    unsafe {
        let data = match which {
            Function::Trace => (*thread.raw()).c_traceobj,
            Function::Profile => (*thread.raw()).c_profileobj,
        };
        data.as_ref().map(ObjectExt::owned)
    }
}

/// Runs `body` untraced, as inside a trace function, or traced although one runs.
pub fn with_tracing<R>(traced: bool, body: impl FnOnce() -> R) -> R {
    let state = thread::current().raw();
    // SAFETY: the thread owns its state, which outlives the call.
    unsafe {
        let outer = (*state).tracing;
        (*state).tracing = if traced { 0 } else { outer + 1 };
        let result = body();
        (*state).tracing = outer;
        result
    }
}

/// What `PyThreadState_EnterTracing` and `PyThreadState_LeaveTracing` do: nothing is traced in between.
///
/// # Safety
/// `state` is a live thread state.
pub unsafe fn suspend(state: *mut taipan_abi::PyThreadState, suspended: bool) {
    // SAFETY: the caller's promise.
    unsafe { (*state).tracing += if suspended { 1 } else { -1 } };
}
