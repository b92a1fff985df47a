//! `object.h`: types: making them ready, looking things up.

#![expect(non_upper_case_globals, reason = "the names of slots are C's")]
#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::r#type::{self as types, from_spec};

/// A pointer out of a type, by its slot number.
unsafe fn slot(class: &TypeObject, number: c_int) -> *mut c_void {
    // SAFETY: the fields of a live type.
    unsafe {
        match number {
            Py_tp_base => class.base().map_or(null_mut(), |base| base.raw().cast()),
            Py_tp_methods => (*class.raw()).tp_methods.cast(),
            Py_tp_members => (*class.raw()).tp_members.cast(),
            Py_tp_getset => (*class.raw()).tp_getset.cast(),
            Py_tp_doc => (*class.raw()).tp_doc.cast_mut().cast(),
            Py_tp_token if class.is_heap() => (*class.raw().cast::<PyHeapTypeObject>()).ht_token,
            Py_tp_token => null_mut(),
            Py_tp_bases => (*class.raw()).tp_bases.cast(),
            _ => match types::slots::offset_of_number(number) {
                Some(offset) => types::slots::read(class, offset),
                None => {
                    let _: Raised = bad_call();
                    null_mut()
                }
            },
        }
    }
}

/// The first type with this token, in the method resolution order or, before there is one, among the bases.
unsafe fn base_by_token(class: &TypeObject, token: *mut c_void) -> Option<&TypeObject> {
    let has_token = |class: &&TypeObject| {
        // SAFETY: heap types are laid out as such.
        class.is_heap() && unsafe { (*class.raw().cast::<PyHeapTypeObject>()).ht_token } == token
    };
    if !class.mro().is_empty() {
        return class.mro().iter().copied().find(has_token);
    }
    if has_token(&class) {
        return Some(class);
    }
    // SAFETY: the bases are a tuple or null, and live as long as the type.
    let bases = unsafe { opt((*class.raw()).tp_bases) }?.downcast::<PyTuple>()?;
    let mut bases = bases.as_slice().iter().filter_map(|base| base.downcast::<TypeObject>());
    // SAFETY: a live type.
    bases.find_map(|base| unsafe { base_by_token(base, token) })
}

c_api! {
    fn PyType_Ready(class: *mut PyTypeObject) -> c_int {
        if (*class).tp_flags & Py_TPFLAGS_READY != 0 {
            return 0;
        }
        status(types::ready::ready_extension(class_at(class)))
    }
    fn PyType_IsSubtype(a: *mut PyTypeObject, b: *mut PyTypeObject) -> c_int { c_int::from(class_at(a).is_subtype_of(class_at(b))) }
    fn PyType_GetFlags(class: *mut PyTypeObject) -> c_ulong { class_at(class).flags() }
    fn PyType_Modified(class: *mut PyTypeObject) { types::modified(class_at(class)) }
    fn PyType_GetSlot(class: *mut PyTypeObject, number: c_int) -> *mut c_void { slot(class_at(class), number) }
    fn PyType_GetDict(class: *mut PyTypeObject) -> Ref { new_ref(types::own_dict(class_at(class))) }
    fn PyType_GetName(class: *mut PyTypeObject) -> Ref { new_ref(types::name(class_at(class))) }
    fn PyType_GetQualName(class: *mut PyTypeObject) -> Ref { new_ref(types::qualname(class_at(class))) }
    fn PyType_GetFullyQualifiedName(class: *mut PyTypeObject) -> Ref { new_ref(object::fully_qualified_name(class_at(class))) }
    fn PyType_GetModuleName(class: *mut PyTypeObject) -> Ref { new_ref(object::get_attr(class_at(class), intern!("__module__"))) }
    fn PyType_FromSpec(spec: *mut PyType_Spec) -> Ref { new_ref(from_spec::from_c_spec(None, None, &*spec, None)) }
    fn PyType_FromSpecWithBases(spec: *mut PyType_Spec, bases: Ref) -> Ref { new_ref(from_spec::from_c_spec(None, None, &*spec, opt(bases))) }
    fn PyType_FromModuleAndSpec(module: Ref, spec: *mut PyType_Spec, bases: Ref) -> Ref {
        new_ref(from_spec::from_c_spec(None, opt(module), &*spec, opt(bases)))
    }
    fn PyType_FromMetaclass(meta: *mut PyTypeObject, module: Ref, spec: *mut PyType_Spec, bases: Ref) -> Ref {
        let meta = (!meta.is_null()).then(|| class_at(meta));
        new_ref(from_spec::from_c_spec(meta, opt(module), &*spec, opt(bases)))
    }
    fn PyType_GetModule(class: *mut PyTypeObject) -> Ref {
        match from_spec::module_of_type(class_at(class)) {
            Some(module) => module.as_ptr(),
            None => {
                let _: Raised = raised!(TypeError, "PyType_GetModule: Type '{}' has no associated module", class_at(class).name());
                null_mut()
            }
        }
    }
    fn PyType_GetModuleState(class: *mut PyTypeObject) -> *mut c_void {
        let module = PyType_GetModule(class);
        if module.is_null() { null_mut() } else { crate::include::moduleobject::PyModule_GetState(module) }
    }
    fn PyType_GetModuleByDef(class: *mut PyTypeObject, def: *mut PyModuleDef) -> Ref {
        match from_spec::module_by_def(class_at(class), def) {
            Some(module) => module.as_ptr(),
            None => {
                let _: Raised = raised!(TypeError, "PyType_GetModuleByDef: No superclass of '{}' has the given module", class_at(class).name());
                null_mut()
            }
        }
    }
    fn PyType_GetBaseByToken(class: *mut PyTypeObject, token: *mut c_void, out: *mut *mut PyTypeObject) -> c_int {
        if !out.is_null() {
            *out = null_mut();
        }
        if token.is_null() {
            let _: Raised = raised!(SystemError, "PyType_GetBaseByToken called with token=NULL");
            return -1;
        }
        if at(class.cast()).downcast::<TypeObject>().is_none() {
            let _: Raised = raised!(TypeError, "expected a type, got a '{}' object", at(class.cast()).class().name());
            return -1;
        }
        match base_by_token(class_at(class), token) {
            Some(base) => {
                if !out.is_null() {
                    *out = base.owned().into_raw().cast();
                }
                1
            }
            None => 0,
        }
    }
    fn PyObject_GetTypeData(object: Ref, class: *mut PyTypeObject) -> *mut c_void {
        let base = class_at(class).base().map_or(16, TypeObject::tp_basicsize);
        object.cast::<u8>().offset((base + 15) & !15).cast()
    }
    fn PyType_GetTypeDataSize(class: *mut PyTypeObject) -> isize {
        let base = class_at(class).base().map_or(16, TypeObject::tp_basicsize);
        (class_at(class).tp_basicsize() - ((base + 15) & !15)).max(0)
    }
    fn _PyType_Lookup(class: *mut PyTypeObject, name: Ref) -> Ref {
        match at(name).downcast::<PyStr>().and_then(|name| types::lookup(class_at(class), name)) {
            Some(found) => found.as_ptr(),
            None => null_mut(),
        }
    }
    fn _PyType_LookupRef(class: *mut PyTypeObject, name: Ref) -> Ref {
        at(name).downcast::<PyStr>().and_then(|name| types::lookup(class_at(class), name)).map_or(null_mut(), Obj::into_raw)
    }
    fn PyType_ClearCache() -> c_uint { 0 }
    fn PyType_Freeze(class: *mut PyTypeObject) -> c_int {
        class_at(class).change_flags(Py_TPFLAGS_IMMUTABLETYPE, 0);
        0
    }
}
