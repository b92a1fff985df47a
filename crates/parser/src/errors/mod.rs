//! What is wrong with a source that the grammar refused, said as CPython says it.

pub mod replay;

use taipan_ast::{Location, SyntaxError, SyntaxErrorKind};

use crate::ParseOptions;
use crate::tokens::char_offset;

/// The error of a source that the grammar refused, whose line ends are line feeds.
pub fn explain(source: &str, options: &ParseOptions) -> SyntaxError {
    replay::explain(source, options)
        .unwrap_or_else(|| located(source, "invalid syntax".to_owned(), Location::new(1, 0, 1, 0)))
}

/// An error at a range given in bytes, in a source whose line ends are line feeds.
pub(crate) fn located(source: &str, msg: String, loc: Location) -> SyntaxError {
    let line = |lineno: i32| {
        source.split_inclusive('\n').nth(usize::try_from(lineno - 1).unwrap_or(0)).unwrap_or("")
    };
    let text = line(loc.lineno);
    let end_text = if loc.end_lineno == loc.lineno { text } else { line(loc.end_lineno) };
    SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg,
        lineno: loc.lineno,
        offset: char_offset(text, loc.col_offset) + 1,
        end_lineno: loc.end_lineno,
        end_offset: char_offset(end_text, loc.end_col_offset) + 1,
        text: Some(text.to_owned()),
    }
}
