//! `object`.

use crate::model::{PyObject, TypeObject};
use taipan_macros::pytype;

/// The base of everything.
#[pytype(name = "object", exported = PyBaseObject_Type, flags(BASETYPE))]
pub struct PyBaseObject {
    ob_base: PyObject,
}

/// The type `object`.
#[inline(always)]
pub fn object_type() -> &'static TypeObject {
    PyBaseObject_Type.get()
}
