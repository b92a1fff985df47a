//! Result tuples used again: an iterator that gives tuples keeps the last one, and fills it anew where nobody else holds it.

#![expect(unsafe_code, reason = "writes the items of a tuple that nobody else holds")]

use crate::gc;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyType};
use crate::types::tuple::PyTuple;
use taipan_abi::PyTupleObject;

/// The kept tuple with two new items, where nobody else holds it; else a new tuple, kept from now on.
#[inline(always)]
pub fn fill_pair(kept: &ObjCell, first: Obj, second: Obj) -> Obj {
    match free_tuple(kept, 2) {
        Some(tuple) => {
            let raw = tuple.as_ptr().cast::<PyTupleObject>();
            // SAFETY: nobody else holds the tuple, which has two places. What was there is dropped when both are filled.
            let before = unsafe {
                let places = (&raw mut (*raw).ob_item).cast::<Obj>();
                (core::ptr::replace(places, first), core::ptr::replace(places.add(1), second))
            };
            renew(&tuple);
            drop(before);
            tuple.into_obj()
        }
        None => keep(kept, PyTuple::pair(first, second).into_obj()),
    }
}

/// As [`fill_pair`], for any number of items.
pub fn fill_vec(kept: &ObjCell, items: Vec<Obj>) -> Obj {
    match free_tuple(kept, items.len()) {
        Some(tuple) => {
            replace(&tuple, items);
            tuple.into_obj()
        }
        None => keep(kept, PyTuple::from_vec(items).into_obj()),
    }
}

#[cold]
fn keep(kept: &ObjCell, tuple: Obj) -> Obj {
    kept.set(Some(tuple.clone()));
    tuple
}

/// The kept tuple, where this is the only place that holds it.
#[inline(always)]
fn free_tuple(kept: &ObjCell, count: usize) -> Option<Py<PyTuple>> {
    // SAFETY: looking at the tuple runs no code; callers keep nothing but tuples there.
    let tuple: &PyTuple = unsafe { kept.peek()?.downcast_unchecked() };
    (tuple.refcount() == 1 && tuple.len() == count && count > 0).then(|| tuple.to_owned())
}

/// Puts the new items in place of the old, which are dropped when all are there.
fn replace(tuple: &PyTuple, mut items: Vec<Obj>) {
    let raw = tuple.as_ptr().cast::<PyTupleObject>();
    for (i, item) in items.iter_mut().enumerate() {
        // SAFETY: nobody else holds the tuple, and there are as many items as places.
        unsafe { core::ptr::swap(item, (&raw mut (*raw).ob_item).cast::<Obj>().add(i)) };
    }
    renew(tuple);
}

/// The items are others: the hash is unknown again, and the collector has to look.
#[inline(always)]
fn renew(tuple: &PyTuple) {
    // SAFETY: a live tuple whose items are in place.
    unsafe {
        (*tuple.as_ptr().cast::<PyTupleObject>()).ob_hash = -1;
        gc::track(tuple.as_ptr());
    }
}
