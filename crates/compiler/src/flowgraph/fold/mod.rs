//! Arithmetic on constants at compile time: what Python would compute, or `None` where it would raise or
//! where the result could be so big that it is better computed when the code runs.

mod complex;
mod float;
mod int;
mod sequence;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use taipan_bytecode::Constant;
use taipan_bytecode::opcode::{
    NB_ADD, NB_AND, NB_FLOOR_DIVIDE, NB_LSHIFT, NB_MULTIPLY, NB_OR, NB_POWER, NB_REMAINDER, NB_RSHIFT,
    NB_SUBSCR, NB_SUBTRACT, NB_TRUE_DIVIDE, NB_XOR,
};

/// A number on its way up the tower: int, float, complex.
enum Number {
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
}

fn number(constant: &Constant) -> Option<Number> {
    match constant {
        Constant::Bool(b) => Some(Number::Int(BigInt::from(u8::from(*b)))),
        Constant::Int(i) => Some(Number::Int(i.clone())),
        Constant::Float(f) => Some(Number::Float(*f)),
        Constant::Complex { real, imag } => Some(Number::Complex(*real, *imag)),
        _ => None,
    }
}

/// An integer as a float; `None` where it is too big.
fn to_float(value: &BigInt) -> Option<f64> {
    value.to_f64().filter(|f| f.is_finite())
}

/// `left op right`, for an operator of `BINARY_OP`.
pub fn binary(op: u32, left: &Constant, right: &Constant) -> Option<Constant> {
    if op == NB_SUBSCR {
        return sequence::subscript(left, right);
    }
    if let (Constant::Bool(a), Constant::Bool(b)) = (left, right) {
        match op {
            NB_AND => return Some(Constant::Bool(a & b)),
            NB_OR => return Some(Constant::Bool(a | b)),
            NB_XOR => return Some(Constant::Bool(a ^ b)),
            _ => {}
        }
    }
    match (number(left), number(right)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => int::binary(op, &a, &b),
        (Some(a), Some(b)) => mixed(op, a, b),
        _ => match op {
            NB_ADD => sequence::concat(left, right),
            NB_MULTIPLY => sequence::repeat(left, right),
            _ => None,
        },
    }
}

fn mixed(op: u32, left: Number, right: Number) -> Option<Constant> {
    use complex::Operand;
    let up = |n: Number| -> Option<Operand> {
        Some(match n {
            Number::Int(i) => Operand::Real(to_float(&i)?),
            Number::Float(f) => Operand::Real(f),
            Number::Complex(real, imag) => Operand::Complex(real, imag),
        })
    };
    match (up(left)?, up(right)?) {
        (Operand::Real(a), Operand::Real(b)) => float::binary(op, a, b),
        (a, b) => complex::binary(op, a, b),
    }
}

/// The unary operators that the flow graph folds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unary {
    Negative,
    Positive,
    Invert,
    Not,
}

pub fn unary(op: Unary, operand: &Constant) -> Option<Constant> {
    match op {
        Unary::Not => Some(Constant::Bool(!operand.is_true())),
        // Inverting a bool is deprecated and warns when it runs.
        Unary::Invert => match operand {
            Constant::Int(i) => Some(Constant::Int(-i - 1)),
            _ => None,
        },
        Unary::Positive => Some(match number(operand)? {
            Number::Int(i) => Constant::Int(i),
            _ => operand.clone(),
        }),
        Unary::Negative => Some(match number(operand)? {
            Number::Int(i) => Constant::Int(-i),
            Number::Float(f) => Constant::Float(-f),
            Number::Complex(real, imag) => Constant::Complex { real: -real, imag: -imag },
        }),
    }
}

/// Operators that all kinds of numbers have, for a readable `match` elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Remainder,
    Power,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor,
}

fn arithmetic(op: u32) -> Option<Arithmetic> {
    Some(match op {
        NB_ADD => Arithmetic::Add,
        NB_SUBTRACT => Arithmetic::Subtract,
        NB_MULTIPLY => Arithmetic::Multiply,
        NB_TRUE_DIVIDE => Arithmetic::TrueDivide,
        NB_FLOOR_DIVIDE => Arithmetic::FloorDivide,
        NB_REMAINDER => Arithmetic::Remainder,
        NB_POWER => Arithmetic::Power,
        NB_LSHIFT => Arithmetic::LeftShift,
        NB_RSHIFT => Arithmetic::RightShift,
        NB_AND => Arithmetic::And,
        NB_OR => Arithmetic::Or,
        NB_XOR => Arithmetic::Xor,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold() {
        let c = |i: i64| Constant::from(i);
        assert_eq!(binary(NB_POWER, &c(2), &c(64)), Some(Constant::Int(BigInt::from(1) << 64)));
        assert_eq!(binary(NB_POWER, &c(2), &c(65)), None);
        assert_eq!(binary(NB_LSHIFT, &c(1), &c(127)), Some(Constant::Int(BigInt::from(1) << 127)));
        assert_eq!(binary(NB_LSHIFT, &c(1), &c(128)), None);
        assert_eq!(binary(NB_MULTIPLY, &Constant::from("ab"), &c(2049)), None);
        assert_eq!(binary(NB_MULTIPLY, &Constant::from("ab"), &c(2)), Some(Constant::from("abab")));
    }

    #[test]
    fn arithmetic_is_pythons() {
        let c = |i: i64| Constant::from(i);
        assert_eq!(binary(NB_FLOOR_DIVIDE, &c(-7), &c(2)), Some(c(-4)));
        assert_eq!(binary(NB_REMAINDER, &c(-7), &c(2)), Some(c(1)));
        assert_eq!(binary(NB_TRUE_DIVIDE, &c(1), &c(3)), Some(Constant::Float(1.0 / 3.0)));
        assert_eq!(binary(NB_TRUE_DIVIDE, &c(1), &c(0)), None);
        assert_eq!(
            binary(NB_REMAINDER, &Constant::Float(-1.0), &Constant::Float(3.0)),
            Some(Constant::Float(2.0))
        );
        assert_eq!(
            binary(NB_ADD, &c(1), &Constant::Complex { real: 0.0, imag: 2.0 }),
            Some(Constant::Complex { real: 1.0, imag: 2.0 })
        );
        assert_eq!(binary(NB_SUBSCR, &Constant::from("abc"), &c(-1)), Some(Constant::from("c")));
        assert_eq!(binary(NB_SUBSCR, &Constant::from("abc"), &c(3)), None);
        assert_eq!(unary(Unary::Invert, &Constant::Bool(true)), None);
    }
}
