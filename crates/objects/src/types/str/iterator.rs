//! Iterators over the characters of a string: one type for ASCII, one for all others.

use super::PyStr;
use crate::errors::Exc;
use crate::intern;
use crate::memory;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::number;
use crate::types::int::PyInt;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Iterates over a string that is not all ASCII.
#[pytype(name = "str_iterator", exported = PyUnicodeIter_Type, gc, parts(GENERAL))]
pub struct PyStrIterator {
    ob_base: PyObject,
    at: Cell<usize>,
    /// The string; empty once it is used up.
    string: ObjCell,
}

/// Iterates over an ASCII string.
#[pytype(name = "str_ascii_iterator", exported = _PyUnicodeASCIIIter_Type, gc, parts(NARROW))]
pub struct PyStrAsciiIterator {
    ob_base: PyObject,
    at: Cell<usize>,
    /// The string; empty once it is used up.
    string: ObjCell,
}

/// `iter(string)`.
pub(super) fn iterate(string: &PyStr) -> Obj {
    let (at, cell) = (Cell::new(0), ObjCell::new(Some(string.owned())));
    if string.is_ascii() {
        memory::new(PyStrAsciiIterator { ob_base: PyObject::EMPTY, at, string: cell }).into_obj()
    } else {
        memory::new(PyStrIterator { ob_base: PyObject::EMPTY, at, string: cell }).into_obj()
    }
}

#[expect(unsafe_code, reason = "borrows the string for a look at one character")]
#[inline(always)]
fn next_char(string: &ObjCell, at: &Cell<usize>) -> Option<Py<PyStr>> {
    // SAFETY: making a string of a character runs no Python code; the cell holds a string.
    let text: &PyStr = unsafe { string.peek()?.downcast_unchecked() };
    let index = at.get();
    if index < text.len() {
        at.set(index + 1);
        return Some(PyStr::from_char(text.char_at(index)));
    }
    drop(string.take());
    None
}

fn remaining(string: &ObjCell, at: &Cell<usize>) -> usize {
    match string.get().as_deref().and_then(|held| held.downcast::<PyStr>()) {
        Some(text) => text.len().saturating_sub(at.get()),
        None => 0,
    }
}

fn reduce(string: &ObjCell, at: &Cell<usize>) -> PyResult {
    let iter = crate::protocols::sequence::builtin(intern!("iter"))?;
    let parts = match string.get() {
        Some(held) => {
            let args = PyTuple::from_vec(vec![held]);
            vec![iter, args.into_obj(), PyInt::from_i64(at.get() as i64).into_obj()]
        }
        None => {
            let args = PyTuple::from_vec(vec![PyStr::empty().into_obj()]);
            vec![iter, args.into_obj()]
        }
    };
    Ok(PyTuple::from_vec(parts).into_obj())
}

fn set_state(string: &ObjCell, at: &Cell<usize>, state: &PyObject) -> PyResult<()> {
    let index = number::as_isize(state, Some(Exc::OverflowError))?;
    if let Some(text) = string.get().as_deref().and_then(|held| held.downcast::<PyStr>()) {
        at.set(usize::try_from(index).unwrap_or(0).min(text.len()));
    }
    Ok(())
}

macro_rules! iterator_methods {
    ($part:ident, $ty:ident) => {
        impl $ty {
            /// The next character, without the call protocol.
            #[inline(always)]
            pub fn advance(&self) -> Option<Py<PyStr>> {
                next_char(&self.string, &self.at)
            }
        }

        #[pymethods($part)]
        impl $ty {
            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                Ok(self.owned())
            }

            #[slot(tp_iternext)]
            fn next(&self) -> PyResult<Option<Obj>> {
                Ok(self.advance().map(Py::into_obj))
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod(name = "__length_hint__")]
            fn length_hint(&self) -> usize {
                remaining(&self.string, &self.at)
            }

            /// Return state information for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self) -> PyResult {
                reduce(&self.string, &self.at)
            }

            /// Set state information for unpickling.
            #[pymethod(name = "__setstate__", signature = "(object, /)")]
            fn set_state(&self, state: &PyObject) -> PyResult<()> {
                set_state(&self.string, &self.at, state)
            }
        }
    };
}

iterator_methods!(GENERAL, PyStrIterator);
iterator_methods!(NARROW, PyStrAsciiIterator);
