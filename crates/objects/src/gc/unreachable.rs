//! Finding the objects of a list that only objects of the same list refer to.
//!
//! Three passes, during which no Python code runs: every object's count goes into its head; every reference found among
//! them is taken away; whatever still has a count is referred to from outside, and reaches whatever its references lead
//! to. Walking from there uses neither the native stack nor memory: what was reached needs its count no more, so the
//! stack of what is still to be walked from is linked through the same word. Meanwhile `_gc_prev` holds counts, so only
//! `_gc_next` is a link; a last walk puts both right.

#![expect(unsafe_code, reason = "follows raw links and calls tp_traverse")]

use super::is_collected;
use super::list::{self, COLLECTING, FINALIZED, FLAGS, Head, ONE, head_of, next, object_of, set_next};
use crate::model::{ObjectExt, PyObject};
use crate::types::tuple::PyTuple;
use core::ffi::{c_int, c_void};
use taipan_abi::{Py_TPFLAGS_HAVE_GC, visitproc};

/// Calls an object's `tp_traverse`.
pub(super) unsafe fn traverse(object: *mut PyObject, visit: visitproc, data: *mut c_void) -> c_int {
    // SAFETY: the object is live; visitors run no Python code.
    unsafe { (*object).class().tp_traverse().map_or(0, |traverse| traverse(object, visit, data)) }
}

#[inline(always)]
unsafe fn collecting(object: *mut PyObject) -> Option<Head> {
    // SAFETY: a visited object is live.
    unsafe {
        if (*object).class().has_flag(Py_TPFLAGS_HAVE_GC) && is_collected(&*object) {
            let head = head_of(object);
            ((*head)._gc_prev & COLLECTING != 0).then_some(head)
        } else {
            None
        }
    }
}

unsafe extern "C" fn take_away(object: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: a visited object is live.
    unsafe {
        if let Some(head) = collecting(object)
            && (*head)._gc_prev >= ONE
        {
            (*head)._gc_prev -= ONE;
        }
    }
    0
}

unsafe extern "C" fn reach(object: *mut PyObject, stack: *mut c_void) -> c_int {
    // SAFETY: a visited object is live, and the data is the stack of `find`.
    unsafe {
        if let Some(head) = collecting(object) {
            push(stack.cast(), head);
        }
    }
    0
}

/// Puts a head on the stack that is linked through `_gc_prev`; it does not count as being collected any more.
#[inline(always)]
unsafe fn push(top: *mut Head, head: Head) {
    // SAFETY: the caller has a head that is being collected, and the stack's top.
    unsafe {
        (*head)._gc_prev = (*top).expose_provenance() | ((*head)._gc_prev & FINALIZED);
        *top = head;
    }
}

/// Takes the last head from the stack; null if there is none.
#[inline(always)]
unsafe fn pop(top: *mut Head) -> Head {
    // SAFETY: the caller has the stack's top; what lies on the stack is linked to what lies below it.
    unsafe {
        let head = *top;
        if !head.is_null() {
            *top = list::prev(head);
            (*head)._gc_prev &= FINALIZED;
        }
        head
    }
}

/// Copies counts into heads. Immortal objects leave the list: nothing can make them garbage.
unsafe fn note_counts(base: Head) {
    // SAFETY: the caller has a list.
    unsafe {
        let (mut last, mut head) = (base, next(base));
        while head != base {
            let after = next(head);
            let object = object_of(head);
            if (*object).is_immortal() {
                set_next(last, after);
                (*head)._gc_next = 0;
                (*head)._gc_prev &= FINALIZED;
            } else {
                let count = (*object).refcount() as usize;
                (*head)._gc_prev = (count * ONE) | COLLECTING | ((*head)._gc_prev & FINALIZED);
                last = head;
            }
            head = after;
        }
    }
}

/// Moves what nothing outside refers to from `base` into the empty list `unreachable`, with `COLLECTING` set.
pub(super) unsafe fn find(base: Head, unreachable: Head) {
    let mut top: Head = core::ptr::null_mut();
    let stack = &raw mut top;
    // SAFETY: the caller has two lists; no Python code runs, so both stay as they are but for this function.
    unsafe {
        note_counts(base);
        let mut head = next(base);
        while head != base {
            traverse(object_of(head), take_away, core::ptr::null_mut());
            head = next(head);
        }
        head = next(base);
        while head != base {
            if (*head)._gc_prev >= ONE && (*head)._gc_prev & COLLECTING != 0 {
                push(stack, head);
                loop {
                    let reached = pop(stack);
                    if reached.is_null() {
                        break;
                    }
                    traverse(object_of(reached), reach, stack.cast());
                }
            }
            head = next(head);
        }
        split(base, unreachable);
    }
}

/// Puts the links right again.
unsafe fn split(base: Head, unreachable: Head) {
    // SAFETY: as in `find`.
    unsafe {
        list::init(unreachable);
        let mut head = next(base);
        list::init(base);
        while head != base {
            let after = next(head);
            (*head)._gc_prev &= FLAGS;
            let list = if (*head)._gc_prev & COLLECTING != 0 { unreachable } else { base };
            list::append(list, head);
            head = after;
        }
    }
}

/// Of the objects in `unreachable`, some of which finalisers may have made reachable: moves those that are still
/// unreachable into `still`, and leaves the others.
pub(super) unsafe fn find_again(unreachable: Head, still: Head) {
    // SAFETY: the caller has two lists.
    unsafe { find(unreachable, still) }
}

/// Takes away the flag that says "being collected" from all objects of a list.
pub(super) unsafe fn clear_collecting(list: Head) {
    // SAFETY: the caller has a list.
    unsafe {
        let mut head = next(list);
        while head != list {
            (*head)._gc_prev &= !COLLECTING;
            head = next(head);
        }
    }
}

unsafe extern "C" fn pull(object: *mut PyObject, to: *mut c_void) -> c_int {
    // SAFETY: a visited object is live, and the data is the list of `pull_reachable`.
    unsafe {
        if let Some(head) = collecting(object) {
            (*head)._gc_prev &= !COLLECTING;
            list::move_to(head, to.cast());
        }
    }
    0
}

/// Moves everything that objects of `list` lead to, and that is being collected, into `list` too.
pub(super) unsafe fn pull_reachable(list: Head) {
    // SAFETY: the caller has a list; moving appends, so the walk comes to what was moved.
    unsafe {
        let mut head = next(list);
        while head != list {
            traverse(object_of(head), pull, list.cast());
            head = next(head);
        }
    }
}

/// Untracks tuples that hold nothing the collector could care for.
pub(super) unsafe fn untrack_tuples(list: Head) {
    // SAFETY: the caller has a list.
    unsafe {
        let mut head = next(list);
        while head != list {
            let after = next(head);
            let object = &*object_of(head);
            if let Some(tuple) = object.downcast_exact::<PyTuple>()
                && !tuple.as_slice().iter().any(|item| may_be_tracked(item))
            {
                list::unlink(head);
            }
            head = after;
        }
    }
}

fn may_be_tracked(object: &PyObject) -> bool {
    is_collected(object) && (object.downcast_exact::<PyTuple>().is_none() || super::is_tracked(object))
}
