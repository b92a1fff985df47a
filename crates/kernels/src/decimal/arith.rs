//! Addition, subtraction, multiplication, and the two in one.

use super::finish::{finish, finished, invalid, nan_of};
use super::mul::mul as mul_words;
use super::number::{Dec, Rounding, Rules, has_room, status};
use super::words::{self, POWERS};
use std::cmp::Ordering;

/// `a + b`.
#[inline]
pub fn add(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    add_signed(a, b, b.negative, rules, status)
}

/// `a - b`.
#[inline]
pub fn sub(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    add_signed(a, b, !b.negative, rules, status)
}

/// `a` and `b` with another sign.
fn add_signed(a: &Dec, b: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if !a.is_finite() || !b.is_finite() {
        return add_special(a, b, negative, rules, status);
    }
    let mut sum = match add_words(a, b, negative, rules) {
        Some(sum) => sum,
        None => add_finite(a, b, negative, rules, status),
    };
    finish(&mut sum, rules, status);
    sum
}

#[cold]
fn add_special(a: &Dec, b: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return nan;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != negative => invalid(status::INVALID_OPERATION, status),
        (true, _) => Dec::infinity(a.negative),
        _ => Dec::infinity(negative),
    }
}

/// The exact sum where both coefficients are a word and their exponents near each other.
#[inline]
fn add_words(a: &Dec, b: &Dec, negative: bool, rules: &Rules) -> Option<Dec> {
    let (&[x], &[y]) = (&a.coef[..], &b.coef[..]) else { return None };
    let gap = a.exp - b.exp;
    if !(-18..=18).contains(&gap) {
        return None;
    }
    let x = x as u128 * POWERS[gap.max(0) as usize] as u128;
    let y = y as u128 * POWERS[(-gap).max(0) as usize] as u128;
    let exp = a.exp.min(b.exp);
    let (value, sign) = if a.negative == negative {
        (x + y, negative)
    } else {
        match x.cmp(&y) {
            Ordering::Greater => (x - y, a.negative),
            Ordering::Less => (y - x, negative),
            Ordering::Equal => return Some(Dec::zero(rules.rounding == Rounding::Floor, exp)),
        }
    };
    let coef = match u64::try_from(value) {
        Ok(word) => words::of_word(word),
        Err(_) => words::of_two_words(value),
    };
    Some(Dec::new(sign, coef, exp))
}

/// The sum of finite numbers, exact but for what cannot change how it is rounded.
fn add_finite(a: &Dec, b: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    let exp = a.exp.min(b.exp);
    if a.coef.is_empty() || b.coef.is_empty() {
        let (other, sign) = if a.coef.is_empty() { (b, negative) } else { (a, a.negative) };
        if other.coef.is_empty() {
            let both = a.negative && negative;
            let differ = a.negative != negative;
            return Dec::zero(both || (differ && rules.rounding == Rounding::Floor), exp);
        }
        // The number gets as many zeros as there is room for.
        let wanted = other.exp - exp;
        let zeros = wanted.min((rules.prec - other.digits()).max(0));
        if zeros < wanted {
            *status |= status::ROUNDED;
        }
        if !has_room(zeros, status) {
            return Dec::nan();
        }
        return Dec::new(sign, words::shl(&other.coef, zeros as usize), other.exp - zeros);
    }
    let (big, big_sign, small, small_sign) =
        if a.exp >= b.exp { (a, a.negative, b, negative) } else { (b, negative, a, a.negative) };
    // A number so small that only its sign matters becomes a one not far below the other's last digit.
    let least = big.exp + (-1).min(big.digits() - rules.prec - 2);
    let (one, small_coef, small_exp): (_, &[u64], _) = if small.adjusted() < least {
        (true, &[1], least.min(big.exp))
    } else {
        (false, &small.coef, small.exp)
    };
    let places = big.exp - small_exp;
    if !has_room(big.digits() + places, status) {
        return Dec::nan();
    }
    let mut coef = words::shl(&big.coef, places as usize);
    let mut sign = big_sign;
    if big_sign == small_sign {
        coef = words::add(&coef, small_coef);
    } else {
        match words::cmp(&coef, small_coef) {
            Ordering::Greater => coef = words::sub(&coef, small_coef),
            Ordering::Less => {
                coef = words::sub(small_coef, &coef);
                sign = small_sign;
            }
            Ordering::Equal => return Dec::zero(rules.rounding == Rounding::Floor, exp),
        }
    }
    debug_assert!(!one || !coef.is_empty());
    Dec::new(sign, coef, small_exp)
}

/// `a * b`.
#[inline]
pub fn mul(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !a.is_finite() || !b.is_finite() {
        return mul_special(a, b, rules, status);
    }
    let mut product = Dec::new(a.negative != b.negative, mul_words(&a.coef, &b.coef), a.exp + b.exp);
    finish(&mut product, rules, status);
    product
}

#[cold]
fn mul_special(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return nan;
    }
    if a.is_zero() || b.is_zero() {
        return invalid(status::INVALID_OPERATION, status);
    }
    Dec::infinity(a.negative != b.negative)
}

/// `a * b + c`, rounded once.
pub fn fma(a: &Dec, b: &Dec, c: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    // Nothing times an infinity has no value, whatever is added.
    if !(a.is_infinite() && b.is_zero() || a.is_zero() && b.is_infinite()) {
        let operands = [a, b, c];
        let signalling = operands.into_iter().find(|operand| operand.is_snan());
        if let Some(nan) = signalling.or_else(|| operands.into_iter().find(|operand| operand.is_nan())) {
            return nan_of(nan, None, rules, status).unwrap_or_else(Dec::nan);
        }
    }
    let product = if a.is_finite() && b.is_finite() {
        Dec::new(a.negative != b.negative, mul_words(&a.coef, &b.coef), a.exp + b.exp)
    } else {
        mul_special(a, b, rules, status)
    };
    if product.is_nan() { product } else { add(&product, c, rules, status) }
}

/// `0 + a`.
pub fn plus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_if_any(a, rules, status) {
        return nan;
    }
    let negative = a.negative && !(a.is_zero() && rules.rounding != Rounding::Floor);
    finished(a.clone().with_sign(negative), rules, status)
}

/// `0 - a`.
pub fn minus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_if_any(a, rules, status) {
        return nan;
    }
    let negative = !(a.negative || a.is_zero() && rules.rounding != Rounding::Floor);
    finished(a.clone().with_sign(negative), rules, status)
}

pub fn abs(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if a.negative { minus(a, rules, status) } else { plus(a, rules, status) }
}

#[inline]
fn nan_if_any(a: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if a.is_nan() { nan_of(a, None, rules, status) } else { None }
}
