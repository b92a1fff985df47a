//! `None`, `Ellipsis` and `NotImplemented`.

use crate::model::{Obj, PyObject, TypeObject};

/// `None`, borrowed.
#[inline(always)]
pub fn none_ref() -> &'static PyObject {
    todo!()
}

/// `None`.
#[inline(always)]
pub fn none() -> Obj {
    todo!()
}

/// `NotImplemented`.
pub fn not_implemented() -> Obj {
    todo!()
}

/// `Ellipsis`.
pub fn ellipsis() -> Obj {
    todo!()
}

/// `type(None)`.
pub fn none_type() -> &'static TypeObject {
    todo!()
}
