//! Text as Python's `str` has it: UTF-8 in which surrogates may stand too.
//!
//! A surrogate is encoded as UTF-8 would encode any other code point of its size, in three bytes; everything else
//! is ordinary UTF-8. A pair of surrogates stays a pair, as in Python.
#![expect(unsafe_code, reason = "a slice of bytes becomes a slice of the transparent newtype in one place")]

use std::fmt;

/// A slice of text that may hold surrogates.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Wtf8([u8]);

impl Wtf8 {
    /// Takes bytes that the caller knows to be text in this encoding; anything else decodes to replacement
    /// characters but breaks nothing.
    #[inline]
    pub const fn from_bytes(bytes: &[u8]) -> &Wtf8 {
        // SAFETY: `Wtf8` is a transparent wrapper of `[u8]`, so both references have the same layout, and no
        // operation on it relies on the bytes being well formed.
        unsafe { &*(bytes as *const [u8] as *const Wtf8) }
    }

    #[inline]
    pub const fn from_str(text: &str) -> &Wtf8 {
        Wtf8::from_bytes(text.as_bytes())
    }

    #[inline]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, if no surrogate is in it.
    #[inline]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints { rest: &self.0 }
    }

    /// Appends a code point to a buffer of text in this encoding.
    pub fn push(buffer: &mut Vec<u8>, code_point: u32) {
        match char::from_u32(code_point) {
            Some(character) => buffer.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => buffer.extend_from_slice(&[
                0xE0 | (code_point >> 12 & 0x0F) as u8,
                0x80 | (code_point >> 6 & 0x3F) as u8,
                0x80 | (code_point & 0x3F) as u8,
            ]),
        }
    }
}

impl fmt::Debug for Wtf8 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl PartialEq<str> for Wtf8 {
    fn eq(&self, other: &str) -> bool {
        &self.0 == other.as_bytes()
    }
}

/// The iterator of [`Wtf8::code_points`].
pub struct CodePoints<'t> {
    rest: &'t [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, _) = self.rest.split_first()?;
        let (length, bits) = match first {
            0..0x80 => (1, u32::from(first)),
            0xC0..0xE0 => (2, u32::from(first & 0x1F)),
            0xE0..0xF0 => (3, u32::from(first & 0x0F)),
            0xF0..0xF8 => (4, u32::from(first & 0x07)),
            _ => (1, 0xFFFD),
        };
        if length > self.rest.len() {
            self.rest = &[];
            return Some(0xFFFD);
        }
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(bytes[1..].iter().fold(bits, |value, byte| value << 6 | u32::from(byte & 0x3F)))
    }
}

#[cfg(test)]
mod tests {
    use super::Wtf8;

    #[test]
    fn surrogates_pass_through() {
        let mut buffer = Vec::new();
        for code_point in [0x41, 0xE9, 0xD800, 0xDC00, 0x1F40D] {
            Wtf8::push(&mut buffer, code_point);
        }
        let text = Wtf8::from_bytes(&buffer);
        assert_eq!(text.code_points().collect::<Vec<_>>(), [0x41, 0xE9, 0xD800, 0xDC00, 0x1F40D]);
        assert_eq!(text.to_str(), None);
        assert_eq!(text.len(), 13);
    }
}
