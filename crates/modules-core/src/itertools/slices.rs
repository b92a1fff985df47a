//! `islice`, `batched` and `pairwise`.

use core::cell::Cell;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::iterators::reuse;

#[pytype(name = "itertools.islice", gc, flags(IMMUTABLETYPE, BASETYPE), parts(ISLICE))]
/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Return an iterator whose next() method returns selected values from an
/// iterable.  If start is specified, will skip all preceding elements;
/// otherwise, start defaults to zero.  Step defaults to one.  If
/// specified as another value, step determines how many values are
/// skipped between successive calls.  Works like a slice() on a list
/// but returns an iterator.
pub struct PyISlice {
    ob_base: PyObject,
    /// None at the end.
    iterator: ObjCell,
    /// The position of the next item that is given.
    next: Cell<isize>,
    stop: isize,
    step: isize,
    /// How many items were taken.
    taken: Cell<isize>,
}

/// An argument of `islice`; `None` for what is not a number in range.
fn position(value: &PyObject, default: isize) -> PyResult<Option<isize>> {
    if value.is_none() {
        return Ok(Some(default));
    }
    match number::as_isize(value, Some(Exc::OverflowError)) {
        Ok(value) if value >= 0 => Ok(Some(value)),
        Ok(_) => Ok(None),
        Err(raised) => {
            errors::clear(raised);
            Ok(None)
        }
    }
}

#[pymethods(ISLICE)]
impl PyISlice {
    #[new(signature = "(*args)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject]) -> PyResult<Py<PyISlice>> {
        const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const BOTH: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        let (iterable, start, stop, step) = match *args {
            [iterable, stop] => (iterable, None, stop, None),
            [iterable, start, stop] => (iterable, Some(start), stop, None),
            [iterable, start, stop, step] => (iterable, Some(start), stop, Some(step)),
            [] | [_] => {
                return Err(raised!(TypeError, "islice expected at least 2 arguments, got {}", args.len()));
            }
            _ => {
                return Err(raised!(TypeError, "islice expected at most 4 arguments, got {}", args.len()));
            }
        };
        let Some(stop) = position(stop, isize::MAX)? else { return Err(raised!(ValueError, "{STOP}")) };
        let start = match start {
            None => 0,
            Some(start) => match position(start, 0)? {
                Some(start) => start,
                None => return Err(raised!(ValueError, "{BOTH}")),
            },
        };
        let step = match step {
            None => 1,
            Some(step) => match position(step, 1)? {
                Some(step) if step > 0 => step,
                _ => {
                    return Err(raised!(ValueError, "Step for islice() must be a positive integer or None."));
                }
            },
        };
        let iterator = ObjCell::new(Some(iter::iter(iterable)?));
        let (next, taken) = (Cell::new(start), Cell::new(0));
        memory::new_in(cls, PyISlice { ob_base: PyObject::EMPTY, iterator, next, stop, step, taken })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        // Items before the next position are taken and dropped, at most up to the stop.
        let target = self.next.get().min(self.stop);
        while self.taken.get() < target {
            if iter::next(&iterator)?.is_none() {
                self.iterator.set(None);
                return Ok(None);
            }
            self.taken.set(self.taken.get() + 1);
        }
        if self.taken.get() >= self.stop {
            self.iterator.set(None);
            return Ok(None);
        }
        let Some(item) = iter::next(&iterator)? else {
            self.iterator.set(None);
            return Ok(None);
        };
        self.taken.set(self.taken.get() + 1);
        let next = self.next.get().checked_add(self.step).unwrap_or(self.stop);
        self.next.set(next.min(self.stop));
        Ok(Some(item))
    }
}

/// Batch data into tuples of length n. The last batch may be shorter than n.
///
/// Loops over the input iterable and accumulates data into tuples
/// up to size n.  The input is consumed lazily, just enough to
/// fill a batch.  The result is yielded as soon as a batch is full
/// or when the input iterable is exhausted.
///
///     >>> for batch in batched('ABCDEFG', 3):
///     ...     print(batch)
///     ...
///     ('A', 'B', 'C')
///     ('D', 'E', 'F')
///     ('G',)
///
/// If "strict" is True, raises a ValueError if the final batch is shorter
/// than n.
#[pytype(
    name = "itertools.batched",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, n, *, strict=False)",
    parts(BATCHED)
)]
pub struct PyBatched {
    ob_base: PyObject,
    /// None at the end.
    iterator: ObjCell,
    size: isize,
    strict: bool,
}

#[pymethods(BATCHED)]
impl PyBatched {
    #[new(signature = "(iterable, n, *, strict=False)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject, n: isize, strict: bool) -> PyResult<Py<PyBatched>> {
        if n < 1 {
            return Err(raised!(ValueError, "n must be at least one"));
        }
        let iterator = ObjCell::new(Some(iter::iter(iterable)?));
        memory::new_in(cls, PyBatched { ob_base: PyObject::EMPTY, iterator, size: n, strict })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        let size = self.size as usize;
        let mut items = Vec::with_capacity(size.min(1024));
        while items.len() < size {
            match iter::next(&iterator) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => {
                    self.iterator.set(None);
                    break;
                }
                Err(raised) => {
                    self.iterator.set(None);
                    return Err(raised);
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        if items.len() < size && self.strict {
            return Err(raised!(ValueError, "batched(): incomplete batch"));
        }
        Ok(Some(PyTuple::from_vec(items).into_obj()))
    }
}

#[pytype(
    name = "itertools.pairwise",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, /)",
    parts(PAIRWISE)
)]
/// Return an iterator of overlapping pairs taken from the input iterator.
///
///     s -> (s0,s1), (s1,s2), (s2, s3), ...
pub struct PyPairwise {
    ob_base: PyObject,
    /// None at the end.
    iterator: ObjCell,
    old: ObjCell,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(PAIRWISE)]
impl PyPairwise {
    #[new(signature = "(iterable, /)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject) -> PyResult<Py<PyPairwise>> {
        let iterator = ObjCell::new(Some(iter::iter(iterable)?));
        // Made now: it is tracked by the collector from the start.
        let pair = PyTuple::from_vec(vec![none(), none()]).into_obj();
        let (old, result) = (ObjCell::empty(), ObjCell::new(Some(pair)));
        memory::new_in(cls, PyPairwise { ob_base: PyObject::EMPTY, iterator, old, result })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        let old = match self.old.get() {
            Some(old) => old,
            None => {
                let Some(first) = iter::next(&iterator)? else {
                    self.iterator.set(None);
                    return Ok(None);
                };
                self.old.set(Some(first.clone()));
                // The iterator may have ended this one meanwhile.
                if self.iterator.is_empty() {
                    self.old.set(None);
                    return Ok(None);
                }
                first
            }
        };
        match iter::next(&iterator) {
            Ok(Some(new)) => {
                self.old.set(Some(new.clone()));
                Ok(Some(reuse::fill_pair(&self.result, old, new)))
            }
            ended => {
                self.iterator.set(None);
                self.old.set(None);
                ended.map(|_| None)
            }
        }
    }
}
