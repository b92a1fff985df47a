//! `methodobject.h`: native functions.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::builtin::{PyBuiltin, doc};
use taipan_objects::types::descriptors;
use taipan_objects::types::method::PyMethod;

unsafe fn function(def: *mut PyMethodDef, receiver: Ref, module: Ref, class: *mut PyTypeObject) -> Ref {
    // SAFETY: the caller's rules: the definition lives as long as the function.
    unsafe {
        let class = (!class.is_null()).then(|| class_at(class));
        new_ref(PyBuiltin::new(&*def, opt(receiver), opt(module), class))
    }
}

c_api! {
    fn PyCFunction_New(def: *mut PyMethodDef, receiver: Ref) -> Ref { function(def, receiver, null_mut(), null_mut()) }
    fn PyCFunction_NewEx(def: *mut PyMethodDef, receiver: Ref, module: Ref) -> Ref { function(def, receiver, module, null_mut()) }
    fn PyCMethod_New(def: *mut PyMethodDef, receiver: Ref, module: Ref, class: *mut PyTypeObject) -> Ref {
        function(def, receiver, module, class)
    }
    fn PyCFunction_GetFunction(object: Ref) -> Option<PyCFunction> { typed::<PyBuiltin>(object).map_or(None, |function| function.def().ml_meth) }
    fn PyCFunction_GetSelf(object: Ref) -> Ref {
        typed::<PyBuiltin>(object).map_or(null_mut(), |function| function.receiver().map_or(null_mut(), |receiver| receiver.as_ptr()))
    }
    fn PyCFunction_GetFlags(object: Ref) -> c_int { typed::<PyBuiltin>(object).map_or(-1, |function| function.def().ml_flags) }
    fn PyDescr_NewMethod(class: *mut PyTypeObject, def: *mut PyMethodDef) -> Ref { new_ref(descriptors::new_method(class_at(class), &doc::c_name((*def).ml_name), &*def)) }
    fn PyDescr_NewClassMethod(class: *mut PyTypeObject, def: *mut PyMethodDef) -> Ref { new_ref(descriptors::new_classmethod(class_at(class), &doc::c_name((*def).ml_name), &*def)) }
    fn PyDescr_NewGetSet(class: *mut PyTypeObject, def: *mut PyGetSetDef) -> Ref { new_ref(descriptors::new_getset(class_at(class), &doc::c_name((*def).name), &*def)) }
    fn PyDescr_NewMember(class: *mut PyTypeObject, def: *mut PyMemberDef) -> Ref { new_ref(descriptors::new_member(class_at(class), &doc::c_name((*def).name), &*def)) }
    fn PyClassMethod_New(callable: Ref) -> Ref { new_ref(descriptors::new_classmethod_object(at(callable))) }
    fn PyStaticMethod_New(callable: Ref) -> Ref { new_ref(descriptors::new_staticmethod(at(callable))) }
    fn PyMember_GetOne(object: *const c_char, def: *mut PyMemberDef) -> Ref { new_ref(descriptors::get_member(&*object.cast(), &*def)) }
    fn PyMember_SetOne(object: *mut c_char, def: *mut PyMemberDef, value: Ref) -> c_int {
        status(descriptors::set_member(&*object.cast(), &*def, opt(value)))
    }
    fn PyMethod_New(callable: Ref, receiver: Ref) -> Ref { new_ref(PyMethod::new(at(callable), at(receiver))) }
    fn PyMethod_Function(object: Ref) -> Ref { typed::<PyMethod>(object).map_or(null_mut(), |method| method.function.as_ptr()) }
    fn PyMethod_Self(object: Ref) -> Ref { typed::<PyMethod>(object).map_or(null_mut(), |method| method.receiver.as_ptr()) }
}
