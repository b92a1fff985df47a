//! Full case mappings: one character may become up to three, and a sigma minds its neighbours.

use super::types_data::EXTENDED_CASE;
use super::{is_case_ignorable, is_cased, kind};

/// Which mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// `str.lower`
    Lower,
    /// `str.upper`
    Upper,
    /// What begins a word in `str.title`.
    Title,
    /// `str.casefold`
    Fold,
}

/// Up to three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    chars: [u32; 3],
    len: u8,
}

impl Mapped {
    fn one(c: u32) -> Self {
        Mapped { chars: [c, 0, 0], len: 1 }
    }

    /// The characters.
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        &self.chars[..self.len as usize]
    }
}

/// The full mapping of a character without neighbours.
#[inline]
pub fn map(c: u32, mapping: Mapping) -> Mapped {
    if c < 128 {
        let b = c as u8;
        let mapped = match mapping {
            Mapping::Lower | Mapping::Fold => b.to_ascii_lowercase(),
            Mapping::Upper | Mapping::Title => b.to_ascii_uppercase(),
        };
        return Mapped::one(mapped as u32);
    }
    let kind = kind(c);
    if kind.flags & super::EXTENDED_CASE != 0
        && let Ok(i) = EXTENDED_CASE.binary_search_by_key(&c, |e| e.0)
    {
        let chars = EXTENDED_CASE[i].1[mapping as usize];
        let len = 1 + (chars[1] != 0) as u8 + (chars[2] != 0) as u8;
        return Mapped { chars, len };
    }
    let distance = match mapping {
        Mapping::Lower | Mapping::Fold => kind.lower,
        Mapping::Upper => kind.upper,
        Mapping::Title => kind.title,
    };
    Mapped::one(c.wrapping_add_signed(distance))
}

const SIGMA: u32 = 0x3a3;

/// The lower case of the capital sigma at `i`: the final form after a cased character and not before
/// one, ignorable ones between them not counted.
fn lower_sigma<C: Copy + Into<u32>>(text: &[C], i: usize) -> u32 {
    let cased = |c: Option<&C>| c.is_some_and(|&c| is_cased(c.into()));
    let visible = |c: &&C| !is_case_ignorable((**c).into());
    let before = cased(text[..i].iter().rev().find(visible));
    if before && !cased(text[i + 1..].iter().find(visible)) { 0x3c2 } else { 0x3c3 }
}

fn push_lower<C: Copy + Into<u32>>(out: &mut Vec<u32>, text: &[C], i: usize) {
    match text[i].into() {
        SIGMA => out.push(lower_sigma(text, i)),
        c => out.extend_from_slice(map(c, Mapping::Lower).as_slice()),
    }
}

/// `str.lower`, `str.upper`, `str.casefold` of a whole text.
pub fn map_text<C: Copy + Into<u32>>(text: &[C], mapping: Mapping) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &c) in text.iter().enumerate() {
        if mapping == Mapping::Lower {
            push_lower(&mut out, text, i);
        } else {
            out.extend_from_slice(map(c.into(), mapping).as_slice());
        }
    }
    out
}

/// `str.capitalize`.
pub fn capitalize<C: Copy + Into<u32>>(text: &[C]) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &c) in text.iter().enumerate() {
        if i == 0 {
            out.extend_from_slice(map(c.into(), Mapping::Title).as_slice());
        } else {
            push_lower(&mut out, text, i);
        }
    }
    out
}

/// `str.title`: the first cased character of each run in title case, the others lower.
pub fn title<C: Copy + Into<u32>>(text: &[C]) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len());
    let mut inside = false;
    for (i, &c) in text.iter().enumerate() {
        if inside {
            push_lower(&mut out, text, i);
        } else {
            out.extend_from_slice(map(c.into(), Mapping::Title).as_slice());
        }
        inside = is_cased(c.into());
    }
    out
}

/// `str.swapcase`.
pub fn swap_case<C: Copy + Into<u32>>(text: &[C]) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &c) in text.iter().enumerate() {
        let c = c.into();
        if super::is_upper(c) {
            push_lower(&mut out, text, i);
        } else if super::is_lower(c) {
            out.extend_from_slice(map(c, Mapping::Upper).as_slice());
        } else {
            out.push(c);
        }
    }
    out
}

/// `str.islower`: some cased character, and none of upper or title case.
pub fn is_lower_text<C: Copy + Into<u32>>(text: &[C]) -> bool {
    let mut seen = false;
    for &c in text {
        let c = c.into();
        if super::is_upper(c) || super::is_title(c) {
            return false;
        }
        seen |= super::is_lower(c);
    }
    seen
}

/// `str.isupper`.
pub fn is_upper_text<C: Copy + Into<u32>>(text: &[C]) -> bool {
    let mut seen = false;
    for &c in text {
        let c = c.into();
        if super::is_lower(c) || super::is_title(c) {
            return false;
        }
        seen |= super::is_upper(c);
    }
    seen
}

/// `str.istitle`: upper or title case follows only what has no case, lower case only what has.
pub fn is_title_text<C: Copy + Into<u32>>(text: &[C]) -> bool {
    let (mut seen, mut inside) = (false, false);
    for &c in text {
        let c = c.into();
        if super::is_upper(c) || super::is_title(c) {
            if inside {
                return false;
            }
            (seen, inside) = (true, true);
        } else if super::is_lower(c) {
            if !inside {
                return false;
            }
            seen = true;
        } else {
            inside = false;
        }
    }
    seen
}
