//! What is said of an attribute that a module does not have: whether the module is still being imported, and whether it
//! hides a module of the library.

use super::PyModule;
use crate::errors;
use crate::intern;
use crate::model::thread;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised};
use crate::protocols::{object, sequence};
use crate::types::dict::PyDict;
use crate::types::set::{PyFrozenSet, PySet};
use crate::types::str::PyStr;

/// Whether the module of this `__spec__` is still running.
pub fn is_initialising(spec: &PyObject) -> PyResult<bool> {
    if spec.is_none() {
        return Ok(false);
    }
    match object::get_optional_attr(spec, intern!("_initializing"))? {
        Some(flag) => object::is_true(&flag),
        None => Ok(false),
    }
}

/// Where the module of this `__spec__` came from, if that is a file.
pub fn file_origin(spec: &PyObject) -> PyResult<Option<Py<PyStr>>> {
    let Some(located) = object::get_optional_attr(spec, intern!("has_location"))? else { return Ok(None) };
    if !object::is_true(&located)? {
        return Ok(None);
    }
    let origin = object::get_optional_attr(spec, intern!("origin"))?;
    Ok(origin.and_then(|origin| origin.downcast_owned::<PyStr>()))
}

/// A name in the module `sys`.
fn sys_name(name: &PyStr) -> PyResult<Option<Obj>> {
    let sys = crate::model::thread::current().interpreter().sys_dict.get();
    match sys.as_deref().and_then(|dict| dict.downcast::<PyDict>()) {
        Some(dict) => dict.get_str(name),
        None => Ok(None),
    }
}

/// Whether a file lies where scripts are looked for first, and so could hide a module meant by its name.
pub fn is_possibly_shadowing(origin: &PyStr) -> PyResult<bool> {
    let first = thread::current().interpreter().program_folder.get();
    let Some(first) = first.and_then(|first| first.downcast_owned::<PyStr>()) else { return Ok(false) };
    let (origin, mut first) = (origin.to_string(), first.to_string());
    let Some((mut folder, file)) = origin.rsplit_once('/') else { return Ok(false) };
    if file == "__init__.py" {
        let Some((outer, _)) = folder.rsplit_once('/') else { return Ok(false) };
        folder = outer;
    }
    if first.is_empty() {
        let Some(current) = current_folder() else { return Ok(false) };
        first = current;
    }
    Ok(folder == first)
}

fn current_folder() -> Option<String> {
    let path = taipan_host::paths::current_folder().ok()?;
    Some(String::from_utf8_lossy(&path).into_owned())
}

/// Whether the name is one of a module of the library.
pub fn is_library_name(name: &PyStr) -> PyResult<bool> {
    match sys_name(intern!("stdlib_module_names"))? {
        Some(names) if PySet::check(&names) || PyFrozenSet::check(&names) => sequence::contains(&names, name),
        _ => Ok(false),
    }
}

/// Whether `name` is a submodule that is being imported now.
fn is_submodule_in_progress(spec: &PyObject, name: &PyStr) -> PyResult<bool> {
    if spec.is_none() {
        return Ok(false);
    }
    match object::get_optional_attr(spec, intern!("_uninitialized_submodules"))? {
        Some(submodules) => sequence::contains(&submodules, name),
        None => Ok(false),
    }
}

/// The `AttributeError`.
#[cold]
pub fn attribute(module: &PyModule, name: &PyStr) -> Raised {
    match message(module, name) {
        Ok(message) => errors::set_attribute_error(module, name, format_args!("{message}")),
        Err(raised) => raised,
    }
}

fn message(module: &PyModule, name: &PyStr) -> PyResult<String> {
    let dict = module.dict();
    let own_name = dict.get_str(intern!("__name__"))?.and_then(|name| name.downcast_owned::<PyStr>());
    let Some(own) = own_name else {
        return Ok(format!("module has no attribute '{name}'"));
    };
    let spec = dict.get_str(intern!("__spec__"))?;
    let Some(spec) = spec.filter(|spec| !spec.is_none()) else {
        return Ok(format!("module '{own}' has no attribute '{name}'"));
    };
    let origin = file_origin(&spec)?;
    let shadowing = match &origin {
        Some(origin) => is_possibly_shadowing(origin)?,
        None => false,
    };
    if shadowing && is_library_name(&own)? {
        return Ok(format!(
            "module '{own}' has no attribute '{name}' (consider renaming '{}' since it has the same name as the \
             standard library module named '{own}' and prevents importing that standard library module)",
            origin.map_or_else(String::new, |origin| origin.to_string())
        ));
    }
    if is_initialising(&spec)? {
        return Ok(match origin {
            Some(origin) if shadowing => format!(
                "module '{own}' has no attribute '{name}' (consider renaming '{origin}' if it has the same name as a \
                 library you intended to import)"
            ),
            Some(origin) => format!(
                "partially initialized module '{own}' from '{origin}' has no attribute '{name}' (most likely due to a \
                 circular import)"
            ),
            None => format!(
                "partially initialized module '{own}' has no attribute '{name}' (most likely due to a circular import)"
            ),
        });
    }
    if is_submodule_in_progress(&spec, name)? {
        return Ok(format!(
            "cannot access submodule '{name}' of module '{own}' (most likely due to a circular import)"
        ));
    }
    Ok(format!("module '{own}' has no attribute '{name}'"))
}
