//! The tokens read so far. They are fetched one at a time, only when a rule asks: how far the parser had to look
//! is part of what an error message says.

use taipan_ast::{Arena, Location, SyntaxError};

use super::keywords::Keyword;
use crate::ParseOptions;
use crate::tokens::input::TextInput;
use crate::tokens::{LexWarning, Token, TokenKind, Tokenizer};

/// A token and the keyword that it is.
#[derive(Clone, Copy, Debug)]
pub struct Tok {
    pub kind: TokenKind,
    pub keyword: Keyword,
    /// How many brackets are open after it.
    pub level: i32,
    /// Byte offsets into the source.
    pub start: usize,
    pub end: usize,
    pub loc: Location,
}

impl Tok {
    /// A name that is no reserved word.
    #[inline]
    pub fn is_name(&self) -> bool {
        self.kind == TokenKind::Name && self.keyword == Keyword::No
    }

    /// `NEWLINE`, `INDENT`, `DEDENT` and `ENDMARKER` stand for no text that a node could end with.
    #[inline]
    pub fn is_blank(&self) -> bool {
        matches!(self.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker)
    }
}

/// The tokenizer and what came out of it.
pub struct TokenBuffer<'a> {
    pub tokenizer: Tokenizer<'a>,
    pub tokens: Vec<Tok>,
    arena: &'a Arena,
}

impl<'a> TokenBuffer<'a> {
    pub fn new(source: TextInput<'a>, options: &ParseOptions, arena: &'a Arena) -> Self {
        let tokens = Vec::with_capacity(source.text().len() / 8 + 8);
        let mut tokenizer = Tokenizer::new(source, options.tokenizer_options());
        tokenizer.set_diamond(options.barry_as_flufl);
        TokenBuffer { tokenizer, tokens, arena }
    }

    /// Fetches one more token.
    #[inline]
    pub fn fetch(&mut self) -> Result<Tok, SyntaxError> {
        let Token { kind, start, end, lineno, col_offset, end_lineno, end_col_offset, level } =
            self.tokenizer.next()?;
        let keyword = if kind == TokenKind::Name {
            Keyword::of(self.tokenizer.source().get(start..end).unwrap_or(""))
        } else {
            Keyword::No
        };
        let loc = Location { lineno, col_offset, end_lineno, end_col_offset };
        let tok = Tok { kind, keyword, level, start, end, loc };
        self.tokens.push(tok);
        Ok(tok)
    }

    /// The text of a token.
    #[inline]
    pub fn text(&self, tok: &Tok) -> &'a str {
        self.slice(tok.start, tok.end)
    }

    /// A part of the source, for as long as the tree lives.
    #[inline]
    pub fn slice(&self, from: usize, to: usize) -> &'a str {
        self.tokenizer.input().slice(from, to, |text| self.arena.str(text))
    }

    /// Warnings of the tokenizer since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<LexWarning> {
        self.tokenizer.take_warnings()
    }
}
