//! `complex`.

use crate::model::{Py, PyObject, PyType};
use taipan_macros::pytype;

/// Two doubles.
#[pytype(name = "complex", exported = PyComplex_Type, layout = PyComplexObject, flags(BASETYPE))]
pub struct PyComplex {
    ob_base: PyObject,
    real: f64,
    imag: f64,
}

impl PyComplex {
    /// A complex number.
    pub fn new(real: f64, imag: f64) -> Py<PyComplex> {
        let _ = (real, imag);
        todo!()
    }

    /// Real and imaginary part.
    pub fn parts(&self) -> (f64, f64) {
        let _ = self;
        todo!()
    }
}
