//! The abstract base classes: `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`.
//!
//! What they do goes through the methods of the object at hand, so that subclasses written in Python change it.

use core::cell::Cell;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::types::bytearray::PyByteArray;

/// The abstract base class for all I/O classes.
///
/// This class provides dummy implementations for many methods that
/// derived classes can override selectively; the default implementations
/// represent a file that cannot be read, written or seeked.
///
/// Even though IOBase does not declare read, readinto, or write because
/// their signatures will vary, implementations and clients should
/// consider those methods part of the interface. Also, implementations
/// may raise UnsupportedOperation when operations they do not support are
/// called.
///
/// The basic type used for binary data read from or written to a file is
/// bytes. Other bytes-like objects are accepted as method arguments too.
/// In some cases (such as readinto), a writable object is required. Text
/// I/O classes work with str data.
///
/// Note that calling any method (except additional calls to close(),
/// which are ignored) on a closed stream should raise a ValueError.
///
/// IOBase (and its subclasses) support the iterator protocol, meaning
/// that an IOBase object can be iterated over yielding the lines in a
/// stream.
///
/// IOBase also supports the :keyword:`with` statement. In this example,
/// fp is closed after the suite of the with statement is complete:
///
/// with open('spam.txt', 'r') as fp:
///     fp.write('Spam and eggs!')
#[pytype(name = "_io._IOBase", gc, flags(BASETYPE), dict = dict, weakref = weaklist, parts(IOBASE))]
pub struct PyIOBase {
    ob_base: PyObject,
    dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

impl PyIOBase {
    /// The fields of a new object; its head is filled in when it is allocated.
    pub fn fields() -> Self {
        PyIOBase {
            ob_base: PyObject::EMPTY,
            dict: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        }
    }

    /// The object's own attributes, where it has any.
    pub fn own_dict(&self) -> Option<Obj> {
        self.dict.get()
    }
}

/// `io.UnsupportedOperation` with a message.
#[cold]
pub fn unsupported(message: &str) -> Raised {
    match crate::io::unsupported_operation() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(OSError, "{message}"),
        },
        Err(raised) => raised,
    }
}

/// `object.closed` as truth.
pub fn is_closed(object: &PyObject) -> PyResult<bool> {
    object::is_true(&*object::get_attr(object, intern!("closed"))?)
}

/// Fails with `ValueError` where the file is closed.
pub fn check_closed(object: &PyObject) -> PyResult<()> {
    if is_closed(object)? { Err(raised!(ValueError, "I/O operation on closed file.")) } else { Ok(()) }
}

/// Whether `object.NAME()` is true.
fn allows(object: &PyObject, name: &PyStr) -> PyResult<bool> {
    Ok(call::method(object, name, &[])?.is(&PyInt::from_bool(true)))
}

pub fn check_readable(object: &PyObject) -> PyResult<()> {
    if allows(object, intern!("readable"))? {
        Ok(())
    } else {
        Err(unsupported("File or stream is not readable."))
    }
}

pub fn check_writable(object: &PyObject) -> PyResult<()> {
    if allows(object, intern!("writable"))? {
        Ok(())
    } else {
        Err(unsupported("File or stream is not writable."))
    }
}

pub fn check_seekable(object: &PyObject) -> PyResult<()> {
    if allows(object, intern!("seekable"))? {
        Ok(())
    } else {
        Err(unsupported("File or stream is not seekable."))
    }
}

/// The flag that `close` of a subclass clears: whether the base class's own `close` ran (`__IOBase_closed`).
fn closed_flag() -> &'static PyStr {
    intern!("__IOBase_closed")
}

#[pymethods(IOBASE)]
impl PyIOBase {
    #[slot(tp_iter)]
    fn iter(slf: &PyObject) -> PyResult {
        check_closed(slf)?;
        Ok(slf.owned())
    }

    #[slot(tp_iternext)]
    fn next(slf: &PyObject) -> PyResult<Option<Obj>> {
        let line = call::method(slf, intern!("readline"), &[])?;
        Ok(if object::len(&line)? == 0 { None } else { Some(line) })
    }

    /// Change the stream position to the given byte offset.
    ///
    ///   offset
    ///     The stream position, relative to 'whence'.
    ///   whence
    ///     The relative position to seek from.
    ///
    /// The offset is interpreted relative to the position indicated by whence.
    /// Values for whence are:
    ///
    /// * os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive
    /// * os.SEEK_CUR or 1 -- current stream position; offset may be negative
    /// * os.SEEK_END or 2 -- end of stream; offset is usually negative
    ///
    /// Return the new absolute position.
    #[pymethod(signature = "(offset, whence=os.SEEK_SET, /)")]
    fn seek(&self, _offset: &PyObject, _whence: taipan_objects::model::args::OptArg<i32>) -> PyResult {
        Err(unsupported("seek"))
    }

    /// Return current stream position.
    #[pymethod]
    fn tell(slf: &PyObject) -> PyResult {
        call::method(slf, intern!("seek"), &[&PyInt::from_i64(0), &PyInt::from_i64(1)])
    }

    /// Truncate file to size bytes.
    ///
    /// File pointer is left unchanged. Size defaults to the current IO position
    /// as reported by tell(). Return the new size.
    #[pymethod(signature = "(size=None, /)")]
    fn truncate(&self, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported("truncate"))
    }

    /// Flush write buffers, if applicable.
    ///
    /// This is not implemented for read-only and non-blocking streams.
    #[pymethod]
    fn flush(slf: &PyObject) -> PyResult<()> {
        if object::get_optional_attr(slf, closed_flag())?.is_some() {
            return Err(raised!(ValueError, "I/O operation on closed file."));
        }
        Ok(())
    }

    /// Flush and close the IO object.
    ///
    /// This method has no effect if the file is already closed.
    #[pymethod]
    fn close(slf: &PyObject) -> PyResult<()> {
        if object::get_optional_attr(slf, closed_flag())?.is_some() {
            return Ok(());
        }
        let flushed = call::method(slf, intern!("flush"), &[]);
        match flushed {
            Ok(_) => object::set_attr(slf, closed_flag(), Some(&PyInt::from_bool(true))),
            Err(raised) => {
                let error = errors::take(raised);
                let marked = object::set_attr(slf, closed_flag(), Some(&PyInt::from_bool(true)));
                if let Err(raised) = marked {
                    errors::clear(raised);
                }
                Err(errors::restore(error))
            }
        }
    }

    #[getter]
    fn closed(slf: &PyObject) -> PyResult<bool> {
        Ok(object::get_optional_attr(slf, closed_flag())?.is_some())
    }

    /// Return whether object supports random access.
    ///
    /// If False, seek(), tell() and truncate() will raise OSError.
    /// This method may need to do a test seek().
    #[pymethod]
    fn seekable(&self) -> bool {
        false
    }

    /// Return whether object was opened for reading.
    ///
    /// If False, read() will raise OSError.
    #[pymethod]
    fn readable(&self) -> bool {
        false
    }

    /// Return whether object was opened for writing.
    ///
    /// If False, write() will raise OSError.
    #[pymethod]
    fn writable(&self) -> bool {
        false
    }

    #[pymethod(name = "_checkClosed")]
    fn check_closed_method(slf: &PyObject) -> PyResult<()> {
        check_closed(slf)
    }

    #[pymethod(name = "_checkSeekable")]
    fn check_seekable_method(slf: &PyObject) -> PyResult<bool> {
        check_seekable(slf).map(|()| true)
    }

    #[pymethod(name = "_checkReadable")]
    fn check_readable_method(slf: &PyObject) -> PyResult<bool> {
        check_readable(slf).map(|()| true)
    }

    #[pymethod(name = "_checkWritable")]
    fn check_writable_method(slf: &PyObject) -> PyResult<bool> {
        check_writable(slf).map(|()| true)
    }

    /// Return underlying file descriptor if one exists.
    ///
    /// Raise OSError if the IO object does not use a file descriptor.
    #[pymethod]
    fn fileno(&self) -> PyResult {
        Err(unsupported("fileno"))
    }

    /// Return whether this is an 'interactive' stream.
    ///
    /// Return False if it can't be determined.
    #[pymethod]
    fn isatty(slf: &PyObject) -> PyResult<bool> {
        check_closed(slf)?;
        Ok(false)
    }

    #[pymethod(name = "__enter__")]
    fn enter(slf: &PyObject) -> PyResult {
        check_closed(slf)?;
        Ok(slf.owned())
    }

    #[pymethod(name = "__exit__", signature = "(*args)", no_text)]
    fn exit(slf: &PyObject, _args: &[&PyObject]) -> PyResult {
        call::method(slf, intern!("close"), &[])
    }

    /// Read and return a line from the stream.
    ///
    /// If size is specified, at most size bytes will be read.
    ///
    /// The line terminator is always b'\n' for binary files; for text
    /// files, the newlines argument to open can be used to select the line
    /// terminator(s) recognized.
    #[pymethod(signature = "(size=-1, /)")]
    fn readline(slf: &PyObject, size: Option<isize>) -> PyResult<Py<PyBytes>> {
        let limit = size.and_then(|size| usize::try_from(size).ok());
        let peek = object::get_optional_attr(slf, intern!("peek"))?;
        let mut line: Vec<u8> = Vec::new();
        while limit.is_none_or(|limit| line.len() < limit) {
            let mut wanted = 1;
            if let Some(peek) = &peek {
                let ahead = call::call(peek, &[&PyInt::from_i64(1)])?;
                let Some(ahead) = ahead.downcast::<PyBytes>() else {
                    let found = ahead.class().name();
                    return Err(raised!(
                        OSError,
                        "peek() should have returned a bytes object, not '{found}'"
                    ));
                };
                if !ahead.is_empty() {
                    let ahead = ahead.as_slice();
                    wanted = ahead.iter().position(|&b| b == b'\n').map_or(ahead.len(), |at| at + 1);
                    if let Some(limit) = limit {
                        wanted = wanted.min(limit - line.len());
                    }
                }
            }
            let read = call::method(slf, intern!("read"), &[&PyInt::from_u64(wanted as u64)])?;
            let Some(bytes) = read.downcast::<PyBytes>() else {
                let found = read.class().name();
                return Err(raised!(OSError, "read() should have returned a bytes object, not '{found}'"));
            };
            if bytes.is_empty() {
                break;
            }
            line.extend_from_slice(bytes.as_slice());
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(PyBytes::new(&line))
    }

    /// Return a list of lines from the stream.
    ///
    /// hint can be specified to control the number of lines read: no more
    /// lines will be read if the total size (in bytes/characters) of all
    /// lines so far exceeds hint.
    #[pymethod(signature = "(hint=-1, /)")]
    fn readlines(slf: &PyObject, hint: Option<isize>) -> PyResult<Py<PyList>> {
        let hint = hint.filter(|&hint| hint > 0).unwrap_or(isize::MAX) as usize;
        let (mut lines, mut total) = (Vec::new(), 0usize);
        let lines_of = iter::iter(slf)?;
        while let Some(line) = iter::next(&lines_of)? {
            total = total.saturating_add(object::len(&line)?);
            lines.push(line);
            if total > hint {
                break;
            }
        }
        PyList::try_from_vec(lines)
    }

    /// Write a list of lines to stream.
    ///
    /// Line separators are not added, so it is usual for each of the
    /// lines provided to have a line separator at the end.
    #[pymethod(signature = "(lines, /)")]
    fn writelines(slf: &PyObject, lines: &PyObject) -> PyResult<()> {
        check_closed(slf)?;
        iter::for_each(lines, |line| {
            loop {
                match call::method(slf, intern!("write"), &[&line]) {
                    Ok(_) => return Ok(()),
                    Err(raised) => {
                        errors::catch(raised, Exc::InterruptedError)?;
                        taipan_objects::system::check_signals()?;
                    }
                }
            }
        })
    }

    /// Closes what was forgotten. Errors are silent, as everywhere in destructors of files, but in developer mode.
    #[slot(tp_finalize)]
    fn finalize(slf: &PyObject) {
        // The object may die while an exception is on its way.
        let pending = errors::take_opt();
        Self::close_forgotten(slf);
        if let Some(pending) = pending {
            let _ = errors::restore(pending);
        }
    }
}

impl PyIOBase {
    fn close_forgotten(slf: &PyObject) {
        let closed = match object::get_optional_attr(slf, intern!("closed")) {
            Ok(Some(closed)) => object::is_true(&closed),
            Ok(None) => Ok(true),
            Err(raised) => Err(raised),
        };
        let closed = closed.unwrap_or_else(|raised| {
            errors::clear(raised);
            false
        });
        if closed {
            return;
        }
        // Tells `FileIO.close` to warn about the file.
        if let Err(raised) = object::set_attr(slf, intern!("_finalizing"), Some(&PyInt::from_bool(true))) {
            errors::clear(raised);
        }
        if let Err(raised) = call::method(slf, intern!("close"), &[]) {
            errors::clear(raised);
        }
    }
}

/// Base class for raw binary I/O.
#[pytype(name = "_io._RawIOBase", base = PyIOBase, gc, flags(BASETYPE), parts(RAW))]
pub struct PyRawIOBase {
    base: PyIOBase,
}

#[pymethods(RAW)]
impl PyRawIOBase {
    #[pymethod(signature = "(size=-1, /)")]
    fn read(slf: &PyObject, size: Option<isize>) -> PyResult {
        let size = size.unwrap_or(-1);
        let Ok(size) = usize::try_from(size) else {
            return call::method(slf, intern!("readall"), &[]);
        };
        let buffer = PyByteArray::new(&vec![0; size]);
        let count = call::method(slf, intern!("readinto"), &[&buffer])?;
        if count.is_none() {
            return Ok(count);
        }
        let count = number::as_isize(&count, Some(Exc::ValueError))?;
        let Some(count) = usize::try_from(count).ok().filter(|&count| count <= size) else {
            return Err(raised!(ValueError, "readinto returned {count} outside buffer size {size}"));
        };
        let data = buffer.to_vec();
        Ok(PyBytes::new(&data[..count.min(data.len())]).into_obj())
    }

    /// Read until EOF, using multiple read() call.
    #[pymethod]
    fn readall(slf: &PyObject) -> PyResult {
        let mut data: Option<Vec<u8>> = None;
        let chunk = PyInt::from_i64(crate::io::BUFFER_SIZE as i64);
        loop {
            let read = match call::method(slf, intern!("read"), &[&chunk]) {
                Ok(read) => read,
                Err(raised) => {
                    errors::catch(raised, Exc::InterruptedError)?;
                    taipan_objects::system::check_signals()?;
                    continue;
                }
            };
            if read.is_none() {
                return Ok(data.map_or(read, |data| PyBytes::new(&data).into_obj()));
            }
            let Some(bytes) = read.downcast::<PyBytes>() else {
                return Err(raised!(TypeError, "read() should return bytes"));
            };
            if bytes.is_empty() {
                return Ok(PyBytes::new(&data.unwrap_or_default()).into_obj());
            }
            data.get_or_insert_default().extend_from_slice(bytes.as_slice());
        }
    }

    #[pymethod(signature = "(buffer, /)", no_text)]
    fn readinto(&self, _buffer: &PyObject) -> PyResult {
        Err(raised!(NotImplementedError))
    }

    #[pymethod(signature = "(b, /)", no_text)]
    fn write(&self, _data: &PyObject) -> PyResult {
        Err(raised!(NotImplementedError))
    }
}

/// Base class for buffered IO objects.
///
/// The main difference with RawIOBase is that the read() method
/// supports omitting the size argument, and does not have a default
/// implementation that defers to readinto().
///
/// In addition, read(), readinto() and write() may raise
/// BlockingIOError if the underlying raw stream is in non-blocking
/// mode and not ready; unlike their raw counterparts, they will never
/// return None.
///
/// A typical implementation should not inherit from a RawIOBase
/// implementation, but wrap one.
#[pytype(name = "_io._BufferedIOBase", base = PyIOBase, gc, flags(BASETYPE), parts(BUFFERED))]
pub struct PyBufferedIOBase {
    base: PyIOBase,
}

fn read_into(slf: &PyObject, buffer: &PyObject, method: &PyStr) -> PyResult<usize> {
    let mut into = Buffer::writable(
        buffer,
        if method.eq_str("read1") { "readinto1() argument" } else { "readinto() argument" },
    )?;
    let read = call::method(slf, method, &[&PyInt::from_u64(into.len() as u64)])?;
    let Some(bytes) = read.downcast::<PyBytes>() else {
        return Err(raised!(TypeError, "read() should return bytes"));
    };
    if bytes.len() > into.len() {
        return Err(raised!(
            ValueError,
            "read() returned too much data: {} bytes requested, {} returned",
            into.len(),
            bytes.len()
        ));
    }
    into.as_bytes_mut()[..bytes.len()].copy_from_slice(bytes.as_slice());
    Ok(bytes.len())
}

#[pymethods(BUFFERED)]
impl PyBufferedIOBase {
    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    #[pymethod]
    fn detach(&self) -> PyResult {
        Err(unsupported("detach"))
    }

    /// Read and return up to n bytes.
    ///
    /// If the size argument is omitted, None, or negative, read and
    /// return all data until EOF.
    ///
    /// If the size argument is positive, and the underlying raw stream is
    /// not 'interactive', multiple raw reads may be issued to satisfy
    /// the byte count (unless EOF is reached first).
    /// However, for interactive raw streams (as well as sockets and pipes),
    /// at most one raw read will be issued, and a short result does not
    /// imply that EOF is imminent.
    ///
    /// Return an empty bytes object on EOF.
    ///
    /// Return None if the underlying raw stream was open in non-blocking
    /// mode and no data is available at the moment.
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported("read"))
    }

    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    ///
    /// Return an empty bytes object on EOF.
    /// A short result does not imply that EOF is imminent.
    #[pymethod(signature = "(size=-1, /)")]
    fn read1(&self, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported("read1"))
    }

    #[pymethod(signature = "(buffer, /)")]
    fn readinto(slf: &PyObject, buffer: &PyObject) -> PyResult<usize> {
        read_into(slf, buffer, intern!("read"))
    }

    #[pymethod(signature = "(buffer, /)")]
    fn readinto1(slf: &PyObject, buffer: &PyObject) -> PyResult<usize> {
        read_into(slf, buffer, intern!("read1"))
    }

    /// Write buffer b to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    #[pymethod(signature = "(b, /)")]
    fn write(&self, _data: &PyObject) -> PyResult {
        Err(unsupported("write"))
    }
}

/// Base class for text I/O.
///
/// This class provides a character and line based interface to stream
/// I/O. There is no readinto method because Python's character strings
/// are immutable.
#[pytype(name = "_io._TextIOBase", base = PyIOBase, gc, flags(BASETYPE), parts(TEXT))]
pub struct PyTextIOBase {
    base: PyIOBase,
}

#[pymethods(TEXT)]
impl PyTextIOBase {
    /// Separate the underlying buffer from the TextIOBase and return it.
    ///
    /// After the underlying buffer has been detached, the TextIO is in an unusable state.
    #[pymethod]
    fn detach(&self) -> PyResult {
        Err(unsupported("detach"))
    }

    /// Read at most size characters from stream.
    ///
    /// Read from underlying buffer until we have size characters or we hit EOF.
    /// If size is negative or omitted, read until EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported("read"))
    }

    /// Read until newline or EOF.
    ///
    /// Return an empty string if EOF is hit immediately.
    /// If size is specified, at most size characters will be read.
    #[pymethod(signature = "(size=-1, /)")]
    fn readline(&self, _size: Option<&PyObject>) -> PyResult {
        Err(unsupported("readline"))
    }

    /// Write string s to stream.
    ///
    /// Return the number of characters written
    /// (which is always equal to the length of the string).
    #[pymethod(signature = "(s, /)")]
    fn write(&self, _text: &PyObject) -> PyResult {
        Err(unsupported("write"))
    }

    /// Encoding of the text stream.
    ///
    /// Subclasses should override.
    #[getter]
    fn encoding(&self) -> Obj {
        none()
    }

    /// Line endings translated so far.
    ///
    /// Only line endings translated during reading are considered.
    ///
    /// Subclasses should override.
    #[getter]
    fn newlines(&self) -> Obj {
        none()
    }

    /// The error setting of the decoder or encoder.
    ///
    /// Subclasses should override.
    #[getter]
    fn errors(&self) -> Obj {
        none()
    }
}
