//! ISO 8601 texts: dates, times and offsets as numbers. Text is a slice of code points; whatever is not as it should be
//! gives `None`, and the caller says that the whole text is wrong.

use super::calendar::{Ymd, from_iso_week};

/// A time of day with the offset that was written behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IsoTime {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub microsecond: i32,
    /// Seconds and microseconds, where there is an offset.
    pub offset: Option<(i32, i32)>,
}

/// Digits from `at` on.
fn digits(text: &[u32], at: usize, count: usize) -> Option<i32> {
    text.get(at..at + count)?.iter().try_fold(0, |value, &c| {
        let digit = c.wrapping_sub(u32::from(b'0'));
        (digit < 10).then_some(value * 10 + digit as i32)
    })
}

fn is(text: &[u32], at: usize, c: u8) -> bool {
    text.get(at) == Some(&u32::from(c))
}

fn is_digit(text: &[u32], at: usize) -> bool {
    text.get(at).is_some_and(|c| (u32::from(b'0')..=u32::from(b'9')).contains(c))
}

/// `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]`, `YYYYWww[D]`.
pub fn date(text: &[u32]) -> Option<Ymd> {
    let year = digits(text, 0, 4)?;
    let dashes = is(text, 4, b'-');
    let mut at = 4 + usize::from(dashes);
    if is(text, at, b'W') {
        let week = digits(text, at + 1, 2)?;
        at += 3;
        let mut day = 1;
        if at < text.len() {
            if dashes {
                if !is(text, at, b'-') {
                    return None;
                }
                at += 1;
            }
            day = digits(text, at, 1)?;
        }
        return from_iso_week(year, week, day).ok();
    }
    let month = digits(text, at, 2)?;
    at += 2;
    if dashes {
        if !is(text, at, b'-') {
            return None;
        }
        at += 1;
    }
    Some(Ymd::new(year, month, digits(text, at, 2)?))
}

/// `HH[:MM[:SS[.ffffff]]]` and the forms without colons.
fn clock(text: &[u32]) -> Option<(i32, i32, i32, i32)> {
    let (mut parts, mut at, mut colons) = ([0; 3], 0, false);
    for (i, part) in parts.iter_mut().enumerate() {
        *part = digits(text, at, 2)?;
        at += 2;
        if i == 0 {
            colons = is(text, at, b':');
        }
        if at >= text.len() {
            break;
        }
        if i == 2 {
            // Only seconds have a fraction.
            if is(text, at, b'.') || is(text, at, b',') {
                break;
            }
            return None;
        }
        if colons {
            if !is(text, at, b':') {
                return None;
            }
            at += 1;
        }
    }
    let mut microsecond = 0;
    if at < text.len() {
        let fraction = &text[at + 1..];
        if fraction.is_empty() || !(0..fraction.len()).all(|i| is_digit(fraction, i)) {
            return None;
        }
        let count = fraction.len().min(6);
        microsecond = digits(fraction, 0, count)? * 10i32.pow(6 - count as u32);
    }
    Some((parts[0], parts[1], parts[2], microsecond))
}

/// A time with or without an offset.
pub fn time(text: &[u32]) -> Option<IsoTime> {
    let is_zone = |&c: &u32| c == u32::from(b'+') || c == u32::from(b'-') || c == u32::from(b'Z');
    let end = text.iter().position(is_zone).unwrap_or(text.len());
    let (hour, minute, second, microsecond) = clock(&text[..end])?;
    let mut result = IsoTime { hour, minute, second, microsecond, offset: None };
    if end < text.len() {
        if is(text, end, b'Z') {
            if end + 1 != text.len() {
                return None;
            }
            result.offset = Some((0, 0));
        } else {
            let sign = if is(text, end, b'-') { -1 } else { 1 };
            let (hours, minutes, seconds, microseconds) = clock(&text[end + 1..])?;
            let total = hours * 3600 + minutes * 60 + seconds;
            result.offset = Some((sign * total, sign * microseconds));
        }
    }
    Some(result)
}

/// Where the date ends in a text of a date and a time, at least seven characters long.
pub fn separator(text: &[u32]) -> Option<usize> {
    if text.len() == 7 {
        return Some(7);
    }
    if is(text, 4, b'-') {
        if !is(text, 5, b'W') {
            return Some(10);
        }
        if is(text, 8, b'-') {
            if text.len() == 9 {
                return None;
            }
            // A week and then a time that begins after a dash, or a day of the week.
            return Some(if text.len() > 10 && is_digit(text, 10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if !is(text, 4, b'W') {
        return Some(8);
    }
    let mut at = 7;
    while is_digit(text, at) {
        at += 1;
    }
    Some(if at < 9 {
        at
    } else if at % 2 == 0 {
        7
    } else {
        8
    })
}
