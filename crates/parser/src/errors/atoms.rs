//! Atoms: names, literals, and what stands in brackets.

use taipan_ast::{Constant, ExprContext, ExprKind, Int};

use super::engine::{Diagnosis, Node, Raised, Rule};
use crate::grammar::keywords::Keyword;
use crate::grammar::numbers::number;
use crate::tokens::TokenKind;

/// What a pair of brackets costs of the depth: close to what it costs CPython, less what remembered rules count.
const BRACKET_DEPTH: u32 = 6;

impl<'a> Diagnosis<'a, '_> {
    pub fn atom(&mut self) -> Rule<Node<'a>> {
        let tok = self.peek()?;
        let value = match tok.kind {
            TokenKind::Name => match tok.keyword {
                Keyword::No => return self.name(),
                Keyword::True => Constant::Bool(true),
                Keyword::False => Constant::Bool(false),
                Keyword::None => Constant::None,
                _ => return Ok(None),
            },
            TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart => return self.strings(),
            TokenKind::Number => return self.number(),
            TokenKind::LPar => return self.first_of(&[Self::tuple, Self::group, Self::genexp]),
            TokenKind::LSqb => return self.first_of(&[Self::list, Self::listcomp]),
            TokenKind::LBrace => {
                return self.first_of(&[Self::dict, Self::set, Self::dictcomp, Self::setcomp]);
            }
            TokenKind::Ellipsis => Constant::Ellipsis,
            _ => return Ok(None),
        };
        self.pos += 1;
        Ok(Some(self.constant(tok, value)))
    }

    fn first_of(&mut self, rules: &[fn(&mut Self) -> Rule<Node<'a>>]) -> Rule<Node<'a>> {
        self.deeper(BRACKET_DEPTH, |this| {
            let mark = this.pos;
            for rule in rules {
                if let Some(node) = rule(this)? {
                    return Ok(Some(node));
                }
                this.pos = mark;
            }
            Ok(None)
        })
    }

    /// A number, of which it is kept whether it is imaginary.
    pub fn number(&mut self) -> Rule<Node<'a>> {
        let Some(tok) = self.tok(TokenKind::Number)? else { return Ok(None) };
        let text = self.buffer.text(&tok);
        if text.contains('_') && self.options.feature_version < 6 {
            return self
                .raise("Underscores in numeric literals are only supported in Python 3.6 and greater");
        }
        let value = match number(self.arena, text, self.options.max_int_digits) {
            Ok(value @ Constant::Complex { .. }) => value,
            Ok(_) => Constant::Int(Int::ZERO),
            Err(error) => {
                let msg = error.message(self.options.max_int_digits);
                let mut loc = tok.loc;
                (loc.col_offset, loc.end_col_offset) = (-1, -1);
                return self.raise_at(loc, msg);
            }
        };
        Ok(Some(self.constant(tok, value)))
    }

    pub fn tuple(&mut self) -> Rule<Node<'a>> {
        let Some(start) = self.tok(TokenKind::LPar)? else { return Ok(None) };
        let mut elts = Vec::new();
        let several = self.opt(|this| {
            let Some(first) = this.star_named_expression()? else { return Ok(None) };
            if !this.eat(TokenKind::Comma)? {
                return Ok(None);
            }
            elts.push(first);
            Ok(Some(this.opt(Self::star_named_expressions)?.unwrap_or_default()))
        })?;
        elts.extend(several.unwrap_or_default());
        if !self.eat(TokenKind::RPar)? {
            return Ok(None);
        }
        let elts = self.nodes(&elts);
        Ok(Some(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load })))
    }

    pub fn group(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if self.eat(TokenKind::LPar)? {
            let inner = self.pos;
            let mut value = self.yield_expr()?;
            if value.is_none() {
                self.pos = inner;
                value = self.named_expression()?;
            }
            if value.is_some() && self.eat(TokenKind::RPar)? {
                return Ok(value);
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_group()?;
        }
        Ok(None)
    }

    fn invalid_group(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::LPar)?
            && let Some(value) = self.starred_expression()?
            && self.eat(TokenKind::RPar)?
        {
            return self.raise_at(value.loc, "cannot use starred expression here");
        }
        self.pos = mark;
        if self.eat(TokenKind::LPar)?
            && let Some(stars) = self.tok(TokenKind::DoubleStar)?
            && self.expression()?.is_some()
            && self.eat(TokenKind::RPar)?
        {
            return self.raise_at(stars.loc, "cannot use double starred expression here");
        }
        Ok(None)
    }

    pub fn list(&mut self) -> Rule<Node<'a>> {
        let Some(start) = self.tok(TokenKind::LSqb)? else { return Ok(None) };
        let elts = self.opt(Self::star_named_expressions)?.unwrap_or_default();
        if !self.eat(TokenKind::RSqb)? {
            return Ok(None);
        }
        let elts = self.nodes(&elts);
        Ok(Some(self.node(start, ExprKind::List { elts, ctx: ExprContext::Load })))
    }

    fn set(&mut self) -> Rule<Node<'a>> {
        if let Some(start) = self.tok(TokenKind::LBrace)?
            && self.star_named_expressions()?.is_some()
            && self.eat(TokenKind::RBrace)?
        {
            return Ok(Some(self.node(start, ExprKind::Set { elts: &[] })));
        }
        Ok(None)
    }

    fn dict(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(start) = self.tok(TokenKind::LBrace)? {
            self.opt(Self::double_starred_kvpairs)?;
            if self.eat(TokenKind::RBrace)? {
                return Ok(Some(self.node(start, ExprKind::Dict { keys: &[], values: &[] })));
            }
        }
        // CPython looks for these mistakes in the first pass already.
        self.pos = mark;
        if self.eat(TokenKind::LBrace)? {
            self.invalid_double_starred_kvpairs()?;
        }
        Ok(None)
    }

    fn double_starred_kvpairs(&mut self) -> Rule {
        if self.gather(TokenKind::Comma, Self::double_starred_kvpair)?.is_none() {
            return Ok(None);
        }
        self.eat(TokenKind::Comma)?;
        Ok(Some(()))
    }

    fn double_starred_kvpair(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::DoubleStar)? && self.bitwise_or()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        Ok(self.kvpair()?.map(|_| ()))
    }

    /// A key and its value.
    pub fn kvpair(&mut self) -> Rule<(Node<'a>, Node<'a>)> {
        if let Some(key) = self.expression()?
            && self.eat(TokenKind::Colon)?
            && let Some(value) = self.expression()?
        {
            return Ok(Some((key, value)));
        }
        Ok(None)
    }

    fn invalid_double_starred_kvpairs(&mut self) -> Rule {
        let mark = self.pos;
        if self.gather(TokenKind::Comma, Self::double_starred_kvpair)?.is_some()
            && self.eat(TokenKind::Comma)?
        {
            self.invalid_kvpair()?;
        }
        self.pos = mark;
        self.invalid_dict_value()
    }

    /// A key without a value, or with one that is none.
    fn invalid_kvpair(&mut self) -> Rule {
        let mark = self.pos;
        if let Some(key) = self.expression()?
            && !self.at(TokenKind::Colon)?
        {
            let mut loc = key.loc;
            loc.col_offset = loc.end_col_offset - 1;
            loc.end_col_offset = -1;
            return self.raise_at(loc, "':' expected after dictionary key");
        }
        self.pos = mark;
        self.invalid_dict_value()
    }

    fn invalid_dict_value(&mut self) -> Rule {
        let mark = self.pos;
        if self.expression()?.is_some()
            && self.eat(TokenKind::Colon)?
            && let Some(star) = self.tok(TokenKind::Star)?
            && self.bitwise_or()?.is_some()
        {
            return self.raise_from(star.loc, "cannot use a starred expression in a dictionary value");
        }
        self.pos = mark;
        if self.expression()?.is_some()
            && let Some(colon) = self.tok(TokenKind::Colon)?
            && self.at_any(&[TokenKind::RBrace, TokenKind::Comma])?
        {
            return self.raise_at(colon.loc, "expression expected after dictionary key and ':'");
        }
        Ok(None)
    }

    /// A bracket that a comprehension may stand in.
    pub fn open_bracket(&mut self, kinds: &[TokenKind]) -> Result<bool, Raised> {
        let found = self.at_any(kinds)?;
        if found {
            self.pos += 1;
        }
        Ok(found)
    }
}
