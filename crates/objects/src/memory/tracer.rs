//! The function that sees objects come and go (`PyRefTracer_SetTracer`).

#![expect(unsafe_code, reason = "calls C's function")]

use crate::model::PyObject;
use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

/// `PyRefTracer`: an object, what happens to it, and the tracer's data.
pub type Tracer = unsafe extern "C" fn(*mut PyObject, c_int, *mut c_void) -> c_int;

const CREATE: c_int = 0;
const DESTROY: c_int = 1;

struct Set {
    tracer: Option<Tracer>,
    data: *mut c_void,
}

// SAFETY: a function and what C passes it, used by threads that hold the interpreter's lock.
unsafe impl Send for Set {}

static ACTIVE: AtomicBool = AtomicBool::new(false);
static SET: Mutex<Set> = Mutex::new(Set { tracer: None, data: core::ptr::null_mut() });

/// The tracer and its data.
pub fn get() -> (Option<Tracer>, *mut c_void) {
    let set = SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    (set.tracer, set.data)
}

/// Sets the tracer, or takes it away.
pub fn set(tracer: Option<Tracer>, data: *mut c_void) {
    *SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Set { tracer, data };
    ACTIVE.store(tracer.is_some(), Ordering::Relaxed);
}

#[cold]
#[inline(never)]
fn tell(object: *mut PyObject, event: c_int) {
    if let (Some(tracer), data) = get() {
        // SAFETY: C promised that the function may be called; the object is alive.
        unsafe { tracer(object, event, data) };
    }
}

/// Whether somebody is told.
#[inline(always)]
pub(crate) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Tells of a new object, of which only the head is filled in.
#[inline(always)]
pub fn created(object: *mut PyObject) {
    if is_active() {
        tell(object, CREATE);
    }
}

/// Tells of an object that is about to be destroyed.
#[inline(always)]
pub fn destroyed(object: *mut PyObject) {
    if is_active() {
        tell(object, DESTROY);
    }
}
