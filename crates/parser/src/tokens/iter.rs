//! Tokens as the `tokenize` module wants them: what `_tokenize.TokenizerIter` gives.
//!
//! Lines are pulled from a [`LineSource`] when needed. Positions count characters. With `extra_tokens` there are comments
//! and blank lines, all operators are `OP`, and the tokens at the end stand on a line of their own.

use std::rc::Rc;

use taipan_ast::{SyntaxError, SyntaxErrorKind};

use super::fault::{Fault, LexWarning};
use super::input::{Input, LineSource, LinesInput};
use super::kinds::TokenKind;
use super::lexer::{Done, Lexer, LexerOptions, Token, count_chars};

/// A token with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextToken {
    pub kind: TokenKind,
    pub string: String,
    /// Line from 1, column in characters from 0.
    pub start: (i32, i32),
    pub end: (i32, i32),
    /// The physical line; for a string that spans lines, all of them.
    pub line: Rc<str>,
}

/// Why there is no token.
#[derive(Debug)]
pub enum IterError<E> {
    /// An error with a whole position.
    Syntax(SyntaxError),
    /// An error whose end is `None`.
    NoEnd(SyntaxError),
    /// An error made of a message only; its line and offset are set as attributes afterwards.
    Bare(SyntaxError),
    /// The lines could not be read.
    Source(E),
}

/// The iterator.
pub struct TokenizerIter<S: LineSource> {
    lexer: Lexer<LinesInput<S>>,
    done: bool,
    last_line: Rc<str>,
    last_lineno: i32,
}

impl<S: LineSource> TokenizerIter<S> {
    pub fn new(source: S, extra_tokens: bool) -> Self {
        let options = LexerOptions { extra_tokens, ..LexerOptions::default() };
        TokenizerIter {
            lexer: Lexer::new(LinesInput::new(source), options),
            done: false,
            last_line: Rc::from(""),
            last_lineno: 0,
        }
    }

    /// The next token, or `None` after the last.
    pub fn next_token(&mut self) -> Result<Option<TextToken>, IterError<S::Error>> {
        if self.done {
            return Ok(None);
        }
        let token = match self.lexer.next_token() {
            Ok(token) => token,
            Err(fault) => {
                self.done = true;
                return Err(self.refuse(fault));
            }
        };
        if token.kind == TokenKind::EndMarker {
            self.done = true;
            if self.lexer.lineno == 0 && !self.lexer.options.extra_tokens {
                // Without a single line there is nothing to show.
                return Ok(None);
            }
        }
        Ok(Some(self.text_token(token)))
    }

    /// Warnings since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<LexWarning> {
        std::mem::take(&mut self.lexer.warnings)
    }

    fn text_token(&mut self, token: Token) -> TextToken {
        let extra = self.lexer.options.extra_tokens;
        let at_end = self.lexer.done == Done::Eof;
        let trailing = token.kind == TokenKind::EndMarker || token.kind == TokenKind::Dedent && at_end;
        let line_start =
            if token.kind.is_string_part() { self.lexer.string_line_start } else { self.lexer.line_start };
        let line = if extra && trailing { Rc::from("") } else { self.line(line_start, at_end) };
        self.last_lineno = token.lineno;

        let bytes = self.lexer.input.bytes();
        let column = |from: usize, to: usize| if to < from { -1 } else { count_chars(&bytes[from..to]) };
        let empty = token.col_offset < 0;
        let mut string = String::from_utf8_lossy(&bytes[token.start..token.end]).into_owned();
        let mut kind = token.kind;
        let mut start = (token.lineno, if empty { -1 } else { column(line_start, token.start) });
        let mut end = (token.end_lineno, if empty { -1 } else { column(self.lexer.line_start, token.end) });
        if extra {
            if trailing {
                start = (token.lineno + 1, 0);
                end = start;
            }
            let implicit = self.lexer.implicit_newline;
            match kind {
                TokenKind::Newline => {
                    if !implicit {
                        let carriage_return = bytes.get(token.start) == Some(&b'\r');
                        string = if carriage_return { "\r\n" } else { "\n" }.to_owned();
                    }
                    end.1 += 1;
                }
                TokenKind::Nl if implicit => string.clear(),
                _ if kind.is_operator() => kind = TokenKind::Op,
                _ => {}
            }
        }
        TextToken { kind, string, start, end, line }
    }

    /// The text of the current line from `line_start`. At the very end, only what the last token showed is left.
    fn line(&mut self, line_start: usize, at_end: bool) -> Rc<str> {
        let lexer = &self.lexer;
        if lexer.lineno != self.last_lineno {
            let mut end = if at_end { line_start } else { lexer.line_end };
            if lexer.implicit_newline && end > line_start {
                end -= 1;
            }
            let bytes = lexer.input.bytes().get(line_start..end).unwrap_or_default();
            self.last_line = Rc::from(String::from_utf8_lossy(bytes));
        }
        self.last_line.clone()
    }

    #[cold]
    fn refuse(&mut self, fault: Fault) -> IterError<S::Error> {
        let (kind, msg) = match fault {
            Fault::Located(error) => return IterError::Syntax(*error),
            Fault::Source => match self.lexer.input.take_failure() {
                Some(error) => return IterError::Source(error),
                None => (SyntaxErrorKind::SyntaxError, "unknown tokenization error"),
            },
            Fault::Eof => (SyntaxErrorKind::SyntaxError, "unexpected EOF in multi-line statement"),
            Fault::Dedent => {
                (SyntaxErrorKind::IndentationError, "unindent does not match any outer indentation level")
            }
            Fault::TabSpace => {
                (SyntaxErrorKind::TabError, "inconsistent use of tabs and spaces in indentation")
            }
            Fault::TooDeep => (SyntaxErrorKind::IndentationError, "too many levels of indentation"),
            Fault::LineContinuation => {
                (SyntaxErrorKind::SyntaxError, "unexpected character after line continuation character")
            }
        };
        let lexer = &self.lexer;
        let text = String::from_utf8_lossy(&lexer.input.bytes()[lexer.buffer_start..lexer.line_end]);
        let lineno = lexer.lineno;
        let in_bytes = matches!(fault, Fault::Eof);
        let offset = if in_bytes { text.len() } else { text.chars().count() } as i32;
        let error = |text| SyntaxError {
            kind,
            msg: msg.to_owned(),
            lineno,
            offset,
            end_lineno: lineno,
            end_offset: 0,
            text,
        };
        if in_bytes {
            return IterError::Bare(error(None));
        }
        IterError::NoEnd(error(Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())))
    }
}
