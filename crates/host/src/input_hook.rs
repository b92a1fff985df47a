//! The function that an extension wants to be called while a prompt waits for the terminal (`PyOS_InputHook`), such as the
//! event loop of a window system.

#![expect(unsafe_code, reason = "a pointer to a C function that any extension sets")]

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

/// The C variable: `int (*PyOS_InputHook)(void)`.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name that extensions know")]
pub static PyOS_InputHook: AtomicPtr<c_void> = AtomicPtr::new(core::ptr::null_mut());

/// Whether an extension has set the function.
pub fn is_installed() -> bool {
    !PyOS_InputHook.load(Ordering::Acquire).is_null()
}

/// Calls the function while other threads may run Python code; 0 where there is none.
pub fn call() -> c_int {
    let hook = PyOS_InputHook.load(Ordering::Acquire);
    if hook.is_null() {
        return 0;
    }
    // SAFETY: whoever set the variable set it to a function of this type, which its header declares.
    let hook: extern "C" fn() -> c_int = unsafe { core::mem::transmute(hook) };
    crate::blocking(|| hook())
}
