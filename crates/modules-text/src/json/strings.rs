//! JSON strings: quoting and reading them.

use taipan_kernels::text::TextBuilder;
use taipan_kernels::unit::Unit;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::{system, with_units};

pub fn need_str(object: &PyObject) -> PyResult<&PyStr> {
    object
        .downcast::<PyStr>()
        .ok_or_else(|| raised!(TypeError, "first argument must be a string, not {}", object.class().name()))
}

/// Raises `json.JSONDecodeError(message, text, position)`.
#[cold]
pub fn decode_error(message: &str, text: &PyStr, position: isize) -> Raised {
    let raise = || -> PyResult<Raised> {
        let decoder = system::import(intern!("json.decoder"))?;
        let class = object::get_attr(&decoder, intern!("JSONDecodeError"))?;
        let position = PyInt::from_i64(position as i64);
        let exception = call::call(&class, &[&PyStr::new(message), text, &position])?;
        Ok(errors::set_object(exception.class(), &exception))
    };
    raise().unwrap_or_else(|raised| raised)
}

fn push_hex(out: &mut TextBuilder, unit: u32) {
    out.push_ascii(format!("\\u{unit:04x}").as_bytes());
}

/// Appends a string in quotes, escaped; `ascii` escapes everything beyond ASCII too.
pub fn push_quoted(out: &mut TextBuilder, text: &PyStr, ascii: bool) {
    out.push_ascii(b"\"");
    let plain = |c: u32| c >= 32 && c != 34 && c != 92 && (!ascii || c < 127);
    with_units!(text.units(), u => {
        if u.iter().all(|&c| plain(c.into())) {
            text.append_to(out);
        } else {
            u.iter().for_each(|&c| push_escaped(out, c.into(), ascii));
        }
    });
    out.push_ascii(b"\"");
}

fn push_escaped(out: &mut TextBuilder, c: u32, ascii: bool) {
    match c {
        34 => out.push_ascii(b"\\\""),
        92 => out.push_ascii(b"\\\\"),
        8 => out.push_ascii(b"\\b"),
        9 => out.push_ascii(b"\\t"),
        10 => out.push_ascii(b"\\n"),
        12 => out.push_ascii(b"\\f"),
        13 => out.push_ascii(b"\\r"),
        0..32 => push_hex(out, c),
        127.. if ascii => {
            if let Some(rest) = c.checked_sub(0x10000) {
                push_hex(out, 0xd800 + (rest >> 10));
                push_hex(out, 0xdc00 + (rest & 0x3ff));
            } else {
                push_hex(out, c);
            }
        }
        _ => out.push(c),
    }
}

/// A string in quotes.
pub fn quote(text: &PyStr, ascii: bool) -> PyResult<Py<PyStr>> {
    let mut out = TextBuilder::with_capacity(text.len() + 2);
    push_quoted(&mut out, text, ascii);
    PyStr::try_from_builder(out)
}

/// Four hexadecimal digits at `at`.
fn hex4<T: Unit>(units: &[T], at: usize) -> Option<u32> {
    let digits = units.get(at..at + 4)?;
    digits.iter().try_fold(0, |value, &c| {
        let digit = char::from_u32(c.into())?.to_digit(16)?;
        Some(value << 4 | digit)
    })
}

/// Reads the string whose first character stands at `end`; gives it and the place behind its quote.
pub fn scan_string(text: &PyStr, end: isize, strict: bool) -> PyResult<(Py<PyStr>, usize)> {
    let start = usize::try_from(end).ok().filter(|&end| end <= text.len());
    let Some(start) = start else {
        return Err(raised!(ValueError, "end is out of bounds"));
    };
    with_units!(text.units(), u => scan_units(text, u, start, strict))
}

pub fn scan_units<T: Unit>(
    text: &PyStr,
    units: &[T],
    start: usize,
    strict: bool,
) -> PyResult<(Py<PyStr>, usize)> {
    let unterminated = || decode_error("Unterminated string starting at", text, start as isize - 1);
    let mut out: Option<TextBuilder> = None;
    let mut at = start;
    loop {
        let from = at;
        let stop = units[from..].iter().position(|&c| {
            let c: u32 = c.into();
            c == 34 || c == 92 || (strict && c < 32)
        });
        let Some(length) = stop else { return Err(unterminated()) };
        at = from + length;
        let c: u32 = units[at].into();
        if c < 32 {
            return Err(decode_error("Invalid control character at", text, at as isize));
        }
        if c == 34 {
            let value = match out {
                None => text.substring(from, at),
                Some(mut out) => {
                    out.extend(&units[from..at]);
                    PyStr::try_from_builder(out)?
                }
            };
            return Ok((value, at + 1));
        }
        let out = out.get_or_insert_default();
        out.extend(&units[from..at]);
        let Some(&escape) = units.get(at + 1) else { return Err(unterminated()) };
        let c = match char::from_u32(escape.into()) {
            Some(c @ ('"' | '\\' | '/')) => c as u32,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            Some('u') => {
                let invalid = |at: usize| decode_error("Invalid \\uXXXX escape", text, at as isize);
                let mut c = hex4(units, at + 2).ok_or_else(|| invalid(at + 1))?;
                at += 4;
                let pair = |i: usize| units.get(i).map(|&c| -> u32 { c.into() });
                if (0xd800..0xdc00).contains(&c)
                    && pair(at + 2) == Some('\\' as u32)
                    && pair(at + 3) == Some('u' as u32)
                {
                    let low = hex4(units, at + 4).ok_or_else(|| invalid(at + 3))?;
                    if (0xdc00..0xe000).contains(&low) {
                        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
                        at += 6;
                    }
                }
                c
            }
            _ => return Err(decode_error("Invalid \\escape", text, at as isize)),
        };
        out.push(c);
        at += 2;
    }
}
