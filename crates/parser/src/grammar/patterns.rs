//! Patterns of `case` (PEP 634).

use taipan_ast::{Constant, Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

impl<'a> Parser<'a, '_> {
    /// What may follow `case`: a pattern, or several that make a sequence.
    pub(super) fn patterns(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.current.loc;
        let first = self.maybe_star_pattern()?;
        if !self.at(TokenKind::Comma) {
            return if matches!(first.kind, PatternKind::MatchStar { .. }) {
                Err(Refused)
            } else {
                Ok(first)
            };
        }
        let mut patterns = vec![first];
        while self.eat(TokenKind::Comma)? && !self.at(TokenKind::Colon) && !self.at_keyword(Keyword::If) {
            patterns.push(self.maybe_star_pattern()?);
        }
        let kind = PatternKind::MatchSequence { patterns: self.arena.slice(&patterns) };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn maybe_star_pattern(&mut self) -> Parsed<Pattern<'a>> {
        if !self.at(TokenKind::Star) {
            return self.pattern();
        }
        let start = self.bump()?.loc;
        let name = self.capture_or_wildcard()?;
        Ok(Pattern { kind: PatternKind::MatchStar { name }, loc: self.since(start) })
    }

    /// A name that can be bound, or nothing for `_`.
    fn capture_or_wildcard(&mut self) -> Parsed<Option<&'a str>> {
        let (name, _) = self.name()?;
        if matches!(self.current.kind, TokenKind::Dot | TokenKind::LPar | TokenKind::Equal) && name != "_" {
            return Err(Refused);
        }
        Ok((name != "_").then_some(name))
    }

    /// A name that can be bound and is not `_`.
    fn capture_target(&mut self) -> Parsed<&'a str> {
        self.capture_or_wildcard()?.ok_or(Refused)
    }

    /// `a | b as c`
    fn pattern(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.current.loc;
        let pattern = self.or_pattern()?;
        if !self.eat_keyword(Keyword::As)? {
            return Ok(pattern);
        }
        let name = self.capture_target()?;
        let kind = PatternKind::MatchAs { pattern: Some(self.arena.alloc(pattern)), name: Some(name) };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn or_pattern(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.current.loc;
        let first = self.closed_pattern()?;
        if !self.at(TokenKind::VBar) {
            return Ok(first);
        }
        let mut patterns = vec![first];
        while self.eat(TokenKind::VBar)? {
            patterns.push(self.closed_pattern()?);
        }
        let kind = PatternKind::MatchOr { patterns: self.arena.slice(&patterns) };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn closed_pattern(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.current.loc;
        let kind = match self.current.kind {
            TokenKind::LPar => return self.bracketed(Self::group_or_sequence),
            TokenKind::LSqb => return self.bracketed(Self::bracket_sequence),
            TokenKind::LBrace => return self.bracketed(Self::mapping_pattern),
            TokenKind::Name => match self.current.keyword {
                Keyword::None => self.singleton(Constant::None)?,
                Keyword::True => self.singleton(Constant::Bool(true))?,
                Keyword::False => self.singleton(Constant::Bool(false))?,
                Keyword::No => return self.name_pattern(),
                _ => return Err(Refused),
            },
            _ => {
                let value = self.literal_expr()?;
                PatternKind::MatchValue { value: self.arena.alloc(value) }
            }
        };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn singleton(&mut self, value: Constant<'a>) -> Parsed<PatternKind<'a>> {
        self.bump()?;
        Ok(PatternKind::MatchSingleton { value })
    }

    /// A number, signed or complex, or a string.
    fn literal_expr(&mut self) -> Parsed<Expr<'a>> {
        if matches!(self.current.kind, TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart)
        {
            return self.strings();
        }
        let start = self.current.loc;
        let mut value = self.signed_number()?;
        let op = match self.current.kind {
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            _ => return Ok(value),
        };
        if is_imaginary(&value) {
            return Err(Refused);
        }
        self.bump()?;
        let right = self.number_token()?;
        if !is_imaginary(&right) {
            return Err(Refused);
        }
        let kind = ExprKind::BinOp { left: self.arena.alloc(value), op, right: self.arena.alloc(right) };
        value = Expr { kind, loc: self.since(start) };
        Ok(value)
    }

    fn number_token(&mut self) -> Parsed<Expr<'a>> {
        if self.at(TokenKind::Number) { self.number() } else { Err(Refused) }
    }

    fn signed_number(&mut self) -> Parsed<Expr<'a>> {
        if !self.at(TokenKind::Minus) {
            return self.number_token();
        }
        let start = self.bump()?.loc;
        let operand = self.number_token()?;
        let kind = ExprKind::UnaryOp { op: UnaryOp::USub, operand: self.arena.alloc(operand) };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// A capture, `_`, a dotted value, or a class.
    fn name_pattern(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.current.loc;
        let mut value = self.name_expr()?;
        let ExprKind::Name { id, .. } = value.kind else { return Err(Refused) };
        // `_` is the wildcard whatever follows it.
        if id == "_" || !self.at(TokenKind::Dot) && !self.at(TokenKind::LPar) {
            if self.at(TokenKind::Equal) && id != "_" {
                return Err(Refused);
            }
            let kind = PatternKind::MatchAs { pattern: None, name: (id != "_").then_some(id) };
            return Ok(Pattern { kind, loc: self.since(start) });
        }
        while self.at(TokenKind::Dot) {
            value = self.attribute(start, value)?;
        }
        if self.at(TokenKind::LPar) {
            return self.bracketed(|parser| parser.class_pattern(value));
        }
        if self.at(TokenKind::Equal) {
            return Err(Refused);
        }
        Ok(Pattern {
            kind: PatternKind::MatchValue { value: self.arena.alloc(value) },
            loc: self.since(start),
        })
    }

    fn group_or_sequence(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.expect(TokenKind::LPar)?.loc;
        let mut patterns = Vec::new();
        if !self.at(TokenKind::RPar) {
            let first = self.maybe_star_pattern()?;
            if !self.at(TokenKind::Comma) {
                self.expect(TokenKind::RPar)?;
                return if matches!(first.kind, PatternKind::MatchStar { .. }) {
                    Err(Refused)
                } else {
                    Ok(first)
                };
            }
            patterns.push(first);
            self.rest_of_patterns(&mut patterns, TokenKind::RPar)?;
        }
        self.expect(TokenKind::RPar)?;
        let kind = PatternKind::MatchSequence { patterns: self.arena.slice(&patterns) };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn bracket_sequence(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.expect(TokenKind::LSqb)?.loc;
        let mut patterns = Vec::new();
        if !self.at(TokenKind::RSqb) {
            patterns.push(self.maybe_star_pattern()?);
            self.rest_of_patterns(&mut patterns, TokenKind::RSqb)?;
        }
        self.expect(TokenKind::RSqb)?;
        let kind = PatternKind::MatchSequence { patterns: self.arena.slice(&patterns) };
        Ok(Pattern { kind, loc: self.since(start) })
    }

    fn rest_of_patterns(&mut self, patterns: &mut Vec<Pattern<'a>>, close: TokenKind) -> Parsed<()> {
        while self.eat(TokenKind::Comma)? && !self.at(close) {
            patterns.push(self.maybe_star_pattern()?);
        }
        Ok(())
    }

    fn mapping_pattern(&mut self) -> Parsed<Pattern<'a>> {
        let start = self.expect(TokenKind::LBrace)?.loc;
        let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
        while !self.at(TokenKind::RBrace) {
            if self.eat(TokenKind::DoubleStar)? {
                rest = Some(self.capture_target()?);
                self.eat(TokenKind::Comma)?;
                break;
            }
            keys.push(self.mapping_key()?);
            self.expect(TokenKind::Colon)?;
            patterns.push(self.pattern()?);
            if !self.eat(TokenKind::Comma)? {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        let (keys, patterns) = (self.arena.slice(&keys), self.arena.slice(&patterns));
        Ok(Pattern { kind: PatternKind::MatchMapping { keys, patterns, rest }, loc: self.since(start) })
    }

    /// A literal or a dotted name.
    fn mapping_key(&mut self) -> Parsed<Expr<'a>> {
        let value = match self.current.keyword {
            Keyword::None => Constant::None,
            Keyword::True => Constant::Bool(true),
            Keyword::False => Constant::Bool(false),
            _ if !self.current.is_name() => return self.literal_expr(),
            _ => {
                let mut value = self.name_expr()?;
                if !self.at(TokenKind::Dot) {
                    return Err(Refused);
                }
                while self.at(TokenKind::Dot) {
                    value = self.attribute(value.loc, value)?;
                }
                return Ok(value);
            }
        };
        let loc = self.bump()?.loc;
        Ok(super::atoms::constant(value, loc))
    }

    fn class_pattern(&mut self, cls: Expr<'a>) -> Parsed<Pattern<'a>> {
        self.expect(TokenKind::LPar)?;
        let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
        while !self.at(TokenKind::RPar) {
            if self.current.is_name() && self.next()?.kind == TokenKind::Equal {
                kwd_attrs.push(self.name()?.0);
                self.bump()?;
                kwd_patterns.push(self.pattern()?);
            } else if kwd_attrs.is_empty() {
                patterns.push(self.pattern()?);
            } else {
                return Err(Refused);
            }
            if !self.eat(TokenKind::Comma)? {
                break;
            }
        }
        self.expect(TokenKind::RPar)?;
        let loc = self.since(cls.loc);
        let kind = PatternKind::MatchClass {
            cls: self.arena.alloc(cls),
            patterns: self.arena.slice(&patterns),
            kwd_attrs: self.arena.slice(&kwd_attrs),
            kwd_patterns: self.arena.slice(&kwd_patterns),
        };
        Ok(Pattern { kind, loc })
    }
}

fn is_imaginary(value: &Expr<'_>) -> bool {
    matches!(value.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
}
