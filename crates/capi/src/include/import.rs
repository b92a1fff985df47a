//! `import.h`: importing.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

use taipan_runtime::imports;

/// `sys.modules` as a dictionary.
fn modules() -> PyResult<Py<PyDict>> {
    imports::modules()?
        .downcast_into::<PyDict>()
        .map_err(|_| raised!(RuntimeError, "unable to get sys.modules"))
}

/// A module by its name, made empty where it was not imported.
fn added(name: &PyStr) -> PyResult<Obj> {
    let modules = modules()?;
    if let Some(module) = modules.get_str(name)?
        && module.downcast::<PyModule>().is_some()
    {
        return Ok(module);
    }
    let module = PyModule::with_name(name).into_obj();
    modules.set_item(name, &module)?;
    Ok(module)
}

c_api! {
    fn PyImport_ImportModule(name: *const c_char) -> Ref { new_ref(imports::import_module(&string(name))) }
    fn PyImport_ImportModuleNoBlock(name: *const c_char) -> Ref { new_ref(imports::import_module(&string(name))) }
    fn PyImport_Import(name: Ref) -> Ref { new_ref(typed::<PyStr>(name).and_then(imports::import_module)) }
    fn PyImport_ImportModuleLevelObject(name: Ref, globals: Ref, _locals: Ref, from_list: Ref, level: c_int) -> Ref {
        new_ref(typed::<PyStr>(name).and_then(|name| imports::import_level(name, opt(globals), None, opt(from_list), level)))
    }
    fn PyImport_ImportModuleLevel(name: *const c_char, globals: Ref, _locals: Ref, from_list: Ref, level: c_int) -> Ref {
        new_ref(imports::import_level(&string(name), opt(globals), None, opt(from_list), level))
    }
    fn PyImport_GetModuleDict() -> Ref { modules().map_or(null_mut(), |modules| modules.as_ptr()) }
    fn PyImport_GetModule(name: Ref) -> Ref {
        match modules().and_then(|modules| modules.get_item(at(name))) {
            Ok(Some(module)) => module.into_raw(),
            _ => null_mut(),
        }
    }
    fn PyImport_AddModuleRef(name: *const c_char) -> Ref { new_ref(added(&string(name))) }
    fn PyImport_AddModule(name: *const c_char) -> Ref { lent(added(&string(name)).map(Some)) }
    fn PyImport_AddModuleObject(name: Ref) -> Ref { lent(typed::<PyStr>(name).and_then(added).map(Some)) }
    fn PyImport_ReloadModule(module: Ref) -> Ref {
        new_ref(imports::import_module(intern!("importlib")).and_then(|importlib| call::method(&importlib, intern!("reload"), &[at(module)])))
    }
}
