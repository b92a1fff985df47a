//! Where the lexer's bytes come from: a whole text, or lines that somebody hands over one at a time.
//!
//! The lexer sees one buffer that only grows, so that offsets stay valid, and asks for the next line when it has used
//! up the last one. It never looks behind the line it is on: that is what lets an interactive prompt run a statement
//! before the next one is typed.

use std::borrow::Cow;

use memchr::memchr;

use super::encoding::translate_newlines;

/// What asking for a line gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStep {
    /// The line ends before this offset, its line feed included. `implicit_newline` says that the line feed was
    /// added because the last line had none.
    Line { end: usize, implicit_newline: bool },
    /// There is no more.
    End,
    /// More may come, but nobody asks for it any more.
    Stopped,
    /// The source could not be read; whoever owns the input knows why.
    Failed,
}

/// A buffer of UTF-8 that grows line by line.
pub trait Input {
    /// Whether lines are read on demand. It decides what counts as the text of an error at the very end.
    const READS_LINES: bool;

    /// All bytes so far.
    fn bytes(&self) -> &[u8];

    /// False if it is known that no null byte is in the source.
    fn may_hold_nulls(&self) -> bool;

    /// Gives the line that starts at `from`, the end of the line before.
    fn next_line(&mut self, from: usize) -> LineStep;
}

/// Lines that are typed while the parser reads them.
pub trait TypedLines {
    /// The next line, with its line end if it has one, or `None` at the end; an error is what to say of a line that
    /// cannot be read.
    fn next_line(&self) -> Result<Option<String>, String>;
}

/// What comes after the text that is there.
enum Tail<'a> {
    /// Nothing: the text is whole.
    Whole,
    /// More lines, if somebody types them.
    Typed(&'a dyn TypedLines),
    /// No more lines, since nobody wants them, or nobody has typed them.
    Stopped,
    Ended,
    /// A line that could not be read.
    Failed(String),
}

/// What the parser reads: a whole text, or a statement that grows as it is typed.
pub struct TextInput<'a> {
    text: Cow<'a, str>,
    tail: Tail<'a>,
    holds_nulls: bool,
}

impl<'a> TextInput<'a> {
    pub fn new(text: &'a str) -> Self {
        let holds_nulls = memchr(0, text.as_bytes()).is_some();
        TextInput { text: Cow::Borrowed(text), tail: Tail::Whole, holds_nulls }
    }

    /// Nothing yet, but lines to come.
    pub fn typed(lines: &'a dyn TypedLines) -> Self {
        TextInput { text: Cow::Owned(String::new()), tail: Tail::Typed(lines), holds_nulls: false }
    }

    /// The text so far.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text for as long as the tree lives; what may move as lines come is copied by `keep`.
    #[inline]
    pub fn slice(&self, from: usize, to: usize, keep: impl FnOnce(&str) -> &'a str) -> &'a str {
        match &self.text {
            Cow::Borrowed(text) => text.get(from..to).unwrap_or(""),
            Cow::Owned(text) => keep(text.get(from..to).unwrap_or("")),
        }
    }

    /// Whether the text comes line by line.
    pub fn is_typed(&self) -> bool {
        !matches!(self.tail, Tail::Whole)
    }

    /// Asks for no more lines.
    pub fn stop(&mut self) {
        if let Tail::Typed(_) = self.tail {
            self.tail = Tail::Stopped;
        }
    }

    /// What is wrong with the line that could not be read.
    pub fn failure(&self) -> Option<&str> {
        match &self.tail {
            Tail::Failed(msg) => Some(msg),
            _ => None,
        }
    }

    #[cold]
    fn next_typed_line(&mut self) -> LineStep {
        let lines = match self.tail {
            Tail::Typed(lines) => lines,
            Tail::Stopped => return LineStep::Stopped,
            Tail::Failed(_) => return LineStep::Failed,
            Tail::Whole | Tail::Ended => return LineStep::End,
        };
        match lines.next_line() {
            Ok(Some(line)) if !line.is_empty() => {
                self.text.to_mut().push_str(&translate_newlines(&line, false));
                LineStep::Line { end: self.text.len(), implicit_newline: false }
            }
            Ok(_) => {
                self.tail = Tail::Ended;
                LineStep::End
            }
            Err(msg) => {
                self.tail = Tail::Failed(msg);
                LineStep::Failed
            }
        }
    }
}

impl Input for TextInput<'_> {
    const READS_LINES: bool = false;

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    #[inline]
    fn may_hold_nulls(&self) -> bool {
        self.holds_nulls
    }

    #[inline]
    fn next_line(&mut self, from: usize) -> LineStep {
        let bytes = self.text.as_bytes();
        let rest = &bytes[from..];
        if rest.is_empty() {
            return self.next_typed_line();
        }
        let end = memchr(b'\n', rest).map_or(bytes.len(), |at| from + at + 1);
        LineStep::Line { end, implicit_newline: false }
    }
}

/// Hands over source one line at a time, as `readline` does.
pub trait LineSource {
    /// What reading can fail with, such as an exception that a Python function raised.
    type Error;

    /// The next line with its line end, or `None` at the end. An empty line is the end too.
    fn next_line(&mut self) -> Result<Option<String>, Self::Error>;
}

/// The lines of a [`LineSource`], kept for as long as the lexer lives.
pub struct LinesInput<S: LineSource> {
    source: S,
    buffer: String,
    failure: Option<S::Error>,
}

impl<S: LineSource> LinesInput<S> {
    pub fn new(source: S) -> Self {
        LinesInput { source, buffer: String::new(), failure: None }
    }

    /// The error behind [`LineStep::Failed`].
    pub fn take_failure(&mut self) -> Option<S::Error> {
        self.failure.take()
    }

    pub fn source(&mut self) -> &mut S {
        &mut self.source
    }
}

impl<S: LineSource> Input for LinesInput<S> {
    const READS_LINES: bool = true;

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.buffer.as_bytes()
    }

    fn may_hold_nulls(&self) -> bool {
        true
    }

    fn next_line(&mut self, _from: usize) -> LineStep {
        match self.source.next_line() {
            Ok(Some(line)) if !line.is_empty() => {
                self.buffer.push_str(&line);
                let implicit_newline = !line.ends_with('\n');
                if implicit_newline {
                    self.buffer.push('\n');
                }
                LineStep::Line { end: self.buffer.len(), implicit_newline }
            }
            Ok(_) => LineStep::End,
            Err(error) => {
                self.failure = Some(error);
                LineStep::Failed
            }
        }
    }
}
