//! Translated programs: instructions and the tables they refer to.

use super::analysis::First;
use super::charset::{CharSet, Fold, Single};
use super::prefilter::Prefilter;

/// An instruction. Addresses are places in [`Program::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inst {
    /// Never matches.
    Fail,
    /// The end of the pattern.
    Match,
    /// One character.
    One(Single),
    /// Several literal characters: a range of [`Program::literals`].
    Literal { start: u32, len: u32 },
    /// A position (`AT_*`).
    At(u32),
    /// A group's beginning (even) or end (odd).
    Mark(u32),
    /// Go there.
    Jump(u32),
    /// The branch of this number.
    Branch(u32),
    /// A repeated single character: the repeat of this number.
    Repeat(u32),
    /// Before a general loop: the loop of this number.
    LoopStart(u32),
    /// After the body of a greedy loop.
    LoopGreedy(u32),
    /// After the body of a lazy loop.
    LoopLazy(u32),
    /// Before a possessive loop.
    PossessiveStart(u32),
    /// After the body of a possessive loop.
    PossessiveNext(u32),
    /// Before an atomic group.
    AtomicStart(u32),
    /// After its body.
    AtomicEnd(u32),
    /// A look-around goes back so many characters first; it ends at `AssertEnd` or `AssertNotEnd`.
    AssertStart { slot: u32, back: u32 },
    /// A look-around matched.
    AssertEnd(u32),
    /// A negated look-around goes on at `after` if its body fails.
    AssertNotStart { slot: u32, back: u32, after: u32 },
    /// The body of a negated look-around matched.
    AssertNotEnd(u32),
    /// The text of a group again.
    GroupRef { group: u32, fold: Fold },
    /// Go to `otherwise` unless the group matched.
    GroupExists { group: u32, otherwise: u32 },
}

/// How eager a repetition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// What is known of the character after a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing.
    Unknown,
    /// This test must hold.
    Test(Single),
    /// The pattern ends.
    End,
}

/// A repeated single character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeat {
    pub(super) single: Single,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) greed: Greed,
    pub(super) next: Next,
    /// The instruction after it.
    pub(super) after: u32,
    /// Fewer characters can never help: what follows matches none of the repeated ones.
    pub(super) keeps_all: bool,
}

/// A loop over a body of any form.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) min: u32,
    pub(super) max: u32,
    /// The body's first instruction.
    pub(super) body: u32,
    /// The instruction after the loop.
    pub(super) after: u32,
    /// What the body can begin with, if it cannot be empty.
    pub(super) first: Option<Box<First>>,
}

/// The alternatives of a branch.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    /// Their first instructions.
    pub(super) targets: Vec<u32>,
    /// Which of up to 64 alternatives can match, by the next character.
    pub(super) masks: Option<Box<Masks>>,
}

/// Sets of alternatives.
#[derive(Clone, Debug)]
pub(super) struct Masks {
    /// By a character below 256.
    pub(super) low: [u64; 256],
    /// At any other character.
    pub(super) wide: u64,
    /// At the end of the text.
    pub(super) end: u64,
}

/// How a search finds places worth trying.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// Every place.
    Anywhere,
    /// Only the text's beginning.
    Beginning,
    /// Beginnings of lines.
    LineBeginning,
    /// Places of a literal.
    Prefix(Vec<u32>),
    /// Places of one of three characters below 256.
    Three([u32; 3]),
    /// Places of certain characters.
    First(Box<First>),
}

/// A translated pattern.
#[derive(Debug)]
pub struct Program {
    pub(super) code: Vec<Inst>,
    pub(super) literals: Vec<u32>,
    pub(super) sets: Vec<CharSet>,
    pub(super) repeats: Vec<Repeat>,
    pub(super) loops: Vec<Loop>,
    pub(super) branches: Vec<Branch>,
    /// Registers for loops, atomic groups and look-arounds.
    pub(super) slots: usize,
    /// Groups of the pattern, the whole match not counted.
    pub(super) groups: usize,
    /// The fewest characters a match has.
    pub(super) min_width: usize,
    pub(super) start: Start,
    /// A look at the first characters of a place.
    pub(super) prefilter: Option<Box<Prefilter>>,
    /// The prefix as bytes, with the tables for finding it. Boxed: it is aligned more strictly than objects are.
    pub(super) finder: Option<Box<memchr::memmem::Finder<'static>>>,
    /// The pattern is nothing but its prefix.
    pub(super) is_literal: bool,
}

impl Program {
    /// Groups of the pattern, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.groups
    }
}
