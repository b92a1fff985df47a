//! Number literals: scanning, and every way to get one wrong.
//!
//! The token ends where the literal does. What follows it decides whether there is an error (`1x`), a warning (`1or 2`,
//! where a keyword touches the literal) or nothing. Only the spelling is checked here; the value is made by the parser.

use super::fault::Fault;
use super::input::Input;
use super::lexer::{EOF, Lexer};
use super::names::is_name_byte;

/// The parts of a literal after the integer part.
enum Tail {
    Fraction,
    Exponent(u8),
    Imaginary,
    End(u8),
}

impl<I: Input> Lexer<I> {
    /// Scans a literal whose first digit `c` was just read.
    pub(super) fn number(&mut self, c: u8) -> Result<(), Fault> {
        let tail = if c == b'0' { self.after_zero()? } else { self.after_integer()? };
        match tail {
            Some(tail) => self.number_tail(tail),
            None => Ok(()),
        }
    }

    /// Scans a literal that started with a point; the first digit `c` of the fraction was just read.
    pub(super) fn number_from_fraction(&mut self) -> Result<(), Fault> {
        self.cur -= 1;
        self.number_tail(Tail::Fraction)
    }

    /// What follows a leading zero: a prefix and its digits (nothing is left to scan then), or zeros.
    fn after_zero(&mut self) -> Result<Option<Tail>, Fault> {
        let mut c = self.nextc();
        match c {
            b'x' | b'X' => return self.prefixed("hexadecimal", |c| c.is_ascii_hexdigit()).map(|()| None),
            b'o' | b'O' => return self.prefixed("octal", |c| matches!(c, b'0'..=b'7')).map(|()| None),
            b'b' | b'B' => return self.prefixed("binary", |c| matches!(c, b'0' | b'1')).map(|()| None),
            _ => {}
        }
        loop {
            if c == b'_' {
                c = self.nextc();
                if !c.is_ascii_digit() {
                    self.backup(c);
                    return Err(self.syntax_error("invalid decimal literal"));
                }
            }
            if c != b'0' {
                break;
            }
            c = self.nextc();
        }
        let zeros_end = self.cur;
        let mut nonzero = false;
        if c.is_ascii_digit() {
            nonzero = true;
            c = self.decimal_tail()?;
        }
        Ok(Some(match c {
            b'.' => Tail::Fraction,
            b'e' | b'E' => Tail::Exponent(c),
            b'j' | b'J' => Tail::Imaginary,
            _ if nonzero && !self.options.extra_tokens => {
                self.backup(c);
                let start = self.token_start.unwrap_or(self.cur);
                return Err(self.syntax_error_between(
                    start,
                    zeros_end,
                    "leading zeros in decimal integer literals are not permitted; \
                     use an 0o prefix for octal integers",
                ));
            }
            _ => Tail::End(c),
        }))
    }

    /// The rest of a decimal literal that does not start with a zero.
    fn after_integer(&mut self) -> Result<Option<Tail>, Fault> {
        let c = self.decimal_tail()?;
        Ok(Some(match c {
            b'.' => Tail::Fraction,
            b'e' | b'E' => Tail::Exponent(c),
            b'j' | b'J' => Tail::Imaginary,
            _ => Tail::End(c),
        }))
    }

    /// The digits after `0x`, `0o` or `0b`.
    fn prefixed(&mut self, kind: &str, is_digit: fn(u8) -> bool) -> Result<(), Fault> {
        let mut c = self.nextc();
        loop {
            if c == b'_' {
                c = self.nextc();
            }
            if !is_digit(c) {
                if c.is_ascii_digit() {
                    return Err(self.wrong_digit(c, kind));
                }
                self.backup(c);
                return Err(self.syntax_error(format!("invalid {kind} literal")));
            }
            while is_digit(c) {
                c = self.nextc();
            }
            if c != b'_' {
                break;
            }
        }
        if c.is_ascii_digit() {
            return Err(self.wrong_digit(c, kind));
        }
        self.verify_end_of_number(c, kind)?;
        self.backup(c);
        Ok(())
    }

    fn wrong_digit(&mut self, c: u8, kind: &str) -> Fault {
        self.syntax_error(format!("invalid digit '{}' in {kind} literal", c as char))
    }

    /// Reads digits with single underscores between them; gives the byte after them, which is used up.
    fn decimal_tail(&mut self) -> Result<u8, Fault> {
        loop {
            let mut c = self.nextc();
            while c.is_ascii_digit() {
                c = self.nextc();
            }
            if c != b'_' {
                return Ok(c);
            }
            c = self.nextc();
            if !c.is_ascii_digit() {
                self.backup(c);
                return Err(self.syntax_error("invalid decimal literal"));
            }
        }
    }

    /// Fraction, exponent and `j`; the byte that [`Tail`] names is used up.
    fn number_tail(&mut self, tail: Tail) -> Result<(), Fault> {
        let mut c = match tail {
            Tail::Fraction => {
                let mut c = self.nextc();
                if c.is_ascii_digit() {
                    c = self.decimal_tail()?;
                }
                c
            }
            Tail::Exponent(e) => e,
            Tail::Imaginary => b'j',
            Tail::End(c) => {
                self.verify_end_of_number(c, "decimal")?;
                self.backup(c);
                return Ok(());
            }
        };
        if matches!(c, b'e' | b'E') {
            let e = c;
            c = self.nextc();
            if matches!(c, b'+' | b'-') {
                c = self.nextc();
                if !c.is_ascii_digit() {
                    self.backup(c);
                    return Err(self.syntax_error("invalid decimal literal"));
                }
            } else if !c.is_ascii_digit() {
                // No exponent after all: the literal ends before the letter.
                self.backup(c);
                self.verify_end_of_number(e, "decimal")?;
                self.backup(e);
                return Ok(());
            }
            c = self.decimal_tail()?;
        }
        if matches!(c, b'j' | b'J') {
            c = self.nextc();
            self.verify_end_of_number(c, "imaginary")?;
        } else {
            self.verify_end_of_number(c, "decimal")?;
        }
        self.backup(c);
        Ok(())
    }

    /// Judges the byte `c` after a literal: a keyword that may follow a number in valid code only warns.
    fn verify_end_of_number(&mut self, c: u8, kind: &str) -> Result<(), Fault> {
        if self.options.extra_tokens || c == EOF || c >= 0x80 || !is_name_byte(c) {
            return Ok(());
        }
        let rest = &self.input.bytes()[self.cur..self.line_end];
        let ends_with = |letters: &[u8]| {
            rest.strip_prefix(letters).is_some_and(|after| !after.first().is_some_and(|&c| is_name_byte(c)))
        };
        let keyword = match c {
            b'a' => ends_with(b"nd"),
            b'e' => ends_with(b"lse"),
            b'f' => ends_with(b"or"),
            // What follows these two letters is not looked at.
            b'i' => matches!(rest.first(), Some(b'f' | b'n' | b's')),
            b'o' => ends_with(b"r"),
            b'n' => ends_with(b"ot"),
            _ => false,
        };
        self.cur -= 1;
        let msg = format!("invalid {kind} literal");
        if !keyword {
            return Err(self.syntax_error(msg));
        }
        self.warn(&msg, &msg);
        self.cur += 1;
        Ok(())
    }
}
