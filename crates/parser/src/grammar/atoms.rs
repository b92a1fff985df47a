//! Atoms: names, literals, and everything in brackets, comprehensions included.

use taipan_ast::{Comprehension, Constant, Expr, ExprContext, ExprKind, Location};

use super::keywords::Keyword;
use super::{BRACKET_DEPTH, Parsed, Parser, Refused};
use crate::tokens::TokenKind;

impl<'a> Parser<'a, '_> {
    pub(super) fn atom(&mut self) -> Parsed<Expr<'a>> {
        match self.current.kind {
            TokenKind::Name => self.name_or_keyword_constant(),
            TokenKind::Number => self.number(),
            TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart => self.strings(),
            TokenKind::LPar => self.bracketed(Self::parenthesised),
            TokenKind::LSqb => self.bracketed(Self::list),
            TokenKind::LBrace => self.bracketed(Self::dict_or_set),
            TokenKind::Ellipsis => {
                let loc = self.bump()?.loc;
                Ok(constant(Constant::Ellipsis, loc))
            }
            _ => Err(Refused),
        }
    }

    /// Runs a rule that reads a pair of brackets.
    pub(super) fn bracketed<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.enter(BRACKET_DEPTH)?;
        let result = rule(self)?;
        self.leave(BRACKET_DEPTH);
        Ok(result)
    }

    fn name_or_keyword_constant(&mut self) -> Parsed<Expr<'a>> {
        let value = match self.current.keyword {
            Keyword::No => return self.name_expr(),
            Keyword::True => Constant::Bool(true),
            Keyword::False => Constant::Bool(false),
            Keyword::None => Constant::None,
            _ => return Err(Refused),
        };
        let loc = self.bump()?.loc;
        Ok(constant(value, loc))
    }

    fn at_comprehension(&self) -> bool {
        matches!(self.current.keyword, Keyword::For | Keyword::Async)
    }

    /// `()`, `(a)`, `(a, b)`, `(yield)` or a generator expression.
    fn parenthesised(&mut self) -> Parsed<Expr<'a>> {
        let start = self.expect(TokenKind::LPar)?.loc;
        if self.at_keyword(Keyword::Yield) {
            let value = self.yield_expr()?;
            self.expect(TokenKind::RPar)?;
            return Ok(value);
        }
        let mut elts = Vec::new();
        if !self.at(TokenKind::RPar) {
            let first = self.star_named_expression()?;
            let is_starred = matches!(first.kind, ExprKind::Starred { .. });
            if self.at_comprehension() && !is_starred {
                return self.generator(start, first);
            }
            if !self.at(TokenKind::Comma) {
                self.expect(TokenKind::RPar)?;
                return if is_starred { Err(Refused) } else { Ok(first) };
            }
            elts.push(first);
            self.rest_of_elements(&mut elts, TokenKind::RPar)?;
        }
        self.expect(TokenKind::RPar)?;
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// `, b, *c` up to the closing bracket, which is not consumed.
    fn rest_of_elements(&mut self, elts: &mut Vec<Expr<'a>>, close: TokenKind) -> Parsed<()> {
        while self.eat(TokenKind::Comma)? && !self.at(close) {
            elts.push(self.star_named_expression()?);
        }
        Ok(())
    }

    /// The clauses of a generator expression, after its element.
    pub(super) fn generator(&mut self, start: Location, elt: Expr<'a>) -> Parsed<Expr<'a>> {
        let generators = self.for_if_clauses()?;
        self.expect(TokenKind::RPar)?;
        let kind = ExprKind::GeneratorExp { elt: self.arena.alloc(elt), generators };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn list(&mut self) -> Parsed<Expr<'a>> {
        let start = self.expect(TokenKind::LSqb)?.loc;
        let mut elts = Vec::new();
        if !self.at(TokenKind::RSqb) {
            let first = self.star_named_expression()?;
            if self.at_comprehension() {
                return self.comprehension_in(start, first, TokenKind::RSqb, |elt, generators| {
                    ExprKind::ListComp { elt, generators }
                });
            }
            elts.push(first);
            self.rest_of_elements(&mut elts, TokenKind::RSqb)?;
        }
        self.expect(TokenKind::RSqb)?;
        let kind = ExprKind::List { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn comprehension_in(
        &mut self,
        start: Location,
        elt: Expr<'a>,
        close: TokenKind,
        make: fn(&'a Expr<'a>, &'a [Comprehension<'a>]) -> ExprKind<'a>,
    ) -> Parsed<Expr<'a>> {
        if matches!(elt.kind, ExprKind::Starred { .. }) {
            return Err(Refused);
        }
        let generators = self.for_if_clauses()?;
        self.expect(close)?;
        Ok(Expr { kind: make(self.arena.alloc(elt), generators), loc: self.since(start) })
    }

    fn dict_or_set(&mut self) -> Parsed<Expr<'a>> {
        let start = self.expect(TokenKind::LBrace)?.loc;
        if self.at(TokenKind::RBrace) || self.at(TokenKind::DoubleStar) {
            return self.dict(start, None);
        }
        let inner = self.current.loc;
        let first = self.star_named_expression()?;
        if self.at(TokenKind::Colon) {
            return match first.kind {
                ExprKind::Starred { .. } => Err(Refused),
                ExprKind::NamedExpr { .. } if self.is_unparenthesised(&first, inner) => Err(Refused),
                _ => self.dict(start, Some(first)),
            };
        }
        if self.at_comprehension() {
            return self.comprehension_in(start, first, TokenKind::RBrace, |elt, generators| {
                ExprKind::SetComp { elt, generators }
            });
        }
        let mut elts = vec![first];
        self.rest_of_elements(&mut elts, TokenKind::RBrace)?;
        self.expect(TokenKind::RBrace)?;
        Ok(Expr { kind: ExprKind::Set { elts: self.arena.slice(&elts) }, loc: self.since(start) })
    }

    /// A dictionary or its comprehension; the first key has been read unless there is none.
    fn dict(&mut self, start: Location, first: Option<Expr<'a>>) -> Parsed<Expr<'a>> {
        let mut keys: Vec<Option<&'a Expr<'a>>> = Vec::new();
        let mut values = Vec::new();
        if let Some(key) = first {
            self.expect(TokenKind::Colon)?;
            let value = self.expression()?;
            if self.at_comprehension() {
                let generators = self.for_if_clauses()?;
                self.expect(TokenKind::RBrace)?;
                let kind = ExprKind::DictComp {
                    key: self.arena.alloc(key),
                    value: self.arena.alloc(value),
                    generators,
                };
                return Ok(Expr { kind, loc: self.since(start) });
            }
            keys.push(Some(self.arena.alloc(key)));
            values.push(value);
            if !self.eat(TokenKind::Comma)? && !self.at(TokenKind::RBrace) {
                return Err(Refused);
            }
        }
        while !self.at(TokenKind::RBrace) {
            if self.eat(TokenKind::DoubleStar)? {
                keys.push(None);
                values.push(self.bitwise_or()?);
            } else {
                let key = self.expression()?;
                self.expect(TokenKind::Colon)?;
                keys.push(Some(self.arena.alloc(key)));
                values.push(self.expression()?);
            }
            if !self.eat(TokenKind::Comma)? {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        let kind = ExprKind::Dict { keys: self.arena.slice(&keys), values: self.arena.slice(&values) };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// `for x in y if z …`, once or more.
    pub(super) fn for_if_clauses(&mut self) -> Parsed<&'a [Comprehension<'a>]> {
        let mut clauses = Vec::new();
        while self.at_comprehension() {
            let is_async = self.eat_keyword(Keyword::Async)?;
            if is_async {
                self.since_version(6)?;
            }
            self.expect_keyword(Keyword::For)?;
            let target = self.star_targets()?;
            self.expect_keyword(Keyword::In)?;
            let iter = self.disjunction()?;
            let mut ifs = Vec::new();
            while self.eat_keyword(Keyword::If)? {
                ifs.push(self.disjunction()?);
            }
            clauses.push(Comprehension {
                target: self.arena.alloc(target),
                iter: self.arena.alloc(iter),
                ifs: self.arena.slice(&ifs),
                is_async: i32::from(is_async),
            });
        }
        if clauses.is_empty() { Err(Refused) } else { Ok(self.arena.slice(&clauses)) }
    }
}

pub(super) fn constant<'a>(value: Constant<'a>, loc: Location) -> Expr<'a> {
    Expr { kind: ExprKind::Constant { value, kind: None }, loc }
}
