//! The iterator over anything with `__getitem__`.

use super::builtin;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, not_implemented};
use crate::protocols::{number, object, sequence};
use crate::types::int::PyInt;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Items 0, 1, … until `IndexError`.
#[pytype(name = "iterator", exported = PySeqIter_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PySeqIter {
    ob_base: PyObject,
    index: Cell<isize>,
    sequence: ObjCell,
}

impl PySeqIter {
    /// An iterator over this sequence.
    pub fn new(sequence: Obj) -> Py<PySeqIter> {
        let sequence = ObjCell::new(Some(sequence));
        crate::memory::new(PySeqIter { ob_base: PyObject::EMPTY, index: Cell::new(0), sequence })
    }
}

#[pymethods(METHODS)]
impl PySeqIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(sequence) = self.sequence.get() else { return Ok(None) };
        let index = self.index.get();
        if index == isize::MAX {
            return Err(raised!(OverflowError, "iter index too large"));
        }
        match sequence::get_item(&sequence, index) {
            Ok(item) => {
                self.index.set(index + 1);
                Ok(Some(item))
            }
            Err(raised) => {
                if !errors::matches(&raised, Exc::IndexError) && !errors::matches(&raised, Exc::StopIteration)
                {
                    return Err(raised);
                }
                errors::clear(raised);
                self.sequence.set(None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> PyResult {
        let Some(sequence) = self.sequence.get() else { return Ok(PyInt::from_i64(0).into_obj()) };
        if sequence.class().sq_length().is_none() && sequence.class().mp_length().is_none() {
            return Ok(not_implemented());
        }
        let length = object::len(&sequence)? as i64;
        Ok(PyInt::from_i64((length - self.index.get() as i64).max(0)).into_obj())
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        // The look-up may run code that ends the iteration, so it comes first.
        let iter = builtin(intern!("iter"))?;
        let items = match self.sequence.get() {
            Some(sequence) => vec![
                iter,
                PyTuple::from_vec(vec![sequence]).into_obj(),
                PyInt::from_i64(self.index.get() as i64).into_obj(),
            ],
            None => {
                let nothing = PyTuple::from_vec(vec![PyTuple::empty().into_obj()]);
                vec![iter, nothing.into_obj()]
            }
        };
        Ok(PyTuple::from_vec(items).into_obj())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult<()> {
        let index = number::as_isize(object, Some(Exc::OverflowError))?;
        if !self.sequence.is_empty() {
            self.index.set(index.max(0));
        }
        Ok(())
    }
}
