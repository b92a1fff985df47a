//! The exception types.

use crate::errors::Exc;
use crate::model::{ObjCell, Py, PyObject, PyResult, TypeObject};
use core::cell::Cell;
use taipan_macros::pytype;

/// Any exception.
#[pytype(name = "BaseException", exported = _PyExc_BaseException, layout = PyBaseExceptionObject, subclass_flag = BASE_EXC_SUBCLASS, gc, flags(BASETYPE), dict = dict)]
pub struct PyBaseException {
    ob_base: PyObject,
    pub dict: ObjCell,
    pub args: ObjCell,
    pub notes: ObjCell,
    pub traceback: ObjCell,
    pub context: ObjCell,
    pub cause: ObjCell,
    pub suppress_context: Cell<bool>,
}

impl PyBaseException {
    /// An instance of a built-in exception type with one argument, a message.
    pub fn with_message(exc: Exc, message: &str) -> PyResult<Py<PyBaseException>> {
        let _ = (exc, message);
        todo!()
    }
}

/// The type object of a built-in exception.
pub fn type_of(exc: Exc) -> &'static TypeObject {
    let _ = exc;
    todo!()
}
