//! The methods and slots of `range`.

use super::iterator::{arguments, iterator};
use super::{PyRange, argument};
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none, not_implemented,
};
use crate::protocols::{iter, number, object};
use crate::types::bool::PyBool;
use crate::types::int::{self, PyInt};
use crate::types::slice::PySlice;
use crate::types::tuple::PyTuple;
use taipan_macros::pymethods;

/// An object that is tested by arithmetic; anything else is compared with every number.
fn as_int(object: &PyObject) -> Option<&PyInt> {
    if PyInt::check_exact(object) || PyBool::check(object) { object.downcast::<PyInt>() } else { None }
}

impl PyRange {
    fn equals(&self, other: &PyRange) -> bool {
        let same = |a: &PyInt, b: &PyInt| int::compare(a, b).is_eq();
        if core::ptr::eq(self, other) {
            return true;
        }
        if !same(self.length(), other.length()) {
            return false;
        }
        if self.length().is_zero() {
            return true;
        }
        same(self.start(), other.start())
            && (self.length().to_i64() == Some(1) || same(self.step(), other.step()))
    }

    fn subrange(&self, slice: &PySlice) -> PyResult {
        let (start, stop, step) = slice.long_indices(self.length())?;
        let step = int::multiply(self.step(), &step)?;
        let range = PyRange::from_ints(self.item(&start)?, self.item(&stop)?, step)?;
        Ok(range.into_obj())
    }
}

#[pymethods(SLOTS)]
impl PyRange {
    #[new(signature = "(*args)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject]) -> PyResult<Py<PyRange>> {
        let _ = cls;
        let number = PyInt::from_i64;
        match *args {
            [stop] => PyRange::from_ints(number(0), argument(stop)?, number(1)),
            [start, stop] => PyRange::from_ints(argument(start)?, argument(stop)?, number(1)),
            [start, stop, step] => PyRange::from_ints(argument(start)?, argument(stop)?, argument(step)?),
            [] => Err(raised!(TypeError, "range expected at least 1 argument, got 0")),
            _ => Err(raised!(TypeError, "range expected at most 3 arguments, got {}", args.len())),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let start = object::repr(&self.start)?;
        let stop = object::repr(&self.stop)?;
        if self.step().to_i64() == Some(1) {
            return Ok(format!("range({start}, {stop})", start = &*start, stop = &*stop));
        }
        let step = object::repr(&self.step)?;
        Ok(format!("range({}, {}, {})", &*start, &*stop, &*step))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let length = self.length.clone();
        let items = match self.length().to_i64() {
            Some(0) => vec![length, none(), none()],
            Some(1) => vec![length, self.start.clone(), none()],
            _ => vec![length, self.start.clone(), self.step.clone()],
        };
        object::hash(&PyTuple::from_vec(items))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match (other.downcast::<PyRange>(), op) {
            (Some(other), CompareOp::Eq) => Ok(PyInt::from_bool(self.equals(other))),
            (Some(other), CompareOp::Ne) => Ok(PyInt::from_bool(!self.equals(other))),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iterator(self, false)
    }

    #[slot(nb_bool)]
    fn nb_bool(&self) -> PyResult<bool> {
        Ok(!self.length().is_zero())
    }

    #[slot(sq_length)]
    fn len(&self) -> PyResult<usize> {
        match self.length().to_i64() {
            Some(length) => Ok(length as usize),
            None => Err(raised!(OverflowError, "Python int too large to convert to C ssize_t")),
        }
    }

    #[slot(sq_item)]
    fn sq_item(&self, index: isize) -> PyResult {
        // A negative index had the length added already.
        if index < 0 {
            return Err(raised!(IndexError, "range object index out of range"));
        }
        self.checked_item(&PyInt::from_i64(index as i64))
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        if let Some(value) = as_int(value) {
            return self.contains_int(value);
        }
        let numbers = iterator(self, false)?;
        while let Some(number) = iter::next(&numbers)? {
            if object::compare_bool(&number, value, CompareOp::Eq)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot(mp_length)]
    fn mp_length(&self) -> PyResult<usize> {
        self.len()
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if number::is_index(key) {
            return self.checked_item(&*number::index(key)?);
        }
        match key.downcast::<PySlice>() {
            Some(slice) => self.subrange(slice),
            None => Err(raised!(
                TypeError,
                "range indices must be integers or slices, not {}",
                key.class().name()
            )),
        }
    }
}

impl PyRange {
    /// Number `index`, counted from the end where it is negative.
    fn checked_item(&self, index: &PyInt) -> PyResult {
        let counted;
        let index = if index.is_negative() {
            counted = int::add(index, self.length())?;
            &*counted
        } else {
            index
        };
        if index.is_negative() || int::compare(index, self.length()).is_ge() {
            return Err(raised!(IndexError, "range object index out of range"));
        }
        self.item(index).map(Py::into_obj)
    }
}

#[pymethods(METHODS)]
impl PyRange {
    /// Return a reverse iterator.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> PyResult {
        iterator(self, true)
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> (Obj, Py<PyTuple>) {
        (PyRange::type_object().owned(), arguments(self))
    }

    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[pymethod(signature = "(object, /)")]
    fn count(&self, object: &PyObject) -> PyResult<usize> {
        if let Some(value) = as_int(object) {
            return Ok(self.contains_int(value)? as usize);
        }
        let numbers = iterator(self, false)?;
        let mut found = 0;
        while let Some(number) = iter::next(&numbers)? {
            found += object::compare_bool(&number, object, CompareOp::Eq)? as usize;
        }
        Ok(found)
    }

    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[pymethod(signature = "(object, /)")]
    fn index(&self, object: &PyObject) -> PyResult<Py<PyInt>> {
        if let Some(value) = as_int(object) {
            if !self.contains_int(value)? {
                return Err(raised!(ValueError, "range.index(x): x not in range"));
            }
            return int::floor_divide(&*int::subtract(value, self.start())?, self.step());
        }
        let numbers = iterator(self, false)?;
        let mut at = 0i64;
        while let Some(number) = iter::next(&numbers)? {
            if object::compare_bool(&number, object, CompareOp::Eq)? {
                return Ok(PyInt::from_i64(at));
            }
            at += 1;
        }
        Err(raised!(ValueError, "sequence.index(x): x not in sequence"))
    }
}
