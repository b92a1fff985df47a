//! `dictobject.h`: `dict`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

c_api! {
    fn PyDict_New() -> Ref { new_ref(PyDict::new()) }
    fn _PyDict_NewPresized(count: isize) -> Ref { new_ref(PyDict::with_capacity(count.max(0) as usize)) }
    fn PyDict_Size(dict: Ref) -> isize { typed::<PyDict>(dict).map_or(-1, |dict| dict.len() as isize) }
    fn PyDict_GetItem(dict: Ref, key: Ref) -> Ref {
        match opt(dict).and_then(|dict| dict.downcast::<PyDict>()) {
            Some(dict) => {
                let found = dict.get_item(at(key));
                swallow(found).flatten().map_or(null_mut(), |value| value.as_ptr())
            }
            None => null_mut(),
        }
    }
    fn PyDict_GetItemWithError(dict: Ref, key: Ref) -> Ref { lent(typed::<PyDict>(dict).and_then(|dict| dict.get_item(at(key)))) }
    fn _PyDict_GetItem_KnownHash(dict: Ref, key: Ref, _hash: isize) -> Ref {
        lent(typed::<PyDict>(dict).and_then(|dict| dict.get_item(at(key))))
    }
    fn PyDict_GetItemString(dict: Ref, key: *const c_char) -> Ref {
        match opt(dict).and_then(|dict| dict.downcast::<PyDict>()) {
            Some(dict) => swallow(dict.get_item(&string(key))).flatten().map_or(null_mut(), |value| value.as_ptr()),
            None => null_mut(),
        }
    }
    fn PyDict_GetItemRef(dict: Ref, key: Ref, out: *mut Ref) -> c_int {
        optional(typed::<PyDict>(dict).and_then(|dict| dict.get_item(at(key))), out)
    }
    fn PyDict_GetItemStringRef(dict: Ref, key: *const c_char, out: *mut Ref) -> c_int {
        optional(typed::<PyDict>(dict).and_then(|dict| dict.get_item(&*utf8(key)?)), out)
    }
    fn PyDict_SetItem(dict: Ref, key: Ref, value: Ref) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| dict.set_item(at(key), at(value))))
    }
    fn _PyDict_SetItem_KnownHash(dict: Ref, key: Ref, value: Ref, _hash: isize) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| dict.set_item(at(key), at(value))))
    }
    fn _PyDict_SetItem_KnownHash_LockHeld(dict: *mut PyDictObject, key: Ref, value: Ref, _hash: isize) -> c_int {
        status(typed::<PyDict>(dict.cast()).and_then(|dict| dict.set_item(at(key), at(value))))
    }
    fn PyDict_SetItemString(dict: Ref, key: *const c_char, value: Ref) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| dict.set_item(&*utf8(key)?, at(value))))
    }
    fn PyDict_DelItem(dict: Ref, key: Ref) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| match dict.del_item(at(key))? {
            true => Ok(()),
            false => Err(errors::set_key_error(at(key))),
        }))
    }
    fn PyDict_DelItemString(dict: Ref, key: *const c_char) -> c_int {
        let key = string(key);
        status(typed::<PyDict>(dict).and_then(|dict| match dict.del_item(&key)? {
            true => Ok(()),
            false => Err(errors::set_key_error(&key)),
        }))
    }
    fn PyDict_Contains(dict: Ref, key: Ref) -> c_int { truth(typed::<PyDict>(dict).and_then(|dict| dict.contains(at(key)))) }
    fn PyDict_ContainsString(dict: Ref, key: *const c_char) -> c_int {
        truth(typed::<PyDict>(dict).and_then(|dict| dict.contains(&*utf8(key)?)))
    }
    fn PyDict_Clear(dict: Ref) {
        if let Some(dict) = opt(dict).and_then(|dict| dict.downcast::<PyDict>()) {
            dict.clear_items();
        }
    }
    fn PyDict_Copy(dict: Ref) -> Ref { new_ref(typed::<PyDict>(dict).and_then(PyDict::copy)) }
    fn PyDict_Keys(dict: Ref) -> Ref { new_ref(typed::<PyDict>(dict).and_then(PyDict::keys)) }
    fn PyDict_Values(dict: Ref) -> Ref { new_ref(typed::<PyDict>(dict).and_then(PyDict::values)) }
    fn PyDict_Items(dict: Ref) -> Ref { new_ref(typed::<PyDict>(dict).and_then(PyDict::items)) }
    fn PyDict_Update(dict: Ref, other: Ref) -> c_int { PyDict_Merge(dict, other, 1) }
    fn PyDict_Merge(dict: Ref, other: Ref, replace: c_int) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| match opt(other) {
            Some(other) => dict.merge(other, replace != 0),
            None => Err(bad_call()),
        }))
    }
    fn PyDict_Next(dict: Ref, at_place: *mut isize, key: *mut Ref, value: *mut Ref) -> c_int {
        let Some(dict) = opt(dict).and_then(|dict| dict.downcast::<PyDict>()) else { return 0 };
        match dict.next((*at_place).max(0) as usize) {
            None => 0,
            Some((next, found_key, found_value)) => {
                *at_place = next as isize;
                // Borrowed: the dictionary keeps both.
                if !key.is_null() {
                    *key = found_key.as_ptr();
                }
                if !value.is_null() {
                    *value = found_value.as_ptr();
                }
                1
            }
        }
    }
    fn PyDict_SetDefault(dict: Ref, key: Ref, value: Ref) -> Ref {
        lent(typed::<PyDict>(dict).and_then(|dict| dict.set_default(at(key), at(value))).map(Some))
    }
    fn PyDict_SetDefaultRef(dict: Ref, key: Ref, value: Ref, out: *mut Ref) -> c_int {
        let done = typed::<PyDict>(dict).and_then(|dict| {
            let there = dict.contains(at(key))?;
            Ok((there, dict.set_default(at(key), at(value))?))
        });
        let (status, object) = match done {
            Ok((there, object)) => (c_int::from(there), object.into_raw()),
            Err(_) => (-1, null_mut()),
        };
        if out.is_null() {
            crate::include::refcount::Py_DecRef(object);
        } else {
            *out = object;
        }
        status
    }
    fn PyDict_Pop(dict: Ref, key: Ref, out: *mut Ref) -> c_int {
        let mut unused = null_mut();
        let place = if out.is_null() { &raw mut unused } else { out };
        let status = optional(typed::<PyDict>(dict).and_then(|dict| dict.pop(at(key))), place);
        crate::include::refcount::Py_DecRef(unused);
        status
    }
    fn PyDict_MergeFromSeq2(dict: Ref, pairs: Ref, _replace: c_int) -> c_int {
        status(typed::<PyDict>(dict).and_then(|dict| dict.update(at(pairs))))
    }
    fn PyDictProxy_New(mapping: Ref) -> Ref {
        new_ref(taipan_objects::types::descriptors::PyMappingProxy::new(at(mapping)))
    }
}
