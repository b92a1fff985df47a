//! `initconfig.h`: the configuration of a running interpreter, by names (PEP 741).
//!
//! Options that programs may change live in `sys`; the others are as the interpreter was started with them.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::{bool::PyBool, set::PyFrozenSet};
use taipan_runtime::config::{CheckHashes, Config, Run};
use taipan_runtime::{state, sys};

/// What an attribute of `sys` may be set to.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    OptionalText,
    Texts,
    Options,
}

/// Where the value of an option comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// An attribute of `sys`.
    Sys(&'static str, Kind),
    /// `sys.dont_write_bytecode`, turned round.
    WriteBytecode,
    /// `sys.set_int_max_str_digits`.
    MaxDigits,
    Flag(fn(&Config) -> bool),
    Number(fn(&Config) -> i64),
    Value(fn(&Config) -> PyResult),
}

use Origin::{Flag, Number, Sys, Value};

fn text_of(bytes: &[u8]) -> Obj {
    PyStr::decode_fs(bytes).into_obj()
}

fn optional(bytes: Option<&[u8]>) -> PyResult {
    Ok(bytes.map_or_else(none, text_of))
}

/// The encoding or error handler of the standard streams.
fn stream(given: Option<&[u8]>, attribute: &'static str) -> PyResult {
    if let Some(given) = given {
        return Ok(text_of(given));
    }
    match sys::get(intern!("__stdout__"))? {
        Some(stdout) if !stdout.is_none() => object::get_attr(&stdout, &PyStr::new(attribute)),
        _ => Ok(PyStr::new(if attribute == "encoding" { "utf-8" } else { "strict" }).into_obj()),
    }
}

fn call_sys(function: &str) -> PyResult {
    match sys::get(&PyStr::new(function))? {
        Some(function) => call::call(&function, &[]),
        None => Err(raised!(RuntimeError, "lost sys.{function}")),
    }
}

/// Every option. What CPython can be configured to do and Taipan cannot is off.
static OPTIONS: &[(&str, Origin)] = &[
    ("allocator", Number(|_| 0)),
    ("argv", Sys("argv", Kind::Texts)),
    ("base_exec_prefix", Sys("base_exec_prefix", Kind::OptionalText)),
    ("base_executable", Sys("_base_executable", Kind::OptionalText)),
    ("base_prefix", Sys("base_prefix", Kind::OptionalText)),
    ("buffered_stdio", Flag(|config| config.unbuffered == 0)),
    ("bytes_warning", Number(|config| config.bytes_warning.into())),
    (
        "check_hash_pycs_mode",
        Value(|config| {
            let name = match config.check_hashes {
                CheckHashes::Default => "default",
                CheckHashes::Always => "always",
                CheckHashes::Never => "never",
            };
            Ok(PyStr::new(name).into_obj())
        }),
    ),
    ("code_debug_ranges", Flag(|config| config.code_debug_ranges)),
    ("coerce_c_locale", Flag(|_| false)),
    ("coerce_c_locale_warn", Flag(|_| false)),
    ("configure_c_stdio", Flag(|_| true)),
    ("configure_locale", Flag(|_| true)),
    ("context_aware_warnings", Number(|config| config.context_aware_warnings.into())),
    ("cpu_count", Number(|config| config.cpu_count.unwrap_or(-1).into())),
    ("dev_mode", Flag(|config| config.dev_mode)),
    ("dump_refs", Flag(|_| false)),
    ("dump_refs_file", Value(|_| Ok(none()))),
    ("exec_prefix", Sys("exec_prefix", Kind::OptionalText)),
    ("executable", Sys("executable", Kind::OptionalText)),
    ("faulthandler", Flag(|config| config.fault_handler)),
    ("filesystem_encoding", Value(|_| call_sys("getfilesystemencoding"))),
    ("filesystem_errors", Value(|_| call_sys("getfilesystemencodeerrors"))),
    ("hash_seed", Number(|config| config.hash_seed.unwrap_or(0).into())),
    ("home", Value(|config| optional(config.python_home.as_deref()))),
    ("import_time", Number(|config| config.import_time.into())),
    ("inspect", Flag(|config| config.inspect > 0)),
    ("install_signal_handlers", Flag(|_| true)),
    ("int_max_str_digits", Origin::MaxDigits),
    ("interactive", Flag(|config| config.interactive > 0)),
    ("isolated", Flag(|config| config.isolated)),
    ("malloc_stats", Flag(|config| config.malloc_stats)),
    ("module_search_paths", Sys("path", Kind::Texts)),
    ("optimization_level", Number(|config| config.optimize.into())),
    ("orig_argv", Sys("orig_argv", Kind::Texts)),
    ("parse_argv", Flag(|_| true)),
    ("parser_debug", Flag(|config| config.debug > 0)),
    ("pathconfig_warnings", Flag(|_| true)),
    ("perf_profiling", Number(|_| 0)),
    ("platlibdir", Sys("platlibdir", Kind::Text)),
    ("prefix", Sys("prefix", Kind::OptionalText)),
    ("program_name", Value(|config| Ok(text_of(config.original_argv.first().map_or(&b""[..], |name| name))))),
    ("pycache_prefix", Sys("pycache_prefix", Kind::OptionalText)),
    ("quiet", Flag(|config| config.quiet > 0)),
    ("remote_debug", Flag(|config| config.remote_debug)),
    (
        "run_command",
        Value(|config| match &config.run {
            Run::Command(command) => Ok(text_of(&command[..])),
            _ => Ok(none()),
        }),
    ),
    (
        "run_filename",
        Value(|config| match &config.run {
            Run::File(path) => Ok(text_of(&path[..])),
            _ => Ok(none()),
        }),
    ),
    (
        "run_module",
        Value(|config| match &config.run {
            Run::Module(name) => Ok(text_of(&name[..])),
            _ => Ok(none()),
        }),
    ),
    ("safe_path", Flag(|config| config.safe_path)),
    ("show_ref_count", Flag(|_| false)),
    ("site_import", Flag(|config| config.no_site == 0)),
    ("skip_source_first_line", Flag(|config| config.skip_first_line)),
    ("stdio_encoding", Value(|config| stream(config.io_encoding.0.as_deref(), "encoding"))),
    ("stdio_errors", Value(|config| stream(config.io_encoding.1.as_deref(), "errors"))),
    ("stdlib_dir", Sys("_stdlib_dir", Kind::OptionalText)),
    ("thread_inherit_context", Number(|config| config.thread_inherit_context.into())),
    ("tracemalloc", Number(|config| config.tracemalloc.into())),
    ("use_environment", Flag(|config| config.ignore_environment == 0)),
    ("use_frozen_modules", Flag(|config| config.frozen_modules)),
    ("use_hash_seed", Flag(|config| config.hash_seed.is_some())),
    ("user_site_directory", Flag(|config| config.no_user_site == 0)),
    ("utf8_mode", Flag(|config| config.utf8_mode)),
    ("verbose", Number(|config| config.verbose.into())),
    ("warn_default_encoding", Flag(|config| config.warn_default_encoding)),
    ("warnoptions", Sys("warnoptions", Kind::Texts)),
    ("write_bytecode", Origin::WriteBytecode),
    ("xoptions", Sys("_xoptions", Kind::Options)),
];

fn find(name: &str) -> PyResult<Origin> {
    match OPTIONS.iter().find(|(known, _)| *known == name) {
        Some((_, from)) => Ok(*from),
        None => Err(raised!(ValueError, "unknown config option name: {name}")),
    }
}

fn attribute(name: &str) -> PyResult {
    match sys::get(&PyStr::new(name))? {
        Some(value) => Ok(value),
        None => Err(raised!(RuntimeError, "lost sys.{name}")),
    }
}

fn value_of(from: Origin) -> PyResult {
    let config = state::config();
    match from {
        Origin::Sys(name, _) => attribute(name),
        Origin::WriteBytecode => Ok(PyInt::from_bool(!object::is_true(&*attribute("dont_write_bytecode")?)?)),
        Origin::MaxDigits => {
            Ok(PyInt::from_i64(thread::current().interpreter().int_max_str_digits.get().into()).into_obj())
        }
        Origin::Flag(read) => Ok(PyInt::from_bool(read(config))),
        Origin::Number(read) => Ok(PyInt::from_i64(read(config)).into_obj()),
        Origin::Value(read) => read(config),
    }
}

fn expected(name: &str, what: &str, value: &PyObject) -> Raised {
    raised!(TypeError, "config option {name} must be {what}, not {}", value.class().name())
}

fn is_text(value: &PyObject) -> bool {
    value.downcast::<PyStr>().is_some()
}

/// Refuses what the attribute must not be.
fn check(name: &str, kind: Kind, value: &PyObject) -> PyResult<()> {
    match kind {
        Kind::Text if !is_text(value) => Err(expected(name, "a str", value)),
        Kind::OptionalText if !value.is_none() && !is_text(value) => {
            Err(expected(name, "a str or None", value))
        }
        Kind::Texts => match value.downcast::<PyList>() {
            None => Err(expected(name, "a list", value)),
            Some(list) => match list.to_vec().iter().find(|item| !is_text(item)) {
                Some(item) => Err(expected(name, "a list of str", item)),
                None => Ok(()),
            },
        },
        Kind::Options => {
            let Some(dict) = value.downcast::<PyDict>() else { return Err(expected(name, "a dict", value)) };
            for (key, value) in dict.items_snapshot() {
                if !is_text(&key) {
                    return Err(expected(name, "a dict with keys of str", &key));
                }
                if !is_text(&value) && value.downcast::<PyBool>().is_none() {
                    return Err(expected(name, "a dict with values of str or bool", &value));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn integer(name: &str, value: &PyObject) -> PyResult<i64> {
    match value.downcast::<PyInt>() {
        Some(number) => number::as_isize(number, Some(Exc::OverflowError)).map(|number| number as i64),
        None => Err(expected(name, "an int", value)),
    }
}

fn set(name: &str, value: &PyObject) -> PyResult<()> {
    match find(name)? {
        Origin::Sys("orig_argv", _) | Origin::Flag(_) | Origin::Number(_) | Origin::Value(_) => {
            Err(raised!(ValueError, "cannot set read-only option {name}"))
        }
        Origin::Sys(attribute, kind) => {
            check(name, kind, value)?;
            sys::set(&PyStr::new(attribute), value)
        }
        Origin::WriteBytecode => {
            let wanted = integer(name, value)?;
            if wanted < 0 {
                return Err(raised!(ValueError, "value must be positive"));
            }
            sys::set(intern!("dont_write_bytecode"), &PyInt::from_bool(wanted == 0))
        }
        Origin::MaxDigits => {
            integer(name, value)?;
            let set = attribute("set_int_max_str_digits")?;
            call::call(&set, &[value]).map(drop)
        }
    }
}

c_api! {
    fn PyConfig_Get(name: *const c_char) -> Ref { new_ref(find(&text(name)).and_then(value_of)) }
    fn PyConfig_GetInt(name: *const c_char, out: *mut c_int) -> c_int {
        let name = text(name);
        status(find(&name).and_then(value_of).and_then(|value| {
            if value.downcast::<PyInt>().is_none() {
                return Err(raised!(TypeError, "config option {name} is not an int"));
            }
            *out = number::index_to_integer::<c_int>(&value, "C int")?;
            Ok(())
        }))
    }
    fn PyConfig_Names() -> Ref {
        let names = OPTIONS.iter().map(|(name, _)| PyStr::new(name).into_obj()).collect();
        new_ref(call::call(PyFrozenSet::type_object(), &[&*PyTuple::from_vec(names)]))
    }
    fn PyConfig_Set(name: *const c_char, value: Ref) -> c_int {
        let audited = taipan_objects::system::audit(c"cpython.PyConfig_Set", &[&string(name), at(value)]);
        status(audited.and_then(|()| set(&text(name), at(value))))
    }
    fn Py_GETENV(name: *const c_char) -> *mut c_char {
        unsafe extern "C" {
            fn getenv(name: *const c_char) -> *mut c_char;
        }
        if state::config().use_environment { getenv(name) } else { null_mut() }
    }
}
