//! `pystate.h`: thread states.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use core::cell::Cell;
use taipan_objects::model::thread::{self, InterpreterState, ThreadState};
use taipan_runtime::gil::{self, Gil};

/// The state behind C's pointer: `PyThreadState` is its first field.
unsafe fn state_at(state: *mut PyThreadState) -> &'static ThreadState {
    // SAFETY: thread states live as long as the process.
    unsafe { &*state.cast::<ThreadState>() }
}

/// Makes the state this thread's, waiting for the interpreter's lock.
///
/// # Safety
/// `state` is a thread state.
pub unsafe fn attach(state: *mut PyThreadState) {
    // SAFETY: the caller's promise.
    let state = unsafe { state_at(state) };
    gil::attach(state, gil::of(state.interpreter()));
}

/// The interpreter that threads of foreign libraries belong to.
struct Home(&'static InterpreterState, &'static Gil);

// SAFETY: both are used by threads that hold the interpreter's lock.
unsafe impl Send for Home {}
// SAFETY: as above.
unsafe impl Sync for Home {}

static HOME: std::sync::OnceLock<Home> = std::sync::OnceLock::new();

thread_local! {
    /// The state this thread detached last, or was given: the one it attaches again.
    static OWN: Cell<Option<&'static ThreadState>> = const { Cell::new(None) };
}

/// Remembers the interpreter that loads extensions: threads that Python did not start join it.
pub fn remember_home() {
    let interpreter = thread::current().interpreter();
    HOME.get_or_init(|| Home(interpreter, gil::of(interpreter)));
}

/// Remembers the state that this thread is about to detach.
pub fn remember_own() {
    OWN.set(thread::current_opt());
}

/// Attaches a state to a thread that has none: the one it had, or a new one.
fn attach_own() {
    let Some(Home(interpreter, gil)) = HOME.get() else { return };
    let state = OWN.get().unwrap_or_else(|| {
        let state = ThreadState::new(interpreter);
        state.measure_stack();
        OWN.set(Some(state));
        state
    });
    gil::attach(state, gil);
    if state.frames.get().is_null() {
        taipan_interpreter::prepare_thread(state);
    }
}

c_api! {
    fn PyThreadState_Get() -> *mut PyThreadState { thread::current().raw() }
    fn PyThreadState_GetUnchecked() -> *mut PyThreadState { thread::current_opt().map_or(null_mut(), ThreadState::raw) }
    fn PyThreadState_GetDict() -> Ref {
        let Some(state) = thread::current_opt() else { return null_mut() };
        let raw = state.raw();
        if (*raw).dict.is_null() {
            (*raw).dict = PyDict::new().into_obj().into_raw();
        }
        (*raw).dict
    }
    fn PyThreadState_GetInterpreter(state: *mut PyThreadState) -> *mut PyInterpreterState { (*state).interp }
    fn PyThreadState_GetFrame(_state: *mut PyThreadState) -> *mut PyFrameObject {
        taipan_interpreter::frames::current_frame_object().map_or(null_mut(), |frame| frame.into_raw().cast())
    }
    fn PyThreadState_GetID(state: *mut PyThreadState) -> u64 { (*state).id }
    fn PyInterpreterState_Get() -> *mut PyInterpreterState { (*thread::current().raw()).interp }
    fn PyInterpreterState_GetID(_interpreter: *mut PyInterpreterState) -> i64 { thread::current().interpreter().id }
    fn PyInterpreterState_GetDict(_interpreter: *mut PyInterpreterState) -> Ref {
        // The interpreter's own dictionary for extensions; it stays.
        let state = thread::current().interpreter().extension::<ExtensionDict>();
        if state.0.is_empty() {
            state.0.set(Some(PyDict::new().into_obj()));
        }
        state.0.get().map_or(null_mut(), |dict| dict.as_ptr())
    }
    fn PyGILState_Check() -> c_int { c_int::from(thread::current_opt().is_some()) }
    fn PyGILState_GetThisThreadState() -> *mut PyThreadState { thread::current_opt().map_or(null_mut(), ThreadState::raw) }
    fn PyGILState_Ensure() -> c_int {
        if thread::current_opt().is_some() {
            return PyGILState_LOCKED;
        }
        attach_own();
        PyGILState_UNLOCKED
    }
    fn PyGILState_Release(before: c_int) {
        if before == PyGILState_UNLOCKED {
            remember_own();
            let _ = gil::detach();
        }
    }
}

/// States wait here between `PyThreadState_Clear` and their end: they live as long as the process.
unsafe fn cleared(state: *mut PyThreadState) {
    // SAFETY: the caller passes a state that no thread runs.
    unsafe {
        let dict = core::mem::replace(&mut (*state).dict, null_mut());
        if !dict.is_null() {
            drop(Obj::from_raw(dict));
        }
        state_at(state).context.set(None);
    }
}

c_api! {
    fn PyInterpreterState_Main() -> *mut PyInterpreterState {
        match HOME.get() {
            Some(Home(interpreter, _)) => core::ptr::from_ref(*interpreter).cast_mut().cast(),
            None => (*thread::current().raw()).interp,
        }
    }
    fn PyInterpreterState_Head() -> *mut PyInterpreterState { PyInterpreterState_Main() }
    fn PyThreadState_New(interpreter: *mut PyInterpreterState) -> *mut PyThreadState {
        let interpreter: &'static InterpreterState = &*interpreter.cast();
        ThreadState::new(interpreter).raw()
    }
    fn PyThreadState_Clear(state: *mut PyThreadState) { cleared(state) }
    fn PyThreadState_Delete(state: *mut PyThreadState) {
        // The memory stays: a thread may still compare its address.
        if OWN.get().is_some_and(|own| core::ptr::eq(own.raw(), state)) {
            OWN.set(None);
        }
    }
    fn PyThreadState_DeleteCurrent() {
        OWN.set(None);
        gil::detach();
    }
    fn PyThreadState_Swap(state: *mut PyThreadState) -> *mut PyThreadState {
        let before = thread::current_opt().map_or(null_mut(), ThreadState::raw);
        if before == state {
            return before;
        }
        if !before.is_null() {
            gil::detach();
        }
        if !state.is_null() {
            attach(state);
            let state = state_at(state);
            if state.frames.get().is_null() {
                state.measure_stack();
                taipan_interpreter::prepare_thread(state);
            }
        }
        before
    }
    fn PyThreadState_SetAsyncExc(identity: c_ulong, error: Ref) -> c_int {
        taipan_runtime::signals::pending::set_async(identity as usize, opt(error))
    }
    fn Py_AddPendingCall(call: unsafe extern "C" fn(*mut c_void) -> c_int, argument: *mut c_void) -> c_int {
        let argument = argument as usize;
        let run = move || {
            // SAFETY: the caller promised that the call may be made later.
            let status = unsafe { call(argument as *mut c_void) };
            if status == 0 { Ok(()) } else { Err(Raised::claim()) }
        };
        let Some(state) = thread::current_opt().or_else(|| OWN.get()) else { return -1 };
        if taipan_runtime::signals::pending::add(Box::new(run), &state.eval_breaker) { 0 } else { -1 }
    }
}

/// What `PyInterpreterState_GetDict` gives.
#[derive(Default)]
struct ExtensionDict(ObjCell);
