//! For unit tests: an interpreter on the running thread, with upcalls that reach nothing.

#![expect(unsafe_code, reason = "C functions for the table of upcalls")]

use crate::model::thread::{InterpreterState, ThreadState, swap_current};
use crate::model::{PyObject, Raised, upcalls};
use core::ffi::{c_char, c_int};
use core::ptr::null_mut;
use std::sync::{Mutex, PoisonError};
use taipan_abi::PyTypeObject;

type Ref = *mut PyObject;

unsafe extern "C" fn function_vectorcall(_: Ref, _: *const Ref, _: usize, _: Ref) -> Ref {
    fail()
}

unsafe extern "C" fn nothing() -> Ref {
    null_mut()
}

unsafe extern "C" fn super_arguments(_: *mut *mut PyTypeObject, _: *mut Ref) -> c_int {
    let _: Raised = raised!(RuntimeError, "super(): no current frame");
    -1
}

unsafe extern "C" fn warn(_: Ref, _: Ref, _: isize, _: Ref) -> c_int {
    0
}

unsafe extern "C" fn unraisable(_: Ref, _: Ref, _: Ref) {}

unsafe extern "C" fn import_module(_: Ref) -> Ref {
    fail()
}

unsafe extern "C" fn check_signals() -> c_int {
    0
}

unsafe extern "C" fn frame_code(_: Ref) -> Ref {
    fail()
}

unsafe extern "C" fn audit(_: *const c_char, _: Ref) -> c_int {
    0
}

fn fail() -> Ref {
    let _: Raised = raised!(RuntimeError, "no interpreter runs");
    null_mut()
}

unsafe extern "C" fn fatal_error(_: *const c_char, _: usize) -> ! {
    taipan_host::process::abort()
}

/// Runs `test` with an interpreter attached to this thread. Tests that use it run one after the other: the counts of
/// shared objects are not atomic.
pub fn with_interpreter<R>(test: impl FnOnce() -> R) -> R {
    static LOCK: Mutex<Option<usize>> = Mutex::new(None);
    let mut interpreter = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let first = interpreter.is_none();
    let address = *interpreter.get_or_insert_with(|| {
        upcalls::set(upcalls::Upcalls {
            function_vectorcall,
            current_globals: nothing,
            current_builtins: nothing,
            super_arguments,
            warn,
            unraisable,
            import_module,
            check_signals,
            frame_code,
            fatal_error,
            audit,
        });
        core::ptr::from_ref(InterpreterState::new(0)).expose_provenance()
    });
    // SAFETY: interpreters live as long as the process.
    let state: &'static InterpreterState = unsafe { &*core::ptr::with_exposed_provenance(address) };
    let thread = ThreadState::new(state);
    let (low, _) = taipan_host::threads::stack_bounds().expect("the system knows the stack");
    thread.stack_limit.set(low + (128 << 10));
    thread.stack_limit_dealloc.set(low + (96 << 10));
    let before = swap_current(Some(thread));
    if first {
        crate::types::r#type::init().expect("the built-in types are right");
    }
    let result = test();
    swap_current(before);
    result
}
