//! `listobject.h`: `list`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

c_api! {
    fn PyList_New(length: isize) -> Ref {
        let Ok(length) = usize::try_from(length) else {
            let _: Raised = bad_call();
            return null_mut();
        };
        let made = PyList::with_capacity(length);
        match made {
            Ok(list) => {
                // The items are null until the caller sets them.
                let list = list.into_obj().into_raw();
                let raw = list.cast::<PyListObject>();
                for index in 0..length {
                    *(*raw).ob_item.add(index) = null_mut();
                }
                (*raw).ob_base.ob_size.set(length as isize);
                list
            }
            Err(_) => null_mut(),
        }
    }
    fn PyList_Size(list: Ref) -> isize { typed::<PyList>(list).map_or(-1, |list| list.len() as isize) }
    fn PyList_GetItem(list: Ref, index: isize) -> Ref {
        let found = typed::<PyList>(list).and_then(|list| {
            usize::try_from(index).ok().and_then(|index| list.get(index)).ok_or_else(|| raised!(IndexError, "list index out of range"))
        });
        lent(found.map(Some))
    }
    fn PyList_GetItemRef(list: Ref, index: isize) -> Ref {
        new_ref(typed::<PyList>(list).and_then(|list| {
            usize::try_from(index).ok().and_then(|index| list.get(index)).ok_or_else(|| raised!(IndexError, "list index out of range"))
        }))
    }
    fn PyList_SetItem(list: Ref, index: isize, value: Ref) -> c_int {
        let length = typed::<PyList>(list).map_or(-1, |list| list.len() as isize);
        if !(0..length).contains(&index) {
            crate::include::refcount::Py_DecRef(value);
            if length >= 0 {
                let _: Raised = raised!(IndexError, "list assignment index out of range");
            }
            return -1;
        }
        let place = (*list.cast::<PyListObject>()).ob_item.add(index as usize);
        let old = core::mem::replace(&mut *place, value);
        crate::include::refcount::Py_DecRef(old);
        0
    }
    fn PyList_Insert(list: Ref, index: isize, value: Ref) -> c_int {
        status(typed::<PyList>(list).and_then(|list| {
            let index = if index < 0 { (index + list.len() as isize).max(0) } else { index };
            list.insert(index as usize, at(value).owned())
        }))
    }
    fn PyList_Append(list: Ref, value: Ref) -> c_int {
        status(typed::<PyList>(list).and_then(|list| match opt(value) {
            Some(value) => list.append(value.owned()),
            None => Err(bad_call()),
        }))
    }
    fn PyList_GetSlice(list: Ref, start: isize, end: isize) -> Ref {
        new_ref(typed::<PyList>(list).and_then(|list| {
            let length = list.len() as isize;
            let start = start.clamp(0, length);
            let items = list.to_vec();
            PyList::try_from_vec(items[start as usize..end.clamp(start, length) as usize].to_vec())
        }))
    }
    fn PyList_SetSlice(list: Ref, start: isize, end: isize, value: Ref) -> c_int {
        status(typed::<PyList>(list).and_then(|list| {
            let items = match opt(value) {
                Some(value) => iter::collect(value)?,
                None => Vec::new(),
            };
            let length = list.len() as isize;
            let start = start.clamp(0, length);
            list.set_slice(start as usize, end.clamp(start, length) as usize, items)
        }))
    }
    fn PyList_Sort(list: Ref) -> c_int { status(typed::<PyList>(list).and_then(PyList::sort)) }
    fn PyList_Reverse(list: Ref) -> c_int { status(typed::<PyList>(list).map(PyList::reverse)) }
    fn PyList_AsTuple(list: Ref) -> Ref { new_ref(typed::<PyList>(list).map(PyList::to_tuple)) }
    fn PyList_Extend(list: Ref, iterable: Ref) -> c_int {
        status(typed::<PyList>(list).and_then(|list| list.extend(at(iterable))))
    }
    fn PyList_Clear(list: Ref) -> c_int { status(typed::<PyList>(list).map(PyList::clear_items)) }
}
