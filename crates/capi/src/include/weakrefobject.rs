//! `weakrefobject.h`: weak references.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

use taipan_objects::types::weakref::{self, PyWeakRef};

c_api! {
    fn PyWeakref_NewRef(object: Ref, callback: Ref) -> Ref {
        new_ref(PyWeakRef::new(at(object), opt(callback).filter(|callback| !callback.is_none())))
    }
    fn PyWeakref_NewProxy(object: Ref, callback: Ref) -> Ref {
        new_ref(weakref::new_proxy(at(object), opt(callback).filter(|callback| !callback.is_none())))
    }
    fn PyWeakref_GetRef(reference: Ref, out: *mut Ref) -> c_int {
        match opt(reference).and_then(|reference| reference.downcast::<PyWeakRef>()) {
            Some(reference) => optional(Ok(reference.upgrade()), out),
            None => {
                *out = null_mut();
                let _: Raised = raised!(TypeError, "expected a weakref");
                -1
            }
        }
    }
    fn PyWeakref_GetObject(reference: Ref) -> Ref {
        match typed::<PyWeakRef>(reference) {
            Ok(reference) => reference.upgrade().map_or_else(|| none_ref().as_ptr(), |object| object.as_ptr()),
            Err(_) => null_mut(),
        }
    }
    fn PyWeakref_IsDead(reference: Ref) -> c_int {
        typed::<PyWeakRef>(reference).map_or(-1, |reference| c_int::from(reference.is_dead()))
    }
    fn PyObject_ClearWeakRefs(object: Ref) { weakref::clear_all(at(object)) }
}
