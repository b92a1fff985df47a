//! Type parameters and type aliases (PEP 695, 696).

use taipan_ast::{Expr, ExprContext, ExprKind, StmtKind, TypeParam, TypeParamKind};

use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `type X[T] = …`
    pub(super) fn type_alias(&mut self) -> Parsed<StmtKind<'a>> {
        self.bump()?;
        let (id, loc) = self.name()?;
        let type_params = self.optional_type_params()?;
        self.expect(TokenKind::Equal)?;
        let value = self.expression()?;
        self.since_version(12)?;
        let name = Expr { kind: ExprKind::Name { id, ctx: ExprContext::Store }, loc };
        Ok(StmtKind::TypeAlias { name: self.arena.alloc(name), type_params, value: self.arena.alloc(value) })
    }

    pub(super) fn optional_type_params(&mut self) -> Parsed<&'a [TypeParam<'a>]> {
        if !self.eat(TokenKind::LSqb)? {
            return Ok(&[]);
        }
        let mut params = Vec::new();
        loop {
            params.push(self.type_param()?);
            if !self.eat(TokenKind::Comma)? || self.at(TokenKind::RSqb) {
                break;
            }
        }
        self.expect(TokenKind::RSqb)?;
        self.since_version(12)?;
        Ok(self.arena.slice(&params))
    }

    fn type_param(&mut self) -> Parsed<TypeParam<'a>> {
        let start = self.current.loc;
        let kind = match self.current.kind {
            TokenKind::Star => {
                self.bump()?;
                let name = self.name()?.0;
                let default_value = self.type_param_default(Self::star_expression)?;
                TypeParamKind::TypeVarTuple { name, default_value }
            }
            TokenKind::DoubleStar => {
                self.bump()?;
                let name = self.name()?.0;
                let default_value = self.type_param_default(Self::expression)?;
                TypeParamKind::ParamSpec { name, default_value }
            }
            TokenKind::Name => {
                let name = self.name()?.0;
                let mut bound = None;
                if self.eat(TokenKind::Colon)? {
                    let value = self.expression()?;
                    bound = Some(self.arena.alloc(value));
                }
                let default_value = self.type_param_default(Self::expression)?;
                TypeParamKind::TypeVar { name, bound, default_value }
            }
            _ => return Err(Refused),
        };
        Ok(TypeParam { kind, loc: self.since(start) })
    }

    fn type_param_default(
        &mut self,
        rule: fn(&mut Self) -> Parsed<Expr<'a>>,
    ) -> Parsed<Option<&'a Expr<'a>>> {
        if !self.eat(TokenKind::Equal)? {
            return Ok(None);
        }
        let value = rule(self)?;
        self.since_version(13)?;
        Ok(Some(self.arena.alloc(value)))
    }
}
