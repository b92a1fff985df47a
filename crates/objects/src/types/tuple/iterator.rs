//! `tuple_iterator`.

use super::PyTuple;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{number, sequence};
use crate::{intern, memory};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "tuple_iterator", exported = PyTupleIter_Type, gc, parts(METHODS))]
pub struct PyTupleIterator {
    ob_base: PyObject,
    index: Cell<isize>,
    /// The tuple; none once the iterator is exhausted.
    tuple: ObjCell,
}

#[pymethods(METHODS)]
impl PyTupleIterator {
    /// An iterator at the first item.
    #[inline]
    pub fn new(tuple: &PyTuple) -> Py<PyTupleIterator> {
        memory::new(PyTupleIterator {
            ob_base: PyObject::EMPTY,
            index: Cell::new(0),
            tuple: ObjCell::new(Some(tuple.owned())),
        })
    }

    /// The next item, without the call protocol. At the end the tuple stays.
    #[expect(unsafe_code, reason = "borrows the tuple for a look at one item")]
    #[inline(always)]
    pub fn step(&self) -> Option<Obj> {
        // SAFETY: taking a reference to an item runs no Python code; the cell holds a tuple.
        let tuple: &PyTuple = unsafe { self.tuple.peek()?.downcast_unchecked() };
        let index = self.index.get();
        let item = tuple.as_slice().get(index as usize)?.owned();
        self.index.set(index + 1);
        Some(item)
    }

    /// The next item, without the call protocol.
    #[inline(always)]
    pub fn advance(&self) -> Option<Obj> {
        let item = self.step();
        if item.is_none() {
            self.tuple.set(None);
        }
        item
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        Ok(self.advance())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    fn remaining(&self) -> isize {
        let Some(tuple) = self.tuple.get() else { return 0 };
        tuple.downcast::<PyTuple>().map_or(0, |t| t.len() as isize - self.index.get())
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> isize {
        self.remaining()
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        sequence::reduce_iterator(intern!("iter"), &self.tuple, &self.index, || PyTuple::empty().into_obj())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let index = number::as_isize(state, Some(crate::errors::Exc::OverflowError))?;
        if let Some(tuple) = self.tuple.get() {
            let length = tuple.downcast::<PyTuple>().map_or(0, PyTuple::len) as isize;
            self.index.set(index.clamp(0, length));
        }
        Ok(())
    }
}
