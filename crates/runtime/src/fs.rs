//! Paths as arguments: `str`, `bytes`, and what has `__fspath__`.

use std::ffi::CString;
use taipan_objects::prelude::*;

/// `os.fspath(path)`.
pub fn fspath(path: &PyObject) -> PyResult {
    if path.downcast::<PyStr>().is_some() || path.downcast::<PyBytes>().is_some() {
        return Ok(path.owned());
    }
    let name = path.class().name();
    let Some(found) = call::special(path, intern!("__fspath__"), &[])? else {
        return Err(raised!(TypeError, "expected str, bytes or os.PathLike object, not {name}"));
    };
    if found.downcast::<PyStr>().is_some() || found.downcast::<PyBytes>().is_some() {
        return Ok(found);
    }
    let wrong = found.class().name();
    Err(raised!(TypeError, "expected {name}.__fspath__() to return str or bytes, not {wrong}"))
}

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
