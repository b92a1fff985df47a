//! `chain`, `zip_longest` and `accumulate`.

use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;
use taipan_objects::types::iterators::reuse;

/// Return a chain object whose .__next__() method returns elements from the
/// first iterable until it is exhausted, then elements from the next
/// iterable, until all of the iterables are exhausted.
#[pytype(
    name = "itertools.chain",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(*iterables)",
    parts(CHAIN)
)]
pub struct PyChain {
    ob_base: PyObject,
    /// Over the iterables; None at the end.
    source: ObjCell,
    /// Over the current one.
    active: ObjCell,
}

impl PyChain {
    fn over(cls: &TypeObject, source: Obj) -> PyResult<Py<PyChain>> {
        let (source, active) = (ObjCell::new(Some(source)), ObjCell::empty());
        memory::new_in(cls, PyChain { ob_base: PyObject::EMPTY, source, active })
    }
}

#[pymethods(CHAIN)]
impl PyChain {
    #[new(signature = "(*iterables)")]
    fn py_new(cls: &TypeObject, iterables: &[&PyObject]) -> PyResult<Py<PyChain>> {
        Self::over(cls, iter::iter(&PyTuple::from_slice(iterables))?)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        while let Some(source) = self.source.get() {
            let active = match self.active.get() {
                Some(active) => active,
                None => {
                    let started = iter::next(&source)
                        .and_then(|iterable| iterable.map(|iterable| iter::iter(&iterable)).transpose());
                    match started {
                        Ok(Some(active)) => {
                            self.active.set(Some(active.clone()));
                            active
                        }
                        ended => {
                            self.source.set(None);
                            return ended.map(|_| None);
                        }
                    }
                }
            };
            if let Some(item) = iter::next(&active)? {
                return Ok(Some(item));
            }
            self.active.set(None);
        }
        Ok(None)
    }

    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[pymethod(class, signature = "(iterable, /)")]
    fn from_iterable(cls: &TypeObject, iterable: &PyObject) -> PyResult<Py<PyChain>> {
        Self::over(cls, iter::iter(iterable)?)
    }

    /// chain is generic over the type of its contents.
    /// This is the union of the types of the input iterable contents.
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        genericalias::new(cls.as_object(), object)
    }
}

/// Return a zip_longest object whose .__next__() method returns a tuple where
/// the i-th element comes from the i-th iterable argument.  The .__next__()
/// method continues until the longest iterable in the argument sequence
/// is exhausted and then it raises StopIteration.  When the shorter iterables
/// are exhausted, the fillvalue is substituted in their place.  The fillvalue
/// defaults to None or can be specified by a keyword argument.
#[pytype(
    name = "itertools.zip_longest",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(*iterables, fillvalue=None)",
    parts(ZIP_LONGEST)
)]
pub struct PyZipLongest {
    ob_base: PyObject,
    /// None for those that ended.
    iterators: RefCell<Vec<Option<Obj>>>,
    active: Cell<usize>,
    fill: Obj,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(ZIP_LONGEST)]
impl PyZipLongest {
    #[new(signature = "(*iterables, fillvalue=None)")]
    fn py_new(
        cls: &TypeObject,
        iterables: &[&PyObject],
        fillvalue: Option<&PyObject>,
    ) -> PyResult<Py<PyZipLongest>> {
        let iterators =
            iterables.iter().map(|iterable| iter::iter(iterable).map(Some)).collect::<PyResult<Vec<_>>>()?;
        let active = Cell::new(iterators.len());
        let (iterators, fill) = (RefCell::new(iterators), fillvalue.map_or_else(none, ObjectExt::owned));
        memory::new_in(
            cls,
            PyZipLongest { ob_base: PyObject::EMPTY, iterators, active, fill, result: ObjCell::empty() },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let count = self.iterators.borrow().len();
        if count == 0 || self.active.get() == 0 {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(count);
        for i in 0..count {
            let iterator = self.iterators.borrow()[i].clone();
            let item = match iterator {
                None => None,
                Some(iterator) => match iter::next(&iterator) {
                    Ok(Some(item)) => Some(item),
                    Ok(None) => {
                        self.active.set(self.active.get().saturating_sub(1));
                        let ended = self.iterators.borrow_mut()[i].take();
                        drop(ended);
                        if self.active.get() == 0 {
                            return Ok(None);
                        }
                        None
                    }
                    Err(raised) => {
                        self.active.set(0);
                        return Err(raised);
                    }
                },
            };
            items.push(item.unwrap_or_else(|| self.fill.clone()));
        }
        Ok(Some(reuse::fill_vec(&self.result, items)))
    }
}

/// Return series of accumulated sums (or other binary function results).
#[pytype(
    name = "itertools.accumulate",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, func=None, *, initial=None)",
    parts(ACCUMULATE)
)]
pub struct PyAccumulate {
    ob_base: PyObject,
    iterator: Obj,
    total: ObjCell,
    /// None for addition.
    function: Option<Obj>,
    initial: ObjCell,
}

#[pymethods(ACCUMULATE)]
impl PyAccumulate {
    #[new(signature = "(iterable, func=None, *, initial=None)")]
    fn py_new(
        cls: &TypeObject,
        iterable: &PyObject,
        func: Option<&PyObject>,
        initial: Option<&PyObject>,
    ) -> PyResult<Py<PyAccumulate>> {
        let iterator = iter::iter(iterable)?;
        let accumulate = PyAccumulate {
            ob_base: PyObject::EMPTY,
            iterator,
            total: ObjCell::empty(),
            function: func.map(ObjectExt::owned),
            initial: ObjCell::new(initial.map(ObjectExt::owned)),
        };
        memory::new_in(cls, accumulate)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if let Some(initial) = self.initial.take() {
            self.total.set(Some(initial.clone()));
            return Ok(Some(initial));
        }
        let Some(item) = iter::next(&self.iterator)? else { return Ok(None) };
        let total = match (self.total.get(), &self.function) {
            (None, _) => item,
            (Some(total), None) => number::add(&total, &item)?,
            (Some(total), Some(function)) => call::call(function, &[&total, &item])?,
        };
        self.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}
