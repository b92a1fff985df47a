//! The hooks of `sys` as they are at first: showing results, showing exceptions, entering the debugger.
//!
//! Exceptions are printed by the library's `traceback` module, with colours where the stream wants them. Where that
//! module cannot be used, a plain rendering of our own stands in.

use super::output;
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::traceback::PyTraceback;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Print an object to sys.stdout and also save it in builtins._
    #[pyfunction(signature = "(object, /)")]
    fn displayhook(value: &PyObject) -> PyResult<()> {
        if value.is_none() {
            return Ok(());
        }
        let Some(builtins) = crate::imports::loaded(intern!("builtins"))? else {
            return Err(raised!(RuntimeError, "lost builtins module"));
        };
        let underscore = intern!("_");
        object::set_attr(&builtins, underscore, Some(none_ref()))?;
        let stdout = match super::super::get(intern!("stdout"))? {
            Some(stdout) if !stdout.is_none() => stdout,
            _ => return Err(raised!(RuntimeError, "lost sys.stdout")),
        };
        let text = object::repr(value)?;
        match output::write_text(&stdout, &text) {
            Ok(()) => {}
            Err(raised) if errors::matches(&raised, Exc::UnicodeEncodeError) => {
                errors::clear(raised);
                write_escaped(&stdout, &text)?;
            }
            Err(raised) => return Err(raised),
        }
        output::write_text(&stdout, intern!("\n"))?;
        object::set_attr(&builtins, underscore, Some(value))
    }

    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[pyfunction(signature = "(exctype, value, traceback, /)")]
    fn excepthook(exctype: &PyObject, value: &PyObject, traceback: &PyObject) {
        let _ = exctype;
        match value.downcast::<PyBaseException>() {
            Some(exception) => {
                if traceback.downcast::<PyTraceback>().is_some() {
                    exception.traceback.set(Some(traceback.owned()));
                }
                print_exception(exception, None);
            }
            None => refuse_to_print(value),
        }
    }

    /// This hook function is called by built-in breakpoint().
    #[pyfunction(signature = "(*args, **kwargs)")]
    fn breakpointhook(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let ignore = crate::state::config().ignore_environment > 0;
        let named = if ignore { None } else { taipan_host::environment::get(c"PYTHONBREAKPOINT") };
        let named = named.filter(|name| !name.is_empty()).unwrap_or_else(|| b"pdb.set_trace".to_vec());
        if named == b"0" {
            return Ok(none());
        }
        let name = PyStr::decode_fs(&named);
        let text = name.to_string_lossy().into_owned();
        let (module, attribute) = text.rsplit_once('.').unwrap_or(("builtins", &text));
        let found = if module.is_empty() {
            Err(raised!(ImportError, "no module is named"))
        } else {
            crate::imports::import_module(&PyStr::new(module))
                .and_then(|module| object::get_attr(&module, &PyStr::new(attribute)))
        };
        match found {
            Ok(hook) => call::call_tuple(&hook, &PyTuple::from_slice(args), kwargs.as_deref()),
            Err(raised) => {
                if !errors::matches(&raised, Exc::ImportError)
                    && !errors::matches(&raised, Exc::AttributeError)
                {
                    return Err(raised);
                }
                errors::clear(raised);
                errors::warn(
                    Exc::RuntimeWarning,
                    1,
                    format_args!("Ignoring unimportable $PYTHONBREAKPOINT: \"{text}\""),
                )?;
                Ok(none())
            }
        }
    }
}

/// Says that something is no exception.
pub fn refuse_to_print(value: &PyObject) {
    let name = value.class().name();
    output::write_stderr(&format!(
        "TypeError: print_exception(): Exception expected for value, {name} found\n"
    ));
}

/// Writes text that the stream's encoding cannot represent with escapes.
fn write_escaped(stdout: &PyObject, text: &PyStr) -> PyResult<()> {
    let encoding = object::get_attr(stdout, intern!("encoding"))?;
    let bytes = call::method(text, intern!("encode"), &[&encoding, intern!("backslashreplace")])?;
    if let Some(buffer) = object::get_optional_attr(stdout, intern!("buffer"))? {
        return call::method(&buffer, intern!("write"), &[&bytes]).map(drop);
    }
    let escaped = call::method(&bytes, intern!("decode"), &[&encoding, intern!("strict")])?;
    output::write_str_of(stdout, &escaped)
}

/// Shows an exception through `sys.excepthook` (`PyErr_PrintEx`).
pub fn display_exception(raised: Raised) {
    let exception = errors::take(raised);
    let traceback = exception.traceback.get().unwrap_or_else(none);
    let class = exception.class().owned();
    let set = |name: &'static PyStr, value: &PyObject| {
        let _ = super::set(name, value).map_err(errors::clear);
    };
    set(intern!("last_exc"), &exception);
    set(intern!("last_type"), &class);
    set(intern!("last_value"), &exception);
    set(intern!("last_traceback"), &traceback);
    let hook = super::get(intern!("excepthook"));
    let hook = match hook {
        Ok(Some(hook)) => hook,
        Ok(None) => {
            output::write_stderr("sys.excepthook is missing\n");
            print_exception(&exception, None);
            return;
        }
        Err(raised) => {
            errors::clear(raised);
            return;
        }
    };
    let audited = crate::audit::audit("sys.excepthook", &[&hook, &class, &exception, &traceback]);
    if let Err(raised) = audited {
        let runtime_error = errors::matches(&raised, Exc::RuntimeError);
        errors::clear(raised);
        if runtime_error {
            return;
        }
    }
    if let Err(raised) = call::call(&hook, &[&class, &exception, &traceback]) {
        let raised = match crate::lifecycle::exit_status(raised) {
            Ok(status) => crate::lifecycle::end_process(status),
            Err(raised) => raised,
        };
        let failure = errors::take(raised);
        let _ = output::flush(intern!("stdout")).map_err(errors::clear);
        output::write_stderr("Error in sys.excepthook:\n");
        print_exception(&failure, None);
        output::write_stderr("\nOriginal exception was:\n");
        print_exception(&exception, None);
    }
}

/// Shows an uncaught exception of the main program and says with which status to end.
pub fn handle_uncaught(raised: Raised) -> i32 {
    match crate::lifecycle::exit_status(raised) {
        Ok(status) => status,
        Err(raised) => {
            if errors::matches(&raised, Exc::KeyboardInterrupt) {
                crate::state::runtime().interrupted.set(true);
            }
            display_exception(raised);
            1
        }
    }
}

/// Prints an exception with its traceback, causes and notes.
pub fn print_exception(exception: &PyBaseException, file: Option<&PyObject>) {
    let file = match file {
        Some(file) => file.owned(),
        None => match super::get(intern!("stderr")) {
            Ok(Some(file)) if !file.is_none() => file,
            Ok(Some(_)) => return,
            _ => super::printer::Printer::new(2).into_obj(),
        },
    };
    if let Err(raised) = print_with_traceback_module(exception) {
        errors::clear(raised);
        if let Err(raised) = super::plain_traceback::print_exception(exception, &file) {
            errors::clear(raised);
        }
    }
    if let Err(raised) = call::method(&file, intern!("flush"), &[]) {
        errors::clear(raised);
    }
}

fn print_with_traceback_module(exception: &PyBaseException) -> PyResult<()> {
    if crate::state::runtime().phase.get() != crate::state::Phase::Running {
        return Err(raised!(RuntimeError, "no traceback module now"));
    }
    let print = crate::imports::library_attribute("traceback", intern!("_print_exception_bltin"))?;
    call::call(&print, &[exception]).map(drop)
}
