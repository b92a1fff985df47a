//! Arguments that several methods of `str` take.

use super::PyStr;
use crate::model::args::{ArgName, FromArg};
use crate::model::{ObjectExt, PyObject, PyResult};
use crate::protocols::number;
use core::ops::Range;

/// An index into a sequence as slices take it: clipped to what a size can hold.
#[derive(Clone, Copy, Debug)]
pub struct SliceBound(pub isize);

impl<'a> FromArg<'a> for SliceBound {
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        if !number::is_index(value) {
            return Err(raised!(
                TypeError,
                "slice indices must be integers or None or have an __index__ method"
            ));
        }
        number::as_isize(value, None).map(SliceBound)
    }
}

/// The part of a sequence of `length` items between two bounds; `None` where the start lies behind the end.
pub fn adjust_range(
    start: Option<SliceBound>,
    end: Option<SliceBound>,
    length: usize,
) -> Option<Range<usize>> {
    let length = length as isize;
    let adjust = |bound: isize| if bound < 0 { (bound + length).max(0) } else { bound };
    let start = adjust(start.map_or(0, |bound| bound.0));
    let end = adjust(end.map_or(length, |bound| bound.0)).min(length);
    (start <= end).then_some(start as usize..end as usize)
}

/// A fill character.
pub(super) struct Fill(pub u32);

impl<'a> FromArg<'a> for Fill {
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        match value.downcast::<PyStr>() {
            Some(text) if text.len() == 1 => Ok(Fill(text.char_at(0))),
            Some(_) => Err(raised!(TypeError, "The fill character must be exactly one character long")),
            None => Err(raised!(
                TypeError,
                "The fill character must be a unicode character, not {}",
                value.class().name()
            )),
        }
    }
}

/// A string where CPython's message names neither function nor argument.
pub(super) fn need_str(value: &PyObject) -> PyResult<&PyStr> {
    value.downcast::<PyStr>().ok_or_else(|| raised!(TypeError, "must be str, not {}", value.class().name()))
}

/// Fails with `MemoryError` where so many bytes cannot be had: asked before large buffers are filled.
pub(crate) fn affordable(bytes: usize) -> PyResult<()> {
    const LARGE: usize = 1 << 28;
    if bytes < LARGE || Vec::<u8>::new().try_reserve_exact(bytes).is_ok() {
        return Ok(());
    }
    Err(raised!(MemoryError))
}
