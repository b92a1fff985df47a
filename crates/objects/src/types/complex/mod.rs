//! `complex`: two doubles.
//!
//! | file | holds |
//! |---|---|
//! | `arith` | arithmetic by the rules of C's Annex G, with real operands kept real |
//! | `construct` | `complex()` |
//! | `methods` | the methods and slots of the type |

pub mod arith;
mod construct;
mod methods;

pub use arith::{Parts, power, product, quotient};
pub use construct::as_complex;

use crate::model::{Py, PyObject};
use taipan_macros::pytype;

#[pytype(name = "complex", exported = PyComplex_Type, layout = PyComplexObject, flags(BASETYPE), signature = "(real=0, imag=0)", parts(methods::SLOTS, methods::METHODS))]
/// Create a complex number from a string or numbers.
///
/// If a string is given, parse it as a complex number.
/// If a single number is given, convert it to a complex number.
/// If the 'real' or 'imag' arguments are given, create a complex number
/// with the specified real and imaginary components.
pub struct PyComplex {
    ob_base: PyObject,
    /// the real part of a complex number
    #[member(readonly, kind = DOUBLE)]
    real: f64,
    /// the imaginary part of a complex number
    #[member(readonly, kind = DOUBLE)]
    imag: f64,
}

impl PyComplex {
    /// A complex number.
    pub fn new(real: f64, imag: f64) -> Py<PyComplex> {
        crate::memory::new(PyComplex { ob_base: PyObject::EMPTY, real, imag })
    }

    /// Real and imaginary part.
    #[inline]
    pub fn parts(&self) -> (f64, f64) {
        (self.real, self.imag)
    }
}
