//! The module `_warnings`.

use super::issue::{self, Warning};
use super::state;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// _warnings provides basic warning filtering support.
/// It is a helper module to speed up interpreter start-up.
#[pymodule(name = "_warnings")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        m.add("filters", &state().filters())?;
        m.add("_onceregistry", &state().once_registry())?;
        m.add_str("_defaultaction", "default")?;
        m.add("_warnings_context", &state().context())
    }

    #[pyfunction(signature = "()")]
    fn _acquire_lock() {
        state().lock.acquire();
    }

    #[pyfunction(signature = "()")]
    fn _release_lock() -> PyResult<()> {
        if state().lock.release() {
            Ok(())
        } else {
            Err(raised!(RuntimeError, "cannot release un-acquired lock"))
        }
    }

    #[pyfunction(signature = "()")]
    fn _filters_mutated_lock_held() -> PyResult<()> {
        if !state().lock.is_held() {
            return Err(raised!(RuntimeError, "warnings lock is not held"));
        }
        state().version.set(state().version.get() + 1);
        Ok(())
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[pyfunction(
        signature = "(message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())"
    )]
    fn warn(
        message: &PyObject,
        category: Option<&PyObject>,
        stacklevel: isize,
        source: Option<&PyObject>,
        skip_file_prefixes: OptArg<&PyObject>,
    ) -> PyResult<()> {
        let category = category_of(message, category)?;
        let prefixes = match skip_file_prefixes.given() {
            None => Vec::new(),
            Some(prefixes) => match prefixes.downcast::<PyTuple>() {
                Some(tuple) => tuple.as_slice().iter().map(|prefix| prefix.owned()).collect(),
                None => {
                    let name = prefixes.class().name();
                    return Err(raised!(
                        TypeError,
                        "warn() argument 'skip_file_prefixes' must be tuple, not {name}"
                    ));
                }
            },
        };
        if let Some(wrong) = prefixes.iter().find(|prefix| prefix.downcast::<PyStr>().is_none()) {
            let name = wrong.class().name();
            return Err(raised!(TypeError, "Found non-str '{name}' in skip_file_prefixes."));
        }
        issue::warn_at(&category, message, stacklevel, source, &prefixes)
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[pyfunction(
        signature = "(message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)"
    )]
    fn warn_explicit(
        message: &PyObject,
        category: &PyObject,
        filename: &PyStr,
        lineno: i32,
        module: OptArg<&PyObject>,
        registry: Option<&PyObject>,
        module_globals: Option<&PyObject>,
        source: Option<&PyObject>,
    ) -> PyResult<()> {
        let source_line = match module_globals {
            None => None,
            Some(globals) => match globals.downcast::<PyDict>() {
                Some(globals) => source_line(globals, filename, lineno)?,
                None => {
                    let name = globals.class().name();
                    return Err(raised!(TypeError, "module_globals must be a dict, not '{name}'"));
                }
            },
        };
        issue::issue(Warning {
            category,
            message,
            filename,
            lineno,
            module: module.given(),
            registry,
            source_line,
            source,
        })
    }
}

/// The category of a warning: that of the message where it is a warning itself.
fn category_of(message: &PyObject, category: Option<&PyObject>) -> PyResult {
    let base = Exc::Warning.type_object();
    if object::is_instance(message, base)? {
        return Ok(message.class().owned());
    }
    let Some(category) = category else { return Ok(Exc::UserWarning.type_object().owned()) };
    let fits = category.downcast::<TypeObject>().is_some() && object::is_subclass(category, base)?;
    if fits {
        return Ok(category.owned());
    }
    let name = category.class().name();
    Err(raised!(TypeError, "category must be a Warning subclass, not '{name}'"))
}

/// The line of a module's source, as its loader has it; `linecache` then knows the source too.
fn source_line(globals: &PyDict, filename: &PyStr, lineno: i32) -> PyResult<Option<Obj>> {
    let Some(external) = crate::imports::loaded(intern!("_frozen_importlib_external"))? else {
        return Ok(None);
    };
    let loader = call::method(&external, intern!("_bless_my_loader"), &[globals])?;
    let Some(name) = globals.get_str(intern!("__name__"))? else { return Ok(None) };
    let Some(get_source) = object::get_optional_attr(&loader, intern!("get_source"))? else {
        return Ok(None);
    };
    // A loader that does not know the module has nothing to show.
    let Some(source) = errors::ignore(call::call(&get_source, &[&name]), Exc::ImportError)? else {
        return Ok(None);
    };
    if source.is_none() {
        return Ok(None);
    }
    let linecache = crate::imports::import_absolute(intern!("linecache"))?;
    let known = call::method(&linecache, intern!("getlines"), &[filename, globals]);
    errors::ignore(known, Exc::Exception)?;
    let lines = call::method(&source, intern!("splitlines"), &[])?;
    let Some(lines) = lines.downcast::<PyList>() else { return Ok(None) };
    Ok(usize::try_from(lineno - 1).ok().and_then(|index| lines.get(index)))
}
