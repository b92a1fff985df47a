//! Instance attributes of types with `Py_TPFLAGS_MANAGED_DICT`: inline values with shared keys, or a dictionary.
//!
//! The word three words before such an object holds its dictionary, or null. Where the type has
//! `Py_TPFLAGS_INLINE_VALUES`, an array of values lies behind the object; the class has the keys for it. A dictionary
//! made of inline values goes on using them, until it is resized (then the values are not valid any more) or the
//! object goes away (then it takes the values along).

#![expect(unsafe_code, reason = "storage before and behind objects")]

use super::keys::{DictKeys, SPLIT, decref_keys, empty_keys, incref_keys, raw};
use super::values::{self, DictValues};
use super::watch::Event;
use super::{PyDict, hash_key};
use crate::model::gc::Visitor;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{errors, intern};
use core::ptr::null_mut;
use taipan_abi::{Py_TPFLAGS_INLINE_VALUES, PyHeapTypeObject};

/// The room for keys of a new class.
pub(super) const SHARED_KEYS: usize = 30;
const SHARED_LOG2: u8 = 6;

/// The class's shared keys, null where it has none.
#[inline(always)]
pub(super) fn shared_keys(class: &TypeObject) -> *mut DictKeys {
    if !class.is_heap() {
        return null_mut();
    }
    // SAFETY: heap types have this layout.
    unsafe { (*class.raw().cast::<PyHeapTypeObject>()).ht_cached_keys.cast() }
}

/// The place of the instance's dictionary.
///
/// # Safety
/// The object's type has a managed dictionary.
#[inline(always)]
pub(super) unsafe fn dict_place(object: &PyObject) -> *mut *mut PyDict {
    // SAFETY: the caller's promise.
    unsafe { object.as_ptr().cast::<*mut PyDict>().sub(3) }
}

#[inline(always)]
pub(super) fn has_inline_values(object: &PyObject) -> bool {
    object.class().has_flag(Py_TPFLAGS_INLINE_VALUES)
}

/// The inline values.
///
/// # Safety
/// The object's type has them.
#[inline(always)]
pub(super) unsafe fn inline_values(object: &PyObject) -> *mut DictValues {
    // SAFETY: they lie behind the fixed part of the object.
    unsafe { object.as_ptr().byte_add(object.class().tp_basicsize() as usize).cast() }
}

/// The inline values where they hold the object's attributes.
#[inline(always)]
fn valid_values(object: &PyObject) -> Option<*mut DictValues> {
    if !has_inline_values(object) {
        return None;
    }
    // SAFETY: the flag was looked at.
    let values = unsafe { inline_values(object) };
    // SAFETY: as above.
    if unsafe { (*values).valid.get() } { Some(values) } else { None }
}

/// The dictionary, if it was made.
#[inline(always)]
fn made_dict(object: &PyObject) -> Option<&PyDict> {
    // SAFETY: callers have objects with a managed dictionary, which keep it alive.
    unsafe { (*dict_place(object)).as_ref() }
}

/// The index of a key in shared keys, added if it is not there and there is room.
pub(super) unsafe fn shared_index_or_insert(
    keys: *mut DictKeys,
    name: Py<PyStr>,
) -> Result<usize, Py<PyStr>> {
    let hash = name.hash();
    // SAFETY: the caller has live keys of a split table.
    unsafe {
        if let Some(index) = raw::find_str(keys, &name, hash) {
            return Ok(index);
        }
        if (*keys).usable.get() <= 0 {
            return Err(name);
        }
        Ok(raw::push(keys, hash, name.into_raw().cast(), null_mut()))
    }
}

/// The attribute `name` in the instance's storage, without looking at the type.
#[inline]
pub fn get(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    if let Some(values) = valid_values(object)
        && PyStr::check_exact(name)
    {
        // SAFETY: a class with inline values has shared keys; the array has a place for each.
        unsafe {
            let found = raw::find_str(shared_keys(object.class()), name, name.hash());
            return Ok(found.and_then(|index| {
                let value = *values::place(values, index);
                if value.is_null() { None } else { Some(Obj::from_borrowed(value)) }
            }));
        }
    }
    if valid_values(object).is_some() {
        return dict(object)?.get_item(name);
    }
    // The dictionary may lose its last reference while keys are compared.
    match made_dict(object) {
        Some(dict) => dict.to_owned().get_item(name),
        None => Ok(None),
    }
}

/// Stores or (`None`) deletes an attribute; false where one to delete was not there.
#[inline]
pub fn set(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<bool> {
    if let Some(values) = valid_values(object)
        && PyStr::check_exact(name)
        && let Some(done) = set_inline(object, values, name, value)
    {
        return Ok(done);
    }
    match value {
        Some(value) => {
            dict(object)?.set_known_hash(name.owned(), hash_key(name)?, value.owned())?;
            Ok(true)
        }
        None if valid_values(object).is_none() && made_dict(object).is_none() => Ok(false),
        None => dict(object)?.del_item(name),
    }
}

/// Stores into the inline values; `None` where the key does not fit into the shared keys.
#[inline]
fn set_inline(
    object: &PyObject,
    values: *mut DictValues,
    name: &PyStr,
    value: Option<&PyObject>,
) -> Option<bool> {
    // SAFETY: a class with inline values has shared keys; the array has a place for each.
    unsafe {
        let keys = shared_keys(object.class());
        let index = match value {
            Some(_) => shared_index_or_insert(keys, name.to_owned()).ok()?,
            None => match raw::find_str(keys, name, name.hash()) {
                Some(index) => index,
                None => return Some(false),
            },
        };
        if index >= (*values).capacity.get() as usize {
            return None;
        }
        Some(store(object, values, index, name, value))
    }
}

/// Stores or deletes inline value `index`, whose key is `name`; false where one to delete was not there.
///
/// # Safety
/// The values are the object's, and valid.
#[inline(always)]
pub(super) unsafe fn store(
    object: &PyObject,
    values: *mut DictValues,
    index: usize,
    name: &PyStr,
    value: Option<&PyObject>,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let place = values::place(values, index);
        let added = (*place).is_null();
        if value.is_none() && added {
            return false;
        }
        let dict = made_dict(object);
        if let Some(dict) = dict
            && dict.is_watched()
        {
            let event = match value {
                None => Event::Deleted,
                Some(_) if added => Event::Added,
                Some(_) => Event::Modified,
            };
            dict.notify(event, Some(name), value);
        }
        let fresh = value.map_or(null_mut(), |value| value.owned().into_raw());
        let old = place.replace(fresh);
        if added {
            values::note_added(values, index);
        } else if value.is_none() {
            values::note_removed(values, index);
        }
        if let Some(dict) = dict
            && (added || value.is_none())
        {
            dict.used.set(dict.used.get() + if added { 1 } else { -1 });
        }
        // Last of all: the destructor may run Python code.
        if !added {
            drop(Obj::from_raw(old));
        }
        true
    }
}

/// The instance's dictionary, made from its inline values if it was not there.
pub fn dict(object: &PyObject) -> PyResult<Py<PyDict>> {
    if let Some(dict) = made_dict(object) {
        return Ok(dict.to_owned());
    }
    let class = object.class();
    let keys = shared_keys(class);
    // SAFETY: the keys are the class's; the values the object's or new ones of the right size.
    let dict = unsafe {
        if let Some(values) = valid_values(object) {
            incref_keys(keys);
            PyDict::from_table(keys, values, (*values).size.get() as isize)
        } else if keys.is_null() {
            PyDict::new()
        } else {
            new_with_shared_keys(keys)?
        }
    };
    // SAFETY: the object's type has a managed dictionary. Making one may have collected, but not made this one.
    unsafe {
        let place = dict_place(object);
        if (*place).is_null() {
            place.write(dict.clone().into_raw());
            return Ok(dict);
        }
    }
    made_dict(object).map_or(Ok(dict), |dict| Ok(dict.to_owned()))
}

/// Where the instance's dictionary is kept, made if it was not there; null where there is none (`_PyObject_GetDictPtr`).
pub fn place_of_dict(object: &PyObject) -> PyResult<*mut *mut PyObject> {
    dict(object)?;
    // SAFETY: the object's type has a managed dictionary: it was just made.
    Ok(unsafe { dict_place(object) }.cast())
}

/// An empty dictionary that shares the keys of a class.
unsafe fn new_with_shared_keys(keys: *mut DictKeys) -> PyResult<Py<PyDict>> {
    // SAFETY: the caller has live keys of a split table.
    unsafe {
        let values = values::alloc((*keys).shared_size())?;
        incref_keys(keys);
        Ok(PyDict::from_table(keys, values, 0))
    }
}

/// An empty dictionary for an instance of `class` whose type has `tp_dictoffset`: it shares the class's keys where
/// there are any.
pub fn new_dict_for(class: &TypeObject) -> PyResult<Py<PyDict>> {
    let keys = shared_keys(class);
    if keys.is_null() {
        return Ok(PyDict::new());
    }
    // SAFETY: the class's keys are live.
    unsafe {
        if (*keys).usable.get() > 1 {
            (*keys).usable.set((*keys).usable.get() - 1);
        }
        new_with_shared_keys(keys)
    }
}

/// Makes `dict` the instance's dictionary.
pub fn set_dict(object: &PyObject, dict: Option<&PyDict>) -> PyResult<()> {
    let fresh = dict.map(|dict| dict.to_owned());
    let mut old = Vec::new();
    let old_dict = detach(object, &mut old);
    // SAFETY: the object's type has a managed dictionary.
    unsafe { *dict_place(object) = fresh.map_or(null_mut(), Py::into_raw) };
    drop(old_dict);
    drop(old);
    Ok(())
}

/// Takes the dictionary off the object, with the inline values in it if others hold it; what else the values held is
/// pushed to `old`. Afterwards the object has no attributes.
fn detach(object: &PyObject, old: &mut Vec<Obj>) -> Option<Py<PyDict>> {
    // SAFETY: the object's type has a managed dictionary; all pointers are the object's own.
    unsafe {
        let place = dict_place(object);
        let dict = *place;
        let dict = if dict.is_null() { None } else { Some(Py::<PyDict>::from_raw(dict)) };
        place.write(null_mut());
        if !has_inline_values(object) {
            return dict;
        }
        let inline = inline_values(object);
        if (*inline).valid.get() {
            if let Some(dict) = &dict
                && core::ptr::eq(dict.values.get(), inline)
            {
                let kept = if dict.refcount() > 1 { values::copy(inline) } else { Ok(null_mut()) };
                match kept {
                    Ok(copy) if !copy.is_null() => dict.values.set(copy),
                    failed => {
                        // Nobody else holds it, or there is no memory: it is left empty.
                        if let Err(raised) = failed {
                            errors::clear(raised);
                        }
                        dict.used.set(0);
                        dict.values.set(null_mut());
                        decref_keys(dict.keys.replace(empty_keys()));
                    }
                }
            }
            (*inline).valid.set(false);
            old.extend(values::take_all(inline));
        }
        dict
    }
}

/// Prepares a class with managed dictionaries: makes the shared keys (`ht_cached_keys`) of its instances. The names
/// that its methods store to `self` (`__static_attributes__`) come first.
pub fn prepare_class(class: &TypeObject) {
    let Ok(keys) = DictKeys::alloc_usable(SHARED_LOG2, SPLIT, SHARED_KEYS) else {
        // Without memory the instances do without shared keys.
        drop(errors::take_opt());
        return;
    };
    let own = crate::types::r#type::own_dict(class);
    if let Ok(Some(attributes)) = own.get_str(intern!("__static_attributes__"))
        && let Some(names) = attributes.downcast::<PyTuple>()
    {
        for name in names.as_slice() {
            if let Some(name) = name.downcast_exact::<PyStr>() {
                // SAFETY: fresh keys.
                let _ = unsafe { shared_index_or_insert(keys, name.to_owned()) };
            }
        }
    }
    // SAFETY: heap types have this layout.
    unsafe { (*class.raw().cast::<PyHeapTypeObject>()).ht_cached_keys = keys.cast() };
}

/// Gives up the shared keys of a class that is destroyed.
pub fn release_class(class: &TypeObject) {
    let keys = shared_keys(class);
    if !keys.is_null() {
        // SAFETY: the class's use of the keys ends.
        unsafe {
            (*class.raw().cast::<PyHeapTypeObject>()).ht_cached_keys = null_mut();
            decref_keys(keys);
        }
    }
}

/// Bytes of inline values behind an instance of `class`.
#[inline]
pub fn inline_size(class: &TypeObject) -> usize {
    let keys = shared_keys(class);
    if keys.is_null() || !class.has_flag(Py_TPFLAGS_INLINE_VALUES) {
        return 0;
    }
    // SAFETY: the class's keys are live.
    values::bytes_for(unsafe { (*keys).shared_size() })
}

/// Initialises the storage of a new instance, whose memory is zeroed.
#[inline]
pub fn init(object: &PyObject) {
    if !has_inline_values(object) {
        return;
    }
    let keys = shared_keys(object.class());
    // SAFETY: there are as many bytes as `inline_size` said; each instance lessens the room for further keys.
    unsafe {
        let usable = (*keys).usable.get();
        if usable > 1 {
            (*keys).usable.set(usable - 1);
        }
        values::init(inline_values(object), (*keys).shared_size(), true);
    }
}

/// What the storage holds: the dictionary, or the values.
pub fn each_held(object: &PyObject, mut see: impl FnMut(&PyObject)) {
    if let Some(dict) = made_dict(object) {
        see(dict);
    } else if let Some(values) = valid_values(object) {
        // SAFETY: `see` runs no Python code.
        unsafe {
            for index in 0..(*values).capacity.get() as usize {
                if let Some(value) = (*values::place(values, index)).as_ref() {
                    see(value);
                }
            }
        }
    }
}

/// Visits what the storage holds.
#[inline]
pub fn traverse(object: &PyObject, visitor: &mut Visitor) {
    if let Some(dict) = made_dict(object) {
        // The dictionary shows the values that it shares with the object.
        visitor.visit(dict);
        return;
    }
    if let Some(values) = valid_values(object) {
        // SAFETY: visitors run no Python code.
        unsafe {
            for index in 0..(*values).capacity.get() as usize {
                if let Some(value) = (*values::place(values, index)).as_ref() {
                    visitor.visit(value);
                }
            }
        }
    }
}

/// Drops the storage of an object that nobody reaches any more.
pub fn clear(object: &PyObject) {
    // SAFETY: the object's type has a managed dictionary; each value moves out before it is dropped.
    unsafe {
        if (*dict_place(object)).is_null() && has_inline_values(object) {
            let inline = inline_values(object);
            if (*inline).valid.get() {
                (*inline).valid.set(false);
                values::drop_all(inline);
            }
            return;
        }
    }
    let mut old = Vec::new();
    let dict = detach(object, &mut old);
    drop(dict);
    drop(old);
}
