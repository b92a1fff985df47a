//! The cycle collector.
//!
//! Objects of collected types have a [`PyGC_Head`] before them through which the collector links them into one of three
//! generations. `_gc_next` is zero while an object is not tracked; the two lowest bits of `_gc_prev` are flags, and
//! while a collection runs the rest of `_gc_prev` counts references.
//!
//! | file | holds |
//! |---|---|
//! | `list` | the linked lists |
//! | `state` | generations, thresholds, when to collect |
//! | `unreachable` | finding what only its own kind refers to |
//! | `collect` | a collection from start to end; what the module `gc` asks |
//! | `report` | callbacks and debugging texts |

#![expect(unsafe_code, reason = "links objects through their heads")]

mod collect;
mod list;
mod report;
mod state;
#[cfg(test)]
mod tests;
mod unreachable;

use crate::model::thread::{ThreadState, current};
use crate::model::{ObjectExt, PyObject};
pub use collect::{
    DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_STATS, DEBUG_UNCOLLECTABLE, collect, collect_at_exit, referents,
    run_pending,
};
use list::{FINALIZED, head_of};
pub use state::{GENERATIONS, GcState, Statistics};
use taipan_abi::{Py_TPFLAGS_HAVE_GC, PyGC_Head};

/// Makes the collector look at the object; nothing happens when it did already.
///
/// # Safety
/// The object is of a collected type, and its fields are in place.
#[inline]
pub unsafe fn track(object: *mut PyObject) {
    // SAFETY: the caller's promise; the young list is this interpreter's.
    unsafe {
        let head = head_of(object);
        if (*head)._gc_next != 0 {
            return;
        }
        list::append(current().interpreter().gc.young(), head);
    }
}

/// Counts a new object that was never tracked, and links it if something in it may be in a cycle.
///
/// # Safety
/// As [`track`].
#[inline(always)]
pub(crate) unsafe fn enter(object: *mut PyObject, cyclic: bool) {
    let thread = current();
    let state = &thread.interpreter().gc;
    state.note_allocation(thread);
    if cyclic {
        // SAFETY: the caller's promise.
        unsafe { list::append_new(state.young(), head_of(object)) }
    }
}

/// Makes the collector forget the object; nothing happens when it did not know it.
///
/// # Safety
/// The object is of a collected type.
#[inline]
pub unsafe fn untrack(object: *mut PyObject) {
    // SAFETY: the caller's promise; a tracked head is linked on both sides.
    unsafe {
        let head = head_of(object);
        if (*head)._gc_next != 0 {
            list::unlink(head);
        }
    }
}

/// Whether the object has a collector's head (`PyObject_IS_GC`).
#[inline]
pub fn is_collected(object: &PyObject) -> bool {
    let class = object.class();
    class.has_flag(Py_TPFLAGS_HAVE_GC)
        && class.tp_is_gc().is_none_or(|is_gc| {
            // SAFETY: the slot of a live object.
            unsafe { is_gc(object.as_ptr()) != 0 }
        })
}

/// Whether the collector looks at the object.
pub fn is_tracked(object: &PyObject) -> bool {
    // SAFETY: the object has a head.
    is_collected(object) && unsafe { (*head_of(object.as_ptr()))._gc_next != 0 }
}

/// Whether the object's finaliser ran.
pub fn is_finalized(object: &PyObject) -> bool {
    // SAFETY: the object has a head.
    is_collected(object) && unsafe { (*head_of(object.as_ptr()))._gc_prev & FINALIZED != 0 }
}

/// Notes that the object's finaliser ran.
pub fn set_finalized(object: &PyObject) {
    if is_collected(object) {
        // SAFETY: the object has a head.
        unsafe { (*head_of(object.as_ptr()))._gc_prev |= FINALIZED }
    }
}

/// Counts a new object of a collected type; asks for a collection at the next safe point where the young are many.
#[inline(always)]
pub(crate) fn note_allocation(thread: &ThreadState) {
    thread.interpreter().gc.note_allocation(thread);
}

/// Counts the end of one.
#[inline(always)]
pub(crate) fn note_free() {
    if let Some(thread) = crate::model::thread::current_opt() {
        thread.interpreter().gc.note_free();
    }
}

const _: () = assert!(size_of::<PyGC_Head>() == 16);
