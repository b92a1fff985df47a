//! `float`: doubles.

use crate::model::{Py, PyObject, PyType};
use taipan_macros::pytype;

/// A double.
#[pytype(name = "float", exported = PyFloat_Type, layout = PyFloatObject, flags(BASETYPE))]
pub struct PyFloat {
    ob_base: PyObject,
    value: f64,
}

impl PyFloat {
    /// A float.
    pub fn new(value: f64) -> Py<PyFloat> {
        let _ = value;
        todo!()
    }
}

impl PyFloat {
    /// The value.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }
}
