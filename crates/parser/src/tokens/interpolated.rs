//! f-strings and t-strings (PEP 701, PEP 750): text and code in turns.
//!
//! A literal is `*_START`, then pieces of text (`*_MIDDLE`) and replacement fields, then `*_END`. While one is being read
//! its [`StringMode`] lies on a stack; `in_text` says whose turn it is. Inside a replacement field the ordinary lexer runs
//! and hands back at the `}`, `!` or `:` that belongs to the field, which it knows by counting brackets.

use super::fault::Fault;
use super::input::Input;
use super::kinds::TokenKind;
use super::lexer::{Done, EOF, Lexer, Token};

/// How deep format specifications may nest.
const MAX_EXPRESSION_NESTING: i32 = 3;
/// How many literals may be open inside one another.
const MAX_STRING_NESTING: usize = 150;

/// An f-string or t-string that is being read.
#[derive(Clone, Copy, Debug)]
pub struct StringMode {
    pub(super) quote: u8,
    pub(super) quote_size: u8,
    pub(super) raw: bool,
    /// `f` or `t`.
    pub(super) letter: char,
    /// Reading text, not the code of a replacement field.
    pub(super) in_text: bool,
    start: usize,
    start_line_start: usize,
    start_lineno: i32,
    /// Brackets open since the literal started.
    pub(super) brace_depth: i32,
    /// Replacement fields open inside one another, less one.
    pub(super) expression_depth: i32,
    pub(super) in_format_spec: bool,
}

impl StringMode {
    /// Told of the `:`, `!`, `{` or `}` that was read in code; true if it is the colon before a format specification.
    pub(super) fn starts_format_spec(&mut self, c: u8) -> bool {
        if c != b':' || self.expression_depth < 0 || self.brace_depth - 1 != self.expression_depth {
            return false;
        }
        self.in_text = true;
        self.in_format_spec = true;
        true
    }

    fn kinds(&self) -> [TokenKind; 3] {
        if self.letter == 't' {
            [TokenKind::TStringStart, TokenKind::TStringMiddle, TokenKind::TStringEnd]
        } else {
            [TokenKind::FStringStart, TokenKind::FStringMiddle, TokenKind::FStringEnd]
        }
    }
}

impl<I: Input> Lexer<I> {
    /// The prefix and the first quote of a literal were read.
    pub(super) fn start_interpolated(
        &mut self,
        start: usize,
        quote: u8,
        letter: char,
        raw: bool,
    ) -> Result<Token, Fault> {
        self.first_lineno = self.lineno;
        self.string_line_start = self.line_start;
        let quote_size = self.quote_size(quote);
        if self.modes.len() + 1 >= MAX_STRING_NESTING {
            return Err(self.syntax_error("too many nested f-strings or t-strings"));
        }
        let mode = StringMode {
            quote,
            quote_size,
            raw,
            letter,
            in_text: true,
            start,
            start_line_start: self.line_start,
            start_lineno: self.lineno,
            brace_depth: 0,
            expression_depth: -1,
            in_format_spec: false,
        };
        self.modes.push(mode);
        Ok(self.token(mode.kinds()[0], start, self.cur))
    }

    /// The next token where text of the innermost literal may stand.
    pub(super) fn string_text_token(&mut self) -> Result<Token, Fault> {
        let Some(&mode) = self.modes.last() else { return Err(Fault::Eof) };
        let start = self.start_token(0);
        self.first_lineno = self.lineno;
        self.string_line_start = self.line_start;
        let rest = &self.input.bytes()[self.cur..self.line_end];
        if rest.first() == Some(&b'{') && rest.get(1) != Some(&b'{') {
            self.enter_field()?;
            return self.next_token();
        }
        let size = usize::from(mode.quote_size);
        if rest.len() >= size && rest[..size].iter().all(|&c| c == mode.quote) {
            self.cur += size;
            self.modes.pop();
            return Ok(self.token(mode.kinds()[2], start, self.cur));
        }
        self.string_text(start, mode)
    }

    /// Turns to the code of a replacement field; its `{` has not been read.
    fn enter_field(&mut self) -> Result<(), Fault> {
        let Some(mode) = self.modes.last_mut() else { return Ok(()) };
        mode.expression_depth += 1;
        if mode.expression_depth >= MAX_EXPRESSION_NESTING {
            let letter = mode.letter;
            return Err(self.syntax_error(format!("{letter}-string: expressions nested too deeply")));
        }
        mode.in_text = false;
        Ok(())
    }

    fn leave_text(&mut self) {
        if let Some(mode) = self.modes.last_mut() {
            mode.in_text = false;
        }
    }

    /// Reads text up to the next field, doubled brace, or the closing quotes.
    fn string_text(&mut self, start: usize, mode: StringMode) -> Result<Token, Fault> {
        let kind = mode.kinds()[1];
        let in_format_spec = mode.in_format_spec && mode.expression_depth >= 0;
        let mut closing = 0;
        let mut named_escape = false;
        while closing != mode.quote_size {
            let c = self.nextc();
            if c == EOF || mode.quote_size == 1 && c == b'\n' {
                return Err(self.unterminated_text(c, mode, in_format_spec));
            }
            if c == mode.quote {
                closing += 1;
                continue;
            }
            closing = 0;
            match c {
                b'{' => {
                    let end = self.cur;
                    if self.nextc() == b'{' && !in_format_spec {
                        return Ok(self.token(kind, start, self.cur - 1));
                    }
                    self.cur = end - 1;
                    self.enter_field()?;
                    return Ok(self.token(kind, start, self.cur));
                }
                b'}' if named_escape => return Ok(self.token(kind, start, self.cur)),
                b'}' => {
                    let end = self.cur;
                    let next = self.nextc();
                    if next == b'}' && !in_format_spec && mode.brace_depth == 0 {
                        return Ok(self.token(kind, start, self.cur - 1));
                    }
                    self.cur = end - 1;
                    self.leave_text();
                    return Ok(self.token(kind, start, self.cur));
                }
                b'\\' => named_escape |= self.text_escape(mode),
                _ => {}
            }
        }
        // The quotes are the next token.
        self.cur -= usize::from(mode.quote_size);
        Ok(self.token(kind, start, self.cur))
    }

    /// What follows a backslash in text; true for a named escape, whose closing brace is text.
    fn text_escape(&mut self, mode: StringMode) -> bool {
        let mut next = self.nextc();
        if next == b'\r' {
            next = self.nextc();
        }
        match next {
            b'{' | b'}' => {
                if !mode.raw {
                    let shown = next as char;
                    let msg = format!("\"\\{shown}\" is an invalid escape sequence. ");
                    let advice = format!("Did you mean \"\\\\{shown}\"? A raw string is also an option.");
                    self.warn(
                        &format!("{msg}Such sequences will not work in the future. {advice}"),
                        &format!("{msg}{advice}"),
                    );
                }
                self.cur -= 1;
            }
            b'N' if !mode.raw => {
                let brace = self.nextc();
                if brace == b'{' {
                    return true;
                }
                self.backup(brace);
            }
            _ => {}
        }
        false
    }

    /// The error of text without an end. `c` is what was met instead: a line feed, or the end of the source.
    #[cold]
    fn unterminated_text(&mut self, c: u8, mode: StringMode, in_format_spec: bool) -> Fault {
        let letter = mode.letter;
        if in_format_spec && c == b'\n' {
            return self.syntax_error(format!(
                "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
            ));
        }
        let detected = self.lineno;
        self.cur = mode.start + 1;
        self.line_start = mode.start_line_start;
        self.lineno = mode.start_lineno;
        let triple = if mode.quote_size == 3 { "triple-quoted " } else { "" };
        let fault = self.syntax_error(format!(
            "unterminated {triple}{letter}-string literal (detected at line {detected})"
        ));
        if mode.quote_size == 3 && c == EOF {
            self.done = Done::EofInString;
        }
        fault
    }
}
