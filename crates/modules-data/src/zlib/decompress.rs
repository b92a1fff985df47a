//! Decompressor objects of `decompressobj()`: what is not consumed is handed back.

use super::stream::{
    DEF_BUF_SIZE, Stream, Z_BUF_ERROR, Z_FINISH, Z_OK, Z_STREAM_END, Z_STREAM_ERROR, Z_SYNC_FLUSH,
};
use super::{failed, not_copied, not_made};
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer;

#[pytype(name = "zlib.Decompress", gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyDecompress {
    ob_base: PyObject,
    stream: RefCell<Stream>,
    #[member(readonly)]
    unused_data: ObjCell,
    #[member(readonly)]
    unconsumed_tail: ObjCell,
    #[member(readonly, kind = BOOL)]
    eof: Cell<bool>,
    zdict: Option<Obj>,
}

/// Makes a stream that decompresses, and gives the dictionary to one without a header to ask for it.
pub fn make_stream(wbits: i32, zdict: Option<&PyObject>) -> PyResult<Stream> {
    if let Some(zdict) = zdict
        && !buffer::is_exporter(zdict)
    {
        return Err(raised!(TypeError, "zdict argument must support the buffer protocol"));
    }
    let mut stream = Stream::inflate(wbits).map_err(|failure| not_made(&failure, "decompression"))?;
    if let Some(zdict) = zdict
        && wbits < 0
    {
        match stream.set_dictionary(bytes_like(zdict)?.as_slice()) {
            Z_OK => {}
            code => return Err(failed(&stream.failure(code), "while setting zdict")),
        }
    }
    Ok(stream)
}

fn bytes_in(cell: &ObjCell) -> Vec<u8> {
    let object = cell.get();
    object
        .as_deref()
        .and_then(|o| o.downcast::<PyBytes>())
        .map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec())
}

impl PyDecompress {
    pub fn create(wbits: i32, zdict: Option<&PyObject>) -> PyResult<Py<PyDecompress>> {
        let stream = make_stream(wbits, zdict)?;
        let empty = || {
            let cell = ObjCell::default();
            cell.set(Some(PyBytes::new(&[]).into_obj()));
            cell
        };
        Ok(memory::new(PyDecompress {
            ob_base: PyObject::EMPTY,
            stream: RefCell::new(stream),
            unused_data: empty(),
            unconsumed_tail: empty(),
            eof: Cell::new(false),
            zdict: zdict.map(|zdict| zdict.owned()),
        }))
    }

    fn copied(&self) -> PyResult<Py<PyDecompress>> {
        let copy = self.stream.borrow_mut().copy().map_err(|code| not_copied(code, "decompression"))?;
        let same = |cell: &ObjCell| {
            let copy = ObjCell::default();
            copy.set(cell.get());
            copy
        };
        Ok(memory::new(PyDecompress {
            ob_base: PyObject::EMPTY,
            stream: RefCell::new(copy),
            unused_data: same(&self.unused_data),
            unconsumed_tail: same(&self.unconsumed_tail),
            eof: Cell::new(self.eof.get()),
            zdict: self.zdict.clone(),
        }))
    }

    /// Runs the stream over `data` and keeps what it leaves.
    fn run(&self, data: &[u8], first: usize, limit: usize, flush: i32) -> PyResult<(i32, Vec<u8>)> {
        let zdict = self.zdict.as_deref().map(bytes_like).transpose()?;
        let zdict = zdict.as_ref().map(|zdict| zdict.as_slice());
        let (mut rest, mut output) = (data, Vec::new());
        let result = self.stream.borrow_mut().run(&mut rest, &mut output, first, limit, flush, zdict);
        let code = result.map_err(|failure| failed(&failure, "while setting zdict"))?;
        if code == Z_STREAM_END {
            if !rest.is_empty() {
                let mut unused = bytes_in(&self.unused_data);
                unused.extend_from_slice(rest);
                self.unused_data.set(Some(PyBytes::new(&unused).into_obj()));
            }
            rest = &[];
            self.eof.set(true);
        }
        let had_tail = !bytes_in(&self.unconsumed_tail).is_empty();
        if !rest.is_empty() || had_tail {
            self.unconsumed_tail.set(Some(PyBytes::new(rest).into_obj()));
        }
        Ok((code, output))
    }
}

#[pymethods(METHODS)]
impl PyDecompress {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be
    /// stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod(signature = "(data, /, max_length=0)")]
    fn decompress(&self, data: &PyObject, max_length: isize) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        let limit = match max_length {
            0 => usize::MAX,
            length if length < 0 => return Err(raised!(ValueError, "max_length must be non-negative")),
            length => length as usize,
        };
        let (code, output) = self.run(data.as_slice(), DEF_BUF_SIZE, limit, Z_SYNC_FLUSH)?;
        match code {
            Z_OK | Z_BUF_ERROR | Z_STREAM_END => Ok(PyBytes::new(&output)),
            code => Err(failed(&self.stream.borrow().failure(code), "while decompressing data")),
        }
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[pymethod(signature = "(length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(&self, length: OptArg<isize>) -> PyResult<Py<PyBytes>> {
        let length = length.given().unwrap_or(DEF_BUF_SIZE as isize);
        if length <= 0 {
            return Err(raised!(ValueError, "length must be greater than zero"));
        }
        let tail = bytes_in(&self.unconsumed_tail);
        let first = (length as usize).min(1 << 30);
        let (code, output) = self.run(&tail, first, usize::MAX, Z_FINISH)?;
        if !matches!(code, Z_OK | Z_BUF_ERROR | Z_STREAM_END | Z_STREAM_ERROR) {
            return Err(failed(&self.stream.borrow().failure(code), "while decompressing data"));
        }
        if code == Z_STREAM_END {
            let mut stream = self.stream.borrow_mut();
            match stream.end() {
                Z_OK | Z_STREAM_ERROR => {}
                code => return Err(failed(&stream.failure(code), "while finishing decompression")),
            }
        }
        Ok(PyBytes::new(&output))
    }

    /// Return a copy of the decompression object.
    #[pymethod]
    fn copy(&self) -> PyResult<Py<PyDecompress>> {
        self.copied()
    }

    #[pymethod(name = "__copy__")]
    fn shallow_copy(&self) -> PyResult<Py<PyDecompress>> {
        self.copied()
    }

    #[pymethod(name = "__deepcopy__", signature = "(memo, /)")]
    fn deep_copy(&self, _memo: &PyObject) -> PyResult<Py<PyDecompress>> {
        self.copied()
    }
}
