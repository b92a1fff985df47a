//! `BufferedReader`.

use super::{Buffered, common_methods, reading_methods};
use crate::base::PyBufferedIOBase;
use taipan_objects::prelude::*;

/// Create a new buffered reader using the given readable raw IO object.
#[pytype(
    name = "_io.BufferedReader",
    base = PyBufferedIOBase,
    gc,
    flags(BASETYPE),
    signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    parts(READER_INIT, READER_COMMON, READER_READING)
)]
pub struct PyBufferedReader {
    pub(super) state: Buffered,
}

#[pymethods(READER_INIT)]
impl PyBufferedReader {
    #[init(signature = "(raw, buffer_size=131072)")]
    fn init(&self, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.state.reset();
        crate::base::check_readable(raw)?;
        self.state.open(raw, buffer_size, true, false)
    }
}

common_methods!(READER_COMMON, PyBufferedReader);
reading_methods!(READER_READING, PyBufferedReader);
