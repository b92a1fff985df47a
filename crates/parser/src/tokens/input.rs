//! Where the lexer's bytes come from: a whole text, or lines that somebody hands over one at a time.
//!
//! The lexer sees one buffer that only grows, so that offsets stay valid, and asks for the next line when it has used
//! up the last one. It never looks behind the line it is on: that is what lets an interactive prompt run a statement
//! before the next one is typed.

use memchr::memchr;

/// What asking for a line gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStep {
    /// The line ends before this offset, its line feed included. `implicit_newline` says that the line feed was
    /// added because the last line had none.
    Line { end: usize, implicit_newline: bool },
    /// There is no more.
    End,
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

/// A whole text.
#[derive(Clone, Copy, Debug)]
pub struct TextInput<'a> {
    bytes: &'a [u8],
    holds_nulls: bool,
}

impl<'a> TextInput<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        TextInput { bytes, holds_nulls: memchr(0, bytes).is_some() }
    }
}

impl Input for TextInput<'_> {
    const READS_LINES: bool = false;

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.bytes
    }

    #[inline]
    fn may_hold_nulls(&self) -> bool {
        self.holds_nulls
    }

    #[inline]
    fn next_line(&mut self, from: usize) -> LineStep {
        let rest = &self.bytes[from..];
        if rest.is_empty() {
            return LineStep::End;
        }
        let end = memchr(b'\n', rest).map_or(self.bytes.len(), |at| from + at + 1);
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
