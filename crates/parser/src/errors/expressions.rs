//! Expressions, from the comma down to the primaries.

use taipan_ast::{Arguments, BoolOp, CmpOp, Constant, Expr, ExprContext, ExprKind, Operator, UnaryOp};

use super::engine::{Diagnosis, Memo, Node, Rule};
use super::raise::describe;
use crate::grammar::buffer::Tok;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

/// Stands for the parameters of a lambda: nothing is asked about them.
static NO_ARGUMENTS: Arguments<'static> = Arguments {
    posonlyargs: &[],
    args: &[],
    vararg: None,
    kwonlyargs: &[],
    kw_defaults: &[],
    kwarg: None,
    defaults: &[],
};

/// A left-associative level of binary operators: how its operands are read and which operators it has.
struct Level {
    memo: Memo,
    operators: &'static [(TokenKind, Operator)],
}

const BITWISE_OR: Level = Level { memo: Memo::BitwiseOr, operators: &[(TokenKind::VBar, Operator::BitOr)] };
const BITWISE_XOR: Level =
    Level { memo: Memo::BitwiseXor, operators: &[(TokenKind::Circumflex, Operator::BitXor)] };
const BITWISE_AND: Level =
    Level { memo: Memo::BitwiseAnd, operators: &[(TokenKind::Amper, Operator::BitAnd)] };
const SHIFT: Level = Level {
    memo: Memo::ShiftExpr,
    operators: &[(TokenKind::LeftShift, Operator::LShift), (TokenKind::RightShift, Operator::RShift)],
};
const SUM: Level = Level {
    memo: Memo::Sum,
    operators: &[(TokenKind::Plus, Operator::Add), (TokenKind::Minus, Operator::Sub)],
};
const TERM: Level = Level {
    memo: Memo::Term,
    operators: &[
        (TokenKind::Star, Operator::Mult),
        (TokenKind::Slash, Operator::Div),
        (TokenKind::DoubleSlash, Operator::FloorDiv),
        (TokenKind::Percent, Operator::Mod),
        (TokenKind::At, Operator::MatMult),
    ],
};

impl<'a> Diagnosis<'a, '_> {
    /// Elements with commas between: a tuple if there is a comma.
    fn maybe_tuple(&mut self, element: fn(&mut Self) -> Rule<Node<'a>>) -> Rule<Node<'a>> {
        let start = self.peek()?;
        let Some(first) = element(self)? else { return Ok(None) };
        let more = self.many(|this| if this.eat(TokenKind::Comma)? { element(this) } else { Ok(None) })?;
        if more.is_empty() && !self.at(TokenKind::Comma)? {
            return Ok(Some(first));
        }
        self.eat(TokenKind::Comma)?;
        let mut elts = vec![first];
        elts.extend(more);
        let elts = self.nodes(&elts);
        Ok(Some(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load })))
    }

    pub fn expressions(&mut self) -> Rule<Node<'a>> {
        self.maybe_tuple(Self::expression)
    }

    pub fn star_expressions(&mut self) -> Rule<Node<'a>> {
        self.maybe_tuple(Self::star_expression)
    }

    /// `*` and a value.
    pub fn starred(&mut self, value: impl FnOnce(&mut Self) -> Rule<Node<'a>>) -> Rule<Node<'a>> {
        let Some(start) = self.tok(TokenKind::Star)? else { return Ok(None) };
        let Some(value) = value(self)? else { return Ok(None) };
        Ok(Some(self.node(start, ExprKind::Starred { value, ctx: ExprContext::Load })))
    }

    pub fn star_expression(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::StarExpression, |this| {
            let mark = this.pos;
            if let Some(starred) = this.starred(Self::bitwise_or)? {
                return Ok(Some(starred));
            }
            this.pos = mark;
            this.expression()
        })
    }

    pub fn star_named_expression(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(starred) = self.starred(Self::bitwise_or)? {
            return Ok(Some(starred));
        }
        self.pos = mark;
        self.named_expression()
    }

    pub fn star_named_expressions(&mut self) -> Rule<Vec<Node<'a>>> {
        let Some(elts) = self.gather(TokenKind::Comma, Self::star_named_expression)? else { return Ok(None) };
        self.eat(TokenKind::Comma)?;
        Ok(Some(elts))
    }

    pub fn annotated_rhs(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(value) = self.yield_expr()? {
            return Ok(Some(value));
        }
        self.pos = mark;
        self.star_expressions()
    }

    pub fn yield_expr(&mut self) -> Rule<Node<'a>> {
        let Some(start) = self.kw(Keyword::Yield)? else { return Ok(None) };
        let mark = self.pos;
        if self.eat_kw(Keyword::From)?
            && let Some(value) = self.expression()?
        {
            return Ok(Some(self.node(start, ExprKind::YieldFrom { value })));
        }
        self.pos = mark;
        let value = self.opt(Self::star_expressions)?;
        Ok(Some(self.node(start, ExprKind::Yield { value })))
    }

    pub fn assignment_expression(&mut self) -> Rule<Node<'a>> {
        let start = self.peek()?;
        if let Some(target) = self.name()?
            && self.eat(TokenKind::ColonEqual)?
            && let Some(value) = self.expression()?
        {
            self.since_version(8, "Assignment expressions are")?;
            return Ok(Some(self.node(start, ExprKind::NamedExpr { target, value })));
        }
        Ok(None)
    }

    pub fn named_expression(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(value) = self.assignment_expression()? {
            return Ok(Some(value));
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_named_expression()?;
            self.pos = mark;
        }
        self.expression_before_walrus()
    }

    /// An expression that `:=` does not follow.
    fn expression_before_walrus(&mut self) -> Rule<Node<'a>> {
        let Some(value) = self.expression()? else { return Ok(None) };
        Ok(if self.at(TokenKind::ColonEqual)? { None } else { Some(value) })
    }

    /// The element of a generator expression, or an argument.
    pub fn assignment_or_expression(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(value) = self.assignment_expression()? {
            return Ok(Some(value));
        }
        self.pos = mark;
        self.expression_before_walrus()
    }

    fn invalid_named_expression(&mut self) -> Rule {
        self.remember_unit(Memo::InvalidNamedExpression, |this| {
            let mark = this.pos;
            if let Some(target) = this.expression()?
                && this.eat(TokenKind::ColonEqual)?
                && this.expression()?.is_some()
            {
                let msg = format!("cannot use assignment expressions with {}", describe(target));
                return this.raise_at(target.loc, msg);
            }
            this.pos = mark;
            if let Some(name) = this.name()?
                && this.eat(TokenKind::Equal)?
                && let Some(value) = this.bitwise_or()?
                && !this.at_any(&[TokenKind::Equal, TokenKind::ColonEqual])?
            {
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                return this.raise_at(name.loc.to(value.loc), msg);
            }
            this.pos = mark;
            if !this.ahead(Self::not_comparable)?
                && let Some(target) = this.bitwise_or()?
                && this.eat(TokenKind::Equal)?
                && this.bitwise_or()?.is_some()
                && !this.at_any(&[TokenKind::Equal, TokenKind::ColonEqual])?
            {
                let what = describe(target);
                let msg = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                return this.raise_at(target.loc, msg);
            }
            Ok(None)
        })
    }

    /// What is not taken for the left side of a comparison with too few `=`.
    fn not_comparable(&mut self) -> Rule {
        let mark = self.pos;
        for rule in [Self::list, Self::tuple, Self::genexp] {
            if rule(self)?.is_some() {
                return Ok(Some(()));
            }
            self.pos = mark;
        }
        let keyword = self.peek()?.keyword;
        Ok(matches!(keyword, Keyword::True | Keyword::None | Keyword::False).then_some(()))
    }

    pub fn expression(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::Expression, |this| {
            let mark = this.pos;
            if this.invalid {
                this.invalid_expression()?;
                this.pos = mark;
                this.invalid_legacy_expression()?;
                this.pos = mark;
            }
            this.plain_expression()
        })
    }

    /// An expression as the language has it.
    fn plain_expression(&mut self) -> Rule<Node<'a>> {
        let start = self.peek()?;
        let mark = self.pos;
        if let Some(body) = self.disjunction()?
            && self.eat_kw(Keyword::If)?
            && let Some(test) = self.disjunction()?
            && self.eat_kw(Keyword::Else)?
            && let Some(orelse) = self.expression()?
        {
            return Ok(Some(self.node(start, ExprKind::IfExp { test, body, orelse })));
        }
        self.pos = mark;
        if let Some(value) = self.disjunction()? {
            return Ok(Some(value));
        }
        self.pos = mark;
        self.lambdef()
    }

    fn lambdef(&mut self) -> Rule<Node<'a>> {
        if let Some(start) = self.kw(Keyword::Lambda)? {
            self.opt(Self::lambda_params)?;
            if self.eat(TokenKind::Colon)?
                && let Some(body) = self.deeper(1, Self::expression)?
            {
                return Ok(Some(self.node(start, ExprKind::Lambda { args: &NO_ARGUMENTS, body })));
            }
        }
        Ok(None)
    }

    fn invalid_expression(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::String)?
            && let Some(inside) = self.some(|this| {
                if this.at(TokenKind::String)? {
                    Ok(None)
                } else {
                    this.without_invalid(Self::plain_expression)
                }
            })?
            && self.eat(TokenKind::String)?
            && let (Some(first), Some(last)) = (inside.first(), inside.last())
        {
            let msg = "invalid syntax. Is this intended to be part of the string?";
            return self.raise_at(first.loc.to(last.loc), msg);
        }
        self.pos = mark;
        if !self.ahead(Self::odd_string_prefix)?
            && let Some(left) = self.disjunction()?
            && let Some(right) = self.without_invalid(Self::plain_expression)?
        {
            if is_legacy_statement(left) || self.previous().level == 0 {
                return Ok(None);
            }
            return self.raise_at(left.loc.to(right.loc), "invalid syntax. Perhaps you forgot a comma?");
        }
        self.pos = mark;
        if let Some(body) = self.disjunction()?
            && self.eat_kw(Keyword::If)?
            && let Some(test) = self.disjunction()?
            && !self.at_kw(Keyword::Else)?
            && !self.at(TokenKind::Colon)?
        {
            return self.raise_at(body.loc.to(test.loc), "expected 'else' after 'if' expression");
        }
        self.pos = mark;
        if self.disjunction()?.is_some()
            && self.eat_kw(Keyword::If)?
            && self.disjunction()?.is_some()
            && self.eat_kw(Keyword::Else)?
            && !self.ahead(Self::expression)?
        {
            return self.raise_on_next("expected expression after 'else', but statement is given");
        }
        self.pos = mark;
        if let Some(statement) = self.word_statement()?
            && self.eat_kw(Keyword::If)?
            && self.disjunction()?.is_some()
            && self.eat_kw(Keyword::Else)?
            && self.simple_stmt()?.is_some()
        {
            return self.raise_at(statement.loc, "expected expression before 'if', but statement is given");
        }
        for (middle, letter) in [(TokenKind::FStringMiddle, 'f'), (TokenKind::TStringMiddle, 't')] {
            self.pos = mark;
            if let Some(start) = self.kw(Keyword::Lambda)? {
                self.opt(Self::lambda_params)?;
                if let Some(colon) = self.tok(TokenKind::Colon)?
                    && self.at(middle)?
                {
                    let msg =
                        format!("{letter}-string: lambda expressions are not allowed without parentheses");
                    return self.raise_at(start.loc.to(colon.loc), msg);
                }
            }
        }
        Ok(None)
    }

    /// A string after a name may be a string with an unknown prefix; a soft keyword may start a statement.
    fn odd_string_prefix(&mut self) -> Rule {
        let tok = self.peek()?;
        if !tok.is_name() {
            return Ok(None);
        }
        self.pos += 1;
        if self.at(TokenKind::String)? || matches!(self.buffer.text(&tok), "_" | "case" | "match" | "type") {
            return Ok(Some(()));
        }
        Ok(None)
    }

    /// A statement that is one word.
    fn word_statement(&mut self) -> Rule<Tok> {
        for keyword in [Keyword::Pass, Keyword::Break, Keyword::Continue] {
            if let Some(tok) = self.kw(keyword)? {
                return Ok(Some(tok));
            }
        }
        Ok(None)
    }

    fn invalid_legacy_expression(&mut self) -> Rule {
        if let Some(name) = self.name()?
            && !self.at(TokenKind::LPar)?
            && let Some(values) = self.star_expressions()?
            && is_legacy_statement(name)
            && let ExprKind::Name { id, .. } = name.kind
        {
            let msg = format!("Missing parentheses in call to '{id}'. Did you mean {id}(...)?");
            return self.raise_at(name.loc.to(values.loc), msg);
        }
        Ok(None)
    }

    pub fn disjunction(&mut self) -> Rule<Node<'a>> {
        self.boolean(Memo::Disjunction, Keyword::Or, BoolOp::Or, Self::conjunction)
    }

    fn conjunction(&mut self) -> Rule<Node<'a>> {
        self.boolean(Memo::Conjunction, Keyword::And, BoolOp::And, Self::inversion)
    }

    fn boolean(
        &mut self,
        memo: Memo,
        keyword: Keyword,
        op: BoolOp,
        operand: fn(&mut Self) -> Rule<Node<'a>>,
    ) -> Rule<Node<'a>> {
        self.remember(memo, |this| {
            let start = this.peek()?;
            let Some(first) = operand(this)? else { return Ok(None) };
            let more = this.many(|this| if this.eat_kw(keyword)? { operand(this) } else { Ok(None) })?;
            if more.is_empty() {
                return Ok(Some(first));
            }
            Ok(Some(this.node(start, ExprKind::BoolOp { op, values: &[] })))
        })
    }

    pub fn inversion(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::Inversion, |this| {
            let mark = this.pos;
            if let Some(start) = this.kw(Keyword::Not)?
                && let Some(operand) = this.inversion()?
            {
                return Ok(Some(this.node(start, ExprKind::UnaryOp { op: UnaryOp::Not, operand })));
            }
            this.pos = mark;
            this.comparison()
        })
    }

    fn comparison(&mut self) -> Rule<Node<'a>> {
        let start = self.peek()?;
        let Some(left) = self.bitwise_or()? else { return Ok(None) };
        let mut ops = Vec::new();
        self.many(|this| {
            let Some(op) = this.comparison_operator()? else { return Ok(None) };
            let Some(right) = this.bitwise_or()? else { return Ok(None) };
            ops.push(op);
            Ok(Some(right))
        })?;
        if ops.is_empty() {
            return Ok(Some(left));
        }
        let ops = self.arena.slice(&ops);
        Ok(Some(self.node(start, ExprKind::Compare { left, ops, comparators: &[] })))
    }

    fn comparison_operator(&mut self) -> Rule<CmpOp> {
        let tok = self.peek()?;
        let op = match tok.kind {
            TokenKind::EqEqual => CmpOp::Eq,
            TokenKind::NotEqual => {
                if self.flufl && self.buffer.text(&tok) == "!=" {
                    return self.raise("with Barry as BDFL, use '<>' instead of '!='");
                }
                CmpOp::NotEq
            }
            TokenKind::Less if self.invalid => {
                self.pos += 1;
                let next = self.peek()?;
                if next.kind == TokenKind::Greater && next.start == tok.end {
                    let msg = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
                    return self.raise_at(tok.loc.to(next.loc), msg);
                }
                return Ok(Some(CmpOp::Lt));
            }
            TokenKind::LessEqual => CmpOp::LtE,
            TokenKind::Less => CmpOp::Lt,
            TokenKind::GreaterEqual => CmpOp::GtE,
            TokenKind::Greater => CmpOp::Gt,
            _ => match tok.keyword {
                Keyword::Not => {
                    self.pos += 1;
                    return Ok(self.eat_kw(Keyword::In)?.then_some(CmpOp::NotIn));
                }
                Keyword::In => CmpOp::In,
                Keyword::Is => {
                    self.pos += 1;
                    return Ok(Some(if self.eat_kw(Keyword::Not)? { CmpOp::IsNot } else { CmpOp::Is }));
                }
                _ => return Ok(None),
            },
        };
        self.pos += 1;
        Ok(Some(op))
    }

    pub fn bitwise_or(&mut self) -> Rule<Node<'a>> {
        self.level(&BITWISE_OR, Self::bitwise_xor)
    }

    fn bitwise_xor(&mut self) -> Rule<Node<'a>> {
        self.level(&BITWISE_XOR, Self::bitwise_and)
    }

    fn bitwise_and(&mut self) -> Rule<Node<'a>> {
        self.level(&BITWISE_AND, Self::shift)
    }

    fn shift(&mut self) -> Rule<Node<'a>> {
        self.level(&SHIFT, Self::sum)
    }

    fn sum(&mut self) -> Rule<Node<'a>> {
        self.level(&SUM, Self::term)
    }

    fn term(&mut self) -> Rule<Node<'a>> {
        self.level(&TERM, Self::factor)
    }

    fn level(&mut self, level: &Level, operand: fn(&mut Self) -> Rule<Node<'a>>) -> Rule<Node<'a>> {
        self.remember(level.memo, |this| {
            let start = this.peek()?;
            let Some(mut left) = operand(this)? else { return Ok(None) };
            loop {
                let mark = this.pos;
                let kind = this.peek()?.kind;
                if let Some(&(_, op)) = level.operators.iter().find(|(operator, _)| *operator == kind) {
                    this.pos += 1;
                    if let Some(right) = operand(this)? {
                        if op == Operator::MatMult {
                            this.since_version(5, "The '@' operator is")?;
                        }
                        left = this.node(start, ExprKind::BinOp { left, op, right });
                        continue;
                    }
                }
                this.pos = mark;
                if this.invalid && matches!(level.memo, Memo::Term | Memo::Sum) {
                    this.invalid_arithmetic(kind)?;
                    this.pos = mark;
                }
                return Ok(Some(left));
            }
        })
    }

    /// `not` after an operator; the left operand has been read.
    fn invalid_arithmetic(&mut self, operator: TokenKind) -> Rule {
        let is_arithmetic = SUM.operators.iter().chain(TERM.operators).any(|(kind, _)| *kind == operator);
        if is_arithmetic && self.eat(operator)? {
            return self.invalid_not(Self::inversion);
        }
        Ok(None)
    }

    fn invalid_not(&mut self, operand: fn(&mut Self) -> Rule<Node<'a>>) -> Rule {
        if let Some(not) = self.kw(Keyword::Not)?
            && let Some(operand) = operand(self)?
        {
            return self.raise_at(not.loc.to(operand.loc), "'not' after an operator must be parenthesized");
        }
        Ok(None)
    }

    pub fn factor(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::Factor, |this| {
            let mark = this.pos;
            let start = this.peek()?;
            let op = match start.kind {
                TokenKind::Plus => UnaryOp::UAdd,
                TokenKind::Minus => UnaryOp::USub,
                TokenKind::Tilde => UnaryOp::Invert,
                _ => return this.power(),
            };
            this.pos += 1;
            if let Some(operand) = this.factor()? {
                return Ok(Some(this.node(start, ExprKind::UnaryOp { op, operand })));
            }
            if this.invalid {
                this.pos = mark + 1;
                this.invalid_not(Self::factor)?;
            }
            Ok(None)
        })
    }

    fn power(&mut self) -> Rule<Node<'a>> {
        let start = self.peek()?;
        let Some(left) = self.await_primary()? else { return Ok(None) };
        let mark = self.pos;
        if self.eat(TokenKind::DoubleStar)?
            && let Some(right) = self.deeper(1, Self::factor)?
        {
            return Ok(Some(self.node(start, ExprKind::BinOp { left, op: Operator::Pow, right })));
        }
        self.pos = mark;
        Ok(Some(left))
    }

    fn await_primary(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::AwaitPrimary, |this| {
            let mark = this.pos;
            if let Some(start) = this.kw(Keyword::Await)?
                && let Some(value) = this.primary()?
            {
                this.since_version(5, "Await expressions are")?;
                return Ok(Some(this.node(start, ExprKind::Await { value })));
            }
            this.pos = mark;
            this.primary()
        })
    }

    /// A constant of a keyword or number.
    pub fn constant(&self, tok: Tok, value: Constant<'a>) -> Node<'a> {
        self.arena.alloc(Expr { kind: ExprKind::Constant { value, kind: None }, loc: tok.loc })
    }
}

/// `print` and `exec`, which were statements once.
fn is_legacy_statement(node: &Expr<'_>) -> bool {
    matches!(node.kind, ExprKind::Name { id: "print" | "exec", .. })
}
