//! `BytesIO`: a binary file in memory.

use crate::base::{PyBufferedIOBase, PyIOBase};
use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;

/// Buffered I/O implementation using an in-memory bytes buffer.
#[pytype(
    name = "_io.BytesIO",
    base = PyBufferedIOBase,
    gc,
    flags(BASETYPE),
    signature = "(initial_bytes=b'')",
    parts(BYTESIO)
)]
pub struct PyBytesIO {
    base: PyIOBase,
    /// `None` once closed.
    data: RefCell<Option<Vec<u8>>>,
    pos: Cell<usize>,
    exports: Cell<usize>,
}

#[cold]
fn closed() -> Raised {
    raised!(ValueError, "I/O operation on closed file.")
}

impl PyBytesIO {
    fn with<T>(&self, f: impl FnOnce(&mut Vec<u8>) -> PyResult<T>) -> PyResult<T> {
        match self.data.borrow_mut().as_mut() {
            Some(data) => f(data),
            None => Err(closed()),
        }
    }

    fn check_exports(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(raised!(BufferError, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// The bytes from the position on, at most so many; moves behind them.
    fn take(&self, size: Option<usize>) -> PyResult<Py<PyBytes>> {
        self.with(|data| {
            let start = self.pos.get().min(data.len());
            let end = size.map_or(data.len(), |size| data.len().min(start.saturating_add(size)));
            if start < end {
                self.pos.set(end);
            }
            Ok(PyBytes::new(&data[start..end]))
        })
    }

    fn take_line(&self, limit: Option<usize>) -> PyResult<Py<PyBytes>> {
        let line = self.with(|data| {
            let start = self.pos.get().min(data.len());
            let rest = &data[start..];
            let rest = limit.map_or(rest, |limit| &rest[..rest.len().min(limit)]);
            Ok(rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |at| at + 1))
        })?;
        self.take(Some(line))
    }

    fn put(&self, bytes: &[u8]) -> PyResult<usize> {
        self.with(|data| {
            if bytes.is_empty() {
                return Ok(0);
            }
            let start = self.pos.get();
            let Some(end) = start.checked_add(bytes.len()).filter(|&end| end <= isize::MAX as usize) else {
                return Err(raised!(OverflowError, "new buffer size too large"));
            };
            if data.len() < end {
                if data.try_reserve(end - data.len()).is_err() {
                    return Err(raised!(MemoryError));
                }
                data.resize(end, 0);
            }
            data[start..end].copy_from_slice(bytes);
            self.pos.set(end);
            Ok(bytes.len())
        })
    }

    fn size_argument(size: Option<isize>) -> Option<usize> {
        size.and_then(|size| usize::try_from(size).ok())
    }
}

#[pymethods(BYTESIO)]
impl PyBytesIO {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, _args: &[&PyObject], _kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyBytesIO>> {
        memory::new_in(
            cls,
            PyBytesIO {
                base: PyIOBase::fields(),
                data: RefCell::new(Some(Vec::new())),
                pos: Cell::new(0),
                exports: Cell::new(0),
            },
        )
    }

    #[init(signature = "(initial_bytes=b'')")]
    fn init(&self, initial_bytes: Option<&PyObject>) -> PyResult<()> {
        self.check_exports()?;
        self.pos.set(0);
        let data = match initial_bytes {
            Some(initial) => Buffer::get(initial, taipan_abi::PyBUF_CONTIG_RO)?.to_vec(),
            None => Vec::new(),
        };
        self.data.replace(Some(data));
        Ok(())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let line = self.take_line(None)?;
        Ok(if line.is_empty() { None } else { Some(line.into_obj()) })
    }

    #[slot(tp_iter)]
    fn iter(slf: &PyObject) -> PyResult {
        crate::base::check_closed(slf)?;
        Ok(slf.owned())
    }

    /// Returns True if the IO object can be read.
    #[pymethod]
    fn readable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    /// Returns True if the IO object can be seeked.
    #[pymethod]
    fn seekable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    /// Returns True if the IO object can be written.
    #[pymethod]
    fn writable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    /// Disable all I/O operations.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.check_exports()?;
        self.data.replace(None);
        Ok(())
    }

    /// Does nothing.
    #[pymethod]
    fn flush(&self) -> PyResult<()> {
        self.with(|_| Ok(()))
    }

    /// Always returns False.
    ///
    /// BytesIO objects are not connected to a TTY-like device.
    #[pymethod]
    fn isatty(&self) -> PyResult<bool> {
        self.with(|_| Ok(false))
    }

    /// Current file position, an integer.
    #[pymethod]
    fn tell(&self) -> PyResult<usize> {
        self.with(|_| Ok(self.pos.get()))
    }

    /// Write bytes to file.
    ///
    /// Return the number of bytes written.
    #[pymethod(signature = "(b, /)")]
    fn write(&self, b: &PyObject) -> PyResult<usize> {
        self.with(|_| Ok(()))?;
        self.check_exports()?;
        let bytes = Buffer::get(b, taipan_abi::PyBUF_CONTIG_RO)?.to_vec();
        self.check_exports()?;
        self.put(&bytes)
    }

    /// Write lines to the file.
    ///
    /// Note that newlines are not added.  lines can be any iterable object
    /// producing bytes-like objects. This is equivalent to calling write() for
    /// each element.
    #[pymethod(signature = "(lines, /)")]
    fn writelines(&self, lines: &PyObject) -> PyResult<()> {
        self.with(|_| Ok(()))?;
        iter::for_each(lines, |line| self.write(&line).map(drop))
    }

    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative or omitted, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn read1(&self, size: Option<isize>) -> PyResult<Py<PyBytes>> {
        self.take(Self::size_argument(size))
    }

    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, size: Option<isize>) -> PyResult<Py<PyBytes>> {
        self.take(Self::size_argument(size))
    }

    /// Read bytes into buffer.
    ///
    /// Returns number of bytes read (0 for EOF), or None if the object
    /// is set not to block and has no data to read.
    #[pymethod(signature = "(buffer, /)")]
    fn readinto(&self, buffer: &PyObject) -> PyResult<usize> {
        let mut into = Buffer::writable(buffer, "readinto() argument")?;
        let bytes = self.take(Some(into.len()))?;
        into.as_bytes_mut()[..bytes.len()].copy_from_slice(bytes.as_slice());
        Ok(bytes.len())
    }

    /// Next line from the file, as a bytes object.
    ///
    /// Retain newline.  A non-negative size argument limits the maximum
    /// number of bytes to return (an incomplete line may be returned then).
    /// Return an empty bytes object at EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn readline(&self, size: Option<isize>) -> PyResult<Py<PyBytes>> {
        self.take_line(Self::size_argument(size))
    }

    /// List of bytes objects, each a line from the file.
    ///
    /// Call readline() repeatedly and return a list of the lines so read.
    /// The optional size argument, if given, is an approximate bound on the
    /// total number of bytes in the lines returned.
    #[pymethod(signature = "(size=None, /)")]
    fn readlines(&self, size: Option<isize>) -> PyResult<Py<PyList>> {
        self.with(|_| Ok(()))?;
        let limit = size.filter(|&size| size > 0).map_or(usize::MAX, |size| size as usize);
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = self.take_line(None)?;
            if line.is_empty() {
                break;
            }
            total += line.len();
            lines.push(line.into_obj());
            if total >= limit {
                break;
            }
        }
        PyList::try_from_vec(lines)
    }

    /// Get a read-write view over the contents of the BytesIO object.
    #[pymethod]
    fn getbuffer(&self) -> PyResult {
        self.with(|_| Ok(()))?;
        let exporter = memory::new(PyBytesIOBuffer { ob_base: PyObject::EMPTY, source: self.to_owned() });
        crate::io::memory_view(&exporter)
    }

    /// Retrieve the entire contents of the BytesIO object.
    #[pymethod]
    fn getvalue(&self) -> PyResult<Py<PyBytes>> {
        self.with(|data| Ok(PyBytes::new(data)))
    }

    /// Change stream position.
    ///
    /// Seek to byte offset pos relative to position indicated by whence:
    ///      0  Start of stream (the default).  pos should be >= 0;
    ///      1  Current position - pos may be negative;
    ///      2  End of stream - pos usually negative.
    /// Returns the new absolute position.
    #[pymethod(signature = "(pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: i32) -> PyResult<usize> {
        let length = self.with(|data| Ok(data.len()))?;
        let base = match whence {
            0 if pos < 0 => return Err(raised!(ValueError, "negative seek value {pos}")),
            0 => 0,
            1 => self.pos.get(),
            2 => length,
            _ => return Err(raised!(ValueError, "invalid whence ({whence}, should be 0, 1 or 2)")),
        };
        let Some(to) = isize::try_from(base).ok().and_then(|base| base.checked_add(pos)) else {
            return Err(raised!(OverflowError, "new position too large"));
        };
        self.pos.set(to.max(0) as usize);
        Ok(self.pos.get())
    }

    /// Truncate the file to at most size bytes.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is unchanged.  Returns the new size.
    #[pymethod(signature = "(size=None, /)")]
    fn truncate(&self, size: Option<isize>) -> PyResult<usize> {
        self.with(|_| Ok(()))?;
        self.check_exports()?;
        let size = match size {
            None => self.pos.get(),
            Some(size) => {
                usize::try_from(size).map_err(|_| raised!(ValueError, "negative size value {size}"))?
            }
        };
        self.with(|data| {
            data.truncate(size);
            Ok(size)
        })
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult<(Py<PyBytes>, usize, Obj)> {
        let value = self.getvalue()?;
        let dict = match self.base.own_dict() {
            Some(dict) => match dict.downcast::<PyDict>() {
                Some(dict) => dict.copy()?.into_obj(),
                None => none(),
            },
            None => none(),
        };
        Ok((value, self.pos.get(), dict))
    }

    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let class = self.class().short_name();
        let items = state.downcast::<PyTuple>().map(PyTuple::as_slice);
        let Some([value, position, attributes, ..]) = items else {
            let found = state.class().name();
            return Err(raised!(TypeError, "{class}.__setstate__ argument should be 3-tuple, got {found}"));
        };
        self.check_exports()?;
        let value = Buffer::get(value, taipan_abi::PyBUF_CONTIG_RO)?.to_vec();
        self.data.replace(Some(value));
        if position.downcast::<PyInt>().is_none() {
            let found = position.class().name();
            return Err(raised!(TypeError, "second item of state must be an integer, not {found}"));
        }
        let position = number::as_isize(position, None)?;
        let Ok(position) = usize::try_from(position) else {
            return Err(raised!(ValueError, "position value cannot be negative"));
        };
        self.pos.set(position);
        crate::io::restore_attributes(self, attributes, "third item of state")
    }

    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        size_of::<Self>() + self.data.borrow().as_ref().map_or(0, Vec::capacity)
    }

    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.data.borrow().is_none()
    }
}

/// What `getbuffer` exports: while a view of it lives, the bytes may not move.
#[pytype(name = "_io._BytesIOBuffer", gc, flags(DISALLOW_INSTANTIATION), parts(BYTESIO_BUFFER))]
pub struct PyBytesIOBuffer {
    ob_base: PyObject,
    source: Py<PyBytesIO>,
}

#[pymethods(BYTESIO_BUFFER)]
impl PyBytesIOBuffer {
    #[slot(bf_getbuffer)]
    fn get_buffer(&self, view: &mut taipan_abi::Py_buffer, flags: i32) -> PyResult<()> {
        let (start, length) = self.source.with(|data| Ok((data.as_mut_ptr(), data.len())))?;
        taipan_objects::protocols::fill::fill_info(view, self, start, length, false, flags)?;
        self.source.exports.set(self.source.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: &mut taipan_abi::Py_buffer) {
        self.source.exports.set(self.source.exports.get() - 1);
    }
}
