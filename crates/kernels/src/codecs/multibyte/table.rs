//! Tables of multibyte encodings, read from their text when an encoding is first used.
//!
//! `xtask/src/charsets.py` writes the files and tells what their lines mean.

use std::collections::{BTreeMap, HashMap};

/// No character, no code.
pub const HOLE: u32 = u32::MAX;
const FFFD: u32 = 0xFFFD;
/// Marks two characters: the rest is an index into `twos`.
const TWO: u32 = 1 << 31;
/// The lowest byte that may lead.
const FIRST_LEAD: usize = 0x80;

/// What a sequence of bytes means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    One(u32),
    Two([u32; 2]),
}

/// The four-byte codes of GB 18030: from this code point to that, from this number on.
type Linear = (u32, u32, u32);

/// One encoding, both ways.
pub struct Table {
    single: [u32; 256],
    pairs: Vec<u32>,
    /// Behind 0x8F; empty where there are none.
    triples: Vec<u32>,
    twos: Vec<[u32; 2]>,
    /// Bytes of code points by pages of 256, highest byte first.
    pages: Vec<Option<Box<[u32; 256]>>>,
    /// Bytes of two characters.
    joined: HashMap<[u32; 2], u32>,
    /// Characters that may be the first of two.
    firsts: Vec<u32>,
    linear: Vec<Linear>,
}

/// A table's text, taken apart.
#[derive(Clone, Default)]
struct Lines {
    rows: BTreeMap<(usize, Vec<u8>), (u8, Vec<u32>)>,
    twos: Vec<(u32, [u32; 2])>,
    only: Vec<(u32, u32)>,
    never: Vec<u32>,
    linear: Vec<Linear>,
}

fn hexadecimal(word: Option<&str>) -> u32 {
    word.and_then(|word| u32::from_str_radix(word, 16).ok()).unwrap_or(0)
}

/// The characters of a row; `\u{…}` stands for those that would not show.
fn characters(text: &str) -> Vec<u32> {
    let mut found = Vec::with_capacity(text.len() / 3);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.strip_prefix("\\u{").and_then(|rest| rest.split_once('}')) {
            Some((digits, behind)) => {
                found.push(hexadecimal(Some(digits)));
                rest = behind;
            }
            None => {
                found.push(if c as u32 == FFFD { HOLE } else { c as u32 });
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    found
}

fn lead_of(word: Option<&str>) -> (usize, Vec<u8>) {
    let digits = word.filter(|word| *word != "-").unwrap_or("");
    let bytes: Vec<u8> =
        digits.as_bytes().chunks(2).map(|pair| hexadecimal(str::from_utf8(pair).ok()) as u8).collect();
    (bytes.len(), bytes)
}

impl Lines {
    fn read(text: &str, find: &dyn Fn(&str) -> &'static str) -> Lines {
        let mut lines = Lines::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("base") => {
                    let base = Lines::read(find(words.next().unwrap_or("")), find);
                    lines.rows = base.rows;
                }
                Some("row") => {
                    let lead = lead_of(words.next());
                    let first = hexadecimal(words.next()) as u8;
                    lines.rows.insert(lead, (first, characters(words.next().unwrap_or(""))));
                }
                Some("none") => {
                    lines.rows.remove(&lead_of(words.next()));
                }
                Some("two") => {
                    let bytes = hexadecimal(words.next());
                    lines.twos.push((bytes, [hexadecimal(words.next()), hexadecimal(words.next())]));
                }
                Some("only") => {
                    let bytes = hexadecimal(words.next());
                    lines.only.push((hexadecimal(words.next()), bytes));
                }
                Some("never") => lines.never.push(hexadecimal(words.next())),
                Some("linear") => {
                    let (first, last) = (hexadecimal(words.next()), hexadecimal(words.next()));
                    lines.linear.push((first, last, hexadecimal(words.next())));
                }
                _ => {}
            }
        }
        lines
    }
}

impl Table {
    /// From a table's text; `find` gives that of another encoding.
    pub fn read(text: &str, find: &dyn Fn(&str) -> &'static str) -> Table {
        let lines = Lines::read(text, find);
        let mut table = Table {
            single: [HOLE; 256],
            pairs: vec![HOLE; 0x80 << 8],
            triples: Vec::new(),
            twos: Vec::new(),
            pages: Vec::new(),
            joined: HashMap::new(),
            firsts: Vec::new(),
            linear: lines.linear,
        };
        for byte in 0..0x80_u8 {
            table.single[usize::from(byte)] = u32::from(byte);
        }
        let mut order = Vec::new();
        for ((_, lead), (first, characters)) in &lines.rows {
            for (index, &c) in characters.iter().enumerate() {
                if c == HOLE {
                    continue;
                }
                let trail = usize::from(*first) + index;
                let bytes =
                    lead.iter().fold(0, |bytes, &byte| bytes << 8 | u32::from(byte)) << 8 | trail as u32;
                table.set(bytes, c);
                order.push((bytes, c));
            }
        }
        // The bytes that decode to a character are its code, the first of them where there are several.
        for byte in 0..0x80 {
            if table.single[byte as usize] == byte {
                table.encode_as(byte, byte);
            }
        }
        for (bytes, c) in order {
            if table.lookup(c) == HOLE {
                table.encode_as(c, bytes);
            }
        }
        for (c, bytes) in lines.only {
            table.encode_as(c, bytes);
        }
        for c in lines.never {
            table.encode_as(c, HOLE);
        }
        for (bytes, pair) in lines.twos {
            table.set(bytes, TWO | table.twos.len() as u32);
            table.twos.push(pair);
            table.joined.insert(pair, bytes);
            table.firsts.push(pair[0]);
        }
        table
    }

    fn set(&mut self, bytes: u32, meaning: u32) {
        let low = (bytes & 0xFFFF) as usize;
        match bytes {
            0..0x100 => self.single[low] = meaning,
            0x100..0x1_0000 => self.pairs[low - (FIRST_LEAD << 8)] = meaning,
            _ => {
                self.triples.resize(0x80 << 8, HOLE);
                self.triples[low - (FIRST_LEAD << 8)] = meaning;
            }
        }
    }

    fn encode_as(&mut self, c: u32, bytes: u32) {
        let page = (c >> 8) as usize;
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        self.pages[page].get_or_insert_with(|| Box::new([HOLE; 256]))[(c & 0xFF) as usize] = bytes;
    }

    fn lookup(&self, c: u32) -> u32 {
        match self.pages.get((c >> 8) as usize) {
            Some(Some(page)) => page[(c & 0xFF) as usize],
            _ => HOLE,
        }
    }

    /// The bytes of a character, the first one highest.
    pub fn code(&self, c: u32) -> Option<u32> {
        Some(self.lookup(c)).filter(|&bytes| bytes != HOLE)
    }

    /// The bytes of two characters that have a code together.
    pub fn code_of_two(&self, first: u32, second: u32) -> Option<u32> {
        self.joined.get(&[first, second]).copied()
    }

    /// Whether another character may join this one.
    pub fn may_join(&self, c: u32) -> bool {
        self.firsts.contains(&c)
    }

    /// What a byte alone means.
    pub fn single(&self, byte: u8) -> Option<u32> {
        Some(self.single[usize::from(byte)]).filter(|&c| c != HOLE)
    }

    fn meaning(&self, plane: &[u32], lead: u8, trail: u8) -> Option<Meaning> {
        let index = (usize::from(lead).checked_sub(FIRST_LEAD)? << 8) | usize::from(trail);
        match *plane.get(index)? {
            HOLE => None,
            two if two & TWO != 0 => Some(Meaning::Two(self.twos[(two & !TWO) as usize])),
            c => Some(Meaning::One(c)),
        }
    }

    /// What two bytes mean.
    pub fn pair(&self, lead: u8, trail: u8) -> Option<Meaning> {
        self.meaning(&self.pairs, lead, trail)
    }

    /// What two bytes behind 0x8F mean.
    pub fn triple(&self, lead: u8, trail: u8) -> Option<Meaning> {
        self.meaning(&self.triples, lead, trail)
    }

    pub fn has_triples(&self) -> bool {
        !self.triples.is_empty()
    }

    /// The code point of a four-byte code's number.
    pub fn point_of(&self, number: u32) -> Option<u32> {
        let at = self.linear.partition_point(|&(.., start)| start <= number).checked_sub(1)?;
        let (first, last, start) = self.linear[at];
        Some(first + (number - start)).filter(|c| *c <= last)
    }

    /// The number of a code point's four-byte code.
    pub fn number_of(&self, c: u32) -> Option<u32> {
        let at = self.linear.iter().position(|&(first, last, _)| (first..=last).contains(&c))?;
        let (first, _, start) = self.linear[at];
        Some(start + (c - first))
    }
}
