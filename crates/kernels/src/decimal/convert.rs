//! Decimal numbers from and to integers and doubles; hashes.

use super::mul::mul;
use super::number::{Dec, Kind};
use super::words::{self, BASE, Coef};
use crate::float::arith::decompose;
use crate::int::{self, IntRef};

/// The modulus of Python's numeric hashes.
const HASH_MODULUS: u64 = (1 << 61) - 1;
/// What an infinity hashes to.
const HASH_INFINITY: i64 = 314_159;

/// The coefficient of an integer's magnitude.
pub fn of_digits(digits: &[u32]) -> Coef {
    match int::nat::to_u64(digits) {
        Some(word) => words::of_word(word),
        None => words::parse(int::radix::to_text(digits, 10).as_bytes()),
    }
}

/// An integer.
pub fn from_int(value: IntRef<'_>) -> Dec {
    Dec::new(value.signum() < 0, of_digits(value.digits), 0)
}

/// Digits of an integer's magnitude that are those of a coefficient.
pub fn to_digits(coef: &[u64]) -> Vec<u32> {
    match coef {
        [] => Vec::new(),
        &[word] => int::nat::from_u64(word),
        &[low, high] => int::nat::from_u128(high as u128 * BASE as u128 + low as u128),
        _ => {
            let mut text = Vec::new();
            words::write(&mut text, coef);
            int::radix::from_text(&text, 10).unwrap_or_default()
        }
    }
}

/// The whole part of a finite number's magnitude; the caller bounds the exponent by memory.
pub fn whole_digits(dec: &Dec) -> Vec<u32> {
    if dec.exp >= 0 {
        return to_digits(&words::shl(&dec.coef, dec.exp as usize));
    }
    let mut coef = dec.coef.clone();
    words::shr_assign(&mut coef, dec.exp.unsigned_abs() as usize);
    to_digits(&coef)
}

/// `5 ** exponent`.
fn power_of_five(exponent: u64) -> Coef {
    let mut result = words::of_word(1);
    for bit in (0..64 - exponent.leading_zeros()).rev() {
        result = mul(&result, &result);
        if exponent >> bit & 1 != 0 {
            let carry = words::mul_small_assign(&mut result, 5, 0);
            if carry != 0 {
                result.push(carry);
            }
        }
    }
    result
}

/// A double, exactly.
pub fn from_f64(value: f64) -> Dec {
    let negative = value.is_sign_negative();
    if value.is_nan() {
        return Dec::nan().with_sign(negative);
    }
    if value.is_infinite() {
        return Dec::infinity(negative);
    }
    let (mut mantissa, mut exponent) = decompose(value.abs());
    if mantissa == 0 {
        return Dec::zero(negative, 0);
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += i64::from(zeros);
    let word = words::of_word(mantissa);
    if exponent >= 0 {
        let shifted = int::nat::shl(&int::nat::from_u64(mantissa), exponent as u64);
        return Dec::new(negative, of_digits(&shifted), 0);
    }
    // m * 2^-k = m * 5^k * 10^-k
    Dec::new(negative, mul(&word, &power_of_five(exponent.unsigned_abs())), exponent)
}

fn mul_mod(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    let sum = (product as u64 & HASH_MODULUS) + (product >> 61) as u64;
    if sum >= HASH_MODULUS { sum - HASH_MODULUS } else { sum }
}

fn pow_mod(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent != 0 {
        if exponent & 1 != 0 {
            result = mul_mod(result, base);
        }
        base = mul_mod(base, base);
        exponent >>= 1;
    }
    result
}

/// The hash that equal numbers of all types share; `None` for a NaN.
pub fn hash(dec: &Dec) -> Option<i64> {
    let value = match dec.kind {
        Kind::Quiet | Kind::Signalling => return None,
        Kind::Infinite => HASH_INFINITY,
        Kind::Finite => {
            let base = BASE % HASH_MODULUS;
            let coef = dec.coef.iter().rev().fold(0, |value, &word| {
                let sum = mul_mod(value, base) + word % HASH_MODULUS;
                if sum >= HASH_MODULUS { sum - HASH_MODULUS } else { sum }
            });
            // The inverse of ten; powers repeat after one less than the modulus.
            let ten = if dec.exp >= 0 { 10 } else { pow_mod(10, HASH_MODULUS - 2) };
            let power = pow_mod(ten, dec.exp.unsigned_abs() % (HASH_MODULUS - 1));
            mul_mod(coef, power) as i64
        }
    };
    Some(match if dec.negative { -value } else { value } {
        -1 => -2,
        value => value,
    })
}
