//! `method`: a function bound to an instance; `instancemethod`.

use crate::model::{Obj, Py, PyObject, PyType};
use core::cell::Cell;
use taipan_abi::vectorcallfunc;
use taipan_macros::pytype;

/// A bound method.
#[pytype(name = "method", exported = PyMethod_Type, layout = PyMethodObject, gc, flags(HAVE_VECTORCALL), weakref = weaklist, vectorcall = vectorcall)]
pub struct PyMethod {
    ob_base: PyObject,
    pub function: Obj,
    pub receiver: Obj,
    weaklist: Cell<*mut PyObject>,
    vectorcall: Option<vectorcallfunc>,
}

impl PyMethod {
    /// A method.
    pub fn new(function: &PyObject, receiver: &PyObject) -> Py<PyMethod> {
        let _ = (function, receiver);
        todo!()
    }
}
