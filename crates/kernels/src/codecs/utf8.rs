//! UTF-8.

use super::{CodecError, error, is_surrogate};
use crate::text::TextBuilder;

/// What stands at a place of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sequence {
    /// A code point of so many bytes.
    Valid(u32, usize),
    /// So many bytes that cannot go on to a code point.
    Invalid(usize, &'static str),
    /// The input ends within a sequence that is right so far.
    Incomplete,
}

const BAD_START: Sequence = Sequence::Invalid(1, "invalid start byte");

fn sequence(input: &[u8]) -> Sequence {
    let first = input[0];
    let (len, low, high) = match first {
        0..0x80 => return Sequence::Valid(first as u32, 1),
        0xc2..0xe0 => (2, 0x80, 0xbf),
        0xe0 => (3, 0xa0, 0xbf),
        0xed => (3, 0x80, 0x9f),
        0xe1..0xf0 => (3, 0x80, 0xbf),
        0xf0 => (4, 0x90, 0xbf),
        0xf1..0xf4 => (4, 0x80, 0xbf),
        0xf4 => (4, 0x80, 0x8f),
        _ => return BAD_START,
    };
    let mut c = first as u32 & (0x7f >> len);
    for i in 1..len {
        let Some(&b) = input.get(i) else { return Sequence::Incomplete };
        let range = if i == 1 { low..=high } else { 0x80..=0xbf };
        if !range.contains(&b) {
            return Sequence::Invalid(i, "invalid continuation byte");
        }
        c = c << 6 | (b & 0x3f) as u32;
    }
    Sequence::Valid(c, len)
}

/// Length of the run of ASCII at the start.
#[inline]
fn ascii_run(input: &[u8]) -> usize {
    let mut n = 0;
    for word in input.chunks_exact(8) {
        if word.iter().fold(0, |all, &b| all | b) >= 0x80 {
            break;
        }
        n += 8;
    }
    n + input[n..].iter().take_while(|b| b.is_ascii()).count()
}

/// Decodes from `at` on; returns how much was consumed.
pub fn decode(
    input: &[u8],
    mut at: usize,
    is_final: bool,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while at < input.len() {
        let n = ascii_run(&input[at..]);
        out.push_ascii(&input[at..at + n]);
        at += n;
        while at < input.len() && input[at] >= 0x80 {
            match sequence(&input[at..]) {
                Sequence::Valid(c, len) => {
                    out.push(c);
                    at += len;
                }
                // The beginning of a surrogate, which `surrogatepass` may want whole.
                Sequence::Invalid(..) if !is_final && matches!(input[at..], [0xed, 0xa0..=0xbf]) => {
                    return Ok(at);
                }
                Sequence::Invalid(len, reason) => return Err(error(at, at + len, reason)),
                Sequence::Incomplete if is_final => {
                    return Err(error(at, input.len(), "unexpected end of data"));
                }
                Sequence::Incomplete => return Ok(at),
            }
        }
    }
    Ok(at)
}

/// Appends a code point, surrogates as they are.
#[inline]
pub fn push(out: &mut Vec<u8>, c: u32) {
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend_from_slice(&[0xc0 | (c >> 6) as u8, 0x80 | (c & 0x3f) as u8]),
        0x800..0x10000 => out.extend_from_slice(&[
            0xe0 | (c >> 12) as u8,
            0x80 | (c >> 6 & 0x3f) as u8,
            0x80 | (c & 0x3f) as u8,
        ]),
        _ => out.extend_from_slice(&[
            0xf0 | (c >> 18) as u8,
            0x80 | (c >> 12 & 0x3f) as u8,
            0x80 | (c >> 6 & 0x3f) as u8,
            0x80 | (c & 0x3f) as u8,
        ]),
    }
}

/// Encodes from `at` on.
pub fn encode<C: Copy + Into<u32>>(text: &[C], at: usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    out.reserve(text.len() - at);
    for (i, &c) in text.iter().enumerate().skip(at) {
        let c = c.into();
        if is_surrogate(c) {
            let n = text[i..].iter().take_while(|&&c| is_surrogate(c.into())).count();
            return Err(error(i, i + n, "surrogates not allowed"));
        }
        push(out, c);
    }
    Ok(())
}

/// Bytes that [`encode`] writes for the text.
pub fn encoded_len<C: Copy + Into<u32>>(text: &[C]) -> usize {
    text.iter()
        .map(|&c| {
            let c = c.into();
            1 + (c >= 0x80) as usize + (c >= 0x800) as usize + (c >= 0x10000) as usize
        })
        .sum()
}
