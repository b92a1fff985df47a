//! A quick look at four characters before a place is tried.
//!
//! Each alternative that a match can begin with has a bit (eight of them, shared when there are more);
//! four tables say for the first, second, third and fourth character which alternatives it suits. A place is
//! worth trying if some bit survives all four, which is the scalar form of the "Teddy" search of
//! Hyperscan.

use super::charset::{Single, Wide};
use super::program::{Inst, Program, Start};
use crate::unit::Unit;

/// Characters looked at.
const DEPTH: usize = 4;

/// The tables.
#[derive(Clone, Debug)]
pub(super) struct Prefilter {
    /// By place and character below 256.
    low: [[u8; 256]; DEPTH],
    /// By place, for other characters.
    wide: [u8; DEPTH],
}

impl Program {
    /// Tables for a pattern that begins with known characters, or alternatives of them.
    pub(super) fn make_prefilter(&self) -> Option<Box<Prefilter>> {
        if !matches!(self.start, Start::First(_) | Start::Three(_)) {
            return None;
        }
        let mut tables = Box::new(Prefilter { low: [[0; 256]; DEPTH], wide: [0; DEPTH] });
        let mut at = 0;
        while matches!(self.code[at], Inst::Mark(_)) {
            at += 1;
        }
        let alone = [at as u32];
        let targets = match self.code[at] {
            Inst::Branch(b) => &self.branches[b as usize].targets[..],
            _ => &alone,
        };
        let mut least = DEPTH;
        for (i, &target) in targets.iter().enumerate() {
            least = least.min(self.add_alternative(&mut tables, 1 << (i % 8), target as usize));
        }
        // One character is what the search looks for anyway.
        (least > 1).then_some(tables)
    }

    /// Enters the characters of an alternative, and says how many it told.
    fn add_alternative(&self, tables: &mut Prefilter, bit: u8, mut at: usize) -> usize {
        let mut depth = 0;
        while depth < DEPTH {
            let inst = self.code[at];
            at += 1;
            match inst {
                Inst::Mark(_) | Inst::At(_) | Inst::AtomicStart(_) => {}
                Inst::Jump(target) => at = target as usize,
                Inst::One(single) if self.is_fixed(single) => {
                    self.enter(tables, bit, depth, single);
                    depth += 1;
                }
                Inst::Literal { start, len } => {
                    for &c in self.literals[start as usize..].iter().take((len as usize).min(DEPTH - depth)) {
                        self.enter(tables, bit, depth, Single::Char(c));
                        depth += 1;
                    }
                }
                Inst::Repeat(r) if self.is_fixed(self.repeats[r as usize].single) => {
                    let repeat = &self.repeats[r as usize];
                    for _ in 0..(repeat.min as usize).min(DEPTH - depth) {
                        self.enter(tables, bit, depth, repeat.single);
                        depth += 1;
                    }
                    if repeat.min != repeat.max {
                        break;
                    }
                }
                _ => break,
            }
        }
        for rest in depth..DEPTH {
            tables.low[rest].iter_mut().for_each(|bits| *bits |= bit);
            tables.wide[rest] |= bit;
        }
        depth
    }

    fn is_fixed(&self, single: Single) -> bool {
        !matches!(single, Single::Set(i) if self.sets[i as usize].is_local)
    }

    fn enter(&self, tables: &mut Prefilter, bit: u8, depth: usize, single: Single) {
        if let Single::Char(c) = single {
            match tables.low[depth].get_mut(c as usize) {
                Some(bits) => *bits |= bit,
                None => tables.wide[depth] |= bit,
            }
            return;
        }
        for (c, bits) in tables.low[depth].iter_mut().enumerate() {
            if self.matches(single, c as u32, &super::Locale::C) {
                *bits |= bit;
            }
        }
        let stays_low = match single {
            Single::Never => true,
            Single::Set(i) => matches!(self.sets[i as usize].wide, Wide::Nothing),
            _ => false,
        };
        if !stays_low {
            tables.wide[depth] |= bit;
        }
    }
}

impl Prefilter {
    #[inline(always)]
    fn bits(&self, depth: usize, c: u32) -> u8 {
        if c < 256 { self.low[depth][c as usize] } else { self.wide[depth] }
    }

    #[inline(always)]
    fn suits<T: Unit>(&self, text: &[T]) -> bool {
        match *text {
            [a, b, c, d, ..] => {
                self.bits(0, a.into())
                    & self.bits(1, b.into())
                    & self.bits(2, c.into())
                    & self.bits(3, d.into())
                    != 0
            }
            // Too near to the end to look: it is tried.
            _ => true,
        }
    }

    /// The first place worth trying. `rare` holds the only characters a match can begin with, if there are
    /// at most three: they are looked for as long as they turn out to be rare.
    pub(super) fn find<T: Unit>(&self, text: &[T], rare: Option<[u32; 3]>) -> Option<usize> {
        let mut at = 0;
        if let Some(set) = rare {
            let mut near = 0;
            while near < 4 {
                let distance = T::find_any(&text[at..], set)?;
                if self.suits(&text[at + distance..]) {
                    return Some(at + distance);
                }
                near = if distance < 16 { near + 1 } else { 0 };
                at += distance + 1;
            }
        }
        let windows = text.len().saturating_sub(DEPTH - 1);
        while at < windows {
            if self.suits(&text[at..]) {
                return Some(at);
            }
            at += 1;
        }
        (at < text.len()).then_some(at)
    }
}
