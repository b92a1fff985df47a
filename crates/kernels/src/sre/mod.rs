//! Regular expressions: the matching engine of `_sre`.
//!
//! The library's `re._compiler` turns a pattern into a list of integers. [`Program::compile`] checks
//! that list and translates it once into instructions of our own: jumps resolved, sets as tables, literals
//! joined, each branch and loop beside the characters it can begin with. [`Matcher`] runs a
//! program over text of one, two or four bytes a character.
//!
//! Matching is a loop with an explicit stack of choices: no recursion, so no pattern or subject can exhaust
//! the machine's stack. Marks and loop counters are restored by undo records on the same
//! stack. The stack and the marks belong to the [`Matcher`], which is used again for all
//! attempts of a search and for all searches of a scanner.
//!
//! | file | holds |
//! |---|---|
//! | `codes` | the numbers of `re._constants` |
//! | `program` | instructions and their side tables |
//! | `lower` | checking and translation |
//! | `charset` | tests of one character |
//! | `analysis` | first characters, literal prefixes, loops that need no way back |
//! | `prefilter` | a quick look at four characters before a place is tried |
//! | `engine`, `backtrack` | matching and searching |
//! | `casing` | what `_sre` tells the compiler about case |

mod analysis;
mod backtrack;
pub mod casing;
mod charset;
mod codes;
mod engine;
mod lower;
mod prefilter;
mod program;

pub use crate::unit::Unit;
pub use charset::Locale;
pub use codes::{CODE_SIZE, MAGIC, MAX_GROUPS, MAX_REPEAT};
pub use engine::{Matcher, Mode, Stop};
pub use lower::InvalidCode;
pub use program::Program;
