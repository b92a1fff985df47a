//! `builtin_function_or_method`: native functions and bound native methods.

use crate::model::{ObjCell, Py, PyObject, PyType, TypeObject};
use core::cell::Cell;
use taipan_abi::{PyMethodDef, vectorcallfunc};
use taipan_macros::pytype;

/// A native function, bound to a receiver or a module.
#[pytype(name = "builtin_function_or_method", exported = PyCFunction_Type, layout = PyCFunctionObject, gc, flags(HAVE_VECTORCALL), weakref = weaklist, vectorcall = vectorcall)]
pub struct PyBuiltin {
    ob_base: PyObject,
    def: *const PyMethodDef,
    receiver: ObjCell,
    module: ObjCell,
    weaklist: Cell<*mut PyObject>,
    vectorcall: Option<vectorcallfunc>,
}

impl PyBuiltin {
    /// A native function (`PyCMethod_New`); `class` is the defining class of `METH_METHOD` functions.
    pub fn new(
        def: &'static PyMethodDef,
        receiver: Option<&PyObject>,
        module: Option<&PyObject>,
        class: Option<&TypeObject>,
    ) -> Py<PyBuiltin> {
        let _ = (def, receiver, module, class);
        todo!()
    }

    /// The declaration it was made from.
    pub fn def(&self) -> &'static PyMethodDef {
        let _ = self;
        todo!()
    }

    /// What it is bound to.
    pub fn receiver(&self) -> Option<&PyObject> {
        let _ = self;
        todo!()
    }
}
