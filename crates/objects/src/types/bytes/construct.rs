//! `bytes()`: from text, sizes, buffers and iterables; `bytearray()` reads the same sources.

use super::PyBytes;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::buffer::{self, Buffer};
use crate::protocols::{iter, number, object};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// What a byte string is made of.
pub enum Source {
    /// So many zeros.
    Zeros(usize),
    Bytes(Vec<u8>),
}

/// An item of an iterable as a byte.
fn byte(item: &PyObject) -> PyResult<u8> {
    match number::as_isize(item, None)? {
        value @ 0..=255 => Ok(value as u8),
        _ => Err(raised!(ValueError, "bytes must be in range(0, 256)")),
    }
}

/// The bytes that an iterable of integers gives.
pub fn collect_bytes(iterable: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(list) = iterable.downcast_exact::<PyList>() {
        // The items may change the list when they are converted.
        let mut bytes = Vec::with_capacity(list.len());
        while let Some(item) = list.get(bytes.len()) {
            bytes.push(byte(&item)?);
        }
        return Ok(bytes);
    }
    if PyTuple::check_exact(iterable) {
        return iter::collect(iterable)?.iter().map(|item| byte(item)).collect();
    }
    let iterator = iter::iter(iterable)?;
    let hint = object::length_hint(iterable, 64)?;
    let mut bytes = Vec::with_capacity(hint.min(1 << 20));
    while let Some(item) = iter::next(&iterator)? {
        bytes.push(byte(&item)?);
    }
    Ok(bytes)
}

/// The bytes of an object that is no number (`PyBytes_FromObject`); `target` names what is made of them.
pub fn bytes_of(x: &PyObject, target: &str) -> PyResult<Vec<u8>> {
    if buffer::is_exporter(x) {
        return Ok(Buffer::get(x, taipan_abi::PyBUF_FULL_RO)?.to_vec());
    }
    if !PyStr::check(x) {
        match iter::iter(x) {
            Ok(iterator) => {
                return if PyList::check_exact(x) || PyTuple::check_exact(x) {
                    collect_bytes(x)
                } else {
                    let hint = object::length_hint(x, 64)?;
                    let mut bytes = Vec::with_capacity(hint.min(1 << 20));
                    while let Some(item) = iter::next(&iterator)? {
                        bytes.push(byte(&item)?);
                    }
                    Ok(bytes)
                };
            }
            Err(raised) => errors::catch(raised, Exc::TypeError)?,
        }
    }
    Err(raised!(TypeError, "cannot convert '{}' object to {target}", x.class().name()))
}

/// Reads the arguments of `bytes()` and `bytearray()`; `target` names which of both. A `__bytes__` method was looked
/// for already.
pub fn source(
    x: Option<&PyObject>,
    encoding: Option<&str>,
    errors_name: Option<&str>,
    target: &str,
) -> PyResult<Source> {
    let Some(x) = x else {
        return match (encoding, errors_name) {
            (Some(_), _) => Err(raised!(TypeError, "encoding without a string argument")),
            (None, Some(_)) => Err(raised!(TypeError, "errors without a string argument")),
            (None, None) => Ok(Source::Zeros(0)),
        };
    };
    if let Some(text) = x.downcast::<PyStr>() {
        let Some(encoding) = encoding else {
            return Err(match errors_name {
                Some(_) => raised!(TypeError, "string argument without an encoding"),
                None => raised!(TypeError, "string argument without an encoding"),
            });
        };
        let bytes = crate::codecs::encode_text(text, Some(encoding), errors_name)?;
        return Ok(Source::Bytes(bytes.as_slice().to_vec()));
    }
    if encoding.is_some() {
        return Err(raised!(TypeError, "encoding without a string argument"));
    }
    if errors_name.is_some() {
        return Err(raised!(TypeError, "errors without a string argument"));
    }
    if number::is_index(x) {
        match number::as_isize(x, Some(Exc::OverflowError)) {
            Ok(size) if size < 0 => return Err(raised!(ValueError, "negative count")),
            Ok(size) => return Ok(Source::Zeros(size as usize)),
            // An object whose `__index__` refuses may still be read another way.
            Err(raised) => errors::catch(raised, Exc::TypeError)?,
        }
    }
    bytes_of(x, target).map(Source::Bytes)
}

/// `bytes(x)` for any object (`PyBytes_FromObject` after `__bytes__`).
pub fn from_object(x: &PyObject) -> PyResult {
    if PyBytes::check_exact(x) {
        return Ok(x.owned());
    }
    Ok(PyBytes::new(&bytes_of(x, "bytes")?).into_obj())
}

/// What an object's `__bytes__` gives, if its type has that method.
pub fn special_bytes(x: &PyObject) -> PyResult<Option<Obj>> {
    let Some(method) = object::lookup_special(x, intern!("__bytes__"))? else { return Ok(None) };
    let result = crate::protocols::call::call(&method, &[])?;
    if !PyBytes::check(&result) {
        return Err(raised!(TypeError, "__bytes__ returned non-bytes (type {})", result.class().name()));
    }
    Ok(Some(result))
}

/// `bytes.__new__(class, source, encoding, errors)`.
pub fn construct(
    class: &TypeObject,
    x: Option<&PyObject>,
    encoding: Option<&str>,
    errors_name: Option<&str>,
) -> PyResult {
    let exact = class.is(PyBytes::type_object());
    if let (Some(x), None, None) = (x, encoding, errors_name)
        && let Some(result) = special_bytes(x)?
    {
        return if exact {
            Ok(result)
        } else {
            match result.downcast::<PyBytes>() {
                Some(bytes) => super::layout::subclass_instance(class, bytes.as_slice()),
                None => Ok(result),
            }
        };
    }
    let source = source(x, encoding, errors_name, "bytes")?;
    match (source, exact) {
        (Source::Zeros(size), true) => Ok(PyBytes::with(size, |_| ())?.into_obj()),
        (Source::Bytes(bytes), true) => Ok(PyBytes::new(&bytes).into_obj()),
        (Source::Zeros(size), false) => {
            let zeros = PyBytes::with(size, |_| ())?;
            super::layout::subclass_instance(class, zeros.as_slice())
        }
        (Source::Bytes(bytes), false) => super::layout::subclass_instance(class, &bytes),
    }
}
