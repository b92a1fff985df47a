//! Tests of one character: literals, categories, sets.
//!
//! A set is evaluated once for the first 256 characters when the program is made; beyond those its code
//! is interpreted. Sets that depend on the locale have no table.

use super::casing;
use super::codes::*;
use crate::unicode;

/// What the C locale's functions say about bytes; patterns with the LOCALE flag ask it while matching.
#[derive(Clone, Debug)]
pub struct Locale {
    /// `tolower`
    pub lower: [u8; 256],
    /// `toupper`
    pub upper: [u8; 256],
    /// `isalnum`
    pub alphanumeric: [bool; 256],
}

impl Locale {
    /// The "C" locale: ASCII.
    pub const C: Locale = {
        let (mut lower, mut upper, mut alphanumeric) = ([0; 256], [0; 256], [false; 256]);
        let mut i = 0;
        while i < 256 {
            let c = i as u8;
            lower[i] = c.to_ascii_lowercase();
            upper[i] = c.to_ascii_uppercase();
            alphanumeric[i] = c.is_ascii_alphanumeric();
            i += 1;
        }
        Locale { lower, upper, alphanumeric }
    };

    pub(super) fn to_lower(&self, c: u32) -> u32 {
        if c < 256 { self.lower[c as usize] as u32 } else { c }
    }

    pub(super) fn to_upper(&self, c: u32) -> u32 {
        if c < 256 { self.upper[c as usize] as u32 } else { c }
    }

    pub(super) fn is_word(&self, c: u32) -> bool {
        c == '_' as u32 || (c < 256 && self.alphanumeric[c as usize])
    }
}

/// Which equality of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// None: characters as they are.
    Exact,
    /// ASCII letters.
    Ascii,
    /// The locale's.
    Locale,
    /// Simple lower case.
    Unicode,
}

impl Fold {
    #[inline]
    pub(super) fn lower(self, c: u32, locale: &Locale) -> u32 {
        match self {
            Fold::Exact => c,
            Fold::Ascii => casing::ascii_to_lower(c),
            Fold::Locale => locale.to_lower(c),
            Fold::Unicode => unicode::to_lower(c),
        }
    }
}

pub(super) fn is_ascii_word(c: u32) -> bool {
    c < 128 && ((c as u8).is_ascii_alphanumeric() || c == '_' as u32)
}

pub(super) fn is_unicode_word(c: u32) -> bool {
    unicode::is_alnum(c) || c == '_' as u32
}

/// Whether a character is of a category; the number was checked.
pub(super) fn category(number: u32, c: u32, locale: &Locale) -> bool {
    match number {
        CATEGORY_DIGIT => c < 128 && (c as u8).is_ascii_digit(),
        CATEGORY_SPACE => matches!(c, 9..=13 | 32),
        CATEGORY_WORD => is_ascii_word(c),
        CATEGORY_LINEBREAK => c == 10,
        CATEGORY_LOC_WORD => locale.is_word(c),
        CATEGORY_UNI_DIGIT => unicode::is_decimal(c),
        CATEGORY_UNI_SPACE => unicode::is_space(c),
        CATEGORY_UNI_WORD => is_unicode_word(c),
        CATEGORY_UNI_LINEBREAK => unicode::is_line_break(c),
        // The odd numbers negate the even ones before them.
        _ => number % 2 == 1 && !category(number - 1, c, locale),
    }
}

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    /// No character.
    Never,
    /// Anything but a newline.
    Any,
    /// Anything.
    All,
    /// This one.
    Char(u32),
    /// Anything but this one.
    NotChar(u32),
    /// The set of this number.
    Set(u32),
}

/// What a set says beyond the first 256 characters.
#[derive(Clone, Debug)]
pub(super) enum Wide {
    /// Nothing is in it.
    Nothing,
    /// Everything is in it.
    Everything,
    /// Ask the code.
    Code,
    /// Those whose lower case is this one (or is not).
    LowerIs(u32, bool),
}

/// A set of characters.
#[derive(Clone, Debug)]
pub(super) struct CharSet {
    /// Membership of the first 256, where the locale plays no part.
    pub(super) low: [bool; 256],
    pub(super) wide: Wide,
    /// The locale decides: `low` is not to be used.
    pub(super) is_local: bool,
    pub(super) fold: Fold,
    /// The set's own code, up to its FAILURE.
    pub(super) code: Vec<u32>,
    /// A literal compared by the locale's case, instead of code: whether it is wanted.
    pub(super) local_literal: Option<(u32, bool)>,
}

impl CharSet {
    /// A set by its code (checked), asked with characters folded.
    pub(super) fn from_code(code: &[u32], fold: Fold) -> Self {
        let is_local = fold == Fold::Locale || uses_locale(code);
        let mut set = CharSet {
            low: [false; 256],
            wide: if stays_low(code) { Wide::Nothing } else { Wide::Code },
            is_local,
            fold,
            code: code.to_vec(),
            local_literal: None,
        };
        if !is_local {
            for c in 0..256 {
                set.low[c as usize] = in_code(code, fold.lower(c, &Locale::C), &Locale::C);
            }
        }
        // Folding can bring a character from beyond (the Kelvin sign) into a set of low ones.
        if fold == Fold::Unicode && matches!(set.wide, Wide::Nothing) {
            set.wide = Wide::Code;
        }
        set
    }

    /// Characters equal (or not) to a lower-case literal when case is ignored.
    pub(super) fn from_literal(lower: u32, wanted: bool, fold: Fold) -> Self {
        let mut set = CharSet {
            low: [false; 256],
            wide: match (fold, wanted) {
                (Fold::Unicode, _) => Wide::LowerIs(lower, wanted),
                (_, _) if lower >= 256 => Wide::LowerIs(lower, wanted),
                (_, true) => Wide::Nothing,
                (_, false) => Wide::Everything,
            },
            is_local: fold == Fold::Locale,
            fold,
            code: Vec::new(),
            local_literal: (fold == Fold::Locale).then_some((lower, wanted)),
        };
        for c in 0..256 {
            set.low[c as usize] = (fold.lower(c, &Locale::C) == lower) == wanted;
        }
        set
    }

    /// Membership of any character.
    pub(super) fn contains(&self, c: u32, locale: &Locale) -> bool {
        if self.is_local {
            return self.contains_local(c, locale);
        }
        if c < 256 {
            return self.low[c as usize];
        }
        match self.wide {
            Wide::Nothing => false,
            Wide::Everything => true,
            Wide::LowerIs(lower, wanted) => (self.fold.lower(c, locale) == lower) == wanted,
            Wide::Code => in_code(&self.code, self.fold.lower(c, locale), locale),
        }
    }

    fn contains_local(&self, c: u32, locale: &Locale) -> bool {
        if let Some((literal, wanted)) = self.local_literal {
            let same = c == literal || locale.to_lower(c) == literal || locale.to_upper(c) == literal;
            return same == wanted;
        }
        if self.fold != Fold::Locale {
            return in_code(&self.code, self.fold.lower(c, locale), locale);
        }
        let (lower, upper) = (locale.to_lower(c), locale.to_upper(c));
        let (a, b) = (in_code(&self.code, lower, locale), in_code(&self.code, upper, locale));
        // What a negated set leaves out is left out in either case.
        if self.code.first() == Some(&NEGATE) { a && b } else { a || b }
    }
}

/// Whether a set's code can have only members below 256.
fn stays_low(code: &[u32]) -> bool {
    let mut i = 0;
    while let Some(&op) = code.get(i) {
        match op {
            LITERAL if code[i + 1] < 256 => i += 2,
            RANGE if code[i + 2] < 256 => i += 3,
            CHARSET => i += 9,
            CATEGORY if matches!(code[i + 1], CATEGORY_DIGIT | CATEGORY_SPACE | CATEGORY_WORD) => i += 2,
            FAILURE => return true,
            _ => return false,
        }
    }
    true
}

fn uses_locale(code: &[u32]) -> bool {
    let mut i = 0;
    while let Some(&op) = code.get(i) {
        if op == CATEGORY && matches!(code[i + 1], CATEGORY_LOC_WORD | CATEGORY_LOC_NOT_WORD) {
            return true;
        }
        i += item_len(code, i);
    }
    false
}

/// Words of the item at `i` of a set's code.
pub(super) fn item_len(code: &[u32], i: usize) -> usize {
    match code[i] {
        LITERAL | CATEGORY => 2,
        RANGE | RANGE_UNI_IGNORE => 3,
        CHARSET => 9,
        BIGCHARSET => 2 + 64 + 8 * code.get(i + 1).copied().unwrap_or(0) as usize,
        _ => 1,
    }
}

/// Interprets a set's code.
fn in_code(code: &[u32], c: u32, locale: &Locale) -> bool {
    let mut found = true;
    let mut i = 0;
    while let Some(&op) = code.get(i) {
        let hit = match op {
            LITERAL => c == code[i + 1],
            CATEGORY => category(code[i + 1], c, locale),
            RANGE => code[i + 1] <= c && c <= code[i + 2],
            RANGE_UNI_IGNORE => {
                let range = code[i + 1]..=code[i + 2];
                range.contains(&c) || range.contains(&unicode::to_upper(c))
            }
            CHARSET => c < 256 && bit(&code[i + 1..], c),
            BIGCHARSET => {
                c < 65536 && {
                    let word = code[i + 2 + (c >> 10) as usize];
                    let block = word >> (8 * (c >> 8 & 3)) & 0xff;
                    bit(&code[i + 66 + block as usize * 8..], c & 255)
                }
            }
            NEGATE => {
                found = !found;
                false
            }
            _ => return !found,
        };
        if hit {
            return found;
        }
        i += item_len(code, i);
    }
    !found
}

fn bit(words: &[u32], c: u32) -> bool {
    words[(c >> 5) as usize] >> (c & 31) & 1 != 0
}
