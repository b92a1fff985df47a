//! The lexer: bytes to tokens, on demand.
//!
//! It works a line at a time. `line_start..line_end` is the line it is on, `cur` the next byte; reading past the line
//! end fetches the next line. `cur - line_start` is therefore always the column, in bytes of UTF-8, also right after
//! [`Lexer::backup`] has put a byte back. Tokens hold offsets into the source, never text.
//!
//! Two readers of Python use it: the parser, and the `tokenize` module (`extra_tokens`), which also wants comments and
//! blank lines and is more lenient about numbers and brackets. The names of the fields say what CPython's
//! tokenizer knows too, since positions of errors depend on exactly that.

use super::fault::{Fault, LexWarning};
use super::input::{Input, LineStep};
use super::interpolated::StringMode;
use super::kinds::{TokenKind, one_char, three_chars, two_chars};
use super::names::{is_name_byte, is_name_start_byte};

/// Stands for the end of the source where a byte is expected: no byte of UTF-8.
pub(super) const EOF: u8 = 0xFF;

const TAB_SIZE: i32 = 8;
/// The second opinion on indentation takes a tab for this; both must agree on which line is deeper.
const ALT_TAB_SIZE: i32 = 1;
const MAX_INDENT: usize = 100;
const MAX_BRACKETS: usize = 200;

/// A token: its kind, where it is, and how deep in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// Byte offset into the source.
    pub start: usize,
    pub end: usize,
    pub lineno: i32,
    /// Column in bytes; -1 for tokens that stand for no text (`INDENT`, `DEDENT`, `ENDMARKER`).
    pub col_offset: i32,
    pub end_lineno: i32,
    pub end_col_offset: i32,
    /// How many brackets are open after the token.
    pub level: i32,
}

/// An open bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// `(`, `[` or `{`.
    pub open: u8,
    pub lineno: i32,
    /// Column in bytes.
    pub col_offset: i32,
}

/// How a lexer behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LexerOptions {
    /// Give comments and blank lines too, as the `tokenize` module wants.
    pub extra_tokens: bool,
    /// Give `# type:` comments.
    pub type_comments: bool,
    /// Lines come from a prompt: an empty line ends a block.
    pub interactive: bool,
    /// Past the end of the text no line goes on: columns count from there.
    pub is_file: bool,
    /// Take `<>` for one token, as `from __future__ import barry_as_FLUFL` needs.
    pub diamond: bool,
}

/// How far the lexer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Running,
    Eof,
    /// The source ended inside a string.
    EofInString,
    /// Nobody asks for more lines: what was read ends here, also inside brackets.
    Stopped,
    Failed,
}

#[derive(Clone, Copy)]
struct Indent {
    col: i32,
    alt_col: i32,
}

/// The state of reading one source.
pub struct Lexer<I> {
    pub(super) input: I,
    pub(super) options: LexerOptions,
    pub(super) cur: usize,
    pub(super) line_start: usize,
    pub(super) line_end: usize,
    /// Start of the text that CPython would still hold in its buffer; some error columns count from here.
    pub(super) buffer_start: usize,
    pub(super) token_start: Option<usize>,
    start_col: i32,
    pub(super) lineno: i32,
    /// First line of the string being read.
    pub(super) first_lineno: i32,
    /// Where the first line of the string being read starts.
    pub(super) string_line_start: usize,
    pub(super) done: Done,
    fault: Option<Fault>,
    at_line_start: bool,
    pub(super) pending_indents: i32,
    indents: Vec<Indent>,
    brackets: Vec<Bracket>,
    comment_newline: bool,
    pub(super) implicit_newline: bool,
    pub(super) modes: Vec<StringMode>,
    pub(super) warnings: Vec<LexWarning>,
}

impl<I: Input> Lexer<I> {
    pub fn new(input: I, options: LexerOptions) -> Self {
        Lexer {
            input,
            options,
            cur: 0,
            line_start: 0,
            line_end: 0,
            buffer_start: 0,
            token_start: None,
            start_col: 0,
            lineno: 0,
            first_lineno: 0,
            string_line_start: 0,
            done: Done::Running,
            fault: None,
            at_line_start: true,
            pending_indents: 0,
            indents: vec![Indent { col: 0, alt_col: 0 }],
            brackets: Vec::new(),
            comment_newline: false,
            implicit_newline: false,
            modes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The next token. After a fault or [`TokenKind::EndMarker`] nothing sensible follows.
    pub fn next_token(&mut self) -> Result<Token, Fault> {
        let token = match self.modes.last() {
            Some(mode) if mode.in_text => self.string_text_token(),
            _ => self.code_token(),
        };
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => token,
        }
    }

    /// The innermost open bracket.
    pub fn open_bracket(&self) -> Option<Bracket> {
        self.brackets.last().copied()
    }

    /// Whether an f-string or t-string is being read.
    pub(super) fn in_interpolated(&self) -> bool {
        !self.modes.is_empty()
    }

    /// How many blocks are open.
    pub fn indentation(&self) -> usize {
        self.indents.len() - 1
    }

    /// Forgets the open blocks and owes a `DEDENT` for each.
    pub(super) fn close_blocks(&mut self) {
        self.pending_indents = -(self.indentation() as i32);
        self.indents.truncate(1);
    }

    // ---- bytes

    #[inline(always)]
    pub(super) fn nextc(&mut self) -> u8 {
        if self.cur < self.line_end {
            let c = self.input.bytes()[self.cur];
            self.cur += 1;
            c
        } else {
            self.nextc_of_next_line()
        }
    }

    #[inline(always)]
    pub(super) fn backup(&mut self, c: u8) {
        if c != EOF {
            self.cur -= 1;
        }
    }

    #[cold]
    fn nextc_of_next_line(&mut self) -> u8 {
        if self.done != Done::Running {
            return EOF;
        }
        // With lines, CPython keeps the text of an f-string that is being read.
        let restart = self.token_start.is_none() && (self.modes.is_empty() || !I::READS_LINES);
        if I::READS_LINES && restart {
            self.buffer_start = self.line_end;
        }
        match self.input.next_line(self.line_end) {
            LineStep::Line { end, implicit_newline } => {
                self.line_start = self.cur;
                if restart {
                    self.buffer_start = self.cur;
                }
                self.line_end = end;
                self.lineno += 1;
                self.implicit_newline = implicit_newline;
                if self.input.may_hold_nulls()
                    && memchr::memchr(0, &self.input.bytes()[self.line_start..end]).is_some()
                {
                    let fault = self.syntax_error("source code cannot contain null bytes");
                    return self.fail(fault);
                }
                self.nextc()
            }
            LineStep::End => {
                self.done = Done::Eof;
                if self.options.is_file {
                    self.line_start = self.cur;
                }
                EOF
            }
            LineStep::Stopped => {
                self.done = Done::Stopped;
                // As if the next line had begun; some error columns count from here.
                self.line_start = self.cur;
                EOF
            }
            LineStep::Failed => self.fail(Fault::Source),
        }
    }

    fn fail(&mut self, fault: Fault) -> u8 {
        self.done = Done::Failed;
        self.fault = Some(fault);
        self.cur = self.line_end;
        EOF
    }

    // ---- results

    /// A token of the text `start..end`; the position ends where the lexer is.
    #[inline]
    pub(super) fn token(&self, kind: TokenKind, start: usize, end: usize) -> Token {
        Token {
            kind,
            start,
            end,
            lineno: if kind.is_string_part() { self.first_lineno } else { self.lineno },
            col_offset: self.start_col,
            end_lineno: self.lineno,
            end_col_offset: (self.cur - self.line_start) as i32,
            level: self.brackets.len() as i32,
        }
    }

    /// A token that stands for no text.
    fn empty_token(&self, kind: TokenKind) -> Token {
        Token {
            kind,
            start: self.cur,
            end: self.cur,
            lineno: self.lineno,
            col_offset: -1,
            end_lineno: self.lineno,
            end_col_offset: -1,
            level: self.brackets.len() as i32,
        }
    }

    /// Notes that a token starts `before` bytes before the current one.
    #[inline(always)]
    pub(super) fn start_token(&mut self, before: usize) -> usize {
        let start = self.cur - before;
        self.token_start = Some(start);
        self.start_col = start as i32 - self.line_start as i32;
        start
    }

    /// An error at the byte just read.
    #[cold]
    pub(super) fn syntax_error(&mut self, msg: impl Into<String>) -> Fault {
        let bytes = self.input.bytes();
        let offset = count_chars(&bytes[self.line_start.min(self.cur)..self.cur]);
        self.syntax_error_in((offset, offset), msg)
    }

    /// An error from the byte `start` of the source to the byte before `end`, both on the current line.
    #[cold]
    pub(super) fn syntax_error_between(&mut self, start: usize, end: usize, msg: impl Into<String>) -> Fault {
        let column = |to: usize| count_chars(&self.input.bytes()[self.line_start.min(to)..to]);
        let range = (column(start) + 1, column(end));
        self.syntax_error_in(range, msg)
    }

    /// An error in a range of the current line, given as `SyntaxError` has it: in characters from 1.
    fn syntax_error_in(&mut self, (offset, end): (i32, i32), msg: impl Into<String>) -> Fault {
        self.done = Done::Failed;
        let rest = &self.input.bytes()[self.line_start..];
        let length = rest.iter().position(|&c| c == b'\n' || c == 0).unwrap_or(rest.len());
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        Fault::located(msg.into(), self.lineno, offset, end, text)
    }

    #[cold]
    pub(super) fn warn(&mut self, msg: &str, msg_as_error: &str) {
        let done = self.done;
        let Fault::Located(error) = self.syntax_error(msg_as_error) else { return };
        self.done = done;
        self.warnings.push(LexWarning { msg: msg.to_owned(), lineno: self.lineno, error: *error });
    }

    // ---- lines

    fn code_token(&mut self) -> Result<Token, Fault> {
        loop {
            self.token_start = None;
            let mut blank = false;
            if self.at_line_start {
                self.at_line_start = false;
                blank = self.read_indentation()?;
            }
            self.start_token(0);
            if self.pending_indents != 0 {
                return Ok(self.pending_indent());
            }
            if self.cur == self.line_end {
                let c = self.nextc();
                self.backup(c);
            }
            if let Some(token) = self.token_on_line(blank)? {
                return Ok(token);
            }
        }
    }

    fn pending_indent(&mut self) -> Token {
        let kind = if self.pending_indents < 0 {
            self.pending_indents += 1;
            TokenKind::Dedent
        } else {
            self.pending_indents -= 1;
            TokenKind::Indent
        };
        if !self.options.extra_tokens {
            return self.empty_token(kind);
        }
        if kind == TokenKind::Indent {
            self.start_token(self.cur - self.line_start);
            self.token(kind, self.line_start, self.cur)
        } else {
            self.token(kind, self.cur, self.cur)
        }
    }

    /// Measures the white space that a line starts with and compares it with the blocks that are open. True for a
    /// line that holds nothing else or only a comment: it says nothing about blocks.
    fn read_indentation(&mut self) -> Result<bool, Fault> {
        let (mut col, mut alt_col) = (0, 0);
        // Where a backslash splits the white space, the first line of it counts.
        let mut continued_col = 0;
        let mut c;
        loop {
            c = self.nextc();
            match c {
                b' ' => {
                    col += 1;
                    alt_col += 1;
                }
                b'\t' => {
                    col = (col / TAB_SIZE + 1) * TAB_SIZE;
                    alt_col = (alt_col / ALT_TAB_SIZE + 1) * ALT_TAB_SIZE;
                }
                b'\x0c' => (col, alt_col) = (0, 0),
                b'\\' => {
                    if continued_col == 0 {
                        continued_col = col;
                    }
                    self.line_continuation()?;
                }
                _ => break,
            }
        }
        self.backup(c);
        let mut blank = false;
        if matches!(c, b'#' | b'\n' | b'\r') {
            if self.options.interactive && col == 0 && c == b'\n' {
                // An empty line at a prompt ends the block.
            } else if self.options.interactive && self.lineno == 1 {
                (col, alt_col) = (0, 0);
            } else {
                blank = true;
            }
        }
        if !blank && self.brackets.is_empty() {
            if continued_col != 0 {
                (col, alt_col) = (continued_col, continued_col);
            }
            self.compare_indentation(col, alt_col)?;
        }
        Ok(blank)
    }

    fn compare_indentation(&mut self, col: i32, alt_col: i32) -> Result<(), Fault> {
        let Some(&top) = self.indents.last() else { return Ok(()) };
        if col == top.col {
            if alt_col != top.alt_col {
                return Err(self.at_line_end(Fault::TabSpace));
            }
        } else if col > top.col {
            if self.indents.len() >= MAX_INDENT {
                return Err(self.at_line_end(Fault::TooDeep));
            }
            if alt_col <= top.alt_col {
                return Err(self.at_line_end(Fault::TabSpace));
            }
            self.pending_indents += 1;
            self.indents.push(Indent { col, alt_col });
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|indent| col < indent.col) {
                self.pending_indents -= 1;
                self.indents.pop();
            }
            let Some(&top) = self.indents.last() else { return Ok(()) };
            if col != top.col {
                return Err(self.at_line_end(Fault::Dedent));
            }
            if alt_col != top.alt_col {
                return Err(self.at_line_end(Fault::TabSpace));
            }
        }
        Ok(())
    }

    fn at_line_end(&mut self, fault: Fault) -> Fault {
        self.cur = self.line_end;
        self.done = Done::Failed;
        fault
    }

    /// What must follow a backslash outside strings: a line end, and then another line.
    fn line_continuation(&mut self) -> Result<(), Fault> {
        let mut c = self.nextc();
        if c == b'\r' {
            c = self.nextc();
        }
        if c != b'\n' {
            self.done = Done::Failed;
            return Err(Fault::LineContinuation);
        }
        let line_start = self.line_start;
        c = self.nextc();
        if c == EOF {
            self.line_start = line_start;
            self.cur = self.line_end;
            return Err(Fault::Eof);
        }
        self.backup(c);
        Ok(())
    }

    // ---- tokens

    /// The next token of the current line, or nothing at the end of a line that has no `NEWLINE`.
    fn token_on_line(&mut self, blank: bool) -> Result<Option<Token>, Fault> {
        loop {
            self.token_start = None;
            let mut c = self.nextc();
            while matches!(c, b' ' | b'\t' | b'\x0c') {
                c = self.nextc();
            }
            let start = self.start_token(usize::from(c != EOF));
            if c == b'#' {
                if let Some(token) = self.comment(start, blank) {
                    return Ok(Some(token));
                }
                c = self.nextc();
            }
            if is_name_start_byte(c) {
                return self.name_or_string(start, c).map(Some);
            }
            if c == b'\r' {
                // A lone one never reaches the lexer from translated text; from lines, it sticks to what follows.
                c = self.nextc();
            }
            match c {
                EOF => return self.end_of_source().map(Some),
                b'\n' => return Ok(self.line_end_token(start, blank)),
                b'.' => return self.point(start).map(Some),
                b'0'..=b'9' => {
                    self.number(c)?;
                    return Ok(Some(self.token(TokenKind::Number, start, self.cur)));
                }
                b'\'' | b'"' => return self.string(start, c).map(Some),
                b'\\' => self.line_continuation()?,
                _ => return self.operator(start, c).map(Some),
            }
        }
    }

    /// Reads to the end of a comment; gives a token where somebody wants comments.
    fn comment(&mut self, start: usize, blank: bool) -> Option<Token> {
        let rest = &self.input.bytes()[self.cur..self.line_end];
        self.cur += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        if self.options.type_comments
            && let Some(token) = self.type_comment(start, blank)
        {
            return Some(token);
        }
        if self.options.extra_tokens {
            self.comment_newline = blank;
            return Some(self.token(TokenKind::Comment, start, self.cur));
        }
        None
    }

    /// Recognises `# type: …` in the comment `start..cur`. The token's text is what follows the colon, or, for
    /// `# type: ignore…`, what follows `ignore`.
    fn type_comment(&mut self, start: usize, blank: bool) -> Option<Token> {
        let bytes = self.input.bytes();
        let is_blank = |at: usize| matches!(bytes[at], b' ' | b'\t');
        let mut at = start;
        for expected in *b"# type: " {
            if expected == b' ' {
                while at < self.cur && is_blank(at) {
                    at += 1;
                }
            } else if at < self.cur && bytes[at] == expected {
                at += 1;
            } else {
                return None;
            }
        }
        let text = &bytes[at..self.cur];
        let ignores = text.strip_prefix(b"ignore").is_some_and(|rest| {
            rest.first().is_none_or(|&next| next < 0x80 && !next.is_ascii_alphanumeric())
        });
        if !ignores {
            // Its column is that of the text.
            let col_offset = (at - self.line_start) as i32;
            return Some(Token { col_offset, ..self.token(TokenKind::TypeComment, at, self.cur) });
        }
        let (from, end) = (at + b"ignore".len(), self.cur);
        if blank {
            // Alone on its line: the line end goes with it.
            self.nextc();
            self.at_line_start = true;
        }
        Some(self.token(TokenKind::TypeIgnore, from, end))
    }

    fn end_of_source(&mut self) -> Result<Token, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if self.done != Done::Stopped && (!self.brackets.is_empty() || self.done != Done::Eof) {
            return Err(Fault::Eof);
        }
        Ok(self.empty_token(TokenKind::EndMarker))
    }

    /// A line end was read: `NEWLINE`, `NL`, or nothing.
    fn line_end_token(&mut self, start: usize, blank: bool) -> Option<Token> {
        self.at_line_start = true;
        let after_comment = std::mem::take(&mut self.comment_newline);
        if blank || after_comment || !self.brackets.is_empty() {
            return self.options.extra_tokens.then(|| self.token(TokenKind::Nl, start, self.cur));
        }
        Some(self.token(TokenKind::Newline, start, self.cur - 1))
    }

    /// A period was read: a delimiter, an ellipsis, or the start of a number.
    fn point(&mut self, start: usize) -> Result<Token, Fault> {
        let rest = &self.input.bytes()[self.cur..self.line_end];
        let kind = match rest {
            [b'0'..=b'9', ..] => {
                self.cur += 1;
                self.number_from_fraction()?;
                TokenKind::Number
            }
            [b'.', b'.', ..] => {
                self.cur += 2;
                TokenKind::Ellipsis
            }
            _ => TokenKind::Dot,
        };
        Ok(self.token(kind, start, self.cur))
    }

    /// A name, or a string if a quote follows a prefix.
    fn name_or_string(&mut self, start: usize, first: u8) -> Result<Token, Fault> {
        if matches!(first | 0x20, b'b' | b'f' | b'r' | b't' | b'u')
            && let Some(token) = self.prefixed_string(start, first)?
        {
            return Ok(token);
        }
        let line = &self.input.bytes()[..self.line_end];
        let mut cur = self.cur;
        let mut all = first;
        while let Some(&c) = line.get(cur)
            && is_name_byte(c)
        {
            all |= c;
            cur += 1;
        }
        self.cur = cur;
        if all >= 0x80 {
            self.verify_identifier(start)?;
        }
        Ok(self.token(TokenKind::Name, start, self.cur))
    }

    /// Everything else: operators, delimiters, and bytes that mean nothing.
    fn operator(&mut self, start: usize, c: u8) -> Result<Token, Fault> {
        if matches!(c, b':' | b'}' | b'!' | b'{')
            && let Some(mode) = self.modes.last_mut()
            && mode.starts_format_spec(c)
        {
            return Ok(self.token(TokenKind::Colon, start, self.cur));
        }
        let rest = &self.input.bytes()[self.cur..self.line_end];
        if let Some(&second) = rest.first()
            && let Some(mut kind) = two_chars(c, second)
            && (self.options.diamond || (c, second) != (b'<', b'>'))
        {
            self.cur += 1;
            if let Some(&third) = rest.get(1)
                && let Some(three) = three_chars(kind, third)
            {
                kind = three;
                self.cur += 1;
            }
            return Ok(self.token(kind, start, self.cur));
        }
        match c {
            b'(' | b'[' | b'{' => self.open(start, c)?,
            b')' | b']' | b'}' => self.close(c)?,
            0..0x20 | 0x7F => {
                return Err(self.syntax_error(format!("invalid non-printable character U+{c:04X}")));
            }
            0x80.. => {
                // Only after a lone carriage return.
                let rest = &self.input.bytes()[self.cur..self.line_end];
                self.cur += rest.iter().take_while(|&&next| next & 0xC0 == 0x80).count();
            }
            _ => {}
        }
        Ok(self.token(one_char(c), start, self.cur))
    }

    fn open(&mut self, start: usize, c: u8) -> Result<(), Fault> {
        if self.brackets.len() >= MAX_BRACKETS {
            return Err(self.syntax_error("too many nested parentheses"));
        }
        let col_offset = (start - self.line_start) as i32;
        self.brackets.push(Bracket { open: c, lineno: self.lineno, col_offset });
        if let Some(mode) = self.modes.last_mut() {
            mode.brace_depth += 1;
        }
        Ok(())
    }

    fn close(&mut self, c: u8) -> Result<(), Fault> {
        let mode = self.modes.last().copied();
        if let Some(mode) = mode
            && mode.brace_depth == 0
            && c == b'}'
        {
            return Err(self.syntax_error(format!("{}-string: single '}}' is not allowed", mode.letter)));
        }
        match self.brackets.pop() {
            None if !self.options.extra_tokens => {
                return Err(self.syntax_error(format!("unmatched '{}'", c as char)));
            }
            None => {}
            Some(opening) => {
                let matches = matches!((opening.open, c), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
                if !matches {
                    self.check_mismatch(opening, c, mode)?;
                }
            }
        }
        if let Some(mode) = self.modes.last_mut() {
            mode.brace_depth -= 1;
            if mode.brace_depth < 0 {
                let letter = mode.letter;
                return Err(self.syntax_error(format!("{letter}-string: unmatched '{}'", c as char)));
            }
            if c == b'}' && mode.brace_depth == mode.expression_depth {
                mode.expression_depth -= 1;
                mode.in_text = true;
                mode.in_format_spec = false;
            }
        }
        Ok(())
    }

    /// A bracket is closed by one of another kind.
    fn check_mismatch(&mut self, opening: Bracket, c: u8, mode: Option<StringMode>) -> Result<(), Fault> {
        // The brace of a replacement field is no bracket that the reader would look for.
        if let Some(mode) = mode
            && opening.open == b'{'
            && mode.brace_depth - 1 == mode.expression_depth
        {
            return Err(self.syntax_error(format!("{}-string: unmatched '{}'", mode.letter, c as char)));
        }
        if self.options.extra_tokens {
            return Ok(());
        }
        let mut msg = format!(
            "closing parenthesis '{}' does not match opening parenthesis '{}'",
            c as char, opening.open as char
        );
        if opening.lineno != self.lineno {
            msg.push_str(&format!(" on line {}", opening.lineno));
        }
        Err(self.syntax_error(msg))
    }
}

/// The characters in bytes of UTF-8; a cut one at the end counts.
pub(super) fn count_chars(bytes: &[u8]) -> i32 {
    bytes.iter().filter(|&&c| c & 0xC0 != 0x80).count() as i32
}
