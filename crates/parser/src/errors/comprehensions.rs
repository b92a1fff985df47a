//! Comprehensions and generator expressions.

use taipan_ast::{Comprehension, ExprKind};

use super::engine::{Diagnosis, Node, Rule};
use super::raise::Targets;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

/// The clauses of a comprehension, as far as errors mention them.
pub(super) struct Clauses<'a> {
    /// What the last thing of the last clause is: its last condition, or what it loops over.
    pub last: Node<'a>,
    /// The target of the last clause.
    pub target: Node<'a>,
}

const NO_CLAUSES: &[Comprehension<'static>] = &[];

impl<'a> Diagnosis<'a, '_> {
    pub fn listcomp(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(start) = self.tok(TokenKind::LSqb)?
            && let Some(elt) = self.named_expression()?
            && self.for_if_clauses()?.is_some()
            && self.eat(TokenKind::RSqb)?
        {
            return Ok(Some(self.node(start, ExprKind::ListComp { elt, generators: NO_CLAUSES })));
        }
        self.pos = mark;
        self.invalid_comprehension_here()
    }

    pub fn setcomp(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(start) = self.tok(TokenKind::LBrace)?
            && let Some(elt) = self.named_expression()?
            && self.for_if_clauses()?.is_some()
            && self.eat(TokenKind::RBrace)?
        {
            return Ok(Some(self.node(start, ExprKind::SetComp { elt, generators: NO_CLAUSES })));
        }
        self.pos = mark;
        self.invalid_comprehension_here()
    }

    pub fn genexp(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(start) = self.tok(TokenKind::LPar)?
            && let Some(elt) = self.assignment_or_expression()?
            && self.for_if_clauses()?.is_some()
            && self.eat(TokenKind::RPar)?
        {
            return Ok(Some(self.node(start, ExprKind::GeneratorExp { elt, generators: NO_CLAUSES })));
        }
        self.pos = mark;
        self.invalid_comprehension_here()
    }

    pub fn dictcomp(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(start) = self.tok(TokenKind::LBrace)?
            && let Some((key, value)) = self.kvpair()?
            && self.for_if_clauses()?.is_some()
            && self.eat(TokenKind::RBrace)?
        {
            return Ok(Some(self.node(start, ExprKind::DictComp { key, value, generators: NO_CLAUSES })));
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_dict_comprehension()?;
        }
        Ok(None)
    }

    fn invalid_comprehension_here(&mut self) -> Rule<Node<'a>> {
        if self.invalid {
            self.invalid_comprehension()?;
        }
        Ok(None)
    }

    fn invalid_comprehension(&mut self) -> Rule {
        let mark = self.pos;
        if self.open_bracket(&[TokenKind::LSqb, TokenKind::LPar, TokenKind::LBrace])?
            && let Some(value) = self.starred_expression()?
            && self.for_if_clauses()?.is_some()
        {
            return self.raise_at(value.loc, "iterable unpacking cannot be used in comprehension");
        }
        let msg = "did you forget parentheses around the comprehension target?";
        self.pos = mark;
        if self.open_bracket(&[TokenKind::LSqb, TokenKind::LBrace])?
            && let Some(first) = self.star_named_expression()?
            && self.eat(TokenKind::Comma)?
            && let Some(rest) = self.star_named_expressions()?
            && self.for_if_clauses()?.is_some()
        {
            let last = rest.last().copied().unwrap_or(first);
            return self.raise_at(first.loc.to(last.loc), msg);
        }
        self.pos = mark;
        if self.open_bracket(&[TokenKind::LSqb, TokenKind::LBrace])?
            && let Some(first) = self.star_named_expression()?
            && let Some(comma) = self.tok(TokenKind::Comma)?
            && self.for_if_clauses()?.is_some()
        {
            return self.raise_at(first.loc.to(comma.loc), msg);
        }
        Ok(None)
    }

    fn invalid_dict_comprehension(&mut self) -> Rule {
        if self.eat(TokenKind::LBrace)?
            && let Some(stars) = self.tok(TokenKind::DoubleStar)?
            && self.bitwise_or()?.is_some()
            && self.for_if_clauses()?.is_some()
            && self.eat(TokenKind::RBrace)?
        {
            return self.raise_at(stars.loc, "dict unpacking cannot be used in dict comprehension");
        }
        Ok(None)
    }

    pub fn for_if_clauses(&mut self) -> Rule<Clauses<'a>> {
        Ok(self.some(Self::for_if_clause)?.and_then(|mut clauses| clauses.pop()))
    }

    fn for_if_clause(&mut self) -> Rule<Clauses<'a>> {
        let mark = self.pos;
        for is_async in [true, false] {
            if is_async && !self.eat_kw(Keyword::Async)? {
                continue;
            }
            if self.eat_kw(Keyword::For)?
                && let Some(target) = self.star_targets()?
                && self.eat_kw(Keyword::In)?
            {
                // After `in` there is no other reading.
                let Some(iter) = self.disjunction()? else { return Ok(None) };
                let ifs =
                    self.many(|this| if this.eat_kw(Keyword::If)? { this.disjunction() } else { Ok(None) })?;
                if is_async {
                    self.since_version(6, "Async comprehensions are")?;
                }
                return Ok(Some(Clauses { last: ifs.last().copied().unwrap_or(iter), target }));
            }
            self.pos = mark;
        }
        if self.invalid {
            self.invalid_for_if_clause()?;
            self.pos = mark;
            self.invalid_for_target()?;
        }
        Ok(None)
    }

    fn invalid_for_if_clause(&mut self) -> Rule {
        self.eat_kw(Keyword::Async)?;
        if self.eat_kw(Keyword::For)? && self.bitwise_or()?.is_some() {
            self.many(|this| if this.eat(TokenKind::Comma)? { this.bitwise_or() } else { Ok(None) })?;
            self.eat(TokenKind::Comma)?;
            if !self.at_kw(Keyword::In)? {
                return self.raise("'in' expected after for-loop variables");
            }
        }
        Ok(None)
    }

    pub fn invalid_for_target(&mut self) -> Rule {
        self.eat_kw(Keyword::Async)?;
        if self.eat_kw(Keyword::For)?
            && let Some(targets) = self.star_expressions()?
        {
            return self.raise_invalid_target(Targets::For, targets);
        }
        Ok(None)
    }
}
