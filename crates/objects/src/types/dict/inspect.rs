//! How dictionaries and the attributes of instances are stored, for tests of it.

#![expect(unsafe_code, reason = "reads inline values")]

use super::keys::{DictKeys, raw};
use super::{PyDict, cache, instance, watch};
use crate::model::{Obj, ObjectExt, PyObject, TypeObject};
use taipan_abi::Py_TPFLAGS_INLINE_VALUES;

/// The most names that instances of a class share.
pub const SHARED_KEYS_MAX_SIZE: usize = instance::SHARED_KEYS;

/// Whether an instance's attributes lie in its inline values.
pub fn has_inline_values(object: &PyObject) -> bool {
    // SAFETY: the class has inline values.
    object.class().has_flag(Py_TPFLAGS_INLINE_VALUES)
        && unsafe { cache::are_valid(cache::inline_values(object)) }
}

/// The inline values of an instance in the order of the shared keys; `None` where they hold no attributes.
pub fn inline_values(object: &PyObject) -> Option<Vec<Option<Obj>>> {
    let keys = instance::shared_keys(object.class());
    if !has_inline_values(object) || keys.is_null() {
        return None;
    }
    // SAFETY: the class's keys and the values are live; each value is null or an object.
    unsafe {
        let values = cache::inline_values(object);
        let count = raw::nentries(keys).min(cache::capacity(values));
        let value = |index| cache::inline_value(values, index).as_ref().map(PyObject::owned);
        Some((0..count).map(value).collect())
    }
}

/// What `sys.getsizeof` counts for the keys that instances of a class share; 0 where there are none.
pub fn shared_keys_size(class: &TypeObject) -> usize {
    // SAFETY: the class's keys are live, or null.
    unsafe { instance::shared_keys(class).as_ref() }.map_or(0, DictKeys::size_in_bytes)
}

/// Whether the values of a dictionary lie beside keys that others share.
pub fn has_split_table(dict: &PyDict) -> bool {
    cache::is_split(dict)
}

/// The version that the next table of keys gets; 0 when they ran out.
pub fn next_keys_version() -> u32 {
    watch::peek_version()
}
