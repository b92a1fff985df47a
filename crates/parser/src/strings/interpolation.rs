//! The source text of a replacement field: what `f"{x = }"` prints and what an `Interpolation` remembers.
//!
//! The parser knows where the field's expression starts (after `{`) and where it ends (at the `}`, `!` or `:` of the
//! field); the text between is kept as it was written, but for comments.

use std::borrow::Cow;

/// The text of a field without its comments.
pub fn field_text(source: &str) -> Cow<'_, str> {
    if memchr::memchr(b'#', source.as_bytes()).is_none() {
        return Cow::Borrowed(source);
    }
    let bytes = source.as_bytes();
    let mut out = String::with_capacity(source.len());
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => at = after_string(bytes, at, quote),
            b'#' => {
                out.push_str(&source[copied..at]);
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
                copied = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&source[copied..]);
    Cow::Owned(out)
}

/// Where the string literal that starts at `at` ends.
fn after_string(bytes: &[u8], at: usize, quote: u8) -> usize {
    let triple = bytes[at..].starts_with(&[quote; 3]);
    let size = if triple { 3 } else { 1 };
    let closing = &[quote; 3][..size];
    let mut at = at + size;
    while at < bytes.len() {
        if bytes[at..].starts_with(closing) {
            return at + size;
        }
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    bytes.len()
}

/// The text that an `Interpolation` keeps of a field: without comments and, where the field is a debugging one, without
/// the `=` and the space after it.
pub fn interpolation_text(source: &str, is_debug: bool) -> Cow<'_, str> {
    let text = field_text(source);
    if !is_debug {
        return text;
    }
    // Only blank space and line continuations can follow it.
    let strip = |text: &str| text.rfind('=').unwrap_or(text.len());
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..strip(text)]),
        Cow::Owned(mut text) => {
            text.truncate(strip(&text));
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{field_text, interpolation_text};

    #[test]
    fn comments_go() {
        for (source, text) in [
            (" x = ", " x = "),
            ("x # c\n = ", "x \n = "),
            (" # c\nx # d \n # e\n = # f\n ", " \nx \n \n = \n "),
            ("'#' # c '\n=", "'#' \n="),
            ("'a\"#' # \"\n + \"#'\" = ", "'a\"#' \n + \"#'\" = "),
            ("\"\"\"#\n'\"\"\" #x\n=", "\"\"\"#\n'\"\"\" \n="),
            ("'\\'#' #x\n=", "'\\'#' \n="),
            ("x=#", "x="),
            ("'#\\", "'#\\"),
        ] {
            assert_eq!(field_text(source), text);
        }
    }

    #[test]
    fn interpolations() {
        assert_eq!(interpolation_text(" x ", false), " x ");
        assert_eq!(interpolation_text("x == y", false), "x == y");
        assert_eq!(interpolation_text("a  = ", true), "a  ");
        assert_eq!(interpolation_text("x==y=", true), "x==y");
        assert_eq!(interpolation_text("x #\n=", true), "x \n");
        assert_eq!(interpolation_text("x =\\\n", true), "x ");
    }
}
