//! `pylifecycle.h`: the end of the process, and interpreters.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_runtime::lifecycle::{self, fatal};

/// A function of C with what it is to be called with.
struct AtExit(unsafe extern "C" fn(*mut c_void), *mut c_void);

impl AtExit {
    fn run(self) {
        // SAFETY: C promised that the function may be called at the end.
        unsafe { (self.0)(self.1) }
    }
}

c_api! {
    fn Py_IsFinalizing() -> c_int { c_int::from(lifecycle::is_finalizing()) }
    fn Py_FatalError(message: *const c_char) -> ! { fatal(&text(message)) }
    fn _Py_FatalErrorFunc(function: *const c_char, message: *const c_char) -> ! {
        if function.is_null() {
            fatal(&text(message));
        }
        fatal(&format!("{}: {}", text(function), text(message)))
    }
    fn PyUnstable_AtExit(_interpreter: *mut PyInterpreterState, function: unsafe extern "C" fn(*mut c_void), data: *mut c_void) -> c_int {
        let entry = AtExit(function, data);
        lifecycle::at_exit(Box::new(move || entry.run()));
        0
    }
    fn Py_AtExit(function: unsafe extern "C" fn()) -> c_int {
        // SAFETY: C promised that the function may be called at the end.
        if lifecycle::at_very_end(Box::new(move || unsafe { function() })) { 0 } else { -1 }
    }
    // There is one interpreter in a process: making another fails as the reference allows.
    fn Py_NewInterpreter() -> *mut PyThreadState { null_mut() }
    fn Py_NewInterpreterFromConfig(state: *mut *mut PyThreadState, _config: *const PyInterpreterConfig) -> PyStatus {
        *state = null_mut();
        PyStatus {
            _type: _PyStatus_TYPE_ERROR,
            func: c"Py_NewInterpreterFromConfig".as_ptr(),
            err_msg: c"sub-interpreters are not supported".as_ptr(),
            exitcode: 0,
        }
    }
    fn Py_EndInterpreter(_state: *mut PyThreadState) {
        fatal("Py_EndInterpreter: the main interpreter is ended by Py_FinalizeEx")
    }
}
