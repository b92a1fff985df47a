//! Strings of Python: sequences of code points that may be lone surrogates, kept as generalised UTF-8
//! (WTF-8 without the rule that joins surrogate pairs, since Python keeps a pair apart).
//!
//! A value is immutable and shared: cloning counts a reference.

use std::fmt;
use std::sync::Arc;

/// An immutable, shared string in generalised UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wtf8Buf(Arc<[u8]>);

impl Wtf8Buf {
    /// The string of bytes that are generalised UTF-8; `None` if they are not.
    pub fn from_wtf8(bytes: impl Into<Arc<[u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        is_generalised_utf8(&bytes).then_some(Self(bytes))
    }

    /// The string of code points; `None` where one is above U+10FFFF.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Option<Self> {
        let mut bytes = Vec::new();
        for point in points {
            push_code_point(&mut bytes, point)?;
        }
        Some(Self(bytes.into()))
    }

    /// The bytes in generalised UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The string, if it holds no surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints { rest: &self.0 }
    }

    /// The number of code points: Python's `len`.
    pub fn len(&self) -> usize {
        self.0.iter().filter(|b| **b & 0xC0 != 0x80).count()
    }

    /// The concatenation of two strings.
    pub fn concat(&self, other: &Self) -> Self {
        let mut bytes = Vec::with_capacity(self.0.len() + other.0.len());
        bytes.extend_from_slice(&self.0);
        bytes.extend_from_slice(&other.0);
        Self(bytes.into())
    }

    /// Whether two values share their memory: the nearest thing to Python's `is`.
    pub fn shares_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The address of the shared bytes, an identity for as long as one clone lives.
    pub fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// How many clones share the bytes.
    pub fn shares(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

impl From<&str> for Wtf8Buf {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<String> for Wtf8Buf {
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl PartialEq<str> for Wtf8Buf {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Wtf8Buf {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == other.as_bytes()
    }
}

impl std::borrow::Borrow<[u8]> for Wtf8Buf {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Wtf8Buf {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl fmt::Display for Wtf8Buf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for point in self.code_points() {
            match char::from_u32(point) {
                Some(c) => write!(f, "{c}")?,
                None => write!(f, "\\u{point:04x}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Wtf8Buf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"")?;
        for point in self.code_points() {
            match char::from_u32(point) {
                Some(c) => write!(f, "{}", c.escape_debug())?,
                None => write!(f, "\\u{point:04x}")?,
            }
        }
        write!(f, "\"")
    }
}

/// Appends a code point in generalised UTF-8; `None` above U+10FFFF.
pub fn push_code_point(out: &mut Vec<u8>, point: u32) -> Option<()> {
    match point {
        0..0x80 => out.push(point as u8),
        0x80..0x800 => out.extend_from_slice(&[0xC0 | (point >> 6) as u8, tail(point)]),
        0x800..0x1_0000 => {
            out.extend_from_slice(&[0xE0 | (point >> 12) as u8, tail(point >> 6), tail(point)])
        }
        0x1_0000..0x11_0000 => out.extend_from_slice(&[
            0xF0 | (point >> 18) as u8,
            tail(point >> 12),
            tail(point >> 6),
            tail(point),
        ]),
        _ => return None,
    }
    Some(())
}

fn tail(bits: u32) -> u8 {
    0x80 | (bits & 0x3F) as u8
}

/// Iterator over the code points of a [`Wtf8Buf`].
#[derive(Clone)]
pub struct CodePoints<'a> {
    rest: &'a [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (point, length) = decode(self.rest)?;
        self.rest = self.rest.get(length..)?;
        Some(point)
    }
}

/// The first code point of the bytes and its length; `None` at the end or where they are not well formed.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let first = u32::from(*bytes.first()?);
    let (length, least, mut point) = match first {
        0..0x80 => return Some((first, 1)),
        0xC2..0xE0 => (2, 0x80, first & 0x1F),
        0xE0..0xF0 => (3, 0x800, first & 0x0F),
        0xF0..0xF5 => (4, 0x1_0000, first & 0x07),
        _ => return None,
    };
    for byte in bytes.get(1..length)? {
        if byte & 0xC0 != 0x80 {
            return None;
        }
        point = point << 6 | u32::from(byte & 0x3F);
    }
    (point >= least && point < 0x11_0000).then_some((point, length))
}

fn is_generalised_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        match decode(rest) {
            Some((_, length)) => rest = &rest[length..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_are_kept_apart() {
        let s = Wtf8Buf::from_code_points([0x61, 0xD83D, 0xDE00, 0x1F600]).unwrap();
        assert_eq!(s.code_points().collect::<Vec<_>>(), [0x61, 0xD83D, 0xDE00, 0x1F600]);
        assert_eq!(s.len(), 4);
        assert_eq!(s.as_str(), None);
        assert_eq!(Wtf8Buf::from_wtf8(s.as_bytes()), Some(s));
    }

    #[test]
    fn malformed_bytes_are_refused() {
        for bytes in [&b"\xC0\x80"[..], b"\xE0\x80\x80", b"\xF4\x90\x80\x80", b"\x80", b"\xE2\x82"] {
            assert_eq!(Wtf8Buf::from_wtf8(bytes), None);
        }
    }
}
