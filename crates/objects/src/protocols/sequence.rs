//! Sequences.

#![expect(unsafe_code, reason = "calls slots")]

use crate::errors::{self, Exc};
use crate::model::trampoline::{call_binary, check_status, opt_ptr};
use crate::model::{CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, upcalls};
use crate::protocols::{iter, mapping, number, object};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_abi::ssizeargfunc;

/// Whether it has `__getitem__` as a sequence has (`PySequence_Check`).
pub fn is_sequence(object: &PyObject) -> bool {
    !PyDict::check(object) && object.class().sq_item().is_some()
}

/// `index`, negative ones counted from the end where the type knows its length.
fn from_end(object: &PyObject, index: isize) -> PyResult<isize> {
    match object.class().sq_length() {
        Some(length) if index < 0 => {
            // SAFETY: the slot of a live object.
            let length = unsafe { length(object.as_ptr()) };
            if length < 0 { Err(crate::model::Raised::claim()) } else { Ok(index + length) }
        }
        _ => Ok(index),
    }
}

/// Item `index`, negative ones counted from the end by the length (`PySequence_GetItem`).
pub fn get_item(object: &PyObject, index: isize) -> PyResult {
    let class = object.class();
    if let Some(item) = class.sq_item() {
        let index = from_end(object, index)?;
        // SAFETY: the slot of a live object.
        return unsafe { Obj::from_result(item(object.as_ptr(), index)) };
    }
    if class.mp_subscript().is_some() {
        return Err(raised!(TypeError, "{} is not a sequence", class.name()));
    }
    Err(raised!(TypeError, "'{}' object does not support indexing", class.name()))
}

/// `object[index] = value`; `None` deletes.
pub fn set_item(object: &PyObject, index: isize, value: Option<&PyObject>) -> PyResult<()> {
    let class = object.class();
    if let Some(assign) = class.sq_ass_item() {
        let index = from_end(object, index)?;
        // SAFETY: the slot of a live object.
        check_status(unsafe { assign(object.as_ptr(), index, opt_ptr(value)) })?;
        return Ok(());
    }
    if class.mp_ass_subscript().is_some() {
        return Err(raised!(TypeError, "{} is not a sequence", class.name()));
    }
    let what = if value.is_some() { "assignment" } else { "deletion" };
    Err(raised!(TypeError, "'{}' object does not support item {what}", class.name()))
}

/// `object[start:stop]` (`PySequence_GetSlice`).
pub fn get_slice(object: &PyObject, start: isize, stop: isize) -> PyResult {
    let slice = crate::types::slice::PySlice::new(start.to_py()?, stop.to_py()?, crate::model::none());
    object::get_item(object, &slice)
}

/// `object[start:stop] = value`; `None` deletes.
pub fn set_slice(object: &PyObject, start: isize, stop: isize, value: Option<&PyObject>) -> PyResult<()> {
    let slice = crate::types::slice::PySlice::new(start.to_py()?, stop.to_py()?, crate::model::none());
    object::set_item(object, &slice, value)
}

/// `value in object`.
#[inline]
pub fn contains(object: &PyObject, value: &PyObject) -> PyResult<bool> {
    if let Some(contains) = object.class().sq_contains() {
        // SAFETY: the slot of a live object.
        return Ok(check_status(unsafe { contains(object.as_ptr(), value.as_ptr()) })? != 0);
    }
    let iterator = match iter::iter(object) {
        Ok(iterator) => iterator,
        Err(raised) => {
            errors::catch(raised, Exc::TypeError)?;
            let name = object.class().name();
            return Err(raised!(TypeError, "argument of type '{name}' is not a container or iterable"));
        }
    };
    while let Some(item) = iter::next(&iterator)? {
        if object::compare_bool(&item, value, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An iterator, with the error of the functions that search.
fn searched(object: &PyObject) -> PyResult {
    iter::iter(object).or_else(|raised| {
        errors::catch(raised, Exc::TypeError)?;
        Err(raised!(TypeError, "argument of type '{}' is not iterable", object.class().name()))
    })
}

/// `a + b` as sequences.
pub fn concat(a: &PyObject, b: &PyObject) -> PyResult {
    if let Some(concat) = a.class().sq_concat() {
        // SAFETY: the slot of a live object.
        return unsafe { call_binary(concat, a, b) };
    }
    // A class written in Python defines `__add__`, which fills the number slot.
    if is_sequence(a) && is_sequence(b) && a.class().nb_add().is_some() {
        return number::add(a, b);
    }
    Err(raised!(TypeError, "'{}' object can't be concatenated", a.class().name()))
}

fn call_repeat(repeat: ssizeargfunc, object: &PyObject, count: isize) -> PyResult {
    // SAFETY: the slot of a live object.
    unsafe { Obj::from_result(repeat(object.as_ptr(), count)) }
}

/// `object * count` as a sequence.
pub fn repeat(object: &PyObject, count: isize) -> PyResult {
    if let Some(repeat) = object.class().sq_repeat() {
        return call_repeat(repeat, object, count);
    }
    if is_sequence(object) && object.class().nb_multiply().is_some() {
        return number::multiply(object, &*count.to_py()?);
    }
    Err(raised!(TypeError, "'{}' object can't be repeated", object.class().name()))
}

/// `a += b` as sequences.
pub fn inplace_concat(a: &PyObject, b: &PyObject) -> PyResult {
    if let Some(concat) = a.class().sq_inplace_concat().or_else(|| a.class().sq_concat()) {
        // SAFETY: the slot of a live object.
        return unsafe { call_binary(concat, a, b) };
    }
    if is_sequence(a) && is_sequence(b) {
        return number::inplace_add(a, b);
    }
    Err(raised!(TypeError, "'{}' object can't be concatenated", a.class().name()))
}

/// `object *= count` as a sequence.
pub fn inplace_repeat(object: &PyObject, count: isize) -> PyResult {
    if let Some(repeat) = object.class().sq_inplace_repeat().or_else(|| object.class().sq_repeat()) {
        return call_repeat(repeat, object, count);
    }
    if is_sequence(object) {
        return number::inplace_multiply(object, &*count.to_py()?);
    }
    Err(raised!(TypeError, "'{}' object can't be repeated", object.class().name()))
}

/// `tuple(iterable)`.
pub fn to_tuple(iterable: &PyObject) -> PyResult<Py<PyTuple>> {
    if let Some(tuple) = iterable.downcast_exact::<PyTuple>() {
        return Ok(tuple.to_owned());
    }
    if let Some(list) = iterable.downcast_exact::<PyList>() {
        // SAFETY: a tuple takes references to the items, which runs no Python code.
        return PyTuple::try_from_slice(unsafe { list.borrow_items() });
    }
    PyTuple::try_from_vec(iter::collect(iterable)?)
}

/// `list(iterable)`.
pub fn to_list(iterable: &PyObject) -> PyResult<Py<PyList>> {
    let list = PyList::new();
    list.extend(iterable)?;
    Ok(list)
}

/// A list or tuple as it is, anything else as a new list; `message` is the `TypeError` for what is not iterable
/// (`PySequence_Fast`).
pub fn fast(iterable: &PyObject, message: &str) -> PyResult {
    if PyList::check_exact(iterable) || PyTuple::check_exact(iterable) {
        return Ok(iterable.owned());
    }
    let iterator = iter::iter(iterable).or_else(|raised| {
        errors::catch(raised, Exc::TypeError)?;
        Err(raised!(TypeError, "{message}"))
    })?;
    Ok(to_list(&iterator)?.into_obj())
}

/// The number of items equal to `value`.
pub fn count(object: &PyObject, value: &PyObject) -> PyResult<usize> {
    let iterator = searched(object)?;
    let mut count = 0;
    while let Some(item) = iter::next(&iterator)? {
        count += usize::from(object::compare_bool(&item, value, CompareOp::Eq)?);
    }
    Ok(count)
}

/// The index of the first item equal to `value`.
pub fn index(object: &PyObject, value: &PyObject) -> PyResult<usize> {
    let iterator = searched(object)?;
    let mut index = 0;
    while let Some(item) = iter::next(&iterator)? {
        if object::compare_bool(&item, value, CompareOp::Eq)? {
            return Ok(index);
        }
        index += 1;
    }
    Err(raised!(ValueError, "sequence.index(x): x not in sequence"))
}

/// A built-in function as the running code sees it; pickles of iterators name it (`_PyEval_GetBuiltin`).
pub fn builtin(name: &PyStr) -> PyResult {
    // SAFETY: the upcall gives a borrowed object or null.
    let builtins = unsafe { (upcalls::get().current_builtins)().as_ref() }.map(ObjectExt::owned);
    let found = match builtins {
        Some(builtins) => mapping::get_optional_item(&builtins, name)?,
        None => None,
    };
    found.ok_or_else(|| raised!(AttributeError, "{name}"))
}

/// `(name, (argument,))`: how to make an iterator over `argument` again.
pub fn reduce_with(name: &PyStr, argument: Obj) -> PyResult {
    (builtin(name)?, PyTuple::from_vec(vec![argument])).to_py()
}

/// `(name, (sequence,), index)`, or without the index an iterator over `empty()` where the iterator is exhausted.
pub fn reduce_iterator(
    name: &PyStr,
    sequence: &ObjCell,
    index: &Cell<isize>,
    empty: impl FnOnce() -> Obj,
) -> PyResult {
    // Looking the function up may run Python code that exhausts the iterator.
    let function = builtin(name)?;
    match sequence.get() {
        Some(sequence) => (function, PyTuple::from_vec(vec![sequence]), index.get()).to_py(),
        None => (function, PyTuple::from_vec(vec![empty()])).to_py(),
    }
}

/// The length of a sequence (`PySequence_Size`).
pub fn len(object: &PyObject) -> PyResult<usize> {
    let class = object.class();
    if class.sq_length().is_none() && class.mp_length().is_some() {
        return Err(raised!(TypeError, "{} is not a sequence", class.name()));
    }
    object::len(object)
}
