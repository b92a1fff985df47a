//! Fixed-point arithmetic for the transcendental functions: a coefficient in units of `BASE ** -scale`.
//!
//! Every function cuts off below the last word. The errors of one result sum up to less than `10 ** NOISE` units for
//! any scale that fits memory: callers carry two words more than they need, and look whether the noise matters.

use super::div::div_rem;
use super::mul::mul;
use super::words::{self, Coef, WIDTH};
use std::cell::RefCell;

/// Decimal digits at the end of a result that may be wrong.
pub const NOISE: usize = 25;

/// Drops words below.
fn drop_words(mut value: Coef, count: usize) -> Coef {
    if count >= value.len() {
        value.clear();
    } else {
        value.drain(..count);
    }
    value
}

/// A value at another scale.
pub fn at_scale(value: &Coef, from: usize, to: usize) -> Coef {
    if to <= from { drop_words(value.clone(), from - to) } else { words::shl(value, (to - from) * WIDTH) }
}

pub fn one(scale: usize) -> Coef {
    words::power_of_ten(scale * WIDTH)
}

pub fn mul_fixed(a: &[u64], b: &[u64], scale: usize) -> Coef {
    drop_words(mul(a, b), scale)
}

pub fn div_fixed(a: &[u64], b: &[u64], scale: usize) -> Coef {
    div_rem(&words::shl(a, scale * WIDTH), b).0
}

/// `coef * 10 ** exp` as a fixed-point value.
pub fn from_parts(coef: &[u64], exp: i64, scale: usize) -> Coef {
    let places = exp + (scale * WIDTH) as i64;
    if places >= 0 {
        return words::shl(coef, places as usize);
    }
    let mut out = Coef::from_slice(coef);
    words::shr_assign(&mut out, -places as usize);
    out
}

/// The inverse hyperbolic tangent of `1 / k`, times a factor.
fn atanh_of_inverse(k: u64, factor: u64, scale: usize) -> Coef {
    let mut power = one(scale);
    words::mul_small_assign(&mut power, factor, 0);
    words::div_small_assign(&mut power, k);
    let mut sum = power.clone();
    let mut odd = 1;
    loop {
        words::div_small_assign(&mut power, k * k);
        words::normalise(&mut power);
        if power.is_empty() {
            words::normalise(&mut sum);
            return sum;
        }
        odd += 2;
        let mut term = power.clone();
        words::div_small_assign(&mut term, odd);
        words::normalise(&mut term);
        words::add_assign(&mut sum, &term);
    }
}

thread_local! {
    /// The logarithm of ten at the greatest scale asked for so far.
    static LN10: RefCell<(usize, Coef)> = const { RefCell::new((0, Coef::new_const())) };
}

/// The natural logarithm of ten.
pub fn ln10(scale: usize) -> Coef {
    LN10.with_borrow_mut(|(known, value)| {
        if *known < scale + 1 {
            // One word more keeps the errors of the sums below the last word asked for.
            *known = scale + 1 + scale / 4;
            let parts = [(31, 46), (49, 34), (161, 20)];
            *value = parts.iter().fold(Coef::new(), |sum, &(k, factor)| {
                words::add(&sum, &atanh_of_inverse(k, factor, *known))
            });
        }
        at_scale(value, *known, scale)
    })
}

/// The exponential of a value from 0 to 10: the series of a small part of it, squared again and again.
pub fn exp(value: &[u64], scale: usize) -> Coef {
    let halvings = (scale * WIDTH).isqrt().clamp(6, 50);
    let mut small = Coef::from_slice(value);
    words::div_small_assign(&mut small, 1 << halvings);
    words::normalise(&mut small);
    let mut term = one(scale);
    let mut sum = term.clone();
    for n in 1.. {
        term = mul_fixed(&term, &small, scale);
        words::div_small_assign(&mut term, n);
        words::normalise(&mut term);
        if term.is_empty() {
            break;
        }
        words::add_assign(&mut sum, &term);
    }
    for _ in 0..halvings {
        sum = mul_fixed(&sum, &sum, scale);
    }
    sum
}

/// The value as a double; its highest digits.
fn to_f64(value: &[u64], scale: usize) -> f64 {
    let digits = words::digits(value);
    let mut top = Coef::from_slice(value);
    words::shr_assign(&mut top, digits.saturating_sub(18));
    let top = top.first().copied().unwrap_or(0) as f64;
    top * 10f64.powi(digits.saturating_sub(18) as i32 - (scale * WIDTH) as i32)
}

/// The natural logarithm of a value from 1 to 10: Halley's steps from that of a double, each trebling the digits.
pub fn ln(value: &Coef, scale: usize) -> Coef {
    let fraction = |start: f64| words::of_word((start * 1e18) as u64);
    // The highest digits alone, at a scale that a double's exponent holds.
    let near = at_scale(value, scale, 1);
    let start = to_f64(&near, 1).ln().max(0.0);
    let mut known = words::shl(&fraction(start), 1);
    let mut known_scale = 1;
    let mut right = 15;
    loop {
        right = right * 3 - 2;
        let last = right >= scale * WIDTH;
        let at = if last { scale } else { (right / WIDTH + 3).min(scale) };
        known = at_scale(&known, known_scale, at);
        known_scale = at;
        let target = at_scale(value, scale, at);
        let power = exp(&known, at);
        let (above, gap) = match words::cmp(&target, &power).is_ge() {
            true => (true, words::sub(&target, &power)),
            false => (false, words::sub(&power, &target)),
        };
        let step = div_fixed(&words::add(&gap, &gap), &words::add(&target, &power), at);
        known = match above {
            true => words::add(&known, &step),
            false if words::cmp(&known, &step).is_lt() => Coef::new(),
            false => words::sub(&known, &step),
        };
        if last {
            return known;
        }
    }
}

/// Whether the noise cannot change how the value is rounded to so many digits, to the nearest.
pub fn is_settled(value: &[u64], digits: i64) -> bool {
    let below = words::digits(value) as i64 - digits;
    let Some(sure) = usize::try_from(below - NOISE as i64).ok().filter(|&sure| sure > 1) else {
        return false;
    };
    let mut low = Coef::from_slice(value);
    words::shr_assign(&mut low, NOISE);
    words::keep_low(&mut low, sure);
    // Neither 5000… nor 4999….
    let mut half = words::power_of_ten(sure - 1);
    words::mul_small_assign(&mut half, 5, 0);
    low[..] != half[..] && low[..] != words::sub(&half, &[1])[..]
}
