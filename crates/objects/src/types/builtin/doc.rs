//! Docstrings of native functions and types: `name(signature)\n--\n\ntext` in one C string.

use crate::model::Py;
use crate::types::str::PyStr;
use core::ffi::{CStr, c_char};
use std::borrow::Cow;
use taipan_abi::{METH_CLASS, METH_NOARGS, METH_O, METH_STATIC, PyMethodDef};

/// What stands between the signature and the text.
const END: &str = ")\n--\n\n";

/// A C string of a declaration; empty for null or for text that is not UTF-8.
///
/// # Safety
/// `text` is null or a C string that lives as long as the process.
#[expect(unsafe_code, reason = "reads a C string")]
pub unsafe fn c_text(text: *const c_char) -> &'static str {
    if text.is_null() {
        return "";
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

/// A C string of any bytes.
///
/// # Safety
/// `text` is a C string that lives as long as the process.
#[expect(unsafe_code, reason = "reads a C string")]
pub unsafe fn c_text_lossy(text: *const c_char) -> Cow<'static, str> {
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    // Nearly all are UTF-8, which is quicker to see as a whole.
    text.to_str().map_or_else(|_| text.to_string_lossy(), Cow::Borrowed)
}

/// The name that a declaration of C's carries, interned.
///
/// # Safety
/// `name` is a C string.
#[expect(unsafe_code, reason = "reads a C string")]
pub unsafe fn c_name(name: *const c_char) -> Py<PyStr> {
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    if name.to_bytes().is_ascii() {
        PyStr::intern_latin1(name.to_bytes())
    } else {
        PyStr::intern_text(&name.to_string_lossy())
    }
}

/// The signature of a C docstring and the text behind it.
pub fn split<'d>(name: &str, doc: &'d str) -> (Option<&'d str>, &'d str) {
    let short = name.rsplit('.').next().unwrap_or(name);
    let Some(rest) = doc.strip_prefix(short).filter(|rest| rest.starts_with('(')) else {
        return (None, doc);
    };
    let end = rest.find(END);
    let blank = rest.find("\n\n");
    match (end, blank) {
        // The marker holds the first blank line itself.
        (Some(end), Some(blank)) if blank >= end => (Some(&rest[..=end]), &rest[end + END.len()..]),
        _ => (None, doc),
    }
}

/// The signature of a function whose docstring has none, where its calling convention leaves no doubt.
pub fn of_convention(def: &PyMethodDef) -> Option<&'static str> {
    let (none, one) = if def.ml_flags & METH_STATIC != 0 {
        ("()", "(object, /)")
    } else if def.ml_flags & METH_CLASS != 0 {
        ("($type, /)", "($type, object, /)")
    } else {
        ("($self, /)", "($self, object, /)")
    };
    match def.ml_flags & (METH_NOARGS | METH_O) {
        METH_NOARGS => Some(none),
        METH_O => Some(one),
        _ => None,
    }
}
