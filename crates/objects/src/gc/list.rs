//! The collector's doubly linked lists of heads.
//!
//! A list is a head of its own, linked to itself while empty. The flags in the lowest bits of `_gc_prev` belong to the
//! object and stay when it moves between lists.

#![expect(unsafe_code, reason = "follows raw links")]

use crate::model::PyObject;
use taipan_abi::PyGC_Head;

pub(super) type Head = *mut PyGC_Head;

/// The finaliser ran.
pub(super) const FINALIZED: usize = 1;
/// The object is in the generation being collected; `_gc_prev` counts references.
pub(super) const COLLECTING: usize = 2;
pub(super) const FLAGS: usize = 3;
/// One reference in a counting `_gc_prev`.
pub(super) const ONE: usize = 4;

#[inline(always)]
pub(super) unsafe fn head_of(object: *mut PyObject) -> Head {
    // SAFETY: the caller has an object with a head.
    unsafe { object.cast::<PyGC_Head>().sub(1) }
}

#[inline(always)]
pub(super) unsafe fn object_of(head: Head) -> *mut PyObject {
    // SAFETY: an object lies behind its head.
    unsafe { head.add(1).cast() }
}

#[inline(always)]
pub(super) unsafe fn next(head: Head) -> Head {
    // SAFETY: the caller has a linked head.
    core::ptr::with_exposed_provenance_mut(unsafe { (*head)._gc_next })
}

#[inline(always)]
pub(super) unsafe fn prev(head: Head) -> Head {
    // SAFETY: the caller has a linked head.
    core::ptr::with_exposed_provenance_mut(unsafe { (*head)._gc_prev } & !FLAGS)
}

#[inline(always)]
pub(super) unsafe fn set_prev(head: Head, prev: Head) {
    // SAFETY: the caller has a linked head.
    unsafe { (*head)._gc_prev = prev.expose_provenance() | (*head)._gc_prev & FLAGS }
}

#[inline(always)]
pub(super) unsafe fn set_next(head: Head, next: Head) {
    // SAFETY: the caller has a linked head.
    unsafe { (*head)._gc_next = next.expose_provenance() }
}

/// Makes an empty list of a head.
pub(super) unsafe fn init(list: Head) {
    // SAFETY: the caller owns the head.
    unsafe {
        (*list)._gc_next = list.expose_provenance();
        (*list)._gc_prev = list.expose_provenance();
    }
}

#[inline]
pub(super) unsafe fn is_empty(list: Head) -> bool {
    // SAFETY: the caller has a list.
    unsafe { next(list) == list }
}

/// Links a head that is in no list at the end of one.
#[inline(always)]
pub(super) unsafe fn append(list: Head, head: Head) {
    // SAFETY: the caller's list is linked, the head is not.
    unsafe {
        let last = prev(list);
        set_next(last, head);
        set_prev(head, last);
        set_next(head, list);
        (*list)._gc_prev = head.expose_provenance();
    }
}

/// As [`append`] for the head of a new object, which has no flags.
#[inline(always)]
pub(super) unsafe fn append_new(list: Head, head: Head) {
    // SAFETY: the caller's list is linked, the head is not.
    unsafe {
        let last = prev(list);
        set_next(last, head);
        (*head)._gc_prev = last.expose_provenance();
        set_next(head, list);
        (*list)._gc_prev = head.expose_provenance();
    }
}

/// Takes a head out of its list; it counts as not tracked then.
#[inline(always)]
pub(super) unsafe fn unlink(head: Head) {
    // SAFETY: the head is linked on both sides.
    unsafe {
        let (before, after) = (prev(head), next(head));
        set_next(before, after);
        set_prev(after, before);
        (*head)._gc_next = 0;
        (*head)._gc_prev &= FINALIZED;
    }
}

/// Moves a head to the end of another list.
pub(super) unsafe fn move_to(head: Head, list: Head) {
    // SAFETY: the head is linked on both sides.
    unsafe {
        let (before, after) = (prev(head), next(head));
        set_next(before, after);
        set_prev(after, before);
        append(list, head);
    }
}

/// Appends all of one list to another, which leaves the first empty.
pub(super) unsafe fn merge(from: Head, to: Head) {
    // SAFETY: both are lists.
    unsafe {
        if is_empty(from) {
            return;
        }
        let (first, last) = (next(from), prev(from));
        let end = prev(to);
        set_next(end, first);
        set_prev(first, end);
        set_next(last, to);
        (*to)._gc_prev = last.expose_provenance();
        init(from);
    }
}

/// The number of heads in a list.
pub(super) unsafe fn count(list: Head) -> usize {
    let mut count = 0;
    // SAFETY: the caller has a list.
    unsafe {
        let mut head = next(list);
        while head != list {
            count += 1;
            head = next(head);
        }
    }
    count
}
