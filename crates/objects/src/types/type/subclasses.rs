//! Which classes derive directly from a class, in the order they were made.
//!
//! The entries are not references: a class takes itself off the lists of its bases when it is destroyed. Heap types and
//! the static types derived from static types have their list in `tp_subclasses`; the heap types derived from a static
//! type are listed by their interpreter.

#![expect(unsafe_code, reason = "lists of borrowed types")]

use crate::model::thread::current;
use crate::model::{Obj, PyObject, TypeObject};
use core::cell::RefCell;
use std::collections::HashMap;
use taipan_abi::PyTypeObject;

type List = Vec<*mut PyTypeObject>;

#[derive(Default)]
struct OfStaticTypes(RefCell<HashMap<usize, List>>);

fn with_list<R>(base: &TypeObject, subclass: &TypeObject, f: impl FnOnce(&mut List) -> R) -> R {
    if !base.is_heap() && subclass.is_heap() {
        let lists = current().interpreter().extension::<OfStaticTypes>();
        return f(lists.0.borrow_mut().entry(base.raw().addr()).or_default());
    }
    // SAFETY: `tp_subclasses` is null or a list made here.
    unsafe {
        let place = &raw mut (*base.raw()).tp_subclasses;
        if (*place).is_null() {
            *place = Box::into_raw(Box::<List>::default()).cast();
        }
        f(&mut *(*place).cast::<List>())
    }
}

/// Lists `subclass` under `base`.
pub fn add(base: &TypeObject, subclass: &TypeObject) {
    with_list(base, subclass, |list| {
        if !list.contains(&subclass.raw()) {
            list.push(subclass.raw());
        }
    });
}

/// Takes `subclass` off the list of `base`.
pub fn remove(base: &TypeObject, subclass: &TypeObject) {
    with_list(base, subclass, |list| {
        if let Some(place) = list.iter().rposition(|&entry| entry == subclass.raw()) {
            list.remove(place);
        }
    });
}

/// New references to all direct subclasses.
pub fn of(base: &TypeObject) -> Vec<Obj> {
    let mut found = Vec::new();
    let mut take = |list: &List| {
        for &ty in list {
            // SAFETY: listed types are alive: they take themselves off before they die.
            found.push(unsafe { Obj::from_borrowed(ty.cast::<PyObject>()) });
        }
    };
    // SAFETY: as in `with_list`.
    if let Some(list) = unsafe { (*base.raw()).tp_subclasses.cast::<List>().as_ref() } {
        take(list);
    }
    if !base.is_heap() && crate::model::thread::current_opt().is_some() {
        let lists = current().interpreter().extension::<OfStaticTypes>();
        if let Some(list) = lists.0.borrow().get(&base.raw().addr()) {
            take(list);
        }
    }
    found
}

/// Frees the list of a type that is being destroyed.
pub fn free(class: &TypeObject) {
    // SAFETY: as in `with_list`; nobody reaches the type any more.
    unsafe {
        let list = core::mem::replace(&mut (*class.raw()).tp_subclasses, core::ptr::null_mut());
        if !list.is_null() {
            drop(Box::from_raw(list.cast::<List>()));
        }
    }
}
