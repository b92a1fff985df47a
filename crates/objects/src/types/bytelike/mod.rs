//! What `bytes` and `bytearray` share: searching, splitting, changing case, formatting.
//!
//! Arguments are converted first: that may run Python code, which may change a bytearray. Only then are the contents
//! looked at, inside [`ByteLike::read`].
//!
//! | file | holds |
//! |---|---|
//! | `find` | positions and counts |
//! | `split` | splitting, joining, partitioning |
//! | `transform` | case, padding, stripping, replacing, translating |
//! | `hexadecimal` | `hex` and `fromhex` |
//! | `percent` | the `%` operator |
//! | `methods` | the methods, declared once for both types |

mod find;
mod hexadecimal;
mod methods;
mod percent;
mod split;
mod transform;

pub use hexadecimal::{from_hex, hex_pairs, to_hex};
pub use methods::{BYTEARRAY_METHODS, BYTEARRAY_TESTS, BYTES_METHODS, BYTES_TESTS};
pub use percent::{absolute_width, format as percent_format};

use crate::codecs::{Input, bytes_like};
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, not_implemented};
use crate::protocols::buffer::{self, Buffer};
use crate::protocols::number;
use crate::types::bytearray::{Held, PyByteArray};
use crate::types::bytes::PyBytes;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_kernels::codecs::escape;

/// A type whose values are byte strings.
pub trait ByteLike: PyType {
    /// Calls `f` with the bytes. `f` runs no Python code.
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R;
    /// An exact instance with these bytes.
    fn make(bytes: &[u8]) -> Obj;
    /// The value as an exact instance: itself where it can never change.
    fn unchanged(&self) -> Obj;
    /// Keeps the size as it is while the result lives; arguments are converted meanwhile.
    fn hold(&self) -> Option<Held<'_>>;
}

impl ByteLike for PyBytes {
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(self.as_slice())
    }

    fn make(bytes: &[u8]) -> Obj {
        PyBytes::new(bytes).into_obj()
    }

    fn unchanged(&self) -> Obj {
        if PyBytes::check_exact(self) { self.as_object().owned() } else { Self::make(self.as_slice()) }
    }

    fn hold(&self) -> Option<Held<'_>> {
        None
    }
}

impl ByteLike for PyByteArray {
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        PyByteArray::read(self, f)
    }

    fn make(bytes: &[u8]) -> Obj {
        PyByteArray::new(bytes).into_obj()
    }

    fn unchanged(&self) -> Obj {
        PyByteArray::read(self, Self::make)
    }

    fn hold(&self) -> Option<Held<'_>> {
        Some(Held::new(self))
    }
}

/// The bytes of an argument that exports them.
pub fn argument(object: &PyObject) -> PyResult<Input<'_>> {
    bytes_like(object)
}

/// `a + b`; the result is of the left operand's kind.
pub fn concat<T: ByteLike>(a: &T, b: &PyObject) -> PyResult {
    if !buffer::is_exporter(b) {
        return Err(raised!(TypeError, "can't concat {} to {}", b.class().name(), a.class().name()));
    }
    let b = bytes_like(b)?;
    let b = b.as_slice();
    a.read(|a| {
        let Some(length) = a.len().checked_add(b.len()).filter(|&n| n <= isize::MAX as usize - 64) else {
            return Err(raised!(MemoryError));
        };
        let mut joined = Vec::with_capacity(length);
        joined.extend_from_slice(a);
        joined.extend_from_slice(b);
        Ok(T::make(&joined))
    })
}

/// `bytes * count` as a vector.
pub fn repeated(bytes: &[u8], count: isize) -> PyResult<Vec<u8>> {
    let length = repeated_length(bytes.len(), count)?;
    let mut out = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(raised!(MemoryError));
    }
    out.resize(length, 0);
    repeat_into(&mut out, bytes);
    Ok(out)
}

/// How long `bytes * count` is.
pub fn repeated_length(length: usize, count: isize) -> PyResult<usize> {
    match length.checked_mul(count.max(0) as usize) {
        Some(length) if length <= isize::MAX as usize - 64 => Ok(length),
        _ => Err(raised!(OverflowError, "repeated bytes are too long")),
    }
}

/// Fills `out` with `bytes` over and over; its length is a multiple of theirs.
pub fn repeat_into(out: &mut [u8], bytes: &[u8]) {
    if let [byte] = *bytes {
        out.fill(byte);
        return;
    }
    let mut done = bytes.len().min(out.len());
    out[..done].copy_from_slice(&bytes[..done]);
    while done < out.len() {
        // What is there already doubles.
        let more = done.min(out.len() - done);
        out.copy_within(..more, done);
        done += more;
    }
}

/// `value in bytes`: a byte or a run of bytes.
pub fn contains<T: ByteLike>(bytes: &T, value: &PyObject) -> PyResult<bool> {
    let _held = bytes.hold();
    if number::is_index(value) && !buffer::is_exporter(value) {
        return match number::as_isize(value, None)? {
            byte @ 0..=255 => Ok(bytes.read(|bytes| memchr::memchr(byte as u8, bytes).is_some())),
            _ => Err(raised!(ValueError, "byte must be in range(0, 256)")),
        };
    }
    let needle = bytes_like(value)?;
    Ok(bytes.read(|bytes| taipan_kernels::search::Needle::new(needle.as_slice()).find(bytes).is_some()))
}

/// A comparison with anything that exports bytes.
pub fn compare<T: ByteLike>(a: &T, b: &PyObject, op: CompareOp) -> PyResult {
    if !buffer::is_exporter(b) {
        return Ok(not_implemented());
    }
    // An object that refuses its buffer is not comparable.
    let Ok(b) = Buffer::get(b, taipan_abi::PyBUF_SIMPLE).map_err(crate::errors::clear) else {
        return Ok(not_implemented());
    };
    Ok(PyInt::from_bool(a.read(|a| op.holds(a.cmp(b.as_bytes())))))
}

/// The text of a byte string between quotes, as `repr` shows it.
pub fn shown(bytes: &[u8], before: &str, after: &str) -> Py<PyStr> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = Vec::with_capacity(bytes.len() + 3);
    out.extend_from_slice(before.as_bytes());
    out.push(b'b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            // Arrays mark the apostrophe between double quotes too.
            _ if byte == quote || (byte == b'\'' && !before.is_empty()) => {
                out.extend_from_slice(&[b'\\', byte])
            }
            b' '..=b'~' => out.push(byte),
            _ => escape::push_escape(&mut out, byte as u32),
        }
    }
    out.push(quote);
    out.extend_from_slice(after.as_bytes());
    match str::from_utf8(&out) {
        Ok(text) if !before.is_ascii() => PyStr::new(text),
        _ => PyStr::from_ascii(&out),
    }
}

/// A tuple of objects.
pub fn tuple(items: Vec<Obj>) -> PyResult {
    Ok(PyTuple::from_vec(items).into_obj())
}
