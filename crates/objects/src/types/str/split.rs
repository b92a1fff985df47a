//! Methods that cut a string into a list, and `join`.

use super::PyStr;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::types::list::PyList;
use crate::with_units;
use taipan_kernels::search::{self, Ranges};
use taipan_kernels::unicode;
use taipan_kernels::unit::Unit;
use taipan_macros::pymethods;

fn split_by<A: Unit, B: Unit>(text: &[A], separator: &[B], max: usize, right: bool, parts: &mut Ranges) {
    match search::convert::<B, A>(separator) {
        Some(separator) if right => search::rsplit(text, &separator, max, parts),
        Some(separator) => search::split(text, &separator, max, parts),
        None => parts.push(0..text.len()),
    }
}

impl PyStr {
    fn parts(&self, ranges: &Ranges) -> PyResult<Py<PyList>> {
        PyList::from_fn(ranges.len(), |index| {
            let range = &ranges[index];
            self.substring(range.start, range.end).into_obj()
        })
    }

    fn split_text(&self, sep: Option<&PyObject>, maxsplit: isize, right: bool) -> PyResult<Py<PyList>> {
        let max = usize::try_from(maxsplit).unwrap_or(usize::MAX);
        let mut ranges = Ranges::new();
        let Some(sep) = sep else {
            with_units!(self.units(), u => {
                let space = |c| unicode::is_space(c);
                if right {
                    search::rsplit_space(u, max, |c| space(c.into()), &mut ranges);
                } else {
                    search::split_space(u, max, |c| space(c.into()), &mut ranges);
                }
            });
            return self.parts(&ranges);
        };
        let Some(sep) = sep.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "must be str or None, not {}", sep.class().name()));
        };
        if sep.is_empty() {
            return Err(raised!(ValueError, "empty separator"));
        }
        with_units!(self.units(), u => with_units!(sep.units(), s => split_by(u, s, max, right, &mut ranges)));
        self.parts(&ranges)
    }

    /// `str.splitlines`.
    pub fn lines(&self, keepends: bool) -> PyResult<Py<PyList>> {
        let mut ranges = Ranges::new();
        with_units!(self.units(), u => search::split_lines(u, keepends, unicode::is_line_break, &mut ranges));
        self.parts(&ranges)
    }
}

#[pymethods(SPLIT)]
impl PyStr {
    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the front of the string and works to the end.
    ///
    /// Note, str.split() is mainly useful for data that has been intentionally
    /// delimited.  With natural text that includes punctuation, consider using
    /// the regular expression module.
    #[pymethod(signature = "(sep=None, maxsplit=-1)")]
    fn split(&self, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
        self.split_text(sep, maxsplit, false)
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the end of the string and works to the front.
    #[pymethod(signature = "(sep=None, maxsplit=-1)")]
    fn rsplit(&self, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
        self.split_text(sep, maxsplit, true)
    }

    /// Return a list of the lines in the string, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends is given and
    /// true.
    #[pymethod(signature = "(keepends=False)")]
    fn splitlines(&self, keepends: bool) -> PyResult<Py<PyList>> {
        self.lines(keepends)
    }

    /// Concatenate any number of strings.
    ///
    /// The string whose method is called is inserted in between each given string.
    /// The result is returned as a new string.
    ///
    /// Example: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'
    #[pymethod(name = "join", signature = "(iterable, /)")]
    fn py_join(&self, iterable: &PyObject) -> PyResult<Py<PyStr>> {
        PyStr::join(self, iterable)
    }
}
