//! `match` statements and patterns.

use taipan_ast::{Constant, ExprKind, Location};

use super::engine::{Diagnosis, Memo, Node, Raised, Rule};
use super::raise::describe;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

/// What cannot follow a name that is to be bound, or a dotted name that is a value.
const NOT_AFTER_NAME: &[TokenKind] = &[TokenKind::Dot, TokenKind::LPar, TokenKind::Equal];

impl<'a> Diagnosis<'a, '_> {
    pub fn match_stmt(&mut self) -> Rule {
        let mark = self.pos;
        let matched = self.soft("match")?.is_some()
            && self.subject_expr()?.is_some()
            && self.eat(TokenKind::Colon)?
            && self.eat(TokenKind::Newline)?
            && self.eat(TokenKind::Indent)?
            && self.deeper(3, |this| this.some(Self::case_block))?.is_some()
            && self.eat(TokenKind::Dedent)?;
        if matched {
            return self.since_version(10, "Pattern matching is");
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_match_stmt()?;
        }
        Ok(None)
    }

    fn invalid_match_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.soft("match")?.is_some() && self.subject_expr()?.is_some() && self.eat(TokenKind::Newline)? {
            return self.raise("expected ':'");
        }
        self.pos = mark;
        if let Some(head) = self.soft("match")?
            && self.subject_expr()?.is_some()
        {
            self.invalid_unindented("'match' statement", head)?;
        }
        Ok(None)
    }

    fn subject_expr(&mut self) -> Rule {
        let mark = self.pos;
        if self.star_named_expression()?.is_some() && self.eat(TokenKind::Comma)? {
            self.opt(Self::star_named_expressions)?;
            return Ok(Some(()));
        }
        self.pos = mark;
        Ok(self.named_expression()?.map(|_| ()))
    }

    fn case_block(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if self.head_of_case()?.is_some() && self.eat(TokenKind::Newline)? {
                return self.raise("expected ':'");
            }
            self.pos = mark;
            let head = self.peek()?;
            if self.head_of_case()?.is_some() {
                self.invalid_unindented("'case' statement", head)?;
            }
            self.pos = mark;
        }
        if self.head_of_case()?.is_some() && self.eat(TokenKind::Colon)? { self.block() } else { Ok(None) }
    }

    /// `case`, its patterns and its guard.
    fn head_of_case(&mut self) -> Rule {
        if self.soft("case")?.is_none() || self.patterns()?.is_none() {
            return Ok(None);
        }
        self.opt(|this| if this.eat_kw(Keyword::If)? { this.named_expression() } else { Ok(None) })?;
        Ok(Some(()))
    }

    fn patterns(&mut self) -> Rule {
        let mark = self.pos;
        if self.open_sequence_pattern()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        self.pattern()
    }

    fn pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.as_pattern()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        self.or_pattern()
    }

    fn as_pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.or_pattern()?.is_some() && self.eat_kw(Keyword::As)? && self.capture_target()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_as_pattern()?;
        }
        Ok(None)
    }

    fn invalid_as_pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.or_pattern()?.is_some()
            && self.eat_kw(Keyword::As)?
            && let Some(wildcard) = self.soft("_")?
        {
            return self.raise_at(wildcard.loc, "cannot use '_' as a target");
        }
        self.pos = mark;
        if self.or_pattern()?.is_some()
            && self.eat_kw(Keyword::As)?
            && let Some(target) = self.expression()?
        {
            return self.raise_at(target.loc, format!("cannot use {} as pattern target", describe(target)));
        }
        Ok(None)
    }

    fn or_pattern(&mut self) -> Rule {
        Ok(self.gather(TokenKind::VBar, Self::closed_pattern)?.map(|_| ()))
    }

    fn closed_pattern(&mut self) -> Rule {
        self.remember_unit(Memo::ClosedPattern, |this| {
            let mark = this.pos;
            for rule in [
                Self::literal_pattern,
                Self::capture_target,
                Self::wildcard_pattern,
                Self::value_pattern,
                Self::group_pattern,
                Self::sequence_pattern,
                Self::mapping_pattern,
                Self::class_pattern,
            ] {
                if this.deeper(3, rule)?.is_some() {
                    return Ok(Some(()));
                }
                this.pos = mark;
            }
            Ok(None)
        })
    }

    fn literal_pattern(&mut self) -> Rule {
        Ok(self.literal_expr()?.map(|_| ()))
    }

    fn literal_expr(&mut self) -> Rule {
        let mark = self.pos;
        if self.signed_number()?.is_some() && !self.at_any(&[TokenKind::Plus, TokenKind::Minus])? {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.complex_number()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        let tok = self.peek()?;
        if matches!(tok.kind, TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart) {
            return Ok(self.strings()?.map(|_| ()));
        }
        let found = matches!(tok.keyword, Keyword::None | Keyword::True | Keyword::False);
        self.pos += usize::from(found);
        Ok(found.then_some(()))
    }

    fn signed_number(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(number) = self.number()? {
            return Ok(Some(number));
        }
        self.pos = mark;
        if self.eat(TokenKind::Minus)? { self.number() } else { Ok(None) }
    }

    fn complex_number(&mut self) -> Rule {
        let mark = self.pos;
        for sign in [TokenKind::Plus, TokenKind::Minus] {
            self.pos = mark;
            if let Some(real) = self.signed_number()? {
                if is_imaginary(real) {
                    return self.raise_at(real.loc, "real number required in complex literal");
                }
                if self.eat(sign)?
                    && let Some(imaginary) = self.number()?
                {
                    if !is_imaginary(imaginary) {
                        return self.raise_at(imaginary.loc, "imaginary number required in complex literal");
                    }
                    return Ok(Some(()));
                }
            }
        }
        Ok(None)
    }

    /// A name that is bound; not `_`.
    fn capture_target(&mut self) -> Rule {
        let tok = self.peek()?;
        if tok.is_name() && self.buffer.text(&tok) == "_" {
            return Ok(None);
        }
        if self.name()?.is_some() && !self.at_any(NOT_AFTER_NAME)? {
            return Ok(Some(()));
        }
        Ok(None)
    }

    fn wildcard_pattern(&mut self) -> Rule {
        Ok(self.soft("_")?.map(|_| ()))
    }

    /// A name, or names with dots; gives how many.
    fn dotted(&mut self) -> Rule<usize> {
        if self.name()?.is_none() {
            return Ok(None);
        }
        let more = self.many(|this| if this.eat(TokenKind::Dot)? { this.name() } else { Ok(None) })?;
        Ok(Some(1 + more.len()))
    }

    fn value_pattern(&mut self) -> Rule {
        let matched = self.dotted()?.is_some_and(|names| names > 1) && !self.at_any(NOT_AFTER_NAME)?;
        Ok(matched.then_some(()))
    }

    fn group_pattern(&mut self) -> Rule {
        let matched = self.eat(TokenKind::LPar)? && self.pattern()?.is_some() && self.eat(TokenKind::RPar)?;
        Ok(matched.then_some(()))
    }

    fn sequence_pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::LSqb)? {
            self.opt(Self::maybe_sequence_pattern)?;
            if self.eat(TokenKind::RSqb)? {
                return Ok(Some(()));
            }
        }
        self.pos = mark;
        if self.eat(TokenKind::LPar)? {
            self.opt(Self::open_sequence_pattern)?;
            return Ok(self.tok(TokenKind::RPar)?.map(|_| ()));
        }
        Ok(None)
    }

    fn open_sequence_pattern(&mut self) -> Rule {
        if self.maybe_star_pattern()?.is_some() && self.eat(TokenKind::Comma)? {
            self.opt(Self::maybe_sequence_pattern)?;
            return Ok(Some(()));
        }
        Ok(None)
    }

    fn maybe_sequence_pattern(&mut self) -> Rule {
        if self.gather(TokenKind::Comma, Self::maybe_star_pattern)?.is_none() {
            return Ok(None);
        }
        self.eat(TokenKind::Comma)?;
        Ok(Some(()))
    }

    fn maybe_star_pattern(&mut self) -> Rule {
        let mark = self.pos;
        for rule in [Self::capture_target, Self::wildcard_pattern] {
            self.pos = mark;
            if self.eat(TokenKind::Star)? && rule(self)?.is_some() {
                return Ok(Some(()));
            }
        }
        self.pos = mark;
        self.pattern()
    }

    fn mapping_pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::LBrace)? && self.eat(TokenKind::RBrace)? {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)? && self.double_star_pattern()?.is_some() && self.end_of_mapping()? {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)?
            && self.items_pattern()?.is_some()
            && self.eat(TokenKind::Comma)?
            && self.double_star_pattern()?.is_some()
            && self.end_of_mapping()?
        {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)? && self.items_pattern()?.is_some() && self.end_of_mapping()? {
            return Ok(Some(()));
        }
        Ok(None)
    }

    fn end_of_mapping(&mut self) -> Result<bool, Raised> {
        self.eat(TokenKind::Comma)?;
        self.eat(TokenKind::RBrace)
    }

    fn double_star_pattern(&mut self) -> Rule {
        if self.eat(TokenKind::DoubleStar)? { self.capture_target() } else { Ok(None) }
    }

    fn items_pattern(&mut self) -> Rule {
        let items = self.gather(TokenKind::Comma, |this| {
            let mark = this.pos;
            let mut key = this.literal_expr()?.is_some();
            if !key {
                this.pos = mark;
                key = this.dotted()?.is_some_and(|names| names > 1);
            }
            if key && this.eat(TokenKind::Colon)? { this.pattern() } else { Ok(None) }
        })?;
        Ok(items.map(|_| ()))
    }

    fn class_pattern(&mut self) -> Rule {
        let mark = self.pos;
        if self.dotted()?.is_some() && self.eat(TokenKind::LPar)? {
            let inner = self.pos;
            if self.eat(TokenKind::RPar)? {
                return Ok(Some(()));
            }
            if self.gather(TokenKind::Comma, Self::positional)?.is_some() && self.end_of_class_pattern()? {
                return Ok(Some(()));
            }
            self.pos = inner;
            if self.gather(TokenKind::Comma, Self::keyword_pattern)?.is_some()
                && self.end_of_class_pattern()?
            {
                return Ok(Some(()));
            }
            self.pos = inner;
            if self.gather(TokenKind::Comma, Self::positional)?.is_some()
                && self.eat(TokenKind::Comma)?
                && self.gather(TokenKind::Comma, Self::keyword_pattern)?.is_some()
                && self.end_of_class_pattern()?
            {
                return Ok(Some(()));
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_class_pattern()?;
        }
        Ok(None)
    }

    fn end_of_class_pattern(&mut self) -> Result<bool, Raised> {
        self.eat(TokenKind::Comma)?;
        self.eat(TokenKind::RPar)
    }

    /// A pattern, of which the place is kept.
    fn positional(&mut self) -> Rule<Location> {
        let start = self.peek()?;
        if self.pattern()?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.since(start.loc)))
    }

    fn keyword_pattern(&mut self) -> Rule {
        if self.name()?.is_some() && self.eat(TokenKind::Equal)? { self.pattern() } else { Ok(None) }
    }

    fn invalid_class_pattern(&mut self) -> Rule {
        if self.dotted()?.is_none() || !self.eat(TokenKind::LPar)? {
            return Ok(None);
        }
        self.opt(|this| {
            if this.gather(TokenKind::Comma, Self::positional)?.is_none() {
                return Ok(None);
            }
            this.tok(TokenKind::Comma)
        })?;
        if self.gather(TokenKind::Comma, Self::keyword_pattern)?.is_some()
            && self.eat(TokenKind::Comma)?
            && let Some(late) = self.gather(TokenKind::Comma, Self::positional)?
            && let (Some(first), Some(last)) = (late.first(), late.last())
        {
            return self.raise_at(first.to(*last), "positional patterns follow keyword patterns");
        }
        Ok(None)
    }
}

fn is_imaginary(node: Node<'_>) -> bool {
    matches!(node.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
}
