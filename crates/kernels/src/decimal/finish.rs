//! Rounding, and what makes a result fit its rules: overflow, subnormal numbers, clamping.

use super::number::{Dec, Kind, Rounding, Rules, has_room, status};
use super::words::{self, Coef, POWERS, Rest};

/// Whether a coefficient of which `rest` was cut off grows by one.
#[inline]
pub fn rounds_up(rounding: Rounding, rest: Rest, negative: bool, coef: &[u64]) -> bool {
    if rest == 0 {
        return false;
    }
    match rounding {
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => rest >= 5,
        Rounding::HalfDown => rest > 5,
        Rounding::HalfEven => rest > 5 || (rest == 5 && words::is_odd(coef)),
        Rounding::ZeroFiveUp => words::digit(coef, 0).is_multiple_of(5),
    }
}

/// Cuts digits off and rounds. Gives what was cut off.
pub fn round_off(coef: &mut Coef, places: usize, rounding: Rounding, negative: bool) -> Rest {
    let rest = words::shr_assign(coef, places);
    if rounds_up(rounding, rest, negative, coef) {
        words::increment(coef);
    }
    rest
}

/// What a number too great becomes.
fn overflow(negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    *status |= status::OVERFLOW | status::INEXACT | status::ROUNDED;
    let infinite = match rules.rounding {
        Rounding::Down | Rounding::ZeroFiveUp => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::Up | Rounding::HalfUp | Rounding::HalfDown | Rounding::HalfEven => true,
    };
    if infinite {
        Dec::infinity(negative)
    } else if has_room(rules.prec, status) {
        Dec::greatest(negative, rules)
    } else {
        Dec::nan()
    }
}

/// Makes a result fit.
#[inline]
pub fn finish(dec: &mut Dec, rules: &Rules, status: &mut u32) {
    if dec.is_finite() && !dec.coef.is_empty() {
        let digits = words::digits(&dec.coef) as i64;
        let adjusted = dec.exp + digits - 1;
        if digits <= rules.prec
            && adjusted >= rules.emin
            && adjusted <= rules.emax
            && dec.exp <= rules.max_exponent()
        {
            return;
        }
        finish_finite(dec, digits, rules, status);
    } else {
        finish_special(dec, rules, status);
    }
}

/// `finish` of a value that is handed on.
#[inline]
pub fn finished(mut dec: Dec, rules: &Rules, status: &mut u32) -> Dec {
    finish(&mut dec, rules, status);
    dec
}

#[cold]
fn finish_special(dec: &mut Dec, rules: &Rules, status: &mut u32) {
    match dec.kind {
        Kind::Finite => {
            let bounded = dec.exp.clamp(rules.etiny(), rules.max_exponent().max(rules.etiny()));
            if bounded != dec.exp {
                dec.exp = bounded;
                *status |= status::CLAMPED;
            }
        }
        Kind::Infinite => {}
        Kind::Quiet | Kind::Signalling => {
            // A payload keeps its lowest digits.
            let room = rules.prec - rules.clamp as i64;
            if words::digits(&dec.coef) as i64 > room {
                words::keep_low(&mut dec.coef, room as usize);
            }
        }
    }
}

fn finish_finite(dec: &mut Dec, digits: i64, rules: &Rules, status: &mut u32) {
    let mut adjusted = dec.exp + digits - 1;
    if adjusted < rules.emin {
        return finish_subnormal(dec, rules, status);
    }
    if adjusted > rules.emax {
        *dec = overflow(dec.negative, rules, status);
        return;
    }
    let excess = digits - rules.prec;
    if excess > 0 {
        *status |= status::ROUNDED;
        let rest = round_off(&mut dec.coef, excess as usize, rules.rounding, dec.negative);
        if rest != 0 {
            *status |= status::INEXACT;
        }
        dec.exp += excess;
        if words::digits(&dec.coef) as i64 > rules.prec {
            // All nines became a one with zeros.
            words::shr_assign(&mut dec.coef, 1);
            dec.exp += 1;
            adjusted += 1;
            if adjusted > rules.emax {
                *dec = overflow(dec.negative, rules, status);
                return;
            }
        }
    }
    fold_down(dec, rules, status);
}

/// Gives a number whose exponent is too great zeros instead.
fn fold_down(dec: &mut Dec, rules: &Rules, status: &mut u32) {
    let surplus = dec.exp - rules.max_exponent();
    if surplus > 0 {
        if !has_room(rules.prec.min(dec.digits() + surplus), status) {
            *dec = Dec::nan();
            return;
        }
        *status |= status::CLAMPED;
        dec.coef = words::shl(&dec.coef, surplus as usize);
        dec.exp -= surplus;
    }
}

fn finish_subnormal(dec: &mut Dec, rules: &Rules, status: &mut u32) {
    *status |= status::SUBNORMAL;
    let lost = rules.etiny() - dec.exp;
    if lost <= 0 {
        return fold_down(dec, rules, status);
    }
    *status |= status::ROUNDED;
    let rest = round_off(&mut dec.coef, lost as usize, rules.rounding, dec.negative);
    dec.exp = rules.etiny();
    if rest != 0 {
        *status |= status::INEXACT | status::UNDERFLOW;
        if dec.coef.is_empty() {
            *status |= status::CLAMPED;
        }
    }
}

/// A NaN among the operands, which decides the result.
#[cold]
pub fn nan_of(a: &Dec, b: Option<&Dec>, rules: &Rules, status: &mut u32) -> Option<Dec> {
    let b = b.filter(|b| b.is_nan());
    let found = match (a.kind, b.map(|b| b.kind)) {
        (Kind::Signalling, _) => a,
        (_, Some(Kind::Signalling)) => b?,
        (Kind::Quiet, _) => a,
        _ => b?,
    };
    if found.is_snan() {
        *status |= status::INVALID_OPERATION;
    }
    Some(finished(found.clone().quieted(), rules, status))
}

/// The NaN of an operation that has no other result.
#[cold]
pub fn invalid(condition: u32, status: &mut u32) -> Dec {
    *status |= condition;
    Dec::nan()
}

/// A coefficient times a power of ten, in one word.
#[inline]
pub fn scaled_word(word: u64, places: i64) -> Option<u128> {
    (places <= 18).then(|| word as u128 * POWERS[places as usize] as u128)
}
