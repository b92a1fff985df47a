//! The import statement's way to `importlib`, and what it is built on.
//!
//! | file | holds |
//! |---|---|
//! | `builtin` | native modules: the table of them, making and running them |
//! | `frozen` | modules whose code lies in the program |
//! | `imp` | the module `_imp` |
//! | `tracebacks` | hiding importlib's own frames |

pub mod builtin;
pub mod frozen;
pub mod imp;
mod tracebacks;

use crate::{audit, sys};
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// `sys.modules`.
pub fn modules() -> PyResult<Obj> {
    match thread::current().interpreter().modules.get() {
        Some(modules) => Ok(modules),
        None => Err(raised!(RuntimeError, "unable to get sys.modules")),
    }
}

/// A module of `sys.modules`.
pub fn loaded(name: &PyObject) -> PyResult<Option<Obj>> {
    let modules = modules()?;
    match modules.downcast_exact::<PyDict>() {
        Some(dict) => dict.get_item(name),
        None => mapping::get_optional_item(&modules, name),
    }
}

fn importlib() -> PyResult<Obj> {
    match thread::current().interpreter().importlib.get() {
        Some(importlib) => Ok(importlib),
        None => Err(raised!(ImportError, "import machinery is not ready yet")),
    }
}

/// Imports a module by its full name and gives the module itself (`PyImport_Import`).
pub fn import_module(name: &PyStr) -> PyResult {
    let globals = crate::builtins::current_globals();
    let builtins = crate::upcalls::current_builtins();
    let import = match &builtins {
        Some(builtins) => match builtins.downcast::<PyDict>() {
            Some(dict) => dict.get_str(intern!("__import__"))?,
            None => None,
        },
        None => None,
    };
    let Some(import) = import else {
        return import_absolute(name);
    };
    let from = PyList::new();
    let globals = globals.unwrap_or_else(|| PyDict::new().into_obj());
    let zero = PyInt::from_i64(0);
    call::call(&import, &[name, &globals, &globals, &from, &zero])?;
    match loaded(name)? {
        Some(module) => Ok(module),
        None => Err(errors::set_key_error(name)),
    }
}

/// Imports by full name without asking `__import__`.
pub fn import_absolute(name: &PyStr) -> PyResult {
    let from = PyList::new();
    import_level(name, None, None, Some(&from), 0)?;
    match loaded(name)? {
        Some(module) => Ok(module),
        None => Err(errors::set_key_error(name)),
    }
}

/// `importlib.import_module(name).attribute` for modules of the library that the runtime itself needs.
pub fn library_attribute(module: &'static str, attribute: &'static PyStr) -> PyResult {
    let module = import_absolute(&PyStr::new(module))?;
    object::get_attr(&module, attribute)
}

/// `__import__(name, globals, locals, fromlist, level)` (`PyImport_ImportModuleLevelObject`).
pub fn import_level(
    name: &PyObject,
    globals: Option<&PyObject>,
    locals: Option<&PyObject>,
    fromlist: Option<&PyObject>,
    level: i32,
) -> PyResult {
    let _ = locals;
    import_from_level(name, globals, fromlist, level).map_err(tracebacks::hide_importlib)
}

fn import_from_level(
    name: &PyObject,
    globals: Option<&PyObject>,
    fromlist: Option<&PyObject>,
    level: i32,
) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "module name must be a string"));
    };
    if level < 0 {
        return Err(raised!(ValueError, "level must be >= 0"));
    }
    let full = if level > 0 {
        resolve(name, globals, level as usize)?
    } else {
        if name.is_empty() {
            return Err(raised!(ValueError, "Empty module name"));
        }
        name.to_owned()
    };
    let module = match loaded(&full)? {
        Some(module) if !module.is_none() => {
            if ensure_initialized(&module, &full)? {
                // The other thread's import may have failed; then it is tried again here.
                match loaded(&full)? {
                    Some(module) => module,
                    None => find_and_load(&full)?,
                }
            } else {
                sys::import_time::cached(&full);
                module
            }
        }
        _ => find_and_load(&full)?,
    };
    let has_from = match fromlist {
        Some(list) if !list.is_none() => object::is_true(list)?,
        _ => false,
    };
    if has_from {
        return match object::get_optional_attr(&module, intern!("__path__"))? {
            Some(_) => {
                let import = import_function()?;
                let list = fromlist.unwrap_or(none_ref());
                call::method(&*importlib()?, intern!("_handle_fromlist"), &[&module, list, &import])
            }
            None => Ok(module),
        };
    }
    if level != 0 && name.is_empty() {
        return Ok(module);
    }
    let dot = (0..name.len()).find(|&index| name.char_at(index) == u32::from(b'.'));
    let Some(dot) = dot else { return Ok(module) };
    if level == 0 {
        return import_level(&name.substring(0, dot), None, None, None, 0);
    }
    let wanted = full.substring(0, full.len() - (name.len() - dot));
    match loaded(&wanted)? {
        Some(module) => Ok(module),
        None => {
            let shown = object::repr(&wanted)?;
            let message = PyStr::new(&format!("{shown} not in sys.modules as expected"));
            Err(errors::set_key_error(&message))
        }
    }
}

/// The function that importlib imports with: `builtins.__import__` as it was made.
fn import_function() -> PyResult {
    let builtins = thread::current().interpreter().builtins.get();
    let found = match builtins.as_ref().and_then(|builtins| builtins.downcast::<PyDict>()) {
        Some(dict) => dict.get_str(intern!("__import__"))?,
        None => None,
    };
    found.ok_or_else(|| raised!(ImportError, "__import__ not found"))
}

/// Waits for another thread that is importing the module; says whether it did.
fn ensure_initialized(module: &PyObject, name: &PyStr) -> PyResult<bool> {
    let Some(spec) = object::get_optional_attr(module, intern!("__spec__"))? else { return Ok(false) };
    let busy = match object::get_optional_attr(&spec, intern!("_initializing"))? {
        Some(value) => object::is_true(&value)?,
        None => false,
    };
    if busy {
        call::method(&*importlib()?, intern!("_lock_unlock_module"), &[name])?;
    }
    Ok(busy)
}

fn find_and_load(name: &PyStr) -> PyResult {
    if audit::is_active() {
        let of = |key: &'static PyStr| sys::get(key).map(|value| value.unwrap_or_else(none));
        let (path, meta, hooks) =
            (of(intern!("path"))?, of(intern!("meta_path"))?, of(intern!("path_hooks"))?);
        audit::audit("import", &[name, none_ref(), &path, &meta, &hooks])?;
    }
    let importlib = importlib()?;
    let import = import_function()?;
    let timer = sys::import_time::begin();
    let found = call::method(&importlib, intern!("_find_and_load"), &[name, &import]);
    if timer.is_none() {
        return found;
    }
    // The report writes to `sys.stderr`, which may run Python code.
    let found = found.map_err(errors::take);
    sys::import_time::end(timer, name);
    found.map_err(errors::restore)
}

/// The full name of a relative import.
fn resolve(name: &PyStr, globals: Option<&PyObject>, level: usize) -> PyResult<Py<PyStr>> {
    let Some(globals) = globals else {
        return Err(raised!(KeyError, "'__name__' not in globals"));
    };
    let Some(globals) = globals.downcast::<PyDict>() else {
        return Err(raised!(TypeError, "globals must be a dict"));
    };
    let package = package_of(globals)?;
    let mut end = package.len();
    for _ in 1..level {
        match (0..end).rev().find(|&index| package.char_at(index) == u32::from(b'.')) {
            Some(dot) => end = dot,
            None => {
                return Err(raised!(ImportError, "attempted relative import beyond top-level package"));
            }
        }
    }
    let base = package.substring(0, end);
    if base.is_empty() || name.is_empty() {
        return Ok(base);
    }
    base.concat(intern!("."))?.concat(name)
}

/// The package that relative names in a module with these globals start from.
fn package_of(globals: &PyDict) -> PyResult<Py<PyStr>> {
    let present = |value: Option<Obj>| value.filter(|value| !value.is_none());
    let package = present(globals.get_str(intern!("__package__"))?);
    let spec = present(globals.get_str(intern!("__spec__"))?);
    if let Some(package) = package {
        let Some(text) = package.downcast_owned::<PyStr>() else {
            return Err(raised!(TypeError, "package must be a string"));
        };
        if let Some(spec) = spec {
            let parent = object::get_attr(&spec, intern!("parent"))?;
            if !object::compare_bool(&text, &parent, CompareOp::Eq)? {
                errors::warn(Exc::DeprecationWarning, 1, format_args!("__package__ != __spec__.parent"))?;
            }
        }
        return not_empty(text);
    }
    if let Some(spec) = spec {
        let parent = object::get_attr(&spec, intern!("parent"))?;
        return match parent.downcast_owned::<PyStr>() {
            Some(text) => not_empty(text),
            None => Err(raised!(TypeError, "__spec__.parent must be a string")),
        };
    }
    errors::warn(
        Exc::ImportWarning,
        1,
        format_args!(
            "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"
        ),
    )?;
    let Some(name) = globals.get_str(intern!("__name__"))? else {
        return Err(raised!(KeyError, "'__name__' not in globals"));
    };
    let Some(name) = name.downcast_owned::<PyStr>() else {
        return Err(raised!(TypeError, "__name__ must be a string"));
    };
    if globals.contains(intern!("__path__"))? {
        return not_empty(name);
    }
    match (0..name.len()).rev().find(|&index| name.char_at(index) == u32::from(b'.')) {
        Some(dot) => not_empty(name.substring(0, dot)),
        None => Err(no_parent()),
    }
}

fn not_empty(package: Py<PyStr>) -> PyResult<Py<PyStr>> {
    if package.is_empty() { Err(no_parent()) } else { Ok(package) }
}

fn no_parent() -> Raised {
    raised!(ImportError, "attempted relative import with no known parent package")
}

/// Loading extension modules, which needs the C API above this crate.
#[derive(Clone, Copy)]
pub struct Dynamic {
    pub create: fn(&PyObject) -> PyResult,
    pub exec: fn(&PyObject) -> PyResult<()>,
    /// Forgets what is kept of a module of this name and file.
    pub forget: fn(&PyObject, &PyObject) -> PyResult<()>,
}

static DYNAMIC: std::sync::OnceLock<Dynamic> = std::sync::OnceLock::new();

/// Says how extension modules are loaded. The first call counts.
pub fn set_dynamic(dynamic: Dynamic) {
    let _ = DYNAMIC.set(dynamic);
}

/// How extension modules are loaded.
pub fn dynamic() -> Option<Dynamic> {
    DYNAMIC.get().copied()
}
