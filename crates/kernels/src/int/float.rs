//! Integers and doubles: conversions rounded correctly both ways, true division, hashes.

use super::signed::{Int, IntRef};
use super::{SHIFT, div, nat};

/// The integer is too large for a double ("int too large to convert to float").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloatOverflow;

/// Why a quotient has no double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrueDivError {
    /// "division by zero"
    ByZero,
    /// "integer division result too large for a float"
    Overflow,
}

/// `2.0 ** n` for exponents of normal numbers.
fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// The leading 64 bits (the lowest is set when any bit below them is), and what to shift them by.
fn leading_64(a: &[u32]) -> (u64, u64) {
    let bits = nat::bit_length(a);
    if bits <= 64 {
        return (nat::to_u64(a).unwrap_or(0), 0);
    }
    let skip = bits - 64;
    let first = (skip / SHIFT as u64) as usize;
    let window = a[first..].iter().take(4).rev().fold(0u128, |v, &d| v << SHIFT | d as u128);
    let shift = skip % SHIFT as u64;
    let sticky = window & ((1 << shift) - 1) != 0 || a[..first].iter().any(|&d| d != 0);
    ((window >> shift) as u64 | sticky as u64, skip)
}

/// The nearest double, halves to even.
pub fn to_f64(v: IntRef) -> Result<f64, FloatOverflow> {
    let (top, shift) = leading_64(v.digits);
    if shift > 1024 - 64 {
        return Err(FloatOverflow);
    }
    // One rounding happens in the conversion (the sticky bit is eleven places below it); the
    // scaling is exact or overflows.
    let magnitude = if shift == 0 {
        top as f64
    } else {
        top as f64 * power_of_two(shift as i64 / 2) * power_of_two(shift as i64 - shift as i64 / 2)
    };
    if magnitude.is_infinite() {
        return Err(FloatOverflow);
    }
    Ok(if v.negative { -magnitude } else { magnitude })
}

/// A mantissa in `[0.5, 1)` (or zero) and an exponent: the integer as `frexp` would give it if doubles
/// had no limit (`_PyLong_Frexp`, for logarithms of long integers).
pub fn frexp(v: IntRef) -> (f64, i64) {
    if v.is_zero() {
        return (0.0, 0);
    }
    let (top, shift) = leading_64(v.digits);
    let width = 64 - top.leading_zeros() as i64;
    let (mut mantissa, mut exponent) = (top as f64 * power_of_two(-width), width + shift as i64);
    if mantissa == 1.0 {
        mantissa = 0.5;
        exponent += 1;
    }
    (if v.negative { -mantissa } else { mantissa }, exponent)
}

/// `a / b`, rounded once.
pub fn true_div(a: IntRef, b: IntRef) -> Result<f64, TrueDivError> {
    if b.is_zero() {
        return Err(TrueDivError::ByZero);
    }
    let negative = a.negative != b.negative;
    if a.is_zero() {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    const EXACT: u64 = 1 << 53;
    let magnitude = match (nat::to_u64(a.digits), nat::to_u64(b.digits)) {
        (Some(x), Some(y)) if x <= EXACT && y <= EXACT => x as f64 / y as f64,
        _ => quotient(a.digits, b.digits).ok_or(TrueDivError::Overflow)?,
    };
    Ok(if negative { -magnitude } else { magnitude })
}

/// The quotient of magnitudes, `None` on overflow.
fn quotient(a: &[u32], b: &[u32]) -> Option<f64> {
    let difference = nat::bit_length(a) as i64 - nat::bit_length(b) as i64;
    if difference > 1024 {
        return None;
    }
    if difference < -1076 {
        return Some(0.0);
    }
    // A quotient of 63 or 64 bits: q = floor(a * 2^scale / b).
    let scale = 63 - difference;
    let (dividend, mut sticky) =
        if scale >= 0 { (nat::shl(a, scale as u64), false) } else { nat::shr(a, -scale as u64) };
    let (q, r) = div::div_rem(&dividend, b);
    sticky |= !r.is_empty();
    let q = nat::to_u64(&q)?;
    // Bits that the result cannot hold: beyond 53, or below the smallest subnormal 2^-1074.
    let width = 64 - q.leading_zeros() as i64;
    let drop = (width - 53).max(scale - 1074);
    let (kept, lost) = if drop >= 64 { (0, q) } else { (q >> drop, q & ((1 << drop) - 1)) };
    let half = if drop > 64 { u128::MAX } else { 1u128 << (drop - 1) };
    let up = match (lost as u128).cmp(&half) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => sticky || kept & 1 != 0,
        std::cmp::Ordering::Greater => true,
    };
    let rounded = kept + up as u64;
    let exponent = drop - scale;
    // rounded * 2^exponent is representable or too large.
    let value = if exponent >= -1022 {
        if exponent > 1023 {
            return None;
        }
        rounded as f64 * power_of_two(exponent)
    } else {
        rounded as f64 * power_of_two(-1022) * power_of_two(exponent + 1022)
    };
    value.is_finite().then_some(value)
}

/// The integer part of a finite double; `None` for infinities and NaNs.
pub fn from_f64(x: f64) -> Option<Int> {
    if !x.is_finite() {
        return None;
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    if exponent < -52 {
        return Some(Int::ZERO);
    }
    let digits = if exponent <= 0 {
        nat::from_u64(mantissa >> -exponent)
    } else {
        nat::shl(&nat::from_u64(mantissa), exponent as u64)
    };
    Some(Int::new(x < 0.0, digits))
}

/// The exact comparison of an integer with a finite double.
pub fn cmp_f64(a: IntRef, x: f64) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let Some(whole) = from_f64(x) else {
        return if x > 0.0 { Ordering::Less } else { Ordering::Greater };
    };
    a.cmp(whole.view()).then_with(|| {
        let fraction = x.fract();
        0.0f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal)
    })
}

/// The hash: the value modulo 2^61 - 1 with its sign, and -2 in place of -1.
#[inline]
pub fn hash(v: IntRef) -> i64 {
    const BITS: u32 = crate::hash::NUMERIC_BITS;
    const MODULUS: u64 = crate::hash::NUMERIC_MODULUS;
    let mut x = 0u64;
    for &d in v.digits.iter().rev() {
        // Multiply by 2^30: a rotation modulo 2^61 - 1.
        x = (x << SHIFT) & MODULUS | x >> (BITS - SHIFT);
        x += d as u64;
        if x >= MODULUS {
            x -= MODULUS;
        }
    }
    let h = if v.negative { -(x as i64) } else { x as i64 };
    if h == -1 { -2 } else { h }
}
