//! Integers as text, and what numbers share when they follow format specifications.

use super::PyInt;
use crate::model::{ObjectExt, Py, PyObject, PyResult, Raised, thread};
use crate::protocols::object;
use crate::types::str::arguments::affordable;
use crate::types::str::{PyStr, StrUnits};
use taipan_kernels::format::{Align, Locale, Number, Padding, Spec, SpecError, render};
use taipan_kernels::int::radix;

#[cold]
fn limit_exceeded(limit: i32) -> Raised {
    raised!(
        ValueError,
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to \
         increase the limit"
    )
}

/// Refuses an integer whose decimal text would go beyond `sys.set_int_max_str_digits`.
pub fn check_decimal_length(value: &PyInt) -> PyResult<()> {
    let digits = value.digits();
    // 640 decimal digits have 2126 bits.
    if digits.len() < 71 {
        return Ok(());
    }
    let limit = thread::current().interpreter().int_max_str_digits.get();
    if limit > 0 && decimal_digits_lower_bound(value.bit_length()) > limit as u64 {
        return Err(limit_exceeded(limit));
    }
    Ok(())
}

/// Digits that a number of so many bits has at least.
fn decimal_digits_lower_bound(bits: u64) -> u64 {
    ((bits - 1) as f64 * core::f64::consts::LOG10_2) as u64 + 1
}

/// The decimal text, within the limit.
pub fn to_decimal(value: &PyInt) -> PyResult<String> {
    check_decimal_length(value)?;
    let mut text = String::new();
    if value.is_negative() {
        text.push('-');
    }
    let digits = radix::to_text(value.digits(), 10);
    if digits.len() > super::DIGITS_CHECK_THRESHOLD {
        let limit = thread::current().interpreter().int_max_str_digits.get();
        if limit > 0 && digits.len() > limit as usize {
            return Err(limit_exceeded(limit));
        }
    }
    text.push_str(&digits);
    Ok(text)
}

/// `str(value)`.
pub fn to_str(value: &PyInt) -> PyResult<Py<PyStr>> {
    if !value.is_compact() {
        return Ok(PyStr::from_ascii(to_decimal(value)?.as_bytes()));
    }
    let number = value.compact_value();
    if (0..10).contains(&number) {
        return Ok(PyStr::from_char(b'0' as u32 + number as u32));
    }
    let mut buffer = [0u8; 12];
    let mut at = buffer.len();
    let mut rest = number.unsigned_abs();
    while rest != 0 {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if number < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    Ok(PyStr::from_ascii(&buffer[at..]))
}

/// `bin`, `oct`, `hex` and the decimal text.
pub fn to_base(value: &PyInt, base: u32) -> PyResult<Py<PyStr>> {
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => return to_str(value),
    };
    let sign = if value.is_negative() { "-" } else { "" };
    let text = format!("{sign}{prefix}{}", radix::to_text(value.digits(), base));
    Ok(PyStr::from_ascii(text.as_bytes()))
}

/// Reads a format specification.
pub fn parse_spec(text: &PyStr, code: char, align: Align, value: &PyObject) -> PyResult<Spec> {
    let spec = match text.units() {
        StrUnits::Ascii(units) | StrUnits::Latin1(units) => Spec::parse(units, code, align),
        StrUnits::Two(units) => Spec::parse(units, code, align),
        StrUnits::Four(units) => Spec::parse(units, code, align),
    };
    let spec = spec.map_err(|error| spec_error(error, text, value))?;
    // Zeros and digits are made before the text is. (Larger precisions are refused.)
    let digits = spec.precision.filter(|digits| *digits <= i32::MAX as usize).unwrap_or(0);
    affordable(spec.width.unwrap_or(0).saturating_add(digits).saturating_mul(2))?;
    Ok(spec)
}

/// Raises what is wrong with a format specification.
#[cold]
pub fn spec_error(error: SpecError, text: &PyStr, value: &PyObject) -> Raised {
    let message = error.message(&text.to_string_lossy(), value.class().name());
    match error {
        SpecError::CharRange | SpecError::CharTooLong => raised!(OverflowError, "{message}"),
        SpecError::Memory => raised!(MemoryError),
        _ => raised!(ValueError, "{message}"),
    }
}

/// A formatted number as a string.
pub fn number_to_str(number: &Number) -> PyResult<Py<PyStr>> {
    // The text is made twice.
    let width = if number.fill < 0x80 { 1 } else { size_of::<u32>() };
    affordable(number.len().saturating_mul(2 * width))?;
    Ok(match number.to_text() {
        Some(text) => PyStr::new(&text),
        None => {
            let mut points = Vec::with_capacity(number.len());
            number.write_code_points(&mut points);
            PyStr::from_code_points(&points)
        }
    })
}

fn padded_character(c: u32, padding: &Padding) -> PyResult<Py<PyStr>> {
    affordable(padding.left.saturating_add(padding.right).saturating_mul(8))?;
    let mut points = vec![padding.fill; padding.left];
    points.push(c);
    points.resize(points.len() + padding.right, padding.fill);
    Ok(PyStr::from_code_points(&points))
}

/// `value.__format__(spec)`.
pub fn format(value: &PyInt, spec_text: &PyStr) -> PyResult<Py<PyStr>> {
    if spec_text.is_empty() {
        return if value.downcast_exact::<PyInt>().is_some() { to_str(value) } else { object::str(value) };
    }
    let spec = parse_spec(spec_text, 'd', Align::Right, value)?;
    let refuse = |error| spec_error(error, spec_text, value);
    if !render::is_integer_code(&spec).map_err(refuse)? {
        let number = render::double(&spec, value.to_f64()?, Locale::C).map_err(refuse)?;
        return number_to_str(&number);
    }
    match char::from_u32(spec.code) {
        Some('c') => {
            let (c, padding) = render::character(&spec, value.view()).map_err(refuse)?;
            return padded_character(c, &padding);
        }
        Some('d' | 'n') => check_decimal_length(value)?,
        _ => {}
    }
    let number = render::integer(&spec, value.view(), Locale::C).map_err(refuse)?;
    number_to_str(&number)
}
