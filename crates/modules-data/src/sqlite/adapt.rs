//! Adapters, which make values SQLite knows of objects, and converters, which go the other way.

use super::{programming_error, state};
use taipan_macros::{pymethods, pytype};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;

/// PEP 246 style object adaption protocol type.
#[pytype(name = "sqlite3.PrepareProtocol", flags(IMMUTABLETYPE), parts(METHODS))]
pub struct PyPrepareProtocol {
    ob_base: PyObject,
}

#[pymethods(METHODS)]
impl PyPrepareProtocol {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        _args: &[&PyObject],
        _kwargs: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyPrepareProtocol>> {
        memory::new_in(cls, PyPrepareProtocol { ob_base: PyObject::EMPTY })
    }
}

fn dictionary(cell: &ObjCell) -> Py<PyDict> {
    match cell.get().and_then(|dict| dict.downcast_owned::<PyDict>()) {
        Some(dict) => dict,
        None => {
            let dict = PyDict::new();
            cell.set(Some(dict.clone().into_obj()));
            dict
        }
    }
}

pub fn adapters() -> Py<PyDict> {
    dictionary(&state().adapters)
}

pub fn converters() -> Py<PyDict> {
    dictionary(&state().converters)
}

pub fn bytearray_type() -> &'static TypeObject {
    PyByteArray::type_object()
}

pub fn register(class: &PyObject, adapter: &PyObject) -> PyResult<()> {
    let key = PyTuple::from_slice(&[class, PyPrepareProtocol::type_object()]);
    adapters().set_item(&key, adapter)
}

/// The result of a method that may be missing, may answer `None`, and may raise `TypeError` to decline.
fn asked(receiver: &PyObject, name: &str, argument: &PyObject, alt: bool) -> PyResult<Option<Obj>> {
    let Some(method) = object::get_optional_attr(receiver, &PyStr::new(name))? else { return Ok(None) };
    match call::call(&method, &[argument]) {
        Ok(result) if result.is_none() => Ok(None),
        Ok(result) => Ok(Some(result)),
        Err(raised) if errors::matches(&raised, Exc::TypeError) && !alt => {
            errors::clear(raised);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Adapts `obj` to `proto`, or answers `alt`.
pub fn adapt(obj: &PyObject, proto: &PyObject, alt: Option<&PyObject>) -> PyResult {
    let key = PyTuple::from_slice(&[obj.class(), proto]);
    if let Some(adapter) = adapters().get_item(&key)? {
        return call::call(&adapter, &[obj]);
    }
    if let Some(adapted) = asked(proto, "__adapt__", obj, false)? {
        return Ok(adapted);
    }
    if let Some(adapted) = asked(obj, "__conform__", proto, false)? {
        return Ok(adapted);
    }
    match alt {
        Some(alt) => Ok(alt.owned()),
        None => Err(programming_error("can't adapt")),
    }
}

/// A parameter as SQLite can take it, as far as anybody knows how.
pub fn parameter(obj: &PyObject) -> PyResult {
    let plain = obj.downcast_exact::<PyInt>().is_some()
        || obj.downcast_exact::<PyStr>().is_some()
        || obj.downcast_exact::<PyFloat>().is_some()
        || obj.downcast_exact::<PyByteArray>().is_some();
    if plain && !state().base_adapted.get() {
        return Ok(obj.owned());
    }
    adapt(obj, PyPrepareProtocol::type_object(), Some(obj))
}

/// The converter for a type's name.
pub fn converter(name: &str) -> PyResult<Option<Obj>> {
    let name = call::method(&PyStr::new(name), intern!("upper"), &[])?;
    converters().get_item(&name)
}
