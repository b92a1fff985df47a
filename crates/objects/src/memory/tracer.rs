//! The function that sees objects come and go (`PyRefTracer_SetTracer`).
//!
//! An object in memory that an earlier one left is also told to the hook that sees blocks, which saw no new block.

#![expect(unsafe_code, reason = "calls C's function")]

use super::alloc::preheader_size;
use super::raw::{is_hooked, note_recycled};
use crate::model::{ObjectExt, PyObject};
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
    update();
}

pub(super) fn update() {
    ACTIVE.store(get().0.is_some() || is_hooked(), Ordering::Relaxed);
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

/// Tells of a new object in memory that may have been another's before.
#[inline(always)]
pub fn recycled(object: *mut PyObject) {
    if is_active() {
        tell_recycled(object);
    }
}

#[cold]
#[inline(never)]
fn tell_recycled(object: *mut PyObject) {
    tell(object, CREATE);
    // SAFETY: the head of the object is filled in.
    note_recycled(object.addr() - preheader_size(unsafe { (*object).class() }));
}

/// Tells of an object that is about to be destroyed.
#[inline(always)]
pub fn destroyed(object: *mut PyObject) {
    if is_active() {
        tell(object, DESTROY);
    }
}
