//! What the configuration becomes in `sys`: flags, paths, options.

use super::info;
use crate::config::{Config, Paths, Run};
use crate::state;
use taipan_host::files;
use taipan_objects::prelude::*;

fn text(bytes: &[u8]) -> Obj {
    PyStr::decode_fs(bytes).into_obj()
}

fn list<'a>(items: impl IntoIterator<Item = &'a Vec<u8>>) -> Obj {
    PyList::from_vec(items.into_iter().map(|item| text(item)).collect()).into_obj()
}

/// `sys.flags`.
pub fn flags(config: &Config) -> PyResult {
    let int = |value: u32| PyInt::from_i64(i64::from(value)).into_obj();
    let flag = |value: bool| int(u32::from(value));
    // A program that is a prompt is not looked at after its end.
    let is_prompt =
        config.inspect > 0 && config.run == Run::Input && config.is_interactive(files::is_terminal(0));
    info::FLAGS.make(vec![
        flag(config.debug > 0),
        int(if is_prompt { 0 } else { config.inspect }),
        int(config.interactive),
        int(config.optimize),
        flag(config.dont_write_bytecode > 0),
        int(config.no_user_site),
        int(config.no_site),
        int(config.ignore_environment),
        int(config.verbose),
        int(config.bytes_warning),
        int(config.quiet),
        flag(config.hash_seed != Some(0)),
        flag(config.isolated),
        PyInt::from_bool(config.dev_mode),
        flag(config.utf8_mode),
        flag(config.warn_default_encoding),
        PyInt::from_bool(config.safe_path),
        PyInt::from_i64(i64::from(config.int_max_str_digits)).into_obj(),
        int(1),
        flag(config.thread_inherit_context),
        flag(config.context_aware_warnings),
    ])
}

/// Adds what depends on the configuration.
pub fn fill(m: &PyModule) -> PyResult<()> {
    let config = state::config();
    m.add("flags", &*flags(config)?)?;
    m.add("dont_write_bytecode", &PyInt::from_bool(config.dont_write_bytecode > 0))?;
    m.add("warnoptions", &list(&config.warn_options))?;
    m.add("argv", &list(&config.argv))?;
    m.add("orig_argv", &list(&config.original_argv))?;
    let options = PyDict::new();
    for (name, value) in &config.x_options {
        let value = value.as_ref().map_or_else(|| PyInt::from_bool(true), |value| text(value));
        options.set_item(&text(name), &value)?;
    }
    m.add("_xoptions", &options)?;
    let prefix = config.pycache_prefix.as_ref().map_or_else(none, |prefix| text(prefix));
    m.add("pycache_prefix", &prefix)?;
    m.add("platlibdir", &text(&config.platlibdir))?;
    for name in ["meta_path", "path_hooks"] {
        m.add(name, &PyList::new())?;
    }
    m.add("path_importer_cache", &PyDict::new())?;
    set_paths(m, &config.paths)
}

/// Sets the paths.
pub fn set_paths(m: &PyModule, paths: &Paths) -> PyResult<()> {
    m.add("executable", &text(&paths.executable))?;
    m.add("_base_executable", &text(&paths.base_executable))?;
    m.add("prefix", &text(&paths.prefix))?;
    m.add("exec_prefix", &text(&paths.exec_prefix))?;
    m.add("base_prefix", &text(&paths.base_prefix))?;
    m.add("base_exec_prefix", &text(&paths.base_exec_prefix))?;
    m.add("_home", &paths.home.as_ref().map_or_else(none, |home| text(home)))?;
    m.add("_stdlib_dir", &paths.stdlib.as_ref().map_or_else(none, |folder| text(folder)))?;
    m.add("path", &list(&paths.search))
}
