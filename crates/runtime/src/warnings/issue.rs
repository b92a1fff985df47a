//! Issuing warnings: filters decide, registries remember, `warnings._showwarnmsg` shows.

use super::frames;
use super::state;
use crate::contextvars::PyContextVar;
use crate::sys;
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;

/// An attribute of the module `warnings`, where it is loaded.
fn attribute(name: &'static PyStr) -> PyResult<Option<Obj>> {
    if crate::state::is_finalizing() {
        return Ok(None);
    }
    match crate::imports::loaded(intern!("warnings"))? {
        Some(module) if !module.is_none() => object::get_optional_attr(&module, name),
        _ => Ok(None),
    }
}

/// A warning and where it comes from.
pub struct Warning<'a> {
    pub category: &'a PyObject,
    pub message: &'a PyObject,
    pub filename: &'a PyStr,
    pub lineno: i32,
    pub module: Option<&'a PyObject>,
    pub registry: Option<&'a PyObject>,
    pub source_line: Option<Obj>,
    pub source: Option<&'a PyObject>,
}

/// `warnings.warn` (`PyErr_WarnEx`, `PyErr_ResourceWarning`).
pub fn warn(
    category: &PyObject,
    message: &PyObject,
    level: isize,
    source: Option<&PyObject>,
) -> PyResult<()> {
    warn_at(category, message, level, source, &[])
}

pub fn warn_at(
    category: &PyObject,
    message: &PyObject,
    level: isize,
    source: Option<&PyObject>,
    prefixes: &[Obj],
) -> PyResult<()> {
    let place = frames::place(level, prefixes)?;
    issue(Warning {
        category,
        message,
        filename: &place.filename,
        lineno: place.lineno,
        module: Some(&place.module),
        registry: Some(&place.registry),
        source_line: None,
        source,
    })
}

/// `warnings.warn_explicit` with a registry or without (`PyErr_WarnExplicitObject`).
pub fn explicit(
    category: &TypeObject,
    message: &PyStr,
    filename: &PyStr,
    lineno: i32,
    registry: Option<&PyObject>,
) -> PyResult<()> {
    issue(Warning {
        category,
        message,
        filename,
        lineno,
        module: None,
        registry,
        source_line: None,
        source: None,
    })
}

/// The module a file is taken for: its name without `.py`.
fn module_of(filename: &PyStr) -> Py<PyStr> {
    let length = filename.len();
    if length == 0 {
        return PyStr::new("<unknown>");
    }
    let ends = length >= 3 && filename.substring(length - 3, length).eq_str(".py");
    if ends { filename.substring(0, length - 3) } else { filename.to_owned() }
}

/// Decides and shows.
pub fn issue(warning: Warning<'_>) -> PyResult<()> {
    if warning.module.is_some_and(|module| module.is_none()) {
        return Ok(());
    }
    let registry = match warning.registry.filter(|registry| !registry.is_none()) {
        None => None,
        Some(registry) => match registry.downcast::<PyDict>() {
            Some(dict) => Some(dict),
            None => return Err(raised!(TypeError, "'registry' must be a dict or None")),
        },
    };
    let module = match warning.module {
        Some(module) => module.owned(),
        None => module_of(warning.filename).into_obj(),
    };
    let (text, category, message) = if object::is_instance(warning.message, Exc::Warning.type_object())? {
        let text = object::str(warning.message)?.into_obj();
        (text, warning.message.class().owned(), warning.message.owned())
    } else {
        let message = call::call(warning.category, &[warning.message])?;
        (warning.message.owned(), warning.category.owned(), message)
    };
    let lineno = PyInt::from_i64(i64::from(warning.lineno));
    let key = PyTuple::from_slice(&[&text, &category, &lineno]);
    if let Some(registry) = registry
        && already_warned(registry, &key, false)?
    {
        return Ok(());
    }
    let (action, item) = find_action(&category, &text, warning.lineno, &module)?;
    match &*action.to_string_lossy() {
        "error" => return Err(errors::set_object(message.class(), &message)),
        "ignore" => return Ok(()),
        "always" | "all" => {}
        how => {
            if let Some(registry) = registry {
                registry.set_item(&key, &PyInt::from_bool(true))?;
            }
            let zero = PyInt::from_i64(0);
            let told = match how {
                "once" => {
                    let of_all = match registry {
                        Some(registry) => registry.to_owned(),
                        None => once_registry()?,
                    };
                    let of_all = if registry.is_some() { once_registry().unwrap_or(of_all) } else { of_all };
                    already_warned(&of_all, &PyTuple::from_slice(&[&text, &category]), true)?
                }
                "module" => match registry {
                    Some(registry) => {
                        already_warned(registry, &PyTuple::from_slice(&[&text, &category, &zero]), true)?
                    }
                    None => false,
                },
                "default" => false,
                _ => {
                    let (action, item) = (object::repr(&action)?, object::repr(&item)?);
                    return Err(raised!(
                        RuntimeError,
                        "Unrecognized action ({action}) in warnings.filters:\n {item}"
                    ));
                }
            };
            if told {
                return Ok(());
            }
        }
    }
    show(&warning, &category, &text, &message)
}

fn once_registry() -> PyResult<Py<PyDict>> {
    let registry = match attribute(intern!("onceregistry"))? {
        None => state().once_registry(),
        Some(registry) => registry,
    };
    match registry.downcast_into::<PyDict>() {
        Ok(registry) => {
            state().once_registry.set(Some(registry.clone().into_obj()));
            Ok(registry)
        }
        Err(other) => {
            let name = other.class().name();
            Err(raised!(TypeError, "_warnings.onceregistry must be a dict, not '{name}'"))
        }
    }
}

/// Whether the registry has the key; registries of older filters are emptied.
fn already_warned(registry: &PyDict, key: &PyObject, remember: bool) -> PyResult<bool> {
    let version = registry.get_str(intern!("version"))?;
    let current = state().version.get();
    let same = version.and_then(|v| v.downcast_exact::<PyInt>().and_then(PyInt::to_i64)) == Some(current);
    if same {
        if let Some(found) = registry.get_item(key)? {
            return object::is_true(&found);
        }
    } else {
        registry.clear_items();
        registry.set_item(intern!("version"), &PyInt::from_i64(current))?;
    }
    if remember {
        registry.set_item(key, &PyInt::from_bool(true))?;
    }
    Ok(false)
}

/// The filters of the context, where it has some of its own.
fn context_filters() -> PyResult<Option<Obj>> {
    if !crate::state::config().context_aware_warnings {
        return Ok(None);
    }
    let variable: Py<PyContextVar> = state().context();
    match variable.lookup() {
        Some(context) => object::get_optional_attr(&context, intern!("_filters")),
        None => Ok(None),
    }
}

/// What the filters say: the action and the filter that said it.
fn find_action(
    category: &PyObject,
    text: &PyObject,
    lineno: i32,
    module: &PyObject,
) -> PyResult<(Py<PyStr>, Obj)> {
    if let Some(filters) = context_filters()?
        && let Some(found) = search(&filters, category, text, lineno, module)?
    {
        return Ok(found);
    }
    let filters = match attribute(intern!("filters"))? {
        Some(filters) => {
            state().filters.set(Some(filters.clone()));
            filters
        }
        None => state().filters(),
    };
    if let Some(found) = search(&filters, category, text, lineno, module)? {
        return Ok(found);
    }
    let default = match attribute(intern!("defaultaction"))? {
        Some(action) => action,
        None => state().default_action(),
    };
    match default.downcast_owned::<PyStr>() {
        Some(action) => {
            state().default_action.set(Some(default));
            Ok((action, none()))
        }
        None => {
            let name = default.class().name();
            Err(raised!(TypeError, "_warnings.defaultaction must be a string, not '{name}'"))
        }
    }
}

fn search(
    filters: &PyObject,
    category: &PyObject,
    text: &PyObject,
    lineno: i32,
    module: &PyObject,
) -> PyResult<Option<(Py<PyStr>, Obj)>> {
    let Some(list) = filters.downcast::<PyList>() else {
        return Err(raised!(ValueError, "_warnings.filters must be a list"));
    };
    let mut index = 0;
    while let Some(item) = list.get(index) {
        let fields = item.downcast::<PyTuple>().map_or(&[][..], PyTuple::as_slice);
        let [action, message, class, origin, line] = fields else {
            return Err(raised!(ValueError, "_warnings.filters item {index} isn't a 5-tuple"));
        };
        let Some(action) = action.downcast_owned::<PyStr>() else {
            let name = action.class().name();
            return Err(raised!(TypeError, "action must be a string, not '{name}'"));
        };
        if matches(message, text)?
            && matches(origin, module)?
            && object::is_subclass(category, class)?
            && line_matches(line, lineno)?
        {
            return Ok(Some((action, item.clone())));
        }
        index += 1;
    }
    Ok(None)
}

fn line_matches(line: &PyObject, lineno: i32) -> PyResult<bool> {
    let line = number::as_isize(line, Some(Exc::OverflowError))?;
    Ok(line == 0 || line == lineno as isize)
}

/// `None` matches everything, a string what is equal, a pattern what it matches.
fn matches(pattern: &PyObject, text: &PyObject) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.downcast_exact::<PyStr>().is_some() {
        return object::compare_bool(pattern, text, CompareOp::Eq);
    }
    let found = call::method(pattern, intern!("match"), &[text])?;
    object::is_true(&found)
}

fn show(warning: &Warning<'_>, category: &PyObject, text: &PyObject, message: &PyObject) -> PyResult<()> {
    if warning.source.is_some() {
        // The source is shown with the help of the module.
        let imported = crate::imports::import_absolute(intern!("warnings"));
        errors::ignore(imported, Exc::Exception)?;
    }
    let Some(show) = attribute(intern!("_showwarnmsg"))? else {
        return show_plainly(warning, category, text);
    };
    if !object::is_callable(&show) {
        return Err(raised!(TypeError, "warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = attribute(intern!("WarningMessage"))? else {
        return Err(raised!(RuntimeError, "unable to get warnings.WarningMessage"));
    };
    let lineno = PyInt::from_i64(i64::from(warning.lineno));
    let source = warning.source.unwrap_or(none_ref());
    let none = none_ref();
    let shown = call::call(&class, &[message, category, warning.filename, &lineno, none, none, source])?;
    call::call(&show, &[&shown]).map(drop)
}

/// `file:line: Category: text`, and the line of source.
fn show_plainly(warning: &Warning<'_>, category: &PyObject, text: &PyObject) -> PyResult<()> {
    let stderr = match sys::get(intern!("stderr"))? {
        Some(stderr) if !stderr.is_none() => stderr,
        _ => return Ok(()),
    };
    let name = object::get_attr(category, intern!("__name__"))?;
    let head = format!("{}:{}: {}: ", warning.filename, warning.lineno, object::str(&name)?);
    sys::output::write_text(&stderr, &PyStr::new(&head))?;
    sys::output::write_str_of(&stderr, text)?;
    sys::output::write_text(&stderr, intern!("\n"))?;
    let line = match &warning.source_line {
        Some(line) => Some(object::str(line)?.to_string_lossy().into_owned()),
        None => crate::compile::line_of_file(warning.filename, warning.lineno),
    };
    match line {
        Some(line) if !line.trim().is_empty() => {
            sys::output::write_text(&stderr, &PyStr::new(&format!("  {}\n", line.trim())))
        }
        _ => Ok(()),
    }
}
