//! Parameters of functions and lambdas.

use taipan_ast::Location;

use super::engine::{Diagnosis, Raised, Rule};
use crate::tokens::TokenKind;

/// What differs between the parameters of a function and those of a lambda.
#[derive(Clone, Copy)]
pub(super) struct Style {
    close: TokenKind,
    is_lambda: bool,
}

pub(super) const FUNCTION: Style = Style { close: TokenKind::RPar, is_lambda: false };
pub(super) const LAMBDA: Style = Style { close: TokenKind::Colon, is_lambda: true };

/// Whether a parameter has a default value.
#[derive(Clone, Copy, PartialEq)]
enum Default {
    No,
    Yes,
    Maybe,
}

impl<'a> Diagnosis<'a, '_> {
    pub fn lambda_params(&mut self) -> Rule {
        self.params(LAMBDA)
    }

    pub fn params(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_parameters(style)?;
            self.pos = mark;
        }
        self.parameters(style)
    }

    fn parameters(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.slash_no_default(style)?.is_some() {
            self.many(|this| this.param_with(style, Default::No))?;
            self.many(|this| this.param_with(style, Default::Yes))?;
            self.opt(|this| this.star_etc(style))?;
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.slash_with_default(style)?.is_some() {
            self.many(|this| this.param_with(style, Default::Yes))?;
            self.opt(|this| this.star_etc(style))?;
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.some(|this| this.param_with(style, Default::No))?.is_some() {
            self.many(|this| this.param_with(style, Default::Yes))?;
            self.opt(|this| this.star_etc(style))?;
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.some(|this| this.param_with(style, Default::Yes))?.is_some() {
            self.opt(|this| this.star_etc(style))?;
            return Ok(Some(()));
        }
        self.pos = mark;
        self.star_etc(style)
    }

    fn slash_no_default(&mut self, style: Style) -> Rule {
        if self.some(|this| this.param_with(style, Default::No))?.is_some() {
            return self.slash(style);
        }
        Ok(None)
    }

    fn slash_with_default(&mut self, style: Style) -> Rule {
        self.many(|this| this.param_with(style, Default::No))?;
        if self.some(|this| this.param_with(style, Default::Yes))?.is_some() {
            return self.slash(style);
        }
        Ok(None)
    }

    /// `/` and a comma, or the end in sight.
    fn slash(&mut self, style: Style) -> Rule {
        if self.eat(TokenKind::Slash)? && (self.eat(TokenKind::Comma)? || self.at(style.close)?) {
            return self.since_version(8, "Positional-only parameters are");
        }
        Ok(None)
    }

    fn star_etc(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_star_etc(style)?;
            self.pos = mark;
        }
        if self.eat(TokenKind::Star)? && self.param_with(style, Default::No)?.is_some() {
            return self.rest_of_star_etc(style);
        }
        if !style.is_lambda {
            self.pos = mark;
            if self.eat(TokenKind::Star)? && self.param_no_default_star_annotation()?.is_some() {
                return self.rest_of_star_etc(style);
            }
        }
        self.pos = mark;
        if self.eat(TokenKind::Star)?
            && self.eat(TokenKind::Comma)?
            && self.some(|this| this.param_with(style, Default::Maybe))?.is_some()
        {
            self.opt(|this| this.kwds(style))?;
            return Ok(Some(()));
        }
        self.pos = mark;
        self.kwds(style)
    }

    fn rest_of_star_etc(&mut self, style: Style) -> Rule {
        self.many(|this| this.param_with(style, Default::Maybe))?;
        self.opt(|this| this.kwds(style))?;
        Ok(Some(()))
    }

    fn kwds(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_kwds(style)?;
            self.pos = mark;
        }
        if self.eat(TokenKind::DoubleStar)? && self.param_with(style, Default::No)?.is_some() {
            return Ok(Some(()));
        }
        Ok(None)
    }

    /// A parameter up to its comma, or up to the end in sight.
    fn param_with(&mut self, style: Style, default: Default) -> Rule<Location> {
        let mark = self.pos;
        for comma in [true, false] {
            self.pos = mark;
            let Some(param) = self.param(style)? else { return Ok(None) };
            match default {
                Default::No => {}
                Default::Yes if self.default()?.is_none() => return Ok(None),
                Default::Yes => {}
                Default::Maybe => {
                    self.opt(|this| this.default())?;
                }
            }
            if self.end_of_param(style, comma)? {
                return Ok(Some(param));
            }
        }
        Ok(None)
    }

    fn end_of_param(&mut self, style: Style, comma: bool) -> Result<bool, Raised> {
        if comma && !self.eat(TokenKind::Comma)? {
            return Ok(false);
        }
        if !style.is_lambda {
            self.eat(TokenKind::TypeComment)?;
        }
        Ok(comma || self.at(style.close)?)
    }

    /// `args: *Ts` after the star.
    fn param_no_default_star_annotation(&mut self) -> Rule {
        let mark = self.pos;
        for comma in [true, false] {
            self.pos = mark;
            if self.name()?.is_none() || !self.eat(TokenKind::Colon)? || self.star_expression()?.is_none() {
                return Ok(None);
            }
            if self.end_of_param(FUNCTION, comma)? {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    fn param(&mut self, style: Style) -> Rule<Location> {
        let start = self.peek()?;
        if self.name()?.is_none() {
            return Ok(None);
        }
        if !style.is_lambda {
            self.opt(|this| if this.eat(TokenKind::Colon)? { this.expression() } else { Ok(None) })?;
        }
        Ok(Some(self.since(start.loc)))
    }

    fn default(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::Equal)? && self.expression()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid
            && let Some(equal) = self.tok(TokenKind::Equal)?
            && self.at_any(&[TokenKind::RPar, TokenKind::Comma])?
        {
            return self.raise_at(equal.loc, "expected default value expression");
        }
        Ok(None)
    }

    fn any_slash(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.slash_no_default(style)?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        self.slash_with_default(style)
    }

    fn invalid_parameters(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if let Some(slash) = self.tok(TokenKind::Slash)?
            && self.eat(TokenKind::Comma)?
        {
            return self.raise_at(slash.loc, "at least one argument must precede /");
        }
        self.pos = mark;
        if self.any_slash(style)?.is_some() {
            self.many(|this| this.param_with(style, Default::Maybe))?;
            if let Some(slash) = self.tok(TokenKind::Slash)? {
                return self.raise_at(slash.loc, "/ may appear only once");
            }
        }
        self.pos = mark;
        self.opt(|this| this.slash_no_default(style))?;
        self.many(|this| this.param_with(style, Default::No))?;
        if self.invalid_parameters_helper(style)?.is_some()
            && let Some(param) = self.param_with(style, Default::No)?
        {
            return self.raise_at(param, "parameter without a default follows parameter with a default");
        }
        self.pos = mark;
        self.invalid_parenthesised(style)?;
        self.pos = mark;
        self.opt(|this| this.any_slash(style))?;
        self.many(|this| this.param_with(style, Default::Maybe))?;
        if self.eat(TokenKind::Star)?
            && (self.eat(TokenKind::Comma)? || self.param_with(style, Default::No)?.is_some())
        {
            self.many(|this| this.param_with(style, Default::Maybe))?;
            if let Some(slash) = self.tok(TokenKind::Slash)? {
                return self.raise_at(slash.loc, "/ must be ahead of *");
            }
        }
        self.pos = mark;
        if self.some(|this| this.param_with(style, Default::Maybe))?.is_some()
            && self.eat(TokenKind::Slash)?
            && let Some(star) = self.tok(TokenKind::Star)?
        {
            return self.raise_at(star.loc, "expected comma between / and *");
        }
        Ok(None)
    }

    fn invalid_parameters_helper(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.slash_with_default(style)?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        Ok(self.some(|this| this.param_with(style, Default::Yes))?.map(|_| ()))
    }

    fn invalid_parenthesised(&mut self, style: Style) -> Rule {
        self.many(|this| this.param_with(style, Default::No))?;
        let Some(open) = self.tok(TokenKind::LPar)? else { return Ok(None) };
        let (inner, what) = if style.is_lambda {
            (self.gather(TokenKind::Comma, |this| this.param(style))?, "Lambda expression")
        } else {
            (self.some(|this| this.param_with(style, Default::No))?, "Function")
        };
        if inner.is_some() {
            self.eat(TokenKind::Comma)?;
            if let Some(close) = self.tok(TokenKind::RPar)? {
                return self
                    .raise_at(open.loc.to(close.loc), format!("{what} parameters cannot be parenthesized"));
            }
        }
        Ok(None)
    }

    fn invalid_star_etc(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if let Some(star) = self.tok(TokenKind::Star)?
            && (self.eat(style.close)?
                || self.eat(TokenKind::Comma)? && self.at_any(&[style.close, TokenKind::DoubleStar])?)
        {
            let msg = "named arguments must follow bare *";
            return if style.is_lambda { self.raise(msg) } else { self.raise_at(star.loc, msg) };
        }
        self.pos = mark;
        if !style.is_lambda
            && self.eat(TokenKind::Star)?
            && self.eat(TokenKind::Comma)?
            && self.eat(TokenKind::TypeComment)?
        {
            return self.raise("bare * has associated type comment");
        }
        self.pos = mark;
        if self.eat(TokenKind::Star)?
            && self.param(style)?.is_some()
            && let Some(equal) = self.tok(TokenKind::Equal)?
        {
            return self.raise_at(equal.loc, "var-positional argument cannot have default value");
        }
        self.pos = mark;
        if self.eat(TokenKind::Star)? && self.param_or_comma(style)?.is_some() {
            self.many(|this| this.param_with(style, Default::Maybe))?;
            if let Some(star) = self.tok(TokenKind::Star)?
                && self.param_or_comma(style)?.is_some()
            {
                return self.raise_at(star.loc, "* argument may appear only once");
            }
        }
        Ok(None)
    }

    fn param_or_comma(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.param_with(style, Default::No)?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        Ok(self.tok(TokenKind::Comma)?.map(|_| ()))
    }

    fn invalid_kwds(&mut self, style: Style) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::DoubleStar)?
            && self.param(style)?.is_some()
            && let Some(equal) = self.tok(TokenKind::Equal)?
        {
            return self.raise_at(equal.loc, "var-keyword argument cannot have default value");
        }
        let msg = "arguments cannot follow var-keyword argument";
        self.pos = mark;
        if self.eat(TokenKind::DoubleStar)?
            && self.param(style)?.is_some()
            && self.eat(TokenKind::Comma)?
            && let Some(param) = self.param(style)?
        {
            return self.raise_at(param, msg);
        }
        self.pos = mark;
        if self.eat(TokenKind::DoubleStar)? && self.param(style)?.is_some() && self.eat(TokenKind::Comma)? {
            let tok = self.peek()?;
            if matches!(tok.kind, TokenKind::Star | TokenKind::DoubleStar | TokenKind::Slash) {
                return self.raise_at(tok.loc, msg);
            }
        }
        Ok(None)
    }
}
