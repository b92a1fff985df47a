//! Complex numbers. Where one operand is real the other's imaginary part is left alone, as C99 asks (so
//! that signed zeros and infinities survive).

use super::{Arithmetic, arithmetic};
use taipan_bytecode::Constant;

#[derive(Clone, Copy)]
pub enum Operand {
    Real(f64),
    Complex(f64, f64),
}

type Pair = (f64, f64);

pub fn binary(op: u32, a: Operand, b: Operand) -> Option<Constant> {
    use Operand::{Complex, Real};
    let (real, imag) = match (arithmetic(op)?, a, b) {
        (Arithmetic::Add, Complex(r, i), Real(x)) | (Arithmetic::Add, Real(x), Complex(r, i)) => (r + x, i),
        (Arithmetic::Add, Complex(a, b), Complex(c, d)) => (a + c, b + d),
        (Arithmetic::Subtract, Complex(r, i), Real(x)) => (r - x, i),
        (Arithmetic::Subtract, Real(x), Complex(r, i)) => (x - r, -i),
        (Arithmetic::Subtract, Complex(a, b), Complex(c, d)) => (a - c, b - d),
        (Arithmetic::Multiply, Complex(r, i), Real(x)) | (Arithmetic::Multiply, Real(x), Complex(r, i)) => {
            (r * x, i * x)
        }
        (Arithmetic::Multiply, Complex(a, b), Complex(c, d)) => product((a, b), (c, d)),
        (Arithmetic::TrueDivide, Complex(r, i), Real(x)) => {
            if x == 0.0 {
                return None;
            }
            (r / x, i / x)
        }
        (Arithmetic::TrueDivide, a, b) => quotient(pair(a), pair(b))?,
        (Arithmetic::Power, a, b) => power(pair(a), pair(b))?,
        _ => return None,
    };
    Some(Constant::Complex { real, imag })
}

fn pair(operand: Operand) -> Pair {
    match operand {
        Operand::Real(x) => (x, 0.0),
        Operand::Complex(real, imag) => (real, imag),
    }
}

fn unit_if_infinite(x: f64) -> f64 {
    (if x.is_infinite() { 1.0_f64 } else { 0.0 }).copysign(x)
}

fn zero_if_nan(x: f64) -> f64 {
    if x.is_nan() { 0.0_f64.copysign(x) } else { x }
}

/// The product; infinities that the plain formula turns into NaN are recovered (C99, annex G).
fn product((mut a, mut b): Pair, (mut c, mut d): Pair) -> Pair {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = (ac - bd, ad + bc);
    if !(result.0.is_nan() && result.1.is_nan()) {
        return result;
    }
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b) = (unit_if_infinite(a), unit_if_infinite(b));
        (c, d) = (zero_if_nan(c), zero_if_nan(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d) = (unit_if_infinite(c), unit_if_infinite(d));
        (a, b) = (zero_if_nan(a), zero_if_nan(b));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
        (a, b) = (zero_if_nan(a), zero_if_nan(b));
        (c, d) = (zero_if_nan(c), zero_if_nan(d));
        again = true;
    }
    if again { (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { result }
}

/// Smith's division; `None` for a zero divisor.
fn quotient((a, b): Pair, (c, d): Pair) -> Option<Pair> {
    if c == 0.0 && d == 0.0 {
        return None;
    }
    let result = if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() {
        if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
            let (x, y) = (unit_if_infinite(a), unit_if_infinite(b));
            return Some((f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)));
        }
        if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
            let (x, y) = (unit_if_infinite(c), unit_if_infinite(d));
            return Some((0.0 * (a * x + b * y), 0.0 * (b * x - a * y)));
        }
    }
    Some(result)
}

fn power(a: Pair, b: Pair) -> Option<Pair> {
    let result = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        integer_power(a, b.0 as i32)?
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return None;
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let angle = a.1.atan2(a.0);
        let mut length = size.powf(b.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    (result.0.is_finite() && result.1.is_finite()).then_some(result)
}

fn integer_power(a: Pair, exponent: i32) -> Option<Pair> {
    let mut result = (1.0, 0.0);
    let mut square = a;
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        if left & 1 != 0 {
            result = product(result, square);
        }
        left >>= 1;
        square = product(square, square);
    }
    if exponent < 0 { quotient((1.0, 0.0), result) } else { Some(result) }
}
