//! Other objects as decimal numbers.

use super::context::PyDecContext;
use super::number::PyDecimal;
use core::ops::Deref;
use std::borrow::Cow;
use taipan_kernels::decimal::finish::finished;
use taipan_kernels::decimal::{Dec, Kind, convert, status, text, words};
use taipan_objects::prelude::*;
use taipan_objects::types::int::{numeric_text, trim};

/// A number that an operation reads: that of an object, or one made of another object.
pub enum Operand<'a> {
    Of(&'a Dec),
    Made(Dec),
}

impl Deref for Operand<'_> {
    type Target = Dec;

    #[inline(always)]
    fn deref(&self) -> &Dec {
        match self {
            Operand::Of(dec) => dec,
            Operand::Made(dec) => dec,
        }
    }
}

/// A Decimal or an integer; None for everything else.
#[inline]
pub fn operand(value: &PyObject) -> Option<Operand<'_>> {
    if let Some(decimal) = value.downcast_exact::<PyDecimal>() {
        return Some(Operand::Of(&decimal.dec));
    }
    if let Some(value) = value.downcast::<PyInt>() {
        return Some(Operand::Made(of_int(value)));
    }
    value.downcast::<PyDecimal>().map(|decimal| Operand::Of(&decimal.dec))
}

/// As `operand`; a TypeError for everything else.
#[inline]
pub fn wanted(value: &PyObject) -> PyResult<Operand<'_>> {
    operand(value).ok_or_else(|| unsupported(value))
}

#[cold]
pub fn unsupported(value: &PyObject) -> Raised {
    raised!(TypeError, "conversion from {} to Decimal is not supported", value.class().tp_name())
}

/// An integer, exactly.
#[inline]
pub fn of_int(value: &PyInt) -> Dec {
    match value.to_i64() {
        Some(value) => Dec::of_i64(value),
        None => convert::from_int(value.view()),
    }
}

/// A string as text of a number: every script's digits as ASCII. What is exact may have white space around it, and
/// underscores inside.
fn number_text(value: &PyStr, mode: Mode) -> Cow<'_, [u8]> {
    match numeric_text(value) {
        text if mode == Mode::Rounded => text,
        Cow::Borrowed(text) => without_underscores(trim(text)),
        Cow::Owned(text) => Cow::Owned(without_underscores(trim(&text)).into_owned()),
    }
}

fn without_underscores(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'_') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.iter().copied().filter(|&c| c != b'_').collect())
}

/// How a number that is not exact is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Not at all: what does not fit is invalid.
    Exact,
    /// Rounded by the context.
    Rounded,
}

/// Makes a number fit by the mode.
fn fitted(context: &PyDecContext, mode: Mode, make: impl FnOnce() -> Dec) -> PyResult<Dec> {
    context.run(|rules, met| match mode {
        Mode::Exact => text::exact(make(), met),
        Mode::Rounded => finished(make(), rules, met),
    })
}

fn of_text(value: &PyStr, context: &PyDecContext, mode: Mode) -> PyResult<Dec> {
    let text = number_text(value, mode);
    context.run(|rules, met| match mode {
        Mode::Exact => text::from_text_exact(&text, met),
        Mode::Rounded => text::from_text(&text, rules, met),
    })
}

/// Notes that a double is mixed with decimals.
pub fn note_float(context: &PyDecContext) -> PyResult<()> {
    context.note(status::FLOAT_OPERATION)
}

fn not_three() -> Raised {
    raised!(ValueError, "argument must be a sequence of length 3")
}

/// The items of a tuple or a list.
fn items_of(value: &PyObject) -> Option<Vec<Obj>> {
    match value.downcast::<PyTuple>() {
        Some(tuple) => Some(tuple.as_slice().iter().map(|item| item.owned()).collect()),
        None => value.downcast::<PyList>().map(PyList::to_vec),
    }
}

/// A sign, digits and an exponent.
fn of_parts(value: &PyObject) -> PyResult<Dec> {
    let parts = items_of(value).ok_or_else(not_three)?;
    let [sign, digits, exponent] = &parts[..] else { return Err(not_three()) };
    let bad_sign = || raised!(ValueError, "sign must be an integer with the value 0 or 1");
    let negative = match sign.downcast::<PyInt>().ok_or_else(bad_sign)?.to_i64() {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(bad_sign()),
    };
    let (kind, exp) = exponent_of(exponent)?;
    if kind == Kind::Infinite {
        return Ok(Dec::infinity(negative));
    }
    let bad_digits = || raised!(ValueError, "coefficient must be a tuple of digits");
    let mut text = Vec::new();
    for digit in items_of(digits).ok_or_else(bad_digits)? {
        let digit = digit.downcast::<PyInt>().and_then(PyInt::to_i64);
        let digit = digit.filter(|digit| (0..=9).contains(digit)).ok_or_else(bad_digits)?;
        text.push(b'0' + digit as u8);
    }
    Ok(Dec { coef: words::parse(&text), exp, kind, negative })
}

/// The third part: an integer, or a letter for a special value.
fn exponent_of(value: &PyObject) -> PyResult<(Kind, i64)> {
    if let Some(letter) = value.downcast::<PyStr>() {
        for (name, kind) in [("F", Kind::Infinite), ("n", Kind::Quiet), ("N", Kind::Signalling)] {
            if letter.eq_str(name) {
                return Ok((kind, 0));
            }
        }
        return Err(raised!(ValueError, "string argument in the third position must be 'F', 'n' or 'N'"));
    }
    let Some(value) = value.downcast::<PyInt>() else {
        return Err(raised!(ValueError, "exponent must be an integer"));
    };
    match value.to_i64() {
        // Far outside of all bounds, yet no sum with it overflows.
        Some(exp) => Ok((Kind::Finite, exp.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000))),
        None => Err(raised!(OverflowError, "Python int too large to convert to C ssize_t")),
    }
}

/// What the constructors accept, as a number.
pub fn from_object(value: &PyObject, context: &PyDecContext, mode: Mode) -> PyResult<Dec> {
    if let Some(decimal) = value.downcast::<PyDecimal>() {
        let too_long = mode == Mode::Rounded && decimal.dec.is_nan() && {
            let rules = context.rules();
            words::digits(&decimal.dec.coef) as i64 > rules.prec - rules.clamp as i64
        };
        if too_long {
            context.note(status::CONVERSION_SYNTAX)?;
            return Ok(Dec::nan());
        }
        return match mode {
            Mode::Exact => Ok(decimal.dec.clone()),
            Mode::Rounded => fitted(context, mode, || decimal.dec.clone()),
        };
    }
    if let Some(text) = value.downcast::<PyStr>() {
        return of_text(text, context, mode);
    }
    if let Some(int) = value.downcast::<PyInt>() {
        return fitted(context, mode, || of_int(int));
    }
    if value.downcast::<PyTuple>().is_some() || value.downcast::<PyList>().is_some() {
        let dec = of_parts(value)?;
        return fitted(context, mode, || dec);
    }
    if let Some(float) = value.downcast::<PyFloat>() {
        note_float(context)?;
        return fitted(context, mode, || convert::from_f64(float.value()));
    }
    Err(unsupported(value))
}

/// A float or an integer, for `from_float`.
pub fn from_float(value: &PyObject, context: &PyDecContext, mode: Mode) -> PyResult<Dec> {
    if let Some(float) = value.downcast::<PyFloat>() {
        return fitted(context, mode, || convert::from_f64(float.value()));
    }
    match value.downcast::<PyInt>() {
        Some(int) => fitted(context, mode, || of_int(int)),
        None => Err(raised!(TypeError, "argument must be int or float")),
    }
}
