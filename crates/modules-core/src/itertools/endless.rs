//! `count`, `cycle` and `repeat`.

use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pytype(
    name = "itertools.count",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(start=0, step=1)",
    parts(COUNT)
)]
/// Return a count object whose .__next__() method returns consecutive values.
///
/// Equivalent to:
///     def count(firstval=0, step=1):
///         x = firstval
///         while 1:
///             yield x
///             x += step
pub struct PyCount {
    ob_base: PyObject,
    /// The next number while it is small and the step is one.
    small: Cell<i64>,
    /// The next number otherwise.
    long: ObjCell,
    step: Obj,
}

/// Whether the step is the integer 1.
fn is_one(step: &PyObject) -> bool {
    step.downcast::<PyInt>().is_some_and(|step| step.to_i64() == Some(1))
}

impl PyCount {
    fn next_number(&self) -> Obj {
        self.long.get().unwrap_or_else(|| PyInt::from_i64(self.small.get()).into_obj())
    }
}

#[pymethods(COUNT)]
impl PyCount {
    #[new(signature = "(start=0, step=1)")]
    fn py_new(cls: &TypeObject, start: OptArg<&PyObject>, step: OptArg<&PyObject>) -> PyResult<Py<PyCount>> {
        let is_number = |value: &OptArg<&PyObject>| value.given().is_none_or(number::is_number);
        if !is_number(&start) || !is_number(&step) {
            return Err(raised!(TypeError, "a number is required"));
        }
        let step = step.given().map_or_else(|| PyInt::from_i64(1).into_obj(), ObjectExt::owned);
        let start = match start.given() {
            None => PyInt::from_i64(0).into_obj(),
            // `True` counts as 1.
            Some(start) => match start.downcast::<PyInt>() {
                Some(start) => PyInt::from_view(start.view()).into_obj(),
                None => start.owned(),
            },
        };
        let small = start.downcast_exact::<PyInt>().and_then(PyInt::to_i64);
        let (small, long) = match small {
            Some(small) if is_one(&step) => (small, None),
            _ => (0, Some(start)),
        };
        let (small, long) = (Cell::new(small), ObjCell::new(long));
        memory::new_in(cls, PyCount { ob_base: PyObject::EMPTY, small, long, step })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if self.long.is_empty() {
            let now = self.small.get();
            match now.checked_add(1) {
                Some(next) => self.small.set(next),
                None => {
                    let next = number::add(&PyInt::from_i64(now), &self.step)?;
                    self.long.set(Some(next));
                }
            }
            return Ok(Some(PyInt::from_i64(now).into_obj()));
        }
        let now = self.next_number();
        let next = number::add(&now, &self.step)?;
        self.long.set(Some(next));
        Ok(Some(now))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let name = self.class().short_name().to_owned();
        let now = object::repr(&self.next_number())?;
        if is_one(&self.step) {
            return Ok(format!("{name}({now})"));
        }
        let step = object::repr(&self.step)?;
        Ok(format!("{name}({now}, {step})"))
    }
}

/// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
#[pytype(
    name = "itertools.cycle",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, /)",
    parts(CYCLE)
)]
pub struct PyCycle {
    ob_base: PyObject,
    /// None once it is exhausted.
    iterator: ObjCell,
    saved: Py<PyList>,
    index: Cell<usize>,
}

#[pymethods(CYCLE)]
impl PyCycle {
    #[new(signature = "(iterable, /)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject) -> PyResult<Py<PyCycle>> {
        let iterator = ObjCell::new(Some(iter::iter(iterable)?));
        let saved = PyList::new();
        memory::new_in(cls, PyCycle { ob_base: PyObject::EMPTY, iterator, saved, index: Cell::new(0) })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if let Some(iterator) = self.iterator.get() {
            if let Some(item) = iter::next(&iterator)? {
                self.saved.append(item.clone())?;
                return Ok(Some(item));
            }
            self.iterator.set(None);
        }
        let index = self.index.get();
        let Some(item) = self.saved.get(index) else { return Ok(None) };
        self.index.set(if index + 1 >= self.saved.len() { 0 } else { index + 1 });
        Ok(Some(item))
    }
}

#[pytype(name = "itertools.repeat", gc, flags(IMMUTABLETYPE, BASETYPE), parts(REPEAT))]
/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
pub struct PyRepeat {
    ob_base: PyObject,
    element: Obj,
    /// Negative for ever.
    count: Cell<isize>,
}

#[pymethods(REPEAT)]
impl PyRepeat {
    #[new(signature = "(object, times=<unrepresentable>)")]
    fn py_new(cls: &TypeObject, object: &PyObject, times: OptArg<isize>) -> PyResult<Py<PyRepeat>> {
        let count = Cell::new(times.given().map_or(-1, |times| times.max(0)));
        memory::new_in(cls, PyRepeat { ob_base: PyObject::EMPTY, element: object.owned(), count })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let count = self.count.get();
        if count == 0 {
            return Ok(None);
        }
        if count > 0 {
            self.count.set(count - 1);
        }
        Ok(Some(self.element.clone()))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let name = self.class().short_name().to_owned();
        let element = object::repr(&self.element)?;
        match self.count.get() {
            ..0 => Ok(format!("{name}({element})")),
            count => Ok(format!("{name}({element}, {count})")),
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> PyResult<isize> {
        match self.count.get() {
            ..0 => Err(raised!(TypeError, "len() of unsized object")),
            count => Ok(count),
        }
    }
}
