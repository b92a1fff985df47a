//! Between Python's arguments and the system's calls: paths, their encoding, descriptors, interrupted calls, errors.

pub mod encoding;
pub mod fd;
pub mod forks;
pub mod path;

use crate::errors;
use crate::model::{PyObject, PyResult, PyType, Raised};
use taipan_host::Errno;

/// `EINTR`.
const INTERRUPTED: i32 = 4;

/// Runs a call again as long as a signal interrupts it, after the signal's Python handlers ran (PEP 475). The outer
/// result is theirs.
pub fn retry<T>(mut call: impl FnMut() -> taipan_host::Result<T>) -> PyResult<taipan_host::Result<T>> {
    loop {
        match call() {
            Err(Errno(INTERRUPTED)) => check_signals()?,
            other => return Ok(other),
        }
    }
}

/// As [`retry`], with an `OSError` for what the system refuses.
pub fn retry_or_raise<T>(call: impl FnMut() -> taipan_host::Result<T>) -> PyResult<T> {
    retry(call)?.map_err(os_error)
}

/// Runs the Python handlers of signals that arrived.
#[expect(unsafe_code, reason = "an upcall")]
pub fn check_signals() -> PyResult<()> {
    // SAFETY: the runtime's function takes nothing and follows the C API's rules.
    let status = unsafe { (crate::model::upcalls::get().check_signals)() };
    if status < 0 { Err(Raised::claim()) } else { Ok(()) }
}

/// An `OSError` without a file name.
#[cold]
pub fn os_error(errno: Errno) -> Raised {
    errors::set_os_error(errno, None, None)
}

/// An `OSError` that names a file.
#[cold]
pub fn os_error_at(errno: Errno, path: &PyObject) -> Raised {
    errors::set_os_error(errno, Some(path), None)
}

/// Raises the audit event of an attribute that is read, set or deleted past `__getattribute__` and `__setattr__`.
#[inline]
pub fn audit_attribute(
    event: &core::ffi::CStr,
    object: &PyObject,
    name: &str,
    value: Option<&PyObject>,
) -> PyResult<()> {
    if !crate::model::thread::process().audited.load(core::sync::atomic::Ordering::Relaxed) {
        return Ok(());
    }
    let name = crate::types::str::PyStr::new(name);
    let args = [Some(object), Some(name.as_object()), value];
    audit(event, &args.into_iter().flatten().collect::<Vec<_>>())
}

/// As [`audit_attribute`], for one that is set or deleted.
pub fn audit_change(object: &PyObject, name: &str, value: Option<&PyObject>) -> PyResult<()> {
    let event = if value.is_some() { c"object.__setattr__" } else { c"object.__delattr__" };
    audit_attribute(event, object, name, value)
}

/// Raises an audit event with these arguments.
#[expect(unsafe_code, reason = "an upcall")]
pub fn audit(event: &core::ffi::CStr, args: &[&PyObject]) -> PyResult<()> {
    if !crate::model::thread::process().audited.load(core::sync::atomic::Ordering::Relaxed) {
        return Ok(());
    }
    let args = crate::types::tuple::PyTuple::from_slice(args);
    // SAFETY: the runtime's function borrows both and follows the C API's rules.
    let status = unsafe {
        (crate::model::upcalls::get().audit)(event.as_ptr(), crate::model::ObjectExt::as_ptr(&**args))
    };
    if status < 0 { Err(Raised::claim()) } else { Ok(()) }
}

/// Imports a module by its full name and gives the module itself.
#[expect(unsafe_code, reason = "an upcall")]
pub fn import(name: &crate::types::str::PyStr) -> PyResult {
    // SAFETY: the runtime's function borrows the name and gives a new reference or null with an exception set.
    unsafe {
        let module = (crate::model::upcalls::get().import_module)(crate::model::ObjectExt::as_ptr(&**name));
        crate::model::Obj::from_result(module)
    }
}
