//! Targets of assignments, loops, `with` and `del`.
//!
//! A target is read as the expression that it looks like and then turned into one that stores or deletes; what cannot
//! be stored to is refused. Nodes never change, so the few that carry a context are made again.

use taipan_ast::{Expr, ExprContext, ExprKind};

use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

impl<'a> Parser<'a, '_> {
    /// The expression as a target of an assignment.
    pub(super) fn stored(&self, value: &Expr<'a>) -> Parsed<Expr<'a>> {
        self.with_context(value, ExprContext::Store)
    }

    fn with_context(&self, value: &Expr<'a>, ctx: ExprContext) -> Parsed<Expr<'a>> {
        let kind = match value.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute { value, attr, ctx },
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript { value, slice, ctx },
            ExprKind::Starred { value, .. } if ctx == ExprContext::Store => {
                ExprKind::Starred { value: self.arena.alloc(self.with_context(value, ctx)?), ctx }
            }
            ExprKind::List { elts, .. } => {
                ExprKind::List { elts: self.elements_with_context(elts, ctx)?, ctx }
            }
            ExprKind::Tuple { elts, .. } => {
                ExprKind::Tuple { elts: self.elements_with_context(elts, ctx)?, ctx }
            }
            _ => return Err(Refused),
        };
        Ok(Expr { kind, loc: value.loc })
    }

    fn elements_with_context(&self, elts: &[Expr<'a>], ctx: ExprContext) -> Parsed<&'a [Expr<'a>]> {
        let elts: Vec<Expr<'a>> =
            elts.iter().map(|elt| self.with_context(elt, ctx)).collect::<Parsed<_>>()?;
        Ok(self.arena.slice(&elts))
    }

    /// `a, *b`: the targets of a loop, up to `in`.
    pub(super) fn star_targets(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let first = self.star_target()?;
        if !self.at(TokenKind::Comma) {
            return Ok(first);
        }
        let mut elts = vec![first];
        while self.eat(TokenKind::Comma)? && self.starts_star_expression() {
            elts.push(self.star_target()?);
        }
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Store };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// One target, maybe with a star.
    pub(super) fn star_target(&mut self) -> Parsed<Expr<'a>> {
        if !self.at(TokenKind::Star) {
            let value = self.primary()?;
            return self.stored(&value);
        }
        let start = self.bump()?.loc;
        if self.at(TokenKind::Star) {
            return Err(Refused);
        }
        let value = self.primary()?;
        let value = self.arena.alloc(self.stored(&value)?);
        Ok(Expr { kind: ExprKind::Starred { value, ctx: ExprContext::Store }, loc: self.since(start) })
    }

    /// `a, b[c]`: what `del` deletes, one by one.
    pub(super) fn del_targets(&mut self) -> Parsed<&'a [Expr<'a>]> {
        let mut targets = Vec::new();
        loop {
            let value = self.primary()?;
            targets.push(self.with_context(&value, ExprContext::Del)?);
            if !self.eat(TokenKind::Comma)? || !self.starts_expression() {
                return Ok(self.arena.slice(&targets));
            }
        }
    }
}
