//! Order: numerical, total, of magnitudes; the lesser and the greater.

use super::finish::{finished, invalid, nan_of};
use super::number::{Dec, Kind, Rules, status};
use super::words;
use std::cmp::Ordering;

/// Compares the magnitudes of two finite numbers or infinities.
fn cmp_magnitude(a: &Dec, b: &Dec) -> Ordering {
    if a.is_infinite() || b.is_infinite() {
        return a.is_infinite().cmp(&b.is_infinite());
    }
    if a.coef.is_empty() || b.coef.is_empty() {
        return b.coef.is_empty().cmp(&a.coef.is_empty());
    }
    if a.exp == b.exp {
        return words::cmp(&a.coef, &b.coef);
    }
    a.adjusted().cmp(&b.adjusted()).then_with(|| {
        // The same highest digit: the exponents differ by less than the digits do.
        if a.exp > b.exp {
            words::cmp(&words::shl(&a.coef, (a.exp - b.exp) as usize), &b.coef)
        } else {
            words::cmp(&a.coef, &words::shl(&b.coef, (b.exp - a.exp) as usize))
        }
    })
}

/// Compares numbers that are no NaNs.
pub fn cmp(a: &Dec, b: &Dec) -> Ordering {
    if a.is_zero() && b.is_zero() {
        return Ordering::Equal;
    }
    // A zero has no sign here.
    match (a.negative && !a.is_zero(), b.negative && !b.is_zero()) {
        (false, false) => cmp_magnitude(a, b),
        (true, true) => cmp_magnitude(b, a),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

fn of_order(order: Ordering) -> Dec {
    Dec::of_i64(order as i64)
}

/// -1, 0 or 1.
pub fn compare(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    match nan_of(a, Some(b), rules, status) {
        Some(nan) => nan,
        None => of_order(cmp(a, b)),
    }
}

/// As `compare`; every NaN signals.
pub fn compare_signal(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let result = compare(a, b, rules, status);
    if result.is_nan() {
        *status |= status::INVALID_OPERATION;
    }
    result
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Finite => 0,
        Kind::Infinite => 1,
        Kind::Signalling => 2,
        Kind::Quiet => 3,
    }
}

/// The total order of magnitudes: representations of one value by their exponents, NaNs by their payloads.
pub fn total_magnitude(a: &Dec, b: &Dec) -> Ordering {
    rank(a.kind).cmp(&rank(b.kind)).then_with(|| match a.kind {
        Kind::Finite => cmp_magnitude(a, b).then(a.exp.cmp(&b.exp)),
        Kind::Infinite => Ordering::Equal,
        Kind::Quiet | Kind::Signalling => words::cmp(&a.coef, &b.coef),
    })
}

/// The total order.
pub fn total(a: &Dec, b: &Dec) -> Ordering {
    match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => total_magnitude(a, b),
        (true, true) => total_magnitude(b, a),
    }
}

pub fn compare_total(a: &Dec, b: &Dec) -> Dec {
    of_order(total(a, b))
}

pub fn compare_total_mag(a: &Dec, b: &Dec) -> Dec {
    of_order(total_magnitude(a, b))
}

/// Which of two numbers is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    Least,
    Greatest,
}

/// The lesser or the greater; a quiet NaN loses against a number.
fn pick(a: &Dec, b: &Dec, which: Pick, magnitude: bool, rules: &Rules, status: &mut u32) -> Dec {
    if a.is_nan() || b.is_nan() {
        return match (a.kind, b.kind) {
            (Kind::Quiet, kind) if !b.is_nan() && kind != Kind::Signalling => {
                finished(b.clone(), rules, status)
            }
            (kind, Kind::Quiet) if !a.is_nan() && kind != Kind::Signalling => {
                finished(a.clone(), rules, status)
            }
            _ => nan_of(a, Some(b), rules, status).unwrap_or_else(Dec::nan),
        };
    }
    let by_magnitude = if magnitude { cmp_magnitude(a, b) } else { Ordering::Equal };
    let order = by_magnitude.then_with(|| cmp(a, b)).then_with(|| total(a, b));
    let first = if which == Pick::Least { order.is_lt() } else { order.is_ge() };
    finished(if first { a } else { b }.clone(), rules, status)
}

pub fn max(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    pick(a, b, Pick::Greatest, false, rules, status)
}

pub fn min(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    pick(a, b, Pick::Least, false, rules, status)
}

pub fn max_mag(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    pick(a, b, Pick::Greatest, true, rules, status)
}

pub fn min_mag(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    pick(a, b, Pick::Least, true, rules, status)
}

/// Whether both have the same exponent, or are both infinite, or both NaNs.
pub fn same_quantum(a: &Dec, b: &Dec) -> bool {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => true,
        (false, false) if a.is_infinite() || b.is_infinite() => a.kind == b.kind,
        (false, false) => a.exp == b.exp,
        _ => false,
    }
}

/// The class of a number, as the specification names it.
pub fn class(a: &Dec, rules: &Rules) -> &'static str {
    let names = match a.kind {
        Kind::Quiet => return "NaN",
        Kind::Signalling => return "sNaN",
        Kind::Infinite => ["+Infinity", "-Infinity"],
        Kind::Finite if a.coef.is_empty() => ["+Zero", "-Zero"],
        Kind::Finite if a.is_subnormal(rules) => ["+Subnormal", "-Subnormal"],
        Kind::Finite => ["+Normal", "-Normal"],
    };
    names[a.negative as usize]
}

/// `a` with the sign of `b`.
pub fn copy_sign(a: &Dec, b: &Dec) -> Dec {
    a.clone().with_sign(b.negative)
}

/// The invalid comparison of an operation that wants whole numbers of few digits.
pub fn whole_between(b: &Dec, least: i64, greatest: i64, status: &mut u32) -> Result<i64, Dec> {
    if b.is_finite()
        && b.exp == 0
        && let Some(value) = b.to_i64().filter(|value| (least..=greatest).contains(value))
    {
        return Ok(value);
    }
    Err(invalid(status::INVALID_OPERATION, status))
}
