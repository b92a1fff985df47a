//! UTF-7 (RFC 2152): ASCII, and runs of UTF-16 in base 64 between `+` and `-`.
//!
//! A run has a state, so decoding is a struct: after an error it goes on with the state it had.

use super::{CodecError, error};
use crate::text::TextBuilder;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_value(b: u8) -> Option<u32> {
    match b {
        b'A'..=b'Z' => Some((b - b'A') as u32),
        b'a'..=b'z' => Some((b - b'a') as u32 + 26),
        b'0'..=b'9' => Some((b - b'0') as u32 + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// A decoder between two errors.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    in_run: bool,
    /// Where the run's `+` stands.
    run_start: usize,
    /// Length of the text when the run began.
    text_start: usize,
    bits: u32,
    buffer: u32,
    /// A high surrogate waiting for its partner.
    high: u32,
}

impl Decoder {
    /// Decodes from `at` on; returns how much was consumed. Without `is_final` a run that is still open is
    /// not consumed, and its text is taken back.
    pub fn decode(
        &mut self,
        input: &[u8],
        mut at: usize,
        is_final: bool,
        out: &mut TextBuilder,
    ) -> Result<usize, CodecError> {
        while let Some(&b) = input.get(at) {
            if self.in_run {
                if let Some(value) = base64_value(b) {
                    at += 1;
                    self.take(value, out);
                    continue;
                }
                at = self.leave_run(b, at, out)?;
            } else if b == b'+' {
                self.run_start = at;
                at += 1;
                match input.get(at) {
                    Some(b'-') => {
                        at += 1;
                        out.push('+' as u32);
                    }
                    Some(&b) if base64_value(b).is_none() => {
                        return Err(error(self.run_start, at + 1, "ill-formed sequence"));
                    }
                    _ => {
                        let run_start = self.run_start;
                        *self = Decoder { in_run: true, run_start, text_start: out.len(), ..Self::default() };
                    }
                }
            } else if b.is_ascii() {
                at += 1;
                out.push(b as u32);
            } else {
                self.run_start = at;
                return Err(error(at, at + 1, "unexpected special character"));
            }
        }
        if !self.in_run {
            return Ok(at);
        }
        if !is_final {
            out.truncate(self.text_start);
            return Ok(self.run_start);
        }
        self.in_run = false;
        if self.high != 0 || self.bits >= 6 || (self.bits > 0 && self.buffer != 0) {
            return Err(error(self.run_start, input.len(), "unterminated shift sequence"));
        }
        Ok(at)
    }

    /// Six more bits of a run.
    fn take(&mut self, value: u32, out: &mut TextBuilder) {
        self.buffer = self.buffer << 6 | value;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits;
        self.buffer &= (1 << self.bits) - 1;
        let high = std::mem::take(&mut self.high);
        if high != 0 {
            if (0xdc00..0xe000).contains(&unit) {
                out.push(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
                return;
            }
            out.push(high);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = unit;
        } else {
            out.push(unit);
        }
    }

    /// A character that ends a run; returns where to go on.
    fn leave_run(&mut self, b: u8, at: usize, out: &mut TextBuilder) -> Result<usize, CodecError> {
        self.in_run = false;
        if self.bits >= 6 {
            return Err(error(self.run_start, at + 1, "partial character in shift sequence"));
        }
        if self.bits > 0 && self.buffer != 0 {
            return Err(error(self.run_start, at + 1, "non-zero padding bits in shift sequence"));
        }
        let high = std::mem::take(&mut self.high);
        if high != 0 && b.is_ascii() && b != b'+' {
            out.push(high);
        }
        Ok(if b == b'-' { at + 1 } else { at })
    }
}

/// Characters that stand for themselves: letters, digits, and what RFC 2152 allows besides.
fn is_direct(c: u32) -> bool {
    match u8::try_from(c) {
        Ok(b) => b.is_ascii_alphanumeric() || b"'(),-./:?!\"#$%&*;<=>@[]^_`{|} \t\n\r".contains(&b),
        Err(_) => false,
    }
}

/// Encodes a text; everything has a form.
pub fn encode<C: Copy + Into<u32>>(text: &[C], out: &mut Vec<u8>) {
    let (mut in_run, mut bits, mut buffer) = (false, 0u32, 0u32);
    for &c in text {
        let c = c.into();
        if is_direct(c) {
            if in_run {
                in_run = false;
                flush(out, &mut bits, &mut buffer);
                let b = c as u8;
                if base64_value(b).is_some() || b == b'-' {
                    out.push(b'-');
                }
            }
            out.push(c as u8);
            continue;
        }
        if !in_run {
            if c == '+' as u32 {
                out.extend_from_slice(b"+-");
                continue;
            }
            out.push(b'+');
            in_run = true;
        }
        let mut unit = |u: u32| {
            buffer = buffer << 16 | u;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(ALPHABET[(buffer >> bits & 63) as usize]);
                buffer &= (1 << bits) - 1;
            }
        };
        if c < 0x10000 {
            unit(c);
        } else {
            unit(0xd7c0 + (c >> 10));
            unit(0xdc00 | c & 0x3ff);
        }
    }
    flush(out, &mut bits, &mut buffer);
    if in_run {
        out.push(b'-');
    }
}

fn flush(out: &mut Vec<u8>, bits: &mut u32, buffer: &mut u32) {
    if *bits > 0 {
        out.push(ALPHABET[(*buffer << (6 - *bits) & 63) as usize]);
        (*bits, *buffer) = (0, 0);
    }
}
