//! `MultibyteStreamReader` and `MultibyteStreamWriter`: texts in streams of bytes.

use super::codec::{Codec, PyMultibyteCodec};
use super::incremental::{Pending, decode_piece, encode_piece};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pytype(name = "_multibytecodec.MultibyteStreamReader", gc, flags(BASETYPE), parts(READER))]
pub struct PyReader {
    ob_base: PyObject,
    codec: Codec,
    pending: Pending<Vec<u8>>,
    /// stream
    #[member(readonly)]
    stream: Obj,
}

impl PyReader {
    /// Reads with a method of the stream until there is some text, or the end of the stream.
    fn read_with(&self, method: &'static PyStr, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let mut size = match size.filter(|size| !size.is_none()) {
            None => -1,
            Some(size) => match size.downcast::<PyInt>() {
                Some(size) => number::as_isize(size, None)?,
                None => return Err(raised!(TypeError, "arg 1 must be an integer")),
            },
        };
        if size == 0 {
            return Ok(PyStr::empty());
        }
        loop {
            let piece = match size {
                ..0 => call::method(&self.stream, method, &[])?,
                size => call::method(&self.stream, method, &[&PyInt::from_i64(size as i64)])?,
            };
            let Some(piece) = piece.downcast::<PyBytes>() else {
                let name = piece.class().name();
                return Err(raised!(TypeError, "stream function returned a non-bytes object ({name})"));
            };
            let ends = size < 0 || piece.as_slice().is_empty();
            let text = decode_piece(self.codec, &self.pending, piece.as_slice(), ends)?;
            if ends || !text.is_empty() {
                return Ok(text);
            }
            // What was read is part of a character: the rest of it is wanted.
            size = 1;
        }
    }
}

#[pymethods(READER)]
impl PyReader {
    #[new(signature = "(stream, errors='strict')")]
    fn py_new(cls: &TypeObject, stream: &PyObject, errors: OptArg<&str>) -> PyResult<Py<PyReader>> {
        let codec = PyMultibyteCodec::of_class(cls)?;
        let pending = Pending::new(codec.0.decoding(), Vec::new(), errors.given());
        memory::new_in(cls, PyReader { ob_base: PyObject::EMPTY, codec, pending, stream: stream.owned() })
    }

    #[init(signature = "(*args, **kwargs)")]
    fn init(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let _ = (args, kwargs);
        Ok(())
    }

    #[pymethod(signature = "(sizeobj=None, /)")]
    fn read(&self, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.read_with(intern!("read"), size)
    }

    #[pymethod(signature = "(sizeobj=None, /)")]
    fn readline(&self, size: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        self.read_with(intern!("readline"), size)
    }

    #[pymethod(signature = "(sizehintobj=None, /)")]
    fn readlines(&self, size: Option<&PyObject>) -> PyResult {
        let text = self.read_with(intern!("read"), size)?;
        call::method(&text, intern!("splitlines"), &[&PyInt::from_bool(true)])
    }

    #[pymethod]
    fn reset(&self) {
        self.pending.rest.replace(Vec::new());
        self.pending.state.set(self.codec.0.decoding());
    }

    /// how to treat errors
    #[getter]
    fn errors(&self) -> Py<PyStr> {
        PyStr::new(&self.pending.errors.borrow())
    }

    #[setter]
    fn set_errors(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.pending.set_errors(value)
    }
}

#[pytype(name = "_multibytecodec.MultibyteStreamWriter", gc, flags(BASETYPE), parts(WRITER))]
pub struct PyWriter {
    ob_base: PyObject,
    codec: Codec,
    pending: Pending<Vec<u32>>,
    /// stream
    #[member(readonly)]
    stream: Obj,
}

impl PyWriter {
    fn put(&self, bytes: &[u8]) -> PyResult<()> {
        call::method(&self.stream, intern!("write"), &[&PyBytes::new(bytes)]).map(drop)
    }
}

#[pymethods(WRITER)]
impl PyWriter {
    #[new(signature = "(stream, errors='strict')")]
    fn py_new(cls: &TypeObject, stream: &PyObject, errors: OptArg<&str>) -> PyResult<Py<PyWriter>> {
        let codec = PyMultibyteCodec::of_class(cls)?;
        let pending = Pending::new(codec.0.encoding(), Vec::new(), errors.given());
        memory::new_in(cls, PyWriter { ob_base: PyObject::EMPTY, codec, pending, stream: stream.owned() })
    }

    #[init(signature = "(*args, **kwargs)")]
    fn init(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let _ = (args, kwargs);
        Ok(())
    }

    #[pymethod(signature = "(strobj, /)")]
    fn write(&self, text: &PyObject) -> PyResult<()> {
        self.put(&encode_piece(self.codec, &self.pending, text, false)?)
    }

    #[pymethod(signature = "(lines, /)")]
    fn writelines(&self, lines: &PyObject) -> PyResult<()> {
        iter::collect(lines)?.iter().try_for_each(|line| self.write(line))
    }

    /// Writes what waits and ends the text. Where nothing waits nothing is done, as in CPython.
    #[pymethod]
    fn reset(&self) -> PyResult<()> {
        if self.pending.rest.borrow().is_empty() {
            return Ok(());
        }
        let bytes = encode_piece(self.codec, &self.pending, &PyStr::empty(), true)?;
        self.pending.rest.replace(Vec::new());
        self.pending.state.set(self.codec.0.encoding());
        self.put(&bytes)
    }

    /// how to treat errors
    #[getter]
    fn errors(&self) -> Py<PyStr> {
        PyStr::new(&self.pending.errors.borrow())
    }

    #[setter]
    fn set_errors(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.pending.set_errors(value)
    }
}
