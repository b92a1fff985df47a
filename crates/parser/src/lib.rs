//! Text to tokens, tokens to syntax tree. No objects, no unsafe code.
//!
//! [`parse`] is the door. [`tokens`] reads text, [`strings`] decodes literals, [`grammar`] makes the tree of a
//! valid source and [`errors`] finds out what to say about an invalid one.

pub mod errors;
pub mod grammar;
pub mod strings;
pub mod tokens;

use std::borrow::Cow;

use taipan_ast::{Arena, Mod, SyntaxError, WarningSink};

use grammar::Refusal;
use tokens::encoding::translate_newlines;
use tokens::{TextInput, TokenizerOptions, TypedLines};

/// What one level of nesting may take of the stack.
const BYTES_PER_LEVEL: usize = 1024;

/// What a source is to be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A module: any number of statements.
    Exec,
    /// One statement, typed at a prompt.
    Single,
    /// One expression.
    Eval,
    /// A signature type comment, `(int, *str) -> None`.
    FuncType,
}

/// How a source is to be read.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    pub mode: Mode,
    /// Keep `# type:` comments (`PyCF_TYPE_COMMENTS`).
    pub type_comments: bool,
    /// The minor version of Python 3 whose grammar is asked for.
    pub feature_version: i32,
    /// `from __future__ import barry_as_FLUFL` holds already (`CO_FUTURE_BARRY_AS_BDFL`).
    pub barry_as_flufl: bool,
    /// Say "incomplete input" where more text could make the source valid (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// Do not close open blocks at the end of a `Single` source (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// The text is that of a file which is run as the program: errors at its end have no column.
    pub is_file: bool,
    /// The longest decimal integer literal, in digits; 0 for no limit (`sys.set_int_max_str_digits`).
    pub max_int_digits: usize,
    /// Nesting at which a source counts as too complex, in units of one rule of CPython's parser; on threads with little
    /// stack, [`ParseOptions::with_stack`] lowers it.
    pub max_depth: u32,
}

impl ParseOptions {
    pub fn new(mode: Mode) -> Self {
        ParseOptions {
            mode,
            type_comments: false,
            feature_version: 14,
            barry_as_flufl: false,
            allow_incomplete_input: false,
            dont_imply_dedent: false,
            is_file: false,
            max_int_digits: 4300,
            max_depth: grammar::MAX_DEPTH,
        }
    }

    /// Bounds nesting by the stack that is left, in bytes.
    pub fn with_stack(mut self, bytes: usize) -> Self {
        let levels = u32::try_from(bytes / BYTES_PER_LEVEL).unwrap_or(u32::MAX);
        self.max_depth = self.max_depth.min(levels);
        self
    }

    fn tokenizer_options(&self) -> TokenizerOptions {
        TokenizerOptions {
            single: self.mode == Mode::Single,
            dont_imply_dedent: self.dont_imply_dedent,
            type_comments: self.type_comments,
            is_file: self.is_file,
        }
    }
}

/// Reads a source. The tree borrows from the source and from the arena. Line ends may be of any kind; bytes are decoded
/// before, by [`tokens::encoding::decode_source`].
pub fn parse<'a>(
    source: &'a str,
    options: &ParseOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
) -> Result<Mod<'a>, SyntaxError> {
    let source = match translate_newlines(source, options.mode == Mode::Exec) {
        Cow::Borrowed(source) => source,
        Cow::Owned(source) => arena.str(&source),
    };
    read(TextInput::new(source), options, arena, warnings)
}

/// Reads one statement that is being typed, asking for each line when no token of the lines before can do without it.
/// A tree without statements where the lines end before anything but comments was typed. Wants [`Mode::Single`].
pub fn parse_typed<'a>(
    lines: &'a dyn TypedLines,
    options: &ParseOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
) -> Result<Mod<'a>, SyntaxError> {
    read(TextInput::typed(lines), options, arena, warnings)
}

fn read<'a>(
    source: TextInput<'a>,
    options: &ParseOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
) -> Result<Mod<'a>, SyntaxError> {
    grammar::parse(source, options, arena, warnings).map_err(|refusal| match refusal {
        Refusal::Raised(error) => error,
        Refusal::Unfit(source) => errors::diagnose(source, options, arena),
    })
}
