//! The paths in words, for whoever has to find out why the library was not found.

use super::Config;
use core::fmt::Write;

/// `'text'`, or `(not set)`.
fn quoted(text: Option<&[u8]>) -> String {
    text.map_or_else(|| "(not set)".into(), |text| format!("'{}'", String::from_utf8_lossy(text)))
}

/// What CPython prints as "Python path configuration", a line for each value.
pub fn path_configuration(config: &Config) -> String {
    let paths = &config.paths;
    let number = |value: bool| i32::from(value).to_string();
    let lines = [
        ("PYTHONHOME", quoted(config.python_home.as_deref())),
        ("PYTHONPATH", quoted(config.python_path.as_deref())),
        ("program name", quoted(config.original_argv.first().map(Vec::as_slice))),
        ("isolated", number(config.isolated)),
        ("environment", number(config.use_environment)),
        ("user site", number(config.no_user_site == 0)),
        ("safe_path", number(config.safe_path)),
        ("import site", number(config.no_site == 0)),
        ("is in build tree", number(false)),
        ("stdlib dir", quoted(paths.stdlib.as_deref())),
        ("sys.path[0]", quoted(None)),
        ("sys._base_executable", quoted(Some(&paths.base_executable))),
        ("sys.base_prefix", quoted(Some(&paths.base_prefix))),
        ("sys.base_exec_prefix", quoted(Some(&paths.base_exec_prefix))),
        ("sys.platlibdir", quoted(Some(&config.platlibdir))),
        ("sys.executable", quoted(Some(&paths.executable))),
        ("sys.prefix", quoted(Some(&paths.prefix))),
        ("sys.exec_prefix", quoted(Some(&paths.exec_prefix))),
    ];
    let mut text = String::from("Python path configuration:\n");
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name} = {value}");
    }
    text.push_str("  sys.path = [\n");
    for entry in &paths.search {
        let _ = writeln!(text, "    {},", quoted(Some(entry)));
    }
    text.push_str("  ]\n");
    text
}
