//! Compound statements and blocks.

use taipan_ast::{ExceptHandler, Expr, ExprContext, ExprKind, Location, MatchCase, Stmt, StmtKind, WithItem};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

/// What a block costs of the parser's depth; CPython's limit on indentation comes first.
const BLOCK_DEPTH: u32 = 6;

impl<'a> Parser<'a, '_> {
    /// A compound statement, if the current token starts one.
    pub(super) fn compound_statement(&mut self) -> Parsed<Option<Stmt<'a>>> {
        let start = self.current.loc;
        let statement = match self.current.keyword {
            Keyword::No => {
                if self.at(TokenKind::At) {
                    return self.decorated().map(Some);
                }
                if !self.at_soft_keyword("match") {
                    return Ok(None);
                }
                return self.match_statement();
            }
            Keyword::Def => self.function_def(start, &[], false)?,
            Keyword::Class => self.class_def(start, &[])?,
            Keyword::If => self.if_statement()?,
            Keyword::For => self.for_statement(false)?,
            Keyword::While => self.while_statement()?,
            Keyword::Try => self.try_statement()?,
            Keyword::With => self.with_statement(false)?,
            Keyword::Async => {
                self.bump()?;
                let mut statement = match self.current.keyword {
                    Keyword::Def => self.function_def(start, &[], true)?,
                    Keyword::For => self.for_statement(true)?,
                    Keyword::With => self.with_statement(true)?,
                    _ => return Err(Refused),
                };
                statement.loc.lineno = start.lineno;
                statement.loc.col_offset = start.col_offset;
                statement
            }
            _ => return Ok(None),
        };
        Ok(Some(statement))
    }

    fn decorated(&mut self) -> Parsed<Stmt<'a>> {
        let decorators = self.decorators()?;
        let start = self.current.loc;
        match self.current.keyword {
            Keyword::Class => self.class_def(start, decorators),
            Keyword::Async => {
                self.bump()?;
                self.function_def(start, decorators, true)
            }
            _ => self.function_def(start, decorators, false),
        }
    }

    /// The body of a compound statement, after its colon.
    pub(super) fn block(&mut self) -> Parsed<&'a [Stmt<'a>]> {
        self.enter(BLOCK_DEPTH)?;
        let mut body = Vec::new();
        if self.eat(TokenKind::Newline)? {
            self.expect(TokenKind::Indent)?;
            while !self.eat(TokenKind::Dedent)? {
                // At the end of a source whose last blocks are left open (`PyCF_DONT_IMPLY_DEDENT`) there is no `DEDENT`.
                self.statement(&mut body)?;
            }
        } else {
            self.simple_statements(&mut body)?;
        }
        self.leave(BLOCK_DEPTH);
        Ok(self.arena.slice(&body))
    }

    fn else_block(&mut self) -> Parsed<&'a [Stmt<'a>]> {
        if !self.eat_keyword(Keyword::Else)? {
            return Ok(&[]);
        }
        self.expect(TokenKind::Colon)?;
        self.block()
    }

    /// `if` or `elif`.
    fn if_statement(&mut self) -> Parsed<Stmt<'a>> {
        let start = self.bump()?.loc;
        let test = self.named_expression()?;
        let test = self.arena.alloc(test);
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        let orelse = if self.at_keyword(Keyword::Elif) {
            self.enter(1)?;
            let nested = self.if_statement()?;
            self.leave(1);
            self.arena.slice(&[nested])
        } else {
            self.else_block()?
        };
        Ok(Stmt { kind: StmtKind::If { test, body, orelse }, loc: self.since(start) })
    }

    fn while_statement(&mut self) -> Parsed<Stmt<'a>> {
        let start = self.bump()?.loc;
        let test = self.named_expression()?;
        let test = self.arena.alloc(test);
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(Stmt { kind: StmtKind::While { test, body, orelse }, loc: self.since(start) })
    }

    fn for_statement(&mut self, is_async: bool) -> Parsed<Stmt<'a>> {
        let start = self.bump()?.loc;
        let target = self.star_targets()?;
        let target = self.arena.alloc(target);
        self.expect_keyword(Keyword::In)?;
        let iter = self.star_expressions()?;
        let iter = self.arena.alloc(iter);
        self.expect(TokenKind::Colon)?;
        let type_comment = self.type_comment()?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        let kind = if is_async {
            self.since_version(5)?;
            StmtKind::AsyncFor { target, iter, body, orelse, type_comment }
        } else {
            StmtKind::For { target, iter, body, orelse, type_comment }
        };
        Ok(Stmt { kind, loc: self.since(start) })
    }

    fn with_statement(&mut self, is_async: bool) -> Parsed<Stmt<'a>> {
        let start = self.bump()?.loc;
        let mut items = None;
        if self.at(TokenKind::LPar) {
            // The parentheses may be around the items or belong to the first of them.
            items = self.attempt(|parser| {
                parser.bump()?;
                let items = parser.with_items(TokenKind::RPar)?;
                parser.expect(TokenKind::RPar)?;
                parser.expect(TokenKind::Colon)?;
                Ok(items)
            })?;
        }
        let items = match items {
            Some(items) => items,
            None => {
                let items = self.with_items(TokenKind::Colon)?;
                self.expect(TokenKind::Colon)?;
                items
            }
        };
        let items = self.arena.slice(&items);
        let type_comment = self.type_comment()?;
        let body = self.block()?;
        let kind = if is_async {
            self.since_version(5)?;
            StmtKind::AsyncWith { items, body, type_comment }
        } else {
            StmtKind::With { items, body, type_comment }
        };
        Ok(Stmt { kind, loc: self.since(start) })
    }

    /// `a as b, c`, where a trailing comma is allowed before a closing parenthesis only.
    fn with_items(&mut self, close: TokenKind) -> Parsed<Vec<WithItem<'a>>> {
        let mut items = Vec::new();
        loop {
            let context_expr = self.expression()?;
            let mut optional_vars = None;
            if self.eat_keyword(Keyword::As)? {
                let target = self.star_target()?;
                optional_vars = Some(self.arena.alloc(target));
            }
            items.push(WithItem { context_expr: self.arena.alloc(context_expr), optional_vars });
            if !self.eat(TokenKind::Comma)? || close == TokenKind::RPar && self.at(TokenKind::RPar) {
                return Ok(items);
            }
        }
    }

    fn try_statement(&mut self) -> Parsed<Stmt<'a>> {
        let start = self.bump()?.loc;
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        let mut handlers = Vec::new();
        let mut is_star = false;
        while self.at_keyword(Keyword::Except) {
            let except = self.bump()?.loc;
            let has_star = self.eat(TokenKind::Star)?;
            if !handlers.is_empty() && has_star != is_star {
                return Err(Refused);
            }
            is_star = has_star;
            if is_star {
                self.since_version(11)?;
            }
            let mut handler = self.except_handler(is_star)?;
            handler.loc = self.since(except);
            handlers.push(handler);
        }
        let orelse = if handlers.is_empty() { &[] } else { self.else_block()? };
        let mut finalbody: &[_] = &[];
        if self.eat_keyword(Keyword::Finally)? {
            self.expect(TokenKind::Colon)?;
            finalbody = self.block()?;
        } else if handlers.is_empty() {
            return Err(Refused);
        }
        let handlers = self.arena.slice(&handlers);
        let kind = if is_star {
            StmtKind::TryStar { body, handlers, orelse, finalbody }
        } else {
            StmtKind::Try { body, handlers, orelse, finalbody }
        };
        Ok(Stmt { kind, loc: self.since(start) })
    }

    /// A handler after `except` or `except*`; its position is the caller's to set.
    fn except_handler(&mut self, is_star: bool) -> Parsed<ExceptHandler<'a>> {
        let loc = self.current.loc;
        let (mut type_, mut name) = (None, None);
        if !self.at(TokenKind::Colon) {
            let mut matched = self.expression()?;
            if self.at(TokenKind::Comma) {
                matched = self.bare_tuple(loc, matched)?;
            } else if self.eat_keyword(Keyword::As)? {
                name = Some(self.name()?.0);
            }
            type_ = Some(self.arena.alloc(matched));
        } else if is_star {
            return Err(Refused);
        }
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        Ok(ExceptHandler { type_, name, body, loc })
    }

    /// The rest of a tuple of exceptions without parentheses (PEP 758).
    fn bare_tuple(&mut self, start: Location, first: Expr<'a>) -> Parsed<Expr<'a>> {
        self.since_version(14)?;
        let mut elts = vec![first];
        while self.eat(TokenKind::Comma)? && self.starts_expression() {
            elts.push(self.expression()?);
        }
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// `match` is a name like any other unless a whole head of a match statement follows.
    fn match_statement(&mut self) -> Parsed<Option<Stmt<'a>>> {
        let start = self.current.loc;
        let next = self.next()?;
        let impossible = match next.kind {
            TokenKind::Name => matches!(
                next.keyword,
                Keyword::And
                    | Keyword::In
                    | Keyword::Is
                    | Keyword::Or
                    | Keyword::If
                    | Keyword::Else
                    | Keyword::As
            ),
            TokenKind::Number
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::TStringStart
            | TokenKind::LPar
            | TokenKind::LSqb
            | TokenKind::LBrace
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Tilde
            | TokenKind::Ellipsis => false,
            _ => true,
        };
        if impossible {
            return Ok(None);
        }
        let head = self.attempt(|parser| {
            parser.bump()?;
            let subject = parser.subject()?;
            parser.expect(TokenKind::Colon)?;
            parser.expect(TokenKind::Newline)?;
            Ok(subject)
        })?;
        let Some(subject) = head else { return Ok(None) };
        let subject = self.arena.alloc(subject);
        self.since_version(10)?;
        self.enter(BLOCK_DEPTH)?;
        self.expect(TokenKind::Indent)?;
        let mut cases = Vec::new();
        while !self.eat(TokenKind::Dedent)? {
            cases.push(self.case_block()?);
        }
        self.leave(BLOCK_DEPTH);
        if cases.is_empty() {
            return Err(Refused);
        }
        let kind = StmtKind::Match { subject, cases: self.arena.slice(&cases) };
        Ok(Some(Stmt { kind, loc: self.since(start) }))
    }

    fn subject(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let first = self.star_named_expression()?;
        if !self.at(TokenKind::Comma) {
            return if matches!(first.kind, ExprKind::Starred { .. }) { Err(Refused) } else { Ok(first) };
        }
        let mut elts = vec![first];
        while self.eat(TokenKind::Comma)? && self.starts_star_expression() {
            elts.push(self.star_named_expression()?);
        }
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn case_block(&mut self) -> Parsed<MatchCase<'a>> {
        if !self.at_soft_keyword("case") {
            return Err(Refused);
        }
        self.bump()?;
        let pattern = self.patterns()?;
        let pattern = self.arena.alloc(pattern);
        let mut guard = None;
        if self.eat_keyword(Keyword::If)? {
            let test = self.named_expression()?;
            guard = Some(self.arena.alloc(test));
        }
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        Ok(MatchCase { pattern, guard, body })
    }
}
