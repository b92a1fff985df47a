//! What reading source can complain about: syntax errors, and warnings that a filter may turn into errors.

use std::fmt;

use crate::location::Location;

/// The class of exception that a refusal becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyntaxErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// `_IncompleteInputError`: the source ends too early and more may follow (`codeop`).
    IncompleteInput,
    /// `MemoryError`: the source is nested deeper than the stack allows. Has no position.
    MemoryError,
    /// `ValueError`: the source is no text at all (null bytes). Has no position.
    ValueError,
    /// `RecursionError`: a later pass met a tree deeper than the stack allows. Has no position.
    RecursionError,
    /// `SystemError`: the source cannot be represented. Has no position.
    SystemError,
}

impl SyntaxErrorKind {
    /// The name of the exception class.
    pub const fn name(self) -> &'static str {
        match self {
            SyntaxErrorKind::SyntaxError => "SyntaxError",
            SyntaxErrorKind::IndentationError => "IndentationError",
            SyntaxErrorKind::TabError => "TabError",
            SyntaxErrorKind::IncompleteInput => "_IncompleteInputError",
            SyntaxErrorKind::MemoryError => "MemoryError",
            SyntaxErrorKind::ValueError => "ValueError",
            SyntaxErrorKind::RecursionError => "RecursionError",
            SyntaxErrorKind::SystemError => "SystemError",
        }
    }

    /// False for the exceptions that carry a message only.
    pub const fn has_position(self) -> bool {
        matches!(
            self,
            SyntaxErrorKind::SyntaxError
                | SyntaxErrorKind::IndentationError
                | SyntaxErrorKind::TabError
                | SyntaxErrorKind::IncompleteInput
        )
    }
}

/// A refusal of source text. Offsets count characters from 1, as `SyntaxError.offset` does; the file
/// name is the caller's to add. An `end_lineno` or `end_offset` may be what CPython reports for "unknown".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    pub msg: String,
    pub lineno: i32,
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
    /// The line of source, with its line end where it has one.
    pub text: Option<String>,
}

impl SyntaxError {
    /// An error of a kind that carries a message only.
    pub fn plain(kind: SyntaxErrorKind, msg: impl Into<String>) -> Self {
        SyntaxError { kind, msg: msg.into(), lineno: 0, offset: 0, end_lineno: 0, end_offset: 0, text: None }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.name(), self.msg)?;
        if self.kind.has_position() {
            write!(formatter, " (line {}, column {})", self.lineno, self.offset)?;
        }
        Ok(())
    }
}

impl std::error::Error for SyntaxError {}

/// The class of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningCategory {
    Syntax,
    Deprecation,
}

/// Receives warnings while source is read. Where a filter turns a warning into an exception, `warn` gives the
/// error to raise instead.
pub trait WarningSink {
    fn warn(&mut self, category: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError>;
}

/// A sink that forgets warnings.
pub struct IgnoreWarnings;

impl WarningSink for IgnoreWarnings {
    fn warn(&mut self, _: WarningCategory, _: &str, _: Location) -> Result<(), SyntaxError> {
        Ok(())
    }
}
