//! The formats of `PyUnicode_FromFormat` and all that format messages alike.

#![expect(unsafe_code, reason = "reads the arguments of variadic C calls")]

use crate::glue::*;
use crate::va::VaList;
use core::ffi::{CStr, c_char};
use taipan_kernels::text::TextBuilder;
use taipan_objects::prelude::*;

/// One conversion of a format.
#[derive(Default)]
struct Conversion {
    left: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// `l`, `ll`, `z`, `j` and `t` all mean eight bytes.
    long: bool,
}

impl Conversion {
    fn put(&self, out: &mut TextBuilder, text: &PyStr) {
        let length = text.len().min(self.precision.unwrap_or(usize::MAX));
        let text = if length < text.len() { text.substring(0, length) } else { text.to_owned() };
        let padding = self.width.unwrap_or(0).saturating_sub(length);
        let spaces = |out: &mut TextBuilder| (0..padding).for_each(|_| out.push(32));
        if !self.left {
            spaces(out);
        }
        text.append_to(out);
        if self.left {
            spaces(out);
        }
    }

    fn put_number(&self, out: &mut TextBuilder, negative: bool, digits: &str) {
        let mut digits = digits.to_string();
        if let Some(precision) = self.precision {
            while digits.len() < precision {
                digits.insert(0, '0');
            }
        }
        let sign = usize::from(negative);
        if self.zero && !self.left && self.precision.is_none() {
            while digits.len() + sign < self.width.unwrap_or(0) {
                digits.insert(0, '0');
            }
        }
        if negative {
            digits.insert(0, '-');
        }
        let padding = self.width.unwrap_or(0).saturating_sub(digits.len());
        let spaces = " ".repeat(padding);
        let whole = if self.left { digits + &spaces } else { spaces + &digits };
        out.push_ascii(whole.as_bytes());
    }
}

/// The text of a format and its arguments.
///
/// # Safety
/// The arguments are those that the format asks for.
pub unsafe fn formatted(format: *const c_char, va: &mut VaList) -> PyResult<TextBuilder> {
    // SAFETY: the caller's promise.
    let mut rest = unsafe { CStr::from_ptr(format) }.to_bytes();
    let mut out = TextBuilder::with_capacity(rest.len());
    while let Some(at) = rest.iter().position(|&b| b == b'%') {
        push_utf8(&mut out, &rest[..at]);
        rest = &rest[at + 1..];
        // SAFETY: the caller's promise.
        rest = unsafe { convert(&mut out, rest, va) }?;
    }
    push_utf8(&mut out, rest);
    Ok(out)
}

fn push_utf8(out: &mut TextBuilder, bytes: &[u8]) {
    for c in String::from_utf8_lossy(bytes).chars() {
        out.push(u32::from(c));
    }
}

fn number_at(rest: &[u8]) -> (usize, &[u8]) {
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let value = rest[..digits]
        .iter()
        .fold(0usize, |value, &b| value.saturating_mul(10).saturating_add(usize::from(b - b'0')));
    (value, &rest[digits..])
}

/// One conversion; gives what is left of the format.
unsafe fn convert<'f>(out: &mut TextBuilder, mut rest: &'f [u8], va: &mut VaList) -> PyResult<&'f [u8]> {
    let mut conversion = Conversion::default();
    while let Some(flag @ (b'-' | b'0')) = rest.first() {
        conversion.left |= *flag == b'-';
        conversion.zero |= *flag == b'0';
        rest = &rest[1..];
    }
    // SAFETY: the format asks for these arguments.
    unsafe {
        if rest.first() == Some(&b'*') {
            let width = va.int();
            conversion.left |= width < 0;
            conversion.width = Some(width.unsigned_abs() as usize);
            rest = &rest[1..];
        } else if rest.first().is_some_and(u8::is_ascii_digit) {
            let (width, after) = number_at(rest);
            conversion.width = Some(width);
            rest = after;
        }
        if rest.first() == Some(&b'.') {
            rest = &rest[1..];
            if rest.first() == Some(&b'*') {
                conversion.precision = usize::try_from(va.int()).ok();
                rest = &rest[1..];
            } else {
                let (precision, after) = number_at(rest);
                conversion.precision = Some(precision);
                rest = after;
            }
        }
        while let Some(b'l' | b'z' | b'j' | b't') = rest.first() {
            conversion.long = true;
            rest = &rest[1..];
        }
        let Some((&kind, after)) = rest.split_first() else {
            return Err(raised!(SystemError, "invalid format string: %"));
        };
        convert_kind(out, &conversion, kind, va)?;
        Ok(after)
    }
}

unsafe fn convert_kind(
    out: &mut TextBuilder,
    conversion: &Conversion,
    kind: u8,
    va: &mut VaList,
) -> PyResult<()> {
    // SAFETY: the format asks for these arguments.
    unsafe {
        match kind {
            b'%' => out.push(37),
            b'c' => match u32::try_from(va.int()) {
                Ok(c) if c <= 0x10_ffff => out.push(c),
                _ => return Err(raised!(OverflowError, "character argument not in range(0x110000)")),
            },
            b'd' | b'i' => {
                let value = if conversion.long { va.word() as i64 } else { i64::from(va.int()) };
                conversion.put_number(out, value < 0, &value.unsigned_abs().to_string());
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = if conversion.long { va.word() } else { u64::from(va.int() as u32) };
                let digits = match kind {
                    b'u' => value.to_string(),
                    b'o' => format!("{value:o}"),
                    b'x' => format!("{value:x}"),
                    _ => format!("{value:X}"),
                };
                conversion.put_number(out, false, &digits);
            }
            b'p' => {
                let value = va.word();
                push_utf8(out, format!("{value:#x}").as_bytes());
            }
            b's' => {
                let pointer = va.pointer::<c_char>();
                let text = text_of(pointer, conversion.precision);
                conversion.put(out, &text);
            }
            b'U' => conversion.put(out, typed::<PyStr>(va.pointer())?),
            b'V' => {
                let (object, fallback) = (va.pointer::<PyObject>(), va.pointer::<c_char>());
                match opt(object) {
                    Some(_) => conversion.put(out, typed::<PyStr>(object)?),
                    None => conversion.put(out, &text_of(fallback, conversion.precision)),
                }
            }
            b'S' => conversion.put(out, &*object::str(at(va.pointer()))?),
            b'R' => conversion.put(out, &*object::repr(at(va.pointer()))?),
            b'A' => conversion.put(out, &*object::ascii(at(va.pointer()))?),
            b'T' => {
                let name = object::fully_qualified_name(at(va.pointer()).class())?;
                conversion.put(out, &PyStr::new(&name));
            }
            b'N' => match at(va.pointer()).downcast::<TypeObject>() {
                Some(class) => conversion.put(out, &PyStr::new(&object::fully_qualified_name(class)?)),
                None => return Err(raised!(TypeError, "%N argument must be a type")),
            },
            other => {
                return Err(raised!(SystemError, "invalid format string: %{}", char::from(other)));
            }
        }
    }
    Ok(())
}

/// A C string of at most `most` bytes.
unsafe fn text_of(pointer: *const c_char, most: Option<usize>) -> Py<PyStr> {
    let mut bytes = Vec::new();
    // SAFETY: the string is terminated, or as long as the precision says.
    unsafe {
        let mut at = pointer.cast::<u8>();
        while most.is_none_or(|most| bytes.len() < most) && *at != 0 {
            bytes.push(*at);
            at = at.add(1);
        }
    }
    PyStr::new(&String::from_utf8_lossy(&bytes))
}
