//! Text to numbers and back: the specification's conversion syntax, scientific and engineering strings.

use super::finish::{finish, invalid};
use super::number::{Dec, Kind, Rules, status};
use super::words;

/// Where exponents are cut: far outside of what a number may have, far inside of what the word holds.
const FAR: i64 = 4_000_000_000_000_000_000;

/// A number as ASCII text spells it, not yet rounded; `None` where it spells none.
pub fn parse(text: &[u8]) -> Option<Dec> {
    let (negative, body) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    match body.first()? {
        b'0'..=b'9' | b'.' => parse_finite(negative, body),
        _ => parse_special(negative, body),
    }
}

fn parse_special(negative: bool, body: &[u8]) -> Option<Dec> {
    if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
        return Some(Dec::infinity(negative));
    }
    let (kind, rest) = match body.first()? {
        b's' | b'S' => (Kind::Signalling, &body[1..]),
        _ => (Kind::Quiet, body),
    };
    let (name, payload) = rest.split_at_checked(3)?;
    if !name.eq_ignore_ascii_case(b"nan") || !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Dec { coef: words::parse(payload), exp: 0, kind, negative })
}

fn parse_finite(negative: bool, body: &[u8]) -> Option<Dec> {
    // A few digits, the usual case, are read as they come.
    let (mut word, mut count, mut fraction) = (0u64, 0usize, None);
    let mut end = body.len();
    for (i, &c) in body.iter().enumerate() {
        match c {
            b'0'..=b'9' => {
                word = word.wrapping_mul(10).wrapping_add(u64::from(c - b'0'));
                count += 1;
            }
            b'.' if fraction.is_none() => fraction = Some(count),
            _ => {
                end = i;
                break;
            }
        }
    }
    if count == 0 {
        return None;
    }
    let exponent = if end == body.len() { 0 } else { parse_exponent(&body[end..])? };
    let places = fraction.map_or(0, |whole| count - whole) as i64;
    let coef = if count <= words::WIDTH {
        words::of_word(word)
    } else {
        match fraction {
            None => words::parse(&body[..end]),
            Some(at) => words::parse(&[&body[..at], &body[at + 1..end]].concat()),
        }
    };
    Some(Dec::new(negative, coef, exponent - places))
}

/// What follows the digits.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let ([b'e' | b'E'], rest) = text.split_at_checked(1)? else { return None };
    let (negative, digits) = match rest.first()? {
        b'-' => (true, &rest[1..]),
        b'+' => (false, &rest[1..]),
        _ => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, digit| {
        (value.saturating_mul(10).saturating_add(i64::from(digit - b'0'))).min(FAR)
    });
    Some(if negative { -value } else { value })
}

/// A number as text spells it, rounded.
pub fn from_text(text: &[u8], rules: &Rules, status: &mut u32) -> Dec {
    let Some(mut dec) = parse(text) else { return invalid(status::CONVERSION_SYNTAX, status) };
    if dec.is_nan() && words::digits(&dec.coef) as i64 > rules.prec - rules.clamp as i64 {
        return invalid(status::CONVERSION_SYNTAX, status);
    }
    finish(&mut dec, rules, status);
    dec
}

/// Makes what is exact of a number that may not be: whatever had to change makes it invalid.
pub fn exact(mut dec: Dec, status: &mut u32) -> Dec {
    let mut met = 0;
    finish(&mut dec, &Rules::MAX, &mut met);
    if met & (status::INEXACT | status::ROUNDED | status::CLAMPED | status::OVERFLOW | status::UNDERFLOW) != 0
    {
        return invalid(status::INVALID_OPERATION, status);
    }
    // Subnormal is no condition of a number as it is.
    *status |= met & status::ANY_INVALID;
    dec
}

/// A number as text spells it, exactly.
pub fn from_text_exact(text: &[u8], status: &mut u32) -> Dec {
    match parse(text) {
        Some(dec) => exact(dec, status),
        None => invalid(status::CONVERSION_SYNTAX, status),
    }
}

/// The name of a special value, with its payload.
pub fn write_special(out: &mut Vec<u8>, dec: &Dec) {
    let name: &[u8] = match dec.kind {
        Kind::Infinite => b"Infinity",
        Kind::Signalling => b"sNaN",
        _ => b"NaN",
    };
    out.extend_from_slice(name);
    if !dec.coef.is_empty() {
        words::write(out, &dec.coef);
    }
}

/// Appends an exponent with its sign.
pub fn write_exponent(out: &mut Vec<u8>, letter: u8, exponent: i64) {
    out.push(letter);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    words::write(out, &words::of_word(exponent.unsigned_abs()));
}

/// The digits with a point after the first `whole`, padded with zeros where there are not so many.
pub fn write_pointed(out: &mut Vec<u8>, digits: &[u8], whole: i64) {
    if whole <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + -whole as usize, b'0');
        out.extend_from_slice(digits);
    } else if whole as usize >= digits.len() {
        out.extend_from_slice(digits);
        out.resize(out.len() + whole as usize - digits.len(), b'0');
    } else {
        out.extend_from_slice(&digits[..whole as usize]);
        out.push(b'.');
        out.extend_from_slice(&digits[whole as usize..]);
    }
}

/// The scientific or engineering string, with `E` or `e`.
pub fn to_text(dec: &Dec, engineering: bool, capitals: bool) -> String {
    let mut out = Vec::with_capacity(32);
    if dec.negative {
        out.push(b'-');
    }
    if !dec.is_finite() {
        write_special(&mut out, dec);
        return String::from_utf8(out).unwrap_or_default();
    }
    if dec.exp == 0 {
        words::write(&mut out, &dec.coef);
        return String::from_utf8(out).unwrap_or_default();
    }
    let start = out.len();
    words::write(&mut out, &dec.coef);
    let count = (out.len() - start) as i64;
    // Digits before the point.
    let leftmost = dec.exp + count;
    let whole = if dec.exp <= 0 && leftmost > -6 {
        leftmost
    } else if !engineering {
        1
    } else if dec.coef.is_empty() {
        (leftmost + 1).rem_euclid(3) - 1
    } else {
        (leftmost - 1).rem_euclid(3) + 1
    };
    if whole > 0 && whole < count {
        out.insert(start + whole as usize, b'.');
    } else if whole != count {
        let digits = out.split_off(start);
        write_pointed(&mut out, &digits, whole);
    }
    if leftmost != whole {
        write_exponent(&mut out, if capitals { b'E' } else { b'e' }, leftmost - whole);
    }
    String::from_utf8(out).unwrap_or_default()
}
