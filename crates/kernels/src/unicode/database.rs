//! The character database of `unicodedata`, and what Unicode 3.2 said (`unicodedata.ucd_3_2_0`, which
//! internationalised domain names are defined by).

use super::decomposition_data::{
    DECOMPOSITION_LEAVES, DECOMPOSITION_MIDDLE, DECOMPOSITION_TOP, SEQUENCES, TAGS,
};
use super::entries_data::{
    BIDIRECTIONAL, CATEGORIES, CHANGED, ENTRIES, ENTRY_LEAVES, ENTRY_MIDDLE, ENTRY_TOP, LATER, WIDTHS,
};
use super::{Entry, to_decimal, to_digit, to_numeric};

/// Which edition of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// Unicode 16.0.
    #[default]
    Current,
    /// Unicode 3.2.
    Old,
}

/// An unassigned character.
const UNASSIGNED: Entry = Entry::new(2, 0, 0, false, 3);

#[inline]
fn entry(c: u32) -> &'static Entry {
    if c > 0x10_ffff {
        return &UNASSIGNED;
    }
    let middle = (ENTRY_TOP[(c >> 10) as usize] as usize) << 5 | (c >> 5 & 31) as usize;
    let leaf = (ENTRY_MIDDLE[middle] as usize) << 5 | (c & 31) as usize;
    &ENTRIES[ENTRY_LEAVES[leaf] as usize]
}

fn changed(c: u32) -> Option<&'static (u32, Entry, u8, u8, f64)> {
    CHANGED.binary_search_by_key(&c, |e| e.0).ok().map(|i| &CHANGED[i])
}

/// Whether a character was assigned only after Unicode 3.2.
fn is_later(c: u32) -> bool {
    LATER
        .binary_search_by(|&(first, last)| {
            if last < c {
                std::cmp::Ordering::Less
            } else if first > c {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

impl Edition {
    fn entry(self, c: u32) -> &'static Entry {
        match self {
            Edition::Current => entry(c),
            Edition::Old if is_later(c) => &UNASSIGNED,
            Edition::Old => changed(c).map_or_else(|| entry(c), |e| &e.1),
        }
    }

    /// General category.
    pub fn category(self, c: u32) -> &'static str {
        CATEGORIES[self.entry(c).category as usize]
    }

    /// Bidirectional class, empty for none.
    pub fn bidirectional(self, c: u32) -> &'static str {
        BIDIRECTIONAL[self.entry(c).direction as usize]
    }

    /// Canonical combining class.
    pub fn combining(self, c: u32) -> u8 {
        self.entry(c).combining
    }

    /// Whether it is mirrored in right-to-left text.
    pub fn mirrored(self, c: u32) -> bool {
        self.entry(c).mirrored
    }

    /// East Asian width.
    pub fn east_asian_width(self, c: u32) -> &'static str {
        WIDTHS[self.entry(c).width as usize]
    }

    /// Value of a decimal digit.
    pub fn decimal(self, c: u32) -> Option<u8> {
        match self {
            Edition::Current => to_decimal(c),
            Edition::Old if is_later(c) => None,
            Edition::Old => match changed(c) {
                Some(e) => (e.2 != 255).then_some(e.2),
                None => to_decimal(c),
            },
        }
    }

    /// Value of a digit. CPython answers for characters that 3.2 did not know as well.
    pub fn digit(self, c: u32) -> Option<u8> {
        match self {
            Edition::Old if !is_later(c) => match changed(c) {
                Some(e) => (e.3 != 255).then_some(e.3),
                None => to_digit(c),
            },
            _ => to_digit(c),
        }
    }

    /// Numeric value.
    pub fn numeric(self, c: u32) -> Option<f64> {
        match self {
            Edition::Current => to_numeric(c),
            Edition::Old if is_later(c) => None,
            Edition::Old => match changed(c) {
                Some(e) => (e.4 >= 0.0 || e.4 == -0.5).then_some(e.4),
                None => to_numeric(c),
            },
        }
    }

    /// Decomposition: its kind in angle brackets (empty for a canonical one) and the code points.
    pub fn decomposition(self, c: u32) -> Option<(&'static str, &'static [u32])> {
        if self == Edition::Old && is_later(c) { None } else { decomposition(c) }
    }
}

/// Decomposition in the current edition; Hangul syllables have none here.
#[inline]
pub fn decomposition(c: u32) -> Option<(&'static str, &'static [u32])> {
    if !(0xa0..=0x10_ffff).contains(&c) {
        return None;
    }
    let middle = (DECOMPOSITION_TOP[(c >> 10) as usize] as usize) << 5 | (c >> 5 & 31) as usize;
    let leaf = (DECOMPOSITION_MIDDLE[middle] as usize) << 5 | (c & 31) as usize;
    let start = DECOMPOSITION_LEAVES[leaf] as usize;
    if start == 0 {
        return None;
    }
    let (tag, len) = ((SEQUENCES[start] & 0xff) as usize, (SEQUENCES[start] >> 8) as usize);
    Some((TAGS[tag], &SEQUENCES[start + 1..start + 1 + len]))
}

/// Combining class in the current edition.
#[inline]
pub(super) fn combining(c: u32) -> u8 {
    if c < 0x300 { 0 } else { entry(c).combining }
}
