//! `types.GenericAlias`: `list[int]`.

use crate::model::{Obj, ObjectExt, PyObject, PyResult};

/// `Py_GenericAlias`: an alias of `origin` with these arguments (a tuple, or the one argument).
pub fn new(origin: &PyObject, args: &PyObject) -> PyResult {
    let _ = (origin, args);
    todo!()
}
