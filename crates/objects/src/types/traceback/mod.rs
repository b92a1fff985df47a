//! `traceback`.

#![expect(unsafe_code, reason = "asks the interpreter for a frame's code")]

use crate::errors;
use crate::memory;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::types::code::PyCode;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Create a new traceback object.
#[pytype(name = "traceback", exported = PyTraceBack_Type, layout = PyTracebackObject, gc, signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)", parts(METHODS))]
pub struct PyTraceback {
    ob_base: PyObject,
    pub next: ObjCell,
    #[member(readonly, name = "tb_frame")]
    pub frame: Obj,
    /// In bytes of byte code.
    pub lasti: Cell<i32>,
    /// -1 until it was asked for.
    pub lineno: Cell<i32>,
}

impl PyTraceback {
    /// An entry.
    pub fn new(next: Option<Obj>, frame: Obj, lasti: i32, lineno: i32) -> Py<PyTraceback> {
        memory::new(PyTraceback {
            ob_base: PyObject::EMPTY,
            next: ObjCell::new(next),
            frame,
            lasti: Cell::new(lasti),
            lineno: Cell::new(lineno),
        })
    }

    /// The entry behind this one.
    pub fn next(&self) -> Option<Py<PyTraceback>> {
        self.next.get().and_then(|next| next.downcast_into().ok())
    }

    /// The line, `None` where the instruction has none.
    pub fn line(&self) -> Option<i32> {
        if self.lineno.get() != -1 {
            return Some(self.lineno.get());
        }
        // SAFETY: the upcall takes a frame and gives a new reference to its code.
        let code = unsafe {
            let frame_code = crate::model::upcalls::get().frame_code;
            Obj::from_result(frame_code(self.frame.as_ptr()))
        };
        match code {
            Ok(code) => {
                let code = code.downcast_into::<PyCode>().ok()?;
                match usize::try_from(self.lasti.get()) {
                    Ok(lasti) => code.line_at(lasti / 2),
                    Err(_) => Some(code.raw.co_firstlineno),
                }
            }
            Err(raised) => {
                errors::clear(raised);
                None
            }
        }
    }
}

#[pymethods(METHODS)]
impl PyTraceback {
    #[new(signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)", name = "traceback")]
    fn py_new(
        cls: &TypeObject,
        tb_next: &PyObject,
        tb_frame: &PyObject,
        tb_lasti: i32,
        tb_lineno: i32,
    ) -> PyResult<Py<PyTraceback>> {
        let _ = cls;
        if !tb_next.is_none() && tb_next.downcast::<PyTraceback>().is_none() {
            let found = tb_next.class().name();
            return Err(raised!(TypeError, "expected traceback object or None, got '{found}'"));
        }
        if tb_frame.class().name() != "frame" {
            let found = if tb_frame.is_none() { "None" } else { tb_frame.class().name() };
            return Err(raised!(TypeError, "traceback() argument 'tb_frame' must be frame, not {found}"));
        }
        let next = (!tb_next.is_none()).then(|| tb_next.owned());
        Ok(PyTraceback::new(next, tb_frame.owned(), tb_lasti, tb_lineno))
    }

    #[pymethod(name = "__dir__")]
    fn dir(&self) -> Py<PyList> {
        let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
        PyList::from_vec(names.iter().map(|name| PyStr::new(name).into_obj()).collect())
    }

    #[getter]
    fn tb_lasti(&self) -> PyResult<i32> {
        Ok(self.lasti.get())
    }

    #[getter]
    fn tb_lineno(&self) -> PyResult {
        match self.line() {
            Some(line) => Ok(crate::types::int::PyInt::from_i64(i64::from(line)).into_obj()),
            None => Ok(none()),
        }
    }

    #[getter]
    fn tb_next(&self) -> PyResult {
        Ok(self.next.get().unwrap_or_else(none))
    }

    #[setter]
    fn set_tb_next(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "can't delete tb_next attribute"));
        };
        if value.is_none() {
            self.next.set(None);
            return Ok(());
        }
        let Some(next) = value.downcast_owned::<PyTraceback>() else {
            return Err(raised!(TypeError, "expected traceback object, got '{}'", value.class().name()));
        };
        let mut at = Some(next.clone());
        while let Some(entry) = at {
            if core::ptr::eq(&*entry, self) {
                return Err(raised!(ValueError, "traceback loop detected"));
            }
            at = entry.next();
        }
        self.next.set(Some(next.into_obj()));
        Ok(())
    }
}
