//! `weakref.ref` and the two proxies.

use crate::model::{Obj, ObjCell, Py, PyObject, PyResult, PyType};
use core::cell::Cell;
use taipan_macros::pytype;

/// A weak reference.
#[pytype(name = "weakref.ReferenceType", exported = _PyWeakref_RefType, layout = PyWeakReference, gc(manual), flags(BASETYPE, HAVE_VECTORCALL), vectorcall = vectorcall)]
pub struct PyWeakRef {
    ob_base: PyObject,
    object: Cell<*mut PyObject>,
    callback: ObjCell,
    hash: Cell<isize>,
    prev: Cell<*mut PyWeakRef>,
    next: Cell<*mut PyWeakRef>,
    vectorcall: Cell<Option<taipan_abi::vectorcallfunc>>,
}

impl PyWeakRef {
    /// A weak reference (`PyWeakref_NewRef`); `TypeError` where the type has none.
    pub fn new(object: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
        let _ = (object, callback);
        todo!()
    }

    /// The object, if it lives.
    pub fn upgrade(&self) -> Option<Obj> {
        let _ = self;
        todo!()
    }
}

/// Clears the weak references to an object that is about to be destroyed and calls their callbacks (`PyObject_ClearWeakRefs`).
pub fn clear_all(object: &PyObject) {
    let _ = object;
    todo!()
}

/// The number of weak references to an object.
pub fn count(object: &PyObject) -> usize {
    let _ = object;
    todo!()
}
