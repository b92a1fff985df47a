//! What follows a primary: attributes, calls with their arguments, subscripts with their slices.

use taipan_ast::{Expr, ExprContext, ExprKind, Keyword as KeywordArgument, Location};

use super::keywords::Keyword;
use super::{BRACKET_DEPTH, Parsed, Parser, Refused};
use crate::tokens::TokenKind;

/// The arguments of a call or of a class definition.
pub(super) struct Arguments<'a> {
    pub args: &'a [Expr<'a>],
    pub keywords: &'a [KeywordArgument<'a>],
}

impl<'a> Parser<'a, '_> {
    pub(super) fn primary(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let mut value = self.atom()?;
        loop {
            value = match self.current.kind {
                TokenKind::Dot => self.attribute(start, value)?,
                TokenKind::LPar => self.call(start, value)?,
                TokenKind::LSqb => self.subscript(start, value)?,
                _ => return Ok(value),
            };
        }
    }

    pub(super) fn attribute(&mut self, start: Location, value: Expr<'a>) -> Parsed<Expr<'a>> {
        self.expect(TokenKind::Dot)?;
        let (attr, _) = self.name()?;
        let kind = ExprKind::Attribute { value: self.arena.alloc(value), attr, ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn call(&mut self, start: Location, func: Expr<'a>) -> Parsed<Expr<'a>> {
        self.enter(BRACKET_DEPTH)?;
        let Arguments { args, keywords } = self.arguments(true)?;
        self.leave(BRACKET_DEPTH);
        Ok(Expr {
            kind: ExprKind::Call { func: self.arena.alloc(func), args, keywords },
            loc: self.since(start),
        })
    }

    /// `(a, *b, c=d, **e)` with the parentheses; a lone generator expression needs none of its own where it is allowed.
    pub(super) fn arguments(&mut self, generator_allowed: bool) -> Parsed<Arguments<'a>> {
        let start = self.expect(TokenKind::LPar)?.loc;
        let mut args = Vec::new();
        let mut keywords = Vec::new();
        let mut unpacked = false;
        while !self.at(TokenKind::RPar) {
            let tok = self.current;
            if tok.kind == TokenKind::DoubleStar {
                self.bump()?;
                let value = self.expression()?;
                let value = self.arena.alloc(value);
                keywords.push(KeywordArgument { arg: None, value, loc: self.since(tok.loc) });
                unpacked = true;
            } else if tok.kind == TokenKind::Star {
                if unpacked {
                    return Err(Refused);
                }
                args.push(self.starred_expression()?);
            } else if tok.is_name() && self.next()?.kind == TokenKind::Equal {
                let (arg, loc) = self.name()?;
                self.bump()?;
                let value = self.expression()?;
                let value = self.arena.alloc(value);
                keywords.push(KeywordArgument { arg: Some(arg), value, loc: self.since(loc) });
            } else {
                let value = self.named_expression()?;
                if self.at(TokenKind::Equal) || !keywords.is_empty() {
                    return Err(Refused);
                }
                if generator_allowed
                    && args.is_empty()
                    && matches!(self.current.keyword, Keyword::For | Keyword::Async)
                {
                    let generator = self.generator(start, value)?;
                    return Ok(Arguments { args: self.arena.slice(&[generator]), keywords: &[] });
                }
                args.push(value);
            }
            if !self.eat(TokenKind::Comma)? {
                break;
            }
        }
        self.expect(TokenKind::RPar)?;
        Ok(Arguments { args: self.arena.slice(&args), keywords: self.arena.slice(&keywords) })
    }

    fn subscript(&mut self, start: Location, value: Expr<'a>) -> Parsed<Expr<'a>> {
        self.enter(BRACKET_DEPTH)?;
        self.expect(TokenKind::LSqb)?;
        let slice = self.slices()?;
        self.expect(TokenKind::RSqb)?;
        self.leave(BRACKET_DEPTH);
        let kind = ExprKind::Subscript {
            value: self.arena.alloc(value),
            slice: self.arena.alloc(slice),
            ctx: ExprContext::Load,
        };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn slices(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let first = self.slice_or_starred()?;
        let is_starred = matches!(first.kind, ExprKind::Starred { .. });
        if !self.at(TokenKind::Comma) && !is_starred {
            return Ok(first);
        }
        let mut elts = vec![first];
        while self.eat(TokenKind::Comma)? && !self.at(TokenKind::RSqb) {
            elts.push(self.slice_or_starred()?);
        }
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn slice_or_starred(&mut self) -> Parsed<Expr<'a>> {
        if self.at(TokenKind::Star) { self.starred_expression() } else { self.slice() }
    }

    /// `a:b:c`, or an expression.
    fn slice(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let mut lower = None;
        if !self.at(TokenKind::Colon) {
            let value = self.named_expression()?;
            if !self.at(TokenKind::Colon) {
                return Ok(value);
            }
            if matches!(value.kind, ExprKind::NamedExpr { .. }) && self.is_unparenthesised(&value, start) {
                return Err(Refused);
            }
            lower = Some(self.arena.alloc(value));
        }
        self.expect(TokenKind::Colon)?;
        let upper = self.bound()?;
        let step = if self.eat(TokenKind::Colon)? { self.bound()? } else { None };
        Ok(Expr { kind: ExprKind::Slice { lower, upper, step }, loc: self.since(start) })
    }

    /// Parentheses would have come before the node that they enclose.
    pub(super) fn is_unparenthesised(&self, value: &Expr<'a>, start: Location) -> bool {
        (value.loc.lineno, value.loc.col_offset) == (start.lineno, start.col_offset)
    }

    fn bound(&mut self) -> Parsed<Option<&'a Expr<'a>>> {
        if self.at(TokenKind::Colon) || self.at(TokenKind::Comma) || self.at(TokenKind::RSqb) {
            return Ok(None);
        }
        let value = self.expression()?;
        Ok(Some(self.arena.alloc(value)))
    }
}
