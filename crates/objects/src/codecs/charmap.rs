//! Encodings with a mapping: a string, an `EncodingMap`, or any mapping from numbers to numbers, text or `None`.

use super::builtin::latin1_encode;
use super::engine;
use super::handlers::{Handler, Replacement};
use crate::errors::{self, Exc};
use crate::memory;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::protocols::object;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::{PyStr, encode_error};
use crate::with_units;
use taipan_kernels::codecs::CodecError;
use taipan_kernels::codecs::charmap::{self, EncodingMap, UNDEFINED};
use taipan_kernels::text::TextBuilder;
use taipan_macros::{pymethods, pytype};

const REASON: &str = "character maps to <undefined>";

/// What CPython's struct takes, for `sys.getsizeof`: a head, 32 places of tables, two counts, a first table's first byte.
const SIZE: usize = 64;

const _: () = assert!(size_of::<PyEncodingMap>() <= SIZE);

/// A table for fast encoding, made by `codecs.charmap_build`.
#[pytype(name = "EncodingMap", exported = EncodingMapType, basicsize = SIZE, parts(MAP))]
pub struct PyEncodingMap {
    ob_base: PyObject,
    map: EncodingMap,
}

#[pymethods(MAP)]
impl PyEncodingMap {
    /// Return the size (in bytes) of this object.
    #[pymethod]
    fn size(&self) -> usize {
        SIZE
    }
}

/// `codecs.charmap_build`: a table of 256 characters that begins with NUL gives an `EncodingMap`, others a dictionary.
pub fn build(table: &PyStr) -> PyResult {
    let plain = table.len() >= 256
        && with_units!(table.units(), u => {
            let rest = || u[1..256].iter().map(|&c| u32::from(c));
            u32::from(u[0]) == 0 && rest().all(|c| c != 0 && c < 0x10000)
        });
    if plain {
        let map = with_units!(table.units(), u => EncodingMap::new(u));
        return Ok(memory::new(PyEncodingMap { ob_base: PyObject::EMPTY, map }).into_obj());
    }
    let dict = PyDict::new();
    for i in 0..table.len().min(256) {
        dict.set_item(&PyInt::from_i64(table.char_at(i).into()), &PyInt::from_i64(i as i64))?;
    }
    Ok(dict.into_obj())
}

/// `codecs.charmap_decode` with a mapping; without one the encoding is Latin-1.
pub fn decode(input: &[u8], errors: Option<&str>, mapping: Option<&PyObject>) -> PyResult<Py<PyStr>> {
    let Some(mapping) = mapping else {
        return Ok(PyStr::from_latin1(input));
    };
    if let Some(table) = mapping.downcast_exact::<PyStr>() {
        let step = |bytes: &[u8], at: usize, out: &mut TextBuilder| with_units!(table.units(), t => charmap::decode(bytes, at, t, out));
        return engine::decode("charmap", input, errors, step).map(|(text, _)| text);
    }
    let mut out = TextBuilder::with_capacity(input.len());
    let mut handler = Handler::of_name(errors);
    let mut replaced: Option<Vec<u8>> = None;
    let mut at = 0;
    loop {
        let bytes = replaced.as_deref().unwrap_or(input);
        let Some(&byte) = bytes.get(at) else { break };
        if decode_one(byte, mapping, &mut out)? {
            at += 1;
            continue;
        }
        let error = CodecError { start: at, end: at + 1, reason: REASON };
        let (next, other) = handler.decode_error("charmap", bytes, &error, &mut out)?;
        at = next;
        if other.is_some() {
            replaced = other;
        }
    }
    PyStr::try_from_builder(out)
}

/// Appends what the mapping says of a byte; false where it says nothing.
fn decode_one(byte: u8, mapping: &PyObject, out: &mut TextBuilder) -> PyResult<bool> {
    let found = object::get_item(mapping, &PyInt::from_i64(byte.into()));
    let Some(value) = errors::ignore(found, Exc::LookupError)? else {
        return Ok(false);
    };
    if value.is_none() {
        return Ok(false);
    }
    if let Some(code) = value.downcast::<PyInt>() {
        return match code.to_i64() {
            Some(code) if code == i64::from(UNDEFINED) => Ok(false),
            Some(code @ 0..=0x10_ffff) => {
                out.push(code as u32);
                Ok(true)
            }
            _ => Err(raised!(TypeError, "character mapping must be in range(0x110000)")),
        };
    }
    let Some(text) = value.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "character mapping must return integer, None or str"));
    };
    if text.len() == 1 && text.char_at(0) == UNDEFINED {
        return Ok(false);
    }
    text.append_to(out);
    Ok(true)
}

/// Appends the bytes of a character; false where the mapping says nothing of it.
fn encode_one(c: u32, mapping: &PyObject, out: &mut Vec<u8>) -> PyResult<bool> {
    if let Some(map) = mapping.downcast_exact::<PyEncodingMap>() {
        let byte = map.map.get(c);
        out.extend(byte);
        return Ok(byte.is_some());
    }
    let found = object::get_item(mapping, &PyInt::from_i64(c.into()));
    let Some(value) = errors::ignore(found, Exc::LookupError)? else {
        return Ok(false);
    };
    if value.is_none() {
        return Ok(false);
    }
    if let Some(code) = value.downcast::<PyInt>() {
        return match code.to_i64() {
            Some(code @ 0..=255) => {
                out.push(code as u8);
                Ok(true)
            }
            _ => Err(raised!(TypeError, "character mapping must be in range(256)")),
        };
    }
    let Some(bytes) = value.downcast::<PyBytes>() else {
        return Err(raised!(
            TypeError,
            "character mapping must return integer, bytes or None, not {}",
            value.class().name()
        ));
    };
    out.extend_from_slice(bytes.as_slice());
    Ok(true)
}

/// `codecs.charmap_encode` with a mapping; without one the encoding is Latin-1.
pub fn encode(text: &PyStr, errors: Option<&str>, mapping: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
    let Some(mapping) = mapping else {
        return latin1_encode(text, errors);
    };
    let mut out = Vec::with_capacity(text.len());
    let mut handler = Handler::of_name(errors);
    let mut at = 0;
    while at < text.len() {
        if encode_one(text.char_at(at), mapping, &mut out)? {
            at += 1;
            continue;
        }
        // All neighbours without a place in the mapping are one error.
        let (mut end, mut unused) = (at + 1, Vec::new());
        while end < text.len() && !encode_one(text.char_at(end), mapping, &mut unused)? {
            end += 1;
        }
        let error = CodecError { start: at, end, reason: REASON };
        let (replacement, next) = handler.encode_error("charmap", text, &error)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend_from_slice(&bytes),
            Replacement::Text(points) => {
                for c in points {
                    if !encode_one(c, mapping, &mut out)? {
                        return Err(encode_error("charmap", text, &error));
                    }
                }
            }
        }
        at = next;
    }
    Ok(PyBytes::new(&out))
}
