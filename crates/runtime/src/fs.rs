//! Paths as arguments: `str`, `bytes`, and what has `__fspath__`.

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
