//! The exception of the running thread: setting, fetching, matching.

use super::Exc;
use crate::model::{Obj, Py, PyObject, PyResult, Raised, TypeObject};
use crate::raised;
use crate::types::exceptions::PyBaseException;
use crate::types::str::PyStr;
use core::fmt;

/// Raises `exc` with a message.
#[cold]
pub fn set_message(exc: Exc, message: fmt::Arguments<'_>) -> Raised {
    set_object(exc.type_object(), &PyStr::new(&message.to_string()))
}

/// Raises `exc` without arguments.
#[cold]
pub fn set_none(exc: Exc) -> Raised {
    let _ = exc;
    todo!()
}

/// Raises `class(value)`; an instance of `class` is raised as it is, a tuple gives the arguments (`PyErr_SetObject`).
/// The exception being handled becomes the context.
#[cold]
pub fn set_object(class: &TypeObject, value: &PyObject) -> Raised {
    let _ = (class, value);
    todo!()
}

/// Makes `exception` the one that is set, without touching its context (`PyErr_SetRaisedException`).
pub fn restore(exception: Py<PyBaseException>) -> Raised {
    let _ = exception;
    todo!()
}

/// Takes the exception that `raised` proves to be set (`PyErr_GetRaisedException`).
pub fn take(raised: Raised) -> Py<PyBaseException> {
    let _ = raised;
    todo!()
}

/// Takes whatever exception is set.
pub fn take_opt() -> Option<Py<PyBaseException>> {
    todo!()
}

/// Whether an exception is set (`PyErr_Occurred`); for code that called C functions without a status.
pub fn occurred() -> bool {
    todo!()
}

/// Whether the set exception is of this type; it stays set (`PyErr_ExceptionMatches`).
pub fn matches(raised: &Raised, exc: Exc) -> bool {
    let _ = (raised, exc);
    todo!()
}

/// Clears the exception where it is of this type: `Ok(())`, else passes it on.
pub fn catch(raised: Raised, exc: Exc) -> PyResult<()> {
    if matches(&raised, exc) {
        clear(raised);
        Ok(())
    } else {
        Err(raised)
    }
}

/// Forgets the exception.
pub fn clear(raised: Raised) {
    drop(take(raised));
}

/// Turns an `exc` raised by `result` into `None`: `ignore(get_attr(…), Exc::AttributeError)`.
pub fn ignore<T>(result: PyResult<T>, exc: Exc) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(raised) => catch(raised, exc).map(|()| None),
    }
}

/// Whether `raised` (a class or an instance) matches `wanted` (a class or a tuple of classes), as `except` does.
pub fn given_matches(raised: &PyObject, wanted: &PyObject) -> bool {
    let _ = (raised, wanted);
    todo!()
}

/// The exception being handled (`sys.exception()`), borrowed from the stack of handlers.
pub fn handled() -> Option<Obj> {
    todo!()
}

/// Raises an `OSError` (or the subclass that belongs to the number) for an errno and up to two file names.
#[cold]
pub fn set_os_error(
    errno: taipan_host::Errno,
    filename: Option<&PyObject>,
    filename2: Option<&PyObject>,
) -> Raised {
    let _ = (errno, filename, filename2);
    todo!()
}

/// Raises `KeyError(key)`, also for a key that is a tuple.
#[cold]
pub fn set_key_error(key: &PyObject) -> Raised {
    let _ = key;
    todo!()
}

/// Raises `StopIteration(value)`; `None` gives no argument.
#[cold]
pub fn set_stop_iteration(value: Option<Obj>) -> Raised {
    let _ = value;
    todo!()
}

/// Raises `AttributeError` with `name` and `obj` set, for suggestions.
#[cold]
pub fn set_attribute_error(object: &PyObject, name: &PyObject, message: fmt::Arguments<'_>) -> Raised {
    let _ = (object, name, message);
    todo!()
}

/// Raises `ImportError` or a subclass with `name`, `path` and `name_from`.
#[cold]
pub fn set_import_error(
    exc: Exc,
    message: fmt::Arguments<'_>,
    name: Option<&PyObject>,
    path: Option<&PyObject>,
    name_from: Option<&PyObject>,
) -> Raised {
    let _ = (exc, message, name, path, name_from);
    todo!()
}

/// Replaces the exception with `exc(message)` whose cause and context are the old one (`_PyErr_FormatFromCause`).
#[cold]
pub fn set_from_cause(raised: Raised, exc: Exc, message: fmt::Arguments<'_>) -> Raised {
    let _ = (raised, exc, message);
    todo!()
}

/// Reports an exception that cannot be passed on through `sys.unraisablehook` (`PyErr_FormatUnraisable`).
/// `message` is what CPython says there (`"Exception ignored in …"`), `object` what it happened in.
#[cold]
pub fn write_unraisable(raised: Raised, message: Option<&str>, object: Option<&PyObject>) {
    let _ = (raised, message, object);
    todo!()
}

/// Issues a warning through the `warnings` machinery (`PyErr_WarnEx`).
pub fn warn(category: Exc, stacklevel: isize, message: fmt::Arguments<'_>) -> PyResult<()> {
    let _ = (category, stacklevel, message);
    todo!()
}

/// Fails with `RecursionError` where the native stack is used up. `place` is what CPython appends: `" in comparison"`.
#[inline(always)]
pub fn check_stack(place: &str) -> PyResult<()> {
    if crate::model::thread::current().has_stack() { Ok(()) } else { Err(stack_exhausted(place)) }
}

#[cold]
fn stack_exhausted(place: &str) -> Raised {
    raised!(RecursionError, "Stack overflow (used too much of the native stack){place}")
}
