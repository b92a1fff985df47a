//! Escape sequences of string and bytes literals.
//!
//! Positions in errors are CPython's, which counts in an intermediate form of the literal where a character
//! above ASCII takes ten bytes (`\U` and eight digits); [`Position`] keeps that count.

use taipan_ast::Wtf8;

use taipan_kernels::unicode::names::lookup;

/// An escape that means nothing, the first of its literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// The escape as it will be shown, without its backslash: a character, or three octal digits.
    pub shown: String,
    /// Line feeds between the start of the literal's text and the escape.
    pub line_feeds: i32,
    /// The length of what precedes the escape in its line, as CPython counts it.
    pub column: i32,
}

impl InvalidEscape {
    fn octal(&self) -> bool {
        self.shown.len() == 3
    }

    fn statement(&self) -> String {
        let kind = if self.octal() { "octal escape" } else { "escape" };
        format!("\"\\{}\" is an invalid {kind} sequence.", self.shown)
    }

    fn advice(&self) -> String {
        format!("Did you mean \"\\\\{}\"? A raw string is also an option.", self.shown)
    }

    /// The text of the warning.
    pub fn warning(&self) -> String {
        format!("{} Such sequences will not work in the future. {}", self.statement(), self.advice())
    }

    /// The text of the error where the warning is turned into one.
    pub fn error(&self) -> String {
        format!("{} {}", self.statement(), self.advice())
    }
}

/// A place in the intermediate form.
#[derive(Clone, Copy, Default)]
struct Position {
    offset: usize,
    line_feeds: i32,
    column: i32,
}

impl Position {
    fn pass(&mut self, character: char) {
        let width = if character.is_ascii() { 1 } else { 10 };
        self.offset += width;
        self.column += width as i32;
        if character == '\n' {
            self.line_feeds += 1;
            self.column = 0;
        }
    }

    fn invalid(self, shown: &str) -> InvalidEscape {
        InvalidEscape { shown: shown.to_owned(), line_feeds: self.line_feeds, column: self.column }
    }
}

/// What the escapes of a text stand for.
pub struct Unescaped {
    /// Text that may hold surrogates, or bytes.
    pub value: Vec<u8>,
    pub invalid: Option<InvalidEscape>,
}

/// The character that a one-letter escape stands for.
fn simple(letter: char) -> Option<u8> {
    Some(match letter {
        '\\' => b'\\',
        '\'' => b'\'',
        '"' => b'"',
        'b' => 8,
        'f' => 12,
        't' => b'\t',
        'n' => b'\n',
        'r' => b'\r',
        'v' => 11,
        'a' => 7,
        _ => return None,
    })
}

/// Up to three octal digits.
fn octal(text: &str) -> (&str, u32) {
    let length = text.bytes().take(3).take_while(|c| matches!(c, b'0'..=b'7')).count();
    let digits = &text[..length];
    (digits, u32::from_str_radix(digits, 8).unwrap_or(0))
}

/// Decodes the text of a string literal. The error is the text of a `UnicodeDecodeError`.
pub fn unescape_text(text: &str) -> Result<Unescaped, String> {
    let mut value = Vec::with_capacity(text.len());
    let mut invalid = None;
    let mut position = Position::default();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(at);
        value.extend_from_slice(plain.as_bytes());
        plain.chars().for_each(|character| position.pass(character));
        let used = text_escape(escape, &mut value, position, &mut invalid)?;
        let (escape, after) = escape.split_at(used);
        if let Some(letter) = escape[1..].chars().next()
            && !letter.is_ascii()
        {
            // CPython spells a backslash before such a character as an escape of its own.
            "u005c".chars().for_each(|character| position.pass(character));
        }
        escape.chars().for_each(|character| position.pass(character));
        rest = after;
    }
    value.extend_from_slice(rest.as_bytes());
    Ok(Unescaped { value, invalid })
}

/// Decodes the escape that a text starts with; gives its length.
fn text_escape(
    escape: &str,
    value: &mut Vec<u8>,
    position: Position,
    invalid: &mut Option<InvalidEscape>,
) -> Result<usize, String> {
    let Some(letter) = escape[1..].chars().next() else {
        // A piece of an f-string may end before a brace.
        value.push(b'\\');
        return Ok(1);
    };
    if let Some(byte) = simple(letter) {
        value.push(byte);
        return Ok(2);
    }
    match letter {
        '\n' => {}
        '0'..='7' => {
            let (digits, code) = octal(&escape[1..]);
            if code > 0o377 && invalid.is_none() {
                *invalid = Some(position.invalid(digits));
            }
            Wtf8::push(value, code);
            return Ok(1 + digits.len());
        }
        'x' => return hexadecimal(escape, 2, "truncated \\xXX escape", value, position),
        'u' => return hexadecimal(escape, 4, "truncated \\uXXXX escape", value, position),
        'U' => return hexadecimal(escape, 8, "truncated \\UXXXXXXXX escape", value, position),
        'N' => return named(escape, value, position),
        _ => {
            value.push(b'\\');
            Wtf8::push(value, u32::from(letter));
            if letter.is_ascii() && invalid.is_none() {
                *invalid = Some(position.invalid(letter.encode_utf8(&mut [0; 4])));
            }
        }
    }
    Ok(1 + letter.len_utf8())
}

fn hexadecimal(
    escape: &str,
    count: usize,
    truncated: &str,
    value: &mut Vec<u8>,
    position: Position,
) -> Result<usize, String> {
    let length = escape[2..].bytes().take(count).take_while(u8::is_ascii_hexdigit).count();
    if length < count {
        return Err(unicode_error(position.offset, 2 + length, truncated));
    }
    let code = u32::from_str_radix(&escape[2..2 + count], 16).unwrap_or(u32::MAX);
    if code > 0x10FFFF {
        return Err(unicode_error(position.offset, 2 + count, "illegal Unicode character"));
    }
    Wtf8::push(value, code);
    Ok(2 + count)
}

fn named(escape: &str, value: &mut Vec<u8>, position: Position) -> Result<usize, String> {
    let malformed = "malformed \\N character escape";
    let Some(name) = escape[2..].strip_prefix('{') else {
        return Err(unicode_error(position.offset, 2, malformed));
    };
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum::<usize>();
    let Some(end) = name.find('}') else {
        return Err(unicode_error(position.offset, 3 + width(name), malformed));
    };
    let name = &name[..end];
    if name.is_empty() {
        return Err(unicode_error(position.offset, 3, malformed));
    }
    match lookup(name) {
        Some(character) => {
            Wtf8::push(value, u32::from(character));
            Ok(4 + end)
        }
        None => Err(unicode_error(position.offset, 4 + width(name), "unknown Unicode character name")),
    }
}

/// The text of a `UnicodeDecodeError`: `length` bytes from `start` on.
fn unicode_error(start: usize, length: usize, reason: &str) -> String {
    if length == 1 {
        format!("'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}")
    } else {
        let end = start + length - 1;
        format!("'unicodeescape' codec can't decode bytes in position {start}-{end}: {reason}")
    }
}

/// Decodes the text of a bytes literal, which is ASCII. The error is the text of a `ValueError`.
pub fn unescape_bytes(text: &str) -> Result<Unescaped, String> {
    let mut value = Vec::with_capacity(text.len());
    let mut invalid = None;
    let mut position = Position::default();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(at);
        value.extend_from_slice(plain.as_bytes());
        plain.chars().for_each(|character| position.pass(character));
        let Some(letter) = escape[1..].chars().next() else {
            return Err("Trailing \\ in string".to_owned());
        };
        let mut used = 1 + letter.len_utf8();
        match letter {
            '\n' => {}
            '0'..='7' => {
                let (digits, code) = octal(&escape[1..]);
                if code > 0o377 && invalid.is_none() {
                    invalid = Some(position.invalid(digits));
                }
                value.push(code as u8);
                used = 1 + digits.len();
            }
            'x' => {
                let digits = escape[2..].bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
                if digits < 2 {
                    return Err(format!("invalid \\x escape at position {}", position.offset));
                }
                value.push(u8::from_str_radix(&escape[2..4], 16).unwrap_or(0));
                used = 4;
            }
            _ => match simple(letter) {
                Some(byte) => value.push(byte),
                None => {
                    value.push(b'\\');
                    Wtf8::push(&mut value, u32::from(letter));
                    if invalid.is_none() {
                        invalid = Some(position.invalid(letter.encode_utf8(&mut [0; 4])));
                    }
                }
            },
        }
        escape[..used].chars().for_each(|character| position.pass(character));
        rest = &escape[used..];
    }
    value.extend_from_slice(rest.as_bytes());
    Ok(Unescaped { value, invalid })
}
