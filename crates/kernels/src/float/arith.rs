//! Arithmetic where Python's rules are not the machine's: floor division, powers, rounding to places,
//! exact ratios, hashes, half precision.

use crate::hash::{self, NUMERIC_BITS, NUMERIC_MODULUS};
use crate::int::{Int, nat};

/// `divmod(a, b)` for `b` not zero: the quotient rounded down, the remainder with the sign of `b`.
#[inline]
pub fn div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0.0f64.copysign(a / b)
    };
    (floor, remainder)
}

/// `a % b` for `b` not zero.
#[inline]
pub fn modulo(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) { remainder + b } else { remainder }
    } else {
        0.0f64.copysign(b)
    }
}

/// Why a power is no double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowError {
    /// ZeroDivisionError "zero to a negative power"
    ZeroToNegative,
    /// A negative base and a fractional exponent: the complex power is the answer.
    Complex,
    /// OverflowError (34, "Numerical result out of range")
    Overflow,
}

/// `a ** b`.
pub fn pow(a: f64, b: f64) -> Result<f64, PowError> {
    if b == 0.0 || a == 1.0 {
        return Ok(1.0);
    }
    if a.is_nan() || b.is_nan() {
        return Ok(if a.is_nan() { a } else { b });
    }
    let b_is_odd_integer = || b.abs() % 2.0 == 1.0;
    if b.is_infinite() {
        let magnitude = a.abs();
        return Ok(if magnitude == 1.0 {
            1.0
        } else if (b > 0.0) == (magnitude > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if a.is_infinite() {
        return Ok(match (b > 0.0, b_is_odd_integer()) {
            (true, true) => a,
            (true, false) => a.abs(),
            (false, true) => 0.0f64.copysign(a),
            (false, false) => 0.0,
        });
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(PowError::ZeroToNegative);
        }
        return Ok(if b_is_odd_integer() { a } else { 0.0 });
    }
    let (mut base, mut negate) = (a, false);
    if a < 0.0 {
        if b != b.floor() {
            return Err(PowError::Complex);
        }
        base = -a;
        negate = b_is_odd_integer();
    }
    if base == 1.0 {
        return Ok(if negate { -1.0 } else { 1.0 });
    }
    let result = base.powf(b);
    if result.is_infinite() {
        return Err(PowError::Overflow);
    }
    Ok(if negate { -result } else { result })
}

/// `round(x, ndigits)` for a finite `x`; `None` when the result is too large (OverflowError "rounded
/// value too large to represent").
pub fn round_places(x: f64, ndigits: i64) -> Option<f64> {
    if x == 0.0 || ndigits > 323 {
        return Some(x);
    }
    if ndigits < -308 {
        return Some(0.0 * x);
    }
    let rounded = if ndigits >= 0 {
        let text = format!("{:.*}", ndigits as usize, x.abs());
        text.parse::<f64>().ok()?
    } else {
        round_tens(x.abs(), (-ndigits) as usize)
    };
    rounded.is_finite().then(|| rounded.copysign(x))
}

/// Rounds a positive double to a multiple of `10^places`, halves to even, on its exact decimal text.
fn round_tens(x: f64, places: usize) -> f64 {
    let mut text = format!("{:.0}", x.trunc()).into_bytes();
    if text.len() < places {
        return 0.0;
    }
    let cut = text.len() - places;
    let (kept, lost) = text.split_at_mut(cut);
    let rest_is_zero = lost[1..].iter().all(|&c| c == b'0') && x.fract() == 0.0;
    let odd = kept.last().is_some_and(|c| c & 1 != 0);
    let up = lost[0] > b'5' || (lost[0] == b'5' && (!rest_is_zero || odd));
    lost.fill(b'0');
    let mut carry = up;
    for c in kept.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *c == b'9';
        *c = if carry { b'0' } else { *c + 1 };
    }
    if carry {
        text.insert(0, b'1');
    }
    std::str::from_utf8(&text).ok().and_then(|t| t.parse().ok()).unwrap_or(0.0)
}

/// Numerator and denominator of a finite double in lowest terms.
pub fn as_integer_ratio(x: f64) -> (Int, Int) {
    let one = Int::from(1u64);
    if x == 0.0 {
        return (Int::ZERO, one);
    }
    let (mantissa, exponent) = decompose(x);
    let twos = mantissa.trailing_zeros();
    let (odd, exponent) = (nat::from_u64(mantissa >> twos), exponent + twos as i64);
    if exponent >= 0 {
        (Int::new(x < 0.0, nat::shl(&odd, exponent as u64)), one)
    } else {
        (Int::new(x < 0.0, odd), Int::new(false, nat::shl(&[1], -exponent as u64)))
    }
}

/// Magnitude of a finite double as `mantissa * 2^exponent`.
pub fn decompose(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// The hash, equal to that of an equal integer or fraction; `None` for NaN, whose hash is that of the
/// object's identity.
#[inline]
pub fn hash(x: f64) -> Option<i64> {
    if !x.is_finite() {
        return if x.is_nan() { None } else { Some(if x > 0.0 { hash::INFINITY } else { -hash::INFINITY }) };
    }
    let (mantissa, exponent) = decompose(x);
    // mantissa * 2^exponent modulo 2^61 - 1, where 2^61 = 1: a rotation.
    let rotate = exponent.rem_euclid(NUMERIC_BITS as i64) as u32;
    let value = if rotate == 0 {
        mantissa
    } else {
        (mantissa << rotate) & NUMERIC_MODULUS | mantissa >> (NUMERIC_BITS - rotate)
    };
    let h = if x < 0.0 { -(value as i64) } else { value as i64 };
    Some(if h == -1 { -2 } else { h })
}

/// A half-precision number (`struct` code `e`) as a double.
pub fn from_half(bits: u16) -> f64 {
    let sign = if bits >> 15 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = ((bits >> 10 & 0x1f) as i32, (bits & 0x3ff) as f64);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => {
            // The payload moves to the top of the wider fraction.
            let payload = (bits as u64 & 0x3ff) << 42;
            return f64::from_bits((bits as u64 >> 15) << 63 | 0x7ff << 52 | payload);
        }
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    }
}

/// The nearest half-precision number; `None` when `x` is finite and too large (OverflowError "float too
/// large to pack with e format").
pub fn to_half(x: f64) -> Option<u16> {
    let sign = ((x.to_bits() >> 63) as u16) << 15;
    if x.is_nan() {
        let payload = (x.to_bits() >> 42 & 0x3ff) as u16;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let magnitude = x.abs();
    if magnitude >= 65520.0 {
        return None;
    }
    // Multiples of the spacing at this magnitude; rounding up into the next binade carries rightly.
    let exponent = if magnitude == 0.0 { -14 } else { (decompose_exponent(magnitude)).max(-14) };
    let units = (magnitude * 2f64.powi(10 - exponent)).round_ties_even() as u16;
    Some(sign | ((((exponent + 14) as u16) << 10) + units))
}

/// Exponent of the leading bit of a positive double.
fn decompose_exponent(x: f64) -> i32 {
    let (mantissa, exponent) = decompose(x);
    exponent as i32 + 63 - mantissa.leading_zeros() as i32
}
