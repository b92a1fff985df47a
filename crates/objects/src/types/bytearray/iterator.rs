//! The iterator over a bytearray, which may change meanwhile.

use super::PyByteArray;
use crate::errors::Exc;
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::number;
use crate::types::int::PyInt;
use crate::types::iterators::builtin;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Runs over the bytes.
#[pytype(name = "bytearray_iterator", exported = PyByteArrayIter_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyByteArrayIter {
    ob_base: PyObject,
    index: Cell<usize>,
    /// None at the end.
    array: ObjCell,
}

impl PyByteArrayIter {
    pub fn new(array: &PyByteArray) -> Py<PyByteArrayIter> {
        let array = ObjCell::new(Some(array.as_object().owned()));
        crate::memory::new(PyByteArrayIter { ob_base: PyObject::EMPTY, index: Cell::new(0), array })
    }

    fn array(&self) -> Option<Py<PyByteArray>> {
        self.array.get()?.downcast_into::<PyByteArray>().ok()
    }
}

#[pymethods(METHODS)]
impl PyByteArrayIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(array) = self.array() else { return Ok(None) };
        let index = self.index.get();
        match array.read(|bytes| bytes.get(index).copied()) {
            Some(byte) => {
                self.index.set(index + 1);
                Ok(Some(PyInt::from_i64(byte as i64).into_obj()))
            }
            None => {
                self.array.set(None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        self.array().map_or(0, |array| array.len().saturating_sub(self.index.get()))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<Py<PyTuple>> {
        let iter = builtin(intern!("iter"))?;
        let items = match self.array() {
            Some(array) => vec![
                iter,
                PyTuple::from_vec(vec![array.into_obj()]).into_obj(),
                PyInt::from_u64(self.index.get() as u64).into_obj(),
            ],
            None => {
                let nothing = PyTuple::from_vec(vec![PyTuple::empty().into_obj()]);
                vec![iter, nothing.into_obj()]
            }
        };
        Ok(PyTuple::from_vec(items))
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult<()> {
        let index = number::as_isize(object, Some(Exc::OverflowError))?;
        if let Some(array) = self.array() {
            self.index.set((index.max(0) as usize).min(array.len()));
        }
        Ok(())
    }
}
