//! What is wrong with a source that the grammar refused, said as CPython says it.
//!
//! CPython's messages follow from how its parser works: it tries the alternatives of each rule in order, remembers what it
//! has tried, reads tokens only when it must, and, where the source does not fit, goes over it once more with rules
//! added that match common mistakes. [`Diagnosis`] is a model of that parser, in the same two passes. It is run on
//! refused sources only, so it may be slow; of the tree it makes just enough to name and place what it complains about.
//!
//! What order the alternatives are tried in, and how many tokens have been read when an error is raised, is visible in the
//! messages and their ranges. So the rules here must not be reordered or shortened, even where that would accept the
//! same language.
//!
//! [`engine`] has the passes, tokens and memory, [`raise`] makes the errors. Rules by subject: [`statements`],
//! [`compound`], [`tries`], [`functions`], [`parameters`], [`patterns`], [`expressions`], [`atoms`], [`comprehensions`],
//! [`calls`], [`targets`], [`strings`]. A rule that
//! matches a mistake is called `invalid_…` and stands beside the rule that it belongs to.

mod atoms;
mod calls;
mod compound;
mod comprehensions;
mod engine;
mod expressions;
mod functions;
mod parameters;
mod patterns;
mod raise;
mod statements;
mod strings;
mod targets;
mod tries;

use taipan_ast::{Arena, Location, SyntaxError, SyntaxErrorKind};

use crate::ParseOptions;
use crate::tokens::char_offset;
use crate::tokens::input::TextInput;
use engine::Diagnosis;

/// Why a source is refused.
pub(crate) fn diagnose<'a>(source: TextInput<'a>, options: &ParseOptions, arena: &'a Arena) -> SyntaxError {
    Diagnosis::new(source, options, arena).run()
}

/// An error at a range given in bytes, in a source whose line ends are line feeds.
pub(crate) fn located(source: &str, msg: String, loc: Location) -> SyntaxError {
    let line = source.split_inclusive('\n').nth(usize::try_from(loc.lineno - 1).unwrap_or(0)).unwrap_or("");
    SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg,
        lineno: loc.lineno,
        offset: char_offset(line, loc.col_offset + 1),
        end_lineno: loc.end_lineno,
        end_offset: char_offset(line, loc.end_col_offset + 1),
        text: Some(line.to_owned()),
    }
}
