//! Encodings: byte strings to text and back, with error handlers and the registry of codecs.
//!
//! The kernels decode and encode until they meet what they cannot do; [`engine`] then asks the error handler and goes
//! on. [`encode_text`] and [`decode_bytes`] know the common encodings by name and find all others in the registry.
//!
//! | file | holds |
//! |---|---|
//! | `engine` | the loops around the kernels |
//! | `handlers` | error handlers: the standard ones and those of Python code |
//! | `builtin` | the built-in codecs |
//! | `charmap` | encodings with a mapping |
//! | `registry` | search functions, the cache of codecs, named error handlers |

pub mod builtin;
pub mod charmap;
pub mod engine;
pub mod handlers;
pub mod registry;

use crate::errors;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::protocols::buffer::Buffer;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;

/// Bytes of any object that exports them, copied unless they cannot change.
pub enum Input<'a> {
    Bytes(&'a PyBytes),
    Copied(Vec<u8>),
}

impl Input<'_> {
    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Input::Bytes(bytes) => bytes.as_slice(),
            Input::Copied(bytes) => bytes,
        }
    }
}

/// The bytes of an object (`y*`).
pub fn bytes_like(object: &PyObject) -> PyResult<Input<'_>> {
    if let Some(bytes) = object.downcast_exact::<PyBytes>() {
        return Ok(Input::Bytes(bytes));
    }
    Ok(Input::Copied(Buffer::get(object, taipan_abi::PyBUF_SIMPLE)?.to_vec()))
}

/// An encoding that needs no look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Utf8,
    Utf16,
    Utf32,
    Ascii,
    Latin1,
}

/// The encoding of a name, as `str.encode` and `bytes.decode` know it without the registry.
fn known(name: &str) -> Option<Known> {
    let mut buffer = [0u8; 12];
    let name = name.as_bytes();
    let lower = buffer.get_mut(..name.len())?;
    for (to, &from) in lower.iter_mut().zip(name) {
        *to = if from == b'_' || from == b' ' { b'-' } else { from.to_ascii_lowercase() };
    }
    match &*lower {
        b"utf-8" | b"utf8" => Some(Known::Utf8),
        b"utf-16" | b"utf16" => Some(Known::Utf16),
        b"utf-32" | b"utf32" => Some(Known::Utf32),
        b"ascii" | b"us-ascii" => Some(Known::Ascii),
        b"latin1" | b"latin-1" | b"iso-8859-1" | b"iso8859-1" => Some(Known::Latin1),
        _ => None,
    }
}

/// `text.encode(encoding, errors)` (`PyUnicode_AsEncodedString`).
pub fn encode_text(text: &PyStr, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Py<PyBytes>> {
    check_names(encoding, errors)?;
    let Some(encoding) = encoding else {
        return builtin::utf8_encode(text, errors);
    };
    match known(encoding) {
        Some(Known::Utf8) => builtin::utf8_encode(text, errors),
        Some(Known::Utf16) => builtin::utf16_encode(text, errors, 0),
        Some(Known::Utf32) => builtin::utf32_encode(text, errors, 0),
        Some(Known::Ascii) => builtin::ascii_encode(text, errors),
        Some(Known::Latin1) => builtin::latin1_encode(text, errors),
        None => {
            let result = registry::encode_with_text_codec(text, encoding, errors)?;
            let found = result.class().name().to_owned();
            if let Some(array) = result.downcast::<crate::types::bytearray::PyByteArray>() {
                errors::warn(
                    errors::Exc::RuntimeWarning,
                    1,
                    format_args!(
                        "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
                    ),
                )?;
                return Ok(PyBytes::new(&array.to_vec()));
            }
            result.downcast_into::<PyBytes>().map_err(|_| {
                raised!(
                    TypeError,
                    "'{encoding}' encoder returned '{found}' instead of 'bytes'; use codecs.encode() to encode to \
                     arbitrary types"
                )
            })
        }
    }
}

/// In development mode, looks the names up even where they are not needed.
#[inline]
fn check_names(encoding: Option<&str>, errors: Option<&str>) -> PyResult<()> {
    if encoding.is_none() && errors.is_none() || !crate::model::thread::current().interpreter().dev_mode.get()
    {
        return Ok(());
    }
    if let Some(encoding) = encoding
        && known(encoding).is_none()
    {
        registry::lookup(encoding)?;
    }
    match errors {
        Some("strict" | "ignore" | "replace" | "surrogateescape" | "surrogatepass") | None => Ok(()),
        Some(name) => registry::lookup_error(name).map(drop),
    }
}

/// `bytes.decode(encoding, errors)` (`PyUnicode_Decode`).
pub fn decode_bytes(
    bytes: &[u8],
    source: Option<&PyObject>,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> PyResult<Py<PyStr>> {
    check_names(encoding, errors)?;
    let whole = match encoding.map(known) {
        None | Some(Some(Known::Utf8)) => builtin::utf8_decode(bytes, errors, true),
        Some(Some(Known::Utf16)) => {
            builtin::utf16_decode(bytes, errors, 0, true).map(|(text, n, _)| (text, n))
        }
        Some(Some(Known::Utf32)) => {
            builtin::utf32_decode(bytes, errors, 0, true).map(|(text, n, _)| (text, n))
        }
        Some(Some(Known::Ascii)) => builtin::ascii_decode(bytes, errors),
        Some(Some(Known::Latin1)) => Ok((PyStr::from_latin1(bytes), bytes.len())),
        Some(None) => {
            let encoding = encoding.unwrap_or_default();
            let source = match source.and_then(|source| source.downcast_owned::<PyBytes>()) {
                Some(source) => source,
                None => PyBytes::new(bytes),
            };
            let result = registry::decode_with_text_codec(&source, encoding, errors)?;
            let found = result.class().name().to_owned();
            return result.downcast_into::<PyStr>().map_err(|_| {
                raised!(
                    TypeError,
                    "'{encoding}' decoder returned '{found}' instead of 'str'; use codecs.decode() to decode to \
                     arbitrary types"
                )
            });
        }
    };
    whole.map(|(text, _)| text)
}

/// `str(object, encoding, errors)` (`PyUnicode_FromEncodedObject`).
pub fn decode_object(object: &PyObject, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Py<PyStr>> {
    if !crate::protocols::buffer::is_exporter(object) {
        return Err(raised!(
            TypeError,
            "decoding to str: need a bytes-like object, {} found",
            object.class().name()
        ));
    }
    let input = bytes_like(object)?;
    check_names(encoding, errors)?;
    if input.as_slice().is_empty() {
        return Ok(PyStr::empty());
    }
    decode_bytes(input.as_slice(), Some(object), encoding, errors)
}
