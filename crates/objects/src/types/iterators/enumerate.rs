//! `enumerate`.

use super::reuse;
use crate::model::args::OptArg;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::protocols::{iter, number};
use crate::types::int::{self, PyInt};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "enumerate", exported = PyEnum_Type, gc, flags(BASETYPE), signature = "(iterable, start=0)", parts(METHODS))]
/// Return an enumerate object.
///
///   iterable
///     an object supporting iteration
///
/// The enumerate object yields pairs containing a count (from start, which
/// defaults to zero) and a value yielded by the iterable argument.
///
/// enumerate is useful for obtaining an indexed list:
///     (0, seq[0]), (1, seq[1]), (2, seq[2]), ...
pub struct PyEnumerate {
    ob_base: PyObject,
    index: Cell<i64>,
    iterator: Obj,
    /// The count once it no longer fits `index`.
    long_index: ObjCell,
    /// The tuple given last.
    result: ObjCell,
    /// 1: what is added to a long count.
    one: Py<PyInt>,
}

impl PyEnumerate {
    fn count(&self) -> PyResult {
        if let Some(long) = self.long_index.get() {
            return Ok(long);
        }
        Ok(PyInt::from_i64(self.index.get()).into_obj())
    }

    /// The count for the next item; counts on.
    fn advance(&self) -> PyResult {
        let count = self.count()?;
        match self.index.get().checked_add(1) {
            Some(next) if self.long_index.is_empty() => self.index.set(next),
            _ => {
                let next = match count.downcast::<PyInt>() {
                    Some(count) => int::add(count, &self.one)?.into_obj(),
                    None => number::add(&count, &self.one)?,
                };
                self.long_index.set(Some(next));
            }
        }
        Ok(count)
    }
}

#[pymethods(METHODS)]
impl PyEnumerate {
    #[new(signature = "(iterable, start=0)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject, start: OptArg<&PyObject>) -> PyResult<Py<PyEnumerate>> {
        let mut index = 0;
        let mut long_index = None;
        if let OptArg::Given(start) = start {
            let start = number::index(start)?;
            match start.to_i64() {
                Some(start) => index = start,
                None => long_index = Some(start.into_obj()),
            }
        }
        let iterator = iter::iter(iterable)?;
        let (index, long_index) = (Cell::new(index), ObjCell::new(long_index));
        let (result, one) = (ObjCell::empty(), PyInt::from_i64(1));
        crate::memory::new_in(
            cls,
            PyEnumerate { ob_base: PyObject::EMPTY, index, iterator, long_index, result, one },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(item) = iter::next(&self.iterator)? else { return Ok(None) };
        Ok(Some(reuse::fill_pair(&self.result, self.advance()?, item)))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<(Obj, (Obj, Obj))> {
        Ok((self.class().owned(), (self.iterator.clone(), self.count()?)))
    }

    /// 'enumerate' objects are generic over the type of their values
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        crate::types::genericalias::new(cls.as_object(), object)
    }
}
