//! `function`: what `def` makes.

use crate::model::{ObjCell, Py, PyObject, PyResult, PyType};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_abi::vectorcallfunc;
use taipan_macros::pytype;

/// A Python function. `vectorcall` is the interpreter's; it comes through the table of upcalls.
#[pytype(name = "function", exported = PyFunction_Type, layout = PyFunctionObject, gc, flags(METHOD_DESCRIPTOR, HAVE_VECTORCALL), dict = dict, weakref = weaklist, vectorcall = vectorcall)]
pub struct PyFunction {
    ob_base: PyObject,
    pub globals: ObjCell,
    pub builtins: ObjCell,
    pub name: ObjCell,
    pub qualname: ObjCell,
    pub code: ObjCell,
    pub defaults: ObjCell,
    pub kwdefaults: ObjCell,
    pub closure: ObjCell,
    pub doc: ObjCell,
    pub dict: ObjCell,
    pub weaklist: Cell<*mut PyObject>,
    pub module: ObjCell,
    pub annotations: ObjCell,
    pub annotate: ObjCell,
    pub typeparams: ObjCell,
    pub vectorcall: Cell<Option<vectorcallfunc>>,
    pub version: Cell<u32>,
}

impl PyFunction {
    /// A function (`PyFunction_NewWithQualName`); `None` for the qualified name takes the code's.
    pub fn new(code: &PyCode, globals: &PyDict, qualname: Option<&PyStr>) -> PyResult<Py<PyFunction>> {
        let _ = (code, globals, qualname);
        todo!()
    }

    /// A version for inline caches, assigned now if there was none; 0 when they ran out.
    pub fn assign_version(&self) -> u32 {
        let _ = self;
        todo!()
    }
}
