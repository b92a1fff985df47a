//! `tupleobject.h`: `tuple`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

c_api! {
    fn PyTuple_New(length: isize) -> Ref {
        let Ok(length) = usize::try_from(length) else {
            let _: Raised = bad_call();
            return null_mut();
        };
        if length == 0 {
            return PyTuple::empty().into_obj().into_raw();
        }
        // The items are null until the caller sets them.
        match taipan_objects::memory::alloc(PyTuple::type_object(), length) {
            Ok(tuple) => {
                (*tuple.cast::<PyTupleObject>()).ob_hash = -1;
                tuple
            }
            Err(_) => null_mut(),
        }
    }
    fn PyTuple_Size(tuple: Ref) -> isize { typed::<PyTuple>(tuple).map_or(-1, |tuple| tuple.len() as isize) }
    fn PyTuple_GetItem(tuple: Ref, index: isize) -> Ref {
        match typed::<PyTuple>(tuple) {
            Err(_) => null_mut(),
            Ok(tuple) => match usize::try_from(index).ok().filter(|&index| index < tuple.len()) {
                Some(index) => tuple.get(index).as_ptr(),
                None => {
                    let _: Raised = raised!(IndexError, "tuple index out of range");
                    null_mut()
                }
            },
        }
    }
    fn PyTuple_SetItem(tuple: Ref, index: isize, value: Ref) -> c_int {
        let length = typed::<PyTuple>(tuple).map_or(0, |tuple| tuple.len());
        if at(tuple).refcount() != 1 || !(0..length as isize).contains(&index) {
            crate::include::refcount::Py_DecRef(value);
            let _: Raised = if at(tuple).refcount() == 1 {
                raised!(IndexError, "tuple assignment index out of range")
            } else {
                bad_call()
            };
            return -1;
        }
        let place = (&raw mut (*tuple.cast::<PyTupleObject>()).ob_item).cast::<Ref>().add(index as usize);
        let old = core::mem::replace(&mut *place, value);
        crate::include::refcount::Py_DecRef(old);
        0
    }
    fn PyTuple_GetSlice(tuple: Ref, start: isize, end: isize) -> Ref {
        new_ref(typed::<PyTuple>(tuple).map(|tuple| {
            let length = tuple.len() as isize;
            let start = start.clamp(0, length);
            tuple.slice(start as usize, end.clamp(start, length) as usize)
        }))
    }
    fn PyTuple_FromArray(items: *const Ref, count: isize) -> Ref { new_ref(PyTuple::from_slice(slice(items, count.max(0) as usize))) }
}
