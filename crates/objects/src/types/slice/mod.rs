//! `slice`.

use crate::errors::{self, Exc};
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none, not_implemented,
};
use crate::protocols::{number, object};
use crate::types::int::{self, PyInt};
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "slice", exported = PySlice_Type, layout = PySliceObject, gc, parts(METHODS))]
/// slice(stop)
/// slice(start, stop[, step])
///
/// Create a slice object.
///
/// This is used for extended slicing (e.g. a[0:10:2]).
pub struct PySlice {
    ob_base: PyObject,
    #[member(readonly)]
    pub start: Obj,
    #[member(readonly)]
    pub stop: Obj,
    #[member(readonly)]
    pub step: Obj,
}

/// A slice applied to a length: `count` items from `start`, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceIndices {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

/// An index of a slice; clipped to what fits.
fn index(value: &PyObject) -> PyResult<isize> {
    if !number::is_index(value) {
        return Err(raised!(TypeError, "slice indices must be integers or None or have an __index__ method"));
    }
    number::as_isize(value, None)
}

/// Start, stop and step of a slice, clipped to what fits, before they are applied to a length.
#[derive(Clone, Copy, Debug)]
pub struct SliceBounds {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
}

impl SliceBounds {
    /// Applies them to a length (`PySlice_AdjustIndices`).
    pub fn indices_for(self, length: usize) -> SliceIndices {
        let SliceBounds { start, stop, step } = self;
        let length = length as isize;
        let (low, high) = if step < 0 { (-1, length - 1) } else { (0, length) };
        let clip = |index: isize| {
            if index < 0 { index.saturating_add(length).max(low) } else { index.min(high) }
        };
        let (start, stop) = (clip(start), clip(stop));
        let count = if step < 0 {
            if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / step + 1
        } else {
            0
        };
        SliceIndices { start, stop, step, count: count as usize }
    }
}

impl PySlice {
    /// A slice.
    pub fn new(start: Obj, stop: Obj, step: Obj) -> Py<PySlice> {
        crate::memory::new(PySlice { ob_base: PyObject::EMPTY, start, stop, step })
    }

    /// Its parts as numbers (`PySlice_Unpack`). May run Python code: take the length afterwards.
    pub fn bounds(&self) -> PyResult<SliceBounds> {
        let mut step = 1;
        if !self.step.is_none() {
            // The least number has no negation.
            step = index(&self.step)?.max(-isize::MAX);
            if step == 0 {
                return Err(raised!(ValueError, "slice step cannot be zero"));
            }
        }
        let start = match self.start.is_none() {
            true if step < 0 => isize::MAX,
            true => 0,
            false => index(&self.start)?,
        };
        let stop = match self.stop.is_none() {
            true if step < 0 => isize::MIN,
            true => isize::MAX,
            false => index(&self.stop)?,
        };
        Ok(SliceBounds { start, stop, step })
    }

    /// Its indices for a sequence of this length (`PySlice_Unpack` and `PySlice_AdjustIndices`).
    pub fn indices_for(&self, length: usize) -> PyResult<SliceIndices> {
        Ok(self.bounds()?.indices_for(length))
    }

    /// Start, stop and step for a length, as integers of any size (`slice.indices`).
    pub fn long_indices(&self, length: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>, Py<PyInt>)> {
        let whole = |value: &PyObject| -> PyResult<Py<PyInt>> {
            if !number::is_index(value) {
                return Err(raised!(
                    TypeError,
                    "slice indices must be integers or None or have an __index__ method"
                ));
            }
            number::index(value)
        };
        let zero = PyInt::from_i64(0);
        let step = if self.step.is_none() { PyInt::from_i64(1) } else { whole(&self.step)? };
        if step.is_zero() {
            return Err(raised!(ValueError, "slice step cannot be zero"));
        }
        let backwards = step.is_negative();
        let (lower, upper) = if backwards {
            (PyInt::from_i64(-1), int::subtract(length, &PyInt::from_i64(1))?)
        } else {
            (zero, length.to_owned())
        };
        let clip = |value: &PyObject| -> PyResult<Py<PyInt>> {
            let value = whole(value)?;
            if value.is_negative() {
                let value = int::add(&value, length)?;
                Ok(if int::compare(&value, &lower).is_lt() { lower.clone() } else { value })
            } else {
                Ok(if int::compare(&value, &upper).is_gt() { upper.clone() } else { value })
            }
        };
        let start = match self.start.is_none() {
            true if backwards => upper.clone(),
            true => lower.clone(),
            false => clip(&self.start)?,
        };
        let stop = match self.stop.is_none() {
            true if backwards => lower.clone(),
            true => upper.clone(),
            false => clip(&self.stop)?,
        };
        Ok((start, stop, step))
    }

    fn to_tuple(&self) -> Py<PyTuple> {
        PyTuple::from_slice(&[&self.start, &self.stop, &self.step])
    }
}

#[pymethods(METHODS)]
impl PySlice {
    #[new(signature = "(start, stop=None, step=None, /)")]
    fn py_new(
        cls: &TypeObject,
        start: &PyObject,
        stop: crate::model::args::OptArg<&PyObject>,
        step: Option<&PyObject>,
    ) -> Py<PySlice> {
        let _ = cls;
        let step = step.map_or_else(none, ObjectExt::owned);
        match stop.given() {
            Some(stop) => PySlice::new(start.owned(), stop.owned(), step),
            None => PySlice::new(none(), start.owned(), step),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let mut parts = Vec::with_capacity(3);
        for part in [&self.start, &self.stop, &self.step] {
            parts.push(object::repr(part)?);
        }
        Ok(format!("slice({}, {}, {})", &*parts[0], &*parts[1], &*parts[2]))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        // The mixing of tuples, without their length.
        let mut state = 2_870_177_450_012_600_261u64;
        for part in [&self.start, &self.stop, &self.step] {
            state = state
                .wrapping_add((object::hash(part)? as u64).wrapping_mul(14_029_467_366_897_019_727))
                .rotate_left(31)
                .wrapping_mul(11_400_714_785_074_694_791);
        }
        Ok(if state == u64::MAX { 1_546_275_796 } else { state as isize })
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PySlice>() else { return Ok(not_implemented()) };
        if core::ptr::eq(self, other) {
            return Ok(PyInt::from_bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
        }
        object::compare(&self.to_tuple(), &other.to_tuple(), op)
    }

    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    #[pymethod(signature = "(object, /)")]
    fn indices(&self, object: &PyObject) -> PyResult<(Py<PyInt>, Py<PyInt>, Py<PyInt>)> {
        let length = number::index(object)?;
        if length.is_negative() {
            return Err(raised!(ValueError, "length should not be negative"));
        }
        self.long_indices(&length)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> (Obj, Py<PyTuple>) {
        (PySlice::type_object().owned(), self.to_tuple())
    }
}

/// The `IndexError` message of a conversion to an index, for types that word it themselves.
pub fn index_or(value: &PyObject, message: &str) -> PyResult<isize> {
    if !number::is_index(value) {
        return Err(errors::set_message(
            Exc::TypeError,
            format_args!("{message}, not {}", value.class().name()),
        ));
    }
    number::as_isize(value, Some(Exc::IndexError))
}
