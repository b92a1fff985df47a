//! Mappings.

use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult};
use crate::protocols::{call, iter, object, sequence};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;

/// Whether it has `__getitem__` as a mapping has (`PyMapping_Check`).
pub fn is_mapping(object: &PyObject) -> bool {
    object.class().mp_subscript().is_some()
}

/// `object[key]`, `None` on `KeyError` (`PyMapping_GetOptionalItem`).
pub fn get_optional_item(object: &PyObject, key: &PyObject) -> PyResult<Option<Obj>> {
    match object.downcast_exact::<PyDict>() {
        Some(dict) => dict.get_item(key),
        None => errors::ignore(object::get_item(object, key), Exc::KeyError),
    }
}

/// `list(object.keys())`.
pub fn keys(object: &PyObject) -> PyResult {
    match object.downcast_exact::<PyDict>() {
        Some(dict) => Ok(dict.keys()?.into_obj()),
        None => method_as_list(object, intern!("keys")),
    }
}

/// `list(object.values())`.
pub fn values(object: &PyObject) -> PyResult {
    match object.downcast_exact::<PyDict>() {
        Some(dict) => Ok(dict.values()?.into_obj()),
        None => method_as_list(object, intern!("values")),
    }
}

/// `list(object.items())`.
pub fn items(object: &PyObject) -> PyResult {
    match object.downcast_exact::<PyDict>() {
        Some(dict) => Ok(dict.items()?.into_obj()),
        None => method_as_list(object, intern!("items")),
    }
}

/// What a method without arguments gives, as a list.
fn method_as_list(object: &PyObject, name: &PyStr) -> PyResult {
    let given = call::method(object, name, &[])?;
    let iterator = match iter::iter(&given) {
        Ok(iterator) => iterator,
        Err(raised) => {
            errors::catch(raised, Exc::TypeError)?;
            let (class, found) = (object.class().name(), given.class().name());
            return Err(raised!(TypeError, "{class}.{name}() returned a non-iterable (type {found})"));
        }
    };
    Ok(sequence::to_list(&iterator)?.into_obj())
}

/// The length of a mapping (`PyMapping_Size`).
pub fn len(object: &PyObject) -> PyResult<usize> {
    let class = object.class();
    if class.mp_length().is_none() && class.sq_length().is_some() {
        return Err(raised!(TypeError, "{} is not a mapping", class.name()));
    }
    object::len(object)
}
