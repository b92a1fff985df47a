//! Bytes to text: the byte order mark, the encoding declaration (PEP 263), and line ends.
//!
//! UTF-8, Latin-1 and ASCII are decoded here; any other encoding is a function that the caller gives, since codecs are
//! Python objects. What is wrong with the bytes is said as CPython says it, which differs between a file that is run and
//! bytes that are compiled.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use taipan_ast::{SyntaxError, SyntaxErrorKind};

use super::input::TextInput;
use super::kinds::TokenKind;
use super::lexer::count_chars;
use super::tokenizer::{Tokenizer, TokenizerOptions};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What the first lines of a source say about its encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub has_bom: bool,
    pub cookie: Option<Cookie>,
}

/// An encoding declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The name, with the spellings of UTF-8 and Latin-1 reduced to `utf-8` and `iso-8859-1`.
    pub name: String,
    /// 1 or 2.
    pub lineno: i32,
    /// Offset of the line in the source.
    line_start: usize,
    line_end: usize,
    name_end: usize,
}

impl Declaration {
    /// The encoding of the source, reduced as in [`Cookie::name`].
    pub fn encoding(&self) -> &str {
        self.cookie.as_ref().map_or("utf-8", |cookie| &cookie.name)
    }
}

/// Where the bytes come from, as far as error messages differ.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// `compile`, `exec`, an import.
    Bytes,
    /// A program read from a file of this name.
    File(&'a str),
}

/// Why bytes are no source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    pub error: SyntaxError,
    /// The arguments of the `SyntaxError` have no file name.
    pub without_filename: bool,
}

/// Decodes with a codec known to Python, by name; an error is the text of the exception.
pub type Codec<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<String, String>;

/// The text of a source file: decoded, without its byte order mark, line ends translated as
/// [`translate_newlines`] does.
pub fn decode_source(
    bytes: &[u8],
    origin: Origin<'_>,
    complete_last_line: bool,
    codec: Codec<'_>,
) -> Result<String, DecodeError> {
    let text = decode(bytes, origin, codec)?;
    Ok(translate_newlines(&text, complete_last_line).into_owned())
}

/// The text of a source file as it stands, but for the byte order mark.
pub fn decode<'b>(
    bytes: &'b [u8],
    origin: Origin<'_>,
    codec: Codec<'_>,
) -> Result<Cow<'b, str>, DecodeError> {
    let declaration = detect(bytes);
    let body = if declaration.has_bom { &bytes[BOM.len()..] } else { bytes };
    if declaration.has_bom
        && let Some(cookie) = &declaration.cookie
        && cookie.name != "utf-8"
    {
        return Err(located(bom_conflict(bytes, cookie), origin));
    }
    Ok(match declaration.encoding() {
        "utf-8" => match std::str::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => {
                let declared = declaration.has_bom || declaration.cookie.is_some();
                return Err(located(invalid_utf8(body, &error, declared, origin), origin));
            }
        },
        "iso-8859-1" => Cow::Owned(body.iter().map(|&byte| char::from(byte)).collect()),
        name if body.is_ascii() && matches!(&*spelled(name), "ascii" | "usascii" | "utf8" | "latin1") => {
            String::from_utf8_lossy(body)
        }
        name => match codec(name, body) {
            Ok(text) => Cow::Owned(text),
            Err(msg) => {
                let msg = match (origin, &declaration.cookie) {
                    // A file is decoded from the line feed of its declaration on; so are the positions in the message.
                    (Origin::File(_), Some(cookie)) => {
                        let end = after_line_end(bytes, cookie.line_end);
                        codec(name, &bytes[end.saturating_sub(1)..]).err().unwrap_or(msg)
                    }
                    _ => msg,
                };
                let error = SyntaxError {
                    kind: SyntaxErrorKind::SyntaxError,
                    msg,
                    lineno: 0,
                    offset: -1,
                    end_lineno: 0,
                    end_offset: -1,
                    text: None,
                };
                return Err(DecodeError { error, without_filename: false });
            }
        },
    })
}

/// Errors that the tokenizer finds before it knows the file name, if there is one.
fn located(error: SyntaxError, origin: Origin<'_>) -> DecodeError {
    DecodeError { error, without_filename: matches!(origin, Origin::Bytes) }
}

/// Reads the byte order mark and the declaration. Only the first two lines count, and the second only if the first is
/// blank or a comment.
pub fn detect(bytes: &[u8]) -> Declaration {
    let has_bom = bytes.starts_with(BOM);
    let mut line_start = if has_bom { BOM.len() } else { 0 };
    let mut cookie = None;
    for lineno in 1..=2 {
        let rest = &bytes[line_start..];
        let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..length];
        let content = line.iter().position(|c| !matches!(c, b' ' | b'\t' | b'\x0c'));
        let line_end = line_start + length;
        match content.map(|at| line[at]) {
            Some(b'#') => {}
            Some(_) => break,
            None => {
                line_start = after_line_end(bytes, line_end);
                continue;
            }
        }
        if let Some((name, name_end)) = find_cookie(line) {
            let name = normal_name(&name);
            cookie = Some(Cookie { name, lineno, line_start, line_end, name_end });
            break;
        }
        line_start = after_line_end(bytes, line_end);
    }
    Declaration { has_bom, cookie }
}

fn after_line_end(bytes: &[u8], line_end: usize) -> usize {
    let length = match &bytes[line_end..] {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        _ => 1,
    };
    line_end + length
}

/// Finds `coding: name` or `coding=name` in a comment; gives the name and the offset of its end.
fn find_cookie(line: &[u8]) -> Option<(String, usize)> {
    for at in memchr::memmem::find_iter(line, b"coding") {
        let mut begin = at + b"coding".len();
        if !matches!(line.get(begin), Some(b':' | b'=')) {
            continue;
        }
        begin += 1;
        while matches!(line.get(begin), Some(b' ' | b'\t')) {
            begin += 1;
        }
        let is_name = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        let length = line[begin..].iter().take_while(|c| is_name(c)).count();
        if length > 0 {
            let name = String::from_utf8_lossy(&line[begin..begin + length]).into_owned();
            return Some((name, begin + length));
        }
    }
    None
}

/// Reduces the spellings of the two encodings that are decoded without asking for a codec.
fn normal_name(name: &str) -> String {
    let folded: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |family: &str| {
        folded.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

/// A name without regard to how its parts are joined, as the registry of codecs looks at it.
fn spelled(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn bom_conflict(bytes: &[u8], cookie: &Cookie) -> SyntaxError {
    let line = &bytes[cookie.line_start..cookie.line_end];
    // Past the name by one; the first line is looked at without its line end.
    let mut end = cookie.name_end + 1;
    if cookie.lineno == 1 {
        end = end.min(line.len());
    }
    SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg: format!("encoding problem: {} with BOM", cookie.name),
        lineno: cookie.lineno,
        offset: 0,
        end_lineno: cookie.lineno,
        end_offset: end as i32,
        text: Some(String::from_utf8_lossy(line).into_owned()),
    }
}

fn invalid_utf8(body: &[u8], error: &std::str::Utf8Error, declared: bool, origin: Origin<'_>) -> SyntaxError {
    let at = error.valid_up_to();
    let before = &body[..at];
    let line_start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    let line_end = memchr2(b'\n', b'\r', &body[at..]).map_or(body.len(), |length| at + length);
    let feeds = memchr::memchr_iter(b'\n', before).count();
    let lone = before.windows(2).filter(|pair| pair[0] == b'\r' && pair[1] != b'\n').count();
    let mut lineno = (1 + feeds + lone) as i32;
    let mut text = String::from_utf8_lossy(&body[line_start..line_end]).into_owned();
    let (msg, offset, end_offset) = match origin {
        Origin::File(_) if declared => {
            if line_end < body.len() {
                text.push('\n');
            }
            (format!("(unicode error) {}", utf8_message(&body[line_start..], at - line_start, error)), 0, -1)
        }
        _ => {
            if matches!(origin, Origin::File(_)) && lineno == 2 && is_read_ahead(&body[..line_start]) {
                lineno = 1;
            }
            let place = match origin {
                Origin::File(name) => format!(" in file {name}"),
                Origin::Bytes => String::new(),
            };
            let msg = format!(
                "Non-UTF-8 code starting with '\\x{:02x}'{place} on line {lineno}, but no encoding declared; \
                 see https://peps.python.org/pep-0263/ for details",
                body[at]
            );
            let offset = count_chars(&body[line_start..at]) + 1;
            (msg, offset, offset)
        }
    };
    SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg,
        lineno,
        offset,
        end_lineno: lineno,
        end_offset,
        text: Some(text),
    }
}

/// Whether the reader of a file looks at the second line while it is still on this first one: where no declaration can
/// follow, and no string goes on.
fn is_read_ahead(line: &[u8]) -> bool {
    let content = line.iter().find(|c| !matches!(c, b' ' | b'\t' | b'\x0c'));
    if matches!(content, None | Some(b'#' | b'\n' | b'\r')) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let mut tokenizer = Tokenizer::new(TextInput::new(text), TokenizerOptions::default());
    while tokenizer.next().is_ok_and(|token| token.kind != TokenKind::EndMarker) {}
    !tokenizer.is_in_string()
}

/// The text of the `UnicodeDecodeError` for invalid UTF-8 at `at` in `bytes`.
fn utf8_message(bytes: &[u8], at: usize, error: &std::str::Utf8Error) -> String {
    let first = bytes[at];
    let length = error.error_len().unwrap_or(bytes.len() - at);
    let reason = match (first, error.error_len()) {
        (_, None) => "unexpected end of data",
        (0xC2..=0xF4, Some(_)) => "invalid continuation byte",
        _ => "invalid start byte",
    };
    if length == 1 {
        format!("'utf-8' codec can't decode byte 0x{first:02x} in position {at}: {reason}")
    } else {
        format!("'utf-8' codec can't decode bytes in position {at}-{}: {reason}", at + length - 1)
    }
}

/// Makes every line end a line feed. With `complete_last_line`, as whole modules are read, the last line gets one if it
/// has none.
pub fn translate_newlines(text: &str, complete_last_line: bool) -> Cow<'_, str> {
    let complete = complete_last_line && !text.is_empty() && !text.ends_with(['\n', '\r']);
    if memchr(b'\r', text.as_bytes()).is_none() {
        if !complete {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(format!("{text}\n"));
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while let Some(at) = memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    if complete {
        out.push('\n');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{Origin, decode_source, detect, translate_newlines};

    fn no_codec(name: &str, _: &[u8]) -> Result<String, String> {
        Err(format!("unknown encoding: {name}"))
    }

    fn refuse(bytes: &[u8], origin: Origin<'_>) -> (String, i32, i32, i32, Option<String>) {
        let error = decode_source(bytes, origin, true, &mut no_codec).unwrap_err().error;
        (error.msg, error.lineno, error.offset, error.end_offset, error.text)
    }

    #[test]
    fn declarations() {
        for (source, encoding) in [
            (&b"# coding: foo\n"[..], "foo"),
            (b"#\n# -*- coding: Latin_1-unix -*-\n", "iso-8859-1"),
            (b"\xEF\xBB\xBF# coding=UTF-8-SIG\n", "utf-8"),
            (b" \t\x0c# encoding:\tkoi8-r", "koi8-r"),
            (b"#\r# coding: bar\rx", "bar"),
            (b"# coding: iso-8859-15\n", "iso-8859-15"),
            (b"x # coding: foo\n", "utf-8"),
            (b"\n\n# coding: foo\n", "utf-8"),
            (b"x\n# coding: foo\n", "utf-8"),
            (b"\\\n# coding: foo\n", "utf-8"),
            (b"# coding foo coding:\n", "utf-8"),
        ] {
            assert_eq!(detect(source).encoding(), encoding, "{}", String::from_utf8_lossy(source));
        }
    }

    #[test]
    fn refusals() {
        let bytes = Origin::Bytes;
        assert_eq!(refuse(b"# coding: foo\nx", bytes), ("unknown encoding: foo".into(), 0, -1, -1, None));
        assert_eq!(
            refuse(b"\xEF\xBB\xBF#\n# coding: latin-1\nx\n", bytes),
            ("encoding problem: iso-8859-1 with BOM".into(), 2, 0, 18, Some("# coding: latin-1".into()))
        );
        let no_encoding = |start: &str| {
            format!(
                "Non-UTF-8 code starting with '\\x{start}, but no encoding declared; \
                 see https://peps.python.org/pep-0263/ for details"
            )
        };
        assert_eq!(
            refuse(b"#\nx='\xC3\xA9\xE9'\n", bytes),
            (no_encoding("e9' on line 2"), 2, 5, 5, Some("x='é\u{FFFD}'".into()))
        );
        assert_eq!(
            refuse(b"#\nx='\xE9'\n", Origin::File("a.py")),
            (no_encoding("e9' in file a.py on line 2"), 2, 4, 4, Some("x='\u{FFFD}'".into()))
        );
        assert_eq!(
            refuse(b"# coding: utf-8\nx='\xE4\xB8'\n", Origin::File("a.py")),
            (
                "(unicode error) 'utf-8' codec can't decode bytes in position 3-4: invalid continuation byte"
                    .into(),
                2,
                0,
                -1,
                Some("x='\u{FFFD}'\n".into())
            )
        );
    }

    #[test]
    fn texts() {
        let decode = |source: &[u8]| decode_source(source, Origin::Bytes, true, &mut no_codec).unwrap();
        assert_eq!(decode(b"\xEF\xBB\xBFx\r\ny"), "x\ny\n");
        assert_eq!(decode(b"# coding: latin-1\n\xE9"), "# coding: latin-1\né\n");
        assert_eq!(decode(b"# coding: ascii\nx"), "# coding: ascii\nx\n");
    }

    #[test]
    fn line_ends() {
        assert_eq!(translate_newlines("a\rb\r\nc\n\rd", false), "a\nb\nc\n\nd");
        assert_eq!(translate_newlines("a\r", true), "a\n");
        assert_eq!(translate_newlines("", true), "");
        assert_eq!(translate_newlines("a", false), "a");
    }
}
