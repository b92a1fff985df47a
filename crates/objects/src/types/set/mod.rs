//! `set` and `frozenset`.

use crate::model::{Obj, Py, PyObject, PyResult, PyType};
use taipan_macros::pytype;

/// A set; `frozenset` has the same layout.
#[pytype(name = "set", exported = PySet_Type, layout = PySetObject, gc(manual), flags(BASETYPE))]
pub struct PySet {
    ob_base: PyObject,
    table: [u64; 23],
}

/// A set that never changes.
#[pytype(name = "frozenset", exported = PyFrozenSet_Type, layout = PySetObject, gc(manual), flags(BASETYPE))]
pub struct PyFrozenSet {
    ob_base: PyObject,
    table: [u64; 23],
}

impl PySet {
    /// An empty set.
    pub fn new() -> Py<PySet> {
        todo!()
    }

    /// Adds; false where it was there.
    pub fn add(&self, value: &PyObject) -> PyResult<bool> {
        let _ = (self, value);
        todo!()
    }

    /// Whether it is there.
    pub fn contains(&self, value: &PyObject) -> PyResult<bool> {
        let _ = (self, value);
        todo!()
    }

    /// Removes; false where it was not there.
    pub fn discard(&self, value: &PyObject) -> PyResult<bool> {
        let _ = (self, value);
        todo!()
    }

    /// How many.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// New references to all members.
    pub fn to_vec(&self) -> Vec<Obj> {
        let _ = self;
        todo!()
    }

    /// `set.update(iterable)`.
    pub fn update(&self, iterable: &PyObject) -> PyResult<()> {
        let _ = (self, iterable);
        todo!()
    }
}

impl PyFrozenSet {
    /// A frozen set of these members.
    pub fn from_vec(members: Vec<Obj>) -> PyResult<Py<PyFrozenSet>> {
        let _ = members;
        todo!()
    }
}
