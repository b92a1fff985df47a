//! `traceback`.

use crate::model::{Obj, ObjCell, Py, PyObject, PyType};
use core::cell::Cell;
use taipan_macros::pytype;

/// One entry of a traceback: a frame and where it was.
#[pytype(name = "traceback", exported = PyTraceBack_Type, layout = PyTracebackObject, gc)]
pub struct PyTraceback {
    ob_base: PyObject,
    pub next: ObjCell,
    pub frame: Obj,
    /// In bytes of byte code.
    pub lasti: Cell<i32>,
    /// -1 until it was asked for.
    pub lineno: Cell<i32>,
}

impl PyTraceback {
    /// An entry.
    pub fn new(next: Option<Obj>, frame: Obj, lasti: i32, lineno: i32) -> Py<PyTraceback> {
        let _ = (next, frame, lasti, lineno);
        todo!()
    }
}
