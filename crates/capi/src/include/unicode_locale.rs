//! `unicodeobject.h`: strings in the encoding of the locale.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::{raise_decode, raise_encode};

/// Whether bytes outside the encoding are escaped; the other error handler is the strict one.
unsafe fn escapes(errors: *const c_char) -> PyResult<bool> {
    if errors.is_null() {
        return Ok(false);
    }
    // SAFETY: the caller passes a terminated string.
    match unsafe { CStr::from_ptr(errors) }.to_bytes() {
        b"strict" => Ok(false),
        b"surrogateescape" => Ok(true),
        _ => Err(raised!(ValueError, "unsupported error handler")),
    }
}

unsafe fn decoded(bytes: &[u8], errors: *const c_char) -> PyResult<Py<PyStr>> {
    if bytes.contains(&0) {
        return Err(raised!(ValueError, "embedded null byte"));
    }
    // SAFETY: the caller's promise.
    let escapes = unsafe { escapes(errors) }?;
    let text = PyStr::decode_locale(bytes);
    let is_escape = |&at: &usize| (0xdc80..0xdd00).contains(&text.char_at(at));
    match (0..text.len()).find(is_escape) {
        Some(at) if !escapes => {
            let at = text.substring(0, at).encode_locale()?.len();
            Err(raise_decode("locale", &PyBytes::new(bytes), at, at + 1, "decoding error"))
        }
        _ => Ok(text),
    }
}

unsafe fn encoded(text: &PyStr, errors: *const c_char) -> PyResult<Py<PyBytes>> {
    let points = 0..text.len();
    if points.clone().any(|at| text.char_at(at) == 0) {
        return Err(raised!(ValueError, "embedded null character"));
    }
    // SAFETY: the caller's promise.
    let escapes = unsafe { escapes(errors) }?;
    let is_foreign = |&at: &usize| match text.char_at(at) {
        0xdc80..=0xdcff => !escapes,
        point => (0xd800..=0xdfff).contains(&point),
    };
    match points.into_iter().find(is_foreign) {
        Some(at) => Err(raise_encode("locale", text, at, at + 1, "encoding error")),
        None => Ok(PyBytes::new(&text.encode_locale()?)),
    }
}

c_api! {
    fn PyUnicode_DecodeLocaleAndSize(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        new_ref(decoded(core::slice::from_raw_parts(start.cast(), length.max(0) as usize), errors))
    }
    fn PyUnicode_DecodeLocale(start: *const c_char, errors: *const c_char) -> Ref {
        new_ref(decoded(CStr::from_ptr(start).to_bytes(), errors))
    }
    fn PyUnicode_EncodeLocale(object: Ref, errors: *const c_char) -> Ref {
        new_ref(match opt(object).and_then(|object| object.downcast::<PyStr>()) {
            Some(text) => encoded(text, errors),
            None => Err(raised!(TypeError, "bad argument type for built-in operation")),
        })
    }
}
