//! `dictobject.h` and `object.h`: watchers of dictionaries and types.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::dict::watch::{self, WatchCallback};
use taipan_objects::types::r#type::cache::{self, Watcher, Watchers};

unsafe fn dict<'a>(object: Ref) -> PyResult<&'a PyDict> {
    // SAFETY: the caller passes a live object.
    match unsafe { at(object) }.downcast::<PyDict>() {
        Some(dict) => Ok(dict),
        None => Err(raised!(ValueError, "Cannot watch non-dictionary")),
    }
}

fn type_watchers() -> &'static Watchers {
    thread::current().interpreter().extension::<Watchers>()
}

/// The number of a watcher that there is.
fn known(id: c_int) -> PyResult<usize> {
    match usize::try_from(id) {
        Ok(place) if place < 8 => {
            if type_watchers().contains(place) {
                Ok(place)
            } else {
                Err(raised!(ValueError, "No type watcher set for ID {id}"))
            }
        }
        _ => Err(raised!(ValueError, "Invalid type watcher ID {id}")),
    }
}

unsafe fn watched<'a>(object: Ref) -> PyResult<&'a TypeObject> {
    // SAFETY: the caller passes a live object.
    match unsafe { at(object) }.downcast::<TypeObject>() {
        Some(class) => Ok(class),
        None => Err(raised!(ValueError, "Cannot watch non-type")),
    }
}

c_api! {
    fn PyDict_AddWatcher(callback: WatchCallback) -> c_int { watch::add_watcher(callback).map_or(-1, |id| id as c_int) }
    fn PyDict_ClearWatcher(id: c_int) -> c_int { status(watch::clear_watcher(id as isize)) }
    fn PyDict_Watch(id: c_int, object: Ref) -> c_int { status(dict(object).and_then(|dict| dict.watch(id as isize))) }
    fn PyDict_Unwatch(id: c_int, object: Ref) -> c_int { status(dict(object).and_then(|dict| dict.unwatch(id as isize))) }
    fn PyType_AddWatcher(callback: Watcher) -> c_int {
        match type_watchers().add(callback) {
            Some(id) => id as c_int,
            None => {
                let _: Raised = raised!(RuntimeError, "no more type watcher IDs available");
                -1
            }
        }
    }
    fn PyType_ClearWatcher(id: c_int) -> c_int { status(known(id).map(|place| {
            type_watchers().remove(place);
        })) }
    fn PyType_Watch(id: c_int, object: Ref) -> c_int {
        status(watched(object).and_then(|class| known(id).map(|place| cache::watch(class, place, true))))
    }
    fn PyType_Unwatch(id: c_int, object: Ref) -> c_int {
        status(watched(object).and_then(|class| known(id).map(|place| cache::watch(class, place, false))))
    }
    fn PyUnstable_Type_AssignVersionTag(class: *mut PyTypeObject) -> c_int { c_int::from(cache::assign_version(class_at(class)) != 0) }
    fn PyUnstable_Object_ClearWeakRefsNoCallbacks(object: Ref) { taipan_objects::types::weakref::clear_without_callbacks(at(object)) }
    fn PyUnstable_Exc_PrepReraiseStar(original: Ref, exceptions: Ref) -> Ref {
        if at(original).downcast::<taipan_objects::types::exceptions::PyBaseException>().is_none() {
            let _: Raised = raised!(TypeError, "orig must be an exception, got {}", at(original).class().name());
            return core::ptr::null_mut();
        }
        new_ref(typed::<PyList>(exceptions).and_then(|exceptions| taipan_objects::types::exceptions::prep_reraise_star(at(original), exceptions)))
    }
    fn PyCFunction_Call(callable: Ref, args: Ref, kwargs: Ref) -> Ref { crate::include::r#abstract::PyObject_Call(callable, args, kwargs) }
    fn _PyTuple_Resize(object: *mut Ref, length: isize) -> c_int {
        let old = Obj::from_raw(core::mem::replace(&mut *object, core::ptr::null_mut()));
        // Nobody else may see the tuple change.
        if old.refcount() != 1 && (*old.as_ptr().cast::<PyVarObject>()).ob_size.get() != 0 {
            let _: Raised = bad_call();
            return -1;
        }
        let Some(tuple) = old.downcast::<PyTuple>().filter(|_| length >= 0) else {
            let _: Raised = bad_call();
            return -1;
        };
        let fresh = crate::include::tupleobject::PyTuple_New(length);
        if fresh.is_null() {
            return -1;
        }
        // What is not filled in yet stays null: items move as pointers.
        const ITEMS: usize = 32;
        let (from, to) = (tuple.as_ptr().byte_add(ITEMS).cast::<Ref>(), fresh.byte_add(ITEMS).cast::<Ref>());
        let held = (*tuple.as_ptr().cast::<PyVarObject>()).ob_size.get();
        for index in 0..held.min(length) as usize {
            to.add(index).write(from.add(index).replace(core::ptr::null_mut()));
        }
        *object = fresh;
        0
    }
}
