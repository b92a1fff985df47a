//! `tracemalloc.h`: blocks that C tells of.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use crate::include::pystate::{PyGILState_Ensure, PyGILState_Release};
use core::ffi::*;
use taipan_objects::memory::is_hooked;
use taipan_objects::model::none;
use taipan_runtime::tracemalloc;

/// What C gets where memory is not traced.
const NOT_TRACING: c_int = -2;

/// Runs something of the tracer with the interpreter's lock, which the caller need not hold. Says whether memory is
/// traced.
fn with_lock(run: impl FnOnce() -> bool) -> c_int {
    if !is_hooked() {
        return NOT_TRACING;
    }
    // SAFETY: somebody traces, so there is an interpreter; the release belongs to the call before.
    let tracing = unsafe {
        let before = PyGILState_Ensure();
        let tracing = run();
        PyGILState_Release(before);
        tracing
    };
    if tracing { 0 } else { NOT_TRACING }
}

c_api! {
    fn PyTraceMalloc_Track(domain: c_uint, address: usize, size: usize) -> c_int {
        with_lock(|| tracemalloc::track(domain, address, size))
    }
    fn PyTraceMalloc_Untrack(domain: c_uint, address: usize) -> c_int {
        with_lock(|| tracemalloc::untrack(domain, address))
    }
    fn _PyTraceMalloc_GetTraceback(domain: c_uint, address: usize) -> Ref {
        match tracemalloc::traceback_of(domain, address) {
            Some(traceback) => traceback.to_py().into_raw().cast(),
            None => none().into_raw(),
        }
    }
}
