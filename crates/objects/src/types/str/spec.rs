//! `__format__` of text and numbers, over the kernels' specification language.

use super::PyStr;
use crate::errors;
use crate::errors::Exc;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, Raised, thread};
use crate::protocols::object;
use crate::types::int::PyInt;
use crate::with_units;
use taipan_kernels::format::{Align, Locale, Number, Padding, Spec, SpecError, render};
use taipan_kernels::text::TextBuilder;

/// Raises what is wrong with a specification.
#[cold]
fn spec_error(error: &SpecError, spec: &PyStr, value: &PyObject) -> Raised {
    let exc = match error {
        SpecError::CharRange | SpecError::CharTooLong => Exc::OverflowError,
        SpecError::Memory => return errors::set_none(Exc::MemoryError),
        _ => Exc::ValueError,
    };
    let message = error.message(&spec.to_string_lossy(), value.class().name());
    errors::set_message(exc, format_args!("{message}"))
}

fn parse(spec: &PyStr, code: char, align: Align) -> Result<Spec, SpecError> {
    with_units!(spec.units(), u => Spec::parse(u, code, align))
}

/// Appends a fill character so many times.
fn push_fill(out: &mut TextBuilder, fill: u32, count: usize) {
    if fill < 128 {
        out.push_repeated(fill as u8, count);
    } else {
        (0..count).for_each(|_| out.push(fill));
    }
}

fn push_str(out: &mut TextBuilder, text: &str) {
    if text.is_ascii() {
        out.push_ascii(text.as_bytes());
    } else {
        text.chars().for_each(|c| out.push(c.into()));
    }
}

fn number_text(number: &Number) -> PyResult<Py<PyStr>> {
    let fills = number.left.saturating_add(number.inner).saturating_add(number.right);
    super::arguments::affordable(fills.saturating_mul(4))?;
    let mut out = TextBuilder::with_capacity(number.head.len() + number.body.len() + fills.min(1 << 20));
    push_fill(&mut out, number.fill, number.left);
    push_str(&mut out, &number.head);
    push_fill(&mut out, number.fill, number.inner);
    push_str(&mut out, &number.body);
    push_fill(&mut out, number.fill, number.right);
    PyStr::try_from_builder(out)
}

fn padded(text: &PyStr, padding: &Padding) -> PyResult<Py<PyStr>> {
    text.pad(padding.left, padding.right, padding.fill)
}

/// Calls `f` with what the C library's locale says of numbers.
fn with_locale<R>(spec: &Spec, f: impl FnOnce(Locale<'_>) -> R) -> R {
    if spec.code != 'n' as u32 {
        return f(Locale::C);
    }
    let conventions = taipan_host::locale::conventions();
    let text = |bytes: &[u8]| match core::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    };
    let (point, separator) = (text(&conventions.decimal_point), text(&conventions.thousands_sep));
    f(Locale { decimal_point: &point, separator: &separator, grouping: &conventions.grouping })
}

/// `str.__format__`.
pub(super) fn format_str(value: &PyStr, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return if PyStr::check_exact(value) { Ok(value.to_owned()) } else { object::str(value) };
    }
    let parsed = parse(spec, 's', Align::Left);
    let (taken, padding) = parsed
        .and_then(|parsed| render::text(&parsed, value.len()))
        .map_err(|error| spec_error(&error, spec, value))?;
    padded(&value.substring(0, taken), &padding)
}

/// `int.__format__` of an instance of `int`.
pub fn format_int(value: &PyInt, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return object::str(value);
    }
    let fail = |error: SpecError| spec_error(&error, spec, value);
    let parsed = parse(spec, 'd', Align::Right).map_err(fail)?;
    if !render::is_integer_code(&parsed).map_err(fail)? {
        let x = value.to_f64()?;
        let number = with_locale(&parsed, |locale| render::double(&parsed, x, locale)).map_err(fail)?;
        return number_text(&number);
    }
    if parsed.code == 'c' as u32 {
        let (c, padding) = render::character(&parsed, value.view()).map_err(fail)?;
        return padded(&PyStr::from_char(c), &padding);
    }
    if matches!(char::from_u32(parsed.code), Some('d' | 'n')) {
        check_digits(value)?;
    }
    let number =
        with_locale(&parsed, |locale| render::integer(&parsed, value.view(), locale)).map_err(fail)?;
    number_text(&number)
}

/// `float.__format__`; `value` is the object for messages.
pub fn format_float(value: &PyObject, x: f64, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return object::str(value);
    }
    let fail = |error: SpecError| spec_error(&error, spec, value);
    let parsed = parse(spec, '\0', Align::Right).map_err(fail)?;
    let number = with_locale(&parsed, |locale| render::double(&parsed, x, locale)).map_err(fail)?;
    number_text(&number)
}

/// `complex.__format__`; `value` is the object for messages.
pub fn format_complex(value: &PyObject, re: f64, im: f64, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty() {
        return object::str(value);
    }
    let fail = |error: SpecError| spec_error(&error, spec, value);
    let parsed = parse(spec, '\0', Align::Right).map_err(fail)?;
    let number = with_locale(&parsed, |locale| render::complex(&parsed, re, im, locale)).map_err(fail)?;
    number_text(&number)
}

/// Refuses to write an integer in decimal that has more digits than `sys.set_int_max_str_digits` allows.
pub(super) fn check_digits(value: &PyInt) -> PyResult<()> {
    let limit = thread::current().interpreter().int_max_str_digits.get();
    // A decimal digit takes more than 3.32 bits.
    if limit <= 0 || value.bit_length() < limit as u64 * 332 / 100 {
        return Ok(());
    }
    let digits = taipan_kernels::int::radix::text_len_bound(value.view().digits, 10);
    let exact = digits > limit as usize + 2
        || taipan_kernels::int::radix::to_text(value.view().digits, 10).len() > limit as usize;
    if exact {
        return Err(raised!(
            ValueError,
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() \
             to increase the limit"
        ));
    }
    Ok(())
}

/// An integer in decimal, as `int.__repr__` writes it.
pub fn decimal_text(value: &PyInt) -> PyResult<String> {
    check_digits(value)?;
    let view = value.view();
    let digits = taipan_kernels::int::radix::to_text(view.digits, 10);
    Ok(if view.negative { format!("-{digits}") } else { digits })
}

/// Refuses a precision that no floating-point number can be shown with.
pub fn check_precision(precision: Option<usize>) -> PyResult<()> {
    if precision.is_some_and(|precision| precision > taipan_kernels::format::MAX_PRECISION) {
        return Err(raised!(ValueError, "precision too big"));
    }
    Ok(())
}
