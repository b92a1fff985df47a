//! What stops the lexer, before it is known who asked.
//!
//! CPython's parser and its `_tokenize` module word and place some of these differently, so the lexer only says what
//! happened; [`super::tokenizer`] and [`super::iter`] make the exception.

use taipan_ast::{SyntaxError, SyntaxErrorKind};

/// A refusal by the lexer.
#[derive(Debug)]
pub enum Fault {
    /// An error that knows its place.
    Located(Box<SyntaxError>),
    /// The text ends inside a bracket or after a backslash.
    Eof,
    /// A line is indented less than the one before and like none above it.
    Dedent,
    /// Indentation that depends on the width of a tab.
    TabSpace,
    /// More than 100 levels of indentation.
    TooDeep,
    /// Something other than a line end follows a backslash.
    LineContinuation,
    /// The source of lines failed.
    Source,
}

impl Fault {
    pub(super) fn located(msg: String, lineno: i32, offset: i32, end_offset: i32, text: String) -> Fault {
        Fault::Located(Box::new(SyntaxError {
            kind: SyntaxErrorKind::SyntaxError,
            msg,
            lineno,
            offset,
            end_lineno: lineno,
            end_offset,
            text: Some(text),
        }))
    }
}

/// A warning of the lexer, to be issued before its token is used.
#[derive(Clone, Debug)]
pub struct LexWarning {
    pub msg: String,
    pub lineno: i32,
    /// What to raise where a filter turns the warning into an error.
    pub error: SyntaxError,
}
