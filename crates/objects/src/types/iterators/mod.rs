//! The iterators that belong to no container: over sequences, over calls, and the built-in `enumerate`, `reversed`,
//! `zip`, `map` and `filter`.

pub mod callable;
pub mod enumerate;
pub mod filter;
pub mod map;
pub mod reuse;
pub mod reversed;
pub mod sequence;
pub mod zip;

pub use callable::PyCallIter;
pub use enumerate::PyEnumerate;
pub use filter::PyFilter;
pub use map::PyMap;
pub use reversed::PyReversed;
pub use sequence::PySeqIter;
pub use zip::PyZip;

pub use crate::protocols::sequence::builtin;
