//! Encodings: byte strings to text and back.
//!
//! Nothing here calls an error handler. A decoder works from a place in the input until it is done or meets
//! what it cannot decode; then it returns a [`CodecError`] with the positions and the reason that
//! CPython's exceptions carry, and the caller asks its handler, appends the replacement, and goes on where
//! the handler says. Encoders do the same with positions in the text.
//!
//! With `is_final` false a decoder leaves an incomplete sequence at the end alone and says how much it consumed.

pub mod charmap;
pub mod escape;
pub mod handlers;
pub mod multibyte;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

use crate::text::TextBuilder;

/// What could not be decoded or encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The exception's reason.
    pub reason: &'static str,
}

/// Order of bytes in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// The low byte first.
    Little,
    /// The high byte first.
    Big,
}

/// The machine's own order.
pub const NATIVE: Endian = if cfg!(target_endian = "big") { Endian::Big } else { Endian::Little };

pub(crate) fn error(start: usize, end: usize, reason: &'static str) -> CodecError {
    CodecError { start, end, reason }
}

/// Decodes ASCII from `at` on; returns how much was consumed.
pub fn decode_ascii(input: &[u8], at: usize, out: &mut TextBuilder) -> Result<usize, CodecError> {
    let rest = &input[at..];
    match rest.iter().position(|b| !b.is_ascii()) {
        None => {
            out.push_ascii(rest);
            Ok(input.len())
        }
        Some(i) => {
            out.push_ascii(&rest[..i]);
            Err(error(at + i, at + i + 1, "ordinal not in range(128)"))
        }
    }
}

/// Encodes to bytes of the same number, below `limit` (128 for ASCII, 256 for Latin-1), from `at` on.
pub fn encode_narrow<C: Copy + Into<u32>>(
    text: &[C],
    at: usize,
    limit: u32,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let rest = &text[at..];
    let fits = |&c: &C| c.into() < limit;
    let n = rest.iter().take_while(|c| fits(c)).count();
    out.extend(rest[..n].iter().map(|&c| c.into() as u8));
    if n == rest.len() {
        return Ok(());
    }
    let bad = rest[n..].iter().take_while(|c| !fits(c)).count();
    let reason = if limit == 128 { "ordinal not in range(128)" } else { "ordinal not in range(256)" };
    Err(error(at + n, at + n + bad, reason))
}

pub(crate) fn is_surrogate(c: u32) -> bool {
    (0xd800..0xe000).contains(&c)
}
