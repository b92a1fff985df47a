//! `repr`, `str`, `ascii`, `bytes`, `format`.

#![expect(unsafe_code, reason = "calls slots")]

use super::lookup_special;
use crate::errors::check_stack;
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::call;
use crate::types::bytes::PyBytes;
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use core::cell::RefCell;

fn must_be_str(result: Obj, what: &str) -> PyResult<Py<PyStr>> {
    match result.downcast_into::<PyStr>() {
        Ok(text) => Ok(text),
        Err(other) => {
            let found = other.class().name();
            Err(raised!(TypeError, "{what} returned non-string (type {found})"))
        }
    }
}

/// `repr(object)`.
pub fn repr(object: &PyObject) -> PyResult<Py<PyStr>> {
    check_stack(" while getting the repr of an object")?;
    let class = object.class();
    match class.tp_repr() {
        // SAFETY: the slot of a live object.
        Some(repr) => must_be_str(unsafe { Obj::from_result(repr(object.as_ptr()))? }, "__repr__"),
        None => Ok(PyStr::new(&format!("<{} object at {:p}>", class.name(), object.as_ptr()))),
    }
}

/// `str(object)`.
pub fn str(object: &PyObject) -> PyResult<Py<PyStr>> {
    if let Some(text) = object.downcast_exact::<PyStr>() {
        return Ok(PyType::to_owned(text));
    }
    let Some(str) = object.class().tp_str() else { return repr(object) };
    check_stack(" while getting the str of an object")?;
    // SAFETY: the slot of a live object.
    must_be_str(unsafe { Obj::from_result(str(object.as_ptr()))? }, "__str__")
}

/// `ascii(object)`.
pub fn ascii(object: &PyObject) -> PyResult<Py<PyStr>> {
    let text = repr(object)?;
    if text.is_ascii() {
        return Ok(text);
    }
    let mut out = String::new();
    for at in 0..text.len() {
        match text.char_at(at) {
            c @ 0..0x80 => out.push(char::from(c as u8)),
            c @ 0x80..0x100 => out.push_str(&format!("\\x{c:02x}")),
            c @ 0x100..0x1_0000 => out.push_str(&format!("\\u{c:04x}")),
            c => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    Ok(PyStr::from_ascii(out.as_bytes()))
}

/// `bytes(object)`.
pub fn bytes(object: &PyObject) -> PyResult {
    if object.downcast_exact::<PyBytes>().is_some() {
        return Ok(object.owned());
    }
    if let Some(method) = lookup_special(object, intern!("__bytes__"))? {
        let result = call::call(&method, &[])?;
        if result.downcast::<PyBytes>().is_none() {
            let found = result.class().name();
            return Err(raised!(TypeError, "__bytes__ returned non-bytes (type {found})"));
        }
        return Ok(result);
    }
    crate::types::bytes::from_object(object)
}

/// `format(object, spec)`; no specification is the empty one.
pub fn format(object: &PyObject, spec: Option<&PyStr>) -> PyResult<Py<PyStr>> {
    if spec.is_none_or(PyStr::is_empty) {
        if let Some(text) = object.downcast_exact::<PyStr>() {
            return Ok(PyType::to_owned(text));
        }
        if PyInt::check_exact(object) || PyFloat::check_exact(object) {
            return str(object);
        }
    }
    let Some(method) = lookup_special(object, intern!("__format__"))? else {
        return Err(raised!(TypeError, "Type {} doesn't define __format__", object.class().name()));
    };
    let empty = intern!("");
    let result = call::call(&method, &[spec.unwrap_or(empty)])?;
    match result.downcast_into::<PyStr>() {
        Ok(text) => Ok(text),
        Err(other) => Err(raised!(TypeError, "__format__ must return a str, not {}", other.class().name())),
    }
}

thread_local! {
    /// The objects whose `repr` is being made in this thread.
    static SHOWN: RefCell<Vec<*const PyObject>> = const { RefCell::new(Vec::new()) };
}

/// Begins the `repr` of a container: false where `object` is already being shown in this thread.
pub fn repr_enter(object: &PyObject) -> PyResult<bool> {
    SHOWN.with(|shown| {
        let mut shown = shown.borrow_mut();
        let object = core::ptr::from_ref(object);
        if shown.contains(&object) {
            return Ok(false);
        }
        shown.push(object);
        Ok(true)
    })
}

/// Ends what `repr_enter` began.
pub fn repr_leave(object: &PyObject) {
    SHOWN.with(|shown| {
        let mut shown = shown.borrow_mut();
        let object = core::ptr::from_ref(object);
        if let Some(place) = shown.iter().rposition(|&entry| entry == object) {
            shown.remove(place);
        }
    });
}
