//! The iterator over a byte string.

use super::PyBytes;
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
#[pytype(name = "bytes_iterator", exported = PyBytesIter_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyBytesIter {
    ob_base: PyObject,
    index: Cell<usize>,
    /// None at the end.
    bytes: ObjCell,
}

impl PyBytesIter {
    pub fn new(bytes: &PyBytes) -> Py<PyBytesIter> {
        let bytes = ObjCell::new(Some(bytes.as_object().owned()));
        crate::memory::new(PyBytesIter { ob_base: PyObject::EMPTY, index: Cell::new(0), bytes })
    }

    fn bytes(&self) -> Option<Py<PyBytes>> {
        self.bytes.get()?.downcast_into::<PyBytes>().ok()
    }
}

#[pymethods(METHODS)]
impl PyBytesIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(bytes) = self.bytes() else { return Ok(None) };
        let index = self.index.get();
        match bytes.as_slice().get(index) {
            Some(&byte) => {
                self.index.set(index + 1);
                Ok(Some(PyInt::from_i64(byte as i64).into_obj()))
            }
            None => {
                self.bytes.set(None);
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        self.bytes().map_or(0, |bytes| bytes.len().saturating_sub(self.index.get()))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<Py<PyTuple>> {
        let iter = builtin(intern!("iter"))?;
        let items = match self.bytes() {
            Some(bytes) => vec![
                iter,
                PyTuple::from_vec(vec![bytes.into_obj()]).into_obj(),
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
        if let Some(bytes) = self.bytes() {
            self.index.set((index.max(0) as usize).min(bytes.len()));
        }
        Ok(())
    }
}
