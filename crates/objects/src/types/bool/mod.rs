//! `bool`: `True` and `False`, two integers.

mod methods;

use crate::types::int::{PyInt, StaticInt};
use taipan_macros::pytype;

#[pytype(name = "bool", exported = PyBool_Type, base = PyInt, layout = PyLongObject, flags(_MATCH_SELF), basicsize = 24, itemsize = 4, signature = "(object=False, /)", parts(methods::METHODS))]
/// Returns True when the argument is true, False otherwise.
///
/// The builtins True and False are the only two instances of the class bool.
/// The class bool is a subclass of the class int, and cannot be subclassed.
pub struct PyBool {
    base: PyInt,
}

#[expect(unsafe_code, reason = "exports C variables")]
mod statics {
    use super::{PyBool_Type, StaticInt};

    /// `True`.
    #[unsafe(no_mangle)]
    pub static _Py_TrueStruct: StaticInt = StaticInt::new(PyBool_Type.get().raw(), 1, 0);

    /// `False`.
    #[unsafe(no_mangle)]
    pub static _Py_FalseStruct: StaticInt = StaticInt::new(PyBool_Type.get().raw(), 0, 0);
}

pub use statics::{_Py_FalseStruct, _Py_TrueStruct};

/// `True`, borrowed.
#[inline(always)]
pub fn true_ref() -> &'static PyInt {
    _Py_TrueStruct.get()
}

/// `False`, borrowed.
#[inline(always)]
pub fn false_ref() -> &'static PyInt {
    _Py_FalseStruct.get()
}

/// `True` or `False`, borrowed.
#[inline(always)]
pub fn bool_ref(value: bool) -> &'static PyInt {
    if value { true_ref() } else { false_ref() }
}

impl PyBool {
    /// Whether it is `True`.
    #[inline(always)]
    pub fn value(&self) -> bool {
        !self.base.is_zero()
    }
}
