//! Methods that look for text: `find`, `count`, `startswith`, `partition`, `replace`, stripping.

use super::arguments::{SliceBound, adjust_range, affordable, need_str};
use super::{PyStr, StrUnits, layout, text};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult};
use crate::types::tuple::PyTuple;
use crate::with_units;
use std::borrow::Cow;
use taipan_kernels::search::{self, Needle};
use taipan_kernels::unicode;
use taipan_kernels::unit::Unit;
use taipan_macros::pymethods;

fn find_last_in<A: Unit, B: Unit>(text: &[A], needle: &[B]) -> Option<usize> {
    if needle.len() > text.len() {
        return None;
    }
    let needle = search::convert::<B, A>(needle)?;
    Needle::new(&needle).find_last(text)
}

fn count_in<A: Unit, B: Unit>(text: &[A], needle: &[B]) -> usize {
    match search::convert::<B, A>(needle) {
        Some(needle) => Needle::new(&needle).count(text, usize::MAX),
        None => 0,
    }
}

impl PyStr {
    fn find_first(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> Option<usize> {
        let range = adjust_range(start, end, self.len())?;
        self.find(sub, range.start, range.end)
    }

    fn find_last(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> Option<usize> {
        let range = adjust_range(start, end, self.len())?;
        with_units!(self.units(), text => with_units!(sub.units(), needle => {
            find_last_in(&text[range.clone()], needle).map(|at| at + range.start)
        }))
    }

    /// Whether `other` stands in the text at `at`.
    pub(super) fn matches_at(&self, other: &PyStr, at: usize) -> bool {
        let length = other.len();
        if self.len() - at < length {
            return false;
        }
        match (self.units(), other.units()) {
            (StrUnits::Ascii(a) | StrUnits::Latin1(a), StrUnits::Ascii(b) | StrUnits::Latin1(b)) => {
                a[at..at + length] == *b
            }
            (a, b) => with_units!(a, a => with_units!(b, b => {
                let (a, b) = (a[at..at + length].iter(), b.iter());
                a.map(|&c| -> u32 { c.into() }).eq(b.map(|&c| -> u32 { c.into() }))
            })),
        }
    }

    /// `startswith` (or, `at_end`, `endswith`) of a string or a tuple of them.
    fn has_affix(
        &self,
        affix: &PyObject,
        start: Option<SliceBound>,
        end: Option<SliceBound>,
        at_end: bool,
    ) -> PyResult<bool> {
        let name = if at_end { "endswith" } else { "startswith" };
        let range = adjust_range(start, end, self.len());
        let test = |affix: &PyStr| match &range {
            Some(range) if affix.len() <= range.len() => {
                self.matches_at(affix, if at_end { range.end - affix.len() } else { range.start })
            }
            _ => false,
        };
        if let Some(tuple) = affix.downcast::<PyTuple>() {
            for item in tuple.as_slice() {
                let Some(text) = item.downcast::<PyStr>() else {
                    let found = item.class().name();
                    return Err(raised!(TypeError, "tuple for {name} must only contain str, not {found}"));
                };
                if test(text) {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match affix.downcast::<PyStr>() {
            Some(text) => Ok(test(text)),
            None => Err(raised!(
                TypeError,
                "{name} first arg must be str or a tuple of str, not {}",
                affix.class().name()
            )),
        }
    }

    /// The text without members of `chars` (white space if `None`) on the wanted sides.
    fn strip_sides(
        &self,
        name: &str,
        chars: Option<&PyObject>,
        left: bool,
        right: bool,
    ) -> PyResult<Py<PyStr>> {
        let range = match chars {
            None => with_units!(self.units(), u => {
                let space = |c| unicode::is_space(c);
                let end = if right { search::strip_end(u, |c| space(c.into())) } else { u.len() };
                let start = if left { search::strip_start(&u[..end], |c| space(c.into())) } else { 0 };
                start..end
            }),
            Some(chars) => {
                let Some(set) = chars.downcast::<PyStr>() else {
                    return Err(raised!(TypeError, "{name} arg must be None or str"));
                };
                let member = |c: u32| with_units!(set.units(), s => Unit::find(s, c).is_some());
                with_units!(self.units(), u => {
                    let end = if right { search::strip_end(u, |c| member(c.into())) } else { u.len() };
                    let start = if left { search::strip_start(&u[..end], |c| member(c.into())) } else { 0 };
                    start..end
                })
            }
        };
        Ok(self.substring(range.start, range.end))
    }

    /// `str.replace`; a negative count is none.
    pub fn replace_text(&self, old: &PyStr, new: &PyStr, count: isize) -> PyResult<Py<PyStr>> {
        let max = usize::try_from(count).unwrap_or(usize::MAX);
        if max == 0 || old.len() > self.len() || old.eq(new) {
            return Ok(self.to_exact());
        }
        let mut places = search::Places::new();
        with_units!(self.units(), u => with_units!(old.units(), o => {
            if let Some(old) = convert_into(u, o) {
                Needle::new(&old).places(u, max, &mut places);
            }
        }));
        if places.is_empty() {
            return Ok(self.to_exact());
        }
        let kept = self.len() - places.len() * old.len();
        let total = places.len().checked_mul(new.len()).and_then(|n| n.checked_add(kept));
        let Some(total) = total.filter(|&n| n <= isize::MAX as usize / 4) else {
            return Err(raised!(OverflowError, "replace string is too long"));
        };
        affordable(total * self.kind().max(new.kind()) as usize)?;
        match (self.units(), new.units()) {
            (StrUnits::Ascii(u), StrUnits::Ascii(new)) => {
                layout::of_pieces(total, |piece| search::replaced(u, &places, old.len(), new, piece))
            }
            (StrUnits::Ascii(u) | StrUnits::Latin1(u), StrUnits::Ascii(new) | StrUnits::Latin1(new)) => {
                Ok(PyStr::from_latin1(&search::replace_at(u, &places, old.len(), new)))
            }
            (StrUnits::Two(u), StrUnits::Two(new)) => {
                Ok(text::from_two(&search::replace_at(u, &places, old.len(), new)))
            }
            (u, new) => {
                let (u, new) = (u.to_code_points(), new.to_code_points());
                Ok(text::from_four(&search::replace_at(&u, &places, old.len(), &new)))
            }
        }
    }
}

/// `units` in the units of `like`.
fn convert_into<'a, A: Unit, B: Unit>(like: &[A], units: &'a [B]) -> Option<Cow<'a, [A]>> {
    let _ = like;
    search::convert(units)
}

#[pymethods(SEARCH)]
impl PyStr {
    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[pymethod(signature = "(old, new, /, count=-1)")]
    fn replace(&self, old: &PyStr, new: &PyStr, count: isize) -> PyResult<Py<PyStr>> {
        self.replace_text(old, new, count)
    }

    /// Return the number of non-overlapping occurrences of substring sub in string S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    #[pymethod(signature = "(sub[, start[, end]], /)")]
    fn count(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> usize {
        let Some(range) = adjust_range(start, end, self.len()) else { return 0 };
        with_units!(self.units(), text => with_units!(sub.units(), needle => {
            count_in(&text[range.clone()], needle)
        }))
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[pymethod(name = "find", signature = "(sub[, start[, end]], /)")]
    fn py_find(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> isize {
        self.find_first(sub, start, end).map_or(-1, |at| at as isize)
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[pymethod(signature = "(sub[, start[, end]], /)")]
    fn rfind(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> isize {
        self.find_last(sub, start, end).map_or(-1, |at| at as isize)
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[pymethod(signature = "(sub[, start[, end]], /)")]
    fn index(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> PyResult<usize> {
        self.find_first(sub, start, end).ok_or_else(|| raised!(ValueError, "substring not found"))
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[pymethod(signature = "(sub[, start[, end]], /)")]
    fn rindex(&self, sub: &PyStr, start: Option<SliceBound>, end: Option<SliceBound>) -> PyResult<usize> {
        self.find_last(sub, start, end).ok_or_else(|| raised!(ValueError, "substring not found"))
    }

    /// Return True if the string starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[pymethod(signature = "(prefix[, start[, end]], /)")]
    fn startswith(
        &self,
        prefix: &PyObject,
        start: Option<SliceBound>,
        end: Option<SliceBound>,
    ) -> PyResult<bool> {
        self.has_affix(prefix, start, end, false)
    }

    /// Return True if the string ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[pymethod(signature = "(suffix[, start[, end]], /)")]
    fn endswith(
        &self,
        suffix: &PyObject,
        start: Option<SliceBound>,
        end: Option<SliceBound>,
    ) -> PyResult<bool> {
        self.has_affix(suffix, start, end, true)
    }

    /// Return a str with the given prefix string removed if present.
    ///
    /// If the string starts with the prefix string, return string[len(prefix):].
    /// Otherwise, return a copy of the original string.
    #[pymethod(signature = "(prefix, /)")]
    fn removeprefix(&self, prefix: &PyStr) -> Py<PyStr> {
        let cut = if self.matches_at(prefix, 0) { prefix.len() } else { 0 };
        self.substring(cut, self.len())
    }

    /// Return a str with the given suffix string removed if present.
    ///
    /// If the string ends with the suffix string and that suffix is not empty,
    /// return string[:-len(suffix)]. Otherwise, return a copy of the original
    /// string.
    #[pymethod(signature = "(suffix, /)")]
    fn removesuffix(&self, suffix: &PyStr) -> Py<PyStr> {
        match self.len().checked_sub(suffix.len()) {
            Some(end) if self.matches_at(suffix, end) => self.substring(0, end),
            _ => self.to_exact(),
        }
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string.  If the separator is found,
    /// returns a 3-tuple containing the part before the separator, the separator
    /// itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing the original string
    /// and two empty strings.
    #[pymethod(signature = "(sep, /)")]
    fn partition(&self, sep: &PyObject) -> PyResult {
        let sep = need_str(sep)?;
        if sep.is_empty() {
            return Err(raised!(ValueError, "empty separator"));
        }
        let parts = match self.find(sep, 0, self.len()) {
            Some(at) => three(self.substring(0, at), sep.owned(), self.substring(at + sep.len(), self.len())),
            None => three(self.to_exact(), PyStr::empty().into_obj(), PyStr::empty()),
        };
        Ok(parts.into_obj())
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string, starting at the end. If
    /// the separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two empty strings
    /// and the original string.
    #[pymethod(signature = "(sep, /)")]
    fn rpartition(&self, sep: &PyObject) -> PyResult {
        let sep = need_str(sep)?;
        if sep.is_empty() {
            return Err(raised!(ValueError, "empty separator"));
        }
        let parts = match self.find_last(sep, None, None) {
            Some(at) => three(self.substring(0, at), sep.owned(), self.substring(at + sep.len(), self.len())),
            None => three(PyStr::empty(), PyStr::empty().into_obj(), self.to_exact()),
        };
        Ok(parts.into_obj())
    }

    /// Return a copy of the string with leading and trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod(signature = "(chars=None, /)")]
    fn strip(&self, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_sides("strip", chars, true, true)
    }

    /// Return a copy of the string with leading whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod(signature = "(chars=None, /)")]
    fn lstrip(&self, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_sides("lstrip", chars, true, false)
    }

    /// Return a copy of the string with trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[pymethod(signature = "(chars=None, /)")]
    fn rstrip(&self, chars: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.strip_sides("rstrip", chars, false, true)
    }
}

fn three(before: Py<PyStr>, separator: Obj, after: Py<PyStr>) -> Py<PyTuple> {
    PyTuple::from_vec(vec![before.into_obj(), separator, after.into_obj()])
}
