//! `pycapsule.h`: capsules.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::capsule::PyCapsule;

fn same(a: Option<&CStr>, b: Option<&CStr>) -> bool {
    a == b
}

unsafe fn name_at<'a>(name: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the caller passes a terminated string or null.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })
}

/// The capsule, if it is a valid one.
unsafe fn capsule<'a>(object: Ref, function: &str) -> PyResult<&'a PyCapsule> {
    // SAFETY: the caller passes a live object or null.
    match unsafe { opt(object) }.and_then(|object| object.downcast_exact::<PyCapsule>()) {
        Some(capsule) if !capsule.pointer.get().is_null() => Ok(capsule),
        _ => Err(raised!(ValueError, "{function} called with invalid PyCapsule object")),
    }
}

c_api! {
    fn PyCapsule_New(pointer: *mut c_void, name: *const c_char, destructor: Option<PyCapsule_Destructor>) -> Ref {
        if pointer.is_null() {
            return new_ref(Err::<Obj, _>(raised!(ValueError, "PyCapsule_New called with null pointer")));
        }
        new_ref(PyCapsule::new(pointer, name, destructor))
    }
    fn _PyCapsule_SetTraverse(object: Ref, traverse: Option<traverseproc>, clear: Option<inquiry>) -> c_int {
        let (Some(traverse), Some(clear)) = (traverse, clear) else {
            let _: Raised = raised!(ValueError, "_PyCapsule_SetTraverse() called with NULL callback");
            return -1;
        };
        status(capsule(object, "_PyCapsule_SetTraverse").map(|capsule| capsule.set_traverse(traverse, clear)))
    }
    fn PyCapsule_IsValid(object: Ref, name: *const c_char) -> c_int {
        let capsule = opt(object).and_then(|object| object.downcast_exact::<PyCapsule>());
        capsule.map_or(0, |capsule| c_int::from(!capsule.pointer.get().is_null() && same(capsule.name_text(), name_at(name))))
    }
    fn PyCapsule_GetPointer(object: Ref, name: *const c_char) -> *mut c_void {
        match capsule(object, "PyCapsule_GetPointer") {
            Ok(capsule) if same(capsule.name_text(), name_at(name)) => capsule.pointer.get(),
            Ok(_) => {
                let _: Raised = raised!(ValueError, "PyCapsule_GetPointer called with incorrect name");
                null_mut()
            }
            Err(_) => null_mut(),
        }
    }
    fn PyCapsule_GetName(object: Ref) -> *const c_char { capsule(object, "PyCapsule_GetName").map_or(core::ptr::null(), |capsule| capsule.name.get()) }
    fn PyCapsule_GetDestructor(object: Ref) -> Option<PyCapsule_Destructor> {
        capsule(object, "PyCapsule_GetDestructor").map_or(None, |capsule| capsule.destructor.get())
    }
    fn PyCapsule_GetContext(object: Ref) -> *mut c_void { capsule(object, "PyCapsule_GetContext").map_or(null_mut(), |capsule| capsule.context.get()) }
    fn PyCapsule_SetPointer(object: Ref, pointer: *mut c_void) -> c_int {
        if pointer.is_null() {
            let _: Raised = raised!(ValueError, "PyCapsule_SetPointer called with null pointer");
            return -1;
        }
        status(capsule(object, "PyCapsule_SetPointer").map(|capsule| capsule.pointer.set(pointer)))
    }
    fn PyCapsule_SetName(object: Ref, name: *const c_char) -> c_int { status(capsule(object, "PyCapsule_SetName").map(|capsule| capsule.name.set(name))) }
    fn PyCapsule_SetDestructor(object: Ref, destructor: Option<PyCapsule_Destructor>) -> c_int {
        status(capsule(object, "PyCapsule_SetDestructor").map(|capsule| capsule.destructor.set(destructor)))
    }
    fn PyCapsule_SetContext(object: Ref, context: *mut c_void) -> c_int {
        status(capsule(object, "PyCapsule_SetContext").map(|capsule| capsule.context.set(context)))
    }
    fn PyCapsule_Import(name: *const c_char, _no_block: c_int) -> *mut c_void {
        let full = text(name).into_owned();
        let mut parts = full.split('.');
        let found: PyResult = (|| {
            let mut object = taipan_runtime::imports::import_module(&PyStr::new(parts.next().unwrap_or_default()))?;
            for part in parts {
                object = match object::get_optional_attr(&object, &PyStr::new(part))? {
                    Some(found) => found,
                    None => taipan_runtime::imports::import_module(&PyStr::new(full.rsplit_once('.').map_or("", |(module, _)| module)))
                        .and_then(|module| object::get_attr(&module, &PyStr::new(part)))?,
                };
            }
            Ok(object)
        })();
        match found {
            Err(_) => null_mut(),
            Ok(object) if PyCapsule_IsValid(object.as_ptr(), name) == 1 => PyCapsule_GetPointer(object.as_ptr(), name),
            Ok(_) => {
                let _: Raised = raised!(AttributeError, "PyCapsule_Import \"{full}\" is not valid");
                null_mut()
            }
        }
    }
}
