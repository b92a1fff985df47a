//! Text to tokens, tokens to syntax tree. No objects, no unsafe code.

pub mod strings;
pub mod tokens;
