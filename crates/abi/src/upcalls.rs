//! The one table through which lower floors reach evaluation: calling a function object, importing, reporting.
//!
//! A crate below the interpreter never names a function above it. It calls through this table, which the runtime fills
//! once, before the first object exists (`taipan_objects::model::upcalls`).

use crate::{Py_ssize_t, PyObject, PyTypeObject, vectorcallfunc};
use core::ffi::c_int;

type Ref = *mut PyObject;

/// The functions that lower floors may call upwards. Unless said otherwise objects are borrowed, results are new
/// references, and null or -1 means that an exception is set.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Upcalls {
    /// `vectorcall` of function objects.
    pub function_vectorcall: vectorcallfunc,
    /// The globals of the running frame, borrowed; null without exception where none runs.
    pub current_globals: unsafe extern "C" fn() -> Ref,
    /// The built-ins of the running frame, or of the interpreter, borrowed.
    pub current_builtins: unsafe extern "C" fn() -> Ref,
    /// The class and the first argument for `super()` without arguments, new references.
    pub super_arguments: unsafe extern "C" fn(*mut *mut PyTypeObject, *mut Ref) -> c_int,
    /// Issues a warning: category, message, stack level, source object or null.
    pub warn: unsafe extern "C" fn(Ref, Ref, Py_ssize_t, Ref) -> c_int,
    /// Reports an exception that goes nowhere: exception, message (a string) or null, object or null.
    pub unraisable: unsafe extern "C" fn(Ref, Ref, Ref),
    /// Imports a module by its full name and gives the module itself.
    pub import_module: unsafe extern "C" fn(Ref) -> Ref,
    /// Runs the handlers of signals that arrived, and pending calls.
    pub check_signals: unsafe extern "C" fn() -> c_int,
    /// The code object of a frame object.
    pub frame_code: unsafe extern "C" fn(Ref) -> Ref,
    /// Ends the process with a message, of so many bytes of UTF-8.
    pub fatal_error: unsafe extern "C" fn(message: *const core::ffi::c_char, length: usize) -> !,
    /// Tells the audit hooks of an event; `args` is a tuple.
    pub audit: unsafe extern "C" fn(event: *const core::ffi::c_char, args: Ref) -> c_int,
}
