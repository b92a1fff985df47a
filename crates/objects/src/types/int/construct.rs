//! `int(x)` and `int(text, base)`.

use super::{PyInt, layout, plain};
use crate::errors::{self, Exc};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, thread};
use crate::protocols::buffer::Buffer;
use crate::protocols::{number, object};
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::str::{PyStr, StrUnits};
use std::borrow::Cow;
use taipan_kernels::int::{Int, IntRef, radix};
use taipan_kernels::unicode;

/// Texts of at most so many digits are never refused (`sys.int_info.str_digits_check_threshold`).
pub const DIGITS_CHECK_THRESHOLD: usize = 640;

/// A text for a number as ASCII: white space and decimal digits of every script become ASCII ones, everything else
/// that is not ASCII a question mark.
pub fn numeric_text(text: &PyStr) -> Cow<'_, [u8]> {
    fn translate<C: Copy + Into<u32>>(units: &[C]) -> Vec<u8> {
        let ascii = |&unit: &C| {
            let c: u32 = unit.into();
            match unicode::to_decimal(c) {
                _ if c < 128 => c as u8,
                Some(digit) => b'0' + digit,
                None if unicode::is_space(c) => b' ',
                None => b'?',
            }
        };
        units.iter().map(ascii).collect()
    }
    match text.units() {
        StrUnits::Ascii(units) => Cow::Borrowed(units),
        StrUnits::Latin1(units) => Cow::Owned(translate(units)),
        StrUnits::Two(units) => Cow::Owned(translate(units)),
        StrUnits::Four(units) => Cow::Owned(translate(units)),
    }
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t'..=b'\r')
}

/// The text without white space around it.
pub fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&c| !is_space(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|&c| !is_space(c)).map_or(start, |i| i + 1);
    &text[start..end]
}

/// The base that a prefix names, and what follows the prefix. `base` 0 lets the prefix choose.
fn split_prefix(text: &[u8], base: u32) -> (u32, &[u8], bool) {
    let prefix = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if prefix != 0 && (base == 0 || base == prefix) {
        let rest = &text[2..];
        // One underscore may follow the prefix.
        return (prefix, rest.strip_prefix(b"_").unwrap_or(rest), false);
    }
    // Without a prefix base 0 is ten, and a number that begins with 0 must be 0.
    let must_be_zero = base == 0 && text.first() == Some(&b'0');
    (if base == 0 { 10 } else { base }, text, must_be_zero)
}

/// The digits without the underscores that may stand between two of them; `None` where one stands elsewhere.
fn without_underscores(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.contains(&b'_') {
        return Some(Cow::Borrowed(text));
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut previous = b'_';
    for &c in text {
        if c != b'_' {
            digits.push(c);
        } else if previous == b'_' {
            return None;
        }
        previous = c;
    }
    (previous != b'_').then_some(Cow::Owned(digits))
}

#[cold]
fn too_many_digits(limit: i32, digits: usize) -> crate::model::Raised {
    raised!(
        ValueError,
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
         sys.set_int_max_str_digits() to increase the limit"
    )
}

impl PyInt {
    /// Parses text as `int(text, base)` does; `None` where it is no number (the caller words the error).
    pub fn parse(text: &str, base: u32) -> PyResult<Option<Py<PyInt>>> {
        Self::parse_ascii(text.as_bytes(), base)
    }

    /// As [`PyInt::parse`], for bytes.
    pub fn parse_ascii(text: &[u8], base: u32) -> PyResult<Option<Py<PyInt>>> {
        let text = trim(text);
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let (base, text, must_be_zero) = split_prefix(text, base);
        let Some(digits) = without_underscores(text) else { return Ok(None) };
        if digits.len() <= 15 && base == 10 {
            return Ok(parse_short(&digits, negative, must_be_zero));
        }
        if !digits.iter().all(|&c| radix::digit_value(c).is_some_and(|value| value < base)) {
            return Ok(None);
        }
        let limit = thread::current().interpreter().int_max_str_digits.get();
        if !base.is_power_of_two()
            && digits.len() > DIGITS_CHECK_THRESHOLD
            && limit > 0
            && digits.len() > limit as usize
        {
            return Err(too_many_digits(limit, digits.len()));
        }
        let Some(magnitude) = radix::from_text(&digits, base) else { return Ok(None) };
        if must_be_zero && !magnitude.is_empty() {
            return Ok(None);
        }
        Ok(Some(PyInt::from_int(Int::new(negative, magnitude))))
    }
}

fn parse_short(digits: &[u8], negative: bool, must_be_zero: bool) -> Option<Py<PyInt>> {
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i64;
    for &c in digits {
        if !c.is_ascii_digit() {
            return None;
        }
        value = value * 10 + (c - b'0') as i64;
    }
    if must_be_zero && value != 0 {
        return None;
    }
    Some(PyInt::from_i64(if negative { -value } else { value }))
}

#[cold]
fn invalid_literal(value: &PyObject, base: u32) -> crate::model::Raised {
    match object::repr(value) {
        Ok(shown) => {
            // At most 200 characters are shown.
            let shown = if shown.len() > 200 { shown.substring(0, 200) } else { shown };
            raised!(ValueError, "invalid literal for int() with base {base}: {shown}")
        }
        Err(raised) => raised,
    }
}

/// `int(text, base)` for a string.
pub fn from_str(text: &PyStr, base: u32) -> PyResult<Py<PyInt>> {
    match PyInt::parse_ascii(&numeric_text(text), base)? {
        Some(value) => Ok(value),
        None => Err(invalid_literal(text, base)),
    }
}

fn from_byte_text(text: &[u8], base: u32) -> PyResult<Py<PyInt>> {
    match PyInt::parse_ascii(text, base)? {
        Some(value) => Ok(value),
        None => Err(invalid_literal(&PyBytes::new(text), base)),
    }
}

/// `int(x)` as an exact integer.
pub fn from_object(x: &PyObject) -> PyResult<Py<PyInt>> {
    if let Some(value) = x.downcast_exact::<PyInt>() {
        return Ok(value.to_owned());
    }
    let class = x.class();
    if let Some(slot) = class.nb_int() {
        return from_special(call_unary(slot, x)?, "__int__");
    }
    if number::is_index(x) {
        return Ok(plain(&*number::index(x)?));
    }
    if let Some(text) = x.downcast::<PyStr>() {
        return from_str(text, 10);
    }
    if let Some(bytes) = x.downcast::<PyBytes>() {
        return from_byte_text(bytes.as_slice(), 10);
    }
    if let Some(bytes) = x.downcast::<PyByteArray>() {
        return from_byte_text(&bytes.to_vec(), 10);
    }
    if crate::protocols::buffer::is_exporter(x) {
        let buffer = Buffer::get(x, taipan_abi::PyBUF_SIMPLE)?;
        return from_byte_text(&buffer.to_vec(), 10);
    }
    Err(raised!(
        TypeError,
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        class.name()
    ))
}

#[expect(unsafe_code, reason = "calls a type's slot")]
fn call_unary(slot: taipan_abi::unaryfunc, x: &PyObject) -> PyResult {
    // SAFETY: the slot belongs to the object's type.
    unsafe { crate::model::trampoline::call_unary(slot, x) }
}

/// What `__int__` or `__index__` gave, as an exact integer: instances of subclasses are deprecated there.
pub fn from_special(result: Obj, method: &str) -> PyResult<Py<PyInt>> {
    let Some(value) = result.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "{method} returned non-int (type {})", result.class().name()));
    };
    if !PyInt::check_exact(value) {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int \
                 is deprecated, and may be removed in a future version of Python.",
                result.class().name()
            ),
        )?;
    }
    Ok(plain(value))
}

/// `int.__new__(class, x, base)`.
pub fn construct(class: &TypeObject, x: Option<&PyObject>, base: Option<&PyObject>) -> PyResult<Py<PyInt>> {
    let value = match (x, base) {
        (None, Some(_)) => return Err(raised!(TypeError, "int() missing string argument")),
        (None, None) => PyInt::from_i64(0),
        (Some(x), None) => from_object(x)?,
        (Some(x), Some(base)) => {
            let base = number::as_isize(base, None)?;
            if base != 0 && !(2..=36).contains(&base) {
                return Err(raised!(ValueError, "int() base must be >= 2 and <= 36, or 0"));
            }
            let base = base as u32;
            if let Some(text) = x.downcast::<PyStr>() {
                from_str(text, base)?
            } else if let Some(bytes) = x.downcast::<PyBytes>() {
                from_byte_text(bytes.as_slice(), base)?
            } else if let Some(bytes) = x.downcast::<PyByteArray>() {
                from_byte_text(&bytes.to_vec(), base)?
            } else {
                return Err(raised!(TypeError, "int() can't convert non-string with explicit base"));
            }
        }
    };
    if class.is(PyInt::type_object()) { Ok(value) } else { layout::subclass_instance(class, &value) }
}

/// An integer of a digit array in CPython's form, for `marshal` and the like.
pub fn from_digits(negative: bool, digits: &[u32]) -> Py<PyInt> {
    let length = taipan_kernels::int::nat::normal_len(digits);
    let digits = &digits[..length];
    PyInt::from_view(IntRef { negative: negative && length != 0, digits })
}
