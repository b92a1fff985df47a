//! The iterators over ranges: one for machine words, one for integers of any size.

use super::{PyRange, argument};
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::number;
use crate::types::int::{self, PyInt};
use crate::types::iterators::builtin;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Runs over a range whose numbers all fit machine words.
#[pytype(name = "range_iterator", exported = PyRangeIter_Type, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyRangeIter {
    ob_base: PyObject,
    start: Cell<i64>,
    step: i64,
    length: Cell<i64>,
}

impl PyRangeIter {
    fn new(start: i64, step: i64, length: i64) -> Py<PyRangeIter> {
        let (start, length) = (Cell::new(start), Cell::new(length));
        crate::memory::new(PyRangeIter { ob_base: PyObject::EMPTY, start, step, length })
    }

    /// The next number, without an object for it.
    #[inline(always)]
    pub fn next_raw(&self) -> Option<i64> {
        self.step(Some)
    }

    /// The next number as `take` gives it; where it gives nothing, the iterator stays where it is.
    #[inline(always)]
    pub fn step<T>(&self, take: impl FnOnce(i64) -> Option<T>) -> Option<T> {
        let length = self.length.get();
        if length <= 0 {
            return None;
        }
        let number = self.start.get();
        let taken = take(number)?;
        self.start.set(number.wrapping_add(self.step));
        self.length.set(length - 1);
        Some(taken)
    }

    /// How many numbers are left.
    #[inline(always)]
    pub fn remaining(&self) -> i64 {
        self.length.get()
    }
}

#[pymethods(METHODS)]
impl PyRangeIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        Ok(self.next_raw().map(|value| PyInt::from_i64(value).into_obj()))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> i64 {
        self.length.get()
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<(Obj, (Py<PyRange>,), ())> {
        let stop = self.start.get().wrapping_add(self.length.get().wrapping_mul(self.step));
        let rest = PyRange::new(self.start.get(), stop, self.step);
        Ok((builtin(intern!("iter"))?, (rest,), ()))
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult<()> {
        let index = number::index_to_integer::<i64>(object, "C long")?.clamp(0, self.length.get());
        self.start.set(self.start.get().wrapping_add(index.wrapping_mul(self.step)));
        self.length.set(self.length.get() - index);
        Ok(())
    }
}

/// Runs over any range.
#[pytype(name = "longrange_iterator", exported = PyLongRangeIter_Type, flags(DISALLOW_INSTANTIATION), parts(LONG_METHODS))]
pub struct PyLongRangeIter {
    ob_base: PyObject,
    start: ObjCell,
    step: Obj,
    length: ObjCell,
}

impl PyLongRangeIter {
    fn new(start: Py<PyInt>, step: Py<PyInt>, length: Py<PyInt>) -> Py<PyLongRangeIter> {
        crate::memory::new(PyLongRangeIter {
            ob_base: PyObject::EMPTY,
            start: ObjCell::new(Some(start.into_obj())),
            step: step.into_obj(),
            length: ObjCell::new(Some(length.into_obj())),
        })
    }

    fn field(cell: &ObjCell) -> PyResult<Py<PyInt>> {
        match cell.get().map(Obj::downcast_into::<PyInt>) {
            Some(Ok(value)) => Ok(value),
            _ => Err(raised!(SystemError, "a range iterator without its numbers")),
        }
    }

    fn step(&self) -> PyResult<Py<PyInt>> {
        argument(&self.step)
    }
}

#[pymethods(LONG_METHODS)]
impl PyLongRangeIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let length = Self::field(&self.length)?;
        if length.sign() <= 0 {
            return Ok(None);
        }
        let value = Self::field(&self.start)?;
        let start = int::add(&value, &*self.step()?)?;
        let length = int::subtract(&length, &PyInt::from_i64(1))?;
        self.start.set(Some(start.into_obj()));
        self.length.set(Some(length.into_obj()));
        Ok(Some(value.into_obj()))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> PyResult<Py<PyInt>> {
        Self::field(&self.length)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<(Obj, (Py<PyRange>,), ())> {
        let (start, step) = (Self::field(&self.start)?, self.step()?);
        let stop = int::add(&start, &*int::multiply(&*Self::field(&self.length)?, &step)?)?;
        let rest = PyRange::from_ints(start, stop, step)?;
        Ok((builtin(intern!("iter"))?, (rest,), ()))
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult<()> {
        let Some(state) = object.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "state must be an int, not {}", object.class().name()));
        };
        let length = Self::field(&self.length)?;
        let index = if state.is_negative() {
            PyInt::from_i64(0)
        } else if int::compare(state, &length).is_gt() {
            length.clone()
        } else {
            state.to_owned()
        };
        let start = int::add(&*Self::field(&self.start)?, &*int::multiply(&index, &*self.step()?)?)?;
        let length = int::subtract(&length, &index)?;
        self.start.set(Some(start.into_obj()));
        self.length.set(Some(length.into_obj()));
        Ok(())
    }
}

/// An iterator over the range, from either end.
pub fn iterator(range: &PyRange, backwards: bool) -> PyResult {
    if let (Some((start, _, step)), Some(length)) = (range.bounds(), range.length().to_i64()) {
        let past_end = length.checked_mul(step).and_then(|offset| start.checked_add(offset));
        let (first, step) = if backwards {
            (past_end.map(|end| end.wrapping_sub(step)), step.checked_neg())
        } else {
            (past_end.map(|_| start), Some(step))
        };
        if let (Some(first), Some(step)) = (first, step)
            && first.checked_add(step.wrapping_mul(length)).is_some()
        {
            return Ok(PyRangeIter::new(first, step, length).into_obj());
        }
    }
    let (length, step) = (range.length().to_owned(), range.step().to_owned());
    if backwards {
        let last = int::subtract(&length, &PyInt::from_i64(1))?;
        let start = int::add(range.start(), &*int::multiply(&last, &step)?)?;
        return Ok(PyLongRangeIter::new(start, int::negate(&step), length).into_obj());
    }
    Ok(PyLongRangeIter::new(range.start().to_owned(), step, length).into_obj())
}

/// The arguments that make a range again.
pub fn arguments(range: &PyRange) -> Py<PyTuple> {
    PyTuple::from_slice(&[range.start(), range.stop(), range.step()])
}
