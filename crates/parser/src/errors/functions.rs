//! Definitions of functions and classes, decorators, type parameters and type aliases.

use taipan_ast::ExprKind;

use super::engine::{Diagnosis, Memo, Node, Raised, Rule};
use super::parameters::FUNCTION;
use crate::grammar::buffer::Tok;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

impl<'a> Diagnosis<'a, '_> {
    fn decorators(&mut self) -> Rule {
        let decorators = self.some(|this| {
            let matched = this.eat(TokenKind::At)?
                && this.named_expression()?.is_some()
                && this.eat(TokenKind::Newline)?;
            Ok(matched.then_some(()))
        })?;
        Ok(decorators.map(|_| ()))
    }

    /// A definition after its decorators, or without any.
    fn decorated(&mut self, definition: fn(&mut Self) -> Rule) -> Rule {
        let mark = self.pos;
        if self.decorators()?.is_some() && definition(self)?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        definition(self)
    }

    pub fn function_def(&mut self) -> Rule {
        self.decorated(Self::function_def_raw)
    }

    pub fn class_def(&mut self) -> Rule {
        self.decorated(Self::class_def_raw)
    }

    fn function_def_raw(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_def_raw()?;
            self.pos = mark;
        }
        if self.eat_kw(Keyword::Def)? && self.rest_of_def()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Async)? && self.eat_kw(Keyword::Def)? && self.rest_of_def()?.is_some() {
            return self.since_version(5, "Async functions are");
        }
        Ok(None)
    }

    fn rest_of_def(&mut self) -> Rule {
        if self.name()?.is_none() {
            return Ok(None);
        }
        self.opt(Self::type_params)?;
        if !self.eat_or_force(TokenKind::LPar, "(")? {
            return Ok(None);
        }
        self.opt(|this| this.params(FUNCTION))?;
        if !self.eat(TokenKind::RPar)? {
            return Ok(None);
        }
        self.opt(|this| if this.eat(TokenKind::RArrow)? { this.expression() } else { Ok(None) })?;
        if !self.eat_or_force(TokenKind::Colon, ":")? {
            return Ok(None);
        }
        self.opt(Self::func_type_comment)?;
        self.block()
    }

    /// A token of a definition's head, without which the second pass goes no further.
    fn eat_or_force(&mut self, kind: TokenKind, spelling: &str) -> Result<bool, Raised> {
        if self.invalid { Ok(self.forced(kind, spelling)?.is_some()) } else { self.eat(kind) }
    }

    fn invalid_def_raw(&mut self) -> Rule {
        self.eat_kw(Keyword::Async)?;
        let Some(def) = self.kw(Keyword::Def)? else { return Ok(None) };
        if self.name()?.is_none() {
            return Ok(None);
        }
        self.opt(Self::type_params)?;
        if !self.eat(TokenKind::LPar)? {
            return Ok(None);
        }
        self.opt(|this| this.params(FUNCTION))?;
        if !self.eat(TokenKind::RPar)? {
            return Ok(None);
        }
        self.opt(|this| if this.eat(TokenKind::RArrow)? { this.expression() } else { Ok(None) })?;
        self.invalid_unindented("function definition", def)
    }

    /// `:` and a line end without a deeper line after it.
    pub fn invalid_unindented(&mut self, what: &str, head: Tok) -> Rule {
        if self.eat(TokenKind::Colon)? && self.eat(TokenKind::Newline)? && !self.at(TokenKind::Indent)? {
            return self.raise_unindented(what, head);
        }
        Ok(None)
    }

    fn func_type_comment(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::Newline)?
            && self.eat(TokenKind::TypeComment)?
            && self.ahead(|this| {
                if this.eat(TokenKind::Newline)? { this.tok(TokenKind::Indent) } else { Ok(None) }
            })?
        {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            if self.eat(TokenKind::TypeComment)?
                && self.eat(TokenKind::Newline)?
                && self.eat(TokenKind::TypeComment)?
                && self.eat(TokenKind::Newline)?
                && self.eat(TokenKind::Indent)?
            {
                return self.raise("Cannot have two type comments on def");
            }
            self.pos = mark;
        }
        Ok(self.tok(TokenKind::TypeComment)?.map(|_| ()))
    }

    /// `class A[T](b)`
    fn head_of_class(&mut self) -> Rule<Tok> {
        let Some(class) = self.kw(Keyword::Class)? else { return Ok(None) };
        if self.name()?.is_none() {
            return Ok(None);
        }
        self.opt(Self::type_params)?;
        self.opt(|this| {
            if !this.eat(TokenKind::LPar)? {
                return Ok(None);
            }
            this.opt(Self::arguments)?;
            this.tok(TokenKind::RPar)
        })?;
        Ok(Some(class))
    }

    fn class_def_raw(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if self.head_of_class()?.is_some() && self.eat(TokenKind::Newline)? {
                return self.raise("expected ':'");
            }
            self.pos = mark;
            if let Some(class) = self.head_of_class()? {
                self.invalid_unindented("class definition", class)?;
            }
            self.pos = mark;
        }
        if self.head_of_class()?.is_some() && self.eat(TokenKind::Colon)? { self.block() } else { Ok(None) }
    }

    // Type parameters.

    pub fn type_alias(&mut self) -> Rule {
        if self.soft("type")?.is_some() && self.name()?.is_some() {
            self.opt(Self::type_params)?;
            if self.eat(TokenKind::Equal)? && self.expression()?.is_some() {
                return self.since_version(12, "Type statement is");
            }
        }
        Ok(None)
    }

    fn type_params(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if self.eat(TokenKind::LSqb)?
                && let Some(close) = self.tok(TokenKind::RSqb)?
            {
                return self.raise_from(close.loc, "Type parameter list cannot be empty");
            }
            self.pos = mark;
        }
        if self.eat(TokenKind::LSqb)? && self.gather(TokenKind::Comma, Self::type_param)?.is_some() {
            self.eat(TokenKind::Comma)?;
            if self.eat(TokenKind::RSqb)? {
                return self.since_version(12, "Type parameter lists are");
            }
        }
        Ok(None)
    }

    fn type_param(&mut self) -> Rule {
        self.remember_unit(Memo::TypeParam, |this| {
            let mark = this.pos;
            if this.name()?.is_some() {
                this.opt(|this| if this.eat(TokenKind::Colon)? { this.expression() } else { Ok(None) })?;
                this.type_param_default(Self::expression)?;
                return Ok(Some(()));
            }
            this.pos = mark;
            if this.invalid {
                this.invalid_type_param(TokenKind::Star, "TypeVarTuple")?;
                this.pos = mark;
                this.invalid_type_param(TokenKind::DoubleStar, "ParamSpec")?;
                this.pos = mark;
            }
            if this.eat(TokenKind::Star)? && this.name()?.is_some() {
                this.type_param_default(Self::star_expression)?;
                return Ok(Some(()));
            }
            this.pos = mark;
            if this.eat(TokenKind::DoubleStar)? && this.name()?.is_some() {
                this.type_param_default(Self::expression)?;
                return Ok(Some(()));
            }
            Ok(None)
        })
    }

    fn type_param_default(&mut self, value: fn(&mut Self) -> Rule<Node<'a>>) -> Rule {
        self.opt(|this| {
            if this.eat(TokenKind::Equal)? && value(this)?.is_some() {
                return this.since_version(13, "Type parameter defaults are");
            }
            Ok(None)
        })
    }

    fn invalid_type_param(&mut self, stars: TokenKind, what: &str) -> Rule {
        if self.eat(stars)?
            && self.name()?.is_some()
            && let Some(colon) = self.tok(TokenKind::Colon)?
            && let Some(bound) = self.expression()?
        {
            let kind = if matches!(bound.kind, ExprKind::Tuple { .. }) { "constraints" } else { "bound" };
            return self.raise_from(colon.loc, format!("cannot use {kind} with {what}"));
        }
        Ok(None)
    }
}
