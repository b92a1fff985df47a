//! Iteration.

use crate::model::trampoline::Sent;
use crate::model::{Obj, PyObject, PyResult};

/// `iter(object)`.
pub fn iter(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}

/// The next item; `None` at the end (`PyIter_NextItem`).
pub fn next(iterator: &PyObject) -> PyResult<Option<Obj>> {
    let _ = iterator;
    todo!()
}

/// Sends a value into a generator or the like (`PyIter_Send`).
pub fn send(iterator: &PyObject, value: &PyObject) -> PyResult<Sent> {
    let _ = (iterator, value);
    todo!()
}

/// Whether it has `__next__`.
pub fn is_iterator(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}

/// All items as a vector; lists and tuples are read directly.
pub fn collect(iterable: &PyObject) -> PyResult<Vec<Obj>> {
    let _ = iterable;
    todo!()
}

/// Calls `f` with every item; stops at the first error.
pub fn for_each(iterable: &PyObject, mut f: impl FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
    let iterator = iter(iterable)?;
    while let Some(item) = next(&iterator)? {
        f(item)?;
    }
    Ok(())
}
