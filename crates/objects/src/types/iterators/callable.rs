//! `iter(callable, sentinel)`.

use super::builtin;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{call, object};
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// The results of calls until one equals the sentinel.
#[pytype(name = "callable_iterator", exported = PyCallIter_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyCallIter {
    ob_base: PyObject,
    callable: ObjCell,
    sentinel: ObjCell,
}

impl PyCallIter {
    /// An iterator over the results of calls.
    pub fn new(callable: Obj, sentinel: Obj) -> Py<PyCallIter> {
        crate::memory::new(PyCallIter {
            ob_base: PyObject::EMPTY,
            callable: ObjCell::new(Some(callable)),
            sentinel: ObjCell::new(Some(sentinel)),
        })
    }

    fn end(&self) {
        self.callable.set(None);
        self.sentinel.set(None);
    }
}

#[pymethods(METHODS)]
impl PyCallIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(callable) = self.callable.get() else { return Ok(None) };
        match call::call(&callable, &[]) {
            Ok(result) => {
                // The call may have ended the iteration.
                let Some(sentinel) = self.sentinel.get() else { return Ok(None) };
                if !object::compare_bool(&sentinel, &result, CompareOp::Eq)? {
                    return Ok(Some(result));
                }
                self.end();
                Ok(None)
            }
            Err(raised) => {
                errors::catch(raised, Exc::StopIteration)?;
                self.end();
                Ok(None)
            }
        }
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<(Obj, Py<PyTuple>)> {
        let iter = builtin(intern!("iter"))?;
        let arguments = match (self.callable.get(), self.sentinel.get()) {
            (Some(callable), Some(sentinel)) => vec![callable, sentinel],
            _ => vec![PyTuple::empty().into_obj()],
        };
        Ok((iter, PyTuple::from_vec(arguments)))
    }
}
