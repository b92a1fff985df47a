//! The end of objects.
//!
//! [`destroy`] calls `tp_dealloc`. A chain of objects that destroy each other would use up the native stack; where it
//! runs short, the object is put aside in the thread's `put_off` list (untracked, its count zero), and the outermost
//! call that has room again works the list off. That bounds every type's destruction, those of C extensions included.

#![expect(unsafe_code, reason = "calls destructors")]

use crate::gc;
use crate::model::thread::{ThreadState, current_opt, stack_pointer};
use crate::model::{ObjectExt, PyObject, PyType};
use crate::types::float::{self, PyFloat};
use crate::types::int::{self, PyInt};
use taipan_abi::Py_TPFLAGS_HAVE_GC;

/// Stack that must be free above the limit before put-off objects are destroyed.
const ROOM: usize = 64 << 10;
/// Marks a put-off object that the collector knew.
const WAS_TRACKED: usize = 1;

/// Destroys an object whose last reference is gone: calls its `tp_dealloc`.
///
/// # Safety
/// The object is live, and nobody owns a count of it.
#[inline(never)]
pub unsafe fn destroy(object: *mut PyObject) {
    super::tracer::destroyed(object);
    // SAFETY: the caller's promise. Numbers lead to nothing, so that their end needs no room on the stack.
    unsafe {
        let class = (*object).class();
        if class.is(PyFloat::type_object()) {
            return float::dealloc(object);
        }
        if class.is(PyInt::type_object()) {
            return int::dealloc(object);
        }
    }
    let Some(thread) = current_opt() else {
        // SAFETY: the caller's promise.
        return unsafe { call_dealloc(object) };
    };
    if stack_pointer() < thread.stack_limit_dealloc.get() {
        // SAFETY: the caller's promise.
        return unsafe { put_off(thread, object) };
    }
    // SAFETY: the caller's promise.
    unsafe { call_dealloc(object) };
    if thread.put_off_pending.get() && stack_pointer() > thread.stack_limit_dealloc.get() + ROOM {
        destroy_put_off(thread);
    }
}

#[inline(always)]
unsafe fn call_dealloc(object: *mut PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        match (*object).class().tp_dealloc() {
            Some(dealloc) => dealloc(object),
            // A type that was never made ready.
            None => super::free_object(object),
        }
    }
}

#[cold]
unsafe fn put_off(thread: &ThreadState, object: *mut PyObject) {
    // SAFETY: the object is whole.
    let tracked = unsafe {
        let tracked = gc::is_tracked(&*object);
        if tracked {
            gc::untrack(object);
        }
        tracked
    };
    let mark = if tracked { WAS_TRACKED } else { 0 };
    thread.put_off.borrow_mut().push(object.map_addr(|address| address | mark));
    thread.put_off_pending.set(true);
}

/// Destroys what was put off. Nested calls do nothing: one caller at a time works the list off.
#[cold]
pub fn destroy_put_off(thread: &ThreadState) {
    if thread.put_off_busy.replace(true) {
        return;
    }
    loop {
        let Some(marked) = thread.put_off.borrow_mut().pop() else { break };
        let object = marked.map_addr(|address| address & !WAS_TRACKED);
        // SAFETY: an object on the list is whole and belongs to the list alone.
        unsafe {
            if marked.addr() & WAS_TRACKED != 0 {
                gc::track(object);
            }
            call_dealloc(object);
        }
    }
    thread.put_off_pending.set(false);
    thread.put_off_busy.set(false);
}

/// First step of a `tp_dealloc`: untracks the object. Weak references and finalisers were dealt with by the caller where
/// its type has them. It gives `true`: putting off happened before the slot was called.
///
/// # Safety
/// Called by a `tp_dealloc` of the object.
#[inline]
pub unsafe fn begin_dealloc(object: *mut PyObject) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        if (*object).class().has_flag(Py_TPFLAGS_HAVE_GC) {
            gc::untrack(object);
        }
    }
    true
}

/// Last step of a `tp_dealloc`.
#[inline(always)]
pub fn end_dealloc() {}

/// Calls the object's `tp_finalize`, once in the life of a collected object (`PyObject_CallFinalizer`).
pub fn finalize(object: &PyObject) {
    let class = object.class();
    let Some(finalize) = class.tp_finalize() else { return };
    let collected = gc::is_collected(object);
    if collected && gc::is_finalized(object) {
        return;
    }
    // SAFETY: the slot of a live object.
    unsafe { finalize(object.as_ptr()) };
    if collected {
        gc::set_finalized(object);
    }
}

/// Calls the finaliser of an object that is being destroyed; true where that gave it new references, so that it must
/// not be destroyed (`PyObject_CallFinalizerFromDealloc`, turned round).
///
/// # Safety
/// Called by a `tp_dealloc` of the object, whose fields are whole.
pub unsafe fn finalize_in_dealloc(object: *mut PyObject) -> bool {
    // SAFETY: the caller's promise. The object gets a reference of ours while the finaliser runs, which is taken away
    // without destroying it.
    unsafe {
        let count = &(*object).ob_refcnt;
        count.set(1);
        finalize(&*object);
        if (*object).is_immortal() {
            return true;
        }
        count.set(count.get() - 1);
        count.get() > 0
    }
}

/// Runs `body` while a dying object has a reference again; true where that gave it new ones, so that it must not be
/// destroyed.
///
/// # Safety
/// Called by a `tp_dealloc` of the object, whose fields are whole.
pub unsafe fn revived(object: *mut PyObject, body: impl FnOnce()) -> bool {
    // SAFETY: the caller's promise; the reference is taken away without destroying the object.
    unsafe {
        let count = &(*object).ob_refcnt;
        count.set(1);
        body();
        count.set(count.get() - 1);
        count.get() > 0
    }
}
