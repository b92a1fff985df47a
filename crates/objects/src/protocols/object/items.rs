//! `object[key]` and `len(object)`.

#![expect(unsafe_code, reason = "calls slots")]

use super::{get_optional_attr, lookup_special};
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::trampoline::{check_status, opt_ptr};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, Raised, TypeObject, not_implemented};
use crate::protocols::{call, number, sequence};
use crate::types::int::PyInt;

/// `object[key]`.
pub fn get_item(object: &PyObject, key: &PyObject) -> PyResult {
    let class = object.class();
    if let Some(subscript) = class.mp_subscript() {
        // SAFETY: the slot of a live object.
        return unsafe { Obj::from_result(subscript(object.as_ptr(), key.as_ptr())) };
    }
    if class.sq_item().is_some() {
        let index = sequence_index(key)?;
        return sequence::get_item(object, index);
    }
    if let Some(generic) = object.downcast::<TypeObject>() {
        return class_get_item(generic, key);
    }
    Err(raised!(TypeError, "'{}' object is not subscriptable", class.name()))
}

fn sequence_index(key: &PyObject) -> PyResult<isize> {
    if !number::is_index(key) {
        let found = key.class().name();
        return Err(raised!(TypeError, "sequence index must be integer, not '{found}'"));
    }
    number::as_isize(key, Some(Exc::IndexError))
}

/// `Class[key]`.
fn class_get_item(class: &TypeObject, key: &PyObject) -> PyResult {
    if class.is(crate::types::r#type::type_type()) {
        return crate::types::r#type::generic_alias(class, key);
    }
    match get_optional_attr(class, intern!("__class_getitem__"))? {
        Some(method) if !method.is_none() => call::call(&method, &[key]),
        _ => Err(raised!(TypeError, "type '{}' is not subscriptable", class.name())),
    }
}

/// `object[key] = value`; `None` deletes.
pub fn set_item(object: &PyObject, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let class = object.class();
    if let Some(assign) = class.mp_ass_subscript() {
        // SAFETY: the slot of a live object.
        let status = unsafe { assign(object.as_ptr(), key.as_ptr(), opt_ptr(value)) };
        return check_status(status).map(drop);
    }
    if class.sq_ass_item().is_some() && (number::is_index(key) || class.sq_item().is_some()) {
        let index = sequence_index(key)?;
        return sequence::set_item(object, index, value);
    }
    let what = if value.is_some() { "assignment" } else { "deletion" };
    Err(raised!(TypeError, "'{}' object does not support item {what}", class.name()))
}

#[cold]
#[inline(never)]
fn has_no_len(class: &TypeObject) -> Raised {
    raised!(TypeError, "object of type '{}' has no len()", class.name())
}

/// `len(object)`.
#[inline]
pub fn len(object: &PyObject) -> PyResult<usize> {
    let class = object.class();
    let Some(length) = class.sq_length().or_else(|| class.mp_length()) else {
        return Err(has_no_len(class));
    };
    // SAFETY: the slot of a live object.
    usize::try_from(unsafe { length(object.as_ptr()) }).map_err(|_| Raised::claim())
}

/// `len(object)`, else `__length_hint__`, else `default`.
pub fn length_hint(object: &PyObject, default: usize) -> PyResult<usize> {
    let class = object.class();
    if class.sq_length().is_some() || class.mp_length().is_some() {
        match len(object) {
            Ok(length) => return Ok(length),
            Err(raised) => errors::catch(raised, Exc::TypeError)?,
        }
    }
    let Some(method) = lookup_special(object, intern!("__length_hint__"))? else { return Ok(default) };
    let hint = match call::call(&method, &[]) {
        Ok(hint) => hint,
        Err(raised) => {
            errors::catch(raised, Exc::TypeError)?;
            return Ok(default);
        }
    };
    if hint.is(&not_implemented()) {
        return Ok(default);
    }
    let Some(hint) = hint.downcast::<PyInt>() else {
        let found = hint.class().name();
        return Err(raised!(TypeError, "__length_hint__ must be an integer, not {found}"));
    };
    let hint = number::as_isize(hint, Some(Exc::OverflowError))?;
    usize::try_from(hint).map_err(|_| raised!(ValueError, "__length_hint__() should return >= 0"))
}
