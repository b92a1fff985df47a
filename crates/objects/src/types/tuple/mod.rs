//! `tuple`.

use crate::model::{Obj, ObjCell, Py, PyObject, PyVarObject};
use core::cell::Cell;
use taipan_macros::pytype;

/// A tuple: the items follow the head.
#[pytype(name = "tuple", exported = PyTuple_Type, layout = PyTupleObject, subclass_flag = TUPLE_SUBCLASS, gc(manual), flags(BASETYPE, SEQUENCE), basicsize = 32, itemsize = 8)]
pub struct PyTuple {
    ob_base: PyVarObject,
    hash: Cell<isize>,
    items: [ObjCell; 1],
}

impl PyTuple {
    /// The empty tuple, shared and immortal.
    pub fn empty() -> Py<PyTuple> {
        todo!()
    }

    /// A tuple of these items.
    pub fn from_vec(items: Vec<Obj>) -> Py<PyTuple> {
        let _ = items;
        todo!()
    }

    /// A tuple of new references to these items.
    pub fn from_slice(items: &[&PyObject]) -> Py<PyTuple> {
        let _ = items;
        todo!()
    }

    /// The items.
    pub fn as_slice(&self) -> &[&PyObject] {
        let _ = self;
        todo!()
    }

    /// Their number.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// Item `index`, which is below `len`.
    pub fn get(&self, index: usize) -> &PyObject {
        let _ = (self, index);
        todo!()
    }

    /// The items from `start` to `end`.
    pub fn slice(&self, start: usize, end: usize) -> Py<PyTuple> {
        let _ = (self, start, end);
        todo!()
    }
}
