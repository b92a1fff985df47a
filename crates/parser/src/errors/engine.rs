//! The two passes, the tokens, and what rules remember.
//!
//! A rule gives `Ok(Some(_))` where it matches, `Ok(None)` where it does not, with the position then left anywhere: whoever
//! tries the next alternative resets it. `Err(Raised)` ends the pass; [`Diagnosis::error`] says why.

use std::collections::HashMap;

use taipan_ast::{Arena, Expr, ExprContext, ExprKind, Location, SyntaxError, SyntaxErrorKind};

use crate::grammar::buffer::{Tok, TokenBuffer};
use crate::grammar::keywords::Keyword;
use crate::grammar::{BASE_DEPTH, TOO_COMPLEX, constant_name, identifier};
use crate::tokens::TokenKind;
use crate::tokens::input::TextInput;
use crate::{Mode, ParseOptions};

/// How deep CPython is where a statement starts, less what remembered rules count up to its first operand.
const START_DEPTH: u32 = BASE_DEPTH - 14;

/// An error was raised.
#[derive(Debug)]
pub(super) struct Raised;

/// The outcome of a rule.
pub(super) type Rule<T = ()> = Result<Option<T>, Raised>;

/// The node of an expression.
pub(super) type Node<'a> = &'a Expr<'a>;

/// The rules whose outcome is remembered for each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Memo {
    SimpleStatement,
    Block,
    ClosedPattern,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    ShiftExpr,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TPrimary,
    Strings,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    InvalidNamedExpression,
    TypeParam,
}

/// What a remembered rule matched.
#[derive(Clone, Copy)]
pub(super) enum Remembered<'a> {
    Nothing,
    Unit(u32),
    Node(Node<'a>, u32),
}

/// The model of CPython's parser, on one source.
pub(super) struct Diagnosis<'a, 'o> {
    pub buffer: TokenBuffer<'a>,
    pub pos: usize,
    /// Rules that match mistakes are on.
    pub invalid: bool,
    memory: HashMap<(usize, Memo), Remembered<'a>>,
    pub arena: &'a Arena,
    pub options: &'o ParseOptions,
    pub flufl: bool,
    depth: u32,
    pub error: Option<SyntaxError>,
    /// The tokenizer raised: nothing else can explain more.
    pub tokenizer_failed: bool,
}

impl<'a, 'o> Diagnosis<'a, 'o> {
    pub fn new(source: TextInput<'a>, options: &'o ParseOptions, arena: &'a Arena) -> Self {
        Diagnosis {
            buffer: TokenBuffer::new(source, options, arena),
            pos: 0,
            invalid: false,
            memory: HashMap::new(),
            arena,
            options,
            flufl: options.barry_as_flufl,
            depth: START_DEPTH,
            error: None,
            tokenizer_failed: false,
        }
    }

    /// Both passes, and what is made of their outcome.
    pub fn run(mut self) -> SyntaxError {
        if let Ok(Some(())) = self.start() {
            let _: Rule = self.raise("multiple statements found while compiling a single statement");
            return self.take_error();
        }
        if self.options.allow_incomplete_input && self.is_at_end() {
            let _: Rule = self.raise_incomplete();
            return self.take_error();
        }
        let last = self.buffer.tokens.last().copied();
        if self.error.is_some() {
            return self.conclude(last);
        }
        // What is wrong is said at once, not after more lines.
        self.buffer.tokenizer.stop();
        self.pos = 0;
        self.depth = START_DEPTH;
        self.memory.clear();
        self.invalid = true;
        self.flufl = self.options.barry_as_flufl;
        let _ = self.start();
        self.conclude(last)
    }

    /// Whether the tokenizer has seen the end of the source. It looks one character past most tokens.
    fn is_at_end(&self) -> bool {
        let tokenizer = &self.buffer.tokenizer;
        tokenizer.is_at_end()
            || !tokenizer.source().ends_with('\n')
                && self.buffer.tokens.last().is_some_and(|tok| {
                    tok.end == tokenizer.source().len() && !tok.kind.is_string_part() && !tok.is_blank()
                })
    }

    fn take_error(&mut self) -> SyntaxError {
        self.error
            .take()
            .unwrap_or_else(|| SyntaxError::plain(SyntaxErrorKind::SyntaxError, "invalid syntax"))
    }

    /// The error of the passes, or the general one at the last token of the first pass.
    fn conclude(mut self, last: Option<Tok>) -> SyntaxError {
        if self.error.is_some() {
            let is_syntax_error = self.error.as_ref().is_some_and(|error| error.kind.has_position());
            if self.tokenizer_failed || !self.buffer.tokenizer.is_running() || !is_syntax_error {
                return self.take_error();
            }
        } else {
            let Some(last) = last else {
                let _: Rule = self.raise("error at start before reading any input");
                return self.take_error();
            };
            if matches!(last.kind, TokenKind::Indent | TokenKind::Dedent) {
                let what =
                    if last.kind == TokenKind::Indent { "unexpected indent" } else { "unexpected unindent" };
                let _: Rule = self.raise_kind(SyntaxErrorKind::IndentationError, what);
                return self.take_error();
            }
            let _: Rule = self.raise_at(last.loc, "invalid syntax");
        }
        let line = self.buffer.tokens.last().map_or(0, |tok| tok.loc.lineno);
        match self.buffer.tokenizer.error_in_rest(line) {
            Some(error) => error,
            None => self.take_error(),
        }
    }

    /// `from __future__ import barry_as_FLUFL` was read.
    pub fn set_flufl(&mut self) {
        self.flufl = true;
        self.buffer.tokenizer.set_diamond(true);
    }

    fn start(&mut self) -> Rule {
        match self.options.mode {
            Mode::Exec => self.file(),
            Mode::Single => self.interactive(),
            Mode::Eval => self.eval(),
            Mode::FuncType => self.func_type(),
        }
    }

    // Tokens.

    /// The token at the current position, fetched if it must be.
    pub fn peek(&mut self) -> Result<Tok, Raised> {
        if let Some(&tok) = self.buffer.tokens.get(self.pos) {
            return Ok(tok);
        }
        match self.buffer.fetch() {
            Ok(tok) => Ok(tok),
            Err(error) => {
                self.tokenizer_failed = true;
                self.error = Some(error);
                Err(Raised)
            }
        }
    }

    /// Consumes a token of this kind.
    pub fn tok(&mut self, kind: TokenKind) -> Rule<Tok> {
        let tok = self.peek()?;
        if tok.kind != kind {
            return Ok(None);
        }
        self.pos += 1;
        Ok(Some(tok))
    }

    /// Consumes a token of this kind, if it is one.
    pub fn eat(&mut self, kind: TokenKind) -> Result<bool, Raised> {
        Ok(self.tok(kind)?.is_some())
    }

    pub fn kw(&mut self, keyword: Keyword) -> Rule<Tok> {
        let tok = self.peek()?;
        if tok.keyword != keyword {
            return Ok(None);
        }
        self.pos += 1;
        Ok(Some(tok))
    }

    pub fn eat_kw(&mut self, keyword: Keyword) -> Result<bool, Raised> {
        Ok(self.kw(keyword)?.is_some())
    }

    pub fn soft(&mut self, word: &str) -> Rule<Tok> {
        let tok = self.peek()?;
        if !tok.is_name() || self.buffer.text(&tok) != word {
            return Ok(None);
        }
        self.pos += 1;
        Ok(Some(tok))
    }

    pub fn at(&mut self, kind: TokenKind) -> Result<bool, Raised> {
        Ok(self.peek()?.kind == kind)
    }

    pub fn at_any(&mut self, kinds: &[TokenKind]) -> Result<bool, Raised> {
        let kind = self.peek()?.kind;
        Ok(kinds.contains(&kind))
    }

    pub fn at_kw(&mut self, keyword: Keyword) -> Result<bool, Raised> {
        Ok(self.peek()?.keyword == keyword)
    }

    /// A name that is no reserved word.
    pub fn name(&mut self) -> Rule<Node<'a>> {
        let tok = self.peek()?;
        if !tok.is_name() {
            return Ok(None);
        }
        self.pos += 1;
        let id = identifier(self.arena, self.buffer.text(&tok));
        if let Some(msg) = constant_name(id) {
            self.error = Some(SyntaxError::plain(SyntaxErrorKind::ValueError, msg));
            return Err(Raised);
        }
        Ok(Some(self.arena.alloc(Expr { kind: ExprKind::Name { id, ctx: ExprContext::Load }, loc: tok.loc })))
    }

    /// Consumes a token that the grammar leaves no choice about.
    pub fn forced(&mut self, kind: TokenKind, spelling: &str) -> Rule<Tok> {
        let tok = self.peek()?;
        if tok.kind != kind {
            return self.raise_at(tok.loc, format!("expected '{spelling}'"));
        }
        self.pos += 1;
        Ok(Some(tok))
    }

    // Combinations.

    /// Looks whether a rule would match here, without consuming anything.
    pub fn ahead<T>(&mut self, rule: impl FnOnce(&mut Self) -> Rule<T>) -> Result<bool, Raised> {
        let mark = self.pos;
        let matched = rule(self)?.is_some();
        self.pos = mark;
        Ok(matched)
    }

    /// A rule that need not match: where it does not, nothing is consumed.
    pub fn opt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Rule<T>) -> Rule<T> {
        let mark = self.pos;
        let matched = rule(self)?;
        if matched.is_none() {
            self.pos = mark;
        }
        Ok(matched)
    }

    /// A rule as often as it matches.
    pub fn many<T>(&mut self, mut rule: impl FnMut(&mut Self) -> Rule<T>) -> Result<Vec<T>, Raised> {
        let mut all = Vec::new();
        loop {
            let mark = self.pos;
            match rule(self)? {
                Some(one) => all.push(one),
                None => {
                    self.pos = mark;
                    return Ok(all);
                }
            }
        }
    }

    /// A rule once or more.
    pub fn some<T>(&mut self, rule: impl FnMut(&mut Self) -> Rule<T>) -> Rule<Vec<T>> {
        let all = self.many(rule)?;
        Ok(if all.is_empty() { None } else { Some(all) })
    }

    /// A rule once or more with a separator between.
    pub fn gather<T>(
        &mut self,
        separator: TokenKind,
        mut rule: impl FnMut(&mut Self) -> Rule<T>,
    ) -> Rule<Vec<T>> {
        let Some(first) = rule(self)? else { return Ok(None) };
        let mut all = vec![first];
        all.extend(self.many(|this| if this.eat(separator)? { rule(this) } else { Ok(None) })?);
        Ok(Some(all))
    }

    // Nodes.

    /// The place from a token to the last one consumed that is text.
    pub fn since(&self, start: Location) -> Location {
        let last = self.buffer.tokens[..self.pos].iter().rev().find(|tok| !tok.is_blank());
        last.map_or(start, |last| start.to(last.loc))
    }

    /// A node from `start` to the last token consumed.
    pub fn node(&self, start: Tok, kind: ExprKind<'a>) -> Node<'a> {
        self.arena.alloc(Expr { kind, loc: self.since(start.loc) })
    }

    pub fn nodes(&self, nodes: &[Node<'a>]) -> &'a [Expr<'a>] {
        let nodes: Vec<Expr<'a>> = nodes.iter().map(|node| **node).collect();
        self.arena.slice(&nodes)
    }

    /// The token consumed last.
    pub fn previous(&self) -> Tok {
        self.buffer.tokens[self.pos - 1]
    }

    // Memory.

    /// A rule that gives a node, tried once for each token.
    pub fn remember(&mut self, memo: Memo, rule: impl FnOnce(&mut Self) -> Rule<Node<'a>>) -> Rule<Node<'a>> {
        let mark = self.pos;
        match self.memory.get(&(mark, memo)) {
            Some(Remembered::Node(node, end)) => {
                self.pos = *end as usize;
                return Ok(Some(node));
            }
            Some(_) => return Ok(None),
            None => {}
        }
        let matched = self.deeper(1, rule)?;
        let remembered = match matched {
            Some(node) => Remembered::Node(node, self.pos as u32),
            None => Remembered::Nothing,
        };
        self.memory.insert((mark, memo), remembered);
        Ok(matched)
    }

    /// A rule that gives nothing, tried once for each token.
    pub fn remember_unit(&mut self, memo: Memo, rule: impl FnOnce(&mut Self) -> Rule) -> Rule {
        let mark = self.pos;
        match self.memory.get(&(mark, memo)) {
            Some(Remembered::Unit(end)) => {
                self.pos = *end as usize;
                return Ok(Some(()));
            }
            Some(_) => return Ok(None),
            None => {}
        }
        let matched = self.deeper(1, rule)?;
        let remembered =
            if matched.is_some() { Remembered::Unit(self.pos as u32) } else { Remembered::Nothing };
        self.memory.insert((mark, memo), remembered);
        Ok(matched)
    }

    /// Runs a rule some levels deeper.
    pub fn deeper<T>(&mut self, cost: u32, rule: impl FnOnce(&mut Self) -> Rule<T>) -> Rule<T> {
        self.depth += cost;
        if self.depth > self.options.max_depth {
            self.error = Some(SyntaxError::plain(SyntaxErrorKind::MemoryError, TOO_COMPLEX));
            return Err(Raised);
        }
        let matched = rule(self);
        self.depth -= cost;
        matched
    }

    /// Runs a rule without those that match mistakes.
    pub fn without_invalid<T>(&mut self, rule: impl FnOnce(&mut Self) -> Rule<T>) -> Rule<T> {
        let before = std::mem::replace(&mut self.invalid, false);
        let matched = rule(self);
        self.invalid = before;
        matched
    }
}
