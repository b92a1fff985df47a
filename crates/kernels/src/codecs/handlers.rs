//! What the standard error handlers put in place of what they are given.
//!
//! Each answers `None` where the handler raises the exception it was called with.

use super::escape::push_escape;
use super::{Endian, is_surrogate, utf8, utf16, utf32};

/// The encodings that `surrogatepass` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utf {
    /// UTF-8.
    Utf8,
    /// UTF-16.
    Utf16(Endian),
    /// UTF-32.
    Utf32(Endian),
}

impl Utf {
    /// The encoding of this name, as `surrogatepass` reads it.
    pub fn from_name(name: &str) -> Option<Utf> {
        let name = name.to_ascii_lowercase();
        let rest = name.strip_prefix("utf")?;
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        if let "8" | "cp65001" = rest {
            return Some(Utf::Utf8);
        }
        let (width, order) = rest.split_at_checked(2)?;
        let endian = match (order, order.strip_prefix(['-', '_']).unwrap_or(order)) {
            ("", _) => super::NATIVE,
            (_, "le") => Endian::Little,
            (_, "be") => Endian::Big,
            _ => return None,
        };
        match width {
            "16" => Some(Utf::Utf16(endian)),
            "32" => Some(Utf::Utf32(endian)),
            _ => None,
        }
    }
}

/// `surrogatepass` for an encoder: the surrogates' bytes.
pub fn surrogatepass_encode<C: Copy + Into<u32>>(text: &[C], encoding: Utf) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for &c in text {
        let c = c.into();
        if !is_surrogate(c) {
            return None;
        }
        match encoding {
            Utf::Utf8 => utf8::push(&mut out, c),
            Utf::Utf16(endian) => utf16::push(&mut out, c, endian),
            Utf::Utf32(endian) => utf32::push(&mut out, c, endian),
        }
    }
    Some(out)
}

/// `surrogatepass` for a decoder that failed at the start of `rest`: the surrogate and the bytes it took.
pub fn surrogatepass_decode(rest: &[u8], encoding: Utf) -> Option<(u32, usize)> {
    let (c, len) = match (encoding, rest) {
        (Utf::Utf8, &[a, b, c, ..]) if a & 0xf0 == 0xe0 && b & 0xc0 == 0x80 && c & 0xc0 == 0x80 => {
            ((a as u32 & 0xf) << 12 | (b as u32 & 0x3f) << 6 | (c as u32 & 0x3f), 3)
        }
        (Utf::Utf16(Endian::Little), &[a, b, ..]) => (u16::from_le_bytes([a, b]) as u32, 2),
        (Utf::Utf16(Endian::Big), &[a, b, ..]) => (u16::from_be_bytes([a, b]) as u32, 2),
        (Utf::Utf32(Endian::Little), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        (Utf::Utf32(Endian::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    is_surrogate(c).then_some((c, len))
}

/// `surrogateescape` for an encoder: the bytes that the surrogates stand for.
pub fn surrogateescape_encode<C: Copy + Into<u32>>(text: &[C]) -> Option<Vec<u8>> {
    text.iter()
        .map(|&c| match c.into() {
            c @ 0xdc80..0xdd00 => Some((c - 0xdc00) as u8),
            _ => None,
        })
        .collect()
}

/// `surrogateescape` for a decoder: surrogates for the leading bytes that are not ASCII, four at most.
pub fn surrogateescape_decode(bad: &[u8]) -> Option<Vec<u32>> {
    let out: Vec<u32> =
        bad.iter().take(4).take_while(|b| !b.is_ascii()).map(|&b| 0xdc00 + b as u32).collect();
    (!out.is_empty()).then_some(out)
}

/// `backslashreplace` for an encoder.
pub fn backslashreplace_encode<C: Copy + Into<u32>>(text: &[C]) -> Vec<u8> {
    let mut out = Vec::new();
    text.iter().for_each(|&c| push_escape(&mut out, c.into()));
    out
}

/// `backslashreplace` for a decoder.
pub fn backslashreplace_decode(bad: &[u8]) -> Vec<u8> {
    backslashreplace_encode(bad)
}

/// `xmlcharrefreplace`.
pub fn xmlcharrefreplace<C: Copy + Into<u32>>(text: &[C]) -> String {
    text.iter().map(|&c| format!("&#{};", c.into())).collect()
}
