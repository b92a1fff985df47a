//! What hash functions are given: buffers, under the old or the new name of the argument.

use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;

/// Inputs from this many bytes on are hashed while other threads run.
pub const GIL_MIN_SIZE: i64 = 2048;

/// The bytes of a buffer; text is refused with the hint that every hash module gives.
pub fn bytes_of(data: &PyObject) -> PyResult<Vec<u8>> {
    if data.downcast::<PyStr>().is_some() {
        return Err(raised!(TypeError, "Strings must be encoded before hashing"));
    }
    if !taipan_objects::protocols::buffer::is_exporter(data) {
        return Err(raised!(TypeError, "object supporting the buffer API required"));
    }
    let buffer = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
    if buffer.view().ndim > 1 {
        return Err(raised!(BufferError, "Buffer must be single dimension"));
    }
    Ok(buffer.to_vec())
}

/// The initial data, given as `data` or, as before 3.14, as `string`.
pub fn initial(data: Option<&PyObject>, string: Option<&PyObject>) -> PyResult<Vec<u8>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(raised!(
            TypeError,
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for \
             removal in a future version."
        )),
        (None, Some(string)) => {
            errors::warn(
                Exc::DeprecationWarning,
                1,
                format_args!(
                    "the 'string' keyword parameter is deprecated since Python 3.15 and slated for removal in Python \
                     3.19; use the 'data' keyword parameter or pass the data to hash as a positional argument instead"
                ),
            )?;
            bytes_of(string)
        }
        (Some(data), None) => bytes_of(data),
        (None, None) => Ok(Vec::new()),
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Feeds bytes to a hash, giving other threads room while there are many.
pub fn feed(bytes: &[u8], mut update: impl FnMut(&[u8])) {
    if bytes.len() as i64 >= GIL_MIN_SIZE {
        taipan_host::blocking(|| update(bytes));
    } else {
        update(bytes);
    }
}
