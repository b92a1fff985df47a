//! `sys.stdin`, `sys.stdout`, `sys.stderr`, and `open` among the built-ins.

use crate::config::{CODESET, Config};
use crate::{imports, state, sys};
use taipan_host::{files, locale};
use taipan_objects::codecs::registry as codecs;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::system::encoding::{self, Encoding};

/// Encoding and error handler of the standard streams.
pub struct Text {
    encoding: Py<PyStr>,
    errors: Py<PyStr>,
}

/// Python's name of a codec; `LookupError` where there is none.
fn codec_name(encoding: &str) -> PyResult<Py<PyStr>> {
    let name = object::get_attr(&*codecs::lookup(encoding)?, intern!("name"))?;
    match name.downcast_into::<PyStr>() {
        Ok(name) => Ok(name),
        Err(_) => Err(raised!(TypeError, "codec name is not a string")),
    }
}

/// Learns what Python calls the encoding of file names.
pub fn name_file_names() -> PyResult<()> {
    let names = encoding::of_file_names();
    let known = match names.name() {
        Some(name) => codec_name(name)?,
        None => codec_name(&String::from_utf8_lossy(&locale::information(CODESET)))?,
    };
    if let Encoding::Locale { name, .. } = names {
        // A second start of the interpreter finds the first one's name.
        let _ = name.set(known.to_string_lossy().into_owned());
    }
    Ok(())
}

/// What the configuration and the locale say.
pub fn text(config: &Config) -> PyResult<Text> {
    let (encoding, errors) = &config.io_encoding;
    let handler = match errors {
        Some(name) => PyStr::decode_fs(name),
        None if encoding.is_none() && (config.utf8_mode || config.escapes) => PyStr::new("surrogateescape"),
        None => PyStr::new("strict"),
    };
    let encoding = match encoding {
        Some(name) => codec_name(&String::from_utf8_lossy(name))?,
        None if config.utf8_mode => PyStr::new("utf-8"),
        None => PyStr::new(encoding::of_file_names().name().unwrap_or("utf-8")),
    };
    Ok(Text { encoding, errors: handler })
}

/// Makes the streams.
pub fn init(text: &Text) -> PyResult<()> {
    let io = imports::import_absolute(intern!("_io"))?;
    let open = object::get_attr(&io, intern!("open"))?;
    if let Some(builtins) = thread::current().interpreter().builtins.get() {
        object::set_item(&builtins, intern!("open"), Some(&open))?;
    }
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
    let line_buffering = PyInt::from_bool(config.unbuffered == 0 && (terminal || fd == 2));
    let write_through = PyInt::from_bool(config.unbuffered > 0);
    let class = object::get_attr(io, intern!("TextIOWrapper"))?;
    let newline = intern!("\n");
    let stream = call::call(&class, &[&buffer, encoding, errors, newline, &line_buffering, &write_through])?;
    let mode = PyStr::new(if writes { "w" } else { "r" });
    object::set_attr(&stream, intern!("mode"), Some(&mode))?;
    Ok(stream)
}
