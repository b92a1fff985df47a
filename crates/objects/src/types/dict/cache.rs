//! What the interpreter's inline caches read: versions, entries by index, inline values.
//!
//! All of it is unsafe in the same way: pointers are valid until the dictionary or the object changes, and an index
//! belongs to the state of keys (the version) for which it was looked up.

#![expect(unsafe_code, reason = "reads tables without looking twice")]

use super::keys::{DictKeys, GENERAL, SPLIT, UNICODE, raw};
use super::values::{self, DictValues};
use super::{PyDict, instance, watch};
use crate::model::{Obj, PyObject, PyType, TypeObject};
use crate::types::str::PyStr;

/// The table of a dictionary.
#[inline(always)]
pub fn keys(dict: &PyDict) -> *const DictKeys {
    dict.table()
}

/// The version of a dictionary's keys as it stands; 0 where none was assigned.
#[inline(always)]
pub fn current_version(dict: &PyDict) -> u32 {
    // SAFETY: a dictionary has a table.
    unsafe { (*dict.table()).version.get() }
}

/// A version for a dictionary's keys, assigned now if there was none; 0 when they ran out. It changes when a key is
/// added or removed, not when values change.
pub fn keys_version(dict: &PyDict) -> u32 {
    // SAFETY: a dictionary has a table.
    unsafe { assign_version(dict.table()) }
}

unsafe fn assign_version(keys: *mut DictKeys) -> u32 {
    // SAFETY: the caller has a live table.
    unsafe {
        if (*keys).version.get() == 0 {
            (*keys).version.set(watch::next_version());
        }
        (*keys).version.get()
    }
}

/// Whether all keys are strings and the values lie in the table: what global look-ups are specialised for.
#[inline(always)]
pub fn is_unicode_combined(dict: &PyDict) -> bool {
    // SAFETY: a dictionary has a table.
    unsafe { raw::kind(dict.table()) == UNICODE }
}

/// Whether values lie in an array beside shared keys.
#[inline(always)]
pub fn is_split(dict: &PyDict) -> bool {
    dict.is_split()
}

/// The index of a string's entry, where all keys are strings.
#[inline]
pub fn index_of(dict: &PyDict, name: &PyStr) -> Option<usize> {
    // SAFETY: a dictionary has a table.
    unsafe {
        let table = dict.table();
        if raw::kind(table) == GENERAL || !PyStr::check_exact(name) {
            return None;
        }
        raw::find_str(table, name, name.hash())
    }
}

/// The value of entry `index` of a combined table of strings, borrowed; null where it was deleted.
///
/// # Safety
/// `index` was looked up in the table's present version.
#[inline(always)]
pub unsafe fn unicode_value(keys: *const DictKeys, index: usize) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe { (*raw::unicode_entries(keys).add(index)).value }
}

/// The key and the place of the value of entry `hint`, in a combined table of strings that may have changed since the
/// hint was taken; `None` where there is no such entry.
#[inline(always)]
pub fn entry_at_hint(dict: &PyDict, hint: usize) -> Option<(*mut PyObject, *mut *mut PyObject)> {
    let table = dict.table();
    // SAFETY: the hint is checked against the number of entries.
    unsafe {
        if raw::kind(table) != UNICODE || hint >= raw::nentries(table) {
            return None;
        }
        let entry = raw::unicode_entries(table).add(hint);
        Some(((*entry).key, &raw mut (*entry).value))
    }
}

/// The version of the keys that instances of a class share, assigned now if there was none; 0 where there are none.
pub fn shared_keys_version(class: &TypeObject) -> u32 {
    let keys = instance::shared_keys(class);
    // SAFETY: the class's keys are live.
    if keys.is_null() { 0 } else { unsafe { assign_version(keys) } }
}

/// The version of a class's shared keys as it stands.
#[inline(always)]
pub fn current_shared_version(class: &TypeObject) -> u32 {
    let keys = instance::shared_keys(class);
    // SAFETY: the class's keys are live.
    if keys.is_null() { 0 } else { unsafe { (*keys).version.get() } }
}

/// The index of a string in the keys that instances of a class share.
pub fn shared_index(class: &TypeObject, name: &PyStr) -> Option<usize> {
    let keys = instance::shared_keys(class);
    if keys.is_null() || !PyStr::check_exact(name) {
        return None;
    }
    // SAFETY: the class's keys are live.
    unsafe { raw::find_str(keys, name, name.hash()) }
}

/// As [`shared_index`], adding the name if there is room.
pub fn shared_index_or_insert(class: &TypeObject, name: &PyStr) -> Option<usize> {
    let keys = instance::shared_keys(class);
    if keys.is_null() || !PyStr::check_exact(name) {
        return None;
    }
    // SAFETY: the class's keys are live.
    unsafe { instance::shared_index_or_insert(keys, name.to_owned()).ok() }
}

/// The inline values of an instance.
///
/// # Safety
/// Its type has `Py_TPFLAGS_INLINE_VALUES`.
#[inline(always)]
pub unsafe fn inline_values(object: &PyObject) -> *mut DictValues {
    // SAFETY: the caller's promise.
    unsafe { instance::inline_values(object) }
}

/// Whether inline values hold the instance's attributes.
///
/// # Safety
/// `values` are live.
#[inline(always)]
pub unsafe fn are_valid(values: *const DictValues) -> bool {
    // SAFETY: the caller's promise.
    unsafe { (*values).valid.get() }
}

/// The number of places.
///
/// # Safety
/// `values` are live.
#[inline(always)]
pub unsafe fn capacity(values: *const DictValues) -> usize {
    // SAFETY: the caller's promise.
    unsafe { (*values).capacity.get() as usize }
}

/// Inline value `index`, borrowed; null where it is not set.
///
/// # Safety
/// `values` are live, and `index` below their capacity.
#[inline(always)]
pub unsafe fn inline_value(values: *const DictValues, index: usize) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe { *values::place(values, index) }
}

/// Stores inline value `index`.
///
/// # Safety
/// `values` are the object's, valid, and `index` is that of `name` in the class's shared keys.
#[inline(always)]
pub unsafe fn store_inline(
    object: &PyObject,
    values: *mut DictValues,
    index: usize,
    name: &PyStr,
    value: Obj,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let place = values::place(values, index);
        if !(*place).is_null() && (*instance::dict_place(object)).is_null() {
            let old = place.replace(value.into_raw());
            drop(Obj::from_raw(old));
            return;
        }
        instance::store(object, values, index, name, Some(&value));
    }
}

/// The instance's dictionary if it was made, borrowed; null otherwise.
///
/// # Safety
/// The object's type has `Py_TPFLAGS_MANAGED_DICT`.
#[inline(always)]
pub unsafe fn managed_dict(object: &PyObject) -> *mut PyDict {
    // SAFETY: the caller's promise.
    unsafe { *instance::dict_place(object) }
}

/// Replaces the value of entry `hint` of a combined table of strings, telling watchers.
///
/// # Safety
/// `place` is that of `entry_at_hint`, whose value is set, and nothing ran since.
#[inline(always)]
pub unsafe fn store_at_hint(dict: &PyDict, key: &PyObject, place: *mut *mut PyObject, value: Obj) {
    // SAFETY: the caller's promise.
    unsafe {
        if dict.is_watched() {
            dict.notify(watch::Event::Modified, Some(key), Some(&value));
        }
        let old = place.replace(value.into_raw());
        drop(Obj::from_raw(old));
    }
}

/// Whether the dictionary shares keys with the instances of a class, whose values it has.
#[inline(always)]
pub fn shares_keys_of(dict: &PyDict, class: &TypeObject) -> bool {
    // SAFETY: a dictionary has a table.
    core::ptr::eq(dict.table(), instance::shared_keys(class)) && unsafe { raw::kind(dict.table()) == SPLIT }
}
