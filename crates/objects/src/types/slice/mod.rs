//! `slice`.

use crate::model::{Obj, Py, PyObject, PyResult, PyType};
use taipan_macros::pytype;

/// Start, stop and step.
#[pytype(name = "slice", exported = PySlice_Type, layout = PySliceObject, gc)]
pub struct PySlice {
    ob_base: PyObject,
    pub start: Obj,
    pub stop: Obj,
    pub step: Obj,
}

/// A slice applied to a length: `count` items from `start`, `step` apart.
#[derive(Clone, Copy, Debug)]
pub struct SliceIndices {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

impl PySlice {
    /// A slice.
    pub fn new(start: Obj, stop: Obj, step: Obj) -> Py<PySlice> {
        let _ = (start, stop, step);
        todo!()
    }

    /// Its indices for a sequence of this length (`PySlice_Unpack` and `PySlice_AdjustIndices`).
    pub fn indices_for(&self, length: usize) -> PyResult<SliceIndices> {
        let _ = (self, length);
        todo!()
    }
}
