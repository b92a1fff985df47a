//! `sys.stdin`, `sys.stdout`, `sys.stderr`, and `open` among the built-ins.

use crate::config::Config;
use crate::{imports, state, sys};
use taipan_host::{files, locale};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// `LC_CTYPE`
const LC_CTYPE: i32 = 0;
/// `CODESET`
const CODESET: i32 = 14;

/// Encoding and error handler of the standard streams.
struct Text {
    encoding: Py<PyStr>,
    errors: Py<PyStr>,
}

/// What the configuration and the locale say.
fn text(config: &Config) -> Text {
    let named = locale::set(LC_CTYPE, Some(c"")).or_else(|| locale::set(LC_CTYPE, None));
    let plain = named.is_none_or(|name| name == b"C" || name == b"POSIX");
    let (encoding, errors) = &config.io_encoding;
    let given = encoding.is_some() || errors.is_some();
    let encoding = match encoding {
        Some(name) => PyStr::decode_fs(name),
        None if config.utf8_mode || plain => PyStr::new("utf-8"),
        None => match locale::information(CODESET) {
            name if name.is_empty() || name.eq_ignore_ascii_case(b"UTF-8") => PyStr::new("utf-8"),
            name => PyStr::decode_fs(&name),
        },
    };
    let errors = match errors {
        Some(name) => PyStr::decode_fs(name),
        None if !given && (config.utf8_mode || plain) => PyStr::new("surrogateescape"),
        None => PyStr::new("strict"),
    };
    Text { encoding, errors }
}

/// Makes the streams.
pub fn init() -> PyResult<()> {
    let config = state::config();
    let io = imports::import_absolute(intern!("io"))?;
    let open = object::get_attr(&io, intern!("open"))?;
    if let Some(builtins) = thread::current().interpreter().builtins.get() {
        object::set_item(&builtins, intern!("open"), Some(&open))?;
    }
    let text = text(config);
    let backslash = PyStr::new("backslashreplace");
    let make = |fd: i32, name: &str, errors: &PyStr| stream(&io, &open, fd, name, &text.encoding, errors);
    let stdin = make(0, "<stdin>", &text.errors)?;
    sys::set(intern!("__stdin__"), &stdin)?;
    sys::set(intern!("stdin"), &stdin)?;
    let stdout = make(1, "<stdout>", &text.errors)?;
    sys::set(intern!("__stdout__"), &stdout)?;
    sys::set(intern!("stdout"), &stdout)?;
    let stderr = make(2, "<stderr>", &backslash)?;
    sys::set(intern!("__stderr__"), &stderr)?;
    sys::set(intern!("stderr"), &stderr)
}

/// A text stream over a descriptor, `None` where that is closed.
fn stream(io: &PyObject, open: &PyObject, fd: i32, name: &str, encoding: &PyStr, errors: &PyStr) -> PyResult {
    if files::fstat(fd).is_err() {
        return Ok(none());
    }
    let config = state::config();
    let writes = fd != 0;
    let unbuffered = config.unbuffered > 0 && writes;
    let mode = PyStr::new(if writes { "wb" } else { "rb" });
    let buffering = PyInt::from_i64(if unbuffered { 0 } else { -1 });
    let number = PyInt::from_i64(i64::from(fd));
    let no = PyInt::from_bool(false);
    let none = none_ref();
    let buffer = call::call(open, &[&number, &mode, &buffering, none, none, none, &no])?;
    let raw = if unbuffered { buffer.clone() } else { object::get_attr(&buffer, intern!("raw"))? };
    object::set_attr(&raw, intern!("name"), Some(&PyStr::new(name)))?;
    let terminal = files::is_terminal(fd);
    let line_buffering =
        PyInt::from_bool(!unbuffered && writes && (terminal || fd == 2) || config.interactive > 0);
    let write_through = PyInt::from_bool(unbuffered);
    let class = object::get_attr(io, intern!("TextIOWrapper"))?;
    let newline = intern!("\n");
    let stream = call::call(&class, &[&buffer, encoding, errors, newline, &line_buffering, &write_through])?;
    let mode = PyStr::new(if writes { "w" } else { "r" });
    object::set_attr(&stream, intern!("mode"), Some(&mode))?;
    Ok(stream)
}
