//! What is known of a frame at one place of its code: what may be in its variables and on its stack.

use super::{Result, fail};
use smallvec::{SmallVec, smallvec};

/// What a variable or a slot of the stack may hold, as a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// Nothing: an unbound variable, a receiver that is not there.
    pub const NOTHING: Self = Self(1);
    /// Any value.
    pub const VALUE: Self = Self(2);
    pub const CELL: Self = Self(4);
    /// An exception.
    pub const EXCEPTION: Self = Self(8);

    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn may_be(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is certainly one of these.
    pub fn is(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

/// Where a value of the stack comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    Anywhere,
    /// Borrowed from this variable.
    Local(u32),
    /// A constant: a tuple of so many strings.
    Names(u32),
}

/// A slot of the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slot {
    pub kinds: Kinds,
    pub origin: Origin,
}

impl Slot {
    pub const VALUE: Self = Self::of(Kinds::VALUE);
    pub const NOTHING: Self = Self::of(Kinds::NOTHING);

    pub const fn of(kinds: Kinds) -> Self {
        Slot { kinds, origin: Origin::Anywhere }
    }

    pub fn is_there(self) -> bool {
        !self.kinds.may_be(Kinds::NOTHING)
    }

    /// What is known where two paths meet; `None` where the value would be borrowed from one of two variables.
    fn join(self, other: Self) -> Option<Self> {
        let origin = match (self.origin, other.origin) {
            (a, b) if a == b => a,
            (Origin::Local(_), Origin::Local(_)) => return None,
            (Origin::Local(local), _) | (_, Origin::Local(local)) => Origin::Local(local),
            _ => Origin::Anywhere,
        };
        Some(Slot { kinds: self.kinds.or(other.kinds), origin })
    }
}

/// Kinds of variables, one bit of three rows each.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Variables {
    /// Which may be unbound, which may hold a value, which may hold a cell: rows of `words` words.
    rows: SmallVec<[u64; 3]>,
    words: usize,
}

impl Variables {
    const ROWS: [Kinds; 3] = [Kinds::NOTHING, Kinds::VALUE, Kinds::CELL];

    pub fn unbound(count: usize) -> Self {
        let words = count.div_ceil(64);
        let mut rows = smallvec![0; 3 * words];
        rows[..words].fill(u64::MAX);
        Variables { rows, words }
    }

    pub fn get(&self, index: usize) -> Kinds {
        let bit = |row: usize| self.rows[row * self.words + index / 64] >> (index % 64) & 1;
        Kinds((bit(0) | bit(1) << 1 | bit(2) << 2) as u8)
    }

    pub fn set(&mut self, index: usize, kinds: Kinds) {
        for (row, kind) in Self::ROWS.into_iter().enumerate() {
            let word = &mut self.rows[row * self.words + index / 64];
            *word = *word & !(1 << (index % 64)) | u64::from(kinds.may_be(kind)) << (index % 64);
        }
    }
}

/// Few values are on a stack most of the time.
pub(super) type Stack = SmallVec<[Slot; 6]>;

/// What is known before an instruction.
#[derive(Clone)]
pub(super) struct State {
    pub variables: Variables,
    pub stack: Stack,
    /// Whether the frame may lie on the thread's stack, and in a generator.
    pub fresh: bool,
    pub generator: bool,
}

impl State {
    /// Takes in another path that leads to code unit `unit`. Whether that made a difference.
    pub fn join(&mut self, unit: usize, other: &State, stack: &[Slot]) -> Result<bool> {
        if self.stack.len() != stack.len() {
            return fail(unit, "depth of the value stack depends on the path");
        }
        let mut changed =
            (self.fresh, self.generator) != (self.fresh | other.fresh, self.generator | other.generator);
        self.fresh |= other.fresh;
        self.generator |= other.generator;
        for (mine, &theirs) in self.stack.iter_mut().zip(stack) {
            let Some(joined) = mine.join(theirs) else {
                return fail(unit, "origin of a borrowed value depends on the path");
            };
            changed |= joined != *mine;
            *mine = joined;
        }
        for (mine, theirs) in self.variables.rows.iter_mut().zip(&other.variables.rows) {
            changed |= *mine | theirs != *mine;
            *mine |= theirs;
        }
        Ok(changed)
    }

    /// How much work it is to copy or join such a state, in words.
    pub fn size(&self) -> usize {
        self.variables.rows.len() + self.stack.len() + 1
    }
}
