//! `BufferedRandom`.

use super::{Buffered, common_methods, reading_methods, writing_methods};
use crate::base::PyBufferedIOBase;
use taipan_objects::prelude::*;

/// A buffered interface to random access streams.
///
/// The constructor creates a reader and writer for a seekable stream,
/// raw, given in the first argument. If the buffer_size is omitted it
/// defaults to DEFAULT_BUFFER_SIZE.
#[pytype(
    name = "_io.BufferedRandom",
    base = PyBufferedIOBase,
    gc,
    flags(BASETYPE),
    signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    parts(RANDOM_INIT, RANDOM_COMMON, RANDOM_READING, RANDOM_WRITING)
)]
pub struct PyBufferedRandom {
    pub(super) state: Buffered,
}

#[pymethods(RANDOM_INIT)]
impl PyBufferedRandom {
    #[init(signature = "(raw, buffer_size=131072)")]
    fn init(&self, raw: &PyObject, buffer_size: isize) -> PyResult<()> {
        self.state.reset();
        crate::base::check_seekable(raw)?;
        crate::base::check_readable(raw)?;
        crate::base::check_writable(raw)?;
        self.state.open(raw, buffer_size, true, true)
    }
}

common_methods!(RANDOM_COMMON, PyBufferedRandom);
reading_methods!(RANDOM_READING, PyBufferedRandom);
writing_methods!(RANDOM_WRITING, PyBufferedRandom);
