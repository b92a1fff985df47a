//! `FileIO`: an open file without a buffer.

use crate::base::{PyIOBase, PyRawIOBase, unsupported};
use core::cell::Cell;
use taipan_host::{CURRENT_FOLDER, Errno, files};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::path::Path;
use taipan_objects::system::{audit, os_error, os_error_at, retry, retry_or_raise};
use taipan_objects::types::bool::PyBool;

const O_WRONLY: i32 = 1;
const O_RDWR: i32 = 2;
const O_CREAT: i32 = 0o100;
const O_EXCL: i32 = 0o200;
const O_TRUNC: i32 = 0o1000;
const O_APPEND: i32 = 0o2000;
const O_CLOEXEC: i32 = 0o2_000_000;
const EAGAIN: Errno = Errno(11);
const EBADF: Errno = Errno(9);
const EISDIR: Errno = Errno(21);
/// The most that one system call moves.
const LARGEST: usize = 0x7fff_f000;

/// Open a file.
///
/// The mode can be 'r' (default), 'w', 'x' or 'a' for reading,
/// writing, exclusive creation or appending.  The file will be created if it
/// doesn't exist when opened for writing or appending; it will be truncated
/// when opened for writing.  A FileExistsError will be raised if it already
/// exists when opened for creating. Opening a file for creating implies
/// writing so this mode behaves in a similar way to 'w'.Add a '+' to the mode
/// to allow simultaneous reading and writing. A custom opener can be used by
/// passing a callable as *opener*. The underlying file descriptor for the file
/// object is then obtained by calling opener with (*name*, *flags*).
/// *opener* must return an open file descriptor (passing os.open as *opener*
/// results in functionality similar to passing None).
#[pytype(
    name = "_io.FileIO",
    base = PyRawIOBase,
    gc,
    flags(BASETYPE),
    signature = "(file, mode='r', closefd=True, opener=None)",
    parts(FILEIO)
)]
pub struct PyFileIO {
    base: PyIOBase,
    /// -1 once closed, and before `__init__`.
    fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// -1 unknown, 0 no, 1 yes.
    seekable: Cell<i8>,
    closefd: Cell<bool>,
    #[member(kind = BOOL, name = "_finalizing")]
    finalizing: Cell<bool>,
    blksize: Cell<u32>,
    /// What `fstat` said when the file was opened: its size and whether it is a regular file, for `readall`.
    size_at_open: Cell<i64>,
    is_character_device: Cell<bool>,
}

/// What a mode of `FileIO` means.
struct Mode {
    flags: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
}

impl Mode {
    fn parse(mode: &str) -> PyResult<Self> {
        let (mut kind, mut plus) = (None, false);
        let bad = || {
            raised!(ValueError, "Must have exactly one of create/read/write/append mode and at most one plus")
        };
        for c in mode.chars() {
            match c {
                'r' | 'w' | 'x' | 'a' if kind.is_none() => kind = Some(c),
                'r' | 'w' | 'x' | 'a' => return Err(bad()),
                'b' => {}
                '+' if !plus => plus = true,
                '+' => return Err(bad()),
                _ => return Err(raised!(ValueError, "invalid mode: {mode}")),
            }
        }
        let Some(kind) = kind else { return Err(bad()) };
        let readable = kind == 'r' || plus;
        let writable = kind != 'r' || plus;
        let access = match (readable, writable) {
            (true, true) => O_RDWR,
            (true, false) => 0,
            _ => O_WRONLY,
        };
        let extra = match kind {
            'w' => O_CREAT | O_TRUNC,
            'x' => O_CREAT | O_EXCL,
            'a' => O_CREAT | O_APPEND,
            _ => 0,
        };
        Ok(Mode {
            flags: access | extra | O_CLOEXEC,
            created: kind == 'x',
            readable,
            writable,
            appending: kind == 'a',
        })
    }
}

impl PyFileIO {
    /// The descriptor; -1 when closed. For the buffered classes.
    pub fn descriptor(&self) -> i32 {
        self.fd.get()
    }

    fn open_fd(&self) -> PyResult<i32> {
        match self.fd.get() {
            -1 => Err(raised!(ValueError, "I/O operation on closed file")),
            fd => Ok(fd),
        }
    }

    fn wrong_mode(action: &str) -> Raised {
        unsupported(&format!("File not open for {action}"))
    }

    fn mode_text(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    /// Reads up to `buffer.len()` bytes; `None` where the call would block.
    pub fn read_raw(&self, buffer: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.open_fd()?;
        if !self.readable.get() {
            return Err(Self::wrong_mode("reading"));
        }
        let length = buffer.len().min(LARGEST);
        match retry(|| files::read(fd, &mut buffer[..length]))? {
            Ok(count) => Ok(Some(count)),
            Err(EAGAIN) => Ok(None),
            Err(errno) => Err(os_error(errno)),
        }
    }

    /// Writes what the system takes in one call; `None` where it would block.
    pub fn write_raw(&self, data: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.open_fd()?;
        if !self.writable.get() {
            return Err(Self::wrong_mode("writing"));
        }
        let data = &data[..data.len().min(LARGEST)];
        match retry(|| files::write(fd, data))? {
            Ok(count) => Ok(Some(count)),
            Err(EAGAIN) => Ok(None),
            Err(errno) => Err(os_error(errno)),
        }
    }

    /// Moves the position; gives the new one.
    pub fn seek_raw(&self, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd()?;
        let at = files::seek(fd, offset, whence);
        if self.seekable.get() < 0 {
            self.seekable.set(i8::from(at.is_ok()));
        }
        at.map_err(os_error)
    }

    fn read_all(&self) -> PyResult<Option<Vec<u8>>> {
        const CHUNK: usize = 8192;
        let fd = self.open_fd()?;
        if !self.readable.get() {
            return Err(Self::wrong_mode("reading"));
        }
        let mut data = Vec::new();
        // For files of known size: all of it in one read, and one more to see the end.
        let expected = self.size_at_open.get();
        let mut room = CHUNK;
        if expected > 0 {
            let at = files::seek(fd, 0, 1).unwrap_or(0);
            room = usize::try_from(expected.saturating_sub(at).saturating_add(1)).unwrap_or(CHUNK).max(1);
        }
        loop {
            let length = data.len();
            let wanted = if length == 0 { room } else { (length / 2).clamp(CHUNK, 1 << 24) };
            if data.try_reserve(wanted).is_err() {
                return Err(raised!(
                    OverflowError,
                    "unbounded read returned more bytes than a Python bytes object can hold"
                ));
            }
            let count = wanted.min(LARGEST);
            match retry(|| files::read_into(fd, &mut data, count))? {
                Ok(0) => return Ok(Some(data)),
                Ok(_) => {}
                Err(EAGAIN) if length == 0 => return Ok(None),
                Err(EAGAIN) => return Ok(Some(data)),
                Err(errno) => return Err(os_error(errno)),
            }
        }
    }

    fn close_fd(&self) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        files::close(fd).map_err(os_error)
    }

    fn open(&self, name: &PyObject, mode: &Mode, opener: Option<&PyObject>) -> PyResult<i32> {
        let Some(opener) = opener else {
            let path = Path::new(name, "open: path")?;
            return retry(|| files::open_at(CURRENT_FOLDER, path.as_c(), mode.flags, 0o666))?
                .map_err(|errno| os_error_at(errno, name));
        };
        let made = call::call(opener, &[name, &PyInt::from_i64(i64::from(mode.flags))])?;
        if made.downcast::<PyInt>().is_none() {
            return Err(raised!(TypeError, "expected integer from opener"));
        }
        let fd = number::index_to_integer::<i32>(&made, "C int")?;
        if fd < 0 {
            return Err(raised!(ValueError, "opener returned {fd}"));
        }
        files::set_inheritable(fd, false).map_err(os_error)?;
        Ok(fd)
    }

    /// Looks at what was opened: folders are refused, sizes remembered.
    fn examine(&self, fd: i32, name: &PyObject) -> PyResult<()> {
        const S_IFMT: u32 = 0o170_000;
        const S_IFCHR: u32 = 0o020_000;
        match files::fstat(fd) {
            Ok(stat) if stat.is_dir() => Err(os_error_at(EISDIR, name)),
            Ok(stat) => {
                if stat.blksize > 1 {
                    self.blksize.set(stat.blksize as u32);
                }
                self.size_at_open.set(stat.size);
                self.is_character_device.set(stat.mode & S_IFMT == S_IFCHR);
                Ok(())
            }
            // Some file systems know nothing; only a bad descriptor is an error.
            Err(EBADF) => Err(os_error_at(EBADF, name)),
            Err(_) => Ok(()),
        }
    }
}

/// A descriptor given in place of a name, if `file` is an integer.
fn given_descriptor(file: &PyObject) -> PyResult<Option<i32>> {
    if file.downcast::<PyInt>().is_none() {
        return Ok(None);
    }
    if file.downcast::<PyBool>().is_some() {
        errors::warn(Exc::RuntimeWarning, 1, format_args!("bool is used as a file descriptor"))?;
    }
    let fd = number::index_to_integer::<i32>(file, "C int")?;
    if fd < 0 { Err(raised!(ValueError, "negative file descriptor")) } else { Ok(Some(fd)) }
}

#[pymethods(FILEIO)]
impl PyFileIO {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, _args: &[&PyObject], _kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyFileIO>> {
        memory::new_in(
            cls,
            PyFileIO {
                base: PyIOBase::fields(),
                fd: Cell::new(-1),
                created: Cell::new(false),
                readable: Cell::new(false),
                writable: Cell::new(false),
                appending: Cell::new(false),
                seekable: Cell::new(-1),
                closefd: Cell::new(true),
                finalizing: Cell::new(false),
                blksize: Cell::new(crate::io::BUFFER_SIZE as u32),
                size_at_open: Cell::new(-1),
                is_character_device: Cell::new(true),
            },
        )
    }

    #[init(signature = "(file, mode='r', closefd=True, opener=None)")]
    fn init(&self, file: &PyObject, mode: &str, closefd: bool, opener: Option<&PyObject>) -> PyResult<()> {
        if self.fd.get() >= 0 {
            if self.closefd.get() {
                self.close_fd()?;
            } else {
                self.fd.set(-1);
            }
        }
        let given = given_descriptor(file)?;
        let parsed = Mode::parse(mode)?;
        self.created.set(parsed.created);
        self.readable.set(parsed.readable);
        self.writable.set(parsed.writable);
        self.appending.set(parsed.appending);
        self.seekable.set(-1);
        self.size_at_open.set(-1);
        self.closefd.set(closefd);
        audit(c"open", &[file, &PyStr::new(mode), &PyInt::from_i64(i64::from(parsed.flags))])?;
        let fd = match given {
            Some(fd) => fd,
            None if !closefd => {
                return Err(raised!(ValueError, "Cannot use closefd=False with file name"));
            }
            None => self.open(file, &parsed, opener)?,
        };
        self.fd.set(fd);
        let ready = self.examine(fd, file).and_then(|()| {
            object::set_attr(self, intern!("name"), Some(file))?;
            if parsed.appending {
                // So that tell() gives the end of the file, as far as it has one.
                if let Err(raised) = self.seek_raw(0, 2) {
                    if self.seekable.get() == 0 {
                        errors::clear(raised);
                    } else {
                        return Err(raised);
                    }
                }
            }
            Ok(())
        });
        if let Err(raised) = ready {
            if given.is_some() {
                self.fd.set(-1);
                return Err(raised);
            }
            let error = errors::take(raised);
            if let Err(second) = self.close_fd() {
                errors::clear(second);
            }
            return Err(errors::restore(error));
        }
        Ok(())
    }

    /// Read at most size bytes, returned as bytes.
    ///
    /// If size is less than 0, read all bytes in the file making multiple read calls.
    /// See ``FileIO.readall``.
    ///
    /// Attempts to make only one system call, retrying only per PEP 475 (EINTR). This
    /// means less data may be returned than requested.
    ///
    /// In non-blocking mode, returns None if no data is available. Return an empty
    /// bytes object at EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, size: Option<isize>) -> PyResult<Option<Py<PyBytes>>> {
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return self.readall();
        };
        self.open_fd()?;
        let mut data = Vec::new();
        if data.try_reserve_exact(size.min(LARGEST)).is_err() {
            return Err(raised!(MemoryError));
        }
        data.resize(size.min(LARGEST), 0);
        let count = self.read_raw(&mut data)?;
        Ok(count.map(|count| PyBytes::new(&data[..count])))
    }

    /// Read all data from the file, returned as bytes.
    ///
    /// Reads until either there is an error or read returns size 0
    /// (indicates EOF). If the file is already at EOF, returns an
    /// empty bytes object.
    ///
    /// In non-blocking mode, returns as much data as could be read
    /// before EAGAIN. If no data is available (EAGAIN is returned
    /// before bytes are read) returns None.
    #[pymethod]
    fn readall(&self) -> PyResult<Option<Py<PyBytes>>> {
        Ok(self.read_all()?.map(|data| PyBytes::new(&data)))
    }

    /// Same as RawIOBase.readinto().
    #[pymethod(signature = "(buffer, /)")]
    fn readinto(&self, buffer: &PyObject) -> PyResult<Option<usize>> {
        self.open_fd()?;
        if !self.readable.get() {
            return Err(Self::wrong_mode("reading"));
        }
        let mut into = Buffer::writable(buffer, "readinto() argument")?;
        self.read_raw(into.as_bytes_mut())
    }

    /// Write buffer b to file, return number of bytes written.
    ///
    /// Only makes one system call, so not all of the data may be written.
    /// The number of bytes actually written is returned.  In non-blocking mode,
    /// returns None if the write would block.
    #[pymethod(signature = "(b, /)")]
    fn write(&self, data: &PyObject) -> PyResult<Option<usize>> {
        self.open_fd()?;
        if !self.writable.get() {
            return Err(Self::wrong_mode("writing"));
        }
        let data = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        self.write_raw(data.as_bytes())
    }

    /// Move to new file position and return the file position.
    ///
    /// Argument offset is a byte count.  Optional argument whence defaults to
    /// SEEK_SET or 0 (offset from start of file, offset should be >= 0); other values
    /// are SEEK_CUR or 1 (move relative to current position, positive or negative),
    /// and SEEK_END or 2 (move relative to end of file, usually negative, although
    /// many platforms allow seeking beyond the end of a file).
    ///
    /// Note that not all file objects are seekable.
    #[pymethod(signature = "(pos, whence=0, /)")]
    fn seek(&self, pos: &PyObject, whence: i32) -> PyResult<i64> {
        self.open_fd()?;
        self.seek_raw(crate::io::offset(pos)?, whence)
    }

    /// Current file position.
    ///
    /// Can raise OSError for non seekable files.
    #[pymethod]
    fn tell(&self) -> PyResult<i64> {
        self.seek_raw(0, 1)
    }

    /// Truncate the file to at most size bytes and return the truncated size.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is changed to the value of size.
    #[pymethod(signature = "(size=None, /)")]
    fn truncate(&self, size: Option<&PyObject>) -> PyResult<i64> {
        let fd = self.open_fd()?;
        if !self.writable.get() {
            return Err(Self::wrong_mode("writing"));
        }
        let size = match size {
            Some(size) => crate::io::offset(size)?,
            None => self.seek_raw(0, 1)?,
        };
        retry_or_raise(|| files::ftruncate(fd, size))?;
        self.size_at_open.set(-1);
        Ok(size)
    }

    /// Close the file.
    ///
    /// A closed file cannot be used for further I/O operations.  close() may be
    /// called more than once without error.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        let base = object::get_attr(PyRawIOBase::type_object(), intern!("close"))?;
        let closed = call::call(&base, &[self]);
        if !self.closefd.get() {
            self.fd.set(-1);
            return closed.map(drop);
        }
        let pending = closed.err().map(errors::take);
        if self.finalizing.get() && self.fd.get() >= 0 {
            self.warn_unclosed(self);
        }
        match (self.close_fd(), pending) {
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(error)) => Err(errors::restore(error)),
            (Err(raised), None) => Err(raised),
            (Err(raised), Some(error)) => {
                errors::clear(raised);
                Err(errors::restore(error))
            }
        }
    }

    /// True if file supports random-access.
    #[pymethod]
    fn seekable(&self) -> PyResult<bool> {
        self.open_fd()?;
        if self.seekable.get() < 0
            && let Err(raised) = self.seek_raw(0, 1)
        {
            errors::clear(raised);
        }
        Ok(self.seekable.get() > 0)
    }

    /// True if file was opened in a read mode.
    #[pymethod]
    fn readable(&self) -> PyResult<bool> {
        self.open_fd().map(|_| self.readable.get())
    }

    /// True if file was opened in a write mode.
    #[pymethod]
    fn writable(&self) -> PyResult<bool> {
        self.open_fd().map(|_| self.writable.get())
    }

    /// Return the underlying file descriptor (an integer).
    #[pymethod]
    fn fileno(&self) -> PyResult<i32> {
        self.open_fd()
    }

    /// True if the file is connected to a TTY device.
    #[pymethod]
    fn isatty(&self) -> PyResult<bool> {
        self.open_fd().map(files::is_terminal)
    }

    /// Whether the file is a terminal, for `open`: what is no character device is none.
    #[pymethod(name = "_isatty_open_only")]
    fn isatty_open_only(&self) -> PyResult<bool> {
        let fd = self.open_fd()?;
        Ok(self.is_character_device.get() && files::is_terminal(fd))
    }

    #[pymethod(name = "_dealloc_warn", signature = "(object, /)")]
    fn dealloc_warn(&self, source: &PyObject) {
        if self.fd.get() >= 0 && self.closefd.get() {
            self.warn_unclosed(source);
        }
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult {
        Err(raised!(TypeError, "cannot pickle '{}' instances", self.class().name()))
    }

    /// True if the file is closed
    #[getter]
    fn closed(&self) -> bool {
        self.fd.get() < 0
    }

    /// True if the file descriptor will be closed by close().
    #[getter]
    fn closefd(&self) -> bool {
        self.closefd.get()
    }

    /// String giving the file mode
    #[getter]
    fn mode(&self) -> &'static str {
        self.mode_text()
    }

    /// Stat st_blksize if available
    #[getter(name = "_blksize")]
    fn get_blksize(&self) -> u32 {
        self.blksize.get()
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let class = self.class().short_name();
        let fd = self.fd.get();
        if fd < 0 {
            return Ok(PyStr::new(&format!("<_io.{class} [closed]>")));
        }
        let (mode, closefd) = (self.mode_text(), if self.closefd.get() { "True" } else { "False" });
        let Some(name) = object::get_optional_attr(self, intern!("name"))? else {
            return Ok(PyStr::new(&format!("<_io.{class} fd={fd} mode='{mode}' closefd={closefd}>")));
        };
        if !object::repr_enter(self)? {
            return Err(raised!(RuntimeError, "reentrant call inside {}.__repr__", self.class().name()));
        }
        let shown = object::repr(&name);
        object::repr_leave(self);
        let shown = shown?;
        Ok(PyStr::new(&format!("<_io.{class} name={shown} mode='{mode}' closefd={closefd}>")))
    }
}

impl PyFileIO {
    /// The `ResourceWarning` for a file nobody closed.
    fn warn_unclosed(&self, source: &PyObject) {
        let shown = match object::repr(source) {
            Ok(shown) => shown,
            Err(raised) => return errors::write_unraisable(raised, None, Some(self)),
        };
        let warned = errors::warn_resource(source, 1, format_args!("unclosed file {shown}"));
        if let Err(raised) = warned {
            if errors::matches(&raised, Exc::Warning) {
                errors::write_unraisable(raised, None, Some(self));
            } else {
                errors::clear(raised);
            }
        }
    }
}
