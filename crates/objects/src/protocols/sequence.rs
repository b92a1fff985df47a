//! Sequences.

use crate::model::{Py, PyObject, PyResult};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;

/// Whether it has `__getitem__` as a sequence has (`PySequence_Check`).
pub fn is_sequence(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}

/// Item `index`, negative ones counted from the end by the length (`PySequence_GetItem`).
pub fn get_item(object: &PyObject, index: isize) -> PyResult {
    let _ = (object, index);
    todo!()
}

/// `object[index] = value`; `None` deletes.
pub fn set_item(object: &PyObject, index: isize, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (object, index, value);
    todo!()
}

/// `value in object`.
pub fn contains(object: &PyObject, value: &PyObject) -> PyResult<bool> {
    let _ = (object, value);
    todo!()
}

/// `a + b` as sequences.
pub fn concat(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// `object * count` as a sequence.
pub fn repeat(object: &PyObject, count: isize) -> PyResult {
    let _ = (object, count);
    todo!()
}

/// `a += b` as sequences.
pub fn inplace_concat(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// `object *= count` as a sequence.
pub fn inplace_repeat(object: &PyObject, count: isize) -> PyResult {
    let _ = (object, count);
    todo!()
}

/// `tuple(iterable)`.
pub fn to_tuple(iterable: &PyObject) -> PyResult<Py<PyTuple>> {
    let _ = iterable;
    todo!()
}

/// `list(iterable)`.
pub fn to_list(iterable: &PyObject) -> PyResult<Py<PyList>> {
    let _ = iterable;
    todo!()
}

/// A list or tuple as it is, anything else as a new list; `message` is the `TypeError` for what is not iterable (`PySequence_Fast`).
pub fn fast(iterable: &PyObject, message: &str) -> PyResult {
    let _ = (iterable, message);
    todo!()
}

/// The number of items equal to `value`.
pub fn count(object: &PyObject, value: &PyObject) -> PyResult<usize> {
    let _ = (object, value);
    todo!()
}

/// The index of the first item equal to `value`.
pub fn index(object: &PyObject, value: &PyObject) -> PyResult<usize> {
    let _ = (object, value);
    todo!()
}
