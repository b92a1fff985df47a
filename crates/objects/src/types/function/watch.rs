//! What watchers of functions are told (`PyFunction_AddWatcher`).

#![expect(unsafe_code, reason = "calls C callbacks")]

use super::PyFunction;
use crate::memory;
use crate::model::trampoline::opt_ptr;
use crate::model::watchers::{Callbacks, FunctionWatcher};
use crate::model::{ObjectExt, PyObject, PyType, thread};
use core::ffi::c_int;

/// What happens to a function; numbered as in C.
#[derive(Clone, Copy)]
#[repr(i32)]
pub(super) enum Event {
    Create,
    Destroy,
    ModifyCode,
    ModifyDefaults,
    ModifyKwdefaults,
}

impl Event {
    fn name(self) -> &'static str {
        ["CREATE", "DESTROY", "MODIFY_CODE", "MODIFY_DEFAULTS", "MODIFY_KWDEFAULTS"][self as usize]
    }
}

/// Tells the callbacks.
#[cold]
pub(super) fn tell(
    watchers: &Callbacks<FunctionWatcher>,
    function: &PyFunction,
    event: Event,
    value: Option<&PyObject>,
) {
    let object = function.as_object().as_ptr();
    watchers.tell(
        // SAFETY: a callback of C's type, with live objects or null.
        |callback| unsafe { callback(event as c_int, object.cast(), opt_ptr(value)) },
        || {
            let name = function.qualname.get().and_then(|name| crate::protocols::object::str(&name).ok());
            let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            format!("PyFunction_EVENT_{} watcher callback for function {name} at {object:p}", event.name())
        },
    );
}

/// Tells the callbacks of the end of a function; true where they gave it new references, so that it lives on.
///
/// # Safety
/// Called by the `tp_dealloc` of the function.
pub(super) unsafe fn tell_end(object: *mut PyObject) -> bool {
    let watchers = &thread::current().interpreter().watchers.functions;
    if !watchers.is_active() {
        return false;
    }
    // SAFETY: the caller's promise.
    unsafe {
        memory::revived(object, || {
            let function = (*object).downcast_unchecked::<PyFunction>();
            tell(watchers, function, Event::Destroy, None);
        })
    }
}
