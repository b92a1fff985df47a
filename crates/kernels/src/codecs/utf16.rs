//! UTF-16.

use super::{CodecError, Endian, NATIVE, error, is_surrogate};
use crate::text::TextBuilder;

/// The order that a byte order mark at the start tells, and how many bytes to skip; the machine's own order
/// without one. `None` when the input is too short to tell and more may come.
pub fn detect(input: &[u8], is_final: bool) -> Option<(Endian, usize)> {
    match input {
        [0xff, 0xfe, ..] => Some((Endian::Little, 2)),
        [0xfe, 0xff, ..] => Some((Endian::Big, 2)),
        [] | [_] if !is_final => None,
        _ => Some((NATIVE, 0)),
    }
}

fn unit(bytes: &[u8], endian: Endian) -> u32 {
    let pair = [bytes[0], bytes[1]];
    match endian {
        Endian::Little => u16::from_le_bytes(pair) as u32,
        Endian::Big => u16::from_be_bytes(pair) as u32,
    }
}

/// Decodes from `at` on; returns how much was consumed.
pub fn decode(
    input: &[u8],
    mut at: usize,
    endian: Endian,
    is_final: bool,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while let Some(bytes) = input.get(at..at + 2) {
        let c = unit(bytes, endian);
        if !is_surrogate(c) {
            out.push(c);
            at += 2;
            continue;
        }
        if c >= 0xdc00 {
            return Err(error(at, at + 2, "illegal encoding"));
        }
        let Some(bytes) = input.get(at + 2..at + 4) else {
            return if is_final { Err(error(at, input.len(), "unexpected end of data")) } else { Ok(at) };
        };
        let low = unit(bytes, endian);
        if !(0xdc00..0xe000).contains(&low) {
            return Err(error(at, at + 2, "illegal UTF-16 surrogate"));
        }
        out.push(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        at += 4;
    }
    if at < input.len() && is_final {
        return Err(error(at, input.len(), "truncated data"));
    }
    Ok(at)
}

/// Appends a code point, surrogates as they are.
pub fn push(out: &mut Vec<u8>, c: u32, endian: Endian) {
    let mut unit = |u: u32| {
        out.extend_from_slice(&match endian {
            Endian::Little => (u as u16).to_le_bytes(),
            Endian::Big => (u as u16).to_be_bytes(),
        });
    };
    if c < 0x10000 {
        unit(c);
    } else {
        unit(0xd7c0 + (c >> 10));
        unit(0xdc00 | c & 0x3ff);
    }
}

/// Encodes from `at` on, without a mark.
pub fn encode<C: Copy + Into<u32>>(
    text: &[C],
    at: usize,
    endian: Endian,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    out.reserve(2 * (text.len() - at));
    for (i, &c) in text.iter().enumerate().skip(at) {
        let c = c.into();
        if is_surrogate(c) {
            return Err(error(i, i + 1, "surrogates not allowed"));
        }
        push(out, c, endian);
    }
    Ok(())
}
