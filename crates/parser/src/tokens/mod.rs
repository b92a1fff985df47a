//! Source text to tokens.
//!
//! [`encoding`] makes text of bytes. [`lexer`] makes tokens of text, split by subject over [`names`], `numbers`, `quotes`
//! and `interpolated`. Two views lie on top of it: [`tokenizer`] for the parser, [`iter`] for the `tokenize` module.
//! Kinds and positions are CPython's, to the column, in what is accepted and in what is refused.

pub mod encoding;
pub mod fault;
pub mod input;
mod interpolated;
pub mod iter;
pub mod kinds;
pub mod lexer;
pub mod names;
mod numbers;
pub mod printable;
mod quotes;
pub mod tokenizer;

pub use fault::LexWarning;
pub use input::{LineSource, TextInput, TypedLines};
pub use iter::{IterError, TextToken, TokenizerIter};
pub use kinds::TokenKind;
pub use lexer::{Bracket, Token};
pub use tokenizer::{Tokenizer, TokenizerOptions, TypeIgnore, char_offset};
