//! `arrayiterator`.

use super::PyArray;
use core::cell::Cell;
use taipan_objects::prelude::*;
use taipan_objects::{intern, memory};

#[pytype(name = "array.arrayiterator", gc, parts(METHODS))]
pub struct PyArrayIterator {
    ob_base: PyObject,
    /// The array; none once the iterator is exhausted.
    array: ObjCell,
    index: Cell<isize>,
}

#[pymethods(METHODS)]
impl PyArrayIterator {
    pub fn new(array: &PyArray) -> PyResult<Py<PyArrayIterator>> {
        let iterator = PyArrayIterator {
            ob_base: PyObject::EMPTY,
            array: ObjCell::new(Some(array.owned())),
            index: Cell::new(0),
        };
        memory::new_in(Self::type_object(), iterator)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(array) = self.array.get() else { return Ok(None) };
        let index = self.index.get();
        let item = match array.downcast::<PyArray>() {
            Some(array) => array.get(index as usize)?,
            None => None,
        };
        if item.is_some() {
            self.index.set(index + 1);
        } else {
            self.array.set(None);
        }
        Ok(item)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        sequence::reduce_iterator(intern!("iter"), &self.array, &self.index, || PyTuple::empty().into_obj())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let index = number::as_isize(state, Some(Exc::OverflowError))?;
        if let Some(array) = self.array.get() {
            let length = array.downcast::<PyArray>().map_or(0, PyArray::len) as isize;
            self.index.set(index.clamp(0, length));
        }
        Ok(())
    }
}
