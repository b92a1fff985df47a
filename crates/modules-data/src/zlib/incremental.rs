//! `_ZlibDecompressor`: a decompressor that keeps the input it has not yet used, as `bz2` and `lzma` have it.

use super::decompress::make_stream;
use super::failed;
use super::stream::{DEF_BUF_SIZE, Stream, Z_BUF_ERROR, Z_OK, Z_STREAM_END, Z_SYNC_FLUSH};
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// Create a decompressor object for decompressing data incrementally.
///
///   wbits = 15
///   zdict
///      The predefined compression dictionary. This is a sequence of bytes
///      (such as a bytes object) containing subsequences that are expected
///      to occur frequently in the data that is to be compressed. Those
///      subsequences that are expected to be most common should come at the
///      end of the dictionary. This must be the same dictionary as used by the
///      compressor that produced the input data.
///
#[pytype(
    name = "zlib._ZlibDecompressor",
    gc,
    flags(IMMUTABLETYPE),
    signature = "(wbits=15, zdict=b'')",
    parts(METHODS)
)]
pub struct PyZlibDecompressor {
    ob_base: PyObject,
    stream: RefCell<Stream>,
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
    zdict: Option<Obj>,
}

#[pymethods(METHODS)]
impl PyZlibDecompressor {
    #[new(signature = "(wbits=15, zdict=b'')")]
    fn py_new(cls: &TypeObject, wbits: i32, zdict: OptArg<&PyObject>) -> PyResult<Py<PyZlibDecompressor>> {
        let zdict = zdict.given();
        let stream = make_stream(wbits, zdict)?;
        let unused_data = ObjCell::default();
        unused_data.set(Some(PyBytes::new(&[]).into_obj()));
        memory::new_in(
            cls,
            PyZlibDecompressor {
                ob_base: PyObject::EMPTY,
                stream: RefCell::new(stream),
                pending: RefCell::default(),
                eof: Cell::new(false),
                unused_data,
                needs_input: Cell::new(true),
                zdict: zdict.map(|zdict| zdict.owned()),
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
        let zdict = self.zdict.as_deref().map(bytes_like).transpose()?;
        if self.eof.get() {
            return Err(raised!(EOFError, "End of stream already reached"));
        }
        let limit = if max_length < 0 { usize::MAX } else { max_length as usize };
        let mut input = self.pending.take();
        let joined;
        let data = if input.is_empty() {
            data.as_slice()
        } else {
            input.extend_from_slice(data.as_slice());
            joined = input;
            &joined
        };
        let (mut rest, mut output) = (data, Vec::new());
        let mut stream = self.stream.borrow_mut();
        let zdict = zdict.as_ref().map(|zdict| zdict.as_slice());
        let result = match limit {
            0 => Ok(Z_OK),
            _ => stream.run(&mut rest, &mut output, DEF_BUF_SIZE, limit, Z_SYNC_FLUSH, zdict),
        };
        match result {
            Ok(Z_OK | Z_BUF_ERROR) => {
                let full = output.len() >= limit;
                self.needs_input.set(rest.is_empty() && (!full || limit == 0));
                *self.pending.borrow_mut() = rest.to_vec();
            }
            Ok(Z_STREAM_END) => {
                self.eof.set(true);
                self.needs_input.set(false);
                if !rest.is_empty() {
                    self.unused_data.set(Some(PyBytes::new(rest).into_obj()));
                }
            }
            Ok(code) => return Err(failed(&stream.failure(code), "while decompressing data")),
            Err(failure) => return Err(failed(&failure, "while setting zdict")),
        }
        Ok(PyBytes::new(&output))
    }
}
