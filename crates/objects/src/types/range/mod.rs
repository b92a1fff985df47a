//! `range`.
//!
//! | file | holds |
//! |---|---|
//! | `iterator` | the iterators over ranges of small and of long integers |
//! | `methods` | the methods and slots of the type |

pub mod iterator;
mod methods;

pub use iterator::{PyLongRangeIter, PyRangeIter, iterator};

use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::number;
use crate::types::int::{self, PyInt};
use taipan_macros::pytype;

#[pytype(name = "range", exported = PyRange_Type, flags(SEQUENCE), parts(methods::METHODS, methods::SLOTS))]
/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// Return an object that produces a sequence of integers from start (inclusive)
/// to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
/// start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
/// These are exactly the valid indices for a list of 4 elements.
/// When step is given, it specifies the increment (or decrement).
pub struct PyRange {
    ob_base: PyObject,
    #[member(readonly)]
    start: Obj,
    #[member(readonly)]
    stop: Obj,
    #[member(readonly)]
    step: Obj,
    length: Obj,
}

/// How many numbers a range has; `step` is not zero.
fn count(start: i64, stop: i64, step: i64) -> u64 {
    if step > 0 && start < stop {
        (stop.wrapping_sub(start) as u64 - 1) / step as u64 + 1
    } else if step < 0 && start > stop {
        (start.wrapping_sub(stop) as u64 - 1) / step.unsigned_abs() + 1
    } else {
        0
    }
}

/// As [`count`], for integers of any size.
fn long_count(start: &PyInt, stop: &PyInt, step: &PyInt) -> PyResult<Py<PyInt>> {
    if let (Some(start), Some(stop), Some(step)) = (start.to_i64(), stop.to_i64(), step.to_i64()) {
        return Ok(PyInt::from_u64(count(start, stop, step)));
    }
    let (low, high) = if step.is_negative() { (stop, start) } else { (start, stop) };
    if int::compare(low, high).is_ge() {
        return Ok(PyInt::from_i64(0));
    }
    let one = PyInt::from_i64(1);
    let span = int::subtract(&*int::subtract(high, low)?, &one)?;
    int::add(&*int::floor_divide(&span, &int::absolute(step))?, &one)
}

impl PyRange {
    /// `range(start, stop, step)` of small numbers.
    pub fn new(start: i64, stop: i64, step: i64) -> Py<PyRange> {
        crate::memory::new(PyRange {
            ob_base: PyObject::EMPTY,
            start: PyInt::from_i64(start).into_obj(),
            stop: PyInt::from_i64(stop).into_obj(),
            step: PyInt::from_i64(step).into_obj(),
            length: PyInt::from_u64(count(start, stop, step)).into_obj(),
        })
    }

    /// `range(start, stop, step)`.
    pub fn from_ints(start: Py<PyInt>, stop: Py<PyInt>, step: Py<PyInt>) -> PyResult<Py<PyRange>> {
        if step.is_zero() {
            return Err(raised!(ValueError, "range() arg 3 must not be zero"));
        }
        let length = long_count(&start, &stop, &step)?;
        Ok(crate::memory::new(PyRange {
            ob_base: PyObject::EMPTY,
            start: start.into_obj(),
            stop: stop.into_obj(),
            step: step.into_obj(),
            length: length.into_obj(),
        }))
    }

    /// Start, stop and step where all fit.
    pub fn bounds(&self) -> Option<(i64, i64, i64)> {
        Some((self.start().to_i64()?, self.stop().to_i64()?, self.step().to_i64()?))
    }

    fn int(object: &PyObject) -> &PyInt {
        object.downcast::<PyInt>().expect("a range holds integers")
    }

    /// The first number.
    pub fn start(&self) -> &PyInt {
        Self::int(&self.start)
    }

    /// The number that is not reached.
    pub fn stop(&self) -> &PyInt {
        Self::int(&self.stop)
    }

    /// The distance between numbers.
    pub fn step(&self) -> &PyInt {
        Self::int(&self.step)
    }

    /// How many numbers there are.
    pub fn length(&self) -> &PyInt {
        Self::int(&self.length)
    }

    /// Number `index`, which is not checked.
    fn item(&self, index: &PyInt) -> PyResult<Py<PyInt>> {
        if let (Some(start), Some(step), Some(index)) =
            (self.start().to_i64(), self.step().to_i64(), index.to_i64())
            && let Some(value) = index.checked_mul(step).and_then(|offset| start.checked_add(offset))
        {
            return Ok(PyInt::from_i64(value));
        }
        int::add(self.start(), &*int::multiply(index, self.step())?)
    }

    /// Whether an integer is among the numbers.
    fn contains_int(&self, value: &PyInt) -> PyResult<bool> {
        let (start, stop, step) = (self.start(), self.stop(), self.step());
        let inside = if step.is_negative() {
            int::compare(value, start).is_le() && int::compare(stop, value).is_lt()
        } else {
            int::compare(start, value).is_le() && int::compare(value, stop).is_lt()
        };
        if !inside {
            return Ok(false);
        }
        Ok(int::remainder(&*int::subtract(value, start)?, step)?.is_zero())
    }
}

/// An argument of `range()` as an exact integer.
fn argument(value: &PyObject) -> PyResult<Py<PyInt>> {
    match value.downcast_exact::<PyInt>() {
        Some(value) => Ok(value.to_owned()),
        None => Ok(int::plain(&*number::index(value)?)),
    }
}
