//! Powers: of whole exponents by squaring, of others by exponential and logarithm, and modular ones.

use super::convert::{of_digits, whole_digits};
use super::finish::{finished, invalid, nan_of};
use super::fixed::NOISE;
use super::number::{Dec, Rounding, Rules, has_room, status};
use super::transcend::{self, closeness, power_of_ten_of, too_great, too_small};
use super::words::{self, WIDTH};
use super::{arith, compare, divide};
use crate::int::power::pow_mod;
use crate::int::{IntRef, signed};
use std::cmp::Ordering;

/// `a ** b`.
pub fn pow(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(nan) = nan_of(a, Some(b), rules, status) {
        return nan;
    }
    if b.is_zero() {
        return match a.is_zero() {
            true => invalid(status::INVALID_OPERATION, status),
            false => Dec::of_word(false, 1, 0),
        };
    }
    let whole = b.is_integer();
    let negative = a.negative && whole && b.is_odd_integer();
    if a.negative && !whole && !a.is_zero() {
        return invalid(status::INVALID_OPERATION, status);
    }
    if a.is_zero() {
        return if b.negative { Dec::infinity(negative) } else { Dec::zero(negative, 0) };
    }
    if a.is_infinite() {
        return if b.negative { Dec::zero(negative, 0) } else { Dec::infinity(negative) };
    }
    let magnitude = a.clone().with_sign(false);
    let one = Dec::of_word(false, 1, 0);
    let order = compare::cmp(&magnitude, &one);
    if order == Ordering::Equal {
        return power_of_one(&magnitude, b, whole, rules, status).with_sign(negative);
    }
    if b.is_infinite() {
        let small = b.negative != (order == Ordering::Less);
        return if small { Dec::zero(negative, 0) } else { Dec::infinity(negative) };
    }
    if let Some(result) = out_of_bounds(&magnitude, b, negative, rules, status) {
        return result;
    }
    match b.to_i64().filter(|_| whole) {
        Some(exponent) => whole_power(&magnitude, exponent, negative, rules, status),
        None => real_power(&magnitude, b, negative, rules, status),
    }
}

/// A power of one, with as many places as the exponent asks for.
fn power_of_one(a: &Dec, b: &Dec, whole: bool, rules: &Rules, status: &mut u32) -> Dec {
    let least = 1 - rules.prec;
    let mut exp = least;
    if whole && !b.negative {
        // How often the places count: no more than the precision has digits.
        let times = b.to_i64().map_or(rules.prec, |times| times.min(rules.prec));
        exp = a.exp.saturating_mul(times);
        if exp < least {
            exp = least;
            *status |= status::ROUNDED;
        }
    } else if whole {
        exp = 0;
    } else {
        *status |= status::INEXACT | status::ROUNDED;
    }
    if !has_room(exp.saturating_neg(), status) {
        return Dec::nan();
    }
    Dec::new(false, words::power_of_ten(-exp.min(0) as usize), exp.min(0))
}

/// The result of an exponent that certainly makes it too great or too small.
fn out_of_bounds(a: &Dec, b: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Option<Dec> {
    // The logarithm's first digit lies at its adjusted exponent or one above.
    let tens = a.adjusted();
    let size = match tens {
        -1 | 0 => -closeness(a) - 1,
        _ => words::word_digits(tens.unsigned_abs()) as i64 - 1,
    };
    // Decimal digits of b * log10(a), at least.
    let digits = b.adjusted() + size;
    let grows = (tens >= 0) != b.negative;
    if digits > 20 {
        return Some(match grows {
            true => too_great(negative, rules, status),
            false => too_small(negative, rules, status),
        });
    }
    let bound = b.to_i64()? as f64 * log10_estimate(a);
    let slack = bound.abs() * 1e-12 + 10.0;
    if bound - slack > rules.emax as f64 {
        return Some(too_great(negative, rules, status));
    }
    if bound + slack < rules.etiny() as f64 {
        return Some(too_small(negative, rules, status));
    }
    None
}

/// The decimal logarithm, roughly.
fn log10_estimate(a: &Dec) -> f64 {
    let mut top = a.coef.clone();
    words::shr_assign(&mut top, (a.digits() - 18).max(0) as usize);
    let cut = (a.digits() - 18).max(0);
    (top.first().copied().unwrap_or(1) as f64).log10() + (a.exp + cut) as f64
}

/// A whole power by squaring, exact as long as the digits suffice.
fn whole_power(a: &Dec, exponent: i64, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    let magnitude = exponent.unsigned_abs();
    let mut work = Rules::MAX;
    let extra = words::word_digits(magnitude) as i64 + 5;
    work.prec = rules.prec.max(a.digits().min(rules.prec)).saturating_add(extra).min(work.prec);
    let mut met = 0;
    let mut base = a.clone();
    if exponent < 0 {
        // An inverse that is not exact wants all digits.
        base = divide::divide(&Dec::of_word(false, 1, 0), a, &work, &mut met);
        if met & status::NO_MEMORY != 0 {
            *status |= met;
            return Dec::nan();
        }
    }
    let mut result = base.clone();
    for bit in (0..63 - magnitude.leading_zeros()).rev() {
        result = arith::mul(&result, &result, &work, &mut met);
        if magnitude >> bit & 1 != 0 {
            result = arith::mul(&result, &base, &work, &mut met);
        }
        if !result.is_finite() || result.is_zero() {
            break;
        }
    }
    if met & status::NO_MEMORY != 0 {
        *status |= status::NO_MEMORY;
        return Dec::nan();
    }
    if result.is_infinite() {
        return too_great(negative, rules, status);
    }
    if result.is_zero() {
        return too_small(negative, rules, status);
    }
    let result = finished(result.with_sign(negative), rules, status);
    if met & status::INEXACT != 0 { inexact(result, status) } else { result }
}

/// `e ** (b * ln a)`.
fn real_power(a: &Dec, b: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if !has_room(rules.prec.saturating_mul(4), status) {
        return Dec::nan();
    }
    let prec = rules.prec + 6;
    // Digits before the point of the exponent count against the logarithm's.
    let whole = (b.adjusted() + 1).max(0);
    let scale = (prec + whole) as usize / WIDTH + 4;
    let (below, logarithm) = transcend::ln_parts(a, scale + 1);
    let mut product = super::mul::mul(&logarithm, &b.coef);
    if b.exp >= 0 {
        product = words::shl(&product, b.exp as usize);
    } else {
        words::shr_assign(&mut product, -b.exp as usize);
    }
    let product_scale = scale + 1;
    if words::digits(&product) > (product_scale + 1) * WIDTH {
        let grows = below == b.negative;
        return if grows { too_great(negative, rules, status) } else { too_small(negative, rules, status) };
    }
    let scale = prec as usize / WIDTH + 3;
    let (mut coef, exp) = transcend::exp_parts(below != b.negative, &product, product_scale, scale);
    // The noise is rounded away, so that exact powers show; there remain some digits more than the precision.
    super::finish::round_off(&mut coef, NOISE, Rounding::HalfEven, false);
    let mut result = Dec::new(negative, coef, exp + NOISE as i64);
    if power_of_ten_of(&result) == Some(0) {
        // One it is not: a little more or less.
        let more = below == b.negative;
        result.coef = if more { words::add(&result.coef, &[1]) } else { words::sub(&result.coef, &[1]) };
    }
    inexact(finished(result, rules, status), status)
}

/// Notes that a power was rounded, as it is even where its digits suffice.
fn inexact(result: Dec, status: &mut u32) -> Dec {
    *status |= status::INEXACT | status::ROUNDED;
    if *status & status::SUBNORMAL != 0 {
        *status |= status::UNDERFLOW;
    }
    result
}

/// `a ** b % modulus`, of whole numbers.
pub fn pow_modulo(a: &Dec, b: &Dec, modulus: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let operands = [a, b, modulus];
    let signalling = operands.iter().find(|operand| operand.is_snan());
    if let Some(nan) = signalling.or_else(|| operands.iter().find(|operand| operand.is_nan())) {
        return nan_of(nan, None, rules, status).unwrap_or_else(Dec::nan);
    }
    let whole = a.is_integer() && b.is_integer() && modulus.is_integer();
    if !whole || (b.negative && !b.is_zero()) || modulus.is_zero() || (a.is_zero() && b.is_zero()) {
        return invalid(status::INVALID_OPERATION, status);
    }
    if modulus.adjusted() >= rules.prec {
        return invalid(status::INVALID_OPERATION, status);
    }
    let negative = a.negative && b.is_odd_integer();
    let modulus = whole_digits(modulus);
    let modulus = IntRef::new(false, &modulus);
    let modular = |base: IntRef<'_>, exponent: &[u32]| {
        pow_mod(base, IntRef::new(false, exponent), modulus).unwrap_or(signed::Int::ZERO)
    };
    let mut base = part_modulo(a, modulus, &modular);
    if b.exp > 0 {
        for _ in 0..b.exp {
            base = modular(base.view(), &[10]);
        }
        base = modular(base.view(), &super::convert::to_digits(&b.coef));
    } else {
        base = modular(base.view(), &whole_digits(b));
    }
    Dec::new(negative, of_digits(&base.digits), 0)
}

/// The magnitude of a whole number by a modulus.
fn part_modulo(
    a: &Dec,
    modulus: IntRef<'_>,
    modular: &dyn Fn(IntRef<'_>, &[u32]) -> signed::Int,
) -> signed::Int {
    if a.exp <= 0 {
        return signed::modulo(IntRef::new(false, &whole_digits(a)), modulus);
    }
    let coef = super::convert::to_digits(&a.coef);
    let ten = modular(IntRef::new(false, &[10]), &crate::int::nat::from_u64(a.exp as u64));
    let product = signed::mul(IntRef::new(false, &coef), ten.view());
    signed::modulo(product.view(), modulus)
}
