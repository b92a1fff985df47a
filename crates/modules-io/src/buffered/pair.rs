//! `BufferedRWPair`: a reader and a writer as one object.

use super::{PyBufferedReader, PyBufferedWriter};
use crate::base::{PyBufferedIOBase, PyIOBase};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// A buffered reader and writer object together.
///
/// A buffered reader object and buffered writer object put together to
/// form a sequential IO object that can read and write. This is typically
/// used with a socket or two-way pipe.
///
/// reader and writer are RawIOBase objects that are readable and
/// writeable respectively. If the buffer_size is omitted it defaults to
/// DEFAULT_BUFFER_SIZE.
#[pytype(
    name = "_io.BufferedRWPair",
    base = PyBufferedIOBase,
    gc,
    flags(BASETYPE),
    signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
    parts(PAIR)
)]
pub struct PyRWPair {
    base: PyIOBase,
    reader: ObjCell,
    writer: ObjCell,
}

impl PyRWPair {
    fn part(cell: &ObjCell) -> PyResult {
        match cell.get() {
            Some(part) => Ok(part),
            None => Err(raised!(ValueError, "I/O operation on uninitialized object")),
        }
    }

    fn read_with(&self, name: &PyStr, args: &[&PyObject]) -> PyResult {
        call::method(&*Self::part(&self.reader)?, name, args)
    }

    fn write_with(&self, name: &PyStr, args: &[&PyObject]) -> PyResult {
        call::method(&*Self::part(&self.writer)?, name, args)
    }
}

#[pymethods(PAIR)]
impl PyRWPair {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, _args: &[&PyObject], _kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyRWPair>> {
        memory::new_in(
            cls,
            PyRWPair { base: PyIOBase::fields(), reader: ObjCell::empty(), writer: ObjCell::empty() },
        )
    }

    #[init(signature = "(reader, writer, buffer_size=131072, /)")]
    fn init(&self, reader: &PyObject, writer: &PyObject, buffer_size: isize) -> PyResult<()> {
        crate::base::check_readable(reader)?;
        crate::base::check_writable(writer)?;
        let size = PyInt::from_i64(buffer_size as i64);
        let buffered = call::call(PyBufferedReader::type_object(), &[reader, &size])?;
        self.reader.set(Some(buffered));
        self.writer.set(Some(call::call(PyBufferedWriter::type_object(), &[writer, &size])?));
        Ok(())
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn read(&self, args: &[&PyObject]) -> PyResult {
        self.read_with(intern!("read"), args)
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn peek(&self, args: &[&PyObject]) -> PyResult {
        self.read_with(intern!("peek"), args)
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn read1(&self, args: &[&PyObject]) -> PyResult {
        self.read_with(intern!("read1"), args)
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn readinto(&self, args: &[&PyObject]) -> PyResult {
        self.read_with(intern!("readinto"), args)
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn readinto1(&self, args: &[&PyObject]) -> PyResult {
        self.read_with(intern!("readinto1"), args)
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn write(&self, args: &[&PyObject]) -> PyResult {
        self.write_with(intern!("write"), args)
    }

    #[pymethod]
    fn flush(&self) -> PyResult {
        self.write_with(intern!("flush"), &[])
    }

    #[pymethod]
    fn readable(&self) -> PyResult {
        self.read_with(intern!("readable"), &[])
    }

    #[pymethod]
    fn writable(&self) -> PyResult {
        self.write_with(intern!("writable"), &[])
    }

    #[pymethod]
    fn close(&self) -> PyResult {
        let first = self.write_with(intern!("close"), &[]).err().map(errors::take);
        let second = self.read_with(intern!("close"), &[]);
        match (first, second) {
            (None, second) => second,
            (earlier, closed) => errors::chain(earlier, closed.map(drop)).map(|()| none()),
        }
    }

    #[pymethod]
    fn isatty(&self) -> PyResult {
        let writer = self.write_with(intern!("isatty"), &[])?;
        if object::is_true(&writer)? { Ok(writer) } else { self.read_with(intern!("isatty"), &[]) }
    }

    #[getter]
    fn closed(&self) -> PyResult {
        match self.writer.get() {
            Some(writer) => object::get_attr(&writer, intern!("closed")),
            None => Err(raised!(RuntimeError, "the BufferedRWPair object is being garbage-collected")),
        }
    }
}
