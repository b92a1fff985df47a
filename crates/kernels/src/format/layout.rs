//! Padding and digit grouping: a formatted value as pieces that are easy to measure and write.

use super::spec::{Align, Grouping, Spec};

/// What the locale (or `,` and `_`) says about numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale<'a> {
    /// Between whole part and fraction.
    pub decimal_point: &'a str,
    /// Between groups of digits; empty for none.
    pub separator: &'a str,
    /// Sizes of the groups, the last one repeated; a size of 127 (`CHAR_MAX`) ends grouping.
    pub grouping: &'a [u8],
}

impl Locale<'static> {
    /// The C locale.
    pub const C: Locale<'static> = Locale { decimal_point: ".", separator: "", grouping: &[] };
}

/// The separator's text.
pub(super) fn separator(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::None => "",
        Grouping::Comma => ",",
        Grouping::Underscore => "_",
    }
}

/// How often the fill character stands before and after a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padding {
    /// The fill character.
    pub fill: u32,
    /// Times before the value.
    pub left: usize,
    /// Times after it.
    pub right: usize,
}

impl Padding {
    /// Padding of a value of `len` characters; `=` counts as `>`.
    pub fn new(spec: &Spec, len: usize) -> Self {
        let total = spec.width.unwrap_or(0).saturating_sub(len);
        let left = match spec.align {
            Align::Right | Align::AfterSign => total,
            Align::Center => total / 2,
            Align::Left => 0,
        };
        Padding { fill: spec.fill, left, right: total - left }
    }
}

/// A formatted number: `left` fills, `head`, `inner` fills, `body`, `right` fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The fill character.
    pub fill: u32,
    /// Fills before everything.
    pub left: usize,
    /// Sign and prefix.
    pub head: String,
    /// Fills between head and body.
    pub inner: usize,
    /// Digits with their separators, point, exponent.
    pub body: String,
    /// Fills after everything.
    pub right: usize,
}

impl Number {
    /// A number that is not padded.
    pub fn plain(body: String) -> Self {
        Number { fill: ' ' as u32, left: 0, head: String::new(), inner: 0, body, right: 0 }
    }

    /// Length in characters.
    pub fn len(&self) -> usize {
        self.left + self.head.chars().count() + self.inner + self.body.chars().count() + self.right
    }

    /// Whether it has no character at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number written out, when fill is a character that Rust's text can hold.
    pub fn to_text(&self) -> Option<String> {
        let fill = char::from_u32(self.fill)?;
        let mut out = String::with_capacity(self.len());
        out.extend(std::iter::repeat_n(fill, self.left));
        out.push_str(&self.head);
        out.extend(std::iter::repeat_n(fill, self.inner));
        out.push_str(&self.body);
        out.extend(std::iter::repeat_n(fill, self.right));
        Some(out)
    }

    /// Appends the code points.
    pub fn write_code_points(&self, out: &mut Vec<u32>) {
        out.extend(std::iter::repeat_n(self.fill, self.left));
        out.extend(self.head.chars().map(u32::from));
        out.extend(std::iter::repeat_n(self.fill, self.inner));
        out.extend(self.body.chars().map(u32::from));
        out.extend(std::iter::repeat_n(self.fill, self.right));
    }
}

/// Groups sizes as the locale wants them, from the point outward.
struct Groups<'a> {
    sizes: &'a [u8],
    position: usize,
}

impl Groups<'_> {
    /// The next size; 0 when there are no more separators.
    fn next(&mut self) -> usize {
        let size = match self.sizes.get(self.position) {
            Some(&size) => {
                self.position += 1;
                size
            }
            None => self.sizes.last().copied().unwrap_or(0),
        };
        match size {
            0 => match self.position.checked_sub(2).and_then(|i| self.sizes.get(i)) {
                // A zero repeats what came before it.
                Some(&before) => before as usize,
                None => 0,
            },
            127 => 0,
            n => n as usize,
        }
    }
}

/// The digits with separators, at least `min_width` characters long (zeros go before, grouped as well).
pub fn group_digits(digits: &str, min_width: usize, separator: &str, grouping: &[u8]) -> String {
    if separator.is_empty() || grouping.is_empty() {
        let zeros = min_width.saturating_sub(digits.len());
        return "0".repeat(zeros) + digits;
    }
    let separator_len = separator.chars().count() as isize;
    let mut groups = Groups { sizes: grouping, position: 0 };
    let mut remaining = digits.len();
    let mut min_width = isize::try_from(min_width).unwrap_or(isize::MAX);
    // Pieces (zeros, digits) from the right.
    let mut pieces: Vec<(usize, &str)> = Vec::new();
    loop {
        let wanted = remaining.max(min_width.max(0) as usize).max(1);
        let size = groups.next();
        let len = if size == 0 { wanted } else { size.min(wanted) };
        let taken = len.min(remaining);
        pieces.push((len - taken, &digits[remaining - taken..remaining]));
        remaining -= taken;
        min_width -= len as isize;
        if size == 0 || (remaining == 0 && min_width <= 0) {
            break;
        }
        min_width -= separator_len;
    }
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 4);
    for (i, (zeros, digits)) in pieces.iter().rev().enumerate() {
        if i > 0 {
            out.push_str(separator);
        }
        out.extend(std::iter::repeat_n('0', *zeros));
        out.push_str(digits);
    }
    out
}

/// The digits of a fraction with separators after every third.
pub fn group_fraction(digits: &str, separator: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.char_indices() {
        if i > 0 && i % 3 == 0 {
            out.push_str(separator);
        }
        out.push(c);
    }
    out
}

/// Puts a number together: `head` is sign and prefix, `rest` what follows the whole part.
pub(crate) fn number(spec: &Spec, head: String, whole: &str, rest: &str, locale: Locale) -> Number {
    let fixed = head.chars().count() + rest.chars().count();
    let zero_filled = spec.fill == '0' as u32 && spec.align == Align::AfterSign;
    let min_width = if zero_filled { spec.width.unwrap_or(0).saturating_sub(fixed) } else { 0 };
    // A body without digits (infinity) is only padded.
    let mut body = if whole.is_empty() {
        String::new()
    } else {
        group_digits(whole, min_width, locale.separator, locale.grouping)
    };
    body.push_str(rest);
    let padding = spec.width.unwrap_or(0).saturating_sub(head.chars().count() + body.chars().count());
    let (left, inner, right) = match spec.align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::AfterSign => (0, padding, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
    };
    Number { fill: spec.fill, left, head, inner, body, right }
}
