//! `reversed`.

use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, PyObject, PyResult, TypeObject};
use crate::protocols::{call, number, object, sequence};
use crate::types::int::PyInt;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Return a reverse iterator over the values of the given sequence.
#[pytype(name = "reversed", exported = PyReversed_Type, gc, flags(BASETYPE), signature = "(sequence, /)", parts(METHODS))]
pub struct PyReversed {
    ob_base: PyObject,
    index: Cell<isize>,
    sequence: ObjCell,
}

#[pymethods(METHODS)]
impl PyReversed {
    #[new(signature = "(sequence, /)")]
    fn py_new(cls: &TypeObject, sequence: &PyObject) -> PyResult {
        let refuse = || raised!(TypeError, "'{}' object is not reversible", sequence.class().name());
        if let Some(method) = object::lookup_special(sequence, intern!("__reversed__"))? {
            return if method.is_none() { Err(refuse()) } else { call::call(&method, &[]) };
        }
        if !sequence::is_sequence(sequence) {
            return Err(refuse());
        }
        let length = object::len(sequence)?;
        let reversed = PyReversed {
            ob_base: PyObject::EMPTY,
            index: Cell::new(length as isize - 1),
            sequence: ObjCell::new(Some(sequence.owned())),
        };
        Ok(crate::memory::new_in(cls, reversed)?.into_obj())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let index = self.index.get();
        if index >= 0
            && let Some(sequence) = self.sequence.get()
        {
            match sequence::get_item(&sequence, index) {
                Ok(item) => {
                    self.index.set(index - 1);
                    return Ok(Some(item));
                }
                Err(raised) => {
                    if !errors::matches(&raised, Exc::IndexError)
                        && !errors::matches(&raised, Exc::StopIteration)
                    {
                        return Err(raised);
                    }
                    errors::clear(raised);
                }
            }
        }
        self.index.set(-1);
        self.sequence.set(None);
        Ok(None)
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> PyResult<isize> {
        let Some(sequence) = self.sequence.get() else { return Ok(0) };
        let length = object::len(&sequence)? as isize;
        let position = self.index.get() + 1;
        Ok(if length < position { 0 } else { position })
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let class = self.class().owned();
        let items = match self.sequence.get() {
            Some(sequence) => vec![
                class,
                PyTuple::from_vec(vec![sequence]).into_obj(),
                PyInt::from_i64(self.index.get() as i64).into_obj(),
            ],
            None => vec![class, PyTuple::from_vec(vec![PyTuple::empty().into_obj()]).into_obj()],
        };
        Ok(PyTuple::from_vec(items).into_obj())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult<()> {
        let index = number::as_isize(object, Some(Exc::OverflowError))?;
        if let Some(sequence) = self.sequence.get() {
            let length = object::len(&sequence)? as isize;
            self.index.set(index.min(length - 1).max(-1));
        }
        Ok(())
    }
}
