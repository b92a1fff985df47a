//! `sqlite3.Blob`: one cell of a table, read and written in place.

use super::connection::PyConnection;
use super::ffi::Blob;
use super::{Shared, database_error, programming_error};
use core::cell::Cell;
use std::rc::Rc;
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::slice::{PySlice, SliceIndices};

#[pytype(name = "sqlite3.Blob", gc, flags(IMMUTABLETYPE, DISALLOW_INSTANTIATION), weakref = weaklist, parts(METHODS, ITEMS))]
pub struct PyBlob {
    ob_base: PyObject,
    connection: Py<PyConnection>,
    blob: Shared<Blob>,
    offset: Cell<usize>,
    weaklist: Cell<*mut PyObject>,
}

impl PyBlob {
    pub fn create(connection: Py<PyConnection>, blob: Rc<Blob>) -> Py<PyBlob> {
        let shared = Shared::default();
        shared.set(Some(blob));
        memory::new(PyBlob {
            ob_base: PyObject::EMPTY,
            connection,
            blob: shared,
            offset: Cell::new(0),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    fn open(&self) -> PyResult<Rc<Blob>> {
        self.connection.check_usable()?;
        self.blob
            .get()
            .filter(|blob| !blob.is_closed())
            .ok_or_else(|| programming_error("Cannot operate on a closed blob."))
    }

    fn read_at(blob: &Blob, offset: usize, length: usize) -> PyResult<Vec<u8>> {
        blob.read(offset, length).map_err(|code| Self::error(blob, code))
    }

    fn write_at(blob: &Blob, offset: usize, bytes: &[u8]) -> PyResult<()> {
        match blob.write(offset, bytes) {
            super::ffi::SQLITE_OK => Ok(()),
            code => Err(Self::error(blob, code)),
        }
    }

    #[cold]
    fn error(blob: &Blob, code: i32) -> Raised {
        if code == 4 {
            return super::error_of(code, code, "Cannot operate on modified blob");
        }
        database_error(&blob.database)
    }

    fn index(key: &PyObject, length: usize) -> PyResult<usize> {
        let index = number::as_isize(key, Some(Exc::IndexError))?;
        let index = if index < 0 { index + length as isize } else { index };
        if index < 0 || index as usize >= length {
            return Err(raised!(IndexError, "Blob index out of range"));
        }
        Ok(index as usize)
    }
}

/// A slice's range, which must go forward.
fn forward(slice: &PySlice, length: usize) -> PyResult<SliceIndices> {
    let range = slice.indices_for(length)?;
    if range.step < 0 && range.count > 0 {
        return Err(raised!(ValueError, "Blob doesn't support slices with a negative step"));
    }
    Ok(range)
}

#[pymethods(METHODS)]
impl PyBlob {
    /// Close the blob.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.connection.check_usable()?;
        if let Some(blob) = self.blob.get() {
            blob.close();
        }
        self.blob.set(None);
        Ok(())
    }

    /// Read data at the current offset position.
    ///
    ///   length
    ///     Read length in bytes.
    ///
    /// If the end of the blob is reached, the data up to end of file will
    /// be returned.  When length is not specified, or is negative,
    /// Blob.read() will read until the end of the blob.
    #[pymethod(signature = "(length=-1, /)")]
    fn read(&self, length: i32) -> PyResult<Py<PyBytes>> {
        let blob = self.open()?;
        let rest = blob.len().saturating_sub(self.offset.get());
        let length = if length < 0 { rest } else { rest.min(length as usize) };
        if length == 0 {
            return Ok(PyBytes::new(&[]));
        }
        let bytes = Self::read_at(&blob, self.offset.get(), length)?;
        self.offset.set(self.offset.get() + length);
        Ok(PyBytes::new(&bytes))
    }

    /// Write data at the current offset.
    ///
    /// This function cannot change the blob length.  Writing beyond the end
    /// of the blob will result in an exception being raised.
    #[pymethod(signature = "(data, /)")]
    fn write(&self, data: &PyObject) -> PyResult<()> {
        let data = bytes_like(data)?;
        let (blob, data) = (self.open()?, data.as_slice());
        if data.len() > blob.len().saturating_sub(self.offset.get()) {
            return Err(raised!(ValueError, "data longer than blob length"));
        }
        Self::write_at(&blob, self.offset.get(), data)?;
        self.offset.set(self.offset.get() + data.len());
        Ok(())
    }

    /// Set the current access position to offset.
    ///
    /// The origin argument defaults to os.SEEK_SET (absolute blob
    /// positioning).  Other values for origin are os.SEEK_CUR (seek
    /// relative to the current position) and os.SEEK_END (seek relative to
    /// the blob's end).
    #[pymethod(signature = "(offset, origin=0, /)")]
    fn seek(&self, offset: i32, origin: i32) -> PyResult<()> {
        let blob = self.open()?;
        let base = match origin {
            0 => 0,
            1 => self.offset.get(),
            2 => blob.len(),
            _ => {
                let message = "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END";
                return Err(raised!(ValueError, "{message}"));
            }
        };
        let at = base as i64 + i64::from(offset);
        if at > i64::from(i32::MAX) {
            return Err(raised!(OverflowError, "seek offset results in offset overflow"));
        }
        if at < 0 || at > blob.len() as i64 {
            return Err(raised!(ValueError, "offset out of blob range"));
        }
        self.offset.set(at as usize);
        Ok(())
    }

    /// Return the current access position for the blob.
    #[pymethod]
    fn tell(&self) -> PyResult<usize> {
        self.open()?;
        Ok(self.offset.get())
    }

    /// Blob context manager enter.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult {
        self.open()?;
        Ok((self as &PyObject).owned())
    }

    /// Blob context manager exit.
    #[pymethod(name = "__exit__", signature = "(type, val, tb, /)")]
    fn exit(&self, _class: &PyObject, _value: &PyObject, _traceback: &PyObject) -> PyResult<bool> {
        self.open()?.close();
        self.blob.set(None);
        Ok(false)
    }
}

#[pymethods(ITEMS)]
impl PyBlob {
    #[slot(mp_length)]
    fn len(&self) -> PyResult<usize> {
        Ok(self.open()?.len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        let blob = self.open()?;
        if number::is_index(key) {
            let at = Self::index(key, blob.len())?;
            return Ok(PyInt::from_i64(Self::read_at(&blob, at, 1)?[0].into()).into_obj());
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "Blob indices must be integers"));
        };
        let range = forward(slice, blob.len())?;
        if range.count == 0 {
            return Ok(PyBytes::new(&[]).into_obj());
        }
        let all = Self::read_at(&blob, 0, blob.len())?;
        let picked: Vec<u8> =
            (0..range.count).map(|i| all[(range.start + i as isize * range.step) as usize]).collect();
        Ok(PyBytes::new(&picked).into_obj())
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let blob = self.open()?;
        if number::is_index(key) {
            let Some(value) = value else {
                return Err(raised!(TypeError, "Blob doesn't support item deletion"));
            };
            let at = Self::index(key, blob.len())?;
            let Some(byte) = value.downcast::<PyInt>() else {
                let class = value.class().name();
                return Err(raised!(TypeError, "'{class}' object cannot be interpreted as an integer"));
            };
            return match byte.to_i64() {
                Some(byte @ 0..=255) => Self::write_at(&blob, at, &[byte as u8]),
                _ => Err(raised!(ValueError, "byte must be in range(0, 256)")),
            };
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "Blob indices must be integers"));
        };
        let Some(value) = value else {
            return Err(raised!(TypeError, "Blob doesn't support slice deletion"));
        };
        let range = forward(slice, blob.len())?;
        let bytes = bytes_like(value)?;
        if bytes.as_slice().len() != range.count {
            return Err(raised!(IndexError, "Blob slice assignment is wrong size"));
        }
        if range.count == 0 {
            return Ok(());
        }
        if range.step == 1 {
            return Self::write_at(&blob, range.start as usize, bytes.as_slice());
        }
        let mut all = Self::read_at(&blob, 0, blob.len())?;
        for (i, &byte) in bytes.as_slice().iter().enumerate() {
            all[(range.start + i as isize * range.step) as usize] = byte;
        }
        Self::write_at(&blob, 0, &all)
    }
}
