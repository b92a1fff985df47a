//! Strings from and to other forms of text: UTF-8, Latin-1, code points, the compiler's strings, file names.

use super::{PyStr, StrUnits, layout, text};
use crate::errors;
use crate::model::{Obj, Py, PyObject, PyResult, PyType, Raised};
use crate::protocols::call;
use crate::types::int::PyInt;
use crate::{errors::Exc, with_units};
use std::borrow::Cow;
use taipan_bytecode::Wtf8Buf;
use taipan_kernels::codecs::{CodecError, utf8};
use taipan_kernels::text::TextBuilder;

impl PyStr {
    /// A new string.
    pub fn new(text: &str) -> Py<PyStr> {
        if text.is_ascii() {
            return layout::narrow(text.as_bytes(), true);
        }
        let mut builder = TextBuilder::with_capacity(text.len());
        text.chars().for_each(|c| builder.push(c.into()));
        Self::from_builder(builder)
    }

    /// A string of Latin-1 bytes.
    pub fn from_latin1(bytes: &[u8]) -> Py<PyStr> {
        layout::narrow(bytes, bytes.is_ascii())
    }

    /// A string of ASCII bytes (all below 128).
    pub fn from_ascii(bytes: &[u8]) -> Py<PyStr> {
        debug_assert!(bytes.is_ascii());
        layout::narrow(bytes, true)
    }

    /// A string of code points.
    pub fn from_code_points(points: &[u32]) -> Py<PyStr> {
        text::from_four(points)
    }

    /// A string of UTF-16 units taken as code points, surrogates left apart.
    pub fn from_two_byte_units(units: &[u16]) -> Py<PyStr> {
        text::from_two(units)
    }

    /// A one-character string; those below 256 are shared and immortal.
    #[inline]
    pub fn from_char(c: u32) -> Py<PyStr> {
        match c {
            0..256 => layout::latin1_ref(c as u8).to_owned(),
            256..0x10000 => layout::wide2(&[c as u16]),
            _ => layout::wide4(&[c]),
        }
    }

    /// From the compiler's strings.
    pub fn from_wtf8(text: &Wtf8Buf) -> Py<PyStr> {
        if text.is_ascii() {
            return layout::narrow(text.as_bytes(), true);
        }
        let mut builder = TextBuilder::with_capacity(text.as_bytes().len());
        text.code_points().for_each(|c| builder.push(c));
        Self::from_builder(builder)
    }

    /// For the compiler: generalised UTF-8.
    pub fn to_wtf8(&self) -> Wtf8Buf {
        match self.as_ascii() {
            Some(text) => text.into(),
            None => {
                let points = self.units().to_code_points();
                Wtf8Buf::from_code_points(points).unwrap_or_default()
            }
        }
    }

    /// The empty string.
    #[inline]
    pub fn empty() -> Py<PyStr> {
        layout::empty_ref().to_owned()
    }

    /// The empty string, borrowed.
    #[inline]
    pub fn empty_ref() -> &'static PyStr {
        layout::empty_ref()
    }

    /// As UTF-8 with lone surrogates replaced: for messages.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.units() {
            StrUnits::Ascii(_) => Cow::Borrowed(self.as_ascii().unwrap_or_default()),
            units => with_units!(units, u => {
                let text = u.iter().map(|&c| char::from_u32(c.into()).unwrap_or(char::REPLACEMENT_CHARACTER));
                Cow::Owned(text.collect())
            }),
        }
    }
}

/// The text in UTF-8; `UnicodeEncodeError` for surrogates.
pub(crate) fn encode_utf8_strict(string: &PyStr) -> PyResult<Vec<u8>> {
    with_units!(string.units(), u => {
        let mut out = Vec::with_capacity(u.len());
        match utf8::encode(u, 0, &mut out) {
            Ok(()) => Ok(out),
            Err(error) => Err(encode_error("utf-8", string, &error)),
        }
    })
}

/// Raises the `UnicodeEncodeError` of what could not be encoded.
#[cold]
pub fn encode_error(encoding: &str, text: &PyStr, error: &CodecError) -> Raised {
    unicode_error(Exc::UnicodeEncodeError, Some(encoding), text, error.start, error.end, error.reason)
}

/// Raises a `UnicodeError` with all its attributes.
#[cold]
pub fn unicode_error(
    exc: Exc,
    encoding: Option<&str>,
    object: &PyObject,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    match make_unicode_error(exc, encoding, object, start, end, reason) {
        Ok(exception) => errors::set_object(exc.type_object(), &exception),
        Err(raised) => raised,
    }
}

/// The exception itself, not raised.
pub(crate) fn make_unicode_error(
    exc: Exc,
    encoding: Option<&str>,
    object: &PyObject,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Obj> {
    let (start, end) = (PyInt::from_i64(start as i64), PyInt::from_i64(end as i64));
    let reason = PyStr::new(reason);
    match encoding {
        Some(encoding) => {
            let encoding = PyStr::new(encoding);
            call::call(exc.type_object(), &[&encoding, object, &start, &end, &reason])
        }
        None => call::call(exc.type_object(), &[object, &start, &end, &reason]),
    }
}
