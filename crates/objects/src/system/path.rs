//! Path arguments: strings, byte strings, `os.PathLike` objects, and descriptors where a function takes them.

use crate::errors::Exc;
use crate::intern;
use crate::model::args::{ArgName, FromArg};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, Raised, none};
use crate::protocols::{call, number, object};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use std::ffi::{CStr, CString};

/// `os.fspath(object)`: a `str` or `bytes` (`PyOS_FSPath`).
pub fn fspath(path: &PyObject) -> PyResult {
    if path.downcast::<PyStr>().is_some() || path.downcast::<PyBytes>().is_some() {
        return Ok(path.owned());
    }
    match call::special_unless_none(path, intern!("__fspath__"))? {
        None => Err(raised!(
            TypeError,
            "expected str, bytes or os.PathLike object, not {}",
            path.class().short_name()
        )),
        Some(plain) if plain.downcast::<PyStr>().is_some() || plain.downcast::<PyBytes>().is_some() => {
            Ok(plain)
        }
        Some(other) => Err(raised!(
            TypeError,
            "expected {}.__fspath__() to return str or bytes, not {}",
            path.class().short_name(),
            other.class().short_name()
        )),
    }
}

/// A path as the system takes it, and the object that messages and results show.
pub struct Path {
    text: CString,
    object: Obj,
    is_bytes: bool,
}

impl Path {
    /// From a `str`, `bytes` or path-like object; `what` is what messages call the argument.
    pub fn new(object: &PyObject, what: &str) -> PyResult<Self> {
        let plain = if is_plain(object) { object.owned() } else { path_like(object, what)? };
        let bytes = match plain.downcast::<PyBytes>() {
            Some(bytes) => bytes.as_slice().to_vec(),
            None => match plain.downcast::<PyStr>() {
                Some(text) => text.encode_fs()?,
                None => return Err(wrong(what, "string, bytes or os.PathLike", object)),
            },
        };
        let is_bytes = plain.downcast::<PyBytes>().is_some();
        match CString::new(bytes) {
            Ok(text) => Ok(Path { text, object: object.owned(), is_bytes }),
            Err(_) => Err(raised!(
                ValueError,
                "{what}: embedded null {}",
                if is_bytes { "byte" } else { "character" }
            )),
        }
    }

    /// The path of the current folder, for functions whose path is optional.
    pub fn current_folder() -> Self {
        Path { text: c".".to_owned(), object: none(), is_bytes: false }
    }

    pub fn as_c(&self) -> &CStr {
        &self.text
    }

    /// What was passed.
    pub fn object(&self) -> &PyObject {
        &self.object
    }

    /// Whether results about it are byte strings too.
    pub fn is_bytes(&self) -> bool {
        self.is_bytes
    }

    /// A file name of the system as the caller wants it: `bytes` where the path was, else `str`.
    pub fn name(&self, bytes: &[u8]) -> Obj {
        if self.is_bytes { PyBytes::new(bytes).into_obj() } else { PyStr::decode_fs(bytes).into_obj() }
    }

    /// The `OSError` for this path.
    #[cold]
    pub fn error(&self, errno: taipan_host::Errno) -> Raised {
        crate::errors::set_os_error(errno, Some(&self.object).filter(|o| !o.is_none()).map(|o| &**o), None)
    }
}

fn is_plain(object: &PyObject) -> bool {
    object.downcast::<PyStr>().is_some() || object.downcast::<PyBytes>().is_some()
}

fn path_like(object: &PyObject, what: &str) -> PyResult {
    let Some(plain) = call::special_unless_none(object, intern!("__fspath__"))? else {
        return Err(wrong(what, "string, bytes or os.PathLike", object));
    };
    if is_plain(&plain) {
        return Ok(plain);
    }
    Err(raised!(
        TypeError,
        "expected {}.__fspath__() to return str or bytes, not {}",
        object.class().short_name(),
        plain.class().short_name()
    ))
}

#[cold]
fn wrong(what: &str, wanted: &str, object: &PyObject) -> Raised {
    raised!(TypeError, "{what} should be {wanted}, not {}", object.class().short_name())
}

/// What messages call a path argument: `stat: path`, with the module's function and the parameter.
fn described(name: &ArgName<'_>) -> String {
    let (function, parameter) = name.parts();
    format!("{function}: {parameter}")
}

impl<'a> FromArg<'a> for Path {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        Path::new(value, &described(name))
    }
}

/// A path or an open descriptor.
pub enum PathOrFd {
    Path(Path),
    Fd(i32),
}

impl PathOrFd {
    /// The `OSError` for it.
    #[cold]
    pub fn error(&self, errno: taipan_host::Errno) -> Raised {
        match self {
            PathOrFd::Path(path) => path.error(errno),
            PathOrFd::Fd(fd) => {
                let fd = crate::types::int::PyInt::from_i64(i64::from(*fd));
                super::os_error_at(errno, &fd)
            }
        }
    }

    pub fn is_bytes(&self) -> bool {
        matches!(self, PathOrFd::Path(path) if path.is_bytes())
    }
}

impl<'a> FromArg<'a> for PathOrFd {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        if is_plain(value) {
            return Path::new(value, &described(name)).map(PathOrFd::Path);
        }
        if number::is_index(value) {
            return fd_of(value).map(PathOrFd::Fd);
        }
        if object::lookup_special(value, intern!("__fspath__"))?.is_none_or(|method| method.is_none()) {
            return Err(wrong(&described(name), "string, bytes, os.PathLike or integer", value));
        }
        Path::new(value, &described(name)).map(PathOrFd::Path)
    }
}

/// An optional path or descriptor: `None` is the current folder.
pub struct OptionalPathOrFd(pub PathOrFd);

impl Default for OptionalPathOrFd {
    fn default() -> Self {
        OptionalPathOrFd(PathOrFd::Path(Path::current_folder()))
    }
}

impl<'a> FromArg<'a> for OptionalPathOrFd {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::default());
        }
        if !is_plain(value)
            && !number::is_index(value)
            && object::lookup_special(value, intern!("__fspath__"))?.is_none_or(|method| method.is_none())
        {
            return Err(wrong(&described(name), "string, bytes, os.PathLike, integer or None", value));
        }
        PathOrFd::from_arg(value, name).map(OptionalPathOrFd)
    }
}

fn fd_of(value: &PyObject) -> PyResult<i32> {
    let number = number::index(value)?;
    if value.downcast::<crate::types::bool::PyBool>().is_some() {
        crate::errors::warn(Exc::RuntimeWarning, 1, format_args!("bool is used as a file descriptor"))?;
    }
    match number.to_i64().map(i32::try_from) {
        Some(Ok(fd)) => Ok(fd),
        _ if number.sign() > 0 => Err(raised!(OverflowError, "fd is greater than maximum")),
        _ => Err(raised!(OverflowError, "fd is less than minimum")),
    }
}

/// `dir_fd`: a descriptor that relative paths start from; `None` is the current folder.
#[derive(Clone, Copy)]
pub struct FolderFd(pub i32);

impl FolderFd {
    pub const CURRENT: FolderFd = FolderFd(taipan_host::CURRENT_FOLDER);

    /// Whether a descriptor was given.
    pub fn is_given(self) -> bool {
        self.0 != taipan_host::CURRENT_FOLDER
    }
}

impl<'a> FromArg<'a> for FolderFd {
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(FolderFd::CURRENT);
        }
        if number::is_index(value) {
            return fd_of(value).map(FolderFd);
        }
        Err(raised!(TypeError, "argument should be integer or None, not {}", value.class().short_name()))
    }
}
