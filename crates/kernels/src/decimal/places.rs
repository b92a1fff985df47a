//! Digits and exponents: quantizing, whole values, shifting and rotating, logical operations, neighbours.

use super::compare::{cmp, whole_between};
use super::finish::{finish, finished, invalid, nan_of, round_off};
use super::number::{Dec, MAX_EMAX, MIN_ETINY, Rounding, Rules, has_room, nines, status};
use super::words::{self, Coef, WIDTH};
use super::{arith, divide};
use std::cmp::Ordering;

/// A finite number with another exponent, rounded if that loses digits.
pub fn rescale(a: &Dec, exp: i64, rounding: Rounding, status: &mut u32) -> Dec {
    let mut result = a.clone();
    result.exp = exp;
    if a.coef.is_empty() {
        return result;
    }
    let places = a.exp - exp;
    if places >= 0 {
        result.coef = words::shl(&a.coef, places as usize);
    } else {
        let rest = round_off(&mut result.coef, -places as usize, rounding, a.negative);
        *status |= status::ROUNDED | if rest != 0 { status::INEXACT } else { 0 };
    }
    result
}

/// `a` with the exponent of `b`.
pub fn quantize(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = nan_of(a, Some(b), rules, status) {
            return nan;
        }
        return match a.is_infinite() && b.is_infinite() {
            true => a.clone(),
            false => invalid(status::INVALID_OPERATION, status),
        };
    }
    quantize_to(a, b.exp, rules, status)
}

/// `quantize` of a finite number to an exponent.
pub fn quantize_to(a: &Dec, exp: i64, rules: &Rules, status: &mut u32) -> Dec {
    if exp > rules.emax || exp < rules.etiny() {
        return invalid(status::INVALID_OPERATION, status);
    }
    if a.coef.is_empty() {
        return finished(Dec::zero(a.negative, exp), rules, status);
    }
    let adjusted = a.adjusted();
    if adjusted > rules.emax || adjusted - exp + 1 > rules.prec {
        return invalid(status::INVALID_OPERATION, status);
    }
    if a.exp > exp && !has_room(adjusted - exp + 1, status) {
        return Dec::nan();
    }
    let mut met = 0;
    let mut result = rescale(a, exp, rules.rounding, &mut met);
    if result.adjusted() > rules.emax || (!result.coef.is_empty() && result.digits() > rules.prec) {
        return invalid(status::INVALID_OPERATION, status);
    }
    *status |= met;
    finish(&mut result, rules, status);
    result
}

/// The nearest whole number by a rounding; `exact` tells of what was lost.
fn to_whole(a: &Dec, rounding: Rounding, exact: bool, rules: &Rules, status: &mut u32) -> Dec {
    if !a.is_finite() {
        return nan_of(a, None, rules, status).unwrap_or_else(|| a.clone());
    }
    if a.exp >= 0 {
        return a.clone();
    }
    if a.coef.is_empty() {
        return Dec::zero(a.negative, 0);
    }
    let mut met = 0;
    let result = rescale(a, 0, rounding, &mut met);
    if exact {
        *status |= met;
    }
    result
}

pub fn to_integral_value(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    to_whole(a, rules.rounding, false, rules, status)
}

pub fn to_integral_exact(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    to_whole(a, rules.rounding, true, rules, status)
}

/// Without zeros at the end.
pub fn normalize(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !a.is_finite() {
        return nan_of(a, None, rules, status).unwrap_or_else(|| a.clone());
    }
    let mut result = finished(a.clone(), rules, status);
    if !result.is_finite() {
        return result;
    }
    if result.coef.is_empty() {
        result.exp = 0;
        return result;
    }
    divide::drop_zeros(&mut result, rules.max_exponent());
    result
}

/// The exponent of the highest digit.
pub fn logb(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if a.is_nan() {
        return nan_of(a, None, rules, status).unwrap_or_else(Dec::nan);
    }
    if a.is_infinite() {
        return Dec::infinity(false);
    }
    if a.coef.is_empty() {
        *status |= status::DIVISION_BY_ZERO;
        return Dec::infinity(true);
    }
    finished(Dec::of_i64(a.adjusted()), rules, status)
}

/// `a * 10 ** b`.
pub fn scaleb(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return nan;
    }
    let limit = 2 * (rules.emax + rules.prec);
    match whole_between(b, -limit, limit, status) {
        Err(nan) => nan,
        Ok(_) if a.is_infinite() => a.clone(),
        Ok(places) => {
            let mut result = a.clone();
            result.exp = (a.exp.saturating_add(places)).clamp(MIN_ETINY - 1, MAX_EMAX + 1);
            finished(result, rules, status)
        }
    }
}

/// A coefficient cut to the precision, its lowest digits.
fn cut(a: &Dec, rules: &Rules) -> Coef {
    let mut coef = a.coef.clone();
    if a.digits() > rules.prec {
        words::keep_low(&mut coef, rules.prec as usize);
    }
    coef
}

/// The coefficient moved by `b` digits, to the left if that is positive.
pub fn shift(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    match places_of(a, b, rules, status) {
        Err(nan) => nan,
        Ok(_) if a.is_infinite() => a.clone(),
        Ok(places) => {
            let mut coef = cut(a, rules);
            if places < 0 {
                words::shr_assign(&mut coef, -places as usize);
            } else {
                if !has_room(a.digits() + places, status) {
                    return Dec::nan();
                }
                coef = words::shl(&coef, places as usize);
                words::keep_low(&mut coef, rules.prec as usize);
            }
            Dec::new(a.negative, coef, a.exp)
        }
    }
}

/// The coefficient, filled up to the precision, turned round by `b` digits.
pub fn rotate(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    match places_of(a, b, rules, status) {
        Err(nan) => nan,
        Ok(_) if a.is_infinite() => a.clone(),
        Ok(places) => {
            if !has_room(rules.prec, status) {
                return Dec::nan();
            }
            let left = places.rem_euclid(rules.prec) as usize;
            let coef = cut(a, rules);
            let mut low = coef.clone();
            words::shr_assign(&mut low, rules.prec as usize - left);
            let mut high = words::shl(&coef, left);
            words::keep_low(&mut high, rules.prec as usize);
            Dec::new(a.negative, words::add(&high, &low), a.exp)
        }
    }
}

/// The second operand of a shift.
fn places_of(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Result<i64, Dec> {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return Err(nan);
    }
    whole_between(b, -rules.prec, rules.prec, status)
}

/// A logical operation, of ones and zeros.
#[derive(Clone, Copy)]
pub enum Logic {
    And,
    Or,
    Xor,
}

/// Whether a word's digits are all zeros and ones.
fn is_logical_word(mut word: u64) -> bool {
    while word != 0 {
        if word % 10 > 1 {
            return false;
        }
        word /= 10;
    }
    true
}

fn is_logical(a: &Dec) -> bool {
    a.is_finite() && !a.negative && a.exp == 0 && a.coef.iter().all(|&word| is_logical_word(word))
}

fn combine_words(a: u64, b: u64, op: Logic) -> u64 {
    (0..WIDTH).fold(0, |out, i| {
        let power = words::POWERS[i];
        // A quotient's parity is that of its last digit.
        let (x, y) = ((a / power) & 1, (b / power) & 1);
        let digit = match op {
            Logic::And => x & y,
            Logic::Or => x | y,
            Logic::Xor => x ^ y,
        };
        out + digit * power
    })
}

pub fn logical(a: &Dec, b: &Dec, op: Logic, rules: &Rules, status: &mut u32) -> Dec {
    if !is_logical(a) || !is_logical(b) {
        return invalid(status::INVALID_OPERATION, status);
    }
    let (x, y) = (cut(a, rules), cut(b, rules));
    let mut coef = Coef::new();
    for i in 0..x.len().max(y.len()) {
        let word = |coef: &Coef| coef.get(i).copied().unwrap_or(0);
        coef.push(combine_words(word(&x), word(&y), op));
    }
    words::normalise(&mut coef);
    Dec::new(false, coef, 0)
}

pub fn logical_invert(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !is_logical(a) {
        return invalid(status::INVALID_OPERATION, status);
    }
    if !has_room(rules.prec, status) {
        return Dec::nan();
    }
    // As many ones as the precision has digits, less the operand's.
    let mut ones = nines(rules.prec);
    words::div_small_assign(&mut ones, 9);
    words::normalise(&mut ones);
    let ones = Dec::new(false, ones, 0);
    logical(&ones, a, Logic::Xor, rules, status)
}

/// The next number towards an infinity of the sign.
fn next_in_direction(a: &Dec, down: bool, rules: &Rules, status: &mut u32) -> Dec {
    if a.is_nan() {
        return nan_of(a, None, rules, status).unwrap_or_else(Dec::nan);
    }
    if a.is_infinite() {
        if a.negative == down {
            return a.clone();
        }
        return if has_room(rules.prec, status) { Dec::greatest(a.negative, rules) } else { Dec::nan() };
    }
    let rounded = rules.rounding(if down { Rounding::Floor } else { Rounding::Ceiling });
    let mut ignored = 0;
    let result = finished(a.clone(), &rounded, &mut ignored);
    if !result.is_finite() || cmp(&result, a) != Ordering::Equal {
        *status |= ignored & status::NO_MEMORY;
        return result;
    }
    // The number itself fits: a step less than its last digit's.
    let step = Dec::of_word(down, 1, rules.etiny() - 1);
    let result = arith::add(&result, &step, &rounded, &mut ignored);
    *status |= ignored & status::NO_MEMORY;
    result
}

pub fn next_minus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    next_in_direction(a, true, rules, status)
}

pub fn next_plus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    next_in_direction(a, false, rules, status)
}

/// The next number from `a` towards `b`.
pub fn next_toward(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return nan;
    }
    let result = match cmp(a, b) {
        Ordering::Equal => return a.clone().with_sign(b.negative),
        Ordering::Less => next_plus(a, rules, status),
        Ordering::Greater => next_minus(a, rules, status),
    };
    if result.is_infinite() && a.is_finite() {
        *status |= status::OVERFLOW | status::ROUNDED | status::INEXACT;
    } else if result.is_finite() && result.adjusted() < rules.emin {
        *status |= status::UNDERFLOW | status::SUBNORMAL | status::ROUNDED | status::INEXACT;
        if result.is_zero() {
            *status |= status::CLAMPED;
        }
    }
    result
}
