//! Identifiers: which characters they may hold (UAX #31 with XID, in Unicode 16.0.0) and how they are normalised.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::fault::Fault;
use super::input::Input;
use super::lexer::Lexer;
use super::printable::is_printable;

/// Whether a character may start an identifier.
pub fn is_identifier_start(character: char) -> bool {
    character == '_' || unicode_ident::is_xid_start(character) && is_printable(character)
}

/// Whether a character may stand inside an identifier. The two joiners are the only ones that are not printable.
pub fn is_identifier_continue(character: char) -> bool {
    unicode_ident::is_xid_continue(character)
        && (is_printable(character) || matches!(character, '\u{200C}' | '\u{200D}'))
}

/// Whether a whole text is an identifier (`str.isidentifier`).
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && first_invalid(text).is_none()
}

/// The first character that keeps a text from being an identifier.
fn first_invalid(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|&(at, character)| {
        if at == 0 { !is_identifier_start(character) } else { !is_identifier_continue(character) }
    })
}

/// The name that an identifier stands for: its NFKC form.
pub fn normalize(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || unicode_normalization::is_nfkc(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfkc().collect())
    }
}

/// True for ASCII letters, digits, the underscore, and every byte of a character above ASCII.
pub(super) const fn is_name_byte(c: u8) -> bool {
    NAME_BYTES[c as usize] & 2 != 0
}

/// As [`is_name_byte`], without the digits.
pub(super) const fn is_name_start_byte(c: u8) -> bool {
    NAME_BYTES[c as usize] & 1 != 0
}

/// Bit 0: may start a name. Bit 1: may continue one. 0xFF is no byte of UTF-8 and stands for the end of the source.
static NAME_BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 255 {
        let byte = c as u8;
        if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
            table[c] = 3;
        } else if byte.is_ascii_digit() {
            table[c] = 2;
        }
        c += 1;
    }
    table
};

impl<I: Input> Lexer<I> {
    /// Holds the name from `start` to the current position against the identifier rules. `tokenize` takes anything.
    #[cold]
    pub(super) fn verify_identifier(&mut self, start: usize) -> Result<(), Fault> {
        if self.options.extra_tokens {
            return Ok(());
        }
        let name = String::from_utf8_lossy(&self.input.bytes()[start..self.cur]);
        let Some((at, character)) = first_invalid(&name) else { return Ok(()) };
        let code = u32::from(character);
        let msg = if is_printable(character) {
            format!("invalid character '{character}' (U+{code:04X})")
        } else {
            format!("invalid non-printable character U+{code:04X}")
        };
        self.cur = (start + at + character.len_utf8()).min(self.cur);
        Err(self.syntax_error(msg))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_identifier, normalize};

    #[test]
    fn identifiers() {
        for name in ["a", "_", "é", "ℂ", "x1", "ªb", "𝔘", "a\u{200d}", "a·", "_\u{301}"] {
            assert!(is_identifier(name), "{name}");
        }
        for other in ["", "1", "a b", "€", "\u{200d}a", "\u{301}a", "\u{88f}", "a-"] {
            assert!(!is_identifier(other), "{other}");
        }
    }

    #[test]
    fn names_are_nfkc() {
        assert_eq!(normalize("ﬁ"), "fi");
        assert_eq!(normalize("𝔘𝔫𝔦"), "Uni");
        assert_eq!(normalize("e\u{301}"), "é");
    }
}
