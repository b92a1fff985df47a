//! Methods of mappings.

use super::{ACCESS_COPY, ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, PyMmap, closed};
use taipan_host::files;
use taipan_kernels::search::Needle;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::{os_error, retry_or_raise};

const MS_SYNC: i32 = 4;

/// A count that may be `None`, as `read` takes it.
fn count_of(value: &PyObject) -> PyResult<isize> {
    if value.is_none() {
        return Ok(-1);
    }
    if !number::is_index(value) {
        let name = value.class().name();
        return Err(raised!(TypeError, "argument should be integer or None, not '{name}'"));
    }
    number::as_isize(value, Some(Exc::OverflowError))
}

impl PyMmap {
    /// What is searched: the bytes of the range, and where it starts.
    fn searched(&self, start: &PyObject, end: &PyObject) -> PyResult<(Vec<u8>, usize)> {
        let index = |value: &PyObject, default: isize| {
            if value.is_none() { Ok(default) } else { number::as_isize(value, Some(Exc::OverflowError)) }
        };
        let (start, end) = (index(start, self.position.get() as isize)?, index(end, isize::MAX)?);
        let length = self.checked_length()? as isize;
        let clip = |index: isize| if index < 0 { (index + length).max(0) } else { index.min(length) };
        let (start, end) = (clip(start) as usize, clip(end) as usize);
        Ok((self.read_range(start, end.saturating_sub(start))?, start))
    }

    /// Bytes from the position on, which moves behind them.
    fn advance(&self, count: usize) -> PyResult<Py<PyBytes>> {
        let start = self.position.get();
        let bytes = self.read_range(start, count)?;
        self.position.set(start + count);
        Ok(PyBytes::new(&bytes))
    }

    fn remaining(&self) -> PyResult<usize> {
        Ok(self.checked_length()?.saturating_sub(self.position.get()))
    }

    fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(raised!(BufferError, "mmap can't resize with extant pointers exported."));
        }
        if !self.trackfd {
            return Err(raised!(ValueError, "mmap can't resize with trackfd=False."));
        }
        if matches!(self.access, ACCESS_WRITE | ACCESS_DEFAULT) {
            return Ok(());
        }
        Err(raised!(TypeError, "mmap can't resize a readonly or copy-on-write memory map."))
    }

    fn shut(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(raised!(BufferError, "cannot close exported pointers exist"));
        }
        self.fd.close();
        drop(self.mapping.take());
        Ok(())
    }
}

#[pymethods(SLOTS)]
impl PyMmap {
    #[getter]
    fn closed(&self) -> bool {
        self.length().is_err()
    }
}

#[pymethods(METHODS)]
impl PyMmap {
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.shut()
    }

    #[pymethod(signature = "(view, start=None, end=None, /)")]
    fn find(&self, view: &PyObject, start: &PyObject, end: &PyObject) -> PyResult<isize> {
        self.checked_length()?;
        let needle = Buffer::get(view, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        let (bytes, from) = self.searched(start, end)?;
        Ok(Needle::new(&needle).find(&bytes).map_or(-1, |at| (at + from) as isize))
    }

    #[pymethod(signature = "(view, start=None, end=None, /)")]
    fn rfind(&self, view: &PyObject, start: &PyObject, end: &PyObject) -> PyResult<isize> {
        self.checked_length()?;
        let needle = Buffer::get(view, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        let (bytes, from) = self.searched(start, end)?;
        Ok(Needle::new(&needle).find_last(&bytes).map_or(-1, |at| (at + from) as isize))
    }

    #[pymethod(signature = "(offset=0, size=None, /)")]
    fn flush(&self, offset: isize, size: &PyObject) -> PyResult<()> {
        let given =
            if size.is_none() { None } else { Some(number::as_isize(size, Some(Exc::OverflowError))?) };
        let length = self.checked_length()? as isize;
        let size = given.unwrap_or(length);
        if size < 0 || offset < 0 || length - offset < size {
            return Err(raised!(ValueError, "flush values out of range"));
        }
        if matches!(self.access, ACCESS_READ | ACCESS_COPY) {
            return Ok(());
        }
        match &*self.mapping.borrow() {
            Some(mapping) => mapping.flush(offset as usize, size as usize, MS_SYNC).map_err(os_error),
            None => Err(closed()),
        }
    }

    #[pymethod(signature = "(option, start=0, length=None, /)")]
    fn madvise(&self, option: i32, start: isize, length: &PyObject) -> PyResult<()> {
        let given =
            if length.is_none() { None } else { Some(number::as_isize(length, Some(Exc::OverflowError))?) };
        let whole = self.checked_length()? as isize;
        let length = given.unwrap_or(whole);
        if !(0..whole).contains(&start) {
            return Err(raised!(ValueError, "madvise start out of bounds"));
        }
        if length < 0 {
            return Err(raised!(ValueError, "madvise length invalid"));
        }
        if isize::MAX - start < length {
            return Err(raised!(OverflowError, "madvise length too large"));
        }
        let length = length.min(whole - start);
        match &*self.mapping.borrow() {
            Some(mapping) => mapping.advise(start as usize, length as usize, option).map_err(os_error),
            None => Err(closed()),
        }
    }

    #[pymethod(name = "move", signature = "(dest, src, count, /)")]
    fn shift(&self, dest: isize, src: isize, count: isize) -> PyResult<()> {
        let length = self.checked_length()? as isize;
        self.check_writable()?;
        if dest < 0 || src < 0 || count < 0 || length - dest < count || length - src < count {
            return Err(raised!(ValueError, "source, destination, or count out of range"));
        }
        match &*self.mapping.borrow() {
            Some(mapping) => mapping.shift(dest as usize, src as usize, count as usize).map_err(os_error),
            None => Err(closed()),
        }
    }

    #[pymethod(signature = "(n=None, /)")]
    fn read(&self, n: &PyObject) -> PyResult<Py<PyBytes>> {
        self.checked_length()?;
        let wanted = count_of(n)?;
        let remaining = self.remaining()?;
        self.advance(usize::try_from(wanted).map_or(remaining, |wanted| wanted.min(remaining)))
    }

    #[pymethod]
    fn read_byte(&self) -> PyResult<u8> {
        if self.remaining()? == 0 {
            return Err(raised!(ValueError, "read byte out of range"));
        }
        Ok(self.advance(1)?.as_slice()[0])
    }

    #[pymethod]
    fn readline(&self) -> PyResult<Py<PyBytes>> {
        let rest = self.read_range(self.position.get(), self.remaining()?)?;
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.advance(end)
    }

    #[pymethod(signature = "(newsize, /)")]
    fn resize(&self, newsize: isize) -> PyResult<()> {
        self.checked_length()?;
        self.check_resizable()?;
        let end = i64::try_from(newsize).ok().and_then(|size| size.checked_add(self.offset));
        let (Ok(size), Some(end)) = (usize::try_from(newsize), end) else {
            return Err(raised!(ValueError, "new size out of range"));
        };
        let fd = self.fd.0.get();
        if fd != -1 {
            retry_or_raise(|| files::ftruncate(fd, end))?;
        }
        match &mut *self.mapping.borrow_mut() {
            Some(mapping) => mapping.resize(size).map_err(os_error),
            None => Err(closed()),
        }
    }

    #[pymethod(signature = "(pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: i32) -> PyResult<usize> {
        let length = self.checked_length()?;
        let start = match whence {
            0 => 0,
            1 => self.position.get(),
            2 => length,
            _ => return Err(raised!(ValueError, "unknown seek type")),
        };
        match (start as isize).checked_add(pos).map(usize::try_from) {
            Some(Ok(place)) if place <= length => {
                self.position.set(place);
                Ok(place)
            }
            _ => Err(raised!(ValueError, "seek out of range")),
        }
    }

    #[pymethod]
    fn seekable(&self) -> bool {
        true
    }

    #[pymethod]
    fn size(&self) -> PyResult<i64> {
        self.checked_length()?;
        // Without a descriptor of its own the system says that it is a bad one.
        Ok(files::fstat(self.fd.0.get()).map_err(os_error)?.size)
    }

    #[pymethod]
    fn tell(&self) -> PyResult<usize> {
        self.checked_length()?;
        Ok(self.position.get())
    }

    #[pymethod(signature = "(bytes, /)")]
    fn write(&self, bytes: &PyObject) -> PyResult<usize> {
        self.checked_length()?;
        let bytes = Buffer::get(bytes, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        self.check_writable()?;
        if self.remaining()? < bytes.len() {
            return Err(raised!(ValueError, "data out of range"));
        }
        let start = self.position.get();
        self.write_range(start, &bytes)?;
        self.position.set(start + bytes.len());
        Ok(bytes.len())
    }

    #[pymethod(signature = "(byte, /)")]
    fn write_byte(&self, byte: u8) -> PyResult<()> {
        self.checked_length()?;
        self.check_writable()?;
        if self.remaining()? == 0 {
            return Err(raised!(ValueError, "write byte out of range"));
        }
        let start = self.position.get();
        self.write_range(start, &[byte])?;
        self.position.set(start + 1);
        Ok(())
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult {
        self.checked_length()?;
        Ok(self.owned())
    }

    #[pymethod(name = "__exit__", signature = "(exc_type, exc_value, traceback, /)")]
    fn exit(&self, _exc_type: &PyObject, _exc_value: &PyObject, _traceback: &PyObject) -> PyResult<()> {
        self.shut()
    }
}
