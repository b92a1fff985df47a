//! Floats, with the rules that C leaves open fixed as Python fixes them.

use super::{Arithmetic, arithmetic, complex};
use taipan_bytecode::Constant;

pub fn binary(op: u32, a: f64, b: f64) -> Option<Constant> {
    let result = match arithmetic(op)? {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::TrueDivide if b != 0.0 => a / b,
        Arithmetic::FloorDivide if b != 0.0 => divmod(a, b).0,
        Arithmetic::Remainder if b != 0.0 => divmod(a, b).1,
        Arithmetic::Power => return power(op, a, b),
        _ => return None,
    };
    Some(Constant::Float(result))
}

fn divmod(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0_f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0.0_f64.copysign(a / b)
    };
    (floor, remainder)
}

fn power(op: u32, a: f64, b: f64) -> Option<Constant> {
    if a == 0.0 && b < 0.0 {
        return None;
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b != b.floor() {
        return complex::binary(op, complex::Operand::Complex(a, 0.0), complex::Operand::Complex(b, 0.0));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return None;
    }
    Some(Constant::Float(result))
}
