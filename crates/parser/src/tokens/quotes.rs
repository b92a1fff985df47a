//! String literals without replacement fields, and the prefixes of all literals.
//!
//! Only the extent is found here; what the literal stands for is made by [`crate::strings`].

use super::fault::Fault;
use super::input::Input;
use super::kinds::TokenKind;
use super::lexer::{Done, EOF, Lexer, Token};

/// The letters that a literal's prefix has.
#[derive(Clone, Copy, Default)]
struct Prefix {
    bytes: bool,
    raw: bool,
    unicode: bool,
    formatted: bool,
    template: bool,
}

impl Prefix {
    /// Adds a letter; false if it is no letter of a prefix or is there already.
    fn add(&mut self, letter: u8) -> bool {
        let seen = match letter | 0x20 {
            b'b' => &mut self.bytes,
            b'r' => &mut self.raw,
            b'u' => &mut self.unicode,
            b'f' => &mut self.formatted,
            b't' => &mut self.template,
            _ => return false,
        };
        !std::mem::replace(seen, true)
    }

    /// Two letters that do not go together.
    fn conflict(self) -> Option<(char, char)> {
        [
            (self.unicode && self.bytes, ('u', 'b')),
            (self.unicode && self.raw, ('u', 'r')),
            (self.unicode && self.formatted, ('u', 'f')),
            (self.unicode && self.template, ('u', 't')),
            (self.bytes && self.formatted, ('b', 'f')),
            (self.bytes && self.template, ('b', 't')),
            (self.formatted && self.template, ('f', 't')),
        ]
        .into_iter()
        .find_map(|(both, letters)| both.then_some(letters))
    }
}

impl<I: Input> Lexer<I> {
    /// Looks for a string whose prefix starts with `first`, which was just read. Nothing is used up if there is none.
    pub(super) fn prefixed_string(&mut self, start: usize, first: u8) -> Result<Option<Token>, Fault> {
        let line = &self.input.bytes()[..self.line_end];
        let mut prefix = Prefix::default();
        let mut letter = first;
        let mut at = self.cur;
        while prefix.add(letter) {
            let Some(&next) = line.get(at) else { return Ok(None) };
            at += 1;
            letter = next;
            if !matches!(letter, b'\'' | b'"') {
                continue;
            }
            self.cur = at;
            if let Some((one, other)) = prefix.conflict() {
                let msg = format!("'{one}' and '{other}' prefixes are incompatible");
                return Err(self.syntax_error_between(start, at, msg));
            }
            return if prefix.formatted || prefix.template {
                self.start_interpolated(start, letter, if prefix.template { 't' } else { 'f' }, prefix.raw)
            } else {
                self.string(start, letter)
            }
            .map(Some);
        }
        Ok(None)
    }

    /// How many quotes open the literal: 1 or 3. The first was just read; the others are used up.
    pub(super) fn quote_size(&mut self, quote: u8) -> u8 {
        match self.input.bytes()[self.cur..self.line_end] {
            [second, third, ..] if second == quote && third == quote => {
                self.cur += 2;
                3
            }
            _ => 1,
        }
    }

    /// Reads a literal to its end; its opening `quote` was just read.
    pub(super) fn string(&mut self, start: usize, quote: u8) -> Result<Token, Fault> {
        self.first_lineno = self.lineno;
        self.string_line_start = self.line_start;
        let size = self.quote_size(quote);
        let mut closing = 0;
        let mut escaped_quote = false;
        while closing != size {
            if closing == 0 {
                // Nothing but these bytes can matter.
                let rest = &self.input.bytes()[self.cur..self.line_end];
                self.cur += memchr::memchr3(quote, b'\\', b'\n', rest).unwrap_or(rest.len());
            }
            let c = self.nextc();
            if c == EOF || size == 1 && c == b'\n' {
                return Err(self.unterminated(start, quote, size, escaped_quote, c));
            }
            if c == quote {
                closing += 1;
                continue;
            }
            closing = 0;
            if c == b'\\' {
                let c = self.nextc();
                escaped_quote |= c == quote;
                if c == b'\r' {
                    self.nextc();
                }
            }
        }
        Ok(self.token(TokenKind::String, start, self.cur))
    }

    /// The error of a literal without an end, placed at its start. `c` is what was met instead of the end.
    #[cold]
    fn unterminated(&mut self, start: usize, quote: u8, size: u8, escaped_quote: bool, c: u8) -> Fault {
        let detected = self.lineno;
        self.cur = start + 1;
        self.line_start = self.string_line_start;
        self.lineno = self.first_lineno;
        if let Some(mode) = self.modes.last()
            && mode.quote == quote
            && mode.quote_size == size
        {
            // The literal that looks unterminated is the end of the string around it.
            let letter = mode.letter;
            return self.syntax_error(format!("{letter}-string: expecting '}}'"));
        }
        let fault = self.syntax_error(match (size, escaped_quote) {
            (3, _) => format!("unterminated triple-quoted string literal (detected at line {detected})"),
            (_, true) => format!(
                "unterminated string literal (detected at line {detected}); perhaps you escaped the end quote?"
            ),
            _ => format!("unterminated string literal (detected at line {detected})"),
        });
        if c == EOF {
            self.done = Done::EofInString;
        }
        fault
    }
}
