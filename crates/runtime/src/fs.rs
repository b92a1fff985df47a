//! Paths as arguments: `str`, `bytes`, and what has `__fspath__`.

use std::ffi::CString;
use taipan_objects::prelude::*;

pub use taipan_objects::system::path::fspath;

/// The path as a string (`PyUnicode_FSDecoder`).
pub fn decode(path: &PyObject) -> PyResult<Py<PyStr>> {
    let path = fspath(path)?;
    let text = match path.downcast::<PyBytes>() {
        Some(bytes) => PyStr::decode_fs(bytes.as_slice()),
        None => path.downcast_owned::<PyStr>().expect("fspath gives str or bytes"),
    };
    if (0..text.len()).any(|index| text.char_at(index) == 0) {
        return Err(raised!(ValueError, "embedded null character"));
    }
    Ok(text)
}

/// The path as the system takes it (`PyUnicode_FSConverter`).
pub fn encode(path: &PyObject) -> PyResult<CString> {
    let path = fspath(path)?;
    let bytes = match path.downcast::<PyStr>() {
        Some(text) => text.encode_fs()?,
        None => path.downcast::<PyBytes>().map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec()),
    };
    CString::new(bytes).map_err(|_| raised!(ValueError, "embedded null byte"))
}
