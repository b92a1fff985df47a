//! How the compiler refuses a tree.
//!
//! Positions are those of the tree: lines from 1, columns in UTF-8 bytes counted from 1, as CPython's compiler
//! gives them. The line of source is the caller's to add.

use taipan_ast::{Location, SyntaxError, SyntaxErrorKind};

/// What the compiler gives back instead of code.
pub type CompileError = SyntaxError;

/// Inside the compiler errors travel boxed, so that the good path stays small.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<CompileError>>;

/// A `SyntaxError` at `loc`.
#[cold]
pub(crate) fn syntax_error(msg: impl Into<String>, loc: Location) -> Box<CompileError> {
    Box::new(SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg: msg.into(),
        lineno: loc.lineno,
        offset: loc.col_offset + 1,
        end_lineno: loc.end_lineno,
        end_offset: loc.end_col_offset + 1,
        text: None,
    })
}

/// A `SystemError`: the tree breaks an invariant that the parser and `ast` validation keep.
#[cold]
pub(crate) fn system_error(msg: impl Into<String>) -> Box<CompileError> {
    Box::new(SyntaxError::plain(SyntaxErrorKind::SystemError, msg))
}
