//! Encodings with a table: each byte a character.

use super::{CodecError, error};
use crate::text::TextBuilder;

/// The table's way of saying that a byte means nothing.
pub const UNDEFINED: u32 = 0xfffe;

const REASON: &str = "character maps to <undefined>";

/// Decodes by a table of up to 256 code points, from `at` on.
pub fn decode<C: Copy + Into<u32>>(
    input: &[u8],
    at: usize,
    table: &[C],
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    for (i, &b) in input.iter().enumerate().skip(at) {
        match table.get(b as usize).map(|&c| c.into()) {
            None | Some(UNDEFINED) => return Err(error(i, i + 1, REASON)),
            Some(c) => out.push(c),
        }
    }
    Ok(input.len())
}

/// The way back from a decoding table (`codecs.charmap_build`).
#[derive(Clone, Debug)]
pub struct EncodingMap(Box<Tables>);

#[derive(Clone, Debug)]
struct Tables {
    /// Bytes of the first 256 code points; `absent` says which have none.
    low: [Option<u8>; 256],
    /// Others, sorted.
    high: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// Inverts a decoding table; of bytes with one meaning the last wins.
    pub fn new<C: Copy + Into<u32>>(table: &[C]) -> Self {
        let mut map = Box::new(Tables { low: [None; 256], high: Vec::new() });
        for (i, &c) in table.iter().take(256).enumerate() {
            match c.into() {
                UNDEFINED => {}
                c @ 0..256 => map.low[c as usize] = Some(i as u8),
                c => map.high.push((c, i as u8)),
            }
        }
        map.high.sort_by_key(|&(c, i)| (c, std::cmp::Reverse(i)));
        map.high.dedup_by_key(|&mut (c, _)| c);
        EncodingMap(map)
    }

    /// The byte of a code point.
    #[inline]
    pub fn get(&self, c: u32) -> Option<u8> {
        if c < 256 {
            return self.0.low[c as usize];
        }
        let high = &self.0.high;
        high.binary_search_by_key(&c, |&(c, _)| c).ok().map(|i| high[i].1)
    }

    /// Encodes from `at` on.
    pub fn encode<C: Copy + Into<u32>>(
        &self,
        text: &[C],
        at: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), CodecError> {
        for (i, &c) in text.iter().enumerate().skip(at) {
            match self.get(c.into()) {
                Some(b) => out.push(b),
                None => {
                    let bad = text[i..].iter().take_while(|&&c| self.get(c.into()).is_none()).count();
                    return Err(error(i, i + bad, REASON));
                }
            }
        }
        Ok(())
    }
}
