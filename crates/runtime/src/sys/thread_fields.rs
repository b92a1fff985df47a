//! Settings of a thread that live in C's `PyThreadState`: hooks of asynchronous generators, how much coroutines remember.

#![expect(unsafe_code, reason = "the fields are C's")]

use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The hooks of `sys.set_asyncgen_hooks`.
pub fn asyncgen_hooks() -> (Option<Obj>, Option<Obj>) {
    let raw = thread::current().raw();
    // SAFETY: the running thread's state; the fields hold live objects or null.
    unsafe {
        let first = (*raw).async_gen_firstiter.as_ref().map(ObjectExt::owned);
        let last = (*raw).async_gen_finalizer.as_ref().map(ObjectExt::owned);
        (first, last)
    }
}

/// Replaces both hooks.
pub fn set_asyncgen_hooks(first: Option<Obj>, last: Option<Obj>) {
    let raw = thread::current().raw();
    let pointer = |hook: Option<Obj>| hook.map_or(core::ptr::null_mut(), Obj::into_raw);
    // SAFETY: the running thread's state; each field owns a reference, which passes to `old`.
    let old = unsafe {
        let old = [(*raw).async_gen_firstiter, (*raw).async_gen_finalizer];
        (*raw).async_gen_firstiter = pointer(first);
        (*raw).async_gen_finalizer = pointer(last);
        old
    };
    for pointer in old {
        if !pointer.is_null() {
            // SAFETY: the field owned it.
            drop(unsafe { Obj::from_raw(pointer) });
        }
    }
}

/// How many frames coroutines remember of where they were made.
pub fn origin_tracking_depth() -> i32 {
    // SAFETY: the running thread's state.
    unsafe { (*thread::current().raw()).coroutine_origin_tracking_depth }
}

pub fn set_origin_tracking_depth(depth: i32) {
    // SAFETY: the running thread's state.
    unsafe { (*thread::current().raw()).coroutine_origin_tracking_depth = depth }
}
