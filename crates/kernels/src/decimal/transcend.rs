//! Exponential, logarithms and square root, correctly rounded (half to even, whatever the rules say).

use super::arith;
use super::div;
use super::divide::mark_inexact;
use super::finish::{finished, invalid, nan_of};
use super::fixed::{self, NOISE};
use super::number::{Dec, Rounding, Rules, has_room, status};
use super::words::{self, Coef, WIDTH};

/// The logarithm's greatest whole part that a result may have has nineteen digits.
const GREATEST_ADJUSTED: i64 = 18;

/// Words for so many digits, with two more for the noise.
fn scale_for(digits: i64) -> usize {
    digits.max(0) as usize / WIDTH + 3
}

/// Computes with more and more words until the rounding is certain.
pub fn settle(digits: i64, at_least: i64, mut compute: impl FnMut(usize) -> (bool, Coef, i64)) -> Dec {
    let mut scale = scale_for(at_least);
    loop {
        let (negative, mut coef, exp) = compute(scale);
        if fixed::is_settled(&coef, digits) {
            mark_inexact(&mut coef);
            return Dec::new(negative, coef, exp);
        }
        scale += 2 + scale / 4;
    }
}

/// A result beyond all bounds.
pub fn too_great(negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    finished(Dec::of_word(negative, 1, rules.emax + 1), rules, status)
}

/// A result below all bounds.
pub fn too_small(negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    finished(Dec::of_word(negative, 1, rules.etiny() - 2), rules, status)
}

/// One, and a little more or less: what a precision makes of a number very near to one.
fn about_one(less: bool, rules: &Rules, status: &mut u32) -> Dec {
    let places = rules.prec + 2;
    let power = words::power_of_ten(places as usize);
    let coef = if less { words::sub(&power, &[1]) } else { words::add(&power, &[1]) };
    finished(Dec::new(false, coef, -places), rules, status)
}

/// `e ** value`, for a value of at most nineteen whole digits.
pub fn exp_parts(negative: bool, value: &[u64], value_scale: usize, scale: usize) -> (Coef, i64) {
    let wide = scale + 2;
    let ten = fixed::ln10(wide);
    let value = fixed::at_scale(&Coef::from_slice(value), value_scale, wide);
    let (tens, mut rest) = div::div_rem(&value, &ten);
    let mut tens = words::to_u128(&tens).unwrap_or(0) as i64;
    if negative {
        tens = -tens - 1;
        rest = words::sub(&ten, &rest);
    }
    let power = fixed::exp(&fixed::at_scale(&rest, wide, scale), scale);
    (power, tens - (scale * WIDTH) as i64)
}

/// `e ** a`.
pub fn exp(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let rules = &rules.rounding(Rounding::HalfEven);
    if a.is_nan() {
        return nan_of(a, None, rules, status).unwrap_or_else(Dec::nan);
    }
    if a.is_infinite() {
        return if a.negative { Dec::zero(false, 0) } else { Dec::infinity(false) };
    }
    if a.coef.is_empty() {
        return Dec::of_word(false, 1, 0);
    }
    if a.adjusted() > GREATEST_ADJUSTED {
        return if a.negative { too_small(false, rules, status) } else { too_great(false, rules, status) };
    }
    if !has_room(rules.prec.saturating_mul(4), status) {
        return Dec::nan();
    }
    if a.adjusted() < -(rules.prec + 2) {
        return about_one(a.negative, rules, status);
    }
    let result = settle(rules.prec, rules.prec, |scale| {
        let wide = scale + 2;
        let value = fixed::from_parts(&a.coef, a.exp, wide);
        let (coef, exp) = exp_parts(a.negative, &value, wide, scale);
        (false, coef, exp)
    });
    finished(result, rules, status)
}

/// Digits between the point and the first digit of `ln a`, for a number near one.
pub fn closeness(a: &Dec) -> i64 {
    if !(-1..=0).contains(&a.adjusted()) {
        return 0;
    }
    let distance = arith::sub(a, &Dec::of_word(false, 1, 0), &Rules::MAX, &mut 0);
    (-distance.adjusted()).max(0)
}

/// The natural logarithm of a positive number: whether it is negative, and its magnitude.
pub fn ln_parts(a: &Dec, scale: usize) -> (bool, Coef) {
    let tens = a.adjusted();
    if tens == -1 {
        // Of the inverse, lest what is near one cancels out.
        let places = (scale * WIDTH) as i64 - a.exp;
        let inverse = div::div_rem(&words::power_of_ten(places as usize), &a.coef).0;
        return (true, fixed::ln(&inverse, scale));
    }
    let part = fixed::ln(&fixed::from_parts(&a.coef, a.exp - tens, scale), scale);
    // One word more for the product's error.
    let mut whole = fixed::ln10(scale + 1);
    let carry = words::mul_small_assign(&mut whole, tens.unsigned_abs(), 0);
    if carry != 0 {
        whole.push(carry);
    }
    words::normalise(&mut whole);
    let whole = fixed::at_scale(&whole, scale + 1, scale);
    if tens >= 0 { (false, words::add(&whole, &part)) } else { (true, words::sub(&whole, &part)) }
}

/// What both logarithms make of special values.
fn logarithm_special(a: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if a.is_nan() {
        return nan_of(a, None, rules, status);
    }
    if a.is_zero() {
        return Some(Dec::infinity(true));
    }
    if a.negative {
        return Some(invalid(status::INVALID_OPERATION, status));
    }
    if a.is_infinite() {
        return Some(Dec::infinity(false));
    }
    None
}

/// The power of ten that a number is.
pub fn power_of_ten_of(a: &Dec) -> Option<i64> {
    let zeros = words::trailing_zeros(&a.coef);
    (zeros as i64 + 1 == a.digits() && words::digit(&a.coef, zeros) == 1).then(|| a.adjusted())
}

/// The natural logarithm.
pub fn ln(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let rules = &rules.rounding(Rounding::HalfEven);
    if let Some(result) = logarithm_special(a, rules, status) {
        return result;
    }
    if power_of_ten_of(a) == Some(0) {
        return Dec::zero(false, 0);
    }
    if !has_room(rules.prec.saturating_mul(4), status) {
        return Dec::nan();
    }
    let result = settle(rules.prec, rules.prec + closeness(a), |scale| {
        let (negative, coef) = ln_parts(a, scale);
        (negative, coef, -((scale * WIDTH) as i64))
    });
    finished(result, rules, status)
}

/// The logarithm to the base of ten.
pub fn log10(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let rules = &rules.rounding(Rounding::HalfEven);
    if let Some(result) = logarithm_special(a, rules, status) {
        return result;
    }
    if let Some(power) = power_of_ten_of(a) {
        return finished(Dec::of_i64(power), rules, status);
    }
    if !has_room(rules.prec.saturating_mul(4), status) {
        return Dec::nan();
    }
    let result = settle(rules.prec, rules.prec + closeness(a), |scale| {
        let (negative, coef) = ln_parts(a, scale);
        (negative, fixed::div_fixed(&coef, &fixed::ln10(scale), scale), -((scale * WIDTH) as i64))
    });
    finished(result, rules, status)
}

/// The square root.
pub fn sqrt(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let rules = &rules.rounding(Rounding::HalfEven);
    if a.is_nan() {
        return nan_of(a, None, rules, status).unwrap_or_else(Dec::nan);
    }
    if a.is_zero() {
        return finished(Dec::zero(a.negative, a.exp.div_euclid(2)), rules, status);
    }
    if a.negative {
        return invalid(status::INVALID_OPERATION, status);
    }
    if a.is_infinite() {
        return a.clone();
    }
    let mut met = 0;
    if has_room(2 * rules.prec.min(i64::MAX / 4), &mut met) {
        return finished(sqrt_finite(a, rules.prec), rules, status);
    }
    // No memory for all digits: an exact root has no more than the number.
    let mut narrow = *rules;
    narrow.prec = a.digits();
    let result = finished(sqrt_finite(a, narrow.prec), &narrow, &mut met);
    if met & status::INEXACT != 0 {
        *status |= status::NO_MEMORY;
        return Dec::nan();
    }
    finished(result, rules, status)
}

/// The root to one digit more than the precision, marked where there is more to it.
fn sqrt_finite(a: &Dec, prec: i64) -> Dec {
    let odd = a.exp.rem_euclid(2);
    let half = (a.digits() + odd + 1) / 2;
    let shift = prec + 1 - half;
    let (mut value, mut exact) = (words::shl(&a.coef, odd as usize), true);
    if shift >= 0 {
        value = words::shl(&value, 2 * shift as usize);
    } else {
        exact = words::shr_assign(&mut value, (-2 * shift) as usize) == 0;
    }
    let (mut root, whole) = div::sqrt(&value);
    let mut exp = a.exp.div_euclid(2);
    if exact && whole {
        if shift >= 0 {
            words::shr_assign(&mut root, shift as usize);
        } else {
            root = words::shl(&root, -shift as usize);
        }
    } else {
        exp -= shift;
        mark_inexact(&mut root);
    }
    Dec::new(false, root, exp)
}

const _: () = assert!(NOISE < 2 * WIDTH);
