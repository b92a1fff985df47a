//! The registry of codecs: search functions, the codecs they found, and error handlers by name.
//!
//! The package `encodings` registers its search function when it is imported, which happens with the first look-up.

use super::handlers;
use crate::errors;
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, Raised, thread, upcalls};
use crate::protocols::{call, object};
use crate::types::builtin::PyBuiltin;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::{Cell, RefCell};
use taipan_macros::pymodule;

/// What an interpreter knows of codecs.
#[derive(Default)]
pub struct Registry {
    search_path: RefCell<Vec<Obj>>,
    /// `CodecInfo` tuples by normalised name.
    cache: ObjCell,
    /// Error handlers by name.
    error_handlers: ObjCell,
    /// Whether `encodings` was imported.
    ready: Cell<bool>,
}

fn registry() -> &'static Registry {
    thread::current().interpreter().extension()
}

/// The dictionary in a cell, made now if it was not there.
fn dict_in(cell: &ObjCell) -> Py<PyDict> {
    if let Some(known) = cell.get().and_then(|dict| dict.downcast_into::<PyDict>().ok()) {
        return known;
    }
    let fresh = PyDict::new();
    cell.set(Some(fresh.clone().into_obj()));
    fresh
}

/// `codecs.register`.
pub fn register(function: &PyObject) -> PyResult<()> {
    if !object::is_callable(function) {
        return Err(raised!(TypeError, "argument must be callable"));
    }
    prepare()?;
    registry().search_path.borrow_mut().push(function.owned());
    Ok(())
}

/// `codecs.unregister`.
pub fn unregister(function: &PyObject) {
    let registry = registry();
    let place = registry.search_path.borrow().iter().position(|known| known.is(function));
    if let Some(place) = place {
        dict_in(&registry.cache).clear_items();
        let removed = registry.search_path.borrow_mut().remove(place);
        drop(removed);
    }
}

/// Imports `encodings` once.
fn prepare() -> PyResult<()> {
    if registry().ready.replace(true) {
        return Ok(());
    }
    import(intern!("encodings")).map(drop)
}

#[expect(unsafe_code, reason = "calls upwards through the table of C functions")]
fn import(name: &PyStr) -> PyResult {
    // SAFETY: the table's functions follow the C API's rules.
    unsafe { Obj::from_result((upcalls::get().import_module)(name.as_ptr())) }
}

/// An encoding's name as search functions get it: lower case, runs of what is neither letter, digit nor point as one
/// underscore.
pub fn normalise(encoding: &str) -> String {
    let mut name = String::with_capacity(encoding.len());
    let mut gap = false;
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !name.is_empty() {
                name.push('_');
            }
            gap = false;
            name.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    name
}

/// `codecs.lookup`: a tuple of encoder, decoder, stream reader and stream writer.
pub fn lookup(encoding: &str) -> PyResult {
    prepare()?;
    let registry = registry();
    let name = PyStr::intern_text(&normalise(encoding));
    let cache = dict_in(&registry.cache);
    if let Some(known) = cache.get_str(&name)? {
        return Ok(known);
    }
    let functions = registry.search_path.borrow().clone();
    if functions.is_empty() {
        return Err(raised!(LookupError, "no codec search functions registered: can't find encoding"));
    }
    for function in functions {
        let found = call::call(&function, &[&name])?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<PyTuple>().is_none_or(|tuple| tuple.len() != 4) {
            return Err(raised!(TypeError, "codec search functions must return 4-tuples"));
        }
        cache.set_item(&name, &found)?;
        return Ok(found);
    }
    Err(raised!(LookupError, "unknown encoding: {encoding}"))
}

/// The codec of an encoding that turns text to bytes; `LookupError` for others.
fn lookup_text(encoding: &str, function: &str) -> PyResult {
    let codec = lookup(encoding)?;
    if codec.downcast_exact::<PyTuple>().is_none()
        && let Some(flag) = object::get_optional_attr(&codec, intern!("_is_text_encoding"))?
        && !object::is_true(&flag)?
    {
        return Err(raised!(
            LookupError,
            "'{encoding}' is not a text encoding; use {function} to handle arbitrary codecs"
        ));
    }
    Ok(codec)
}

/// Adds a note on where an exception came from.
#[cold]
fn note(raised: Raised, operation: &str, encoding: &str) -> Raised {
    let exception = errors::take(raised);
    let text = PyStr::new(&format!("{operation} with '{encoding}' codec failed"));
    match call::method(&exception, intern!("add_note"), &[&text]) {
        Ok(_) => errors::restore(exception),
        Err(other) => other,
    }
}

/// Calls item `index` of a codec with an object and the errors' name; gives the first of the two results.
fn run(codec: &PyObject, index: usize, value: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    let (operation, kind) = if index == 0 { ("encoding", "encoder") } else { ("decoding", "decoder") };
    let Some(function) =
        codec.downcast::<PyTuple>().filter(|codec| codec.len() > index).map(|codec| codec.get(index).owned())
    else {
        return Err(raised!(TypeError, "codec search functions must return 4-tuples"));
    };
    let result = match errors {
        Some(errors) => call::call(&function, &[value, &PyStr::new(errors)]),
        None => call::call(&function, &[value]),
    };
    let result = result.map_err(|raised| note(raised, operation, encoding))?;
    match result.downcast::<PyTuple>() {
        Some(pair) if pair.len() == 2 => Ok(pair.get(0).owned()),
        _ => Err(raised!(TypeError, "{kind} must return a tuple (object, integer)")),
    }
}

/// `codecs.encode`.
pub fn encode(value: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    run(&*lookup(encoding)?, 0, value, encoding, errors)
}

/// `codecs.decode`.
pub fn decode(value: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    run(&*lookup(encoding)?, 1, value, encoding, errors)
}

/// `encode` for encodings of text alone.
pub fn encode_with_text_codec(value: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    run(&*lookup_text(encoding, "codecs.encode()")?, 0, value, encoding, errors)
}

/// `decode` for encodings of text alone.
pub fn decode_with_text_codec(value: &PyObject, encoding: &str, errors: Option<&str>) -> PyResult {
    run(&*lookup_text(encoding, "codecs.decode()")?, 1, value, encoding, errors)
}

/// The standard handlers as functions of Python.
#[pymodule(name = "_codecs")]
mod functions {
    use super::handlers::standard;
    use crate::model::{PyObject, PyResult};

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[pyfunction(signature = "(object, /)")]
    pub fn strict_errors(object: &PyObject) -> PyResult {
        standard("strict", object)
    }

    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[pyfunction(signature = "(object, /)")]
    pub fn ignore_errors(object: &PyObject) -> PyResult {
        standard("ignore", object)
    }

    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[pyfunction(signature = "(object, /)")]
    pub fn replace_errors(object: &PyObject) -> PyResult {
        standard("replace", object)
    }

    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.
    #[pyfunction(signature = "(object, /)")]
    pub fn xmlcharrefreplace_errors(object: &PyObject) -> PyResult {
        standard("xmlcharrefreplace", object)
    }

    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
    #[pyfunction(signature = "(object, /)")]
    pub fn backslashreplace_errors(object: &PyObject) -> PyResult {
        standard("backslashreplace", object)
    }

    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
    #[pyfunction(signature = "(object, /)")]
    pub fn namereplace_errors(object: &PyObject) -> PyResult {
        standard("namereplace", object)
    }

    #[pyfunction(signature = "(object, /)")]
    pub fn surrogatepass(object: &PyObject) -> PyResult {
        standard("surrogatepass", object)
    }

    #[pyfunction(signature = "(object, /)")]
    pub fn surrogateescape(object: &PyObject) -> PyResult {
        standard("surrogateescape", object)
    }
}

const STANDARD: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

/// The handlers of this interpreter, the standard ones put in at first.
fn error_handlers() -> PyResult<Py<PyDict>> {
    let cell = &registry().error_handlers;
    if !cell.is_empty() {
        return Ok(dict_in(cell));
    }
    let handlers = dict_in(cell);
    for (name, def) in STANDARD.iter().zip(functions::MODULE.functions.iter().flat_map(|table| table.0)) {
        handlers.set_item(&PyStr::new(name), &PyBuiltin::new(def, None, None, None))?;
    }
    Ok(handlers)
}

/// `codecs.register_error`.
pub fn register_error(name: &str, handler: &PyObject) -> PyResult<()> {
    if !object::is_callable(handler) {
        return Err(raised!(TypeError, "handler must be callable"));
    }
    error_handlers()?.set_item(&PyStr::new(name), handler)
}

/// `codecs._unregister_error`: whether there was one; the standard ones stay.
pub fn unregister_error(name: &str) -> PyResult<bool> {
    if STANDARD.contains(&name) {
        return Err(raised!(ValueError, "cannot un-register built-in error handler '{name}'"));
    }
    error_handlers()?.del_item(&PyStr::new(name))
}

/// `codecs.lookup_error`.
pub fn lookup_error(name: &str) -> PyResult {
    match error_handlers()?.get_str(&PyStr::new(name))? {
        Some(handler) => Ok(handler),
        None => Err(raised!(LookupError, "unknown error handler name '{name}'")),
    }
}
