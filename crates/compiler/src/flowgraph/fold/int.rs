//! Integers. Results are kept small: a product, power or shift of more than 128 bits is left alone.

use super::{Arithmetic, arithmetic, float, to_float};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use taipan_bytecode::Constant;

/// Bits in the biggest product, power or shift.
const MAX_BITS: u64 = 128;

pub fn binary(op: u32, a: &BigInt, b: &BigInt) -> Option<Constant> {
    let result = match arithmetic(op)? {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => {
            if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_BITS {
                return None;
            }
            a * b
        }
        Arithmetic::TrueDivide => return true_divide(a, b).map(Constant::Float),
        Arithmetic::FloorDivide => divmod(a, b)?.0,
        Arithmetic::Remainder => divmod(a, b)?.1,
        Arithmetic::Power => return power(a, b),
        Arithmetic::LeftShift => {
            if b.is_negative() {
                return None;
            }
            if a.is_zero() {
                BigInt::ZERO
            } else {
                let shift = b.to_u64().filter(|s| *s <= MAX_BITS && a.bits() <= MAX_BITS - s)?;
                a << shift
            }
        }
        Arithmetic::RightShift => {
            if b.is_negative() {
                return None;
            }
            match b.to_u64() {
                Some(shift) if shift <= a.bits() => a >> shift,
                _ if a.is_negative() => BigInt::from(-1),
                _ => BigInt::ZERO,
            }
        }
        Arithmetic::And => a & b,
        Arithmetic::Or => a | b,
        Arithmetic::Xor => a ^ b,
    };
    Some(Constant::Int(result))
}

/// Quotient rounded down and the remainder with the divisor's sign.
fn divmod(a: &BigInt, b: &BigInt) -> Option<(BigInt, BigInt)> {
    if b.is_zero() {
        return None;
    }
    let (mut quotient, mut remainder) = (a / b, a % b);
    if !remainder.is_zero() && remainder.is_negative() != b.is_negative() {
        quotient -= 1;
        remainder += b;
    }
    Some((quotient, remainder))
}

fn power(a: &BigInt, b: &BigInt) -> Option<Constant> {
    match b.sign() {
        Sign::Minus => float::binary(taipan_bytecode::opcode::NB_POWER, to_float(a)?, to_float(b)?),
        Sign::NoSign => Some(Constant::from(1)),
        Sign::Plus if a.is_zero() => Some(Constant::from(0)),
        Sign::Plus => {
            let exponent = b.to_u64()?;
            if a.bits() > MAX_BITS / exponent {
                return None;
            }
            Some(Constant::Int(a.pow(u32::try_from(exponent).ok()?)))
        }
    }
}

/// The quotient as the nearest float.
fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    if b.is_zero() {
        return None;
    }
    if a.bits() <= 53 && b.bits() <= 53 {
        return Some(a.to_f64()? / b.to_f64()?);
    }
    if a.is_zero() {
        return Some(0.0);
    }
    // A quotient of at least 65 bits, its last bit telling whether anything was cut off, rounds once.
    let shift = 66 - (i64::try_from(a.bits()).ok()? - i64::try_from(b.bits()).ok()?);
    let (numerator, denominator) = if shift >= 0 {
        (a.abs() << shift.unsigned_abs(), b.abs())
    } else {
        (a.abs(), b.abs() << shift.unsigned_abs())
    };
    let mut quotient = (&numerator / &denominator).to_u128()?;
    if !(&numerator % &denominator).is_zero() {
        quotient |= 1;
    }
    let scaled = scale(quotient as f64, -shift)?;
    let value = if a.is_negative() == b.is_negative() { scaled } else { -scaled };
    value.is_finite().then_some(value)
}

/// `value * 2**exponent` in steps that stay in range.
fn scale(mut value: f64, mut exponent: i64) -> Option<f64> {
    if exponent.abs() > 2200 {
        return (exponent < 0).then_some(0.0);
    }
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        value *= 2_f64.powi(step as i32);
        exponent -= step;
    }
    Some(value)
}
