//! Positions and counts in byte strings.

use super::ByteLike;
use crate::codecs::{Input, bytes_like};
use crate::model::args::OptArg;
use crate::model::{ObjectExt, PyObject, PyResult, PyType};
use crate::protocols::{buffer, number};
use crate::types::bytes::PyBytes;
use crate::types::tuple::PyTuple;
use taipan_kernels::search::Needle;

/// What is looked for: a byte or a run of bytes.
pub enum Sub<'a> {
    Byte([u8; 1]),
    Bytes(Input<'a>),
}

impl<'a> Sub<'a> {
    pub fn new(object: &'a PyObject) -> PyResult<Self> {
        if buffer::is_exporter(object) {
            return bytes_like(object).map(Sub::Bytes);
        }
        if !number::is_index(object) {
            return Err(raised!(
                TypeError,
                "argument should be integer or bytes-like object, not '{}'",
                object.class().name()
            ));
        }
        match number::as_isize(object, None)? {
            byte @ 0..=255 => Ok(Sub::Byte([byte as u8])),
            _ => Err(raised!(ValueError, "byte must be in range(0, 256)")),
        }
    }

    pub fn as_slice(&self) -> &[u8] {
        match self {
            Sub::Byte(byte) => byte,
            Sub::Bytes(bytes) => bytes.as_slice(),
        }
    }
}

/// Where a search begins and ends, not yet clipped to a length.
pub struct Window {
    start: isize,
    end: isize,
}

impl Window {
    pub fn new(start: OptArg<&PyObject>, end: OptArg<&PyObject>) -> PyResult<Self> {
        let index = |given: OptArg<&PyObject>, default| match given.given() {
            None => Ok(default),
            Some(value) if value.is_none() => Ok(default),
            Some(value) if number::is_index(value) => number::as_isize(value, None),
            Some(_) => {
                Err(raised!(TypeError, "slice indices must be integers or None or have an __index__ method"))
            }
        };
        Ok(Window { start: index(start, 0)?, end: index(end, isize::MAX)? })
    }

    /// Start and end within a length; `None` where the start lies behind the end.
    pub fn within(&self, length: usize) -> Option<(usize, usize)> {
        let length = length as isize;
        let from_end = |at: isize| if at < 0 { at.saturating_add(length).max(0) } else { at };
        let end = from_end(self.end.min(length));
        let start = from_end(self.start);
        (start <= end).then_some((start as usize, end as usize))
    }
}

/// The position of the first or last occurrence.
pub fn find<T: ByteLike>(bytes: &T, sub: &PyObject, window: &Window, last: bool) -> PyResult<Option<usize>> {
    let _held = bytes.hold();
    let sub = Sub::new(sub)?;
    let needle = Needle::new(sub.as_slice());
    Ok(bytes.read(|bytes| {
        let (start, end) = window.within(bytes.len())?;
        let text = &bytes[start..end];
        let found = if last { needle.find_last(text) } else { needle.find(text) };
        found.map(|at| at + start)
    }))
}

/// The position, or `ValueError`.
pub fn index<T: ByteLike>(bytes: &T, sub: &PyObject, window: &Window, last: bool) -> PyResult<usize> {
    find(bytes, sub, window, last)?.ok_or_else(|| raised!(ValueError, "subsection not found"))
}

/// How often `sub` occurs without overlap.
pub fn count<T: ByteLike>(bytes: &T, sub: &PyObject, window: &Window) -> PyResult<usize> {
    let _held = bytes.hold();
    let sub = Sub::new(sub)?;
    let needle = Needle::new(sub.as_slice());
    Ok(bytes.read(|bytes| match window.within(bytes.len()) {
        Some((start, end)) => needle.count(&bytes[start..end], usize::MAX),
        None => 0,
    }))
}

/// `startswith` and `endswith`: one string of bytes or a tuple of them.
pub fn has_affix<T: ByteLike>(bytes: &T, affix: &PyObject, window: &Window, at_end: bool) -> PyResult<bool> {
    let matches = |affix: &[u8]| {
        bytes.read(|bytes| match window.within(bytes.len()) {
            Some((start, end)) if at_end => bytes[start..end].ends_with(affix),
            Some((start, end)) => bytes[start..end].starts_with(affix),
            None => false,
        })
    };
    if let Some(affixes) = affix.downcast::<PyTuple>() {
        for affix in affixes.as_slice() {
            if matches(bytes_like(affix)?.as_slice()) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !buffer::is_exporter(affix) {
        return Err(raised!(
            TypeError,
            "{}with first arg must be bytes or a tuple of {}, not {}",
            if at_end { "ends" } else { "starts" },
            PyBytes::SHORT_NAME,
            affix.class().name()
        ));
    }
    Ok(matches(bytes_like(affix)?.as_slice()))
}
