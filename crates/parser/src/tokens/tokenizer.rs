//! Tokens as the parser wants them.
//!
//! Adds to the lexer what depends on how the source will be used: `# type: ignore` comments are set aside, a statement typed
//! at a prompt gets the `NEWLINE` it lacks, and refusals become `SyntaxError`s worded and placed as CPython's parser does.

use taipan_ast::{SyntaxError, SyntaxErrorKind};

use super::fault::{Fault, LexWarning};
use super::input::TextInput;
use super::kinds::TokenKind;
use super::lexer::{Bracket, Done, Lexer, LexerOptions, Token, count_chars};

/// What the source is: it decides whether missing line ends are supplied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenizerOptions {
    /// The source is one statement of an interactive session (`single`).
    pub single: bool,
    /// Do not close open blocks at the end of a `single` source: more lines may follow.
    pub dont_imply_dedent: bool,
    /// Give `# type:` comments.
    pub type_comments: bool,
    /// The text is that of a file which is run as the program.
    pub is_file: bool,
}

/// A `# type: ignore` comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeIgnore {
    pub lineno: i32,
    /// Where the text after `ignore` is.
    pub start: usize,
    pub end: usize,
}

/// The parser's view of a source.
pub struct Tokenizer<'a> {
    lexer: Lexer<TextInput<'a>>,
    options: TokenizerOptions,
    in_statement: bool,
    type_ignores: Vec<TypeIgnore>,
}

impl<'a> Tokenizer<'a> {
    /// Reads a source whose line ends are line feeds (see [`super::encoding::translate_newlines`]).
    pub fn new(source: TextInput<'a>, options: TokenizerOptions) -> Self {
        let lexer_options = LexerOptions {
            type_comments: options.type_comments,
            interactive: source.is_typed(),
            is_file: options.is_file,
            ..LexerOptions::default()
        };
        Tokenizer {
            lexer: Lexer::new(source, lexer_options),
            options,
            in_statement: false,
            type_ignores: Vec::new(),
        }
    }

    /// The next token; after an error or the last `ENDMARKER` nothing sensible follows.
    #[expect(clippy::should_implement_trait, reason = "it never ends, and errors end it")]
    pub fn next(&mut self) -> Result<Token, SyntaxError> {
        loop {
            let mut token = match self.lexer.next_token() {
                Ok(token) => token,
                Err(fault) => return Err(self.refuse(fault)),
            };
            match token.kind {
                TokenKind::TypeIgnore => {
                    let Token { lineno, start, end, .. } = token;
                    self.type_ignores.push(TypeIgnore { lineno, start, end });
                    continue;
                }
                TokenKind::EndMarker if self.options.single && self.in_statement => {
                    token.kind = TokenKind::Newline;
                    self.in_statement = false;
                    if self.lexer.indentation() > 0 && !self.options.dont_imply_dedent {
                        self.lexer.close_blocks();
                    }
                }
                _ => self.in_statement = true,
            }
            return Ok(token);
        }
    }

    /// Whether `<>` is one token from here on, as `from __future__ import barry_as_FLUFL` wants.
    pub fn set_diamond(&mut self, diamond: bool) {
        self.lexer.options.diamond = diamond;
    }

    /// The source as far as it was read.
    #[inline]
    pub fn source(&self) -> &str {
        self.lexer.input.text()
    }

    /// What is read; it can be read again from its start.
    #[inline]
    pub fn input(&self) -> &TextInput<'a> {
        &self.lexer.input
    }

    pub fn into_input(self) -> TextInput<'a> {
        self.lexer.input
    }

    /// The text of a token.
    #[inline]
    pub fn text(&self, token: &Token) -> &str {
        self.source().get(token.start..token.end).unwrap_or("")
    }

    /// Warnings since they were last taken, oldest first. Cheap to ask after each token.
    #[inline]
    pub fn take_warnings(&mut self) -> Vec<LexWarning> {
        if self.lexer.warnings.is_empty() { Vec::new() } else { std::mem::take(&mut self.lexer.warnings) }
    }

    pub fn has_warnings(&self) -> bool {
        !self.lexer.warnings.is_empty()
    }

    /// The `# type: ignore` comments so far.
    pub fn type_ignores(&self) -> &[TypeIgnore] {
        &self.type_ignores
    }

    /// The innermost bracket that is open now.
    pub fn open_bracket(&self) -> Option<Bracket> {
        self.lexer.open_bracket()
    }

    /// The byte after the last token (or after what the lexer has looked at, after an error).
    pub fn position(&self) -> usize {
        self.lexer.cur
    }

    /// The line that the lexer is on.
    pub fn lineno(&self) -> i32 {
        self.lexer.lineno
    }

    /// The column of [`Tokenizer::position`] in bytes.
    pub fn column(&self) -> i32 {
        (self.lexer.cur - self.lexer.line_start) as i32
    }

    /// Neither the end of the source nor an error was met.
    pub fn is_running(&self) -> bool {
        self.lexer.done == Done::Running
    }

    /// The source ended, maybe inside a string or a bracket: more text could make it valid.
    pub fn is_at_end(&self) -> bool {
        matches!(self.lexer.done, Done::Eof | Done::EofInString)
    }

    /// The source ended inside a string.
    pub fn is_in_string(&self) -> bool {
        self.lexer.done == Done::EofInString || self.lexer.in_interpolated()
    }

    /// The text that `SyntaxError.text` shows for a line: with its line feed only if the lexer has not gone past it, and
    /// never with that of a typed line.
    pub fn error_text(&self, lineno: i32) -> String {
        let lexer = &self.lexer;
        if lexer.lineno <= lineno && lexer.line_end > lexer.line_start && !lexer.input.is_typed() {
            return self.source()[lexer.line_start..lexer.line_end].to_owned();
        }
        let before = usize::try_from(lineno - 1).unwrap_or(0);
        self.source().split('\n').nth(before).unwrap_or("").to_owned()
    }

    /// Asks for no more lines of a source that is being typed.
    pub fn stop(&mut self) {
        self.lexer.input.stop();
    }

    /// The error of a bracket that is never closed, if one is open.
    pub fn never_closed(&self) -> Option<SyntaxError> {
        let bracket = self.lexer.open_bracket()?;
        let msg = format!("'{}' was never closed", bracket.open as char);
        Some(self.error(SyntaxErrorKind::SyntaxError, msg, bracket.lineno, bracket.col_offset + 1, 0))
    }

    /// Looks at the rest of the source for an error that explains more than a syntax error on line `lineno` does: an
    /// invalid token, or a bracket left open before that line. What is wrong inside an f-string or t-string does not count.
    /// Of a source that is being typed, the line that is there is all of the rest.
    pub fn error_in_rest(&mut self, lineno: i32) -> Option<SyntaxError> {
        self.stop();
        loop {
            match self.lexer.next_token() {
                Ok(token) if token.kind == TokenKind::EndMarker => return None,
                Ok(_) => {}
                Err(Fault::Located(_)) if !self.lexer.modes.is_empty() => return None,
                // Inside an f-string or t-string nothing explains more.
                Err(_) if self.lexer.in_interpolated() => return None,
                Err(Fault::Located(error)) => return Some(*error),
                Err(_) => {
                    return self.never_closed().filter(|error| lineno > error.lineno);
                }
            }
        }
    }

    /// An error with an offset in bytes from 1.
    fn error(&self, kind: SyntaxErrorKind, msg: String, lineno: i32, byte: i32, end: i32) -> SyntaxError {
        let text = self.error_text(lineno);
        let offset = char_offset(&text, byte);
        SyntaxError { kind, msg, lineno, offset, end_lineno: lineno, end_offset: end, text: Some(text) }
    }

    #[cold]
    fn refuse(&self, fault: Fault) -> SyntaxError {
        let (kind, msg, byte, end) = match fault {
            Fault::Located(error) => return *error,
            Fault::Source => {
                let msg = self.lexer.input.failure().unwrap_or_default();
                (SyntaxErrorKind::SyntaxError, msg, self.column(), -1)
            }
            Fault::Eof => {
                if let Some(error) = self.never_closed() {
                    return error;
                }
                (SyntaxErrorKind::SyntaxError, "unexpected EOF while parsing", self.column(), -1)
            }
            Fault::Dedent => {
                let msg = "unindent does not match any outer indentation level";
                (SyntaxErrorKind::IndentationError, msg, self.column(), -1)
            }
            Fault::TabSpace => {
                (SyntaxErrorKind::TabError, "inconsistent use of tabs and spaces in indentation", 1, 0)
            }
            Fault::TooDeep => (SyntaxErrorKind::IndentationError, "too many levels of indentation", 1, 0),
            Fault::LineContinuation => {
                let byte = (self.lexer.cur - self.lexer.buffer_start) as i32;
                (
                    SyntaxErrorKind::SyntaxError,
                    "unexpected character after line continuation character",
                    byte,
                    0,
                )
            }
        };
        self.error(kind, msg.to_owned(), self.lexer.lineno, byte, end)
    }
}

/// Turns an offset in bytes from 1 into one in characters; an offset past the line counts one past its end.
pub fn char_offset(line: &str, byte: i32) -> i32 {
    let Ok(byte) = usize::try_from(byte) else { return byte };
    match line.as_bytes().get(..byte) {
        Some(before) => count_chars(before),
        None => count_chars(line.as_bytes()) + 1,
    }
}
