//! Unicode 16.0: character types, case, the database behind `unicodedata`, normalisation.
//!
//! Characters are `u32` code points, lone surrogates and anything up to `u32::MAX` included: what is
//! beyond the last code point has no property. Look-ups go through three-level tries
//! (`*_data.rs`, written by `generate.py`); the first 256 code points have a table of their own.
//!
//! | file | holds |
//! |---|---|
//! | `mod` | character types, digits, simple case mappings |
//! | `case` | full case mappings of characters and whole texts |
//! | `database` | category, direction, width, decomposition; Unicode 3.2's view |
//! | `normal` | normalisation forms |
//! | `names`, `aliases` | characters by name, names of characters |

pub mod case;
pub mod database;
pub mod names;
pub mod normal;

mod aliases;

#[rustfmt::skip]
mod decomposition_data;
#[rustfmt::skip]
mod entries_data;
#[rustfmt::skip]
mod types_data;

use types_data::{KIND_LEAVES, KIND_MIDDLE, KIND_TOP, KINDS, NUMERIC};

/// The version of the tables.
pub const VERSION: &str = "16.0.0";

const ALPHA: u16 = 1 << 0;
const DECIMAL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
const IS_NUMERIC: u16 = 1 << 3;
const LOWER: u16 = 1 << 4;
const UPPER: u16 = 1 << 5;
const TITLE: u16 = 1 << 6;
const SPACE: u16 = 1 << 7;
const PRINTABLE: u16 = 1 << 8;
const XID_START: u16 = 1 << 9;
const XID_CONTINUE: u16 = 1 << 10;
const CASED: u16 = 1 << 11;
const CASE_IGNORABLE: u16 = 1 << 12;
const EXTENDED_CASE: u16 = 1 << 13;

/// What many characters have in common.
#[derive(Clone, Copy)]
struct Kind {
    flags: u16,
    lower: i32,
    upper: i32,
    title: i32,
    decimal: u8,
    digit: u8,
}

impl Kind {
    const fn new(flags: u16, lower: i32, upper: i32, title: i32, decimal: u8, digit: u8) -> Self {
        Kind { flags, lower, upper, title, decimal, digit }
    }
}

/// What many characters have in common in the database.
#[derive(Clone, Copy)]
struct Entry {
    category: u8,
    direction: u8,
    combining: u8,
    mirrored: bool,
    width: u8,
}

impl Entry {
    const fn new(category: u8, direction: u8, combining: u8, mirrored: bool, width: u8) -> Self {
        Entry { category, direction, combining, mirrored, width }
    }
}

const fn kind_index(c: u32) -> usize {
    let middle = (KIND_TOP[(c >> 10) as usize] as usize) << 5 | (c >> 5 & 31) as usize;
    KIND_LEAVES[(KIND_MIDDLE[middle] as usize) << 5 | (c & 31) as usize] as usize
}

#[inline]
fn kind(c: u32) -> &'static Kind {
    static NOTHING: Kind = Kind::new(0, 0, 0, 0, 255, 255);
    if c > 0x10_ffff { &NOTHING } else { &KINDS[kind_index(c)] }
}

/// Flags of the first 256 code points.
static LATIN1: [u16; 256] = {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 256 {
        table[c] = KINDS[kind_index(c as u32)].flags;
        c += 1;
    }
    table
};

#[inline]
fn has(c: u32, flags: u16) -> bool {
    let own = if c < 256 { LATIN1[c as usize] } else { kind(c).flags };
    own & flags != 0
}

/// A letter (`str.isalpha`).
#[inline]
pub fn is_alpha(c: u32) -> bool {
    has(c, ALPHA)
}

/// A letter or anything with a numeric value (`str.isalnum`).
#[inline]
pub fn is_alnum(c: u32) -> bool {
    has(c, ALPHA | DECIMAL | DIGIT | IS_NUMERIC)
}

/// A decimal digit (`str.isdecimal`).
#[inline]
pub fn is_decimal(c: u32) -> bool {
    has(c, DECIMAL)
}

/// A digit, superscripts and the like included (`str.isdigit`).
#[inline]
pub fn is_digit(c: u32) -> bool {
    has(c, DIGIT)
}

/// Anything with a numeric value (`str.isnumeric`).
#[inline]
pub fn is_numeric(c: u32) -> bool {
    has(c, IS_NUMERIC)
}

/// Lower case.
#[inline]
pub fn is_lower(c: u32) -> bool {
    has(c, LOWER)
}

/// Upper case.
#[inline]
pub fn is_upper(c: u32) -> bool {
    has(c, UPPER)
}

/// A title case letter (not: upper case).
#[inline]
pub fn is_title(c: u32) -> bool {
    has(c, TITLE)
}

/// White space (`str.isspace`).
#[inline]
pub fn is_space(c: u32) -> bool {
    has(c, SPACE)
}

/// Shown as itself by `repr`.
#[inline]
pub fn is_printable(c: u32) -> bool {
    has(c, PRINTABLE)
}

/// May begin an identifier (XID_Start or an underscore).
#[inline]
pub fn is_identifier_start(c: u32) -> bool {
    has(c, XID_START)
}

/// May go on an identifier.
#[inline]
pub fn is_identifier_continue(c: u32) -> bool {
    has(c, XID_CONTINUE)
}

/// Has case, for titles and the final sigma.
#[inline]
pub fn is_cased(c: u32) -> bool {
    has(c, CASED)
}

/// Is looked through when the neighbours' case is asked.
#[inline]
pub fn is_case_ignorable(c: u32) -> bool {
    has(c, CASE_IGNORABLE)
}

/// Ends a line for `str.splitlines`.
#[inline]
pub fn is_line_break(c: u32) -> bool {
    matches!(c, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

/// Value of a decimal digit of any script.
#[inline]
pub fn to_decimal(c: u32) -> Option<u8> {
    if c < 128 {
        return (c as u8).is_ascii_digit().then(|| c as u8 - b'0');
    }
    let v = kind(c).decimal;
    (v != 255).then_some(v)
}

/// Value of a digit.
#[inline]
pub fn to_digit(c: u32) -> Option<u8> {
    let v = kind(c).digit;
    (v != 255).then_some(v)
}

/// Numeric value.
pub fn to_numeric(c: u32) -> Option<f64> {
    if let Some(v) = to_decimal(c) {
        return Some(v as f64);
    }
    let i = NUMERIC.binary_search_by_key(&c, |n| n.0).ok()?;
    let (_, numerator, denominator) = NUMERIC[i];
    Some(numerator as f64 / denominator as f64)
}

/// Simple lower case (one code point).
#[inline]
pub fn to_lower(c: u32) -> u32 {
    if c < 128 {
        return (c as u8).to_ascii_lowercase() as u32;
    }
    c.wrapping_add_signed(kind(c).lower)
}

/// Simple upper case.
#[inline]
pub fn to_upper(c: u32) -> u32 {
    if c < 128 {
        return (c as u8).to_ascii_uppercase() as u32;
    }
    c.wrapping_add_signed(kind(c).upper)
}

/// Simple title case.
#[inline]
pub fn to_title(c: u32) -> u32 {
    c.wrapping_add_signed(kind(c).title)
}
