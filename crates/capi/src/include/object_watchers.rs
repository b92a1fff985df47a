//! `code.h`, `funcobject.h`, `context.h`: watchers of code objects, functions and contexts.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::model::thread;
use taipan_objects::model::watchers::{
    Callbacks, CodeWatcher, ContextWatcher, FunctionWatcher, MAX, Watchers,
};
use taipan_objects::prelude::*;

fn watchers() -> &'static Watchers {
    &thread::current().interpreter().watchers
}

/// The number of a new callback.
fn add<F: Copy>(callbacks: &Callbacks<F>, callback: F, kind: &str) -> c_int {
    match callbacks.add(callback) {
        Some(id) => id as c_int,
        None => {
            let _: Raised = raised!(RuntimeError, "no more {kind} watcher IDs available");
            -1
        }
    }
}

/// Forgets a callback; what is wrong with the number is told in these words.
fn clear<F: Copy>(callbacks: &Callbacks<F>, id: c_int, [invalid, unset]: [&str; 2]) -> c_int {
    status(match usize::try_from(id) {
        Ok(place) if place < MAX => match callbacks.remove(place) {
            true => Ok(()),
            false => Err(raised!(ValueError, "{unset} {id}")),
        },
        _ => Err(raised!(ValueError, "{invalid} {id}")),
    })
}

c_api! {
    fn PyCode_AddWatcher(callback: CodeWatcher) -> c_int { add(&watchers().code, callback, "code") }
    fn PyCode_ClearWatcher(id: c_int) -> c_int {
        clear(&watchers().code, id, ["Invalid code watcher ID", "No code watcher set for ID"])
    }
    fn PyFunction_AddWatcher(callback: FunctionWatcher) -> c_int { add(&watchers().functions, callback, "func") }
    fn PyFunction_ClearWatcher(id: c_int) -> c_int {
        clear(&watchers().functions, id, ["invalid func watcher ID", "no func watcher set for ID"])
    }
    fn PyContext_AddWatcher(callback: ContextWatcher) -> c_int { add(&watchers().contexts, callback, "context") }
    fn PyContext_ClearWatcher(id: c_int) -> c_int {
        clear(&watchers().contexts, id, ["Invalid context watcher ID", "No context watcher set for ID"])
    }
}
