//! Sorting: timsort, as Tim Peters described it in `listsort.txt`, with the merge order of Munro and Wild's powersort.
//!
//! Natural runs are found (descending ones reversed), short ones extended by binary insertion, and merged by galloping.
//! Before, the keys are looked through once: where all are of one type, a comparison for that type is used
//! throughout. While a sort runs, the list is empty, so that nothing it calls can see the array.

#![expect(unsafe_code, reason = "looks at objects that the sort owns through copied pointers")]

use super::PyList;
use crate::memory;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, PyType};
use crate::protocols::{call, object};
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use crate::types::str::{PyStr, StrUnits};
use crate::types::tuple::PyTuple;
use core::ptr::null_mut;

/// Arrays shorter than this are sorted by insertion alone.
const MIN_MERGE: usize = 64;
/// How often one run must win in a row before the merge gallops.
const MIN_GALLOP: usize = 7;

/// What is moved about: a key, or a key with its value. The sort's owner has the references.
trait Item: Copy {
    fn key<'a>(self) -> &'a PyObject;
}

#[derive(Clone, Copy)]
struct Bare(*mut PyObject);

#[derive(Clone, Copy)]
struct Keyed {
    key: *mut PyObject,
    value: *mut PyObject,
}

impl Item for Bare {
    #[inline(always)]
    fn key<'a>(self) -> &'a PyObject {
        // SAFETY: the sort's owner keeps the object alive while items are moved about.
        unsafe { &*self.0 }
    }
}

impl Item for Keyed {
    #[inline(always)]
    fn key<'a>(self) -> &'a PyObject {
        // SAFETY: as above.
        unsafe { &*self.key }
    }
}

/// `a < b` for keys of certain types.
trait Less: Copy {
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool>;
}

/// Any objects.
#[derive(Clone, Copy)]
struct Any;

impl Less for Any {
    #[inline]
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        object::is_true(&*object::compare(a, b, CompareOp::Lt)?)
    }
}

/// Strings with characters below 256.
#[derive(Clone, Copy)]
struct Latin1;

impl Less for Latin1 {
    #[inline(always)]
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        // SAFETY: the keys were looked through.
        let (a, b) = unsafe { (a.downcast_unchecked::<PyStr>(), b.downcast_unchecked::<PyStr>()) };
        Ok(latin1(a) < latin1(b))
    }
}

#[inline(always)]
fn latin1(text: &PyStr) -> &[u8] {
    match text.units() {
        StrUnits::Ascii(bytes) | StrUnits::Latin1(bytes) => bytes,
        _ => &[],
    }
}

/// Integers of one digit.
#[derive(Clone, Copy)]
struct Small;

impl Less for Small {
    #[inline(always)]
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        // SAFETY: the keys were looked through.
        unsafe {
            Ok(a.downcast_unchecked::<PyInt>().compact_value()
                < b.downcast_unchecked::<PyInt>().compact_value())
        }
    }
}

/// Floats.
#[derive(Clone, Copy)]
struct Float;

impl Less for Float {
    #[inline(always)]
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        // SAFETY: the keys were looked through.
        unsafe { Ok(a.downcast_unchecked::<PyFloat>().value() < b.downcast_unchecked::<PyFloat>().value()) }
    }
}

/// Tuples that are not empty, whose first items `L` compares.
#[derive(Clone, Copy)]
struct Tuples<L>(L);

impl<L: Less> Less for Tuples<L> {
    fn less(self, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        // SAFETY: the keys were looked through.
        let (a, b) = unsafe { (a.downcast_unchecked::<PyTuple>(), b.downcast_unchecked::<PyTuple>()) };
        let (a, b) = (a.as_slice(), b.as_slice());
        for (index, (x, y)) in a.iter().zip(b).enumerate() {
            if !object::compare_bool(x, y, CompareOp::Eq)? {
                return if index == 0 { self.0.less(x, y) } else { Any.less(x, y) };
            }
        }
        Ok(a.len() < b.len())
    }
}

/// The comparison that serves for all keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Latin1,
    Small,
    Float,
}

/// What kind of comparison serves for all of these.
fn kind_of<'a>(keys: impl Iterator<Item = &'a PyObject>) -> Kind {
    let mut kind = None;
    for key in keys {
        let this = if let Some(number) = key.downcast_exact::<PyInt>() {
            if number.is_compact() { Kind::Small } else { Kind::Any }
        } else if let Some(text) = key.downcast_exact::<PyStr>() {
            if matches!(text.units(), StrUnits::Ascii(_) | StrUnits::Latin1(_)) {
                Kind::Latin1
            } else {
                Kind::Any
            }
        } else if PyFloat::check_exact(key) {
            Kind::Float
        } else {
            Kind::Any
        };
        if this == Kind::Any || kind.is_some_and(|kind| kind != this) {
            return Kind::Any;
        }
        kind = Some(this);
    }
    kind.unwrap_or(Kind::Any)
}

fn first_item(key: &PyObject) -> Option<&PyObject> {
    key.downcast_exact::<PyTuple>().and_then(|tuple| tuple.as_slice().first().copied())
}

/// Sorts with the best comparison.
fn sort_items<T: Item>(items: &mut [T]) -> PyResult<()> {
    if items.len() < 2 {
        return Ok(());
    }
    if items.iter().all(|item| first_item(item.key()).is_some()) {
        return match kind_of(items.iter().filter_map(|item| first_item(item.key()))) {
            Kind::Any => sort_with(items, Tuples(Any)),
            Kind::Latin1 => sort_with(items, Tuples(Latin1)),
            Kind::Small => sort_with(items, Tuples(Small)),
            Kind::Float => sort_with(items, Tuples(Float)),
        };
    }
    match kind_of(items.iter().map(|item| item.key())) {
        Kind::Any => sort_with(items, Any),
        Kind::Latin1 => sort_with(items, Latin1),
        Kind::Small => sort_with(items, Small),
        Kind::Float => sort_with(items, Float),
    }
}

/// `list.sort(key=key, reverse=reverse)`.
pub(super) fn sort(list: &PyList, key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
    // The list is empty meanwhile. A capacity of -1 tells whether somebody touched it.
    let array = list.items.replace(null_mut());
    let length = list.len();
    let capacity = list.allocated.replace(-1);
    list.set_len(0);
    let items: &mut [Bare] = match length {
        0 => &mut [],
        // SAFETY: the array holds `length` references, which belong to this function until they are put back.
        _ => unsafe { core::slice::from_raw_parts_mut(array.cast(), length) },
    };
    let mut result = sort_array(items, key, reverse);
    if list.allocated.get() != -1 && result.is_ok() {
        result = Err(raised!(ValueError, "list modified during sort"));
    }
    // What was put into the list meanwhile goes, after the sorted array is back.
    let (strays, count, bytes) = (list.items.replace(array), list.len(), list.array_bytes());
    list.set_len(length);
    list.allocated.set(capacity);
    for i in 0..count {
        // SAFETY: the array is no longer the list's; each reference is given up once.
        unsafe { drop(Obj::from_raw(*strays.add(i))) };
    }
    // SAFETY: it was the list's, of this size.
    unsafe { memory::array_free(strays.cast(), bytes) };
    result
}

fn sort_array(items: &mut [Bare], key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
    let Some(function) = key else {
        // Reversed before and after, equal items keep their order.
        if reverse {
            items.reverse();
        }
        let result = sort_items(items);
        if reverse {
            items.reverse();
        }
        return result;
    };
    let mut keys: Vec<Obj> = Vec::with_capacity(items.len());
    for item in items.iter() {
        keys.push(call::call(function, &[item.key()])?);
    }
    let mut pairs: Vec<Keyed> =
        keys.iter().zip(items.iter()).map(|(key, item)| Keyed { key: key.as_ptr(), value: item.0 }).collect();
    if reverse {
        pairs.reverse();
    }
    let result = sort_items(&mut pairs);
    if reverse {
        pairs.reverse();
    }
    for (item, pair) in items.iter_mut().zip(&pairs) {
        item.0 = pair.value;
    }
    // The keys go while the list is still empty to others, as they came.
    drop(keys);
    result
}

/// A run that waits for being merged.
struct Run {
    start: usize,
    length: usize,
    /// The level of the boundary between this run and the next in the tree of merges.
    power: u32,
}

fn sort_with<T: Item, L: Less>(items: &mut [T], less: L) -> PyResult<()> {
    let total = items.len();
    let min_run = min_run(total);
    let mut merger = Merger { items, less, min_gallop: MIN_GALLOP, scratch: Vec::new() };
    let mut runs: Vec<Run> = Vec::new();
    let mut start = 0;
    while start < total {
        let mut length = merger.find_run(start)?;
        if length < min_run {
            let forced = min_run.min(total - start);
            merger.insert_sorted(start, start + length, start + forced)?;
            length = forced;
        }
        if let Some(last) = runs.last() {
            let power = boundary_power(last.start, last.length, length, total);
            while runs.len() > 1 && runs[runs.len() - 2].power > power {
                merger.merge_last(&mut runs)?;
            }
            if let Some(last) = runs.last_mut() {
                last.power = power;
            }
        }
        runs.push(Run { start, length, power: 0 });
        start += length;
    }
    while runs.len() > 1 {
        merger.merge_last(&mut runs)?;
    }
    Ok(())
}

/// The least length of a run: `total / min_run` is a power of two, or a little less.
fn min_run(mut total: usize) -> usize {
    let mut odd = 0;
    while total >= MIN_MERGE {
        odd |= total & 1;
        total >>= 1;
    }
    total + odd
}

/// The first binary digit in which the middles of two neighbouring runs differ, as fractions of the whole.
fn boundary_power(start: usize, first: usize, second: usize, total: usize) -> u32 {
    let mut a = 2 * start + first;
    let mut b = a + first + second;
    let mut power = 0;
    loop {
        power += 1;
        if a >= total {
            a -= total;
            b -= total;
        } else if b >= total {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}

struct Merger<'a, T, L> {
    items: &'a mut [T],
    less: L,
    min_gallop: usize,
    scratch: Vec<T>,
}

/// Where the merged items stand when a comparison raises: what is left in the scratch space fills the gap.
struct Gap {
    /// The next place to write.
    at: usize,
    /// What is left in the scratch space.
    rest: core::ops::Range<usize>,
}

impl<T: Item, L: Less> Merger<'_, T, L> {
    #[inline(always)]
    fn less(&self, a: T, b: T) -> PyResult<bool> {
        self.less.less(a.key(), b.key())
    }

    /// The length of the run at `start`, which is turned round where it descends.
    fn find_run(&mut self, start: usize) -> PyResult<usize> {
        let total = self.items.len();
        let mut end = start + 1;
        if end == total {
            return Ok(1);
        }
        let descending = self.less(self.items[end], self.items[start])?;
        end += 1;
        while end < total && self.less(self.items[end], self.items[end - 1])? == descending {
            end += 1;
        }
        if descending {
            self.items[start..end].reverse();
        }
        Ok(end - start)
    }

    /// Sorts `start..end`, of which `start..sorted` is sorted, by binary insertion.
    fn insert_sorted(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for at in sorted.max(start + 1)..end {
            let pivot = self.items[at];
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(pivot, self.items[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.items.copy_within(low..at, low + 1);
            self.items[low] = pivot;
        }
        Ok(())
    }

    /// Merges the last two runs.
    fn merge_last(&mut self, runs: &mut Vec<Run>) -> PyResult<()> {
        let (Some(second), Some(first)) = (runs.pop(), runs.last_mut()) else { return Ok(()) };
        let (start, middle, end) = (first.start, second.start, second.start + second.length);
        first.length += second.length;
        first.power = second.power;
        // What is in place already at both ends stays.
        let skipped = self.gallop_right(self.items[middle], self.items_at(start..middle), 0)?;
        let start = start + skipped;
        if start == middle {
            return Ok(());
        }
        let kept = end - middle;
        let end = middle + self.gallop_left(self.items[middle - 1], self.items_at(middle..end), kept - 1)?;
        if end == middle {
            return Ok(());
        }
        if middle - start <= end - middle {
            self.merge_low(start, middle, end)
        } else {
            self.merge_high(start, middle, end)
        }
    }

    fn items_at(&self, range: core::ops::Range<usize>) -> &[T] {
        &self.items[range]
    }

    /// Where `key` belongs in a sorted run, before what equals it; the search starts at `hint`.
    fn gallop_left(&self, key: T, run: &[T], hint: usize) -> PyResult<usize> {
        let (mut low, mut high);
        if self.less(run[hint], key)? {
            // To the right: run[low - 1] < key <= run[high].
            let (mut before, mut offset, most) = (0, 1, run.len() - hint);
            while offset < most && self.less(run[hint + offset], key)? {
                before = offset;
                offset = (offset << 1) + 1;
            }
            (low, high) = (hint + before + 1, hint + offset.min(most));
        } else {
            let (mut before, mut offset, most) = (0, 1, hint + 1);
            while offset < most && !self.less(run[hint - offset], key)? {
                before = offset;
                offset = (offset << 1) + 1;
            }
            (low, high) = (hint + 1 - offset.min(most), hint - before);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(run[middle], key)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }

    /// Where `key` belongs in a sorted run, behind what equals it; the search starts at `hint`.
    fn gallop_right(&self, key: T, run: &[T], hint: usize) -> PyResult<usize> {
        let (mut low, mut high);
        if self.less(key, run[hint])? {
            let (mut before, mut offset, most) = (0, 1, hint + 1);
            while offset < most && self.less(key, run[hint - offset])? {
                before = offset;
                offset = (offset << 1) + 1;
            }
            (low, high) = (hint + 1 - offset.min(most), hint - before);
        } else {
            let (mut before, mut offset, most) = (0, 1, run.len() - hint);
            while offset < most && !self.less(key, run[hint + offset])? {
                before = offset;
                offset = (offset << 1) + 1;
            }
            (low, high) = (hint + before + 1, hint + offset.min(most));
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(key, run[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(high)
    }

    /// Merges with the first run, the shorter one, in the scratch space.
    fn merge_low(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.extend_from_slice(&self.items[start..middle]);
        let mut gap = Gap { at: start, rest: 0..scratch.len() };
        let result = self.merge_upwards(&scratch, &mut gap, middle, end);
        let rest = &scratch[gap.rest.clone()];
        self.items[gap.at..gap.at + rest.len()].copy_from_slice(rest);
        self.scratch = scratch;
        result
    }

    /// Merges `scratch` and `items[second..end]` upwards. Whenever it ends, what is left of `scratch` fits exactly
    /// before what is left of the second run.
    fn merge_upwards(&mut self, scratch: &[T], gap: &mut Gap, mut second: usize, end: usize) -> PyResult<()> {
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut first_wins, mut second_wins) = (0, 0);
            // One at a time, until one run wins often.
            loop {
                if gap.rest.is_empty() || second == end {
                    self.min_gallop = min_gallop.max(1);
                    return Ok(());
                }
                if self.less(self.items[second], scratch[gap.rest.start])? {
                    self.items[gap.at] = self.items[second];
                    second += 1;
                    (first_wins, second_wins) = (0, second_wins + 1);
                } else {
                    self.items[gap.at] = scratch[gap.rest.start];
                    gap.rest.start += 1;
                    (first_wins, second_wins) = (first_wins + 1, 0);
                }
                gap.at += 1;
                if first_wins >= min_gallop || second_wins >= min_gallop {
                    break;
                }
            }
            // Galloping, as long as it pays.
            min_gallop += 1;
            loop {
                if gap.rest.is_empty() || second == end {
                    self.min_gallop = min_gallop.max(1);
                    return Ok(());
                }
                min_gallop -= usize::from(min_gallop > 1);
                let run = &scratch[gap.rest.clone()];
                let firsts = self.gallop_right(self.items[second], run, 0)?;
                self.items[gap.at..gap.at + firsts].copy_from_slice(&run[..firsts]);
                gap.at += firsts;
                gap.rest.start += firsts;
                if gap.rest.is_empty() {
                    break;
                }
                self.items[gap.at] = self.items[second];
                gap.at += 1;
                second += 1;
                if second == end {
                    break;
                }
                let seconds = self.gallop_left(scratch[gap.rest.start], self.items_at(second..end), 0)?;
                self.items.copy_within(second..second + seconds, gap.at);
                gap.at += seconds;
                second += seconds;
                if second == end {
                    break;
                }
                self.items[gap.at] = scratch[gap.rest.start];
                gap.at += 1;
                gap.rest.start += 1;
                if firsts < MIN_GALLOP && seconds < MIN_GALLOP {
                    min_gallop += 1;
                    break;
                }
            }
            self.min_gallop = min_gallop;
        }
    }

    /// Merges with the second run, the shorter one, in the scratch space.
    fn merge_high(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.extend_from_slice(&self.items[middle..end]);
        let mut gap = Gap { at: end, rest: 0..scratch.len() };
        let result = self.merge_downwards(&scratch, &mut gap, start, middle);
        let rest = &scratch[gap.rest.clone()];
        self.items[gap.at - rest.len()..gap.at].copy_from_slice(rest);
        self.scratch = scratch;
        result
    }

    /// Merges `items[start..first_end]` and `scratch` downwards; `gap.at` is behind the next place to write.
    fn merge_downwards(
        &mut self,
        scratch: &[T],
        gap: &mut Gap,
        start: usize,
        mut first_end: usize,
    ) -> PyResult<()> {
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut first_wins, mut second_wins) = (0, 0);
            loop {
                if gap.rest.is_empty() || first_end == start {
                    self.min_gallop = min_gallop.max(1);
                    return Ok(());
                }
                if self.less(scratch[gap.rest.end - 1], self.items[first_end - 1])? {
                    self.items[gap.at - 1] = self.items[first_end - 1];
                    first_end -= 1;
                    (first_wins, second_wins) = (first_wins + 1, 0);
                } else {
                    self.items[gap.at - 1] = scratch[gap.rest.end - 1];
                    gap.rest.end -= 1;
                    (first_wins, second_wins) = (0, second_wins + 1);
                }
                gap.at -= 1;
                if first_wins >= min_gallop || second_wins >= min_gallop {
                    break;
                }
            }
            min_gallop += 1;
            loop {
                if gap.rest.is_empty() || first_end == start {
                    self.min_gallop = min_gallop.max(1);
                    return Ok(());
                }
                min_gallop -= usize::from(min_gallop > 1);
                let run = self.items_at(start..first_end);
                let place = self.gallop_right(scratch[gap.rest.end - 1], run, run.len() - 1)?;
                let firsts = run.len() - place;
                self.items.copy_within(first_end - firsts..first_end, gap.at - firsts);
                gap.at -= firsts;
                first_end -= firsts;
                if first_end == start {
                    break;
                }
                self.items[gap.at - 1] = scratch[gap.rest.end - 1];
                gap.at -= 1;
                gap.rest.end -= 1;
                if gap.rest.is_empty() {
                    break;
                }
                let run = &scratch[gap.rest.clone()];
                let seconds = run.len() - self.gallop_left(self.items[first_end - 1], run, run.len() - 1)?;
                self.items[gap.at - seconds..gap.at].copy_from_slice(&run[run.len() - seconds..]);
                gap.at -= seconds;
                gap.rest.end -= seconds;
                if gap.rest.is_empty() {
                    break;
                }
                self.items[gap.at - 1] = self.items[first_end - 1];
                gap.at -= 1;
                first_end -= 1;
                if firsts < MIN_GALLOP && seconds < MIN_GALLOP {
                    min_gallop += 1;
                    break;
                }
            }
            self.min_gallop = min_gallop;
        }
    }
}
