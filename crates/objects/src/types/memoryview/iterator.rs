//! The iterator over a one-dimensional view.

use super::PyMemoryView;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Runs over the items.
#[pytype(name = "memory_iterator", exported = _PyMemoryIter_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyMemoryIter {
    ob_base: PyObject,
    index: Cell<isize>,
    length: isize,
    /// None at the end.
    view: ObjCell,
}

impl PyMemoryIter {
    pub fn new(view: &PyMemoryView, length: usize) -> Py<PyMemoryIter> {
        crate::memory::new(PyMemoryIter {
            ob_base: PyObject::EMPTY,
            index: Cell::new(0),
            length: length as isize,
            view: ObjCell::new(Some(view.as_object().owned())),
        })
    }
}

#[pymethods(METHODS)]
impl PyMemoryIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(view) = self.view.get() else { return Ok(None) };
        let Some(view) = view.downcast::<PyMemoryView>() else { return Ok(None) };
        let index = self.index.get();
        if index < self.length {
            self.index.set(index + 1);
            return view.item(index).map(Some);
        }
        self.view.set(None);
        Ok(None)
    }
}
