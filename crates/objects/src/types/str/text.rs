//! What Rust code asks of strings: comparing, hashing, joining, slicing, searching.

#![expect(unsafe_code, reason = "fills new strings in place")]

use super::layout::{self, Stored};
use super::{PyStr, StrUnits};
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, Raised, thread};
use crate::protocols::iter;
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::with_units;
use core::cmp::Ordering;
use taipan_kernels::search::{Needle, convert};
use taipan_kernels::text::TextBuilder;
use taipan_kernels::unicode;

/// The hash of a string whose characters are stored in these bytes.
pub(super) fn hash_of(bytes: &[u8]) -> isize {
    thread::process().hash_secret().hash_bytes(bytes) as isize
}

impl PyStr {
    /// Length in code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether it is empty.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The code point at `index`, which is below `len`.
    #[inline]
    pub fn char_at(&self, index: usize) -> u32 {
        self.units().get(index)
    }

    /// Whether all characters are ASCII.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state() & layout::ASCII != 0
    }

    /// A new reference to the string itself, or, of a subclass's instance, a plain string of the same text.
    pub fn to_exact(&self) -> Py<PyStr> {
        if PyStr::check_exact(self) {
            return self.to_owned();
        }
        self.copied()
    }

    /// A new plain string of the same text.
    pub(super) fn copied(&self) -> Py<PyStr> {
        match self.units() {
            StrUnits::Ascii(u) => layout::narrow(u, true),
            StrUnits::Latin1(u) => layout::narrow(u, false),
            StrUnits::Two(u) => layout::wide2(u),
            StrUnits::Four(u) => layout::wide4(u),
        }
    }

    /// Whether the text equals a Rust string.
    pub fn eq_str(&self, other: &str) -> bool {
        match self.units() {
            StrUnits::Ascii(bytes) => bytes == other.as_bytes(),
            units => with_units!(units, u => {
                u.len() <= other.len() && other.chars().map(u32::from).eq(u.iter().map(|&c| c.into()))
            }),
        }
    }

    /// Whether two strings hold the same text.
    #[expect(
        clippy::should_implement_trait,
        reason = "strings have no Rust equality: comparing may fail elsewhere"
    )]
    #[inline]
    pub fn eq(&self, other: &PyStr) -> bool {
        if core::ptr::eq(self, other) {
            return true;
        }
        if self.length != other.length || self.kind() != other.kind() {
            return false;
        }
        self.raw_bytes() == other.raw_bytes()
    }

    /// The storage of the characters.
    #[inline(always)]
    pub(super) fn raw_bytes(&self) -> &[u8] {
        // SAFETY: the characters take up that many bytes.
        unsafe { core::slice::from_raw_parts(self.data(), self.len() * self.kind() as usize) }
    }

    /// Order by code points.
    #[expect(clippy::should_implement_trait, reason = "as `eq`")]
    pub fn cmp(&self, other: &PyStr) -> Ordering {
        match (self.units(), other.units()) {
            (StrUnits::Ascii(a) | StrUnits::Latin1(a), StrUnits::Ascii(b) | StrUnits::Latin1(b)) => a.cmp(b),
            (a, b) => with_units!(a, a => with_units!(b, b => {
                a.iter().map(|&c| -> u32 { c.into() }).cmp(b.iter().map(|&c| -> u32 { c.into() }))
            })),
        }
    }

    /// The hash; computed once.
    #[inline(always)]
    pub fn hash(&self) -> isize {
        let known = self.hash.get();
        if known != -1 { known } else { self.compute_hash() }
    }

    #[inline(never)]
    fn compute_hash(&self) -> isize {
        let hash = hash_of(self.raw_bytes());
        self.hash.set(hash);
        hash
    }

    /// `a + b`.
    pub fn concat(&self, other: &PyStr) -> PyResult<Py<PyStr>> {
        if other.is_empty() && PyStr::check_exact(self) {
            return Ok(self.to_owned());
        }
        if self.is_empty() && PyStr::check_exact(other) {
            return Ok(other.to_owned());
        }
        concat_all(&[self, other], self.len().checked_add(other.len()))
    }

    /// The strings one after the other, as f-strings want it.
    pub fn concat_many(parts: &[&PyStr]) -> PyResult<Py<PyStr>> {
        match parts {
            [] => Ok(PyStr::empty()),
            [one] => Ok(one.to_exact()),
            _ => concat_all(parts, parts.iter().try_fold(0usize, |sum, part| sum.checked_add(part.len()))),
        }
    }

    /// `''.join(items)` of objects that are known to be strings (`BUILD_STRING`).
    pub fn join_slice(items: &[&PyObject]) -> PyResult<Py<PyStr>> {
        let not_strings = || raised!(SystemError, "bad argument to internal function");
        let empty = PyStr::empty();
        let mut few = [&*empty; FEW_PARTS];
        if let Some(few) = few.get_mut(..items.len()) {
            for (part, item) in few.iter_mut().zip(items) {
                *part = item.downcast::<PyStr>().ok_or_else(not_strings)?;
            }
            return Self::concat_many(few);
        }
        let parts: Option<Vec<&PyStr>> = items.iter().map(|item| item.downcast::<PyStr>()).collect();
        Self::concat_many(&parts.ok_or_else(not_strings)?)
    }

    /// `left + right` in the memory of `left` where its only reference is this one. Where that fails, `left` comes back.
    #[inline]
    pub fn append(left: Py<PyStr>, right: &PyStr) -> Result<Py<PyStr>, (Raised, Py<PyStr>)> {
        layout::append(left, right)
    }

    /// The characters from `start` to `end`, both within the length.
    pub fn substring(&self, start: usize, end: usize) -> Py<PyStr> {
        if start == 0 && end == self.len() {
            return self.to_exact();
        }
        match self.units() {
            StrUnits::Ascii(u) => layout::narrow(&u[start..end], true),
            StrUnits::Latin1(u) => {
                let part = &u[start..end];
                layout::narrow(part, part.is_ascii())
            }
            StrUnits::Two(u) => from_two(&u[start..end]),
            StrUnits::Four(u) => from_four(&u[start..end]),
        }
    }

    /// The place of the first `needle` between `start` and `end`.
    pub fn find(&self, needle: &PyStr, start: usize, end: usize) -> Option<usize> {
        with_units!(self.units(), text => with_units!(needle.units(), n => {
            find_in(&text[start..end], n).map(|at| at + start)
        }))
    }

    /// `separator.join(items)`; items must be strings.
    pub fn join(separator: &PyStr, items: &PyObject) -> PyResult<Py<PyStr>> {
        if let Some(list) = items.downcast::<PyList>() {
            // SAFETY: joining strings runs nothing that could change the list.
            return join_items(separator, unsafe { list.borrow_items() }.iter().copied());
        }
        if let Some(tuple) = items.downcast::<PyTuple>() {
            return join_items(separator, tuple.as_slice().iter().copied());
        }
        if items.class().tp_iter().is_none() && items.class().sq_item().is_none() {
            return Err(raised!(TypeError, "can only join an iterable"));
        }
        join_items(separator, iter::collect(items)?.iter().map(|item| &**item))
    }

    /// Appends the text to a builder; `MemoryError` where that has no memory.
    pub fn try_append_to(&self, builder: &mut TextBuilder) -> PyResult<()> {
        self.append_to(builder);
        if builder.has_failed() { Err(raised!(MemoryError)) } else { Ok(()) }
    }

    /// As [`PyStr::try_append_to`]; whoever takes the builder's text hears of missing memory.
    pub fn append_to(&self, builder: &mut TextBuilder) {
        match self.units() {
            StrUnits::Ascii(u) => builder.push_ascii(u),
            StrUnits::Latin1(u) => builder.push_latin1(u),
            StrUnits::Two(u) => builder.extend(u),
            StrUnits::Four(u) => builder.extend(u),
        }
    }

    /// Whether it is an identifier (`str.isidentifier`).
    pub fn is_identifier(&self) -> bool {
        if self.is_empty() {
            return false;
        }
        let start = |c: u32| c == '_' as u32 || unicode::is_identifier_start(c);
        with_units!(self.units(), u => {
            start(u[0].into()) && u[1..].iter().all(|&c| unicode::is_identifier_continue(c.into()))
        })
    }
}

/// The first place of `needle`, which may be in other units.
pub(super) fn find_in<A: taipan_kernels::unit::Unit, B: taipan_kernels::unit::Unit>(
    text: &[A],
    needle: &[B],
) -> Option<usize> {
    if needle.len() > text.len() {
        return None;
    }
    if let [one] = needle {
        return A::find(text, (*one).into());
    }
    let needle = convert::<B, A>(needle)?;
    Needle::new(&needle).find(text)
}

/// Two-byte units, narrowed where that is possible.
pub(super) fn from_two(units: &[u16]) -> Py<PyStr> {
    let seen = units.iter().fold(0, |seen, &c| seen | c);
    if seen < 256 {
        let bytes: Vec<u8> = units.iter().map(|&c| c as u8).collect();
        layout::narrow(&bytes, seen < 128)
    } else {
        layout::wide2(units)
    }
}

/// Code points, narrowed where that is possible.
pub(super) fn from_four(units: &[u32]) -> Py<PyStr> {
    let seen = units.iter().fold(0, |seen, &c| seen | c);
    if seen < 256 {
        let bytes: Vec<u8> = units.iter().map(|&c| c as u8).collect();
        layout::narrow(&bytes, seen < 128)
    } else if units.iter().all(|&c| c < 0x10000) {
        let two: Vec<u16> = units.iter().map(|&c| c as u16).collect();
        layout::wide2(&two)
    } else {
        layout::wide4(units)
    }
}

/// Up to how many parts are gathered without allocating.
const FEW_PARTS: usize = 8;

fn join_items<'a>(
    separator: &'a PyStr,
    items: impl ExactSizeIterator<Item = &'a PyObject>,
) -> PyResult<Py<PyStr>> {
    let mut parts: Vec<&PyStr> = Vec::with_capacity((items.len() * 2).saturating_sub(1));
    let mut total = Some(0usize);
    for (i, item) in items.enumerate() {
        let Some(text) = item.downcast::<PyStr>() else {
            return Err(raised!(
                TypeError,
                "sequence item {i}: expected str instance, {} found",
                item.class().name()
            ));
        };
        if i > 0 && !separator.is_empty() {
            parts.push(separator);
            total = total.and_then(|n| n.checked_add(separator.len()));
        }
        parts.push(text);
        total = total.and_then(|n| n.checked_add(text.len()));
    }
    match parts[..] {
        [] => Ok(PyStr::empty()),
        [one] if PyStr::check_exact(one) => Ok(one.to_owned()),
        _ => match total.filter(|&n| n <= isize::MAX as usize) {
            None => Err(raised!(OverflowError, "join() result is too long for a Python string")),
            total => concat_all(&parts, total),
        },
    }
}

/// The strings one after the other; `total` is the sum of their lengths, `None` if it overflowed.
fn concat_all(parts: &[&PyStr], total: Option<usize>) -> PyResult<Py<PyStr>> {
    let Some(total) = total.filter(|&n| n <= isize::MAX as usize) else {
        return Err(raised!(OverflowError, "strings are too large to concat"));
    };
    if total <= 1 {
        return Ok(match parts.iter().find(|part| !part.is_empty()) {
            Some(part) => part.to_exact(),
            None => PyStr::empty(),
        });
    }
    let (mut kind, mut ascii) = (1, true);
    for part in parts {
        kind = kind.max(part.kind());
        ascii &= part.is_ascii();
    }
    match kind {
        1 => fill::<u8>(parts, total, ascii),
        2 => fill::<u16>(parts, total, false),
        _ => fill::<u32>(parts, total, false),
    }
}

fn fill<T: Stored>(parts: &[&PyStr], total: usize, ascii: bool) -> PyResult<Py<PyStr>> {
    // SAFETY: the parts fill the string exactly; `T` is as wide as the widest of them, which is in its narrowest form.
    unsafe {
        layout::make::<T>(total, ascii, |mut to| {
            for part in parts {
                let (at, n) = (to.cast::<u8>(), part.len());
                match (part.units(), T::KIND) {
                    (StrUnits::Ascii(u) | StrUnits::Latin1(u), 1) => {
                        at.copy_from_nonoverlapping(u.as_ptr(), n)
                    }
                    (StrUnits::Ascii(u) | StrUnits::Latin1(u), 2) => layout::copy_units::<u8, u16>(at, u),
                    (StrUnits::Ascii(u) | StrUnits::Latin1(u), _) => layout::copy_units::<u8, u32>(at, u),
                    (StrUnits::Two(u), 2) => layout::copy_units::<u16, u16>(at, u),
                    (StrUnits::Two(u), _) => layout::copy_units::<u16, u32>(at, u),
                    (StrUnits::Four(u), _) => layout::copy_units::<u32, u32>(at, u),
                }
                to = to.add(n);
            }
        })
    }
}

/// `string * count` for a positive count.
pub(super) fn repeat(string: &PyStr, count: usize) -> PyResult<Py<PyStr>> {
    let total = string.len().checked_mul(count).filter(|&n| n <= isize::MAX as usize);
    let Some(total) = total else {
        return Err(raised!(OverflowError, "repeated string is too long"));
    };
    fn fill<T: Stored>(units: &[T], total: usize, ascii: bool) -> PyResult<Py<PyStr>> {
        // SAFETY: whole copies fill the string exactly.
        unsafe {
            layout::make::<T>(total, ascii, |to| {
                if let [one] = units {
                    for i in 0..total {
                        to.add(i).write(*one);
                    }
                    return;
                }
                to.copy_from_nonoverlapping(units.as_ptr(), units.len());
                let mut done = units.len();
                while done < total {
                    let more = done.min(total - done);
                    to.add(done).copy_from_nonoverlapping(to, more);
                    done += more;
                }
            })
        }
    }
    match string.units() {
        _ if total == 0 => Ok(PyStr::empty()),
        StrUnits::Ascii(u) => fill(u, total, true),
        StrUnits::Latin1(u) => fill(u, total, false),
        StrUnits::Two(u) => fill(u, total, false),
        StrUnits::Four(u) => fill(u, total, false),
    }
}
