//! Complex arithmetic. Products and quotients that come out as NaN though an operand was infinite are made infinite
//! again, as C's Annex G wants; a real operand stays real, so that it brings no signed zeros or NaNs of its own.

use crate::model::{PyResult, Raised};

/// Real and imaginary part.
pub type Parts = (f64, f64);

/// An operand of complex arithmetic.
#[derive(Clone, Copy)]
pub enum Operand {
    Real(f64),
    Complex(Parts),
}

impl Operand {
    fn widen(self) -> Parts {
        match self {
            Operand::Real(value) => (value, 0.0),
            Operand::Complex(parts) => parts,
        }
    }
}

pub fn sum(a: Operand, b: Operand) -> Parts {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 + b, a.1),
        (Operand::Real(a), Operand::Complex(b)) => (a + b.0, b.1),
        _ => {
            let (a, b) = (a.widen(), b.widen());
            (a.0 + b.0, a.1 + b.1)
        }
    }
}

pub fn difference(a: Operand, b: Operand) -> Parts {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 - b, a.1),
        (Operand::Real(a), Operand::Complex(b)) => (a - b.0, -b.1),
        _ => {
            let (a, b) = (a.widen(), b.widen());
            (a.0 - b.0, a.1 - b.1)
        }
    }
}

/// 1 for an infinity, 0 for anything else, with its sign.
fn boxed(x: f64) -> f64 {
    (x.is_infinite() as u8 as f64).copysign(x)
}

fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0.0f64.copysign(x) } else { x }
}

/// `a * b`.
pub fn product(a: Parts, b: Parts) -> Parts {
    let ((mut p, mut q), (mut r, mut s)) = (a, b);
    let terms = [p * r, q * s, p * s, q * r];
    let result = (terms[0] - terms[1], terms[2] + terms[3]);
    if !(result.0.is_nan() && result.1.is_nan()) {
        return result;
    }
    let mut recover = false;
    if p.is_infinite() || q.is_infinite() {
        (p, q) = (boxed(p), boxed(q));
        (r, s) = (nan_to_zero(r), nan_to_zero(s));
        recover = true;
    }
    if r.is_infinite() || s.is_infinite() {
        (r, s) = (boxed(r), boxed(s));
        (p, q) = (nan_to_zero(p), nan_to_zero(q));
        recover = true;
    }
    if !recover && terms.iter().any(|term| term.is_infinite()) {
        (p, q, r, s) = (nan_to_zero(p), nan_to_zero(q), nan_to_zero(r), nan_to_zero(s));
        recover = true;
    }
    if !recover {
        return result;
    }
    (f64::INFINITY * (p * r - q * s), f64::INFINITY * (p * s + q * r))
}

pub fn product_of(a: Operand, b: Operand) -> Parts {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 * b, a.1 * b),
        (Operand::Real(a), Operand::Complex(b)) => (a * b.0, a * b.1),
        _ => product(a.widen(), b.widen()),
    }
}

/// `a / b`; `None` where `b` is zero.
pub fn quotient(a: Parts, b: Parts) -> Option<Parts> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / scale, (a.1 - a.0 * ratio) / scale)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / scale, (a.1 * ratio - a.0) / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(result.0.is_nan() && result.1.is_nan()) {
        return Some(result);
    }
    if (a.0.is_infinite() || a.1.is_infinite()) && b.0.is_finite() && b.1.is_finite() {
        let (x, y) = (boxed(a.0), boxed(a.1));
        return Some((f64::INFINITY * (x * b.0 + y * b.1), f64::INFINITY * (y * b.0 - x * b.1)));
    }
    if (b.0.is_infinite() || b.1.is_infinite()) && a.0.is_finite() && a.1.is_finite() {
        let (x, y) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
    }
    Some(result)
}

/// A real number divided by a complex one; `None` where that is zero.
fn real_quotient(a: f64, b: Parts) -> Option<Parts> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        (a / scale, (-a * ratio) / scale)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        ((a * ratio) / scale, -a / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() && a.is_finite() && (b.0.is_infinite() || b.1.is_infinite()) {
        let (x, y) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(result)
}

pub fn quotient_of(a: Operand, b: Operand) -> PyResult<Parts> {
    let result = match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (b != 0.0).then(|| (a.0 / b, a.1 / b)),
        (Operand::Real(a), Operand::Complex(b)) => real_quotient(a, b),
        _ => quotient(a.widen(), b.widen()),
    };
    result.ok_or_else(crate::types::float::zero_division)
}

#[cold]
fn zero_power() -> Raised {
    raised!(ZeroDivisionError, "zero to a negative or complex power")
}

/// `base ** n` by repeated squaring.
fn power_of_natural(base: Parts, n: u32) -> Parts {
    let (mut result, mut square, mut mask) = ((1.0, 0.0), base, 1);
    while mask != 0 && n >= mask {
        if n & mask != 0 {
            result = product(result, square);
        }
        mask <<= 1;
        square = product(square, square);
    }
    result
}

/// `a ** b` by logarithms; `None` for zero to a negative or complex power.
pub fn general_power(a: Parts, b: Parts) -> Option<Parts> {
    if b == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        return (b.1 == 0.0 && b.0 >= 0.0).then_some((0.0, 0.0));
    }
    let magnitude = a.0.hypot(a.1);
    let mut length = magnitude.powf(b.0);
    let angle = a.1.atan2(a.0);
    let mut phase = angle * b.0;
    if b.1 != 0.0 {
        length *= (-angle * b.1).exp();
        phase += b.1 * magnitude.ln();
    }
    Some((length * phase.cos(), length * phase.sin()))
}

/// `a ** b`.
pub fn power(a: Parts, b: Parts) -> PyResult<Parts> {
    // Small whole exponents are faster and more exact by multiplication.
    let result = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let n = b.0 as i32;
        if n > 0 {
            power_of_natural(a, n as u32)
        } else {
            quotient((1.0, 0.0), power_of_natural(a, n.unsigned_abs())).ok_or_else(zero_power)?
        }
    } else {
        general_power(a, b).ok_or_else(zero_power)?
    };
    if result.0.is_infinite() || result.1.is_infinite() {
        return Err(raised!(OverflowError, "complex exponentiation"));
    }
    Ok(result)
}

pub fn power_of(a: Operand, b: Operand) -> PyResult<Parts> {
    power(a.widen(), b.widen())
}

/// `abs(a)`.
pub fn absolute(a: Parts) -> PyResult<f64> {
    let result = a.0.hypot(a.1);
    if result.is_infinite() && a.0.is_finite() && a.1.is_finite() {
        return Err(raised!(OverflowError, "absolute value too large"));
    }
    Ok(result)
}
