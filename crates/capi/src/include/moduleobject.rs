//! `moduleobject.h`: modules.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

use taipan_objects::types::module::PyModule;

/// Adds functions of a C table to a module.
pub unsafe fn add_functions(module: &PyModule, table: *mut PyMethodDef) -> PyResult<()> {
    if table.is_null() {
        return Ok(());
    }
    let name = module.name()?;
    let mut at = table;
    // SAFETY: the table ends with an empty entry and lives as long as the module.
    unsafe {
        while !(*at).ml_name.is_null() {
            let def: &'static PyMethodDef = &*at;
            if def.ml_flags & (METH_CLASS | METH_STATIC) != 0 {
                return Err(raised!(ValueError, "module functions cannot set METH_CLASS or METH_STATIC"));
            }
            let function =
                taipan_objects::types::builtin::PyBuiltin::new(def, Some(module), Some(&name), None);
            object::set_attr(module, &string(def.ml_name), Some(&function))?;
            at = at.add(1);
        }
    }
    Ok(())
}

/// Makes the module's own memory, where its definition asks for some: `least` bytes at least.
pub unsafe fn allocate_state(module: &PyModule, def: *mut PyModuleDef, least: isize) -> PyResult<()> {
    // SAFETY: the caller passes a live definition.
    let size = unsafe { (*def).m_size }.max(least);
    if size > 0 && module.state().is_null() {
        let memory =
            taipan_objects::memory::alloc_zeroed_in(taipan_objects::memory::Domain::Mem, size as usize);
        if memory.is_null() {
            return Err(raised!(MemoryError));
        }
        module.set_state(memory.cast());
    }
    Ok(())
}

c_api! {
    fn PyModule_NewObject(name: Ref) -> Ref { new_ref(typed::<PyStr>(name).map(PyModule::with_name)) }
    fn PyModule_New(name: *const c_char) -> Ref { new_ref(PyModule::with_name(&string(name))) }
    fn PyModule_GetDict(module: Ref) -> Ref {
        match typed::<PyModule>(module) {
            Ok(module) => module.dict().as_ptr(),
            Err(_) => null_mut(),
        }
    }
    fn PyModule_GetNameObject(module: Ref) -> Ref { new_ref(typed::<PyModule>(module).and_then(PyModule::name)) }
    fn PyModule_GetName(module: Ref) -> *const c_char {
        match typed::<PyModule>(module).and_then(PyModule::name) {
            Ok(name) => crate::include::unicodeobject::PyUnicode_AsUTF8(name.as_ptr()),
            Err(_) => core::ptr::null(),
        }
    }
    fn PyModule_GetFilenameObject(module: Ref) -> Ref {
        new_ref(typed::<PyModule>(module).and_then(|module| {
            match module.dict().get_str(intern!("__file__"))? {
                Some(file) if file.downcast::<PyStr>().is_some() => Ok(file),
                _ => Err(raised!(SystemError, "module filename missing")),
            }
        }))
    }
    fn PyModule_GetDef(module: Ref) -> *mut PyModuleDef { typed::<PyModule>(module).map_or(null_mut(), PyModule::def) }
    fn PyModule_GetState(module: Ref) -> *mut c_void { typed::<PyModule>(module).map_or(null_mut(), PyModule::state) }
    fn PyModule_AddObjectRef(module: Ref, name: *const c_char, value: Ref) -> c_int {
        status(typed::<PyModule>(module).and_then(|module| match opt(value) {
            Some(value) => module.add(&text(name), value),
            None if errors::occurred() => Err(Raised::claim()),
            None => Err(raised!(SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL")),
        }))
    }
    fn PyModule_AddObject(module: Ref, name: *const c_char, value: Ref) -> c_int {
        // Takes the reference over where it succeeds.
        let status = PyModule_AddObjectRef(module, name, value);
        if status == 0 {
            crate::include::refcount::Py_DecRef(value);
        }
        status
    }
    fn PyModule_Add(module: Ref, name: *const c_char, value: Ref) -> c_int {
        let status = PyModule_AddObjectRef(module, name, value);
        crate::include::refcount::Py_DecRef(value);
        status
    }
    fn PyModule_AddIntConstant(module: Ref, name: *const c_char, value: c_long) -> c_int {
        status(typed::<PyModule>(module).and_then(|module| module.add_int(&text(name), value)))
    }
    fn PyModule_AddStringConstant(module: Ref, name: *const c_char, value: *const c_char) -> c_int {
        status(typed::<PyModule>(module).and_then(|module| module.add_str(&text(name), &text(value))))
    }
    fn PyModule_AddType(module: Ref, class: *mut PyTypeObject) -> c_int {
        if crate::include::typeobject::PyType_Ready(class) < 0 {
            return -1;
        }
        let class = class_at(class);
        status(typed::<PyModule>(module).and_then(|module| module.add(class.short_name(), class)))
    }
    fn PyModule_AddFunctions(module: Ref, table: *mut PyMethodDef) -> c_int {
        status(typed::<PyModule>(module).and_then(|module| add_functions(module, table)))
    }
    fn PyModule_SetDocString(module: Ref, doc: *const c_char) -> c_int {
        status(object::set_attr(at(module), intern!("__doc__"), Some(&string(doc))))
    }
    fn PyModule_Create2(def: *mut PyModuleDef, _version: c_int) -> Ref { new_ref(crate::loading::single_phase(def)) }
    fn PyModule_FromDefAndSpec2(def: *mut PyModuleDef, spec: Ref, _version: c_int) -> Ref {
        new_ref(crate::loading::from_def(def, at(spec)))
    }
    fn PyModule_ExecDef(module: Ref, def: *mut PyModuleDef) -> c_int {
        status(typed::<PyModule>(module).and_then(|module| crate::loading::exec_def(module, def)))
    }
    fn PyModuleDef_Init(def: *mut PyModuleDef) -> Ref { crate::loading::init_def(def) }
    fn PyState_FindModule(def: *mut PyModuleDef) -> Ref { crate::loading::find_module(def).map_or(null_mut(), |module| module.as_ptr()) }
    fn PyState_AddModule(module: Ref, def: *mut PyModuleDef) -> c_int {
        if def.is_null() || module.is_null() {
            let _: Raised = raised!(SystemError, "PyState_AddModule: module definition is NULL");
            return -1;
        }
        if !(*def).m_slots.is_null() {
            let _: Raised = raised!(SystemError, "PyState_AddModule called on module with slots");
            return -1;
        }
        crate::loading::remember_module(at(module), def);
        0
    }
    fn PyState_RemoveModule(def: *mut PyModuleDef) -> c_int {
        if !(*def).m_slots.is_null() {
            let _: Raised = raised!(SystemError, "PyState_RemoveModule called on module with slots");
            return -1;
        }
        crate::loading::forget_module(def);
        0
    }
    fn PyUnstable_Module_SetGIL(_module: Ref, _gil: *mut c_void) -> c_int { 0 }
}
