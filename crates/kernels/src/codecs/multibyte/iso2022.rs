//! The encodings of the ISO 2022 family (RFC 1468, 1554, 1557, 2237): seven bits, with escape sequences that say which
//! character set the bytes are of.

use super::table::Meaning;
use super::{ILLEGAL, INCOMPLETE, State, table_of};
use crate::codecs::{CodecError, error};
use crate::text::TextBuilder;

const ESC: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;
/// Set in the number of a character set of two bytes.
const TWO_BYTES: u8 = 0x80;
/// The longest escape sequence.
const LONGEST: usize = 16;

/// The places of a state: the sets G0 to G2, and whether G1 is shifted in.
const G0: usize = 0;
const G1: usize = 1;
const G2: usize = 2;
const SHIFTED: usize = 3;

/// A character set: the byte that ends its escape sequence, with a mark for those of two bytes.
type Set = u8;

const ASCII: Set = b'B';
const ROMAN: Set = b'J';
const KATAKANA: Set = b'I';
const LATIN1: Set = b'A';
const GREEK: Set = b'F';
const JIS_1978: Set = b'@' | TWO_BYTES;
const JIS_0208: Set = b'B' | TWO_BYTES;
const JIS_0212: Set = b'D' | TWO_BYTES;
const JIS_0213_2000: Set = b'O' | TWO_BYTES;
const JIS_0213_PLANE_2: Set = b'P' | TWO_BYTES;
const JIS_0213_2004: Set = b'Q' | TWO_BYTES;
const GB_2312: Set = b'A' | TWO_BYTES;
const KS_X_1001: Set = b'C' | TWO_BYTES;

/// ISO 8859-7 from 0xA0 on.
const GREEK_LETTERS: &str = "\u{a0}‘’£€₯¦§¨©ͺ«¬\u{ad}\u{fffd}―°±²³΄΅Ά·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{fffd}ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{fffd}";
/// The rows of the second plane of JIS X 0213; the other rows of its table are JIS X 0212's.
const PLANE_2_ROWS: [core::ops::RangeInclusive<u8>; 5] = [1..=1, 3..=5, 8..=8, 12..=15, 78..=94];

/// One encoding of the family.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// The sets beside ASCII in the order in which a character is looked for.
    sets: &'static [Set],
    /// The set in G1, which an encoder announces before it first shifts it in.
    shifted: Option<Set>,
    /// Whether G2 is used, by single shifts.
    third: bool,
    /// Whether the second announcement of JIS X 0208 is passed over.
    japanese: bool,
}

const JAPANESE: Family = Family { sets: &[], shifted: None, third: false, japanese: true };
pub const JP: Family = Family { sets: &[JIS_0208, ROMAN, JIS_1978], ..JAPANESE };
pub const JP_1: Family = Family { sets: &[JIS_0208, JIS_0212, ROMAN, JIS_1978], ..JAPANESE };
pub const JP_2: Family = Family {
    sets: &[JIS_0208, JIS_0212, KS_X_1001, GB_2312, ROMAN, JIS_1978, LATIN1, GREEK],
    third: true,
    ..JAPANESE
};
pub const JP_2004: Family = Family { sets: &[JIS_0208, JIS_0213_2004, JIS_0213_PLANE_2], ..JAPANESE };
pub const JP_3: Family = Family { sets: &[JIS_0208, JIS_0213_2000, JIS_0213_PLANE_2], ..JAPANESE };
pub const JP_EXT: Family = Family { sets: &[JIS_0208, JIS_0212, ROMAN, KATAKANA, JIS_1978], ..JAPANESE };
pub const KR: Family = Family { sets: &[KS_X_1001], shifted: Some(KS_X_1001), third: false, japanese: false };

/// The states that a text begins in for a decoder and for an encoder, which has no use for G2.
pub const DECODING: State = [ASCII, ASCII, ASCII, 0, 0, 0, 0, 0];
pub const ENCODING: State = [ASCII, ASCII, 0, 0, 0, 0, 0, 0];

/// The table of a set of two bytes, and whether its codes are those behind 0x8F.
fn source(set: Set) -> (&'static str, bool) {
    match set {
        JIS_0212 => ("euc_jp", true),
        JIS_0213_2000 => ("euc_jisx0213", false),
        JIS_0213_2004 => ("euc_jis_2004", false),
        JIS_0213_PLANE_2 => ("euc_jis_2004", true),
        GB_2312 => ("gb2312", false),
        KS_X_1001 => ("euc_kr", false),
        _ => ("euc_jp", false),
    }
}

fn in_plane(set: Set, lead: u8) -> bool {
    set != JIS_0213_PLANE_2 || PLANE_2_ROWS.iter().any(|rows| rows.contains(&(lead - 0x20)))
}

/// What two bytes mean in a set.
fn meaning(set: Set, lead: u8, trail: u8) -> Option<Meaning> {
    if !(0x21..0x7F).contains(&lead) || !(0x21..0x7F).contains(&trail) || !in_plane(set, lead) {
        return None;
    }
    let (name, behind) = source(set);
    let (table, lead, trail) = (table_of(name)?, lead | 0x80, trail | 0x80);
    if behind { table.triple(lead, trail) } else { table.pair(lead, trail) }
}

/// What a byte means in a set of single bytes.
fn single(set: Set, byte: u8) -> Option<u32> {
    let c = u32::from(byte);
    match (set, byte) {
        (ROMAN, b'\\') => Some(0xA5),
        (ROMAN, b'~') => Some(0x203E),
        (KATAKANA, 0x21..0x60) => Some(c + 0xFF40),
        (KATAKANA, _) => None,
        (LATIN1, _) => Some(c | 0x80),
        (GREEK, _) => {
            let found = GREEK_LETTERS.chars().nth(usize::from(byte & 0x7F).checked_sub(0x20)?);
            found.map(u32::from).filter(|&c| c != 0xFFFD)
        }
        _ => Some(c),
    }
}

/// The bytes of characters in a set, the first one highest; how many characters they take.
fn code(set: Set, text: &[u32]) -> Option<(u16, usize)> {
    let c = *text.first()?;
    if set & TWO_BYTES != 0 {
        // The older set has no characters of its own that an encoder would choose.
        let (name, behind) = source(Some(set).filter(|&set| set != JIS_1978)?);
        let table = table_of(name)?;
        let joined = text.get(1).filter(|_| !behind && table.may_join(c));
        let joined = joined.and_then(|&next| table.code_of_two(c, next));
        let (code, taken) = joined.map(|code| (code, 2)).or_else(|| table.code(c).map(|code| (code, 1)))?;
        let [_, plane, lead, trail] = code.to_be_bytes();
        let fits = lead > 0xA0 && trail > 0xA0 && (plane == 0x8F) == behind && in_plane(set, lead & 0x7F);
        return fits.then(|| (u16::from_be_bytes([lead & 0x7F, trail & 0x7F]), taken));
    }
    let byte = match (set, c) {
        (ROMAN, 0xA5) => b'\\',
        (ROMAN, 0x203E) => b'~',
        (KATAKANA, 0xFF61..0xFFA0) => (c - 0xFF40) as u8,
        _ => return None,
    };
    Some((u16::from(byte), 1))
}

/// An escape sequence that ends: the place it names, its set, its length.
enum Escape {
    Designation(usize, Set, usize),
    /// It says nothing.
    Passed(usize),
}

impl Family {
    fn knows(&self, set: Set) -> bool {
        set == ASCII || self.sets.contains(&set)
    }

    /// Reads the escape sequence at the beginning of `rest`.
    fn escape(&self, rest: &[u8]) -> Result<Escape, (usize, &'static str)> {
        let end = rest.iter().take(LONGEST).skip(1).position(|byte| matches!(byte, b'@'..=b'Z'));
        let Some(end) = end else {
            return Err(if rest.len() < LONGEST { (rest.len(), INCOMPLETE) } else { (1, ILLEGAL) });
        };
        let length = end + 2;
        let illegal = (length, ILLEGAL);
        let last = rest[length - 1];
        let (place, set) = match rest[1..length - 1] {
            [b'('] => (G0, last),
            [b')'] => (G1, last),
            [b'.'] if self.third => (G2, last),
            [b'$'] => (G0, last | TWO_BYTES),
            [b'$', b'('] => (G0, last | TWO_BYTES),
            [b'$', b')'] => (G1, last | TWO_BYTES),
            [b'&'] if self.japanese && last == b'@' => return Ok(Escape::Passed(length)),
            _ => return Err(illegal),
        };
        let short = rest[1..length - 1] == *b"$";
        let fits = self.knows(set)
            && (place == G2) == matches!(set, LATIN1 | GREEK)
            && (!short || matches!(set, JIS_1978 | JIS_0208 | GB_2312));
        if fits { Ok(Escape::Designation(place, set, length)) } else { Err(illegal) }
    }

    fn step(
        &self,
        state: &mut State,
        rest: &[u8],
        out: &mut TextBuilder,
    ) -> Result<usize, (usize, &'static str)> {
        let byte = rest[0];
        match byte {
            ESC => match rest.get(1) {
                None => return Err((1, INCOMPLETE)),
                Some(b'(' | b')' | b'$' | b'.' | b'&') => {
                    return Ok(match self.escape(rest)? {
                        Escape::Designation(place, set, length) => {
                            state[place] = set;
                            length
                        }
                        Escape::Passed(length) => length,
                    });
                }
                Some(b'N') if self.third => {
                    let Some(&shifted) = rest.get(2) else { return Err((rest.len(), INCOMPLETE)) };
                    let c = single(state[G2], shifted).filter(|_| shifted.is_ascii());
                    out.push(c.ok_or((3, ILLEGAL))?);
                    return Ok(3);
                }
                Some(_) => {}
            },
            SHIFT_OUT | SHIFT_IN if self.shifted.is_some() => {
                state[SHIFTED] = u8::from(byte == SHIFT_OUT);
                return Ok(1);
            }
            b'\n' => state[SHIFTED] = 0,
            0x80.. => return Err((1, ILLEGAL)),
            _ => {}
        }
        if byte < 0x20 {
            out.push(u32::from(byte));
            return Ok(1);
        }
        let set = state[if state[SHIFTED] != 0 { G1 } else { G0 }];
        if !self.knows(set) {
            return Err((1, ILLEGAL));
        }
        if set & TWO_BYTES == 0 {
            out.push(single(set, byte).ok_or((1, ILLEGAL))?);
            return Ok(1);
        }
        let Some(&trail) = rest.get(1) else { return Err((1, INCOMPLETE)) };
        match meaning(set, byte, trail) {
            Some(Meaning::One(c)) => out.push(c),
            Some(Meaning::Two(pair)) => pair.into_iter().for_each(|c| out.push(c)),
            None => return Err((2, ILLEGAL)),
        }
        Ok(2)
    }

    pub fn decode(
        &self,
        state: &mut State,
        input: &[u8],
        mut at: usize,
        whole: bool,
        out: &mut TextBuilder,
    ) -> Result<usize, CodecError> {
        while at < input.len() {
            match self.step(state, &input[at..], out) {
                Ok(length) => at += length,
                Err((_, INCOMPLETE)) if !whole => return Ok(at),
                Err((length, reason)) => return Err(error(at, at + length, reason)),
            }
        }
        Ok(at)
    }

    /// Has G0 hold the set.
    fn designate(state: &mut State, set: Set, out: &mut Vec<u8>) {
        if state[G0] == set {
            return;
        }
        state[G0] = set;
        out.push(ESC);
        match set {
            JIS_1978 | JIS_0208 | GB_2312 => out.push(b'$'),
            _ if set & TWO_BYTES != 0 => out.extend_from_slice(b"$("),
            _ => out.push(b'('),
        }
        out.push(set & !TWO_BYTES);
    }

    pub fn encode(
        &self,
        state: &mut State,
        text: &[u32],
        mut at: usize,
        whole: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize, CodecError> {
        while let Some(&c) = text.get(at) {
            if let Some(byte) = super::ascii(c) {
                self.reset(state, out);
                out.push(byte);
                at += 1;
                continue;
            }
            let rest = &text[at..];
            let joins = |set: &Set| table_of(source(*set).0).is_some_and(|table| table.may_join(c));
            if rest.len() == 1 && !whole && self.sets.iter().any(joins) {
                return Ok(at);
            }
            // Characters that are joined have a code in no other set.
            let found = self
                .sets
                .iter()
                .find_map(|&set| code(set, rest).filter(|(_, taken)| *taken == 2).map(|code| (set, code)));
            let found = found.or_else(|| self.sets.iter().find_map(|&set| Some((set, code(set, rest)?))));
            let Some((set, (code, taken))) = found else { return Err(error(at, at + 1, ILLEGAL)) };
            if self.shifted == Some(set) {
                if core::mem::replace(&mut state[G1], set) != set {
                    out.extend_from_slice(&[ESC, b'$', b')', set & !TWO_BYTES]);
                }
                if core::mem::replace(&mut state[SHIFTED], 1) == 0 {
                    out.push(SHIFT_OUT);
                }
            } else {
                Self::designate(state, set, out);
            }
            let bytes = code.to_be_bytes();
            out.extend_from_slice(if set & TWO_BYTES != 0 { &bytes } else { &bytes[1..] });
            at += taken;
        }
        Ok(at)
    }

    /// Goes back to ASCII.
    pub fn reset(&self, state: &mut State, out: &mut Vec<u8>) {
        if core::mem::take(&mut state[SHIFTED]) != 0 {
            out.push(SHIFT_IN);
        }
        Self::designate(state, ASCII, out);
    }
}
