//! What watchers of code objects are told (`PyCode_AddWatcher`).

#![expect(unsafe_code, reason = "calls C callbacks")]

use super::PyCode;
use crate::memory;
use crate::model::{ObjectExt, PyObject, thread};
use core::ffi::c_int;

const CREATE: c_int = 0;
const DESTROY: c_int = 1;

#[cold]
fn tell(code: &PyObject, event: c_int) {
    let name = if event == CREATE { "CREATE" } else { "DESTROY" };
    thread::current().interpreter().watchers.code.tell(
        // SAFETY: a callback of C's type, with a live code object.
        |callback| unsafe { callback(event, code.as_ptr().cast()) },
        || {
            let shown = crate::protocols::object::repr(code).map_err(crate::errors::clear);
            let shown = shown.map_or_else(|()| "<code>".into(), |shown| shown.to_string_lossy().into_owned());
            format!("PY_CODE_EVENT_{name} watcher callback for {shown}")
        },
    );
}

/// Tells of a new code object.
pub(super) fn tell_creation(code: &PyCode) {
    if thread::current().interpreter().watchers.code.is_active() {
        tell(code, CREATE);
    }
}

/// Tells of the end of a code object; true where the callbacks gave it new references, so that it lives on.
///
/// # Safety
/// Called by the `tp_dealloc` of the code object.
pub(super) unsafe fn tell_end(object: *mut PyObject) -> bool {
    if !thread::current().interpreter().watchers.code.is_active() {
        return false;
    }
    // SAFETY: the caller's promise.
    unsafe { memory::revived(object, || tell(&*object, DESTROY)) }
}
