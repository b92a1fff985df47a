//! `float`: doubles.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | making and freeing floats |
//! | `arith` | arithmetic and comparison with other numbers |
//! | `methods` | the methods and slots of the type |

mod arith;
mod layout;
mod methods;

pub use arith::*;
pub use layout::dealloc;
pub use methods::{float_format, from_object, from_str, to_int};

use crate::model::{Py, PyObject};
use taipan_macros::pytype;

#[pytype(name = "float", exported = PyFloat_Type, layout = PyFloatObject, flags(BASETYPE, _MATCH_SELF), signature = "(x=0, /)", parts(methods::SLOTS, methods::NUMBER, methods::METHODS))]
/// Convert a string or number to a floating-point number, if possible.
pub struct PyFloat {
    ob_base: PyObject,
    value: f64,
}

impl PyFloat {
    /// A float.
    #[inline]
    pub fn new(value: f64) -> Py<PyFloat> {
        layout::new(value)
    }

    /// The value.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }
}
