//! Result tuples used again: an iterator that gives tuples keeps the last one, and fills it anew where nobody else holds it.

#![expect(unsafe_code, reason = "writes the items of a tuple that nobody else holds")]

use crate::gc;
use crate::model::{Obj, ObjCell, ObjectExt, Py};
use crate::types::tuple::PyTuple;
use taipan_abi::PyTupleObject;

/// The kept tuple with new items, where nobody else holds it and it has as many; else a new tuple, kept from now on.
pub fn fill<const N: usize>(kept: &ObjCell, items: [Obj; N]) -> Obj {
    match free_tuple(kept, N) {
        Some(tuple) => {
            replace(&tuple, items);
            tuple.into_obj()
        }
        None => keep(kept, PyTuple::from_vec(items.into()).into_obj()),
    }
}

/// As [`fill`], for any number of items.
pub fn fill_vec(kept: &ObjCell, items: Vec<Obj>) -> Obj {
    match free_tuple(kept, items.len()) {
        Some(tuple) => {
            replace(&tuple, items);
            tuple.into_obj()
        }
        None => keep(kept, PyTuple::from_vec(items).into_obj()),
    }
}

fn keep(kept: &ObjCell, tuple: Obj) -> Obj {
    kept.set(Some(tuple.clone()));
    tuple
}

/// The kept tuple, where this is the only place that holds it.
fn free_tuple(kept: &ObjCell, count: usize) -> Option<Py<PyTuple>> {
    let tuple = kept.get()?.downcast_into::<PyTuple>().ok()?;
    // One count is the cell's, one this function's.
    (tuple.refcount() == 2 && tuple.len() == count && count > 0).then_some(tuple)
}

fn replace(tuple: &PyTuple, items: impl IntoIterator<Item = Obj>) {
    let raw = tuple.as_ptr().cast::<PyTupleObject>();
    let mut old = Vec::new();
    // SAFETY: nobody else holds the tuple, and there are as many items as places. The old items are dropped only when
    // all new ones are in place.
    unsafe {
        (*raw).ob_hash = -1;
        let places = (&raw mut (*raw).ob_item).cast::<Obj>();
        for (i, item) in items.into_iter().enumerate() {
            old.push(core::ptr::replace(places.add(i), item));
        }
        if !gc::is_tracked(tuple) {
            gc::track(tuple.as_ptr());
        }
    }
}
