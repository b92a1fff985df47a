//! Encodings without state: one to four bytes for a character, by a table.

use super::table::{Meaning, Table};
use super::{ILLEGAL, INCOMPLETE};
use crate::codecs::{CodecError, error};
use crate::text::TextBuilder;
use core::ops::RangeInclusive;

/// What a table alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every byte above ASCII that stands for nothing may lead.
    Plain,
    /// Shift JIS and its kin: these bytes lead.
    Leads(&'static [RangeInclusive<u8>]),
    /// Hangul that the table lacks is spelt with four letters (KS X 1001, annex 3).
    Spelt,
    /// Codes of four bytes (GB 18030).
    FourBytes,
}

/// Eight bytes spell a syllable: the filler, then its letters.
const SPELT: usize = 8;
const FILLER: [u8; 2] = [0xA4, 0xD4];
/// The letters of syllables as second bytes behind 0xA4: first, middle, last; 0xD4 is "none".
const INITIALS: &[u8; 19] = b"\xA1\xA2\xA4\xA7\xA8\xA9\xB1\xB2\xB3\xB5\xB6\xB7\xB8\xB9\xBA\xBB\xBC\xBD\xBE";
const FIRST_VOWEL: u8 = 0xBF;
const VOWELS: u32 = 21;
const FINALS: &[u8; 28] =
    b"\xD4\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xA9\xAA\xAB\xAC\xAD\xAE\xAF\xB0\xB1\xB2\xB4\xB5\xB6\xB7\xB8\xBA\xBB\xBC\xBD\xBE";
/// The syllables of Unicode (Hangul Syllables).
const SYLLABLES: core::ops::Range<u32> = 0xAC00..0xD7A4;

fn syllable(letters: &[u8]) -> Option<u32> {
    let &[0xA4, initial, 0xA4, vowel, 0xA4, last] = letters else { return None };
    let place = |of: &[u8], letter: u8| of.iter().position(|&other| other == letter).map(|at| at as u32);
    let vowel = u32::from(vowel.checked_sub(FIRST_VOWEL)?);
    (vowel < VOWELS).then_some(())?;
    let initial = place(INITIALS, initial)?;
    Some(SYLLABLES.start + (initial * VOWELS + vowel) * FINALS.len() as u32 + place(FINALS, last)?)
}

fn spell(c: u32) -> Option<[u8; SPELT]> {
    let index = SYLLABLES.contains(&c).then(|| c - SYLLABLES.start)?;
    let finals = FINALS.len() as u32;
    let (initial, vowel, last) = (index / finals / VOWELS, index / finals % VOWELS, index % finals);
    let [lead, filler] = FILLER;
    let (initial, last) = (INITIALS[initial as usize], FINALS[last as usize]);
    Some([lead, filler, lead, initial, lead, FIRST_VOWEL + vowel as u8, lead, last])
}

/// What four bytes mean, of which the first may lead (GB 18030-2005).
fn four_bytes(table: &Table, bytes: &[u8]) -> Option<u32> {
    let &[first @ 0x81..=0xFE, second @ 0x30..=0x39, third @ 0x81..=0xFE, fourth @ 0x30..=0x39] = bytes
    else {
        return None;
    };
    let digit = |byte: u8, from: u8| u32::from(byte - from);
    let number = ((digit(first, 0x81) * 10 + digit(second, 0x30)) * 126 + digit(third, 0x81)) * 10;
    table.point_of(number + digit(fourth, 0x30))
}

fn push(out: &mut TextBuilder, meaning: Meaning) {
    match meaning {
        Meaning::One(c) => out.push(c),
        Meaning::Two(pair) => pair.into_iter().for_each(|c| out.push(c)),
    }
}

/// What lies at a place: its length and meaning, or what is wrong.
fn step(table: &Table, kind: Kind, rest: &[u8]) -> Result<(usize, Meaning), (usize, &'static str)> {
    let illegal = Err((1, ILLEGAL));
    let (lead, behind) = (rest[0], &rest[1..]);
    if let Some(c) = table.single(lead) {
        return Ok((1, Meaning::One(c)));
    }
    if let Kind::Leads(leads) = kind
        && !leads.iter().any(|range| range.contains(&lead))
    {
        return illegal;
    }
    let Some(&trail) = behind.first() else { return Err((rest.len(), INCOMPLETE)) };
    if kind == Kind::FourBytes && trail.is_ascii_digit() && (0x81..0xFF).contains(&lead) {
        return match rest.get(..4) {
            None => Err((rest.len(), INCOMPLETE)),
            Some(bytes) => four_bytes(table, bytes).map_or(illegal, |c| Ok((4, Meaning::One(c)))),
        };
    }
    if kind == Kind::Spelt && [lead, trail] == FILLER {
        return match rest.get(2..SPELT) {
            None => Err((rest.len(), INCOMPLETE)),
            Some(letters) => syllable(letters).map_or(illegal, |c| Ok((SPELT, Meaning::One(c)))),
        };
    }
    if lead == 0x8F && table.has_triples() {
        return match behind {
            &[second, third, ..] => table.triple(second, third).map_or(illegal, |meaning| Ok((3, meaning))),
            _ => Err((rest.len(), INCOMPLETE)),
        };
    }
    table.pair(lead, trail).map_or(illegal, |meaning| Ok((2, meaning)))
}

/// Decodes from `at` on; gives how much was consumed. Where the input is not whole, an incomplete end is left.
pub fn decode(
    table: &Table,
    kind: Kind,
    input: &[u8],
    mut at: usize,
    whole: bool,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while at < input.len() {
        match step(table, kind, &input[at..]) {
            Ok((length, meaning)) => {
                push(out, meaning);
                at += length;
            }
            Err((_, INCOMPLETE)) if !whole => return Ok(at),
            Err((length, reason)) => return Err(error(at, at + length, reason)),
        }
    }
    Ok(at)
}

/// Writes a code, the highest byte first.
pub fn put(out: &mut Vec<u8>, code: u32) {
    let bytes = code.to_be_bytes();
    let skip = (code.leading_zeros() as usize / 8).min(3);
    out.extend_from_slice(&bytes[skip..]);
}

/// Encodes from `at` on; gives how much was consumed. Where the text is not whole, a last character that another may join
/// is left.
pub fn encode(
    table: &Table,
    kind: Kind,
    text: &[u32],
    mut at: usize,
    whole: bool,
    out: &mut Vec<u8>,
) -> Result<usize, CodecError> {
    while let Some(&c) = text.get(at) {
        if table.may_join(c) {
            match text.get(at + 1) {
                None if !whole => return Ok(at),
                Some(&next) => {
                    if let Some(code) = table.code_of_two(c, next) {
                        put(out, code);
                        at += 2;
                        continue;
                    }
                }
                None => {}
            }
        }
        if let Some(code) = table.code(c) {
            put(out, code);
        } else if kind == Kind::Spelt
            && let Some(spelt) = spell(c)
        {
            out.extend_from_slice(&spelt);
        } else if kind == Kind::FourBytes
            && let Some(number) = table.number_of(c)
        {
            let (rest, fourth) = (number / 10, number % 10);
            let (rest, third) = (rest / 126, rest % 126);
            let bytes = [0x81 + rest / 10, 0x30 + rest % 10, 0x81 + third, 0x30 + fourth];
            out.extend(bytes.iter().map(|&byte| byte as u8));
        } else {
            return Err(error(at, at + 1, ILLEGAL));
        }
        at += 1;
    }
    Ok(at)
}
