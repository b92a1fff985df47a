//! `map`.

use super::zip::{iterators_of, next_of_each, reduced};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::protocols::{call, iter, object};
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "map", exported = PyMap_Type, gc, flags(BASETYPE), signature = "(function, iterable, /, *iterables, strict=False)", parts(METHODS))]
/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the
/// others, raise a ValueError.
pub struct PyMap {
    ob_base: PyObject,
    function: Obj,
    iterators: Vec<Obj>,
    strict: Cell<bool>,
}

#[pymethods(METHODS)]
impl PyMap {
    #[new(signature = "(*args, strict=False)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], strict: bool) -> PyResult<Py<PyMap>> {
        let [function, iterables @ ..] = args else {
            return Err(raised!(TypeError, "map() must have at least two arguments."));
        };
        if iterables.is_empty() {
            return Err(raised!(TypeError, "map() must have at least two arguments."));
        }
        let iterators = iterators_of(iterables)?;
        let (function, strict) = (function.owned(), Cell::new(strict));
        crate::memory::new_in(cls, PyMap { ob_base: PyObject::EMPTY, function, iterators, strict })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if let [iterator] = &self.iterators[..] {
            let Some(item) = iter::next(iterator)? else { return Ok(None) };
            return call::call(&self.function, &[&item]).map(Some);
        }
        let Some(items) = next_of_each(&self.iterators, self.strict.get(), "map")? else {
            return Ok(None);
        };
        let arguments: Vec<&PyObject> = items.iter().map(|item| &**item).collect();
        call::call(&self.function, &arguments).map(Some)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> Py<PyTuple> {
        let mut arguments = vec![self.function.clone()];
        arguments.extend(self.iterators.iter().cloned());
        reduced(self.class(), arguments, self.strict.get())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult {
        self.strict.set(object::is_true(object)?);
        Ok(none())
    }
}
