//! Splitting, joining and partitioning byte strings.

use super::{ByteLike, argument, tuple};
use crate::model::{ObjectExt, PyObject, PyResult};
use crate::protocols::buffer::{self, Buffer};
use crate::protocols::sequence;
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::str::arguments::affordable;
use taipan_kernels::search::{self, Ranges};

/// ASCII white space.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn list_of<T: ByteLike>(bytes: &T, cut: impl FnOnce(&[u8], &mut Ranges)) -> PyResult {
    let parts = bytes.read(|bytes| {
        let mut ranges = Ranges::new();
        cut(bytes, &mut ranges);
        PyList::from_fn(ranges.len(), |index| T::make(&bytes[ranges[index].clone()]))
    });
    Ok(parts?.into_obj())
}

/// `split` and `rsplit`.
pub fn split<T: ByteLike>(
    bytes: &T,
    separator: Option<&PyObject>,
    maxsplit: isize,
    from_end: bool,
) -> PyResult {
    let max = usize::try_from(maxsplit).unwrap_or(usize::MAX);
    let Some(separator) = separator else {
        return list_of(bytes, |bytes, parts| {
            if from_end {
                search::rsplit_space(bytes, max, is_space, parts);
            } else {
                search::split_space(bytes, max, is_space, parts);
            }
        });
    };
    let _held = bytes.hold();
    let separator = argument(separator)?;
    let separator = separator.as_slice();
    if separator.is_empty() {
        return Err(raised!(ValueError, "empty separator"));
    }
    list_of(bytes, |bytes, parts| {
        if from_end {
            search::rsplit(bytes, separator, max, parts);
        } else {
            search::split(bytes, separator, max, parts);
        }
    })
}

/// `splitlines`.
pub fn split_lines<T: ByteLike>(bytes: &T, keepends: bool) -> PyResult {
    list_of(bytes, |bytes, lines| search::split_lines(bytes, keepends, |_| false, lines))
}

/// `partition` and `rpartition`.
pub fn partition<T: ByteLike>(bytes: &T, separator: &PyObject, from_end: bool) -> PyResult {
    let found_separator = argument(separator)?;
    let pattern = found_separator.as_slice();
    if pattern.is_empty() {
        return Err(raised!(ValueError, "empty separator"));
    }
    let parts = bytes.read(|bytes| {
        let cut =
            if from_end { search::rpartition(bytes, pattern) } else { search::partition(bytes, pattern) };
        cut.map(|(before, after)| (T::make(&bytes[before]), T::make(&bytes[after])))
    });
    match parts {
        Some((before, after)) => {
            // The separator of immutable bytes is given back as it came.
            let middle = match separator.downcast_exact::<PyBytes>() {
                Some(same) if T::NAME == "bytes" => same.unchanged(),
                _ => T::make(pattern),
            };
            tuple(vec![before, middle, after])
        }
        None if from_end => tuple(vec![T::make(&[]), T::make(&[]), bytes.unchanged()]),
        None => tuple(vec![bytes.unchanged(), T::make(&[]), T::make(&[])]),
    }
}

/// `separator.join(items)`.
pub fn join<T: ByteLike>(separator: &T, iterable: &PyObject) -> PyResult {
    // While the items are made the separator may not change its size.
    let held = Buffer::get(separator.as_object(), taipan_abi::PyBUF_SIMPLE)?;
    let items = sequence::fast(iterable, "can only join an iterable")?;
    let list = iterable.downcast::<PyList>();
    let items = crate::protocols::iter::collect(&items)?;
    if let [only] = &items[..]
        && let Some(only) = only.downcast_exact::<PyBytes>()
        && T::NAME == "bytes"
    {
        return Ok(only.unchanged());
    }
    let mut joined = Vec::new();
    let mut add = |bytes: &[u8]| {
        joined.try_reserve(bytes.len()).map_err(|_| raised!(MemoryError))?;
        joined.extend_from_slice(bytes);
        Ok(())
    };
    for (i, item) in items.iter().enumerate() {
        if !buffer::is_exporter(item) {
            return Err(raised!(
                TypeError,
                "sequence item {i}: expected a bytes-like object, {} found",
                item.class().name()
            ));
        }
        if i > 0 {
            add(held.as_bytes())?;
        }
        add(argument(item)?.as_slice())?;
        if list.is_some_and(|list| list.len() != items.len()) {
            return Err(raised!(RuntimeError, "sequence changed size during iteration"));
        }
    }
    affordable(joined.len())?;
    Ok(T::make(&joined))
}
