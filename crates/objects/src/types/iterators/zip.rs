//! `zip`, and the check of equal lengths that `map` shares.

use super::reuse;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, Raised, TypeObject, none};
use crate::protocols::{iter, object};
use crate::types::bool::bool_ref;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "zip", exported = PyZip_Type, gc, flags(BASETYPE), signature = "(*iterables, strict=False)", parts(METHODS))]
/// The zip object yields n-length tuples, where n is the number of
/// iterables passed as positional arguments to zip().  The i-th element
/// in every tuple comes from the i-th iterable argument to zip().  This
/// continues until the shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the
/// others, raise a ValueError.
///
///    >>> list(zip('abcdefg', range(3), range(4)))
///    [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]
pub struct PyZip {
    ob_base: PyObject,
    iterators: Vec<Obj>,
    strict: Cell<bool>,
    /// The tuple given last.
    result: ObjCell,
}

#[cold]
fn wrong_length(function: &str, argument: usize, how: &str) -> Raised {
    let before = if argument == 1 { " " } else { "s 1-" };
    raised!(ValueError, "{function}() argument {} is {how} than argument{before}{argument}", argument + 1)
}

/// One item of each iterator; `None` when one has no more. With `strict` all must end at once.
#[inline]
pub fn next_of_each(iterators: &[Obj], strict: bool, function: &str) -> PyResult<Option<Vec<Obj>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (i, iterator) in iterators.iter().enumerate() {
        match iter::next(iterator)? {
            Some(item) => items.push(item),
            None if !strict => return Ok(None),
            None if i > 0 => return Err(wrong_length(function, i, "shorter")),
            None => {
                for (later, iterator) in iterators.iter().enumerate().skip(1) {
                    if iter::next(iterator)?.is_some() {
                        return Err(wrong_length(function, later, "longer"));
                    }
                }
                return Ok(None);
            }
        }
    }
    Ok(Some(items))
}

/// `iter()` of each argument.
pub fn iterators_of(iterables: &[&PyObject]) -> PyResult<Vec<Obj>> {
    iterables.iter().map(|iterable| iter::iter(iterable)).collect()
}

/// What `__reduce__` gives: class and arguments, and the state where lengths must be equal.
pub fn reduced(class: &TypeObject, arguments: Vec<Obj>, strict: bool) -> Py<PyTuple> {
    let mut items = vec![class.owned(), PyTuple::from_vec(arguments).into_obj()];
    if strict {
        items.push(bool_ref(true).owned());
    }
    PyTuple::from_vec(items)
}

#[pymethods(METHODS)]
impl PyZip {
    #[new(signature = "(*iterables, strict=False)")]
    fn py_new(cls: &TypeObject, iterables: &[&PyObject], strict: bool) -> PyResult<Py<PyZip>> {
        let iterators = iterators_of(iterables)?;
        let strict = Cell::new(strict);
        let result = ObjCell::empty();
        crate::memory::new_in(cls, PyZip { ob_base: PyObject::EMPTY, iterators, strict, result })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if self.iterators.is_empty() {
            return Ok(None);
        }
        if let ([first, second], false) = (&self.iterators[..], self.strict.get()) {
            let Some(a) = iter::next(first)? else { return Ok(None) };
            let Some(b) = iter::next(second)? else { return Ok(None) };
            return Ok(Some(reuse::fill_pair(&self.result, a, b)));
        }
        let items = next_of_each(&self.iterators, self.strict.get(), "zip")?;
        Ok(items.map(|items| reuse::fill_vec(&self.result, items)))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> Py<PyTuple> {
        reduced(self.class(), self.iterators.clone(), self.strict.get())
    }

    /// Set state information for unpickling.
    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, object: &PyObject) -> PyResult {
        self.strict.set(object::is_true(object)?);
        Ok(none())
    }
}
