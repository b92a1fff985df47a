//! `BufferedWriter`.

use super::{Buffered, common_methods, writing_methods};
use crate::base::PyBufferedIOBase;
use taipan_objects::prelude::*;

/// A buffer for a writeable sequential RawIO object.
///
/// The constructor creates a BufferedWriter for the given writeable raw
/// stream. If the buffer_size is not given, it defaults to
/// DEFAULT_BUFFER_SIZE.
#[pytype(
    name = "_io.BufferedWriter",
    base = PyBufferedIOBase,
    gc,
    flags(BASETYPE),
    signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    parts(WRITER_INIT, WRITER_COMMON, WRITER_WRITING)
)]
pub struct PyBufferedWriter {
    pub(super) state: Buffered,
}

#[pymethods(WRITER_INIT)]
impl PyBufferedWriter {
    #[init(signature = "(raw, buffer_size=131072)")]
    fn init(&self, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.state.reset();
        crate::base::check_writable(raw)?;
        self.state.open(raw, buffer_size, false, true)
    }
}

common_methods!(WRITER_COMMON, PyBufferedWriter);
writing_methods!(WRITER_WRITING, PyBufferedWriter);
