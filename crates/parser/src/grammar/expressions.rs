//! Expressions, from the comma down to the operators.
//!
//! Binary operators are read by precedence climbing; a left operand never costs recursion, and neither does a chain of
//! prefix operators or of conditional expressions.

use taipan_ast::{BoolOp, CmpOp, Expr, ExprContext, ExprKind, Location, Operator, UnaryOp};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

/// An operator's place: the binding power of a binary operator, 1 for `|` up to 6 for `*`.
fn binary_operator(kind: TokenKind) -> Option<(u8, Operator)> {
    Some(match kind {
        TokenKind::VBar => (1, Operator::BitOr),
        TokenKind::Circumflex => (2, Operator::BitXor),
        TokenKind::Amper => (3, Operator::BitAnd),
        TokenKind::LeftShift => (4, Operator::LShift),
        TokenKind::RightShift => (4, Operator::RShift),
        TokenKind::Plus => (5, Operator::Add),
        TokenKind::Minus => (5, Operator::Sub),
        TokenKind::Star => (6, Operator::Mult),
        TokenKind::Slash => (6, Operator::Div),
        TokenKind::DoubleSlash => (6, Operator::FloorDiv),
        TokenKind::Percent => (6, Operator::Mod),
        TokenKind::At => (6, Operator::MatMult),
        _ => return None,
    })
}

impl<'a> Parser<'a, '_> {
    /// Whether the current token can start an expression.
    pub(super) fn starts_expression(&self) -> bool {
        match self.current.kind {
            TokenKind::Name => matches!(
                self.current.keyword,
                Keyword::No
                    | Keyword::False
                    | Keyword::None
                    | Keyword::True
                    | Keyword::Await
                    | Keyword::Lambda
                    | Keyword::Not
            ),
            kind => matches!(
                kind,
                TokenKind::Number
                    | TokenKind::String
                    | TokenKind::FStringStart
                    | TokenKind::TStringStart
                    | TokenKind::LPar
                    | TokenKind::LSqb
                    | TokenKind::LBrace
                    | TokenKind::Plus
                    | TokenKind::Minus
                    | TokenKind::Tilde
                    | TokenKind::Ellipsis
            ),
        }
    }

    pub(super) fn starts_star_expression(&self) -> bool {
        self.at(TokenKind::Star) || self.starts_expression()
    }

    /// One `element`, or a tuple of them without parentheses.
    fn maybe_tuple(
        &mut self,
        element: fn(&mut Self) -> Parsed<Expr<'a>>,
        starts: fn(&Self) -> bool,
    ) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let first = element(self)?;
        if !self.at(TokenKind::Comma) {
            return Ok(first);
        }
        let mut elts = vec![first];
        while self.eat(TokenKind::Comma)? && starts(self) {
            elts.push(element(self)?);
        }
        let kind = ExprKind::Tuple { elts: self.arena.slice(&elts), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// `a`, `a, b`: no stars.
    pub(super) fn expressions(&mut self) -> Parsed<Expr<'a>> {
        self.maybe_tuple(Self::expression, Self::starts_expression)
    }

    /// `a`, `a, *b`: what a statement may consist of.
    pub(super) fn star_expressions(&mut self) -> Parsed<Expr<'a>> {
        self.maybe_tuple(Self::star_expression, Self::starts_star_expression)
    }

    /// `*a`, where a node is wanted.
    fn starred(&mut self, value: fn(&mut Self) -> Parsed<Expr<'a>>) -> Parsed<Expr<'a>> {
        let start = self.expect(TokenKind::Star)?.loc;
        let value = value(self)?;
        let kind = ExprKind::Starred { value: self.arena.alloc(value), ctx: ExprContext::Load };
        Ok(Expr { kind, loc: self.since(start) })
    }

    pub(super) fn star_expression(&mut self) -> Parsed<Expr<'a>> {
        if self.at(TokenKind::Star) { self.starred(Self::bitwise_or) } else { self.expression() }
    }

    /// An element of a display: `*a`, `a := b`, `a`.
    pub(super) fn star_named_expression(&mut self) -> Parsed<Expr<'a>> {
        if self.at(TokenKind::Star) { self.starred(Self::bitwise_or) } else { self.named_expression() }
    }

    /// `*a` in a call or a subscript, where any expression may follow the star.
    pub(super) fn starred_expression(&mut self) -> Parsed<Expr<'a>> {
        self.starred(Self::expression)
    }

    /// What stands right of `=`, and between the braces of an f-string.
    pub(super) fn annotated_rhs(&mut self) -> Parsed<Expr<'a>> {
        if self.at_keyword(Keyword::Yield) { self.yield_expr() } else { self.star_expressions() }
    }

    pub(super) fn yield_expr(&mut self) -> Parsed<Expr<'a>> {
        let start = self.expect_keyword(Keyword::Yield)?.loc;
        let kind = if self.eat_keyword(Keyword::From)? {
            let value = self.expression()?;
            ExprKind::YieldFrom { value: self.arena.alloc(value) }
        } else if self.starts_star_expression() {
            let value = self.star_expressions()?;
            ExprKind::Yield { value: Some(self.arena.alloc(value)) }
        } else {
            ExprKind::Yield { value: None }
        };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// `a := b` or an expression.
    pub(super) fn named_expression(&mut self) -> Parsed<Expr<'a>> {
        if self.current.is_name() && self.next()?.kind == TokenKind::ColonEqual {
            let (id, start) = self.name()?;
            self.bump()?;
            self.since_version(8)?;
            let value = self.expression()?;
            let target = Expr { kind: ExprKind::Name { id, ctx: ExprContext::Store }, loc: start };
            let kind =
                ExprKind::NamedExpr { target: self.arena.alloc(target), value: self.arena.alloc(value) };
            return Ok(Expr { kind, loc: self.since(start) });
        }
        let value = self.expression()?;
        if self.at(TokenKind::ColonEqual) { Err(Refused) } else { Ok(value) }
    }

    /// `a if b else c`, a lambda, or anything that binds tighter.
    pub(super) fn expression(&mut self) -> Parsed<Expr<'a>> {
        if self.at_keyword(Keyword::Lambda) {
            return self.lambda();
        }
        let start = self.current.loc;
        let body = self.disjunction()?;
        if !self.at_keyword(Keyword::If) {
            return Ok(body);
        }
        // The chain after `else` is folded from the right.
        self.enter(1)?;
        let mut chain = vec![(start, body, self.conditional()?)];
        let mut last = loop {
            if self.at_keyword(Keyword::Lambda) {
                break self.lambda()?;
            }
            let start = self.current.loc;
            let body = self.disjunction()?;
            if !self.at_keyword(Keyword::If) {
                break body;
            }
            self.enter(1)?;
            chain.push((start, body, self.conditional()?));
        };
        self.leave(chain.len() as u32);
        while let Some((start, body, test)) = chain.pop() {
            let kind = ExprKind::IfExp {
                test: self.arena.alloc(test),
                body: self.arena.alloc(body),
                orelse: self.arena.alloc(last),
            };
            last = Expr { kind, loc: self.since(start) };
        }
        Ok(last)
    }

    /// `if test else`, after the body.
    fn conditional(&mut self) -> Parsed<Expr<'a>> {
        self.expect_keyword(Keyword::If)?;
        let test = self.disjunction()?;
        self.expect_keyword(Keyword::Else)?;
        Ok(test)
    }

    fn lambda(&mut self) -> Parsed<Expr<'a>> {
        self.enter(2)?;
        let start = self.expect_keyword(Keyword::Lambda)?.loc;
        let args = self.lambda_parameters()?;
        self.expect(TokenKind::Colon)?;
        let body = self.expression()?;
        self.leave(2);
        let kind = ExprKind::Lambda { args: self.arena.alloc(args), body: self.arena.alloc(body) };
        Ok(Expr { kind, loc: self.since(start) })
    }

    pub(super) fn disjunction(&mut self) -> Parsed<Expr<'a>> {
        self.boolean(Keyword::Or, BoolOp::Or, Self::conjunction)
    }

    fn conjunction(&mut self) -> Parsed<Expr<'a>> {
        self.boolean(Keyword::And, BoolOp::And, Self::inversion)
    }

    #[inline]
    fn boolean(
        &mut self,
        keyword: Keyword,
        op: BoolOp,
        operand: fn(&mut Self) -> Parsed<Expr<'a>>,
    ) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let first = operand(self)?;
        if !self.at_keyword(keyword) {
            return Ok(first);
        }
        let mut values = vec![first];
        while self.eat_keyword(keyword)? {
            values.push(operand(self)?);
        }
        Ok(Expr { kind: ExprKind::BoolOp { op, values: self.arena.slice(&values) }, loc: self.since(start) })
    }

    fn inversion(&mut self) -> Parsed<Expr<'a>> {
        if !self.at_keyword(Keyword::Not) {
            return self.comparison();
        }
        let mut starts = Vec::new();
        while self.at_keyword(Keyword::Not) {
            starts.push((UnaryOp::Not, self.bump()?.loc));
            self.enter(1)?;
        }
        let operand = self.comparison()?;
        Ok(self.prefixed(starts, operand))
    }

    /// Wraps an operand into the prefix operators before it, the last of them first.
    fn prefixed(&mut self, operators: Vec<(UnaryOp, Location)>, operand: Expr<'a>) -> Expr<'a> {
        self.leave(operators.len() as u32);
        operators.into_iter().rev().fold(operand, |operand, (op, start)| {
            let kind = ExprKind::UnaryOp { op, operand: self.arena.alloc(operand) };
            Expr { kind, loc: self.since(start) }
        })
    }

    fn comparison(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let left = self.bitwise_or()?;
        let Some(first) = self.comparison_operator()? else { return Ok(left) };
        let mut ops = vec![first];
        let mut comparators = vec![self.bitwise_or()?];
        while let Some(op) = self.comparison_operator()? {
            ops.push(op);
            comparators.push(self.bitwise_or()?);
        }
        let kind = ExprKind::Compare {
            left: self.arena.alloc(left),
            ops: self.arena.slice(&ops),
            comparators: self.arena.slice(&comparators),
        };
        Ok(Expr { kind, loc: self.since(start) })
    }

    /// Consumes a comparison operator, if there is one.
    fn comparison_operator(&mut self) -> Parsed<Option<CmpOp>> {
        let op = match self.current.kind {
            TokenKind::EqEqual => CmpOp::Eq,
            TokenKind::NotEqual => {
                if self.flufl && self.buffer.text(&self.current) == "!=" {
                    return Err(Refused);
                }
                CmpOp::NotEq
            }
            TokenKind::Less => CmpOp::Lt,
            TokenKind::LessEqual => CmpOp::LtE,
            TokenKind::Greater => CmpOp::Gt,
            TokenKind::GreaterEqual => CmpOp::GtE,
            TokenKind::Name => match self.current.keyword {
                Keyword::In => CmpOp::In,
                Keyword::Not => {
                    self.bump()?;
                    self.expect_keyword(Keyword::In)?;
                    return Ok(Some(CmpOp::NotIn));
                }
                Keyword::Is => {
                    self.bump()?;
                    return Ok(Some(if self.eat_keyword(Keyword::Not)? { CmpOp::IsNot } else { CmpOp::Is }));
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.bump()?;
        Ok(Some(op))
    }

    pub(super) fn bitwise_or(&mut self) -> Parsed<Expr<'a>> {
        self.binary(1)
    }

    /// Operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let mut left = self.factor()?;
        while let Some((power, op)) = binary_operator(self.current.kind) {
            if power < least {
                break;
            }
            self.bump()?;
            if op == Operator::MatMult {
                self.since_version(5)?;
            }
            let right = self.binary(power + 1)?;
            let kind = ExprKind::BinOp { left: self.arena.alloc(left), op, right: self.arena.alloc(right) };
            left = Expr { kind, loc: self.since(start) };
        }
        Ok(left)
    }

    fn factor(&mut self) -> Parsed<Expr<'a>> {
        if prefix_operator(self.current.kind).is_none() {
            return self.power();
        }
        let mut starts = Vec::new();
        while let Some(op) = prefix_operator(self.current.kind) {
            starts.push((op, self.bump()?.loc));
            self.enter(1)?;
        }
        let operand = self.power()?;
        Ok(self.prefixed(starts, operand))
    }

    fn power(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        let left = self.await_primary()?;
        if !self.eat(TokenKind::DoubleStar)? {
            return Ok(left);
        }
        self.enter(2)?;
        let right = self.factor()?;
        self.leave(2);
        let kind = ExprKind::BinOp {
            left: self.arena.alloc(left),
            op: Operator::Pow,
            right: self.arena.alloc(right),
        };
        Ok(Expr { kind, loc: self.since(start) })
    }

    fn await_primary(&mut self) -> Parsed<Expr<'a>> {
        if !self.at_keyword(Keyword::Await) {
            return self.primary();
        }
        let start = self.bump()?.loc;
        self.since_version(5)?;
        let value = self.primary()?;
        Ok(Expr { kind: ExprKind::Await { value: self.arena.alloc(value) }, loc: self.since(start) })
    }
}

fn prefix_operator(kind: TokenKind) -> Option<UnaryOp> {
    match kind {
        TokenKind::Plus => Some(UnaryOp::UAdd),
        TokenKind::Minus => Some(UnaryOp::USub),
        TokenKind::Tilde => Some(UnaryOp::Invert),
        _ => None,
    }
}
