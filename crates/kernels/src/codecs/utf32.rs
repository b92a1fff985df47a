//! UTF-32.

use super::{CodecError, Endian, NATIVE, error, is_surrogate};
use crate::text::TextBuilder;

/// The order that a byte order mark at the start tells, and how many bytes to skip; the machine's own order
/// without one. `None` when the input is too short to tell and more may come.
pub fn detect(input: &[u8], is_final: bool) -> Option<(Endian, usize)> {
    match input {
        [0xff, 0xfe, 0, 0, ..] => Some((Endian::Little, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((Endian::Big, 4)),
        _ if input.len() < 4 && !is_final => None,
        _ => Some((NATIVE, 0)),
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
    while let Some(&[a, b, c, d]) = input.get(at..at + 4).and_then(|b| b.first_chunk()) {
        let c = match endian {
            Endian::Little => u32::from_le_bytes([a, b, c, d]),
            Endian::Big => u32::from_be_bytes([a, b, c, d]),
        };
        if is_surrogate(c) {
            return Err(error(at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)"));
        }
        if c > 0x10_ffff {
            return Err(error(at, at + 4, "code point not in range(0x110000)"));
        }
        out.push(c);
        at += 4;
    }
    if at < input.len() && is_final {
        return Err(error(at, input.len(), "truncated data"));
    }
    Ok(at)
}

/// Appends a code point, surrogates as they are.
pub fn push(out: &mut Vec<u8>, c: u32, endian: Endian) {
    out.extend_from_slice(&match endian {
        Endian::Little => c.to_le_bytes(),
        Endian::Big => c.to_be_bytes(),
    });
}

/// Encodes from `at` on, without a mark.
pub fn encode<C: Copy + Into<u32>>(
    text: &[C],
    at: usize,
    endian: Endian,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    out.reserve(4 * (text.len() - at));
    for (i, &c) in text.iter().enumerate().skip(at) {
        let c = c.into();
        if is_surrogate(c) {
            return Err(error(i, i + 1, "surrogates not allowed"));
        }
        push(out, c, endian);
    }
    Ok(())
}
