//! The built-in codecs. Decoders give the text and how many bytes they consumed.

use super::engine;
use super::handlers::Replacement;
use crate::errors::{self, Exc};
use crate::model::{Py, PyResult};
use crate::types::bytes::PyBytes;
use crate::types::str::{PyStr, StrUnits};
use crate::with_units;
use taipan_kernels::codecs::escape::{self, EscapeError, FirstInvalid};
use taipan_kernels::codecs::{self as kernel, Endian, NATIVE, utf7, utf8, utf16, utf32};
use taipan_kernels::unicode::names;

type Decoded = PyResult<(Py<PyStr>, usize)>;

/// Replacements of encodings in which ASCII is itself, and characters below `limit` are one byte.
fn emit_narrow(limit: u32) -> impl Fn(&mut Vec<u8>, &Replacement) -> bool {
    move |out, replacement| match replacement {
        Replacement::Bytes(bytes) => {
            out.extend_from_slice(bytes);
            true
        }
        Replacement::Text(points) => {
            let fits = points.iter().all(|&c| c < limit);
            if fits {
                out.extend(points.iter().map(|&c| c as u8));
            }
            fits
        }
    }
}

pub fn utf8_decode(input: &[u8], errors: Option<&str>, is_final: bool) -> Decoded {
    if input.is_ascii() {
        return Ok((PyStr::from_ascii(input), input.len()));
    }
    let decoded =
        engine::decode("utf-8", input, errors, |bytes, at, out| utf8::decode(bytes, at, is_final, out));
    whole(decoded, input, is_final)
}

pub fn utf8_encode(text: &PyStr, errors: Option<&str>) -> PyResult<Py<PyBytes>> {
    if let StrUnits::Ascii(bytes) = text.units() {
        return Ok(PyBytes::new(bytes));
    }
    engine::encode_to_bytes(
        "utf-8",
        text,
        errors,
        |units, at, out| with_units!(units, u => utf8::encode(u, at, out)),
        emit_narrow(128),
    )
}

pub fn ascii_decode(input: &[u8], errors: Option<&str>) -> Decoded {
    whole(engine::decode("ascii", input, errors, kernel::decode_ascii), input, true)
}

pub fn ascii_encode(text: &PyStr, errors: Option<&str>) -> PyResult<Py<PyBytes>> {
    narrow_encode("ascii", text, errors, 128)
}

pub fn latin1_encode(text: &PyStr, errors: Option<&str>) -> PyResult<Py<PyBytes>> {
    narrow_encode("latin-1", text, errors, 256)
}

fn narrow_encode(encoding: &str, text: &PyStr, errors: Option<&str>, limit: u32) -> PyResult<Py<PyBytes>> {
    match text.units() {
        StrUnits::Ascii(bytes) => return Ok(PyBytes::new(bytes)),
        StrUnits::Latin1(bytes) if limit == 256 => return Ok(PyBytes::new(bytes)),
        _ => {}
    }
    engine::encode_to_bytes(
        encoding,
        text,
        errors,
        |units, at, out| with_units!(units, u => kernel::encode_narrow(u, at, limit, out)),
        emit_narrow(limit),
    )
}

/// The order that `byteorder` names: negative little, positive big, zero by the mark or the machine's.
fn order(byteorder: i32) -> Option<Endian> {
    match byteorder {
        ..0 => Some(Endian::Little),
        0 => None,
        _ => Some(Endian::Big),
    }
}

fn order_number(endian: Endian) -> i32 {
    if endian == Endian::Little { -1 } else { 1 }
}

/// Also gives the order that was found: -1, 0 (not known) or 1.
pub fn utf16_decode(
    input: &[u8],
    errors: Option<&str>,
    byteorder: i32,
    is_final: bool,
) -> PyResult<(Py<PyStr>, usize, i32)> {
    let (endian, skipped, found) = match order(byteorder) {
        Some(endian) => (endian, 0, byteorder),
        None => match utf16::detect(input, is_final) {
            None => return Ok((PyStr::empty(), 0, 0)),
            Some((endian, 0)) => (endian, 0, 0),
            Some((endian, skipped)) => (endian, skipped, order_number(endian)),
        },
    };
    let name = if endian == Endian::Little { "utf-16-le" } else { "utf-16-be" };
    let decoded = engine::decode(name, input, errors, |bytes, at, out| {
        utf16::decode(bytes, at.max(skipped), endian, is_final, out)
    });
    let (text, consumed) = whole(decoded, input, is_final)?;
    Ok((text, consumed, found))
}

/// Also gives the order that was found: -1, 0 (not known) or 1.
pub fn utf32_decode(
    input: &[u8],
    errors: Option<&str>,
    byteorder: i32,
    is_final: bool,
) -> PyResult<(Py<PyStr>, usize, i32)> {
    let (endian, skipped, found) = match order(byteorder) {
        Some(endian) => (endian, 0, byteorder),
        None => match utf32::detect(input, is_final) {
            None => return Ok((PyStr::empty(), 0, 0)),
            Some((endian, 0)) => (endian, 0, 0),
            Some((endian, skipped)) => (endian, skipped, order_number(endian)),
        },
    };
    let name = if endian == Endian::Little { "utf-32-le" } else { "utf-32-be" };
    let decoded = engine::decode(name, input, errors, |bytes, at, out| {
        utf32::decode(bytes, at.max(skipped), endian, is_final, out)
    });
    let (text, consumed) = whole(decoded, input, is_final)?;
    Ok((text, consumed, found))
}

/// Replacements in units of `width` bytes.
fn emit_wide(width: usize, endian: Endian) -> impl Fn(&mut Vec<u8>, &Replacement) -> bool {
    move |out, replacement| match replacement {
        Replacement::Bytes(bytes) => {
            let whole = bytes.len() % width == 0;
            if whole {
                out.extend_from_slice(bytes);
            }
            whole
        }
        Replacement::Text(points) => {
            let ascii = points.iter().all(|&c| c < 128);
            if ascii {
                for &c in points {
                    if width == 2 { utf16::push(out, c, endian) } else { utf32::push(out, c, endian) }
                }
            }
            ascii
        }
    }
}

pub fn utf16_encode(text: &PyStr, errors: Option<&str>, byteorder: i32) -> PyResult<Py<PyBytes>> {
    let endian = order(byteorder).unwrap_or(NATIVE);
    let name = ["utf-16-le", "utf-16", "utf-16-be"][(byteorder.signum() + 1) as usize];
    let mut out = Vec::with_capacity(text.len() * 2 + 2);
    if byteorder == 0 {
        utf16::push(&mut out, 0xfeff, endian);
    }
    engine::encode(
        name,
        text,
        errors,
        &mut out,
        |units, at, out| with_units!(units, u => utf16::encode(u, at, endian, out)),
        emit_wide(2, endian),
    )?;
    Ok(PyBytes::new(&out))
}

pub fn utf32_encode(text: &PyStr, errors: Option<&str>, byteorder: i32) -> PyResult<Py<PyBytes>> {
    let endian = order(byteorder).unwrap_or(NATIVE);
    let name = ["utf-32-le", "utf-32", "utf-32-be"][(byteorder.signum() + 1) as usize];
    let mut out = Vec::with_capacity(text.len() * 4 + 4);
    if byteorder == 0 {
        utf32::push(&mut out, 0xfeff, endian);
    }
    engine::encode(
        name,
        text,
        errors,
        &mut out,
        |units, at, out| with_units!(units, u => utf32::encode(u, at, endian, out)),
        emit_wide(4, endian),
    )?;
    Ok(PyBytes::new(&out))
}

pub fn utf7_decode(input: &[u8], errors: Option<&str>, is_final: bool) -> Decoded {
    let mut decoder = utf7::Decoder::default();
    let decoded =
        engine::decode("utf7", input, errors, |bytes, at, out| decoder.decode(bytes, at, is_final, out));
    whole(decoded, input, is_final)
}

pub fn utf7_encode(text: &PyStr) -> Py<PyBytes> {
    let mut out = Vec::with_capacity(text.len());
    with_units!(text.units(), u => utf7::encode(u, &mut out));
    PyBytes::new(&out)
}

fn named_character(name: &[u8]) -> Option<u32> {
    names::lookup(core::str::from_utf8(name).ok()?).map(u32::from)
}

/// What a warning says of the first escape that does not exist.
fn invalid_escape(input: &[u8], at: usize) -> String {
    let rest = &input[at + 1..];
    let octal = rest.iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    if octal == 3 {
        format!("\"\\{}\" is an invalid octal escape sequence", String::from_utf8_lossy(&rest[..3]))
    } else {
        let shown: String = rest.iter().take(1).map(|&b| char::from(b)).collect();
        format!("\"\\{shown}\" is an invalid escape sequence")
    }
}

fn warn_invalid(message: Option<String>) -> PyResult<()> {
    match message {
        Some(message) => errors::warn(Exc::DeprecationWarning, 1, format_args!("{message}")),
        None => Ok(()),
    }
}

/// With the end of the input at hand all of it is consumed, also where a handler put other bytes in its place.
fn whole(decoded: Decoded, input: &[u8], is_final: bool) -> Decoded {
    decoded.map(|(text, consumed)| (text, if is_final { input.len() } else { consumed }))
}

pub fn unicode_escape_decode(input: &[u8], errors: Option<&str>, is_final: bool) -> Decoded {
    let mut message = None;
    let decoded = engine::decode("unicodeescape", input, errors, |bytes, at, out| {
        let mut invalid: FirstInvalid = None;
        let decoded = escape::decode_unicode(bytes, at, is_final, &named_character, &mut invalid, out);
        if let (Some(at), None) = (invalid, &message) {
            message = Some(invalid_escape(bytes, at));
        }
        decoded
    })?;
    warn_invalid(message)?;
    whole(Ok(decoded), input, is_final)
}

pub fn unicode_escape_encode(text: &PyStr) -> Py<PyBytes> {
    let mut out = Vec::with_capacity(text.len());
    with_units!(text.units(), u => escape::encode_unicode(u, &mut out));
    PyBytes::new(&out)
}

pub fn raw_unicode_escape_decode(input: &[u8], errors: Option<&str>, is_final: bool) -> Decoded {
    let decoded = engine::decode("rawunicodeescape", input, errors, |bytes, at, out| {
        escape::decode_raw(bytes, at, is_final, out)
    });
    whole(decoded, input, is_final)
}

pub fn raw_unicode_escape_encode(text: &PyStr) -> Py<PyBytes> {
    let mut out = Vec::with_capacity(text.len());
    with_units!(text.units(), u => escape::encode_raw(u, &mut out));
    PyBytes::new(&out)
}

/// `codecs.escape_decode`: the escapes of byte strings.
pub fn escape_decode(input: &[u8], errors: Option<&str>) -> PyResult<Py<PyBytes>> {
    let (mut out, mut invalid, mut at) = (Vec::with_capacity(input.len()), None, 0);
    loop {
        match escape::decode_bytes(input, at, &mut invalid, &mut out) {
            Ok(()) => break,
            Err(EscapeError::TrailingBackslash) => {
                return Err(raised!(ValueError, "Trailing \\ in string"));
            }
            Err(EscapeError::InvalidHex { start, next }) => {
                match errors.unwrap_or("strict") {
                    "strict" => {
                        return Err(raised!(ValueError, "invalid \\x escape at position {start}"));
                    }
                    "replace" => out.push(b'?'),
                    "ignore" => {}
                    other => {
                        return Err(raised!(
                            ValueError,
                            "decoding error; unknown error handling code: {other}"
                        ));
                    }
                }
                at = next;
            }
        }
    }
    warn_invalid(invalid.map(|at| invalid_escape(input, at)))?;
    Ok(PyBytes::new(&out))
}

/// `codecs.escape_encode`.
pub fn escape_encode(input: &[u8]) -> Py<PyBytes> {
    let mut out = Vec::with_capacity(input.len());
    escape::encode_bytes(input, &mut out);
    PyBytes::new(&out)
}
