//! Integers to and from text in bases 2 to 36.
//!
//! Bases that are powers of two copy bits. The others cut the number at powers of the base, so that
//! the work is a few multiplications or divisions of each size; underneath, limbs are converted
//! with as many characters each as 60 bits hold (18 for decimal).
//!
//! Signs, prefixes, white space, underscores and the limit of `sys.set_int_max_str_digits` are
//! the caller's.

use super::limbs::{self, Reciprocal};
use super::{SHIFT, div, mul, nat};

/// Chunks up to which repeated division by one limb is faster than cutting.
const FORMAT_SPLIT: usize = 16;
/// Chunks below which multiplying in one by one is faster than cutting.
const PARSE_SPLIT: usize = 64;

const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// What one limb holds of a base.
#[derive(Clone, Copy)]
struct Chunk {
    radix: u64,
    /// Characters in a chunk.
    width: usize,
    /// `radix ** width`.
    power: u64,
}

impl Chunk {
    fn new(radix: u32) -> Self {
        let (mut width, mut power) = (0, 1u64);
        while power <= limbs::LIMB_MASK / radix as u64 {
            power *= radix as u64;
            width += 1;
        }
        Chunk { radix: radix as u64, width, power }
    }
}

/// Value of a character as a digit of any base up to 36.
#[inline]
pub fn digit_value(c: u8) -> Option<u32> {
    (c as char).to_digit(36)
}

/// The magnitude's characters in the base (2 to 36), lower case, without sign or prefix; "0" for zero.
pub fn to_text(a: &[u32], radix: u32) -> String {
    assert!((2..=36).contains(&radix));
    let bytes = if a.is_empty() {
        b"0".to_vec()
    } else if radix.is_power_of_two() {
        power_of_two_text(a, radix.trailing_zeros())
    } else if let Some(v) = nat::to_u64(a) {
        let mut out = Vec::with_capacity(24);
        write_word(&mut out, v, radix as u64, 0);
        out
    } else {
        let mut out = Vec::with_capacity(text_len_bound(a, radix));
        Formatter::new(radix).format(&mut out, limbs::pack(a));
        out
    };
    String::from_utf8(bytes).unwrap_or_default()
}

/// An upper bound for the characters of [`to_text`].
pub fn text_len_bound(a: &[u32], radix: u32) -> usize {
    // floor(log2) of the base in 32nds, so that the quotient is never too small.
    let log = ((radix as f64).log2() * 32.0) as usize;
    nat::bit_length(a) as usize * 32 / log + 2
}

fn power_of_two_text(a: &[u32], bits: u32) -> Vec<u8> {
    let n = nat::bit_length(a).div_ceil(bits as u64) as usize;
    let mut out = vec![0; n];
    let (mut acc, mut have) = (0u64, 0u32);
    let mut digits = a.iter();
    for o in out.iter_mut().rev() {
        if have < bits {
            acc |= (digits.next().copied().unwrap_or(0) as u64) << have;
            have += SHIFT;
        }
        *o = ALPHABET[(acc & ((1 << bits) - 1)) as usize];
        acc >>= bits;
        have -= bits;
    }
    out
}

/// Appends a word's characters, padded with zeros to `width`.
fn write_word(out: &mut Vec<u8>, mut v: u64, radix: u64, width: usize) {
    let mut buffer = [b'0'; 64];
    let mut i = buffer.len();
    if radix == 10 {
        while v >= 100 {
            let pair = (v % 100) as usize;
            v /= 100;
            i -= 2;
            buffer[i] = b'0' + (pair / 10) as u8;
            buffer[i + 1] = b'0' + (pair % 10) as u8;
        }
    }
    while v != 0 {
        i -= 1;
        buffer[i] = ALPHABET[(v % radix) as usize];
        v /= radix;
    }
    let start = i.min(buffer.len() - width);
    out.extend_from_slice(&buffer[start..]);
}

struct Formatter {
    chunk: Chunk,
    by_chunk: Reciprocal,
    /// Chunks in the smallest power.
    base: usize,
    /// `chunk.power ** (base * 2^i)`, as many as the number needs.
    powers: Vec<Vec<u64>>,
}

impl Formatter {
    fn new(radix: u32) -> Self {
        let chunk = Chunk::new(radix);
        Formatter { chunk, by_chunk: Reciprocal::new(chunk.power), base: 0, powers: Vec::new() }
    }

    fn format(mut self, out: &mut Vec<u8>, a: Vec<u64>) {
        // Halved again and again, the number of chunks gives parts that are equally long at every level.
        let bits = limbs::bit_length(&a) as f64;
        let chunks = (bits / (self.chunk.power as f64).log2() * 1.000_001) as usize + 1;
        let mut levels = 0;
        while chunks.div_ceil(1 << levels) > FORMAT_SPLIT {
            levels += 1;
        }
        if levels > 0 {
            self.base = chunks.div_ceil(1 << levels);
            let mut power = vec![1];
            for _ in 0..self.base {
                let carry = limbs::mul_small_assign(&mut power, self.chunk.power, 0);
                if carry != 0 {
                    power.push(carry);
                }
            }
            for _ in 1..levels {
                let mut square = vec![0; power.len() * 2];
                mul::sqr_limbs(&mut square, &power);
                limbs::normalise(&mut square);
                self.powers.push(std::mem::replace(&mut power, square));
            }
            self.powers.push(power);
        }
        self.split(out, a, levels, false);
    }

    /// Writes `a`, which has at most `base * 2^levels` chunks; all but the leading part are padded.
    fn split(&self, out: &mut Vec<u8>, a: Vec<u64>, levels: usize, pad: bool) {
        if levels == 0 {
            let width = if pad { self.base * self.chunk.width } else { 0 };
            return self.base_case(out, a, width);
        }
        let power = &self.powers[levels - 1];
        if !pad && limbs::cmp(&a, power).is_lt() {
            return self.split(out, a, levels - 1, false);
        }
        let (q, r) = div::div_rem_limbs(&a, power);
        self.split(out, q, levels - 1, pad);
        self.split(out, r, levels - 1, true);
    }

    fn base_case(&self, out: &mut Vec<u8>, mut a: Vec<u64>, width: usize) {
        let mut chunks = Vec::with_capacity(a.len() + 2);
        limbs::normalise(&mut a);
        while !a.is_empty() {
            chunks.push(limbs::div_small_assign(&mut a, &self.by_chunk));
            limbs::normalise(&mut a);
        }
        let Chunk { radix, width: chunk_width, .. } = self.chunk;
        if width > 0 {
            out.resize(out.len() + width - chunks.len() * chunk_width, b'0');
        }
        for (i, &chunk) in chunks.iter().rev().enumerate() {
            let pad = if i > 0 || width > 0 { chunk_width } else { 0 };
            write_word(out, chunk, radix, pad);
        }
    }
}

/// The magnitude that the characters (all of them digits of the base) stand for.
///
/// `None` when a character is not a digit of the base, or there is none at all.
pub fn from_text(text: &[u8], radix: u32) -> Option<Vec<u32>> {
    assert!((2..=36).contains(&radix));
    if text.is_empty() || !text.iter().all(|&c| digit_value(c).is_some_and(|d| d < radix)) {
        return None;
    }
    let text = &text[text.iter().position(|&c| c != b'0').unwrap_or(text.len())..];
    if text.is_empty() {
        return Some(Vec::new());
    }
    if radix.is_power_of_two() {
        return Some(power_of_two_value(text, radix.trailing_zeros()));
    }
    let chunk = Chunk::new(radix);
    if text.len() <= chunk.width {
        return Some(nat::from_u64(word(text, chunk.radix)));
    }
    Some(limbs::unpack(&parse_chunks(text, chunk)))
}

fn power_of_two_value(text: &[u8], bits: u32) -> Vec<u32> {
    let mut out = Vec::with_capacity((text.len() * bits as usize).div_ceil(SHIFT as usize));
    let (mut acc, mut have) = (0u64, 0u32);
    for &c in text.iter().rev() {
        acc |= (digit_value(c).unwrap_or(0) as u64) << have;
        have += bits;
        if have >= SHIFT {
            out.push(acc as u32 & super::MASK);
            acc >>= SHIFT;
            have -= SHIFT;
        }
    }
    out.push(acc as u32);
    nat::normalise(&mut out);
    out
}

/// Value of a few characters.
fn word(text: &[u8], radix: u64) -> u64 {
    text.iter().fold(0, |v, &c| v * radix + digit_value(c).unwrap_or(0) as u64)
}

fn parse_chunks(text: &[u8], chunk: Chunk) -> Vec<u64> {
    // Runs of PARSE_SPLIT chunks, the last run first, then neighbours joined two by two.
    let mut parts: Vec<Vec<u64>> = text
        .rchunks(PARSE_SPLIT * chunk.width)
        .map(|run| {
            let mut value = Vec::with_capacity(PARSE_SPLIT);
            let (first, rest) = run.split_at(run.len() % chunk.width);
            let mut push = |piece: &[u8]| {
                let carry = limbs::mul_small_assign(&mut value, chunk.power, word(piece, chunk.radix));
                if carry != 0 {
                    value.push(carry);
                }
            };
            if !first.is_empty() {
                push(first);
            }
            rest.chunks(chunk.width).for_each(push);
            value
        })
        .collect();
    if parts.len() > 1 {
        let mut power = vec![1];
        for _ in 0..PARSE_SPLIT {
            let carry = limbs::mul_small_assign(&mut power, chunk.power, 0);
            if carry != 0 {
                power.push(carry);
            }
        }
        loop {
            parts = parts.chunks(2).map(|pair| join(pair, &power)).collect();
            if parts.len() == 1 {
                break;
            }
            let mut square = vec![0; power.len() * 2];
            mul::sqr_limbs(&mut square, &power);
            limbs::normalise(&mut square);
            power = square;
        }
    }
    parts.pop().unwrap_or_default()
}

/// `low + high * power`.
fn join(pair: &[Vec<u64>], power: &[u64]) -> Vec<u64> {
    let [low, high] = pair else {
        return pair[0].clone();
    };
    let mut out = vec![0; (high.len() + power.len()).max(low.len()) + 1];
    let n = high.len() + power.len();
    mul::mul_limbs(&mut out[..n], high, power);
    limbs::add_assign(&mut out, low);
    limbs::normalise(&mut out);
    out
}
