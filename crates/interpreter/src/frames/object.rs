//! `frame`: the object that shows a frame to Python.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use core::cell::Cell;
use core::ffi::{c_int, c_void};
use taipan_macros::pytype;
use taipan_objects::model::ObjCell;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// A frame shown to Python; when the frame ends, what is left of it moves in here.
#[pytype(name = "frame", exported = PyFrame_Type, layout = PyFrameObject, gc(manual))]
pub struct PyFrame {
    ob_base: PyObject,
    back: ObjCell,
    frame: Cell<*mut c_void>,
    trace: ObjCell,
    lineno: Cell<c_int>,
    trace_lines: Cell<bool>,
    trace_opcodes: Cell<bool>,
    extra_locals: ObjCell,
    locals_cache: ObjCell,
    overwritten: ObjCell,
    data: [*mut PyObject; 1],
}

impl PyFrame {
    /// `f_code`.
    pub fn code(&self) -> Py<PyCode> {
        let _ = self;
        todo!()
    }

    /// `f_globals`.
    pub fn globals(&self) -> Py<PyDict> {
        let _ = self;
        todo!()
    }

    /// `f_back`.
    pub fn back(&self) -> Option<Py<PyFrame>> {
        let _ = self;
        todo!()
    }

    /// `f_lineno`; `None` where the instruction has no line.
    pub fn line_number(&self) -> Option<i32> {
        let _ = self;
        todo!()
    }
}
