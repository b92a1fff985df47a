//! `unicode_escape`, `raw_unicode_escape`, and the escapes of byte strings.

use super::{CodecError, error};
use crate::text::TextBuilder;

/// What a look-up of a character's name finds.
pub type NameLookup<'a> = &'a dyn Fn(&[u8]) -> Option<u32>;

/// An escape that is not one, for the DeprecationWarning: where its backslash stands.
pub type FirstInvalid = Option<usize>;

fn hex_value(b: u8) -> Option<u32> {
    (b as char).to_digit(16)
}

/// Up to `count` hexadecimal digits: their value, how many there are, and whether the input ended.
fn hex_run(input: &[u8], count: usize) -> (u32, usize, bool) {
    let mut value = 0u32;
    for i in 0..count {
        match input.get(i) {
            None => return (value, i, true),
            Some(&b) => match hex_value(b) {
                Some(d) => value = value << 4 | d,
                None => return (value, i, false),
            },
        }
    }
    (value, count, false)
}

/// How an escape ends that is no character.
enum Stop {
    /// The input ends within it.
    Incomplete(&'static str),
    /// It is wrong up to this place.
    Wrong(usize, &'static str),
}

fn fixed_hex(input: &[u8], at: usize, count: usize, truncated: &'static str) -> Result<(u32, usize), Stop> {
    let (value, n, ended) = hex_run(&input[at..], count);
    if n == count {
        Ok((value, at + n))
    } else if ended {
        Err(Stop::Incomplete(truncated))
    } else {
        Err(Stop::Wrong(at + n, truncated))
    }
}

fn simple_escape(b: u8) -> Option<u8> {
    Some(match b {
        b'\\' | b'\'' | b'"' => b,
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        _ => return None,
    })
}

/// Up to three octal digits: the value and the place after them.
fn octal(input: &[u8], at: usize) -> (u32, usize) {
    let n = input[at..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    (input[at..at + n].iter().fold(0, |v, b| v << 3 | (b - b'0') as u32), at + n)
}

/// Decodes `unicode_escape` from `at` on; returns how much was consumed. The first escape that does not exist
/// (and is kept as it is) is noted in `invalid`.
pub fn decode_unicode(
    input: &[u8],
    mut at: usize,
    is_final: bool,
    names: NameLookup,
    invalid: &mut FirstInvalid,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while at < input.len() {
        let plain = input[at..].iter().position(|&b| b == b'\\').unwrap_or(input.len() - at);
        out.push_latin1(&input[at..at + plain]);
        at += plain;
        if at == input.len() {
            break;
        }
        match unicode_escape(input, at, names, invalid, out) {
            Ok(next) => at = next,
            Err(Stop::Incomplete(_)) if !is_final => return Ok(at),
            Err(Stop::Incomplete(reason)) => return Err(error(at, input.len(), reason)),
            Err(Stop::Wrong(end, reason)) => return Err(error(at, end, reason)),
        }
    }
    Ok(at)
}

/// One escape, whose backslash stands at `at`.
fn unicode_escape(
    input: &[u8],
    at: usize,
    names: NameLookup,
    invalid: &mut FirstInvalid,
    out: &mut TextBuilder,
) -> Result<usize, Stop> {
    let Some(&b) = input.get(at + 1) else {
        return Err(Stop::Incomplete("\\ at end of string"));
    };
    let body = at + 2;
    let (c, next) = match b {
        b'\n' => return Ok(body),
        b'0'..=b'7' => {
            let (c, next) = octal(input, at + 1);
            if c > 0o377 {
                invalid.get_or_insert(at);
            }
            (c, next)
        }
        b'x' => fixed_hex(input, body, 2, "truncated \\xXX escape")?,
        b'u' => fixed_hex(input, body, 4, "truncated \\uXXXX escape")?,
        b'U' => {
            let (c, next) = fixed_hex(input, body, 8, "truncated \\UXXXXXXXX escape")?;
            if c > 0x10_ffff {
                return Err(Stop::Wrong(next, "illegal Unicode character"));
            }
            (c, next)
        }
        b'N' => named(input, body, names)?,
        _ => match simple_escape(b) {
            Some(c) => (c as u32, body),
            None => {
                invalid.get_or_insert(at);
                out.push('\\' as u32);
                (b as u32, body)
            }
        },
    };
    out.push(c);
    Ok(next)
}

/// `\N{name}`; `at` is after the N.
fn named(input: &[u8], at: usize, names: NameLookup) -> Result<(u32, usize), Stop> {
    const MALFORMED: &str = "malformed \\N character escape";
    match input.get(at) {
        None => return Err(Stop::Incomplete(MALFORMED)),
        Some(b'{') => {}
        Some(_) => return Err(Stop::Wrong(at, MALFORMED)),
    }
    let Some(len) = input[at + 1..].iter().position(|&b| b == b'}') else {
        return Err(Stop::Incomplete(MALFORMED));
    };
    let close = at + 1 + len;
    if len == 0 {
        return Err(Stop::Wrong(close, MALFORMED));
    }
    match names(&input[at + 1..close]) {
        Some(c) => Ok((c, close + 1)),
        None => Err(Stop::Wrong(close + 1, "unknown Unicode character name")),
    }
}

/// Decodes `raw_unicode_escape` from `at` on; returns how much was consumed.
pub fn decode_raw(
    input: &[u8],
    mut at: usize,
    is_final: bool,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while at < input.len() {
        let plain = input[at..].iter().position(|&b| b == b'\\').unwrap_or(input.len() - at);
        out.push_latin1(&input[at..at + plain]);
        at += plain;
        let (count, truncated) = match input.get(at + 1) {
            None if at == input.len() => break,
            None if is_final => {
                out.push('\\' as u32);
                at += 1;
                break;
            }
            None => return Ok(at),
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(&b) => {
                out.push('\\' as u32);
                out.push(b as u32);
                at += 2;
                continue;
            }
        };
        match fixed_hex(input, at + 2, count, truncated) {
            Ok((c, next)) if c > 0x10_ffff => return Err(error(at, next, "\\Uxxxxxxxx out of range")),
            Ok((c, next)) => {
                out.push(c);
                at = next;
            }
            Err(Stop::Incomplete(_)) if !is_final => return Ok(at),
            Err(Stop::Incomplete(reason)) => return Err(error(at, input.len(), reason)),
            Err(Stop::Wrong(end, reason)) => return Err(error(at, end, reason)),
        }
    }
    Ok(at)
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, the shortest that holds the code point.
pub fn push_escape(out: &mut Vec<u8>, c: u32) {
    let (letter, digits) = match c {
        0..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    for i in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(c >> (4 * i) & 15) as usize]);
    }
}

/// Encodes as `unicode_escape`.
pub fn encode_unicode<C: Copy + Into<u32>>(text: &[C], out: &mut Vec<u8>) {
    for &c in text {
        match c.into() {
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            0x5c => out.extend_from_slice(b"\\\\"),
            c @ 32..127 => out.push(c as u8),
            c => push_escape(out, c),
        }
    }
}

/// Encodes as `raw_unicode_escape`.
pub fn encode_raw<C: Copy + Into<u32>>(text: &[C], out: &mut Vec<u8>) {
    for &c in text {
        match c.into() {
            c @ 0..256 => out.push(c as u8),
            c => push_escape(out, c),
        }
    }
}

/// What `codecs.escape_decode` cannot decode: ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeError {
    /// "Trailing \\ in string"
    TrailingBackslash,
    /// "invalid \\x escape at position N", unless the handler replaces it: its backslash and the place to go
    /// on at.
    InvalidHex { start: usize, next: usize },
}

/// Decodes the escapes of a byte string from `at` on. The first escape that does not exist is noted in `invalid`.
pub fn decode_bytes(
    input: &[u8],
    mut at: usize,
    invalid: &mut FirstInvalid,
    out: &mut Vec<u8>,
) -> Result<(), EscapeError> {
    while at < input.len() {
        let plain = input[at..].iter().position(|&b| b == b'\\').unwrap_or(input.len() - at);
        out.extend_from_slice(&input[at..at + plain]);
        at += plain;
        if at == input.len() {
            break;
        }
        let Some(&b) = input.get(at + 1) else {
            return Err(EscapeError::TrailingBackslash);
        };
        match b {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (value, next) = octal(input, at + 1);
                if value > 0o377 {
                    invalid.get_or_insert(at);
                }
                out.push(value as u8);
                at = next;
            }
            b'x' => match hex_run(&input[at + 2..], 2) {
                (value, 2, _) => {
                    out.push(value as u8);
                    at += 4;
                }
                (_, n, _) => return Err(EscapeError::InvalidHex { start: at, next: at + 2 + n }),
            },
            _ => {
                match simple_escape(b) {
                    Some(c) => out.push(c),
                    None => {
                        invalid.get_or_insert(at);
                        out.extend_from_slice(&[b'\\', b]);
                    }
                }
                at += 2;
            }
        }
    }
    Ok(())
}

/// Encodes as `codecs.escape_encode`.
pub fn encode_bytes(input: &[u8], out: &mut Vec<u8>) {
    for &b in input {
        match b {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            32..127 => out.push(b),
            _ => push_escape(out, b as u32),
        }
    }
}
