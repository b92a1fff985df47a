//! What a type takes over from its bases when it is made ready.
//!
//! A slot is taken from the first class in the MRO that defines it itself, that is, other than its own base. Some slots
//! go together: `tp_getattr` with `tp_getattro`, `tp_setattr` with `tp_setattro`, `tp_hash` with `tp_richcompare`.

#![expect(unsafe_code, reason = "copies slots between type objects")]

use super::{cache, slots};
use crate::intern;
use crate::model::TypeObject;
use core::mem::offset_of;
use taipan_abi::*;

const COLLECTIONS: u64 = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;
const FAST_SUBCLASS: u64 = Py_TPFLAGS_LONG_SUBCLASS
    | Py_TPFLAGS_LIST_SUBCLASS
    | Py_TPFLAGS_TUPLE_SUBCLASS
    | Py_TPFLAGS_BYTES_SUBCLASS
    | Py_TPFLAGS_UNICODE_SUBCLASS
    | Py_TPFLAGS_DICT_SUBCLASS
    | Py_TPFLAGS_BASE_EXC_SUBCLASS
    | Py_TPFLAGS_TYPE_SUBCLASS;

/// Sizes, offsets and flags of the first base.
pub fn special(class: &TypeObject, base: &TypeObject) {
    // SAFETY: fields of two live types are copied.
    unsafe {
        let (to, from) = (&mut *class.raw(), &*base.raw());
        let collected = Py_TPFLAGS_HAVE_GC;
        if to.tp_flags & collected == 0
            && from.tp_flags & collected != 0
            && to.tp_traverse.is_none()
            && to.tp_clear.is_none()
        {
            to.tp_flags |= collected;
            to.tp_traverse = from.tp_traverse;
            to.tp_clear = from.tp_clear;
        }
        let inherited =
            FAST_SUBCLASS | Py_TPFLAGS_PREHEADER | _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_ITEMS_AT_END;
        to.tp_flags |= from.tp_flags & inherited;
        for (own, theirs) in [
            (&mut to.tp_basicsize, from.tp_basicsize),
            (&mut to.tp_itemsize, from.tp_itemsize),
            (&mut to.tp_weaklistoffset, from.tp_weaklistoffset),
            (&mut to.tp_dictoffset, from.tp_dictoffset),
        ] {
            if *own == 0 {
                *own = theirs;
            }
        }
    }
}

/// Copies a slot that `class` lacks and `base` defines itself.
fn copy(class: &TypeObject, base: &TypeObject, offset: usize) {
    let to = slots::place(class, offset);
    let theirs = slots::read(base, offset);
    if to.is_null() || theirs.is_null() {
        return;
    }
    // SAFETY: `place` gave an address inside the type's tables.
    unsafe {
        if (*to).is_null() && base.base().is_none_or(|older| slots::read(older, offset) != theirs) {
            *to = theirs;
        }
    }
}

/// As [`copy`], for all slots of the five tables.
fn tables_of(class: &TypeObject, base: &TypeObject) {
    for (start, words) in slots::TABLES {
        let (to, from) = (slots::place(class, start), slots::place(base, start));
        if to.is_null() || from.is_null() || to == from {
            continue;
        }
        let older = base.base().map_or(core::ptr::null_mut(), |older| slots::place(older, start));
        for word in 0..words {
            // SAFETY: each table has that many words.
            unsafe {
                let theirs = *from.add(word);
                let defined_here = || older.is_null() || *older.add(word) != theirs;
                if !theirs.is_null() && (*to.add(word)).is_null() && defined_here() {
                    *to.add(word) = theirs;
                }
            }
        }
    }
}

/// The slots that one class of the MRO has to give.
pub fn slots(class: &TypeObject, base: &TypeObject) {
    tables_of(class, base);
    copy(class, base, offset_of!(PyTypeObject, tp_dealloc));
    attributes(class, base);
    copy(class, base, offset_of!(PyTypeObject, tp_repr));
    calls(class, base);
    copy(class, base, offset_of!(PyTypeObject, tp_str));
    comparison(class, base);
    for offset in [
        offset_of!(PyTypeObject, tp_iter),
        offset_of!(PyTypeObject, tp_iternext),
        offset_of!(PyTypeObject, tp_descr_get),
        offset_of!(PyTypeObject, tp_descr_set),
        offset_of!(PyTypeObject, tp_init),
        offset_of!(PyTypeObject, tp_alloc),
        offset_of!(PyTypeObject, tp_is_gc),
        offset_of!(PyTypeObject, tp_finalize),
    ] {
        copy(class, base, offset);
    }
    let address = |f: Option<descrgetfunc>| f.map_or(0, |f| f as usize);
    if base.tp_descr_get().is_some()
        && address(class.tp_descr_get()) == address(base.tp_descr_get())
        && class.has_flag(Py_TPFLAGS_IMMUTABLETYPE)
        && base.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
    {
        class.change_flags(Py_TPFLAGS_METHOD_DESCRIPTOR, 0);
    }
    freeing(class, base);
    if class.flags() & COLLECTIONS == 0 {
        class.change_flags(base.flags() & COLLECTIONS, 0);
    }
}

fn attributes(class: &TypeObject, base: &TypeObject) {
    // SAFETY: fields of two live types are copied.
    unsafe {
        let (to, from) = (class.raw(), base.raw());
        if (*to).tp_getattr.is_none() && (*to).tp_getattro.is_none() {
            (*to).tp_getattr = (*from).tp_getattr;
            (*to).tp_getattro = (*from).tp_getattro;
        }
        if (*to).tp_setattr.is_none() && (*to).tp_setattro.is_none() {
            (*to).tp_setattr = (*from).tp_setattr;
            (*to).tp_setattro = (*from).tp_setattro;
        }
    }
}

fn calls(class: &TypeObject, base: &TypeObject) {
    copy(class, base, offset_of!(PyTypeObject, tp_vectorcall_offset));
    if class.tp_call().is_none() && base.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) {
        class.change_flags(Py_TPFLAGS_HAVE_VECTORCALL, 0);
    }
    copy(class, base, offset_of!(PyTypeObject, tp_call));
}

fn comparison(class: &TypeObject, base: &TypeObject) {
    if class.tp_richcompare().is_some() || class.tp_hash().is_some() {
        return;
    }
    let overrides =
        [intern!("__eq__"), intern!("__hash__")].iter().any(|name| cache::get_own(class, name).is_some());
    if !overrides {
        // SAFETY: fields of two live types are copied.
        unsafe {
            (*class.raw()).tp_richcompare = base.tp_richcompare();
            (*class.raw()).tp_hash = base.tp_hash();
        }
    }
}

fn freeing(class: &TypeObject, base: &TypeObject) {
    let collected = |ty: &TypeObject| ty.has_flag(Py_TPFLAGS_HAVE_GC);
    if collected(class) == collected(base) {
        copy(class, base, offset_of!(PyTypeObject, tp_free));
    } else if collected(class) && class.tp_free().is_none() {
        let plain = crate::memory::PyObject_Free as *const () as usize;
        if base.tp_free().is_some_and(|free| free as usize == plain) {
            // SAFETY: one field is written.
            unsafe { (*class.raw()).tp_free = Some(crate::memory::PyObject_GC_Del) };
        }
    }
}

/// Static types without slot tables of their own use their base's.
pub fn tables(class: &TypeObject, base: &TypeObject) {
    // SAFETY: pointers are copied between two live types; a type's base outlives it.
    unsafe {
        let (to, from) = (&mut *class.raw(), &*base.raw());
        if to.tp_as_async.is_null() {
            to.tp_as_async = from.tp_as_async;
        }
        if to.tp_as_number.is_null() {
            to.tp_as_number = from.tp_as_number;
        }
        if to.tp_as_sequence.is_null() {
            to.tp_as_sequence = from.tp_as_sequence;
        }
        if to.tp_as_mapping.is_null() {
            to.tp_as_mapping = from.tp_as_mapping;
        }
        if to.tp_as_buffer.is_null() {
            to.tp_as_buffer = from.tp_as_buffer;
        }
    }
}
