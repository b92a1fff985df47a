//! `list_iterator` and `list_reverseiterator`.

use super::PyList;
use crate::errors::Exc;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{number, sequence};
use crate::{intern, memory};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "list_iterator", exported = PyListIter_Type, gc, parts(FORWARDS))]
pub struct PyListIterator {
    ob_base: PyObject,
    index: Cell<isize>,
    /// The list; none once the iterator is exhausted.
    list: ObjCell,
}

#[pytype(name = "list_reverseiterator", exported = PyListRevIter_Type, gc, parts(BACKWARDS))]
pub struct PyListReverseIterator {
    ob_base: PyObject,
    index: Cell<isize>,
    /// The list; none once the iterator is exhausted.
    list: ObjCell,
}

fn empty_list() -> Obj {
    PyList::new().into_obj()
}

/// The list's item, without touching the count of the list.
#[expect(unsafe_code, reason = "borrows the list for a look at one item")]
#[inline(always)]
fn item_of(list: &ObjCell, index: isize) -> Option<Obj> {
    // SAFETY: taking a reference to an item runs no Python code; the cell holds a list.
    unsafe {
        let list: &PyList = list.peek()?.downcast_unchecked();
        if index < 0 { None } else { list.get(index as usize) }
    }
}

#[pymethods(FORWARDS)]
impl PyListIterator {
    /// An iterator at the first item.
    #[inline]
    pub fn new(list: &PyList) -> Py<PyListIterator> {
        memory::new(PyListIterator {
            ob_base: PyObject::EMPTY,
            index: Cell::new(0),
            list: ObjCell::new(Some(list.owned())),
        })
    }

    /// The next item, without the call protocol. At the end the list stays.
    #[inline(always)]
    pub fn step(&self) -> Option<Obj> {
        let index = self.index.get();
        let item = item_of(&self.list, index)?;
        self.index.set(index + 1);
        Some(item)
    }

    /// The next item, without the call protocol.
    #[inline(always)]
    pub fn advance(&self) -> Option<Obj> {
        let item = self.step();
        if item.is_none() {
            self.list.set(None);
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

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> isize {
        let length = self.list.get().and_then(|list| list.downcast::<PyList>().map(PyList::len));
        length.map_or(0, |length| (length as isize - self.index.get()).max(0))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        sequence::reduce_iterator(intern!("iter"), &self.list, &self.index, empty_list)
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let index = number::as_isize(state, Some(Exc::OverflowError))?;
        if !self.list.is_empty() {
            self.index.set(index.max(0));
        }
        Ok(())
    }
}

#[pymethods(BACKWARDS)]
impl PyListReverseIterator {
    /// An iterator at the last item.
    pub fn new(list: &PyList) -> Py<PyListReverseIterator> {
        memory::new(PyListReverseIterator {
            ob_base: PyObject::EMPTY,
            index: Cell::new(list.len() as isize - 1),
            list: ObjCell::new(Some(list.owned())),
        })
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let index = self.index.get();
        let item = item_of(&self.list, index);
        if item.is_some() {
            self.index.set(index - 1);
        } else {
            self.index.set(-1);
            self.list.set(None);
        }
        Ok(item)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> isize {
        let left = self.index.get() + 1;
        let length = self.list.get().and_then(|list| list.downcast::<PyList>().map(PyList::len));
        length.map_or(0, |length| if (length as isize) < left { 0 } else { left })
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        sequence::reduce_iterator(intern!("reversed"), &self.list, &self.index, empty_list)
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let index = number::as_isize(state, Some(Exc::OverflowError))?;
        if let Some(list) = self.list.get() {
            let last = list.downcast::<PyList>().map_or(0, PyList::len) as isize - 1;
            self.index.set(index.clamp(-1, last.max(-1)));
        }
        Ok(())
    }
}
