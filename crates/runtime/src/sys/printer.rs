//! `stderrprinter`: a stream that writes straight to a descriptor, for the time before there are real ones.

use taipan_host::files;
use taipan_objects::prelude::*;

/// A stream over a descriptor that is only written to.
#[pytype(name = "stderrprinter", flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct Printer {
    ob_base: PyObject,
    fd: i32,
}

impl Printer {
    pub fn new(fd: i32) -> Py<Printer> {
        taipan_objects::memory::new(Printer { ob_base: PyObject::EMPTY, fd })
    }
}

#[pymethods(METHODS)]
impl Printer {
    #[pymethod(signature = "(text, /)")]
    fn write(&self, text: &PyStr) -> usize {
        let bytes = text.to_string_lossy();
        // Nobody could be told of a failure.
        let _ = files::write_all(self.fd, bytes.as_bytes());
        text.len()
    }

    #[pymethod]
    fn flush(&self) {}

    #[pymethod]
    fn close(&self) {}

    #[pymethod]
    fn fileno(&self) -> i32 {
        self.fd
    }

    #[pymethod]
    fn isatty(&self) -> bool {
        files::is_terminal(self.fd)
    }

    #[getter]
    fn closed(&self) -> bool {
        false
    }

    #[getter]
    fn encoding(&self) -> &'static str {
        "utf-8"
    }

    #[getter]
    fn mode(&self) -> &'static str {
        "w"
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&format!("<stderrprinter object at {:#x}>", self.as_ptr() as usize)))
    }
}
