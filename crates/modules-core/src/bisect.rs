//! `_bisect`: searching in sorted sequences, and inserting into them.

use taipan_macros::pymodule;
use taipan_objects::intern;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;

/// On which side of equal items the place is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The place of `x` in the sorted sequence `a`, looked for from `low` to `high`.
fn search(
    a: &PyObject,
    x: &PyObject,
    low: isize,
    high: Option<isize>,
    key: Option<&PyObject>,
    side: Side,
) -> PyResult<isize> {
    if low < 0 {
        return Err(raised!(ValueError, "lo must be non-negative"));
    }
    let high = match high {
        Some(high) if high != -1 => high,
        _ => object::len(a)? as isize,
    };
    let (mut low, mut high) = (low as usize, high.max(0) as usize);
    while low < high {
        let middle = low.midpoint(high);
        let item = sequence::get_item(a, middle as isize)?;
        let item = match key {
            Some(key) => call::call(key, &[&item])?,
            None => item,
        };
        // Only `<` is asked of the items.
        let below = match side {
            Side::Left => object::is_true(&*object::compare(&item, x, CompareOp::Lt)?)?,
            Side::Right => !object::is_true(&*object::compare(x, &item, CompareOp::Lt)?)?,
        };
        if below {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low as isize)
}

fn insert(
    a: &PyObject,
    x: &PyObject,
    low: isize,
    high: Option<isize>,
    key: Option<&PyObject>,
    side: Side,
) -> PyResult<()> {
    let place = match key {
        Some(function) => search(a, &*call::call(function, &[x])?, low, high, key, side)?,
        None => search(a, x, low, high, None, side)?,
    };
    match a.downcast_exact::<PyList>() {
        Some(list) => list.insert(place as usize, x.owned()),
        None => call::method(a, intern!("insert"), &[&*place.to_py()?, x]).map(drop),
    }
}

/// Bisection algorithms.
///
/// This module provides support for maintaining a list in sorted order without
/// having to sort the list after each insertion. For long lists of items with
/// expensive comparison operations, this can be an improvement over the more
/// common approach.
#[pymodule(name = "_bisect")]
pub mod module {
    use super::{Side, insert, search};
    use taipan_objects::prelude::*;

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, a.insert(i, x)
    /// will insert just after the rightmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction(signature = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_right(
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<isize>,
        key: Option<&PyObject>,
    ) -> PyResult<isize> {
        search(a, x, lo, hi, key, Side::Right)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction(signature = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_right(
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<isize>,
        key: Option<&PyObject>,
    ) -> PyResult<()> {
        insert(a, x, lo, hi, key, Side::Right)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x)
    /// will insert just before the leftmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction(signature = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_left(
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<isize>,
        key: Option<&PyObject>,
    ) -> PyResult<isize> {
        search(a, x, lo, hi, key, Side::Left)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction(signature = "(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_left(
        a: &PyObject,
        x: &PyObject,
        lo: isize,
        hi: Option<isize>,
        key: Option<&PyObject>,
    ) -> PyResult<()> {
        insert(a, x, lo, hi, key, Side::Left)
    }
}
