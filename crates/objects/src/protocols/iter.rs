//! Iteration.

#![expect(unsafe_code, reason = "calls the slots of types")]

use crate::errors::{self, Exc};
use crate::intern;
use crate::memory;
use crate::model::trampoline::{Sent, call_unary};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, Raised};
use crate::protocols::{call, object, sequence};
use crate::types::iterators::PySeqIter;
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use core::ptr::null_mut;
use taipan_abi::{PYGEN_ERROR, PYGEN_NEXT};

/// `iter(object)`.
pub fn iter(object: &PyObject) -> PyResult {
    let class = object.class();
    let Some(slot) = class.tp_iter() else {
        if sequence::is_sequence(object) {
            return Ok(PySeqIter::new(object.owned()).into_obj());
        }
        return Err(raised!(TypeError, "'{}' object is not iterable", class.name()));
    };
    // SAFETY: a slot of a live type, called with a live object.
    let iterator = unsafe { call_unary(slot, object)? };
    if is_iterator(&iterator) {
        return Ok(iterator);
    }
    Err(raised!(
        TypeError,
        "{}.__iter__() must return an iterator, not {}",
        class.name(),
        iterator.class().name()
    ))
}

/// What a null result of `tp_iternext` means: the end, or an error.
#[cold]
fn ended() -> PyResult<Option<Obj>> {
    match errors::take_opt() {
        None => Ok(None),
        Some(exception) => errors::catch(errors::restore(exception), Exc::StopIteration).map(|()| None),
    }
}

/// The next item; `None` at the end (`PyIter_NextItem`).
#[inline]
pub fn next(iterator: &PyObject) -> PyResult<Option<Obj>> {
    let Some(slot) = iterator.class().tp_iternext() else {
        return Err(not_an_iterator(iterator));
    };
    // SAFETY: a slot of a live type, called with a live object, gives a new reference or null.
    unsafe {
        let item = slot(iterator.as_ptr());
        if item.is_null() {
            return ended();
        }
        let item = Obj::from_raw(item);
        // Native code that goes through millions of items does not look up meanwhile.
        if memory::is_short() {
            memory::tell()?;
        }
        Ok(Some(item))
    }
}

/// The next item; an iterator's own `StopIteration`, which may carry a value, comes as an error.
pub fn next_or_stop(iterator: &PyObject) -> PyResult<Option<Obj>> {
    let Some(slot) = iterator.class().tp_iternext() else {
        return Err(not_an_iterator(iterator));
    };
    // SAFETY: a slot of a live type, called with a live object, gives a new reference or null.
    let item = unsafe { slot(iterator.as_ptr()) };
    if !item.is_null() {
        // SAFETY: a new reference.
        return Ok(Some(unsafe { Obj::from_raw(item) }));
    }
    match errors::take_opt() {
        None => Ok(None),
        Some(exception) => Err(errors::restore(exception)),
    }
}

#[cold]
fn not_an_iterator(object: &PyObject) -> Raised {
    raised!(TypeError, "'{}' object is not an iterator", object.class().name())
}

/// Sends a value into a generator or the like (`PyIter_Send`).
pub fn send(iterator: &PyObject, value: &PyObject) -> PyResult<Sent> {
    if let Some(slot) = iterator.class().am_send() {
        let mut result = null_mut();
        // SAFETY: a slot of a live type fills the result with a new reference, or reports an error.
        unsafe {
            return match slot(iterator.as_ptr(), value.as_ptr(), &raw mut result) {
                PYGEN_ERROR => Err(Raised::claim()),
                PYGEN_NEXT => Ok(Sent::Next(Obj::from_raw(result))),
                _ => Ok(Sent::Return(Obj::from_raw(result))),
            };
        }
    }
    let result = if value.is_none() && is_iterator(iterator) {
        match iterator.class().tp_iternext() {
            // SAFETY: a slot of a live type, called with a live object.
            Some(slot) => unsafe { slot(iterator.as_ptr()) },
            None => return Err(not_an_iterator(iterator)),
        }
    } else {
        match call::method(iterator, intern!("send"), &[value]) {
            Ok(result) => result.into_raw(),
            Err(raised) => {
                let _ = raised;
                null_mut()
            }
        }
    };
    if !result.is_null() {
        // SAFETY: a new reference.
        return Ok(Sent::Next(unsafe { Obj::from_raw(result) }));
    }
    match errors::take_opt() {
        None => Ok(Sent::Return(crate::model::none())),
        Some(exception) => {
            let raised = errors::restore(exception);
            if !errors::matches(&raised, Exc::StopIteration) {
                return Err(raised);
            }
            let exception = errors::take(raised);
            Ok(Sent::Return(object::get_attr(&exception, intern!("value"))?))
        }
    }
}

/// Whether it has `__next__`.
pub fn is_iterator(object: &PyObject) -> bool {
    match object.class().tp_iternext() {
        Some(slot) => !core::ptr::fn_addr_eq(
            slot,
            not_implemented_next as unsafe extern "C" fn(*mut PyObject) -> *mut PyObject,
        ),
        None => false,
    }
}

/// `tp_iternext` of a class whose `__next__` was taken away (`_PyObject_NextNotImplemented`).
///
/// # Safety
/// Called as a slot.
pub unsafe extern "C" fn not_implemented_next(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot's first argument is live.
    let _ = unsafe { not_an_iterator(&*object) };
    null_mut()
}

/// All items as a vector; lists and tuples are read directly.
pub fn collect(iterable: &PyObject) -> PyResult<Vec<Obj>> {
    if let Some(list) = iterable.downcast_exact::<PyList>() {
        return Ok(list.to_vec());
    }
    if let Some(tuple) = iterable.downcast_exact::<PyTuple>() {
        return Ok(tuple.as_slice().iter().map(|item| item.owned()).collect());
    }
    let iterator = iter(iterable)?;
    let hint = object::length_hint(iterable, 0)?;
    // What a class hints at may be anything: it never makes a large allocation by itself. Built-in types know.
    let hint = if iterable.class().is_heap() { hint.min(1 << 16) } else { hint };
    let mut items = Vec::new();
    make_room(&mut items, hint)?;
    while let Some(item) = next(&iterator)? {
        if items.len() == items.capacity() {
            make_room(&mut items, 1)?;
        }
        items.push(item);
    }
    Ok(items)
}

fn make_room(items: &mut Vec<Obj>, more: usize) -> PyResult<()> {
    items.try_reserve(more).map_err(|_| raised!(MemoryError))
}

/// Calls `f` with every item; stops at the first error.
pub fn for_each(iterable: &PyObject, mut f: impl FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
    if let Some(list) = iterable.downcast_exact::<PyList>() {
        // What `f` runs may change the list: its length is asked each time, as an iterator does.
        let mut at = 0;
        while let Some(item) = list.get(at) {
            at += 1;
            f(item)?;
        }
        return Ok(());
    }
    if let Some(tuple) = iterable.downcast_exact::<PyTuple>() {
        return tuple.as_slice().iter().try_for_each(|item| f(item.owned()));
    }
    let iterator = iter(iterable)?;
    while let Some(item) = next(&iterator)? {
        f(item)?;
    }
    Ok(())
}
