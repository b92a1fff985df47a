//! What code generation hands to the back end: a sequence of instructions with labels, and the tables of
//! the code unit they refer to.
//!
//! Jump targets are [`Label`]s until the flow graph is built; opargs that index a table are indices in the
//! unit's ordered tables ([`CodeUnitMetadata`]).

mod metadata;
mod sequence;

pub use metadata::CodeUnitMetadata;
pub use sequence::{Instruction, InstructionSequence, Label};

/// A stretch of source: lines from 1, columns in UTF-8 bytes from 0, end exclusive; -1 where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    pub lineno: i32,
    pub end_lineno: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    /// An instruction that belongs to no line.
    pub const NONE: Self = Self { lineno: -1, end_lineno: -1, col: -1, end_col: -1 };
    /// An instruction that takes the location of the one behind it.
    pub const NEXT: Self = Self { lineno: -2, end_lineno: -2, col: -2, end_col: -2 };

    pub const fn new(lineno: i32, end_lineno: i32, col: i32, end_col: i32) -> Self {
        Self { lineno, end_lineno, col, end_col }
    }
}
