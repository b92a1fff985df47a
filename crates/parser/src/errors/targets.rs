//! Targets of assignments, loops, `with` and `del`.

use taipan_ast::{ExprContext, ExprKind};

use super::engine::{Diagnosis, Memo, Node, Raised, Rule};
use crate::tokens::TokenKind;

impl<'a> Diagnosis<'a, '_> {
    pub fn star_targets(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        let start = self.peek()?;
        if let Some(target) = self.star_target()?
            && !self.at(TokenKind::Comma)?
        {
            return Ok(Some(target));
        }
        self.pos = mark;
        let Some(elts) = self.gather_targets()? else { return Ok(None) };
        let elts = self.nodes(&elts);
        Ok(Some(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Store })))
    }

    /// Targets with commas between and maybe one after.
    fn gather_targets(&mut self) -> Rule<Vec<Node<'a>>> {
        let Some(elts) = self.gather(TokenKind::Comma, Self::star_target)? else { return Ok(None) };
        self.eat(TokenKind::Comma)?;
        Ok(Some(elts))
    }

    /// Two targets or more, or one with a comma.
    fn tuple_targets(&mut self) -> Rule<Vec<Node<'a>>> {
        let mark = self.pos;
        if let Some(first) = self.star_target()? {
            let more =
                self.many(|this| if this.eat(TokenKind::Comma)? { this.star_target() } else { Ok(None) })?;
            let comma = self.eat(TokenKind::Comma)?;
            if comma || !more.is_empty() {
                let mut elts = vec![first];
                elts.extend(more);
                return Ok(Some(elts));
            }
        }
        self.pos = mark;
        Ok(None)
    }

    pub fn star_target(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::StarTarget, |this| {
            let mark = this.pos;
            let starred =
                this.starred(|this| if this.at(TokenKind::Star)? { Ok(None) } else { this.star_target() })?;
            if starred.is_some() {
                return Ok(starred);
            }
            this.pos = mark;
            this.target_with_star_atom()
        })
    }

    fn target_with_star_atom(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::TargetWithStarAtom, |this| {
            let mark = this.pos;
            if let Some(target) = this.attribute_or_subscript()? {
                return Ok(Some(target));
            }
            this.pos = mark;
            this.star_atom()
        })
    }

    /// `a.b` or `a[b]`, with nothing of the kind after it.
    fn attribute_or_subscript(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        let start = self.peek()?;
        for rule in [Self::attribute, Self::subscript] {
            if let Some(value) = self.t_primary()?
                && let Some(kind) = rule(self, value)?
                && !self.t_lookahead()?
            {
                return Ok(Some(self.node(start, kind)));
            }
            self.pos = mark;
        }
        Ok(None)
    }

    fn t_lookahead(&mut self) -> Result<bool, Raised> {
        self.at_any(&[TokenKind::LPar, TokenKind::LSqb, TokenKind::Dot])
    }

    /// A primary that more is attached to.
    fn t_primary(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::TPrimary, |this| {
            let start = this.peek()?;
            let Some(mut value) = this.atom()? else { return Ok(None) };
            if !this.t_lookahead()? {
                return Ok(None);
            }
            loop {
                let mark = this.pos;
                let kind = match this.peek()?.kind {
                    TokenKind::Dot => this.attribute(value)?,
                    TokenKind::LSqb => this.subscript(value)?,
                    TokenKind::LPar => this.call(value)?,
                    _ => None,
                };
                // `t_lookahead` lets no brace come this far.
                if kind.is_none() && this.buffer.tokens[mark].kind == TokenKind::LSqb {
                    this.pos = mark;
                    this.generator_in_odd_brackets()?;
                }
                match kind {
                    Some(kind) if this.t_lookahead()? => value = this.node(start, kind),
                    _ => {
                        this.pos = mark;
                        return Ok(Some(value));
                    }
                }
            }
        })
    }

    fn star_atom(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(name) = self.name()? {
            return Ok(Some(name));
        }
        let start = self.peek()?;
        if self.eat(TokenKind::LPar)?
            && let Some(target) = self.target_with_star_atom()?
            && self.eat(TokenKind::RPar)?
        {
            return Ok(Some(target));
        }
        self.pos = mark;
        if self.eat(TokenKind::LPar)? {
            let elts = self.opt(Self::tuple_targets)?.unwrap_or_default();
            if self.eat(TokenKind::RPar)? {
                let elts = self.nodes(&elts);
                return Ok(Some(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Store })));
            }
        }
        self.pos = mark;
        if self.eat(TokenKind::LSqb)? {
            let elts = self.opt(Self::gather_targets)?.unwrap_or_default();
            if self.eat(TokenKind::RSqb)? {
                let elts = self.nodes(&elts);
                return Ok(Some(self.node(start, ExprKind::List { elts, ctx: ExprContext::Store })));
            }
        }
        Ok(None)
    }

    pub fn single_target(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(target) = self.attribute_or_subscript()? {
            return Ok(Some(target));
        }
        self.pos = mark;
        if let Some(name) = self.name()? {
            return Ok(Some(name));
        }
        self.parenthesised_single_target()
    }

    fn parenthesised_single_target(&mut self) -> Rule<Node<'a>> {
        if self.eat(TokenKind::LPar)?
            && let Some(target) = self.single_target()?
            && self.eat(TokenKind::RPar)?
        {
            return Ok(Some(target));
        }
        Ok(None)
    }

    /// What an annotation may follow, beside a bare name.
    pub fn annotated_target(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(target) = self.parenthesised_single_target()? {
            return Ok(Some(target));
        }
        self.pos = mark;
        self.attribute_or_subscript()
    }

    pub fn del_targets(&mut self) -> Rule {
        if self.gather(TokenKind::Comma, Self::del_target)?.is_none() {
            return Ok(None);
        }
        self.eat(TokenKind::Comma)?;
        Ok(Some(()))
    }

    fn del_target(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::DelTarget, |this| {
            let mark = this.pos;
            if let Some(target) = this.attribute_or_subscript()? {
                return Ok(Some(target));
            }
            this.pos = mark;
            this.del_atom()
        })
    }

    fn del_atom(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(name) = self.name()? {
            return Ok(Some(name));
        }
        let start = self.peek()?;
        if self.eat(TokenKind::LPar)?
            && let Some(target) = self.del_target()?
            && self.eat(TokenKind::RPar)?
        {
            return Ok(Some(target));
        }
        for (open, close) in [(TokenKind::LPar, TokenKind::RPar), (TokenKind::LSqb, TokenKind::RSqb)] {
            self.pos = mark;
            if self.eat(open)? {
                self.opt(Self::del_targets)?;
                if self.eat(close)? {
                    return Ok(Some(self.node(start, ExprKind::Tuple { elts: &[], ctx: ExprContext::Del })));
                }
            }
        }
        Ok(None)
    }
}
