//! `set_iterator`.

#![expect(unsafe_code, reason = "looks at the set without taking a reference")]

use super::table_of;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::sequence;
use crate::types::list::PyList;
use crate::{intern, memory};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "set_iterator", exported = PySetIter_Type, gc, parts(METHODS))]
pub struct PySetIterator {
    ob_base: PyObject,
    /// The set; none once the iterator is exhausted.
    set: ObjCell,
    /// Its size at the beginning; `usize::MAX` once a change was seen.
    used: Cell<usize>,
    place: Cell<usize>,
    left: Cell<usize>,
}

#[pymethods(METHODS)]
impl PySetIterator {
    /// An iterator at the beginning of a set or frozen set.
    pub fn new(set: &PyObject) -> Py<PySetIterator> {
        let used = table_of(set).map_or(0, |table| table.len());
        memory::new(PySetIterator {
            ob_base: PyObject::EMPTY,
            set: ObjCell::new(Some(set.owned())),
            used: Cell::new(used),
            place: Cell::new(0),
            left: Cell::new(used),
        })
    }

    /// The next member, without the call protocol.
    #[inline]
    pub fn advance(&self) -> PyResult<Option<Obj>> {
        // SAFETY: the set is held while it is looked at: nothing else runs before the last use of the borrow.
        let Some(table) = (unsafe { self.set.peek() }).and_then(table_of) else { return Ok(None) };
        if table.len() != self.used.get() {
            self.used.set(usize::MAX);
            return Err(raised!(RuntimeError, "Set changed size during iteration"));
        }
        match table.next(self.place.get()) {
            Some((next, key, _)) => {
                self.place.set(next);
                self.left.set(self.left.get().saturating_sub(1));
                Ok(Some(key))
            }
            None => {
                self.set.set(None);
                Ok(None)
            }
        }
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.advance()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        match self.set.get() {
            Some(set) if table_of(&set).is_some_and(|table| table.len() == self.used.get()) => {
                self.left.get()
            }
            _ => 0,
        }
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let rest = memory::new(PySetIterator {
            ob_base: PyObject::EMPTY,
            set: ObjCell::new(self.set.get()),
            used: self.used.clone(),
            place: self.place.clone(),
            left: self.left.clone(),
        });
        let items = PyList::new();
        while let Some(item) = rest.advance()? {
            items.append(item)?;
        }
        sequence::reduce_with(intern!("iter"), items.into_obj())
    }
}
