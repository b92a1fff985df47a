//! String tokens to values: prefixes, quotes, escapes, and the source text that f-strings and t-strings keep.
//!
//! Values are bytes: of text as [`Wtf8`] has it, or of a bytes object. A value without escapes is a slice of the source.
//! What is wrong with a literal is given as the message of the `SyntaxError`; placing it is the parser's part: an error stands
//! at the literal, a warning where [`EscapeWarning`] says.

pub mod escapes;
pub mod interpolation;
pub use taipan_kernels::unicode::names as unicode_names;

use std::borrow::Cow;

use taipan_ast::{Arena, Constant, Wtf8};

use escapes::{InvalidEscape, unescape_bytes, unescape_text};

/// The value of a `STRING` token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal<'s> {
    pub is_bytes: bool,
    /// Written with the prefix `u`, which the tree remembers as `kind`.
    pub has_u_prefix: bool,
    pub value: Cow<'s, [u8]>,
    pub invalid_escape: Option<InvalidEscape>,
}

/// A warning of a literal, placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeWarning {
    pub msg: String,
    pub lineno: i32,
    /// What to say where a filter turns the warning into an error, and where: from `col_offset`, two bytes long, on
    /// `lineno`. The column is CPython's, which does not count the letters of a prefix.
    pub msg_as_error: String,
    pub col_offset: i32,
}

impl EscapeWarning {
    /// Places an invalid escape of a token of this text and position. For pieces of an f-string or t-string the token
    /// is the end of the string, for pieces of a format specification the piece itself. Nothing for `\{`, which the
    /// tokenizer reported.
    pub fn new(escape: &InvalidEscape, token_text: &str, lineno: i32, col_offset: i32) -> Self {
        let mut column = escape.column;
        if escape.line_feeds == 0 {
            let first = token_text.bytes().next();
            let is_quote = |c: &u8| matches!(c, b'\'' | b'"') && Some(*c) == first;
            column += col_offset + token_text.bytes().take_while(is_quote).count() as i32;
        }
        EscapeWarning {
            msg: escape.warning(),
            lineno: lineno + escape.line_feeds,
            msg_as_error: escape.error(),
            col_offset: column,
        }
    }
}

/// Decodes a `STRING` token. The error is the whole message of the `SyntaxError`.
pub fn literal(token_text: &str) -> Result<Literal<'_>, String> {
    let quote_at = token_text.find(['\'', '"']).unwrap_or(0);
    let (prefix, quoted) = token_text.split_at(quote_at);
    let has = |letter: u8| prefix.bytes().any(|c| c | 0x20 == letter);
    let size = if quoted.len() >= 6 && is_triple(quoted) { 3 } else { 1 };
    let body = quoted.get(size..quoted.len().saturating_sub(size)).unwrap_or("");
    let is_bytes = has(b'b');
    let raw = has(b'r') || memchr::memchr(b'\\', body.as_bytes()).is_none();
    if is_bytes && !body.is_ascii() {
        return Err("bytes can only contain ASCII literal characters".to_owned());
    }
    let (value, invalid_escape) = if raw {
        (Cow::Borrowed(body.as_bytes()), None)
    } else {
        let unescaped = if is_bytes {
            unescape_bytes(body).map_err(|msg| format!("(value error) {msg}"))?
        } else {
            unescape_text(body).map_err(|msg| format!("(unicode error) {msg}"))?
        };
        (Cow::Owned(unescaped.value), unescaped.invalid)
    };
    Ok(Literal { is_bytes, has_u_prefix: prefix == "u", value, invalid_escape })
}

fn is_triple(quoted: &str) -> bool {
    matches!(*quoted.as_bytes(), [a, b, c, ..] if a == b && b == c)
}

/// Decodes a piece of text of an f-string or t-string (a `MIDDLE` token, where `{{` is one brace already). The error is the
/// whole message of the `SyntaxError`.
pub fn middle(token_text: &str, raw: bool) -> Result<(Cow<'_, [u8]>, Option<InvalidEscape>), String> {
    if raw || memchr::memchr(b'\\', token_text.as_bytes()).is_none() {
        return Ok((Cow::Borrowed(token_text.as_bytes()), None));
    }
    let unescaped = unescape_text(token_text).map_err(|msg| format!("(unicode error) {msg}"))?;
    // The tokenizer has warned of a backslash before a brace.
    let invalid = unescaped.invalid.filter(|escape| !matches!(&*escape.shown, "{" | "}"));
    Ok((Cow::Owned(unescaped.value), invalid))
}

/// Whether the start of an f-string or t-string (a `START` token) has the prefix `r`.
pub fn is_raw(start_text: &str) -> bool {
    start_text.bytes().take_while(u8::is_ascii_alphabetic).any(|c| c | 0x20 == b'r')
}

/// Joins adjacent literals of one kind in an arena.
pub fn concatenate<'a>(arena: &'a Arena, is_bytes: bool, parts: &[Cow<'_, [u8]>]) -> Constant<'a> {
    if let [part] = parts {
        let bytes = arena.bytes(part);
        return if is_bytes { Constant::Bytes(bytes) } else { Constant::Str(Wtf8::from_bytes(bytes)) };
    }
    let total = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(total);
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    let bytes = arena.bytes(&bytes);
    if is_bytes { Constant::Bytes(bytes) } else { Constant::Str(Wtf8::from_bytes(bytes)) }
}

#[cfg(test)]
mod tests;
