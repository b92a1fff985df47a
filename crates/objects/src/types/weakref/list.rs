//! The list of weak references that hangs at an object.
//!
//! The object's type says where the pointer to the first one lies (`tp_weaklistoffset`, negative for managed ones). The
//! reference without a callback comes first and is shared by everyone who asks for one; the proxy without a callback
//! comes next; all others follow in no order. Links are not counted: a reference takes itself out when it goes.

#![expect(unsafe_code, reason = "a list of raw links inside objects")]

use super::proxy::is_plain_proxy;
use super::reference::PyWeakRef;
use crate::errors;
use crate::gc;
use crate::model::{Obj, ObjectExt, Py, PyObject, none_ref};
use crate::protocols::call;
use core::cell::Cell;
use core::ptr::null_mut;

type Link = *mut PyWeakRef;

/// Where the object keeps the first of its references.
pub(crate) fn list_of(object: &PyObject) -> Option<&Cell<Link>> {
    let offset = object.class().tp_weaklistoffset();
    // SAFETY: the type promises that a pointer lies there.
    (offset != 0).then(|| unsafe { &*object.as_ptr().byte_offset(offset).cast::<Cell<Link>>() })
}

/// Whether objects like this can be referenced weakly.
pub fn is_supported(object: &PyObject) -> bool {
    object.class().tp_weaklistoffset() != 0
}

unsafe fn link<'a>(pointer: Link) -> Option<&'a PyWeakRef> {
    // SAFETY: links point to live references or nowhere.
    unsafe { pointer.as_ref() }
}

/// The shared reference and the shared proxy, where the list has them.
pub(super) fn shared(list: &Cell<Link>) -> (Option<&PyWeakRef>, Option<&PyWeakRef>) {
    // SAFETY: no reference of the list goes while it is looked at.
    unsafe {
        let first = link(list.get());
        let reference = first.filter(|first| first.is_plain());
        let second = match reference {
            Some(reference) => link(reference.next.get()),
            None => first,
        };
        (reference, second.filter(|second| second.callback.is_empty() && is_plain_proxy(second)))
    }
}

/// A new count of a reference that still has one (one whose own destruction was put off has none).
pub(super) fn try_own(reference: &PyWeakRef) -> Option<Py<PyWeakRef>> {
    (reference.refcount() != 0).then(|| crate::model::PyType::to_owned(reference))
}

/// Puts a new reference into the list of its object.
pub(super) fn insert(list: &Cell<Link>, reference: &PyWeakRef, is_proxy: bool) {
    let (plain, proxy) = shared(list);
    let shareable = reference.callback.is_empty();
    let after = if shareable && is_proxy && is_plain_proxy(reference) {
        plain
    } else if shareable && !is_proxy && reference.is_plain() {
        None
    } else {
        proxy.or(plain)
    };
    let this = core::ptr::from_ref(reference).cast_mut();
    let before_link = after.map_or(null_mut(), |after| core::ptr::from_ref(after).cast_mut());
    let next = after.map_or_else(|| list.get(), |after| after.next.get());
    reference.prev.set(before_link);
    reference.next.set(next);
    // SAFETY: links point to live references or nowhere.
    if let Some(next) = unsafe { link(next) } {
        next.prev.set(this);
    }
    match after {
        Some(after) => after.next.set(this),
        None => list.set(this),
    }
}

/// Takes a reference out of its object's list; it counts as dead then.
pub(crate) fn unlink(reference: &PyWeakRef) {
    let dead = none_ref().as_ptr();
    let object = reference.object.replace(dead);
    if object == dead {
        return;
    }
    // SAFETY: while a reference is in a list, the memory of its object is whole, and so are its neighbours.
    unsafe {
        let this = core::ptr::from_ref(reference).cast_mut();
        let (before, after) = (reference.prev.replace(null_mut()), reference.next.replace(null_mut()));
        if let Some(list) = list_of(&*object)
            && list.get() == this
        {
            list.set(after);
        }
        if let Some(before) = link(before) {
            before.next.set(after);
        }
        if let Some(after) = link(after) {
            after.prev.set(before);
        }
    }
}

/// Makes a reference dead and drops its callback.
pub(crate) fn clear_reference(reference: &PyWeakRef) {
    unlink(reference);
    reference.callback.set(None);
}

/// Makes a reference dead and gives its callback.
pub(crate) fn take_callback(reference: &PyWeakRef) -> Option<Obj> {
    unlink(reference);
    reference.callback.take()
}

/// Calls a callback with its reference. What it raises is reported.
pub fn call_callback(callback: &PyObject, reference: &PyObject) {
    if let Err(raised) = call::call(callback, &[reference]) {
        let message = crate::types::exceptions::preserving(|| {
            format!("Exception ignored while calling weakref callback {}", errors::show(callback))
        });
        errors::write_unraisable(raised, Some(&message), None);
    }
}

/// Clears the weak references to an object that is about to be destroyed and calls their callbacks (`PyObject_ClearWeakRefs`).
pub fn clear_all(object: &PyObject) {
    let Some(list) = list_of(object) else { return };
    if list.get().is_null() {
        return;
    }
    let mut waiting: Vec<(Obj, Obj)> = Vec::new();
    // SAFETY: links point to live references or nowhere; dropping nothing, the loop runs no Python code.
    while let Some(reference) = unsafe { link(list.get()) } {
        let callback = take_callback(reference);
        if let Some(callback) = callback {
            match try_own(reference) {
                Some(reference) => waiting.push((reference.into_obj(), callback)),
                // The reference is going too. Its callback may go only when the list is done.
                None => waiting.push((callback.clone(), callback)),
            }
        }
    }
    if waiting.is_empty() {
        return;
    }
    crate::types::exceptions::preserving(|| {
        for (reference, callback) in &waiting {
            if !reference.is(callback) {
                call_callback(callback, reference);
            }
        }
        drop(waiting);
    });
}

/// Clears the weak references to an object without calling callbacks.
pub fn clear_without_callbacks(object: &PyObject) {
    let Some(list) = list_of(object) else { return };
    let mut callbacks = Vec::new();
    // SAFETY: as above.
    while let Some(reference) = unsafe { link(list.get()) } {
        callbacks.extend(take_callback(reference));
    }
    drop(callbacks);
}

/// The number of weak references to an object.
pub fn count(object: &PyObject) -> usize {
    let Some(list) = list_of(object) else { return 0 };
    let (mut count, mut at) = (0, list.get());
    // SAFETY: links point to live references or nowhere.
    while let Some(reference) = unsafe { link(at) } {
        count += usize::from(reference.refcount() != 0);
        at = reference.next.get();
    }
    count
}

/// All weak references and proxies to an object.
pub fn references(object: &PyObject) -> Vec<Obj> {
    let Some(list) = list_of(object) else { return Vec::new() };
    let (mut found, mut at) = (Vec::new(), list.get());
    // SAFETY: links point to live references or nowhere.
    while let Some(reference) = unsafe { link(at) } {
        found.extend(try_own(reference).map(Py::into_obj));
        at = reference.next.get();
    }
    found
}

/// `tp_dealloc` of all three types.
pub(super) unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: called as the slot of an object with this layout whose last reference is gone.
    unsafe {
        gc::untrack(object);
        clear_reference(&*object.cast::<PyWeakRef>());
        crate::memory::free_object(object);
    }
}
