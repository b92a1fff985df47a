//! Byte strings made of others: case, padding, stripping, replacing, translating.

use super::split::is_space;
use super::{ByteLike, argument};
use crate::model::{Obj, ObjectExt, PyObject, PyResult};
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use taipan_kernels::search::{self, Needle};

/// The bytes with each one changed by itself.
pub fn map_bytes<T: ByteLike>(bytes: &T, change: impl Fn(u8) -> u8) -> Obj {
    bytes.read(|bytes| T::make(&bytes.iter().map(|&byte| change(byte)).collect::<Vec<u8>>()))
}

pub fn swap_case(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte }
}

/// Words begin with an upper case letter.
pub fn title<T: ByteLike>(bytes: &T) -> Obj {
    bytes.read(|bytes| {
        let mut within_word = false;
        let out: Vec<u8> = bytes
            .iter()
            .map(|&byte| {
                let changed = if within_word { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
                within_word = byte.is_ascii_alphabetic();
                changed
            })
            .collect();
        T::make(&out)
    })
}

pub fn capitalize<T: ByteLike>(bytes: &T) -> Obj {
    bytes.read(|bytes| {
        let mut out = bytes.to_ascii_lowercase();
        if let Some(first) = out.first_mut() {
            first.make_ascii_uppercase();
        }
        T::make(&out)
    })
}

/// Whether all letters are of one case, and there is a letter.
pub fn is_cased(bytes: &[u8], is: fn(&u8) -> bool, is_not: fn(&u8) -> bool) -> bool {
    bytes.iter().any(is) && !bytes.iter().any(is_not)
}

pub fn is_title(bytes: &[u8]) -> bool {
    let (mut any, mut within_word) = (false, false);
    for &byte in bytes {
        if byte.is_ascii_uppercase() {
            if within_word {
                return false;
            }
            (any, within_word) = (true, true);
        } else if byte.is_ascii_lowercase() {
            if !within_word {
                return false;
            }
            any = true;
        } else {
            within_word = false;
        }
    }
    any
}

/// A fill character: bytes or a bytearray of length one.
pub fn fill_byte(fill: Option<&PyObject>, method: &str) -> PyResult<u8> {
    let Some(fill) = fill else { return Ok(b' ') };
    let (kind, bytes) = if let Some(bytes) = fill.downcast::<PyBytes>() {
        ("bytes", bytes.as_slice().to_vec())
    } else if let Some(array) = fill.downcast::<PyByteArray>() {
        ("bytearray", array.to_vec())
    } else {
        return Err(raised!(
            TypeError,
            "{method}() argument 2 must be a byte string of length 1, not {}",
            fill.class().name()
        ));
    };
    match bytes[..] {
        [byte] => Ok(byte),
        _ => Err(raised!(
            TypeError,
            "{method}(): argument 2 must be a byte string of length 1, not a {kind} object of length {}",
            bytes.len()
        )),
    }
}

/// Where padding goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Both,
}

/// `ljust`, `rjust` and `center`.
pub fn pad<T: ByteLike>(bytes: &T, width: isize, fill: u8, side: Side) -> PyResult {
    let length = bytes.read(<[u8]>::len);
    let width = width.max(0) as usize;
    if width <= length {
        return Ok(bytes.unchanged());
    }
    let total = width - length;
    let left = match side {
        Side::Left => total,
        Side::Right => 0,
        // The odd one goes left where the width is odd.
        Side::Both => total / 2 + (total & width & 1),
    };
    bytes.read(|bytes| {
        let mut out = Vec::new();
        if out.try_reserve_exact(width).is_err() {
            return Err(raised!(MemoryError));
        }
        out.resize(left, fill);
        out.extend_from_slice(bytes);
        out.resize(width, fill);
        Ok(T::make(&out))
    })
}

/// `zfill`: zeros after the sign.
pub fn zero_fill<T: ByteLike>(bytes: &T, width: isize) -> PyResult {
    let length = bytes.read(<[u8]>::len);
    let width = width.max(0) as usize;
    if width <= length {
        return Ok(bytes.unchanged());
    }
    bytes.read(|bytes| {
        let sign = matches!(bytes.first(), Some(b'+' | b'-')) as usize;
        let mut out = Vec::new();
        if out.try_reserve_exact(width).is_err() {
            return Err(raised!(MemoryError));
        }
        out.extend_from_slice(&bytes[..sign]);
        out.resize(width - length + sign, b'0');
        out.extend_from_slice(&bytes[sign..]);
        Ok(T::make(&out))
    })
}

pub fn expand_tabs<T: ByteLike>(bytes: &T, size: isize) -> PyResult {
    let expanded = bytes.read(|bytes| search::expand_tabs(bytes, size.max(0) as usize, b' '));
    match expanded {
        Some(out) => Ok(T::make(&out)),
        None => Err(raised!(OverflowError, "result too long")),
    }
}

/// `strip`, `lstrip` and `rstrip`.
pub fn strip<T: ByteLike>(bytes: &T, members: Option<&PyObject>, side: Side) -> PyResult {
    let mut table = [false; 256];
    match members {
        None => (0..=255).for_each(|byte| table[byte as usize] = is_space(byte)),
        Some(members) => argument(members)?.as_slice().iter().for_each(|&byte| table[byte as usize] = true),
    }
    let is_member = |byte: u8| table[byte as usize];
    let stripped = bytes.read(|bytes| {
        let start = if side == Side::Right { 0 } else { search::strip_start(bytes, is_member) };
        let end = if side == Side::Left { bytes.len() } else { search::strip_end(bytes, is_member) };
        let end = end.max(start);
        (end - start < bytes.len()).then(|| T::make(&bytes[start..end]))
    });
    Ok(stripped.unwrap_or_else(|| bytes.unchanged()))
}

/// `removeprefix` and `removesuffix`.
pub fn remove_affix<T: ByteLike>(bytes: &T, affix: &PyObject, at_end: bool) -> PyResult {
    let affix = argument(affix)?;
    let affix = affix.as_slice();
    let rest = bytes.read(|bytes| {
        let rest = if at_end { bytes.strip_suffix(affix) } else { bytes.strip_prefix(affix) };
        rest.filter(|_| !affix.is_empty()).map(T::make)
    });
    Ok(rest.unwrap_or_else(|| bytes.unchanged()))
}

/// An empty pattern lies before, between and after all bytes.
fn interleave(bytes: &[u8], new: &[u8], places: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + places * new.len());
    for i in 0..=bytes.len() {
        if i < places {
            out.extend_from_slice(new);
        }
        out.extend(bytes.get(i));
    }
    out
}

pub fn replace<T: ByteLike>(bytes: &T, old: &PyObject, new: &PyObject, count: isize) -> PyResult {
    let (old, new) = (argument(old)?, argument(new)?);
    let (old, new) = (old.as_slice(), new.as_slice());
    let max = usize::try_from(count).unwrap_or(usize::MAX);
    let replaced = bytes.read(|bytes| {
        let needle = Needle::new(old);
        let mut places = search::Places::new();
        needle.places(bytes, max, &mut places);
        if places.is_empty() {
            return Ok(None);
        }
        let grown = (new.len() as i128 - old.len() as i128) * places.len() as i128;
        if bytes.len() as i128 + grown > isize::MAX as i128 / 2 {
            return Err(raised!(OverflowError, "replace bytes is too long"));
        }
        Ok(Some(if old.is_empty() {
            T::make(&interleave(bytes, new, places.len()))
        } else {
            T::make(&search::replace_at(bytes, &places, old.len(), new))
        }))
    })?;
    Ok(replaced.unwrap_or_else(|| bytes.unchanged()))
}

pub fn translate<T: ByteLike>(bytes: &T, table: &PyObject, delete: Option<&PyObject>) -> PyResult {
    let table = if table.is_none() { None } else { Some(argument(table)?) };
    if table.as_ref().is_some_and(|table| table.as_slice().len() != 256) {
        return Err(raised!(ValueError, "translation table must be 256 characters long"));
    }
    let mut deleted = [false; 256];
    if let Some(delete) = delete {
        argument(delete)?.as_slice().iter().for_each(|&byte| deleted[byte as usize] = true);
    }
    let translated = bytes.read(|bytes| {
        let out: Vec<u8> = bytes
            .iter()
            .filter(|&&byte| !deleted[byte as usize])
            .map(|&byte| table.as_ref().map_or(byte, |table| table.as_slice()[byte as usize]))
            .collect();
        (out != bytes).then(|| T::make(&out))
    });
    Ok(translated.unwrap_or_else(|| bytes.unchanged()))
}

/// The table that `maketrans` makes.
pub fn make_table(from: &PyObject, to: &PyObject) -> PyResult {
    let (from, to) = (argument(from)?, argument(to)?);
    let (from, to) = (from.as_slice(), to.as_slice());
    if from.len() != to.len() {
        return Err(raised!(ValueError, "maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(to) {
        table[from as usize] = to;
    }
    Ok(PyBytes::new(&table).into_obj())
}
