//! `list`.

use crate::model::{Obj, Py, PyObject, PyResult, PyVarObject};
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::pytype;

/// A list.
#[pytype(name = "list", exported = PyList_Type, layout = PyListObject, subclass_flag = LIST_SUBCLASS, gc(manual), flags(BASETYPE, SEQUENCE))]
pub struct PyList {
    ob_base: PyVarObject,
    items: Cell<*mut *mut PyObject>,
    allocated: Cell<isize>,
}

impl PyList {
    /// An empty list.
    pub fn new() -> Py<PyList> {
        todo!()
    }

    /// A list of these items.
    pub fn from_vec(items: Vec<Obj>) -> Py<PyList> {
        let _ = items;
        todo!()
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// A new reference to item `index`, if there is one.
    pub fn get(&self, index: usize) -> Option<Obj> {
        let _ = (self, index);
        todo!()
    }

    /// Replaces item `index`, which is below `len`.
    pub fn set(&self, index: usize, value: Obj) {
        let _ = (self, index, value);
        todo!()
    }

    /// Appends.
    pub fn append(&self, value: Obj) -> PyResult<()> {
        let _ = (self, value);
        todo!()
    }

    /// Inserts before `index` (clipped).
    pub fn insert(&self, index: usize, value: Obj) -> PyResult<()> {
        let _ = (self, index, value);
        todo!()
    }

    /// New references to all items.
    pub fn to_vec(&self) -> Vec<Obj> {
        let _ = self;
        todo!()
    }

    /// `list[start:end] = items` (both clipped).
    pub fn set_slice(&self, start: usize, end: usize, items: Vec<Obj>) -> PyResult<()> {
        let _ = (self, start, end, items);
        todo!()
    }

    /// `list.extend(iterable)`.
    pub fn extend(&self, iterable: &PyObject) -> PyResult<()> {
        let _ = (self, iterable);
        todo!()
    }

    /// `list.sort()`.
    pub fn sort(&self) -> PyResult<()> {
        let _ = self;
        todo!()
    }

    /// `list.reverse()`.
    pub fn reverse(&self) {
        let _ = self;
        todo!()
    }

    /// A tuple of the items.
    pub fn to_tuple(&self) -> Py<PyTuple> {
        let _ = self;
        todo!()
    }

    /// Removes and gives back the last item.
    pub fn pop(&self) -> Option<Obj> {
        let _ = self;
        todo!()
    }
}
