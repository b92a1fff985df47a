//! Pure algorithms on plain data that the built-in types and native modules stand on.
//!
//! Nothing here knows an object, a thread state or an error that can be raised: slices and small
//! structs go in, vectors and plain error enums come out. That keeps every algorithm testable
//! alone, and free of `unsafe`.

pub mod codecs;
pub mod decimal;
pub mod float;
pub mod format;
pub mod hash;
pub mod int;
pub mod search;
pub mod sre;
pub mod text;
pub mod unicode;
pub mod unit;
pub mod xml;
