//! Keeping the slots of Python classes in step with their special methods.
//!
//! [`update_slot`] looks at all methods that share a slot: where all come from one native type the slot gets that
//! type's function (`specific`), else the function of `generic` that looks the methods up.

#![expect(unsafe_code, reason = "writes slots")]

use super::slotdefs::{Places, SLOTS, SlotDef, names, places_between, places_called, places_of, shared};
use super::{cache, slots, subclasses};
use crate::model::{ObjectExt, PyObject, TypeObject};
use crate::types::builtin::PyBuiltin;
use crate::types::descriptors::{PyMethodDescr, PyWrapperDescr};
use crate::types::object::object_type;
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

/// The place behind the last entry of the slot whose first entry is at `first`.
fn behind(first: usize) -> usize {
    let offset = SLOTS[first].offset();
    first + SLOTS[first..].iter().take_while(|slot| slot.offset() == offset).count()
}

/// Brings one slot up to date; `first` is the place of its first entry.
fn update_slot_at(class: &TypeObject, first: usize) {
    let offset = SLOTS[first].offset();
    let slot = slots::place(class, offset);
    if slot.is_null() {
        return;
    }
    let (mut specific, mut generic_function, mut use_generic) = (null_mut::<c_void>(), null_mut(), false);
    for place in first..behind(first) {
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
}

/// Brings all slots of a new class up to date.
pub fn update_all(class: &TypeObject) {
    let decided = inherited_from(class);
    for (first, behind) in groups() {
        let offset = SLOTS[first].offset();
        match decided {
            Some((ancestor, own)) if own & places_between(first, behind) == 0 && is_only_written(offset) => {
                // SAFETY: the address lies in the tables of the type, which has all of them.
                unsafe { *slots::place(class, offset) = slots::read(ancestor, offset) };
            }
            _ => update_slot_at(class, first),
        }
    }
}

/// The first and the last but one place of each slot in [`SLOTS`].
fn groups() -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    core::iter::from_fn(move || {
        let group = (first < SLOTS.len()).then(|| (first, behind(first)))?;
        first = group.1;
        Some(group)
    })
}

/// The class along the MRO whose look-ups go the rest of the way as the class's own do, and the places of the special
/// methods that are defined on the way there: what is looked up for the other places is found as for that ancestor, so
/// the slots are the same. `None` where that cannot be told.
fn inherited_from(class: &TypeObject) -> Option<(&TypeObject, Places)> {
    let mro = class.mro();
    let mut own = 0;
    for (at, &ty) in mro.iter().enumerate() {
        // The slots of other native types may do more than their dictionaries tell.
        let is_settled = at > 0 && (ty.is(object_type()) || is_python_class(ty));
        if is_settled && is_same_order(ty.mro(), &mro[at..]) {
            return Some((ty, own));
        }
        own |= special_names(ty)?;
    }
    None
}

fn is_same_order(one: &[&TypeObject], other: &[&TypeObject]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is(other))
}

/// Whether the class was made by [`super::class`].
fn is_python_class(class: &TypeObject) -> bool {
    let dealloc = super::instance::dealloc as *const () as usize;
    class.is_heap() && class.tp_dealloc().is_some_and(|f| f as usize == dealloc)
}

/// The places of the special methods in a class's own dictionary; `None` where a name is not told by its identity.
fn special_names(class: &TypeObject) -> Option<Places> {
    let mut found = 0;
    for (name, _) in super::own_dict(class).items_snapshot() {
        let name = name.downcast_exact::<PyStr>().filter(|name| name.is_interned())?;
        if is_special(name) {
            found |= places_called(name);
        }
    }
    Some(found)
}

/// Whether bringing this slot up to date only writes to it, and looks at nothing but what special methods there are.
fn is_only_written(offset: usize) -> bool {
    let others = [
        offset_of!(PyTypeObject, tp_iternext),
        offset_of!(PyTypeObject, tp_call),
        offset_of!(PyTypeObject, tp_new),
    ];
    !others.contains(&offset)
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
    if class.mro().iter().skip(1).any(|ty| is_python_class(ty)) {
        update_all(class);
    }
}
