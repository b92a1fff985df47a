//! Reads a refused source again, in the order in which CPython's parser tries its rules, to find the error that
//! CPython would give.
//!
//! CPython parses twice: first with the grammar alone, to learn which token does not fit, then with rules that match only what
//! is wrong, the first of which to match decides the message. What is said depends on the order of alternatives and on how
//! many tokens were looked at, so both passes are made here with the same rules ([`rules`], from `rules.peg`) walked in
//! the same way ([`engine`]). Nothing of this runs for a valid source.

pub mod engine;
mod hooks;
pub mod rules;

use taipan_ast::{SyntaxError, SyntaxErrorKind};

use crate::tokens::{TokenKind, Tokenizer};
use crate::{Mode, ParseOptions};
use engine::{Engine, span_of};
use rules::RULES;

/// Room for the recursion over rules, which takes a few frames a rule.
const STACK_BYTES: usize = 256 << 20;

/// The error of a source, whose line ends are line feeds. `None` if the rules find nothing wrong with it.
pub fn explain(source: &str, options: &ParseOptions) -> Option<SyntaxError> {
    std::thread::scope(|scope| {
        let reading =
            std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || read(source, options));
        reading.ok()?.join().ok()?
    })
}

fn read(source: &str, options: &ParseOptions) -> Option<SyntaxError> {
    let start = RULES.index(match options.mode {
        Mode::Exec => "file",
        Mode::Single => "interactive",
        Mode::Eval => "eval",
        Mode::FuncType => "func_type",
    });
    let tokenizer = Tokenizer::new(source, options.tokenizer_options());
    let mut engine = Engine::new(tokenizer, options.barry_as_flufl);
    if engine.rule(start).is_some() {
        if options.mode == Mode::Single {
            let msg = "multiple statements found while compiling a single statement".to_owned();
            engine.raise_last(SyntaxErrorKind::SyntaxError, msg);
        }
        return engine.error;
    }
    if options.allow_incomplete_input && engine.tokenizer.is_at_end() {
        engine.error = None;
        engine.raise_last(SyntaxErrorKind::IncompleteInput, "incomplete input".to_owned());
        return engine.error;
    }
    if engine.error.as_ref().is_some_and(|error| !error.kind.has_position()) {
        return engine.error;
    }
    let last = *engine.tokens.last()?;
    engine.start_explaining();
    engine.rule(start);
    if engine.error.is_none() {
        match last.kind {
            TokenKind::Indent => {
                engine.raise_last(SyntaxErrorKind::IndentationError, "unexpected indent".to_owned());
                return engine.error;
            }
            TokenKind::Dedent => {
                engine.raise_last(SyntaxErrorKind::IndentationError, "unexpected unindent".to_owned());
                return engine.error;
            }
            _ => {
                engine.raise(span_of(&last), "invalid syntax".to_owned());
            }
        }
    } else if !engine.tokenizer.is_running() {
        return engine.error;
    }
    let lineno = engine.tokens.last()?.lineno;
    engine.tokenizer.error_in_rest(lineno).or(engine.error)
}
