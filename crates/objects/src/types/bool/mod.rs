//! `bool`: `True` and `False`, two integers.

use crate::model::PyType;
use crate::types::int::PyInt;
use taipan_macros::pytype;

/// A truth value.
#[pytype(name = "bool", exported = PyBool_Type, base = PyInt, layout = PyLongObject, basicsize = 24, itemsize = 4)]
pub struct PyBool {
    base: PyInt,
}

impl PyBool {}
