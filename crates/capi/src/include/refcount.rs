//! `refcount.h`: reference counts.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::prelude::*;

c_api! {
    fn Py_IncRef(object: Ref) {
        if !object.is_null() {
            taipan_objects::model::incref(object);
        }
    }
    fn Py_DecRef(object: Ref) {
        if !object.is_null() {
            taipan_objects::model::decref(object);
        }
    }
    fn _Py_IncRef(object: Ref) { taipan_objects::model::incref(object) }
    fn _Py_DecRef(object: Ref) { taipan_objects::model::decref(object) }
    /// The inline `Py_DECREF` of extensions calls this when the count reaches zero.
    fn _Py_Dealloc(object: Ref) { taipan_objects::memory::destroy(object) }
    fn Py_REFCNT(object: Ref) -> isize { at(object).refcount() as isize }
    fn Py_NewRef(object: Ref) -> Ref {
        taipan_objects::model::incref(object);
        object
    }
    fn Py_XNewRef(object: Ref) -> Ref {
        if !object.is_null() {
            taipan_objects::model::incref(object);
        }
        object
    }
    fn PyUnstable_Object_IsUniquelyReferenced(object: Ref) -> c_int { c_int::from(at(object).refcount() == 1) }
    fn PyUnstable_Object_IsUniqueReferencedTemporary(_object: Ref) -> c_int { 0 }
    fn PyUnstable_IsImmortal(object: Ref) -> c_int { c_int::from(at(object).is_immortal()) }
    fn PyUnstable_EnableTryIncRef(_object: Ref) {}
    fn PyUnstable_TryIncRef(object: Ref) -> c_int {
        taipan_objects::model::incref(object);
        1
    }
}
