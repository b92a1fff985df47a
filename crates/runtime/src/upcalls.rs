//! The runtime's entries of the table of upcalls, and calling the others from safe code.

#![expect(unsafe_code, reason = "functions of the table of upcalls, and calls of them")]

use crate::{audit, imports, lifecycle, signals, sys, warnings};
use core::ffi::{CStr, c_char, c_int};
use taipan_abi::Py_ssize_t;
use taipan_objects::model::trampoline::{ret_obj, ret_unit};
use taipan_objects::model::upcalls::{self, Upcalls};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;

/// Fills the table. Called once, first of all.
pub fn install() {
    use taipan_interpreter::upcalls as interpreter;
    upcalls::set(Upcalls {
        function_vectorcall: interpreter::function_vectorcall,
        current_globals: interpreter::current_globals,
        current_builtins: interpreter::current_builtins,
        super_arguments: interpreter::super_arguments,
        frame_code: interpreter::frame_code,
        warn,
        unraisable,
        import_module,
        check_signals,
        fatal_error,
        audit: audit_event,
    });
}

unsafe extern "C" fn warn(
    category: *mut PyObject,
    message: *mut PyObject,
    level: Py_ssize_t,
    source: *mut PyObject,
) -> c_int {
    // SAFETY: the table's callers pass live objects, or null where it says so.
    let (category, message, source) = unsafe { (&*category, &*message, source.as_ref()) };
    ret_unit(warnings::warn(category, message, level, source))
}

unsafe extern "C" fn unraisable(exception: *mut PyObject, message: *mut PyObject, object: *mut PyObject) {
    // SAFETY: as above.
    let (exception, message, object) = unsafe { (&*exception, message.as_ref(), object.as_ref()) };
    if let Some(exception) = exception.downcast::<PyBaseException>() {
        sys::unraisable::report(exception, message.and_then(|message| message.downcast::<PyStr>()), object);
    }
}

unsafe extern "C" fn import_module(name: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    let name = unsafe { &*name };
    ret_obj(match name.downcast::<PyStr>() {
        Some(name) => imports::import_module(name),
        None => Err(raised!(TypeError, "module name must be a string")),
    })
}

unsafe extern "C" fn fatal_error(message: *const c_char, length: usize) -> ! {
    // SAFETY: the caller passes so many bytes.
    let message = unsafe { core::slice::from_raw_parts(message.cast::<u8>(), length) };
    lifecycle::fatal(&String::from_utf8_lossy(message))
}

unsafe extern "C" fn check_signals() -> c_int {
    ret_unit(signals::handle_pending())
}

unsafe extern "C" fn audit_event(event: *const c_char, args: *mut PyObject) -> c_int {
    // SAFETY: as above; the event is a C string.
    let (event, args) = unsafe { (CStr::from_ptr(event), &*args) };
    let args = args.downcast::<PyTuple>().map_or(&[][..], PyTuple::as_slice);
    ret_unit(audit::audit(event.to_str().unwrap_or("?"), args))
}

/// What a function of the table gives that returns a borrowed reference or null.
pub fn borrowed(function: unsafe extern "C" fn() -> *mut PyObject) -> Option<Obj> {
    // SAFETY: functions of the table take nothing and give a live object or null.
    unsafe { function().as_ref().map(ObjectExt::owned) }
}

/// The built-ins of the running frame, or of the interpreter.
pub fn current_builtins() -> Option<Obj> {
    borrowed(upcalls::get().current_builtins)
}

/// The code object of a frame object.
pub fn frame_code(frame: &PyObject) -> Option<Obj> {
    // SAFETY: the function gives a new reference, or null where the object is no frame.
    unsafe { Obj::from_result((upcalls::get().frame_code)(frame.as_ptr())).ok() }
}

/// Calls a slot of one object.
pub fn call_unary(slot: taipan_abi::unaryfunc, object: &PyObject) -> PyResult {
    // SAFETY: slots of live types follow the C API's rules.
    unsafe { taipan_objects::model::trampoline::call_unary(slot, object) }
}
