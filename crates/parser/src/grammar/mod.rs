//! Tokens to tree: a recursive descent parser for the whole grammar of Python 3.14.
//!
//! It decides every rule by looking at the next token or two and goes back only where Python's grammar cannot be
//! decided otherwise (`match` statements, parenthesised `with` items). It knows what is valid and nothing about what
//! is wrong: at the first token that does not fit it gives up, and [`crate::errors`] reads the source again to find
//! out what to say. So a refusal here is one bit, [`Refused`], and the rules stay short.
//!
//! Invariants: `current` is the token at `pos`; `last_end` is the end of the last consumed token that is text, which is
//! where a node ends; `depth` bounds recursion, in units of one rule of CPython's parser.
//!
//! Rules by subject: [`expressions`], [`atoms`], [`calls`], [`targets`], [`literals`] and [`numbers`]; [`statements`],
//! [`compound`], [`functions`], [`imports`], [`patterns`] and [`type_params`].

mod atoms;
pub(crate) mod buffer;
mod calls;
mod compound;
mod expressions;
mod functions;
mod imports;
pub(crate) mod keywords;
pub(crate) mod literals;
pub(crate) mod numbers;
mod patterns;
pub(crate) mod statements;
mod targets;
mod type_params;

use taipan_ast::{
    Arena, Expr, ExprKind, Location, Mod, SyntaxError, SyntaxErrorKind, TypeIgnore, WarningCategory,
    WarningSink,
};

use crate::tokens::input::TextInput;
use crate::tokens::{TokenKind, names};
use crate::{Mode, ParseOptions};
use buffer::{Tok, TokenBuffer};
use keywords::Keyword;

/// The source does not fit the grammar, or [`Parser::raised`] says what else is wrong.
#[derive(Debug)]
pub struct Refused;

/// The outcome of a rule.
pub type Parsed<T> = Result<T, Refused>;

/// The depth at which the source counts as too complex, as in CPython; what one level of each kind costs is
/// found at the calls of [`Parser::enter`].
pub const MAX_DEPTH: u32 = 6000;

/// The message of the `MemoryError` at [`MAX_DEPTH`].
pub const TOO_COMPLEX: &str = "Parser stack overflowed - Python source too complex to parse";

/// How deep CPython is in its rules at the first operand of a statement.
pub(crate) const BASE_DEPTH: u32 = 32;

/// What a pair of brackets costs of [`MAX_DEPTH`].
const BRACKET_DEPTH: u32 = 24;

/// A parser in the middle of a source.
pub struct Parser<'a, 'w> {
    buffer: TokenBuffer<'a>,
    pos: usize,
    current: Tok,
    /// Line and column where the last consumed text ended.
    last_end: (i32, i32),
    arena: &'a Arena,
    options: &'w ParseOptions,
    /// `from __future__ import barry_as_FLUFL` was seen: `<>` it is.
    flufl: bool,
    warnings: &'w mut dyn WarningSink,
    /// Literals before this offset have been warned about; speculation must not warn twice.
    warned_to: usize,
    depth: u32,
    /// What was raised other than a plain refusal.
    raised: Option<SyntaxError>,
}

/// A place to go back to.
#[derive(Clone, Copy)]
struct Mark {
    pos: usize,
    last_end: (i32, i32),
    depth: u32,
}

/// Why there is no tree.
pub enum Refusal<'a> {
    /// The source does not fit; [`crate::errors`] explains why.
    Unfit(TextInput<'a>),
    Raised(SyntaxError),
}

/// Reads a whole source, or of one that is being typed as much as makes a statement.
pub fn parse<'a>(
    source: TextInput<'a>,
    options: &ParseOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
) -> Result<Mod<'a>, Refusal<'a>> {
    let mut buffer = TokenBuffer::new(source, options, arena);
    let Ok(current) = buffer.fetch() else { return Err(Refusal::Unfit(buffer.tokenizer.into_input())) };
    let mut parser = Parser {
        buffer,
        pos: 0,
        current,
        last_end: (1, 0),
        arena,
        options,
        flufl: options.barry_as_flufl,
        warnings,
        warned_to: 0,
        depth: BASE_DEPTH,
        raised: None,
    };
    let tree = parser.warn_of_tokens().and_then(|()| parser.module());
    tree.map_err(|Refused| match parser.raised {
        Some(error) => Refusal::Raised(error),
        None => Refusal::Unfit(parser.buffer.tokenizer.into_input()),
    })
}

impl<'a> Parser<'a, '_> {
    fn module(&mut self) -> Parsed<Mod<'a>> {
        match self.options.mode {
            Mode::Exec => {
                let mut body = Vec::new();
                while self.current.kind != TokenKind::EndMarker {
                    self.statement(&mut body)?;
                }
                let type_ignores: Vec<TypeIgnore<'a>> = self
                    .buffer
                    .tokenizer
                    .type_ignores()
                    .iter()
                    .map(|ignore| TypeIgnore {
                        lineno: ignore.lineno,
                        tag: self.buffer.slice(ignore.start, ignore.end),
                    })
                    .collect();
                Ok(Mod::Module {
                    body: self.arena.slice(&body),
                    type_ignores: self.arena.slice(&type_ignores),
                })
            }
            Mode::Single => self.interactive(),
            Mode::Eval => {
                let body = self.expressions()?;
                while self.eat(TokenKind::Newline)? {}
                self.at(TokenKind::EndMarker).then_some(()).ok_or(Refused)?;
                Ok(Mod::Expression { body: self.arena.alloc(body) })
            }
            Mode::FuncType => self.function_type(),
        }
    }

    fn function_type(&mut self) -> Parsed<Mod<'a>> {
        self.expect(TokenKind::LPar)?;
        let mut argtypes = Vec::new();
        let mut stars = 0;
        while !self.at(TokenKind::RPar) {
            if self.at(TokenKind::Star) && stars < 1 {
                stars = 1;
                self.bump()?;
            } else if self.at(TokenKind::DoubleStar) && stars < 2 {
                stars = 2;
                self.bump()?;
            } else if stars > 0 {
                return Err(Refused);
            }
            argtypes.push(self.expression()?);
            if !self.at(TokenKind::RPar) {
                self.expect(TokenKind::Comma)?;
                if self.at(TokenKind::RPar) {
                    return Err(Refused);
                }
            }
        }
        self.expect(TokenKind::RPar)?;
        self.expect(TokenKind::RArrow)?;
        let returns = self.expression()?;
        while self.eat(TokenKind::Newline)? {}
        self.at(TokenKind::EndMarker).then_some(()).ok_or(Refused)?;
        Ok(Mod::FunctionType { argtypes: self.arena.slice(&argtypes), returns: self.arena.alloc(returns) })
    }

    // Tokens.

    #[inline]
    fn at(&self, kind: TokenKind) -> bool {
        self.current.kind == kind
    }

    #[inline]
    fn at_keyword(&self, keyword: Keyword) -> bool {
        self.current.keyword == keyword
    }

    /// A soft keyword is a name like any other.
    #[inline]
    fn at_soft_keyword(&self, word: &str) -> bool {
        self.current.is_name() && self.buffer.text(&self.current) == word
    }

    /// Consumes the current token, whatever it is.
    #[inline]
    fn bump(&mut self) -> Parsed<Tok> {
        let tok = self.current;
        if tok.kind == TokenKind::EndMarker {
            return Ok(tok);
        }
        if !tok.is_blank() {
            self.last_end = (tok.loc.end_lineno, tok.loc.end_col_offset);
        }
        self.pos += 1;
        self.current = self.token_at(self.pos)?;
        Ok(tok)
    }

    /// The token at a position at most one past those fetched.
    #[inline]
    fn token_at(&mut self, pos: usize) -> Parsed<Tok> {
        if let Some(&tok) = self.buffer.tokens.get(pos) {
            return Ok(tok);
        }
        let tok = self.buffer.fetch().map_err(|_| Refused)?;
        if self.buffer.tokenizer.has_warnings() {
            self.warn_of_tokens()?;
        }
        Ok(tok)
    }

    /// The token after the current one.
    #[inline]
    fn next(&mut self) -> Parsed<Tok> {
        self.token_at(self.pos + 1)
    }

    #[inline]
    fn eat(&mut self, kind: TokenKind) -> Parsed<bool> {
        let found = self.at(kind);
        if found {
            self.bump()?;
        }
        Ok(found)
    }

    #[inline]
    fn eat_keyword(&mut self, keyword: Keyword) -> Parsed<bool> {
        let found = self.at_keyword(keyword);
        if found {
            self.bump()?;
        }
        Ok(found)
    }

    #[inline]
    fn expect(&mut self, kind: TokenKind) -> Parsed<Tok> {
        if self.at(kind) { self.bump() } else { Err(Refused) }
    }

    #[inline]
    fn expect_keyword(&mut self, keyword: Keyword) -> Parsed<Tok> {
        if self.at_keyword(keyword) { self.bump() } else { Err(Refused) }
    }

    /// A name, normalised.
    #[inline]
    fn name(&mut self) -> Parsed<(&'a str, Location)> {
        if !self.current.is_name() {
            return Err(Refused);
        }
        let tok = self.bump()?;
        let name = identifier(self.arena, self.buffer.text(&tok));
        if let Some(msg) = constant_name(name) {
            self.raised = Some(SyntaxError::plain(SyntaxErrorKind::ValueError, msg));
            return Err(Refused);
        }
        Ok((name, tok.loc))
    }

    /// A name in `ctx` load.
    fn name_expr(&mut self) -> Parsed<Expr<'a>> {
        let (id, loc) = self.name()?;
        Ok(Expr { kind: ExprKind::Name { id, ctx: taipan_ast::ExprContext::Load }, loc })
    }

    fn mark(&self) -> Mark {
        Mark { pos: self.pos, last_end: self.last_end, depth: self.depth }
    }

    fn reset(&mut self, mark: Mark) {
        self.pos = mark.pos;
        self.last_end = mark.last_end;
        self.depth = mark.depth;
        self.current = self.buffer.tokens[mark.pos];
    }

    /// Tries a rule; where it does not fit, nothing has happened. What it raised goes on.
    fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<Option<T>> {
        let mark = self.mark();
        match rule(self) {
            Ok(value) => Ok(Some(value)),
            Err(Refused) if self.raised.is_some() => Err(Refused),
            Err(Refused) => {
                self.reset(mark);
                Ok(None)
            }
        }
    }

    // Positions.

    /// From the start of a token or node to the end of what was consumed last.
    #[inline]
    fn since(&self, start: Location) -> Location {
        Location { end_lineno: self.last_end.0, end_col_offset: self.last_end.1, ..start }
    }

    // Limits.

    /// Goes one level deeper at a cost; whoever calls it calls [`Parser::leave`] with the same cost.
    #[inline]
    fn enter(&mut self, cost: u32) -> Parsed<()> {
        self.depth += cost;
        if self.depth > self.options.max_depth {
            self.raised.get_or_insert_with(|| SyntaxError::plain(SyntaxErrorKind::MemoryError, TOO_COMPLEX));
            return Err(Refused);
        }
        Ok(())
    }

    #[inline]
    fn leave(&mut self, cost: u32) {
        self.depth -= cost;
    }

    /// Refuses what the version asked for did not have.
    #[inline]
    fn since_version(&self, minor: i32) -> Parsed<()> {
        if self.options.feature_version < minor { Err(Refused) } else { Ok(()) }
    }

    // Warnings.

    #[cold]
    fn warn_of_tokens(&mut self) -> Parsed<()> {
        for warning in self.buffer.take_warnings() {
            let loc = Location::new(warning.lineno, 0, warning.lineno, 0);
            if let Err(error) = self.warnings.warn(WarningCategory::Syntax, &warning.msg, loc) {
                // What a filter raises on its own account goes on as it is.
                self.raised = Some(if error.kind.has_position() { warning.error } else { error });
                return Err(Refused);
            }
        }
        Ok(())
    }
}

/// The message of the `ValueError` for a name that is a constant only once it is normalised.
#[inline]
pub(crate) fn constant_name(name: &str) -> Option<String> {
    matches!(name, "True" | "False" | "None")
        .then(|| format!("identifier field can't represent '{name}' constant"))
}

/// The name that an identifier's text stands for.
#[inline]
pub(crate) fn identifier<'a>(arena: &'a Arena, text: &'a str) -> &'a str {
    if text.is_ascii() {
        return text;
    }
    match names::normalize(text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(name) => arena.str(&name),
    }
}
