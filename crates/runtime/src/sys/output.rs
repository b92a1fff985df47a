//! Writing to file objects, and to `sys.stdout` and `sys.stderr` as C code does.

use taipan_objects::errors;
use taipan_objects::prelude::*;

/// `file.write(text)`.
pub fn write_text(file: &PyObject, text: &PyStr) -> PyResult<()> {
    call::method(file, intern!("write"), &[text]).map(drop)
}

/// `file.write(str(value))` (`PyFile_WriteObject` with `Py_PRINT_RAW`).
pub fn write_str_of(file: &PyObject, value: &PyObject) -> PyResult<()> {
    match value.downcast_exact::<PyStr>() {
        Some(text) => write_text(file, text),
        None => write_text(file, &*object::str(value)?),
    }
}

/// Writes to `sys.stderr`; to the descriptor itself where that fails. An exception that is set stays so.
pub fn write_stderr(text: &str) {
    let pending = errors::take_opt();
    write_to_stderr(text);
    if let Some(pending) = pending {
        let _: Raised = errors::restore(pending);
    }
}

fn write_to_stderr(text: &str) {
    let written = match super::get(intern!("stderr")) {
        Ok(Some(stderr)) if !stderr.is_none() => {
            write_text(&stderr, &PyStr::new(text)).map(|()| true).unwrap_or_else(|raised| {
                errors::clear(raised);
                false
            })
        }
        Ok(_) => false,
        Err(raised) => {
            errors::clear(raised);
            false
        }
    };
    if !written {
        // There is nobody left to tell.
        let _ = taipan_host::files::write_all(2, text.as_bytes());
    }
}

/// Flushes a standard stream of this name; false where that raised.
pub fn flush(name: &'static PyStr) -> PyResult<()> {
    match super::get(name)? {
        Some(stream) if !stream.is_none() => call::method(&stream, intern!("flush"), &[]).map(drop),
        _ => Ok(()),
    }
}
