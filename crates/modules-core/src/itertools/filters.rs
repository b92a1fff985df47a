//! Iterators that let some items through, and `starmap`.

use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::bool::PyBool;

/// Return data elements corresponding to true selector elements.
///
/// Forms a shorter iterator from selected data elements using the selectors
/// to choose the data elements.
#[pytype(
    name = "itertools.compress",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(data, selectors)",
    parts(COMPRESS)
)]
pub struct PyCompress {
    ob_base: PyObject,
    data: Obj,
    selectors: Obj,
}

#[pymethods(COMPRESS)]
impl PyCompress {
    #[new(signature = "(data, selectors)")]
    fn py_new(cls: &TypeObject, data: &PyObject, selectors: &PyObject) -> PyResult<Py<PyCompress>> {
        let (data, selectors) = (iter::iter(data)?, iter::iter(selectors)?);
        memory::new_in(cls, PyCompress { ob_base: PyObject::EMPTY, data, selectors })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        loop {
            let Some(item) = iter::next(&self.data)? else { return Ok(None) };
            let Some(selector) = iter::next(&self.selectors)? else { return Ok(None) };
            if object::is_true(&selector)? {
                return Ok(Some(item));
            }
        }
    }
}

/// Drop items from the iterable while predicate(item) is true.
///
/// Afterwards, return every element until the iterable is exhausted.
#[pytype(
    name = "itertools.dropwhile",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(predicate, iterable, /)",
    parts(DROP)
)]
pub struct PyDropWhile {
    ob_base: PyObject,
    predicate: Obj,
    iterator: Obj,
    started: Cell<bool>,
}

#[pymethods(DROP)]
impl PyDropWhile {
    #[new(signature = "(predicate, iterable, /)")]
    fn py_new(cls: &TypeObject, predicate: &PyObject, iterable: &PyObject) -> PyResult<Py<PyDropWhile>> {
        let (predicate, iterator) = (predicate.owned(), iter::iter(iterable)?);
        let started = Cell::new(false);
        memory::new_in(cls, PyDropWhile { ob_base: PyObject::EMPTY, predicate, iterator, started })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        loop {
            let Some(item) = iter::next(&self.iterator)? else { return Ok(None) };
            if self.started.get() {
                return Ok(Some(item));
            }
            if !object::is_true(&*call::call(&self.predicate, &[&item])?)? {
                self.started.set(true);
                return Ok(Some(item));
            }
        }
    }
}

/// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
#[pytype(
    name = "itertools.takewhile",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(predicate, iterable, /)",
    parts(TAKE)
)]
pub struct PyTakeWhile {
    ob_base: PyObject,
    predicate: Obj,
    iterator: Obj,
    stopped: Cell<bool>,
}

#[pymethods(TAKE)]
impl PyTakeWhile {
    #[new(signature = "(predicate, iterable, /)")]
    fn py_new(cls: &TypeObject, predicate: &PyObject, iterable: &PyObject) -> PyResult<Py<PyTakeWhile>> {
        let (predicate, iterator) = (predicate.owned(), iter::iter(iterable)?);
        let stopped = Cell::new(false);
        memory::new_in(cls, PyTakeWhile { ob_base: PyObject::EMPTY, predicate, iterator, stopped })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if self.stopped.get() {
            return Ok(None);
        }
        let Some(item) = iter::next(&self.iterator)? else { return Ok(None) };
        if object::is_true(&*call::call(&self.predicate, &[&item])?)? {
            return Ok(Some(item));
        }
        self.stopped.set(true);
        Ok(None)
    }
}

/// Return those items of iterable for which function(item) is false.
///
/// If function is None, return the items that are false.
#[pytype(
    name = "itertools.filterfalse",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(function, iterable, /)",
    parts(FILTER_FALSE)
)]
pub struct PyFilterFalse {
    ob_base: PyObject,
    function: Obj,
    iterator: Obj,
}

#[pymethods(FILTER_FALSE)]
impl PyFilterFalse {
    #[new(signature = "(function, iterable, /)")]
    fn py_new(cls: &TypeObject, function: &PyObject, iterable: &PyObject) -> PyResult<Py<PyFilterFalse>> {
        let (function, iterator) = (function.owned(), iter::iter(iterable)?);
        memory::new_in(cls, PyFilterFalse { ob_base: PyObject::EMPTY, function, iterator })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let by_truth = self.function.is_none() || self.function.is(PyBool::type_object());
        while let Some(item) = iter::next(&self.iterator)? {
            let is_true = if by_truth {
                object::is_true(&item)?
            } else {
                object::is_true(&*call::call(&self.function, &[&item])?)?
            };
            if !is_true {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
#[pytype(
    name = "itertools.starmap",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(function, iterable, /)",
    parts(STARMAP)
)]
pub struct PyStarMap {
    ob_base: PyObject,
    function: Obj,
    iterator: Obj,
}

#[pymethods(STARMAP)]
impl PyStarMap {
    #[new(signature = "(function, iterable, /)")]
    fn py_new(cls: &TypeObject, function: &PyObject, iterable: &PyObject) -> PyResult<Py<PyStarMap>> {
        let (function, iterator) = (function.owned(), iter::iter(iterable)?);
        memory::new_in(cls, PyStarMap { ob_base: PyObject::EMPTY, function, iterator })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(arguments) = iter::next(&self.iterator)? else { return Ok(None) };
        let result = match arguments.downcast_exact::<PyTuple>() {
            Some(arguments) => call::call_tuple(&self.function, arguments, None)?,
            None => call::call_tuple(&self.function, &*sequence::to_tuple(&arguments)?, None)?,
        };
        Ok(Some(result))
    }
}
