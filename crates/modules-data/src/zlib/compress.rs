//! Compressor objects.

use super::stream::{
    DEF_BUF_SIZE, Settings, Stream, Z_BUF_ERROR, Z_FINISH, Z_NO_FLUSH, Z_OK, Z_STREAM_END, Z_STREAM_ERROR,
};
use super::{failed, not_copied, not_made};
use core::cell::RefCell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pytype(name = "zlib.Compress", gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyCompress {
    ob_base: PyObject,
    stream: RefCell<Stream>,
}

impl PyCompress {
    pub fn create(settings: &Settings, zdict: Option<&[u8]>) -> PyResult<Py<PyCompress>> {
        let mut stream = Stream::deflate(settings).map_err(|failure| not_made(&failure, "compression"))?;
        if let Some(zdict) = zdict {
            match stream.set_dictionary(zdict) {
                Z_OK => {}
                Z_STREAM_ERROR => return Err(raised!(ValueError, "Invalid dictionary")),
                _ => return Err(raised!(ValueError, "deflateSetDictionary()")),
            }
        }
        Ok(Self::with(stream))
    }

    fn with(stream: Stream) -> Py<PyCompress> {
        memory::new(PyCompress { ob_base: PyObject::EMPTY, stream: RefCell::new(stream) })
    }

    fn copied(&self) -> PyResult<Py<PyCompress>> {
        let copy = self.stream.borrow_mut().copy();
        copy.map(Self::with).map_err(|code| not_copied(code, "compression"))
    }

    fn run(&self, mut data: &[u8], flush: i32, what: &str) -> PyResult<(i32, Vec<u8>)> {
        let mut output = Vec::new();
        let mut stream = self.stream.borrow_mut();
        match stream.run(&mut data, &mut output, DEF_BUF_SIZE, usize::MAX, flush, None) {
            Ok(Z_STREAM_ERROR) => Err(failed(&stream.failure(Z_STREAM_ERROR), what)),
            Ok(code) => Ok((code, output)),
            Err(failure) => Err(failed(&failure, what)),
        }
    }
}

#[pymethods(METHODS)]
impl PyCompress {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod(signature = "(data, /)")]
    fn compress(&self, data: &PyObject) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        Ok(PyBytes::new(&self.run(data.as_slice(), Z_NO_FLUSH, "while compressing data")?.1))
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[pymethod(signature = "(mode=zlib.Z_FINISH, /)")]
    fn flush(&self, mode: OptArg<i32>) -> PyResult<Py<PyBytes>> {
        let mode = mode.given().unwrap_or(Z_FINISH);
        if mode == Z_NO_FLUSH {
            return Ok(PyBytes::new(&[]));
        }
        let (code, output) = self.run(&[], mode, "while flushing")?;
        let mut stream = self.stream.borrow_mut();
        if code == Z_STREAM_END && mode == Z_FINISH {
            match stream.end() {
                Z_OK => {}
                code => return Err(failed(&stream.failure(code), "while finishing compression")),
            }
        } else if !matches!(code, Z_OK | Z_BUF_ERROR) {
            return Err(failed(&stream.failure(code), "while flushing"));
        }
        Ok(PyBytes::new(&output))
    }

    /// Return a copy of the compression object.
    #[pymethod]
    fn copy(&self) -> PyResult<Py<PyCompress>> {
        self.copied()
    }

    #[pymethod(name = "__copy__")]
    fn shallow_copy(&self) -> PyResult<Py<PyCompress>> {
        self.copied()
    }

    #[pymethod(name = "__deepcopy__", signature = "(memo, /)")]
    fn deep_copy(&self, _memo: &PyObject) -> PyResult<Py<PyCompress>> {
        self.copied()
    }
}
