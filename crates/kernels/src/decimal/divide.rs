//! Division: true, whole, with remainder, with the nearest quotient.

use super::div::div_rem;
use super::finish::{finish, finished, invalid, nan_of};
use super::number::{Dec, Rules, has_room, status};
use super::words::{self, Coef};

/// `a / b`.
pub fn divide(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let negative = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = nan_of(a, Some(b), rules, status) {
            return nan;
        }
        return match (a.is_infinite(), b.is_infinite()) {
            (true, true) => invalid(status::INVALID_OPERATION, status),
            (true, false) => Dec::infinity(negative),
            // As little as there is.
            _ => {
                *status |= status::CLAMPED;
                Dec::zero(negative, rules.etiny())
            }
        };
    }
    if b.coef.is_empty() {
        if a.coef.is_empty() {
            return invalid(status::DIVISION_UNDEFINED, status);
        }
        *status |= status::DIVISION_BY_ZERO;
        return Dec::infinity(negative);
    }
    let mut quotient = quotient(a, b, rules, status);
    quotient.negative = negative;
    finish(&mut quotient, rules, status);
    quotient
}

/// The quotient of finite numbers to one digit more than the precision; where there is more to it, the last digit is
/// neither 0 nor 5.
fn quotient(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if a.coef.is_empty() {
        return Dec::zero(false, a.exp - b.exp);
    }
    let mut met = 0;
    if has_room(rules.prec + a.digits() + b.digits(), &mut met) {
        return quotient_to(a, b, rules.prec).0;
    }
    // No memory for all digits: an exact quotient has no more than this, as a power of two divides the greatest power
    // of ten that is not longer than four times its digits.
    let (result, exact) = quotient_to(a, b, a.digits() + 4 * b.digits());
    if exact {
        return result;
    }
    *status |= met;
    Dec::nan()
}

/// The quotient to one digit more than `prec`, marked where there is more to it, and whether there is not.
fn quotient_to(a: &Dec, b: &Dec, prec: i64) -> (Dec, bool) {
    let ideal = a.exp - b.exp;
    let places = b.digits() - a.digits() + prec + 1;
    let scaled;
    let (quotient, rest) = if places >= 0 {
        scaled = words::shl(&a.coef, places as usize);
        div_rem(&scaled, &b.coef)
    } else {
        scaled = words::shl(&b.coef, -places as usize);
        div_rem(&a.coef, &scaled)
    };
    let mut result = Dec::new(false, quotient, ideal - places);
    let exact = rest.is_empty();
    if !exact {
        mark_inexact(&mut result.coef);
    } else if places > 0 {
        drop_zeros(&mut result, ideal);
    }
    (result, exact)
}

/// Makes a last digit of 0 or 5 say that something was cut off below it.
pub fn mark_inexact(coef: &mut Coef) {
    match coef.first_mut() {
        Some(word) if word.is_multiple_of(5) => *word += 1,
        Some(_) => {}
        None => coef.push(1),
    }
}

/// Drops zeros below the lowest other digit until the exponent is the one wanted.
pub fn drop_zeros(dec: &mut Dec, ideal: i64) {
    if dec.exp < ideal && !dec.coef.is_empty() {
        let zeros = (words::trailing_zeros(&dec.coef) as i64).min(ideal - dec.exp);
        words::shr_assign(&mut dec.coef, zeros as usize);
        dec.exp += zeros;
    }
}

/// Whole quotient and remainder of finite numbers, the second not zero; `None` where the quotient has more digits than
/// the precision.
fn whole_parts(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Option<(Coef, Dec)> {
    let ideal = a.exp.min(b.exp);
    let distance = a.adjusted() - b.adjusted();
    if a.coef.is_empty() || distance <= -1 {
        if a.coef.is_empty() {
            return Some((Coef::new(), Dec::zero(a.negative, ideal)));
        }
        let coef = words::shl(&a.coef, (a.exp - ideal) as usize);
        return Some((Coef::new(), Dec::new(a.negative, coef, ideal)));
    }
    if distance > rules.prec || !has_room(a.digits().max(b.digits()) + (a.exp - b.exp).abs(), status) {
        return None;
    }
    let gap = a.exp - b.exp;
    let scaled;
    let (quotient, rest) = if gap > 0 {
        scaled = words::shl(&a.coef, gap as usize);
        div_rem(&scaled, &b.coef)
    } else if gap < 0 {
        scaled = words::shl(&b.coef, -gap as usize);
        div_rem(&a.coef, &scaled)
    } else {
        div_rem(&a.coef, &b.coef)
    };
    if words::digits(&quotient) as i64 > rules.prec {
        return None;
    }
    Some((quotient, Dec::new(a.negative, rest, ideal)))
}

/// The whole part of `a / b`.
pub fn divide_whole(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let negative = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = nan_of(a, Some(b), rules, status) {
            return nan;
        }
        return match (a.is_infinite(), b.is_infinite()) {
            (true, true) => invalid(status::INVALID_OPERATION, status),
            (true, false) => Dec::infinity(negative),
            _ => Dec::zero(negative, 0),
        };
    }
    if b.coef.is_empty() {
        if a.coef.is_empty() {
            return invalid(status::DIVISION_UNDEFINED, status);
        }
        *status |= status::DIVISION_BY_ZERO;
        return Dec::infinity(negative);
    }
    match whole_parts(a, b, rules, status) {
        Some((quotient, _)) => finished(Dec::new(negative, quotient, 0), rules, status),
        None => impossible(status),
    }
}

fn impossible(status: &mut u32) -> Dec {
    if *status & status::NO_MEMORY != 0 {
        return Dec::nan();
    }
    invalid(status::DIVISION_IMPOSSIBLE, status)
}

/// `a - b * whole(a / b)`.
pub fn remainder(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(result) = remainder_special(a, b, rules, status) {
        return result;
    }
    match whole_parts(a, b, rules, status) {
        Some((_, rest)) => finished(rest, rules, status),
        None => impossible(status),
    }
}

/// The remainder where an operand is special or the divisor zero.
fn remainder_special(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = nan_of(a, Some(b), rules, status) {
            return Some(nan);
        }
        return Some(match a.is_infinite() {
            true => invalid(status::INVALID_OPERATION, status),
            false => finished(a.clone(), rules, status),
        });
    }
    if b.coef.is_empty() {
        let condition =
            if a.coef.is_empty() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION };
        return Some(invalid(condition, status));
    }
    None
}

/// Whole quotient and remainder.
pub fn div_mod(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> (Dec, Dec) {
    let negative = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = nan_of(a, Some(b), rules, status) {
            return (nan.clone(), nan);
        }
        if a.is_infinite() {
            let nan = invalid(status::INVALID_OPERATION, status);
            let quotient = if b.is_infinite() { nan.clone() } else { Dec::infinity(negative) };
            return (quotient, nan);
        }
        return (Dec::zero(negative, 0), finished(a.clone(), rules, status));
    }
    if b.coef.is_empty() {
        if a.coef.is_empty() {
            let nan = invalid(status::DIVISION_UNDEFINED, status);
            return (nan.clone(), nan);
        }
        let nan = invalid(status::INVALID_OPERATION | status::DIVISION_BY_ZERO, status);
        return (Dec::infinity(negative), nan);
    }
    match whole_parts(a, b, rules, status) {
        Some((quotient, rest)) => {
            let quotient = finished(Dec::new(negative, quotient, 0), rules, status);
            (quotient, finished(rest, rules, status))
        }
        None => {
            let nan = impossible(status);
            (nan.clone(), nan)
        }
    }
}

/// `a - b * nearest(a / b)`, the even one of two that are equally near.
pub fn remainder_near(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(result) = remainder_special(a, b, rules, status) {
        return result;
    }
    let Some((mut quotient, mut rest)) = whole_parts(a, b, rules, status) else { return impossible(status) };
    // Both at the remainder's exponent.
    let divisor = if rest.exp < b.exp && a.adjusted() >= b.adjusted() - 1 {
        words::shl(&b.coef, (b.exp - rest.exp) as usize)
    } else if rest.exp < b.exp {
        // Far below half of the divisor.
        return finished(rest, rules, status);
    } else {
        b.coef.clone()
    };
    let double = words::add(&rest.coef, &rest.coef);
    let order = words::cmp(&double, &divisor);
    if order.is_gt() || (order.is_eq() && words::is_odd(&quotient)) {
        rest.coef = words::sub(&divisor, &rest.coef);
        rest.negative = !rest.negative;
        words::increment(&mut quotient);
        if words::digits(&quotient) as i64 > rules.prec {
            return impossible(status);
        }
    }
    finished(rest, rules, status)
}
