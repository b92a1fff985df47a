//! The module `_io`: `open` and what it shares with the classes.

use crate::base::{PyBufferedIOBase, PyIOBase, PyRawIOBase, PyTextIOBase};
use crate::buffered::{PyBufferedRandom, PyBufferedReader, PyBufferedWriter, PyRWPair};
use crate::bytesio::{PyBytesIO, PyBytesIOBuffer};
use crate::fileio::PyFileIO;
use crate::stringio::PyStringIO;
use crate::text::newline::PyNewlineDecoder;
use crate::text::wrapper::PyTextIOWrapper;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type::type_type;

/// `io.DEFAULT_BUFFER_SIZE`, in bytes.
pub const BUFFER_SIZE: usize = 128 * 1024;

/// What the interpreter keeps of this module.
#[derive(Default)]
struct IoState {
    unsupported: ObjCell,
}

/// `io.UnsupportedOperation`, a subclass of `OSError` and `ValueError`.
pub fn unsupported_operation() -> PyResult {
    let state = thread::current().interpreter().extension::<IoState>();
    if let Some(known) = state.unsupported.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("io"))?;
    let bases = PyTuple::from_slice(&[Exc::OSError.type_object(), Exc::ValueError.type_object()]);
    let made = call::call(type_type(), &[intern!("UnsupportedOperation"), &bases, &dict])?;
    state.unsupported.set(Some(made.clone()));
    Ok(made)
}

/// A file offset.
pub fn offset(value: &PyObject) -> PyResult<i64> {
    if !number::is_index(value) {
        let found = value.class().name();
        return Err(raised!(TypeError, "'{found}' object cannot be interpreted as an integer"));
    }
    match number::index(value)?.to_i64() {
        Some(offset) => Ok(offset),
        None => Err(raised!(OverflowError, "cannot fit 'int' into an offset-sized integer")),
    }
}

/// `memoryview(object)`.
pub fn memory_view(object: &PyObject) -> PyResult {
    Ok(taipan_objects::types::memoryview::PyMemoryView::from_object(object)?.into_obj())
}

/// Puts the attributes of a pickled object back.
pub fn restore_attributes(target: &PyObject, attributes: &PyObject, what: &str) -> PyResult<()> {
    if attributes.is_none() {
        return Ok(());
    }
    if attributes.downcast::<PyDict>().is_none() {
        let found = attributes.class().name();
        return Err(raised!(TypeError, "{what} should be a dict, got a {found}"));
    }
    let Some(own) = object::instance_dict(target)? else { return Ok(()) };
    match own.downcast::<PyDict>() {
        Some(own) => own.update(attributes),
        None => Ok(()),
    }
}

/// The parts of a mode of `open`.
#[derive(Default)]
struct Mode {
    raw: String,
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

impl Mode {
    fn parse(mode: &str) -> PyResult<Self> {
        let mut parsed = Mode::default();
        let mut seen = String::new();
        for c in mode.chars() {
            if seen.contains(c) || !"xrwatb+".contains(c) {
                return Err(raised!(ValueError, "invalid mode: '{mode}'"));
            }
            seen.push(c);
            match c {
                'x' => parsed.creating = true,
                'r' => parsed.reading = true,
                'w' => parsed.writing = true,
                'a' => parsed.appending = true,
                '+' => parsed.updating = true,
                't' => parsed.text = true,
                _ => parsed.binary = true,
            }
        }
        if parsed.text && parsed.binary {
            return Err(raised!(ValueError, "can't have text and binary mode at once"));
        }
        let kinds = [parsed.creating, parsed.reading, parsed.writing, parsed.appending];
        if kinds.iter().filter(|&&on| on).count() != 1 {
            return Err(raised!(ValueError, "must have exactly one of create/read/write/append mode"));
        }
        for (on, letter) in
            [(parsed.creating, 'x'), (parsed.reading, 'r'), (parsed.writing, 'w'), (parsed.appending, 'a')]
        {
            if on {
                parsed.raw.push(letter);
            }
        }
        if parsed.updating {
            parsed.raw.push('+');
        }
        Ok(parsed)
    }
}

/// What `open` was given beside the file and its mode.
struct Wishes<'a> {
    buffering: i32,
    encoding: Option<&'a PyObject>,
    errors: Option<&'a PyObject>,
    newline: Option<&'a PyObject>,
}

/// Puts the buffer and the text layer that the mode asks for on a raw file.
fn layered(raw: &PyObject, mode: &Mode, mode_text: &str, wishes: &Wishes<'_>) -> PyResult {
    let mut buffering = wishes.buffering;
    let is_terminal =
        buffering < 0 && { object::is_true(&*call::method(raw, intern!("_isatty_open_only"), &[])?)? };
    let line_buffering = mode_wants_lines(mode, buffering, is_terminal);
    if buffering < 0 || (buffering == 1 && !mode.binary) {
        buffering = -1;
    }
    if buffering == 0 {
        if !mode.binary {
            return Err(raised!(ValueError, "can't have unbuffered text I/O"));
        }
        return Ok(raw.owned());
    }
    let size = if buffering < 0 {
        let size = object::get_attr(raw, intern!("_blksize"))?;
        number::as_isize(&size, Some(Exc::OverflowError))?.clamp(BUFFER_SIZE as isize, 8 * 1024 * 1024)
    } else {
        buffering as isize
    };
    let class = if mode.updating {
        PyBufferedRandom::type_object()
    } else if mode.reading {
        PyBufferedReader::type_object()
    } else {
        PyBufferedWriter::type_object()
    };
    let buffer = call::call(class, &[raw, &PyInt::from_i64(size as i64)])?;
    if mode.binary {
        return Ok(buffer);
    }
    let some = |value: Option<&PyObject>| value.map_or_else(none, ObjectExt::owned);
    let wrapper = call::call(
        PyTextIOWrapper::type_object(),
        &[
            &buffer,
            &some(wishes.encoding),
            &some(wishes.errors),
            &some(wishes.newline),
            &PyInt::from_bool(line_buffering),
        ],
    );
    let wrapper = wrapper?;
    object::set_attr(&wrapper, intern!("mode"), Some(&PyStr::new(mode_text)))?;
    Ok(wrapper)
}

fn mode_wants_lines(mode: &Mode, buffering: i32, is_terminal: bool) -> bool {
    !mode.binary && (buffering == 1 || is_terminal)
}

fn open_file(
    file: &PyObject,
    mode_text: &str,
    wishes: &Wishes<'_>,
    closefd: bool,
    opener: Option<&PyObject>,
) -> PyResult {
    let path = if file.downcast::<PyInt>().is_some() || number::is_index(file) {
        file.owned()
    } else {
        taipan_objects::system::path::fspath(file)?
    };
    let mode = Mode::parse(mode_text)?;
    if mode.binary {
        if wishes.encoding.is_some() {
            return Err(raised!(ValueError, "binary mode doesn't take an encoding argument"));
        }
        if wishes.errors.is_some() {
            return Err(raised!(ValueError, "binary mode doesn't take an errors argument"));
        }
        if wishes.newline.is_some() {
            return Err(raised!(ValueError, "binary mode doesn't take a newline argument"));
        }
        if wishes.buffering == 1 {
            errors::warn(
                Exc::RuntimeWarning,
                1,
                format_args!(
                    "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"
                ),
            )?;
        }
    }
    if wishes.buffering < -1 {
        return Err(raised!(ValueError, "invalid buffering size"));
    }
    let opener = opener.map_or_else(none, ObjectExt::owned);
    let raw = call::call(
        PyFileIO::type_object(),
        &[&path, &PyStr::new(&mode.raw), &PyInt::from_bool(closefd), &opener],
    )?;
    let wishes = Wishes {
        buffering: if mode.binary && wishes.buffering == 1 { -1 } else { wishes.buffering },
        ..*wishes
    };
    match layered(&raw, &mode, mode_text, &wishes) {
        Ok(file) => Ok(file),
        Err(raised) => {
            let error = errors::take(raised);
            if let Err(second) = call::method(&raw, intern!("close"), &[]) {
                errors::clear(second);
            }
            Err(errors::restore(error))
        }
    }
}

/// The io module provides the Python interfaces to stream handling. The
/// builtin open function is defined in this module.
///
/// At the top of the I/O hierarchy is the abstract base class IOBase. It
/// defines the basic interface to a stream. Note, however, that there is no
/// separation between reading and writing to streams; implementations are
/// allowed to raise an OSError if they do not support a given operation.
///
/// Extending IOBase is RawIOBase which deals simply with the reading and
/// writing of raw bytes to a stream. FileIO subclasses RawIOBase to provide
/// an interface to OS files.
///
/// BufferedIOBase deals with buffering on a raw byte stream (RawIOBase). Its
/// subclasses, BufferedWriter, BufferedReader, and BufferedRWPair buffer
/// streams that are readable, writable, and both respectively.
/// BufferedRandom provides a buffered interface to random access
/// streams. BytesIO is a simple stream of in-memory bytes.
///
/// Another IOBase subclass, TextIOBase, deals with the encoding and decoding
/// of streams into text. TextIOWrapper, which extends it, is a buffered text
/// interface to a buffered raw stream (`BufferedIOBase`). Finally, StringIO
/// is an in-memory stream for text.
///
/// Argument names are not part of the specification, and only the arguments
/// of open() are intended to be used as keyword arguments.
///
/// data:
///
/// DEFAULT_BUFFER_SIZE
///    An int containing the default buffer size used by the module's buffered
///    I/O classes.
#[pymodule(name = "_io")]
pub mod io {
    use super::*;

    /// Open file and return a stream.  Raise OSError upon failure.
    #[pyfunction(
        signature = "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    pub fn open(
        file: &PyObject,
        mode: &str,
        buffering: i32,
        encoding: Option<&PyObject>,
        errors: Option<&PyObject>,
        newline: Option<&PyObject>,
        closefd: bool,
        opener: Option<&PyObject>,
    ) -> PyResult {
        open_file(file, mode, &Wishes { buffering, encoding, errors, newline }, closefd, opener)
    }

    /// A helper function to choose the text encoding.
    ///
    /// When encoding is not None, this function returns it.
    /// Otherwise, this function returns the default text encoding
    /// (i.e. "locale" or "utf-8" depends on UTF-8 mode).
    ///
    /// This function emits an EncodingWarning if encoding is None and
    /// sys.flags.warn_default_encoding is true.
    ///
    /// This can be used in APIs with an encoding=None parameter.
    /// However, please consider using encoding="utf-8" for new APIs.
    #[pyfunction(signature = "(encoding, stacklevel=2, /)")]
    pub fn text_encoding(encoding: &PyObject, stacklevel: i32) -> PyResult {
        if !encoding.is_none() {
            return Ok(encoding.owned());
        }
        if flag(intern!("warn_default_encoding")) {
            errors::warn(
                Exc::EncodingWarning,
                stacklevel as isize,
                format_args!("'encoding' argument not specified"),
            )?;
        }
        Ok(if flag(intern!("utf8_mode")) { intern!("utf-8").owned() } else { intern!("locale").owned() })
    }

    /// Opens the provided file with the intent to import the contents.
    ///
    /// This may perform extra validation beyond open(), but is otherwise interchangeable
    /// with calling open(path, 'rb').
    #[pyfunction(signature = "(path)")]
    pub fn open_code(path: &PyObject) -> PyResult {
        if path.downcast::<PyStr>().is_none() {
            let found = path.class().name();
            return Err(raised!(TypeError, "open_code() argument 'path' must be str, not {found}"));
        }
        let wishes = Wishes { buffering: -1, encoding: None, errors: None, newline: None };
        open_file(path, "rb", &wishes, true, None)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_int("DEFAULT_BUFFER_SIZE", BUFFER_SIZE as i64)?;
        module.add("BlockingIOError", Exc::BlockingIOError.type_object())?;
        module.add("UnsupportedOperation", &*unsupported_operation()?)?;
        for class in [
            PyIOBase::type_object(),
            PyRawIOBase::type_object(),
            PyBufferedIOBase::type_object(),
            PyTextIOBase::type_object(),
            PyFileIO::type_object(),
            PyBytesIO::type_object(),
            PyBytesIOBuffer::type_object(),
            PyStringIO::type_object(),
            PyBufferedReader::type_object(),
            PyBufferedWriter::type_object(),
            PyBufferedRandom::type_object(),
            PyRWPair::type_object(),
            PyTextIOWrapper::type_object(),
            PyNewlineDecoder::type_object(),
        ] {
            module.add_type(class)?;
        }
        Ok(())
    }
}

/// A flag of `sys.flags`.
pub fn flag(name: &PyStr) -> bool {
    let sys = thread::current().interpreter().sys_dict.get();
    let flags =
        sys.as_ref().and_then(|sys| sys.downcast::<PyDict>()?.get_str(intern!("flags")).ok().flatten());
    let Some(flags) = flags else { return false };
    object::get_attr(&flags, name).and_then(|flag| object::is_true(&flag)).unwrap_or_else(|raised| {
        errors::clear(raised);
        false
    })
}
