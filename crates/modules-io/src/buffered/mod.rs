//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`, `BufferedRWPair`.
//!
//! The first three share [`Buffered`]: bytes read ahead, bytes not written yet, and a lock, since the raw file may let
//! other threads run. Bytes read ahead and bytes to write never coexist: writing first moves the raw position back to
//! where the reader stands, reading first writes out.

mod core_state;
mod pair;
mod random;
mod reader;
mod writer;

pub use core_state::Buffered;
pub use pair::PyRWPair;
pub use random::PyBufferedRandom;
pub use reader::PyBufferedReader;
pub use writer::PyBufferedWriter;

/// Declares what the three classes have in common.
macro_rules! common_methods {
    ($part:ident, $class:ident) => {
        #[pymethods($part)]
        impl $class {
            #[new(signature = "(*args, **kwargs)")]
            fn py_new(
                cls: &TypeObject,
                _args: &[&PyObject],
                _kwargs: Option<Py<PyDict>>,
            ) -> PyResult<Py<$class>> {
                taipan_objects::memory::new_in(cls, $class { state: Buffered::fields() })
            }

            #[slot(tp_repr)]
            fn repr(&self) -> PyResult<Py<PyStr>> {
                self.state.repr(self)
            }

            /// Disconnect this buffer from its underlying raw stream and return it.
            ///
            /// After the raw stream has been detached, the buffer is in an unusable
            /// state.
            #[pymethod]
            fn detach(&self) -> PyResult {
                self.state.detach(self)
            }

            #[pymethod]
            fn close(&self) -> PyResult {
                self.state.close(self)
            }

            #[pymethod]
            fn seekable(&self) -> PyResult {
                call::method(&*self.state.raw()?, intern!("seekable"), &[])
            }

            #[pymethod]
            fn fileno(&self) -> PyResult {
                call::method(&*self.state.raw()?, intern!("fileno"), &[])
            }

            #[pymethod]
            fn isatty(&self) -> PyResult {
                call::method(&*self.state.raw()?, intern!("isatty"), &[])
            }

            #[pymethod(name = "_dealloc_warn", signature = "(source, /)")]
            fn dealloc_warn(&self, source: &PyObject) {
                self.state.dealloc_warn(source);
            }

            #[pymethod]
            fn flush(&self) -> PyResult<()> {
                self.state.flush(self)
            }

            #[pymethod(signature = "(target, whence=0, /)")]
            fn seek(&self, target: &PyObject, whence: i32) -> PyResult<i64> {
                self.state.seek(self, target, whence)
            }

            #[pymethod]
            fn tell(&self) -> PyResult<i64> {
                self.state.tell(self)
            }

            #[pymethod(signature = "(pos=None, /)")]
            fn truncate(&self, pos: Option<&PyObject>) -> PyResult {
                self.state.truncate(self, pos)
            }

            #[pymethod(name = "__sizeof__")]
            fn sizeof(&self) -> usize {
                size_of::<Self>() + self.state.buffer_size()
            }

            #[pymethod(name = "__getstate__")]
            fn getstate(&self) -> PyResult {
                Err(raised!(TypeError, "cannot pickle '{}' instances", self.class().name()))
            }

            #[getter]
            fn raw(&self) -> Option<Obj> {
                self.state.raw_object()
            }

            #[getter(name = "_finalizing")]
            fn finalizing(&self) -> bool {
                self.state.finalizing()
            }

            #[setter(name = "_finalizing")]
            fn set_finalizing(&self, value: Option<&PyObject>) -> PyResult<()> {
                self.state.set_finalizing(value)
            }

            #[getter]
            fn closed(&self) -> PyResult {
                self.state.closed_object()
            }

            #[getter]
            fn name(&self) -> PyResult {
                object::get_attr(&*self.state.raw()?, intern!("name"))
            }

            #[getter]
            fn mode(&self) -> PyResult {
                object::get_attr(&*self.state.raw()?, intern!("mode"))
            }
        }
    };
}

/// Declares what the classes that read have in common.
macro_rules! reading_methods {
    ($part:ident, $class:ident) => {
        #[pymethods($part)]
        impl $class {
            #[slot(tp_iternext)]
            fn next(&self) -> PyResult<Option<Obj>> {
                self.state.next_line(self)
            }

            #[pymethod]
            fn readable(&self) -> PyResult {
                call::method(&*self.state.raw()?, intern!("readable"), &[])
            }

            #[pymethod(signature = "(size=-1, /)")]
            fn read(&self, size: Option<isize>) -> PyResult {
                self.state.read(self, size)
            }

            #[pymethod(signature = "(size=0, /)")]
            fn peek(&self, size: isize) -> PyResult<Py<PyBytes>> {
                let _ = size;
                self.state.peek(self)
            }

            #[pymethod(signature = "(size=-1, /)")]
            fn read1(&self, size: isize) -> PyResult<Py<PyBytes>> {
                self.state.read1(self, size)
            }

            #[pymethod(signature = "(buffer, /)")]
            fn readinto(&self, buffer: &PyObject) -> PyResult<Option<usize>> {
                self.state.readinto(self, buffer, false)
            }

            #[pymethod(signature = "(buffer, /)")]
            fn readinto1(&self, buffer: &PyObject) -> PyResult<Option<usize>> {
                self.state.readinto(self, buffer, true)
            }

            #[pymethod(signature = "(size=-1, /)")]
            fn readline(&self, size: Option<isize>) -> PyResult<Py<PyBytes>> {
                self.state.readline(self, size)
            }
        }
    };
}

/// Declares what the classes that write have in common.
macro_rules! writing_methods {
    ($part:ident, $class:ident) => {
        #[pymethods($part)]
        impl $class {
            #[pymethod]
            fn writable(&self) -> PyResult {
                call::method(&*self.state.raw()?, intern!("writable"), &[])
            }

            /// Write the given buffer to the IO stream.
            ///
            /// Return the number of bytes written, which is always
            /// the length of b in bytes.
            ///
            /// Raise BlockingIOError if the buffer is full and the
            /// underlying raw stream cannot accept more data at the moment.
            #[pymethod(signature = "(buffer, /)")]
            fn write(&self, buffer: &PyObject) -> PyResult<usize> {
                self.state.write(self, buffer)
            }
        }
    };
}

use {common_methods, reading_methods, writing_methods};
