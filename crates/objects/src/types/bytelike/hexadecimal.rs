//! `hex` and `fromhex`.

use crate::codecs::bytes_like;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{buffer, object};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The value of each hexadecimal digit; 0xff for what is none.
const VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        table[DIGITS[value] as usize] = value as u8;
        table[DIGITS[value].to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    table
};

/// The bytes that pairs of hexadecimal digits stand for; `None` where anything else is among them.
pub fn hex_pairs(text: &[u8]) -> Option<Vec<u8>> {
    let mut bad = !text.len().is_multiple_of(2);
    let pairs = text.chunks_exact(2).map(|pair| {
        let (high, low) = (VALUES[pair[0] as usize], VALUES[pair[1] as usize]);
        bad |= (high | low) > 15;
        high << 4 | low & 15
    });
    let bytes: Vec<u8> = pairs.collect();
    if bad { None } else { Some(bytes) }
}

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
    if sep.is_none() || size == 0 {
        let mut out = vec![0; bytes.len() * 2];
        for (pair, &byte) in out.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&[DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]);
        }
        return Ok(PyStr::from_ascii(&out));
    }
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for (i, &byte) in bytes.iter().enumerate() {
        if let Some(sep) = sep
            && i > 0
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
        if let Some(bytes) = text.as_ascii().and_then(|text| hex_pairs(text.as_bytes())) {
            return Ok(bytes);
        }
        return decode((0..text.len()).map(|i| text.char_at(i)));
    }
    if buffer::is_exporter(string) {
        let bytes = bytes_like(string)?;
        if let Some(decoded) = hex_pairs(bytes.as_slice()) {
            return Ok(decoded);
        }
        return decode(bytes.as_slice().iter().map(|&byte| byte as u32));
    }
    Err(raised!(TypeError, "fromhex() argument must be str or bytes-like, not {}", string.class().name()))
}
