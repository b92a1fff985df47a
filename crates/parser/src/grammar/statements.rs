//! Statements: which one it is, simple ones, and how they stand on lines.

use taipan_ast::{Expr, ExprKind, Location, Mod, Operator, Stmt, StmtKind};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

/// The operator of an augmented assignment.
pub(crate) fn augmented_operator(kind: TokenKind) -> Option<Operator> {
    Some(match kind {
        TokenKind::PlusEqual => Operator::Add,
        TokenKind::MinEqual => Operator::Sub,
        TokenKind::StarEqual => Operator::Mult,
        TokenKind::AtEqual => Operator::MatMult,
        TokenKind::SlashEqual => Operator::Div,
        TokenKind::PercentEqual => Operator::Mod,
        TokenKind::AmperEqual => Operator::BitAnd,
        TokenKind::VBarEqual => Operator::BitOr,
        TokenKind::CircumflexEqual => Operator::BitXor,
        TokenKind::LeftShiftEqual => Operator::LShift,
        TokenKind::RightShiftEqual => Operator::RShift,
        TokenKind::DoubleStarEqual => Operator::Pow,
        TokenKind::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}

impl<'a> Parser<'a, '_> {
    /// One logical line or one compound statement.
    pub(super) fn statement(&mut self, body: &mut Vec<Stmt<'a>>) -> Parsed<()> {
        match self.compound_statement()? {
            Some(statement) => body.push(statement),
            None => self.simple_statements(body)?,
        }
        Ok(())
    }

    /// What was typed at a prompt. Anything after it is refused, but for blank lines and comments. The line end is looked
    /// at but not consumed, for that would ask for the next token, which may not have been typed yet.
    pub(super) fn interactive(&mut self) -> Parsed<Mod<'a>> {
        let mut body = Vec::new();
        if self.at(TokenKind::Newline) {
            body.push(Stmt { kind: StmtKind::Pass, loc: self.current.loc });
        } else if self.at(TokenKind::EndMarker) {
            return if self.buffer.tokenizer.input().is_typed() {
                Ok(Mod::Interactive { body: &[] })
            } else {
                Err(Refused)
            };
        } else if let Some(statement) = self.compound_statement()? {
            body.push(statement);
        } else {
            self.statements_of_line(&mut body)?;
        }
        if !self.at(TokenKind::Newline) {
            return Err(Refused);
        }
        let end = self.current.end;
        if has_more(self.buffer.tokenizer.source().get(end..).unwrap_or("")) {
            return Err(Refused);
        }
        Ok(Mod::Interactive { body: self.arena.slice(&body) })
    }

    /// `a; b` and the end of the line.
    pub(super) fn simple_statements(&mut self, body: &mut Vec<Stmt<'a>>) -> Parsed<()> {
        self.statements_of_line(body)?;
        self.expect(TokenKind::Newline)?;
        Ok(())
    }

    /// `a; b` up to the end of the line.
    fn statements_of_line(&mut self, body: &mut Vec<Stmt<'a>>) -> Parsed<()> {
        loop {
            let statement = self.simple_statement()?;
            body.push(statement);
            if !self.eat(TokenKind::Semi)? || self.at(TokenKind::Newline) {
                return Ok(());
            }
        }
    }

    fn simple_statement(&mut self) -> Parsed<Stmt<'a>> {
        let start = self.current.loc;
        let kind = match self.current.keyword {
            Keyword::Return => {
                self.bump()?;
                let value = self.optional_star_expressions()?;
                StmtKind::Return { value }
            }
            Keyword::Import => self.import_name()?,
            Keyword::From => self.import_from()?,
            Keyword::Raise => self.raise_statement()?,
            Keyword::Pass => {
                self.bump()?;
                StmtKind::Pass
            }
            Keyword::Break => {
                self.bump()?;
                StmtKind::Break
            }
            Keyword::Continue => {
                self.bump()?;
                StmtKind::Continue
            }
            Keyword::Del => {
                self.bump()?;
                let targets = self.del_targets()?;
                if !self.at(TokenKind::Semi) && !self.at(TokenKind::Newline) {
                    return Err(Refused);
                }
                StmtKind::Delete { targets }
            }
            Keyword::Assert => self.assert_statement()?,
            Keyword::Global => {
                self.bump()?;
                StmtKind::Global { names: self.names()? }
            }
            Keyword::Nonlocal => {
                self.bump()?;
                StmtKind::Nonlocal { names: self.names()? }
            }
            Keyword::No if self.at_soft_keyword("type") => {
                if self.next()?.is_name() {
                    self.type_alias()?
                } else {
                    self.expression_statement()?
                }
            }
            _ => self.expression_statement()?,
        };
        Ok(Stmt { kind, loc: self.since(start) })
    }

    fn optional_star_expressions(&mut self) -> Parsed<Option<&'a Expr<'a>>> {
        if !self.starts_star_expression() {
            return Ok(None);
        }
        let value = self.star_expressions()?;
        Ok(Some(self.arena.alloc(value)))
    }

    fn raise_statement(&mut self) -> Parsed<StmtKind<'a>> {
        self.bump()?;
        if !self.starts_expression() {
            return Ok(StmtKind::Raise { exc: None, cause: None });
        }
        let exc = self.expression()?;
        let exc = self.arena.alloc(exc);
        let mut cause = None;
        if self.eat_keyword(Keyword::From)? {
            let value = self.expression()?;
            cause = Some(self.arena.alloc(value));
        }
        Ok(StmtKind::Raise { exc: Some(exc), cause })
    }

    fn assert_statement(&mut self) -> Parsed<StmtKind<'a>> {
        self.bump()?;
        let test = self.expression()?;
        let test = self.arena.alloc(test);
        let mut msg = None;
        if self.eat(TokenKind::Comma)? {
            let value = self.expression()?;
            msg = Some(self.arena.alloc(value));
        }
        Ok(StmtKind::Assert { test, msg })
    }

    fn names(&mut self) -> Parsed<&'a [&'a str]> {
        let mut names = vec![self.name()?.0];
        while self.eat(TokenKind::Comma)? {
            names.push(self.name()?.0);
        }
        Ok(self.arena.slice(&names))
    }

    /// An expression, or an assignment of one of the three kinds.
    fn expression_statement(&mut self) -> Parsed<StmtKind<'a>> {
        let start = self.current.loc;
        let first = self.annotated_rhs()?;
        match self.current.kind {
            TokenKind::Equal => self.assignment(first),
            TokenKind::Colon => self.annotated_assignment(first, start),
            kind => match augmented_operator(kind) {
                Some(op) => self.augmented_assignment(first, op),
                None => Ok(StmtKind::Expr { value: self.arena.alloc(first) }),
            },
        }
    }

    fn assignment(&mut self, first: Expr<'a>) -> Parsed<StmtKind<'a>> {
        let mut targets = Vec::with_capacity(1);
        let mut value = first;
        while self.at(TokenKind::Equal) {
            targets.push(self.stored(&value)?);
            self.bump()?;
            value = self.annotated_rhs()?;
        }
        let type_comment = self.type_comment()?;
        Ok(StmtKind::Assign {
            targets: self.arena.slice(&targets),
            value: self.arena.alloc(value),
            type_comment,
        })
    }

    /// `a: b = c`; `start` is where the statement starts, since parentheses around the target make a difference.
    fn annotated_assignment(&mut self, target: Expr<'a>, start: Location) -> Parsed<StmtKind<'a>> {
        let simple = match target.kind {
            ExprKind::Name { .. } => self.is_unparenthesised(&target, start),
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => false,
            _ => return Err(Refused),
        };
        let target = self.stored(&target)?;
        self.expect(TokenKind::Colon)?;
        let annotation = self.expression()?;
        let mut value = None;
        if self.eat(TokenKind::Equal)? {
            let assigned = self.annotated_rhs()?;
            value = Some(self.arena.alloc(assigned));
        }
        self.since_version(6)?;
        Ok(StmtKind::AnnAssign {
            target: self.arena.alloc(target),
            annotation: self.arena.alloc(annotation),
            value,
            simple: i32::from(simple),
        })
    }

    fn augmented_assignment(&mut self, target: Expr<'a>, op: Operator) -> Parsed<StmtKind<'a>> {
        if !matches!(
            target.kind,
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
        ) {
            return Err(Refused);
        }
        if op == Operator::MatMult {
            self.since_version(5)?;
        }
        let target = self.stored(&target)?;
        self.bump()?;
        let value = self.annotated_rhs()?;
        Ok(StmtKind::AugAssign { target: self.arena.alloc(target), op, value: self.arena.alloc(value) })
    }

    /// A `# type:` comment, where they are asked for.
    pub(super) fn type_comment(&mut self) -> Parsed<Option<&'a str>> {
        if !self.at(TokenKind::TypeComment) {
            return Ok(None);
        }
        let tok = self.bump()?;
        Ok(Some(self.buffer.text(&tok)))
    }
}

/// Whether there is anything but blank space and comments in what follows a statement.
pub(crate) fn has_more(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\x0c' => {}
            b'#' => {
                if !bytes.any(|byte| byte == b'\n') {
                    return false;
                }
            }
            _ => return true,
        }
    }
    false
}
