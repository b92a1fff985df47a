//! `range`.

use crate::model::{Obj, Py, PyObject, PyType};
use taipan_macros::pytype;

/// Arithmetic progression; the numbers are `int`s.
#[pytype(name = "range", exported = PyRange_Type, flags(SEQUENCE))]
pub struct PyRange {
    ob_base: PyObject,
    start: Obj,
    stop: Obj,
    step: Obj,
    length: Obj,
}

impl PyRange {
    /// `range(start, stop, step)` of small numbers.
    pub fn new(start: i64, stop: i64, step: i64) -> Py<PyRange> {
        let _ = (start, stop, step);
        todo!()
    }

    /// Start, stop and step where all fit.
    pub fn bounds(&self) -> Option<(i64, i64, i64)> {
        let _ = self;
        todo!()
    }
}
