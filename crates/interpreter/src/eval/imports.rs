//! `import`.

#![expect(unsafe_code, reason = "reads the names of frames")]

use super::common::{builtins, globals};
use super::machine::Machine;
use crate::frames::Frame;
use taipan_objects::errors;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::module::missing;

/// `import name` and `from … import`: calls `__import__` of the built-ins. Level and names are on the stack.
#[inline(never)]
pub(crate) fn import_name(m: &mut Machine, name: &PyStr) -> PyResult<()> {
    m.save();
    let (level, from_list) = (m.obj(2), m.obj(1));
    let found = mapping::get_optional_item(builtins(m.frame), intern!("__import__"))?;
    let Some(import) = found else {
        return Err(raised!(ImportError, "__import__ not found"));
    };
    let globals = globals(m.frame);
    // SAFETY: the frame owns its namespace.
    let locals = unsafe { m.frame().locals.as_ref() }.unwrap_or(none_ref()).owned();
    let result = call::call(&import, &[name, globals, &locals, from_list, level])?;
    m.replace_obj(2, result);
    Ok(())
}

/// `from module import name`: an attribute, else the submodule that is still being imported.
#[inline(never)]
pub(crate) fn import_from(module: &PyObject, name: &PyStr) -> PyResult {
    if let Some(found) = object::get_optional_attr(module, name)? {
        return Ok(found);
    }
    let module_name = object::get_optional_attr(module, intern!("__name__"))?;
    let Some(module_name) = module_name.and_then(|n| n.downcast_owned::<PyStr>()) else {
        return Err(cannot_import(module, None, name)?);
    };
    let full = PyStr::new(&format!("{module_name}.{name}"));
    let modules = taipan_objects::model::thread::current().interpreter().modules.get();
    if let Some(modules) = modules
        && let Some(found) = mapping::get_optional_item(&modules, &full)?
    {
        return Ok(found);
    }
    Err(cannot_import(module, Some(&module_name), name)?)
}

/// What `ImportError` says of the origin of the module.
#[cold]
fn cannot_import(module: &PyObject, module_name: Option<&PyStr>, name: &PyStr) -> PyResult<Raised> {
    let shown = module_name.map_or_else(|| "<unknown module name>".to_owned(), ToString::to_string);
    let spec = object::get_optional_attr(module, intern!("__spec__"))?.filter(|spec| !spec.is_none());
    let (mut origin, mut initialising) = (None, false);
    if let Some(spec) = &spec {
        origin = missing::file_origin(spec)?;
        initialising = missing::is_initialising(spec)?;
    }
    let stdlib_name = match (module_name, origin.as_deref()) {
        (Some(module_name), Some(origin)) if missing::is_possibly_shadowing(origin)? => {
            Some(missing::is_library_name(module_name)?)
        }
        _ => None,
    };
    if origin.is_none()
        && let Some(module) = module.downcast::<PyModule>()
    {
        let file = module.dict().get_str(intern!("__file__"))?;
        origin = file.and_then(|file| file.downcast_owned::<PyStr>());
    }
    let place = origin.as_deref().map_or_else(|| "unknown location".to_owned(), ToString::to_string);
    let path = origin.as_deref().map(PyType::as_object);
    let module_object = module_name.map(PyType::as_object);
    let set = |message: core::fmt::Arguments<'_>| {
        errors::set_import_error(Exc::ImportError, message, module_object, path, Some(name))
    };
    if let Some(stdlib) = stdlib_name {
        if stdlib {
            return Ok(set(format_args!(
                "cannot import name '{name}' from '{shown}' (consider renaming '{place}' since it has the same name as \
                 the standard library module named '{shown}' and prevents importing that standard library module)"
            )));
        }
        if initialising {
            return Ok(set(format_args!(
                "cannot import name '{name}' from '{shown}' (consider renaming '{place}' if it has the same name as a \
                 library you intended to import)"
            )));
        }
    }
    if initialising {
        return Ok(set(format_args!(
            "cannot import name '{name}' from partially initialized module '{shown}' (most likely due to a circular \
             import) ({place})"
        )));
    }
    Ok(set(format_args!("cannot import name '{name}' from '{shown}' ({place})")))
}

/// `from module import *`.
#[inline(never)]
pub(crate) fn import_star(frame: *mut Frame, module: &PyObject) -> PyResult<()> {
    // SAFETY: the frame owns its namespace.
    let Some(locals) = (unsafe { (*frame).locals.as_ref() }) else {
        return Err(raised!(SystemError, "no locals found during 'import *'"));
    };
    let locals = locals.owned();
    let (names, all) = match object::get_optional_attr(module, intern!("__all__"))? {
        Some(names) => (names, true),
        None => {
            let Some(dict) = object::get_optional_attr(module, intern!("__dict__"))? else {
                return Err(raised!(ImportError, "from-import-* object has no __dict__ and no __all__"));
            };
            (mapping::keys(&dict)?, false)
        }
    };
    let mut position = 0;
    loop {
        let name = match sequence::get_item(&names, position) {
            Ok(name) => name,
            Err(raised) => return errors::catch(raised, Exc::IndexError),
        };
        position += 1;
        let Some(text) = name.downcast::<PyStr>() else {
            return Err(wrong_star_name(module, &name, all)?);
        };
        if !all && !text.is_empty() && text.char_at(0) == u32::from('_') {
            continue;
        }
        let value = object::get_attr(module, text)?;
        match locals.downcast_exact::<PyDict>() {
            Some(dict) => dict.set_item(text, &value)?,
            None => object::set_item(&locals, text, Some(&value))?,
        }
    }
}

fn wrong_star_name(module: &PyObject, name: &PyObject, all: bool) -> PyResult<Raised> {
    let module_name = object::get_attr(module, intern!("__name__"))?;
    let Some(module_name) = module_name.downcast::<PyStr>() else {
        return Ok(raised!(
            TypeError,
            "module __name__ must be a string, not {}",
            module_name.class().name()
        ));
    };
    let (place, what) = if all { ("__all__", "Item") } else { ("__dict__", "Key") };
    Ok(raised!(TypeError, "{what} in {module_name}.{place} must be str, not {}", name.class().name()))
}
