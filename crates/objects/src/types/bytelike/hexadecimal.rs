//! `hex` and `fromhex`.

use crate::codecs::bytes_like;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{buffer, object};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The separator of `hex`: one ASCII character.
fn separator(given: &PyObject) -> PyResult<u8> {
    if object::len(given)? != 1 {
        return Err(raised!(ValueError, "sep must be length 1."));
    }
    let c = if let Some(text) = given.downcast::<PyStr>() {
        text.char_at(0)
    } else if let Some(bytes) = given.downcast::<PyBytes>() {
        bytes.as_slice()[0] as u32
    } else {
        return Err(raised!(TypeError, "sep must be str or bytes."));
    };
    if c < 128 { Ok(c as u8) } else { Err(raised!(ValueError, "sep must be ASCII.")) }
}

/// `bytes.hex(sep, bytes_per_sep)`: groups are counted from the right, or from the left where the size is negative.
pub fn to_hex(bytes: &[u8], sep: Option<&PyObject>, group: i32) -> PyResult<Py<PyStr>> {
    let sep = sep.map(separator).transpose()?;
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for (i, &byte) in bytes.iter().enumerate() {
        if let Some(sep) = sep
            && i > 0
            && size > 0
        {
            let before = if group > 0 { bytes.len() - i } else { i };
            if before % size == 0 {
                out.push(sep);
            }
        }
        out.push(DIGITS[(byte >> 4) as usize]);
        out.push(DIGITS[(byte & 15) as usize]);
    }
    Ok(PyStr::from_ascii(&out))
}

fn decode(text: impl Iterator<Item = u32>) -> PyResult<Vec<u8>> {
    let digit = |c: u32| char::from_u32(c).and_then(|c| c.to_digit(16));
    let mut out = Vec::new();
    let mut high = None;
    for (i, c) in text.enumerate() {
        match (high, digit(c)) {
            (None, Some(value)) => high = Some(value),
            (Some(first), Some(value)) => {
                out.push((first << 4 | value) as u8);
                high = None;
            }
            // White space stands between pairs only.
            (None, None) if c < 128 && super::split::is_space(c as u8) => {}
            _ => {
                return Err(raised!(
                    ValueError,
                    "non-hexadecimal number found in fromhex() arg at position {i}"
                ));
            }
        }
    }
    if high.is_some() {
        return Err(raised!(ValueError, "fromhex() arg must contain an even number of hexadecimal digits"));
    }
    Ok(out)
}

/// `bytes.fromhex(string)`.
pub fn from_hex(string: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(text) = string.downcast::<PyStr>() {
        return decode((0..text.len()).map(|i| text.char_at(i)));
    }
    if buffer::is_exporter(string) {
        let bytes = bytes_like(string)?;
        return decode(bytes.as_slice().iter().map(|&byte| byte as u32));
    }
    Err(raised!(TypeError, "fromhex() argument must be str or bytes-like, not {}", string.class().name()))
}
