//! `str`: PEP 393 strings.

use crate::model::{Py, PyObject, PyResult};
use core::cell::Cell;
use core::fmt;
use taipan_bytecode::Wtf8Buf;
use taipan_kernels::text::{TextBuilder, Units};
use taipan_macros::pytype;

/// A string. What follows the head depends on `state`: see `layout`.
#[pytype(name = "str", exported = PyUnicode_Type, subclass_flag = UNICODE_SUBCLASS, flags(BASETYPE), basicsize = 64)]
pub struct PyStr {
    ob_base: PyObject,
    length: isize,
    hash: Cell<isize>,
    state: Cell<u32>,
}

/// The characters of a string: ASCII, or code points in one, two or four bytes each. A string never changes.
#[derive(Clone, Copy, Debug)]
pub enum StrUnits<'a> {
    Ascii(&'a [u8]),
    Latin1(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

impl PyStr {
    /// A new string.
    pub fn new(text: &str) -> Py<PyStr> {
        let _ = text;
        todo!()
    }

    /// The interned, immortal string; for `intern!`.
    pub fn intern_immortal(text: &str) -> &'static PyStr {
        let _ = text;
        todo!()
    }

    /// The interned string equal to this one (`PyUnicode_InternInPlace`).
    pub fn intern(string: Py<PyStr>) -> Py<PyStr> {
        let _ = string;
        todo!()
    }

    /// Whether it is interned.
    pub fn is_interned(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// A string of these units, which are in their narrowest form.
    pub fn from_units(units: Units) -> Py<PyStr> {
        let _ = units;
        todo!()
    }

    /// What a builder collected.
    pub fn from_builder(builder: TextBuilder) -> Py<PyStr> {
        let _ = builder;
        todo!()
    }

    /// A string of Latin-1 bytes.
    pub fn from_latin1(bytes: &[u8]) -> Py<PyStr> {
        let _ = bytes;
        todo!()
    }

    /// A string of ASCII bytes (all below 128).
    pub fn from_ascii(bytes: &[u8]) -> Py<PyStr> {
        let _ = bytes;
        todo!()
    }

    /// A string of code points.
    pub fn from_code_points(points: &[u32]) -> Py<PyStr> {
        let _ = points;
        todo!()
    }

    /// A one-character string; those below 256 are shared and immortal.
    pub fn from_char(c: u32) -> Py<PyStr> {
        let _ = c;
        todo!()
    }

    /// From the compiler's strings.
    pub fn from_wtf8(text: &Wtf8Buf) -> Py<PyStr> {
        let _ = text;
        todo!()
    }

    /// For the compiler: generalised UTF-8.
    pub fn to_wtf8(&self) -> Wtf8Buf {
        let _ = self;
        todo!()
    }

    /// Decodes UTF-8 with the surrogateescape handler: file names, arguments, environment.
    pub fn decode_fs(bytes: &[u8]) -> Py<PyStr> {
        let _ = bytes;
        todo!()
    }

    /// Encodes for the file system (UTF-8, surrogateescape); `UnicodeEncodeError` for other surrogates.
    pub fn encode_fs(&self) -> PyResult<Vec<u8>> {
        let _ = self;
        todo!()
    }

    /// The empty string.
    pub fn empty() -> Py<PyStr> {
        todo!()
    }

    /// Length in code points.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// The characters.
    pub fn units(&self) -> StrUnits<'_> {
        let _ = self;
        todo!()
    }

    /// The code point at `index`, which is below `len`.
    pub fn char_at(&self, index: usize) -> u32 {
        let _ = (self, index);
        todo!()
    }

    /// Whether all characters are ASCII.
    pub fn is_ascii(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// The text where it is ASCII.
    pub fn as_ascii(&self) -> Option<&str> {
        let _ = self;
        todo!()
    }

    /// As UTF-8, cached in the object; `UnicodeEncodeError` for lone surrogates (`PyUnicode_AsUTF8AndSize`).
    pub fn to_utf8(&self) -> PyResult<&str> {
        let _ = self;
        todo!()
    }

    /// As UTF-8 with lone surrogates replaced: for messages.
    pub fn to_string_lossy(&self) -> std::borrow::Cow<'_, str> {
        let _ = self;
        todo!()
    }

    /// Whether the text equals a Rust string.
    pub fn eq_str(&self, other: &str) -> bool {
        let _ = (self, other);
        todo!()
    }

    /// Whether two strings hold the same text.
    pub fn eq(&self, other: &PyStr) -> bool {
        let _ = (self, other);
        todo!()
    }

    /// Order by code points.
    pub fn cmp(&self, other: &PyStr) -> core::cmp::Ordering {
        let _ = (self, other);
        todo!()
    }

    /// The hash; computed once.
    pub fn hash(&self) -> isize {
        let _ = self;
        todo!()
    }

    /// `a + b`.
    pub fn concat(&self, other: &PyStr) -> PyResult<Py<PyStr>> {
        let _ = (self, other);
        todo!()
    }

    /// The characters from `start` to `end`, both within the length.
    pub fn substring(&self, start: usize, end: usize) -> Py<PyStr> {
        let _ = (self, start, end);
        todo!()
    }

    /// The place of the first `needle` at or after `start`.
    pub fn find(&self, needle: &PyStr, start: usize, end: usize) -> Option<usize> {
        let _ = (self, needle, start, end);
        todo!()
    }

    /// `separator.join(items)`; items must be strings.
    pub fn join(separator: &PyStr, items: &PyObject) -> PyResult<Py<PyStr>> {
        let _ = (separator, items);
        todo!()
    }

    /// Appends the text to a builder.
    pub fn append_to(&self, builder: &mut TextBuilder) {
        let _ = (self, builder);
        todo!()
    }

    /// Whether it is an identifier (`str.isidentifier`).
    pub fn is_identifier(&self) -> bool {
        let _ = self;
        todo!()
    }
}

impl fmt::Display for PyStr {
    /// For messages: lone surrogates are replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}
