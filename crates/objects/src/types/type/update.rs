//! Keeping the slots of Python classes in step with their special methods.
//!
//! [`update_slot`] looks at all methods that share a slot: where all come from one native type the slot gets that
//! type's function (`specific`), else the function of `generic` that looks the methods up.

#![expect(unsafe_code, reason = "writes slots")]

use super::slotdefs::{SLOTS, SlotDef, names, places_of, shared};
use super::{cache, slots, subclasses};
use crate::model::{ObjectExt, PyObject, TypeObject};
use crate::types::builtin::PyBuiltin;
use crate::types::descriptors::{PyMethodDescr, PyWrapperDescr};
use crate::types::str::PyStr;
use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr::null_mut;
use taipan_abi::*;

/// Whether this is `object.__getattribute__`.
pub fn is_generic_getattr(function: &PyObject) -> bool {
    wrapper_of(function).is_some_and(|(_, wrapped, _)| {
        wrapped.cast_const().cast::<()>() == crate::protocols::object::generic_getattro as *const ()
    })
}

/// The entry, the slot function and the class of a wrapper descriptor.
fn wrapper_of(object: &PyObject) -> Option<(&'static wrapperbase, *mut c_void, &TypeObject)> {
    let descriptor = object.downcast_exact::<PyWrapperDescr>()?;
    Some((descriptor.base(), descriptor.wrapped(), descriptor.class_of()))
}

/// The class of a native method that stands in place of the wrapper of a slot (`METH_COEXIST`: `dict.__getitem__`).
fn class_of_native_method(object: &PyObject) -> Option<&TypeObject> {
    let descriptor = object.downcast_exact::<PyMethodDescr>()?;
    (descriptor.def().ml_flags & METH_COEXIST != 0).then(|| descriptor.class_of())
}

fn is_new_wrapper(object: &PyObject) -> bool {
    object.downcast_exact::<PyBuiltin>().is_some_and(|f| core::ptr::eq(f.def(), super::ready::new_method()))
}

/// The only slot with a function among those that share a name (`__len__`: of mappings and of sequences).
fn only_filled(class: &TypeObject, name: &PyStr) -> *mut *mut c_void {
    let mut found = null_mut();
    for place in places_of(name) {
        let slot = slots::place(class, SLOTS[place].offset());
        // SAFETY: the address lies in the type's tables.
        if slot.is_null() || unsafe { (*slot).is_null() } || slot == found {
            continue;
        }
        if !found.is_null() {
            return null_mut();
        }
        found = slot;
    }
    found
}

fn slot_def(place: usize) -> &'static SlotDef {
    &SLOTS[place]
}

/// Brings one slot up to date; `first` is the place of its first entry. Gives the place behind its last one.
fn update_slot_at(class: &TypeObject, first: usize) -> usize {
    let offset = SLOTS[first].offset();
    let behind = first + SLOTS[first..].iter().take_while(|slot| slot.offset() == offset).count();
    let slot = slots::place(class, offset);
    if slot.is_null() {
        return behind;
    }
    let (mut specific, mut generic_function, mut use_generic) = (null_mut::<c_void>(), null_mut(), false);
    for place in first..behind {
        let (entry, name) = (slot_def(place), names()[place]);
        let Some(found) = cache::lookup_in_mro(class, name) else {
            if offset == offset_of!(PyTypeObject, tp_iternext) {
                specific = crate::protocols::iter::not_implemented_next as *const () as *mut c_void;
            }
            continue;
        };
        if let Some((base, wrapped, owner)) = wrapper_of(&found)
            // SAFETY: both are C strings of tables.
            && unsafe { core::ffi::CStr::from_ptr(base.name) == core::ffi::CStr::from_ptr(entry.base().name) }
        {
            let filled = if shared()[place] { only_filled(class, name) } else { slot };
            if filled.is_null() || filled == slot {
                generic_function = entry.function();
            }
            if (specific.is_null() || specific == wrapped)
                && entry.is_like(base)
                && class.is_subtype_of(owner)
            {
                specific = wrapped;
            } else {
                use_generic = true;
            }
        } else if let Some(owner) = class_of_native_method(&found)
            && class.is_subtype_of(owner)
            && !slots::read(owner, offset).is_null()
        {
            // The method does what the slot of its class does.
            let own = slots::read(owner, offset);
            if specific.is_null() || specific == own {
                specific = own;
            } else {
                use_generic = true;
            }
            generic_function = entry.function();
        } else if offset == offset_of!(PyTypeObject, tp_new) && is_new_wrapper(&found) {
            specific = class.tp_new().map_or(null_mut(), |f| f as *const () as *mut c_void);
        } else if offset == offset_of!(PyTypeObject, tp_hash) && found.is_none() {
            specific = crate::protocols::object::PyObject_HashNotImplemented as *const () as *mut c_void;
        } else {
            use_generic = true;
            generic_function = entry.function();
            if offset == offset_of!(PyTypeObject, tp_call) {
                // The receiver's own vectorcall function knows nothing of a Python `__call__`.
                class.change_flags(0, Py_TPFLAGS_HAVE_VECTORCALL);
            }
        }
    }
    // SAFETY: the address lies in the type's tables.
    unsafe { *slot = if !specific.is_null() && !use_generic { specific } else { generic_function } };
    behind
}

/// Brings all slots of a new class up to date.
pub fn update_all(class: &TypeObject) {
    let mut place = 0;
    while place < SLOTS.len() {
        place = update_slot_at(class, place);
    }
}

/// Brings the slots that `name` belongs to up to date, here and in all classes derived that do not define it.
pub fn update_named(class: &TypeObject, name: &PyStr) {
    let mut firsts: Vec<usize> = Vec::new();
    for place in places_of(name) {
        let offset = SLOTS[place].offset();
        let first = SLOTS[..place].iter().rposition(|slot| slot.offset() != offset).map_or(0, |p| p + 1);
        if !firsts.contains(&first) {
            firsts.push(first);
        }
    }
    if !firsts.is_empty() {
        update_recursively(class, name, &firsts);
    }
}

fn update_recursively(class: &TypeObject, name: &PyStr, firsts: &[usize]) {
    for &first in firsts {
        update_slot_at(class, first);
    }
    for subclass in subclasses::of(class) {
        if let Some(subclass) = subclass.downcast::<TypeObject>()
            && cache::get_own(subclass, name).is_none()
        {
            update_recursively(subclass, name, firsts);
        }
    }
}

/// Whether a name could be that of a special method.
pub fn is_special(name: &PyStr) -> bool {
    let length = name.len();
    let underscores =
        |at: usize| name.char_at(at) == u32::from('_') && name.char_at(at + 1) == u32::from('_');
    length > 4 && underscores(0) && underscores(length - 2)
}

/// Brings the slots of a new native heap type up to date that its bases' special methods decide and it does not define
/// itself: bases that are Python classes.
pub fn update_all_of_native(class: &TypeObject) {
    let python_base = class.mro().iter().skip(1).any(|ty| {
        ty.is_heap()
            && ty.tp_dealloc().is_some_and(|f| f as usize == super::instance::dealloc as *const () as usize)
    });
    if python_base {
        update_all(class);
    }
}
