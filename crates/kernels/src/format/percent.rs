//! One conversion of the `%` operator: `%[(key)][flags][width][.precision][length]type`.
//!
//! The parts take effect in the order they are written: the key selects the argument, a star takes
//! one, and only then is a mistake further right noticed. [`Conversion::parse`] therefore reads on as
//! far as it can and leaves the mistake in [`Conversion::error`], which the caller raises
//! after it has carried out what stands before it.

use std::ops::Range;

use crate::float::{Code, Flags, double_to_string};
use crate::int::{IntRef, radix};

/// A width or precision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// Not given.
    #[default]
    None,
    /// Given in the text.
    Fixed(usize),
    /// `*`: the next argument.
    Star,
}

/// What is wrong with a conversion. All are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentError {
    /// "incomplete format key"
    IncompleteKey,
    /// "incomplete format"
    Incomplete,
    /// "width too big"
    WidthTooBig,
    /// "precision too big" ("prec too big" for bytes)
    PrecisionTooBig,
}

impl PercentError {
    /// CPython's wording.
    pub fn message(self, bytes: bool) -> &'static str {
        match self {
            PercentError::IncompleteKey => "incomplete format key",
            PercentError::Incomplete => "incomplete format",
            PercentError::WidthTooBig => "width too big",
            PercentError::PrecisionTooBig if bytes => "prec too big",
            PercentError::PrecisionTooBig => "precision too big",
        }
    }
}

/// A conversion, as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// Where the mapping key stands, without parentheses.
    pub key: Option<Range<usize>>,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// The least width.
    pub width: Count,
    /// What follows the point (a point alone is 0).
    pub precision: Count,
    /// The type character; 0 if there is an error.
    pub code: u32,
    /// Where the type character stands.
    pub code_index: usize,
    /// Where the text goes on.
    pub end: usize,
    /// `%%`: nothing but a percent sign is written.
    pub literal: bool,
    /// The mistake that ended reading.
    pub error: Option<PercentError>,
}

impl Conversion {
    /// Reads a conversion; `start` is just after the `%`.
    pub fn parse<C: Copy + Into<u32>>(text: &[C], start: usize) -> Conversion {
        let mut conversion = Conversion { code_index: start, end: start, ..Default::default() };
        match conversion.read(text, start) {
            Ok(()) => {}
            Err(e) => {
                conversion.error = Some(e);
                conversion.end = text.len();
            }
        }
        conversion
    }

    fn read<C: Copy + Into<u32>>(&mut self, text: &[C], start: usize) -> Result<(), PercentError> {
        let at = |i: usize| text.get(i).map(|&c| c.into());
        let is = |i: usize, c: char| at(i) == Some(c as u32);
        let mut i = start;
        self.literal = is(i, '%');
        if is(i, '(') {
            i += 1;
            let first = i;
            let mut depth = 1;
            while depth > 0 {
                match at(i).and_then(char::from_u32) {
                    Some(')') => depth -= 1,
                    Some('(') => depth += 1,
                    _ if i >= text.len() => {
                        self.key = Some(first..first);
                        return Err(PercentError::IncompleteKey);
                    }
                    _ => {}
                }
                i += 1;
            }
            self.key = Some(first..i - 1);
        }
        loop {
            match at(i).and_then(char::from_u32) {
                Some('-') => self.left = true,
                Some('+') => self.plus = true,
                Some(' ') => self.blank = true,
                Some('#') => self.alternate = true,
                Some('0') => self.zero = true,
                _ => break,
            }
            i += 1;
        }
        let number = |mut i: usize, max: usize, error| {
            let mut value = 0usize;
            while let Some(d) = at(i).and_then(char::from_u32).and_then(|c| c.to_digit(10)) {
                // The limit is tested before the digit is taken in.
                if value > (max - d as usize) / 10 {
                    return Err(error);
                }
                value = value * 10 + d as usize;
                i += 1;
            }
            Ok((value, i))
        };
        if is(i, '*') {
            self.width = Count::Star;
            i += 1;
        } else if at(i).is_some_and(|c| (48..58).contains(&c)) {
            let (value, next) = number(i, isize::MAX as usize, PercentError::WidthTooBig)?;
            self.width = Count::Fixed(value);
            i = next;
        }
        if is(i, '.') {
            i += 1;
            if is(i, '*') {
                self.precision = Count::Star;
                i += 1;
            } else {
                let (value, next) = number(i, i32::MAX as usize, PercentError::PrecisionTooBig)?;
                self.precision = Count::Fixed(value);
                i = next;
            }
        }
        if is(i, 'h') || is(i, 'l') || is(i, 'L') {
            i += 1;
        }
        self.code = at(i).ok_or(PercentError::Incomplete)?;
        self.code_index = i;
        self.end = i + 1;
        Ok(())
    }

    /// "unsupported format character 'y' (0x79) at index 1"
    pub fn unsupported(&self) -> String {
        let shown = char::from_u32(self.code).filter(|_| (32..127).contains(&self.code)).unwrap_or('?');
        format!("unsupported format character '{shown}' (0x{:x}) at index {}", self.code, self.code_index)
    }

    /// An integer by one of the codes `d i u o x X`, padded.
    pub fn integer(&self, v: IntRef, width: usize, precision: Option<usize>) -> String {
        let (base, prefix) = match char::from_u32(self.code) {
            Some('o') => (8, "0o"),
            Some('x') => (16, "0x"),
            Some('X') => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = radix::to_text(v.digits, base);
        if prefix == "0X" {
            digits.make_ascii_uppercase();
        }
        let zeros = precision.unwrap_or(0).saturating_sub(digits.len());
        if zeros > 0 {
            digits = "0".repeat(zeros) + &digits;
        }
        self.pad_number(v.negative, if self.alternate { prefix } else { "" }, &digits, width)
    }

    /// A double by one of the codes `e E f F g G`, padded.
    pub fn double(&self, x: f64, width: usize, precision: Option<usize>) -> String {
        let letter = char::from_u32(self.code).unwrap_or('g');
        let code = match letter.to_ascii_lowercase() {
            'e' => Code::E,
            'f' => Code::F,
            _ => Code::G,
        };
        let flags =
            Flags { alternate: self.alternate, upper: letter.is_ascii_uppercase(), ..Flags::default() };
        let text = double_to_string(x, code, precision.unwrap_or(6), flags);
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, &text[..]),
        };
        self.pad_number(negative, "", text, width)
    }

    fn pad_number(&self, negative: bool, prefix: &str, digits: &str, width: usize) -> String {
        let sign = match (negative, self.plus, self.blank) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let padding = width.saturating_sub(sign.len() + prefix.len() + digits.len());
        if self.left {
            format!("{sign}{prefix}{digits}{}", " ".repeat(padding))
        } else if self.zero {
            format!("{sign}{prefix}{}{digits}", "0".repeat(padding))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(padding))
        }
    }

    /// Whether it has neither flags nor width nor precision.
    pub fn is_bare(&self) -> bool {
        let flags = self.left | self.plus | self.blank | self.alternate | self.zero;
        !flags && matches!((&self.width, &self.precision), (Count::None, Count::None))
    }

    /// Spaces before and after a text or character of `len` characters.
    pub fn pad_text(&self, len: usize, width: usize) -> (usize, usize) {
        let padding = width.saturating_sub(len);
        if self.left { (0, padding) } else { (padding, 0) }
    }
}
