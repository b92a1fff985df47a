//! `_bz2`: data compressed as bzip2 does.

mod stream;

use core::cell::{Cell, RefCell};
use stream::{FINISH, FINISH_OK, OK, RUN, RUN_OK, STREAM_END, Stream};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// The exception for one of the library's codes.
#[cold]
fn failed(code: i32) -> Raised {
    match code {
        -9 => raised!(SystemError, "libbzip2 was not compiled correctly"),
        -3 => raised!(MemoryError),
        -4 | -5 => raised!(OSError, "Invalid data stream"),
        -6 => raised!(OSError, "Unknown I/O error"),
        -7 => raised!(EOFError, "Compressed file ended before the logical end-of-stream was detected"),
        -2 => raised!(ValueError, "Internal error - invalid parameters passed to libbzip2"),
        -1 => raised!(RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2"),
        _ => raised!(OSError, "Unrecognized error from libbzip2: {code}"),
    }
}

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[pytype(
    name = "_bz2.BZ2Compressor",
    flags(IMMUTABLETYPE),
    signature = "(compresslevel=9, /)",
    parts(COMPRESSOR)
)]
pub struct PyBz2Compressor {
    ob_base: PyObject,
    stream: RefCell<Stream>,
    flushed: Cell<bool>,
}

impl PyBz2Compressor {
    fn run(&self, mut data: &[u8], action: i32) -> PyResult<Py<PyBytes>> {
        let mut output = Vec::new();
        match self.stream.borrow_mut().run(&mut data, &mut output, usize::MAX, action) {
            OK | RUN_OK | FINISH_OK | STREAM_END => Ok(PyBytes::new(&output)),
            code => Err(failed(code)),
        }
    }
}

#[pymethods(COMPRESSOR)]
impl PyBz2Compressor {
    #[new(signature = "(compresslevel=9, /)")]
    fn py_new(cls: &TypeObject, compresslevel: i32) -> PyResult<Py<PyBz2Compressor>> {
        if !(1..=9).contains(&compresslevel) {
            return Err(raised!(ValueError, "compresslevel must be between 1 and 9"));
        }
        let stream = RefCell::new(Stream::compress(compresslevel).map_err(failed)?);
        memory::new_in(cls, PyBz2Compressor { ob_base: PyObject::EMPTY, stream, flushed: Cell::new(false) })
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod(signature = "(data, /)")]
    fn compress(&self, data: &PyObject) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        if self.flushed.get() {
            return Err(raised!(ValueError, "Compressor has been flushed"));
        }
        if data.as_slice().is_empty() {
            return Ok(PyBytes::new(&[]));
        }
        self.run(data.as_slice(), RUN)
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod]
    fn flush(&self) -> PyResult<Py<PyBytes>> {
        if self.flushed.replace(true) {
            return Err(raised!(ValueError, "Repeated call to flush()"));
        }
        self.run(&[], FINISH)
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[pytype(name = "_bz2.BZ2Decompressor", flags(IMMUTABLETYPE), signature = "()", parts(DECOMPRESSOR))]
pub struct PyBz2Decompressor {
    ob_base: PyObject,
    /// `None` after an error.
    stream: RefCell<Option<Stream>>,
    /// Input that waits for room in the output.
    pending: RefCell<Vec<u8>>,
    #[member(readonly, kind = BOOL, doc = "True if the end-of-stream marker has been reached.")]
    eof: Cell<bool>,
    #[member(readonly, doc = "Data found after the end of the compressed stream.")]
    unused_data: ObjCell,
    #[member(
        readonly,
        kind = BOOL,
        doc = "True if more input is needed before more decompressed data can be produced."
    )]
    needs_input: Cell<bool>,
}

#[pymethods(DECOMPRESSOR)]
impl PyBz2Decompressor {
    #[new(signature = "()")]
    fn py_new(cls: &TypeObject) -> PyResult<Py<PyBz2Decompressor>> {
        let stream = Stream::decompress().map_err(failed)?;
        let unused_data = ObjCell::default();
        unused_data.set(Some(PyBytes::new(&[]).into_obj()));
        memory::new_in(
            cls,
            PyBz2Decompressor {
                ob_base: PyObject::EMPTY,
                stream: RefCell::new(Some(stream)),
                pending: RefCell::default(),
                eof: Cell::new(false),
                unused_data,
                needs_input: Cell::new(true),
            },
        )
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes
    /// of decompressed data.  If this limit is reached and further output
    /// can be produced, *self.needs_input* will be set to ``False``.  In
    /// this case, the next call to *decompress()* may provide *data* as b''
    /// to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either
    /// because this was less than *max_length* bytes, or because
    /// *max_length* was negative), *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached
    /// raises an EOFError.  Any data found after the end of the stream is
    /// ignored and saved in the unused_data attribute.
    #[pymethod(signature = "(data, max_length=-1)")]
    fn decompress(&self, data: &PyObject, max_length: isize) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        if self.eof.get() {
            return Err(raised!(EOFError, "End of stream already reached"));
        }
        let limit = if max_length < 0 { usize::MAX } else { max_length as usize };
        let mut joined = self.pending.take();
        let data = if joined.is_empty() {
            data.as_slice()
        } else {
            joined.extend_from_slice(data.as_slice());
            &joined
        };
        let (mut rest, mut output) = (data, Vec::new());
        let mut slot = self.stream.borrow_mut();
        let Some(stream) = slot.as_mut() else {
            return Err(raised!(ValueError, "Decompressor is unusable after a previous error"));
        };
        let code = if limit == 0 { OK } else { stream.run(&mut rest, &mut output, limit, RUN) };
        match code {
            OK => {
                self.needs_input.set(rest.is_empty() && (output.len() < limit || limit == 0));
                *self.pending.borrow_mut() = rest.to_vec();
            }
            STREAM_END => {
                self.eof.set(true);
                self.needs_input.set(false);
                if !rest.is_empty() {
                    self.unused_data.set(Some(PyBytes::new(rest).into_obj()));
                }
            }
            code => {
                *slot = None;
                self.needs_input.set(false);
                return Err(failed(code));
            }
        }
        Ok(PyBytes::new(&output))
    }
}

#[pymodule(name = "_bz2")]
pub mod module {
    use super::{PyBz2Compressor, PyBz2Decompressor};
    use taipan_objects::prelude::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("BZ2Compressor", PyBz2Compressor::type_object())?;
        module.add("BZ2Decompressor", PyBz2Decompressor::type_object())
    }
}
