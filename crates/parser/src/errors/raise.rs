//! Raising errors: where they stand, and what they call the expression that they complain about.

use taipan_ast::{CmpOp, Constant, Expr, ExprKind, Location, SyntaxError, SyntaxErrorKind};

use super::engine::{Diagnosis, Node, Raised, Rule};
use crate::grammar::buffer::Tok;
use crate::tokens::char_offset;

/// What a bad target was to be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Targets {
    Star,
    Del,
    For,
}

impl<'a> Diagnosis<'a, '_> {
    /// An error at the last token that was read, however far ahead of the rule that is.
    pub fn raise<T>(&mut self, msg: impl Into<String>) -> Rule<T> {
        self.raise_kind(SyntaxErrorKind::SyntaxError, msg)
    }

    pub fn raise_kind<T>(&mut self, kind: SyntaxErrorKind, msg: impl Into<String>) -> Rule<T> {
        let last = self.buffer.tokens.last().copied();
        self.raise_at_token(kind, last, msg.into())
    }

    /// An error at the token that would be next.
    pub fn raise_on_next<T>(&mut self, msg: impl Into<String>) -> Rule<T> {
        let next = self.peek()?;
        self.raise_at_token(SyntaxErrorKind::SyntaxError, Some(next), msg.into())
    }

    /// The error that more text could make the source valid: at the token that could not be read, or at the last one.
    pub fn raise_incomplete<T>(&mut self) -> Rule<T> {
        let (kind, msg) = (SyntaxErrorKind::IncompleteInput, "incomplete input");
        if self.tokenizer_failed {
            let (lineno, column) = (self.buffer.tokenizer.lineno(), self.buffer.tokenizer.column());
            return self.place(kind, msg.to_owned(), lineno, column, lineno, -1);
        }
        self.raise_kind(kind, msg)
    }

    fn raise_at_token<T>(&mut self, kind: SyntaxErrorKind, tok: Option<Tok>, msg: String) -> Rule<T> {
        let Some(tok) = tok else { return self.place(kind, msg, 0, 0, 0, -1) };
        let Location { lineno, col_offset, end_lineno, end_col_offset } = tok.loc;
        // Tokens that stand for no text have no column; then it is the tokenizer's.
        let column = if col_offset == -1 { self.buffer.tokenizer.column() } else { col_offset + 1 };
        let end = if end_col_offset == -1 { -1 } else { end_col_offset + 1 };
        self.place(kind, msg, lineno, column, end_lineno, end)
    }

    /// An error at a place that is known.
    pub fn raise_at<T>(&mut self, loc: Location, msg: impl Into<String>) -> Rule<T> {
        let Location { lineno, col_offset, end_lineno, end_col_offset } = loc;
        self.place(
            SyntaxErrorKind::SyntaxError,
            msg.into(),
            lineno,
            col_offset + 1,
            end_lineno,
            end_col_offset + 1,
        )
    }

    /// An error from a place to where the tokenizer is.
    pub fn raise_from<T>(&mut self, start: Location, msg: impl Into<String>) -> Rule<T> {
        let (end_lineno, end) = (self.buffer.tokenizer.lineno(), self.buffer.tokenizer.column());
        self.place(
            SyntaxErrorKind::SyntaxError,
            msg.into(),
            start.lineno,
            start.col_offset + 1,
            end_lineno,
            end,
        )
    }

    /// The error that a statement's block is not indented.
    pub fn raise_unindented<T>(&mut self, what: &str, head: Tok) -> Rule<T> {
        let msg = format!("expected an indented block after {what} on line {}", head.loc.lineno);
        self.raise_kind(SyntaxErrorKind::IndentationError, msg)
    }

    /// Raises if something in a would-be target cannot be one.
    pub fn raise_invalid_target<T>(&mut self, targets: Targets, node: Node<'a>) -> Rule<T> {
        let Some(bad) = invalid_target(node, targets) else { return Ok(None) };
        let verb = if targets == Targets::Del { "delete" } else { "assign to" };
        self.raise_at(bad.loc, format!("cannot {verb} {}", describe(bad)))
    }

    /// Columns are in bytes from 1 here.
    fn place<T>(
        &mut self,
        kind: SyntaxErrorKind,
        msg: String,
        lineno: i32,
        column: i32,
        end_lineno: i32,
        end_column: i32,
    ) -> Rule<T> {
        let text = self.buffer.tokenizer.error_text(lineno);
        let offset = char_offset(&text, column);
        let end_offset = if end_column > 0 { char_offset(&text, end_column) } else { end_column };
        self.error =
            Some(SyntaxError { kind, msg, lineno, offset, end_lineno, end_offset, text: Some(text) });
        Err(Raised)
    }

    /// Refuses what the version asked for did not have.
    pub fn since_version(&mut self, minor: i32, what: &str) -> Rule {
        if self.options.feature_version < minor {
            return self.raise(format!("{what} only supported in Python 3.{minor} and greater"));
        }
        Ok(Some(()))
    }
}

/// The first part of a would-be target that cannot be one.
fn invalid_target<'a>(node: Node<'a>, targets: Targets) -> Option<Node<'a>> {
    match node.kind {
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
            elts.iter().find_map(|elt| invalid_target(elt, targets))
        }
        ExprKind::Starred { value, .. } if targets != Targets::Del => invalid_target(value, targets),
        // In `for a in b`, `a in b` was read as a comparison.
        ExprKind::Compare { left, ops, .. } if targets == Targets::For => {
            if ops.first() == Some(&CmpOp::In) {
                invalid_target(left, targets)
            } else {
                None
            }
        }
        ExprKind::Name { .. } | ExprKind::Subscript { .. } | ExprKind::Attribute { .. } => None,
        _ => Some(node),
    }
}

/// What messages call an expression.
pub(super) fn describe(node: &Expr<'_>) -> &'static str {
    match node.kind {
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } => "subscript",
        ExprKind::Starred { .. } => "starred",
        ExprKind::Name { .. } => "name",
        ExprKind::List { .. } => "list",
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::Lambda { .. } => "lambda",
        ExprKind::Call { .. } => "function call",
        ExprKind::BoolOp { .. }
        | ExprKind::BinOp { .. }
        | ExprKind::UnaryOp { .. }
        | ExprKind::Slice { .. } => "expression",
        ExprKind::GeneratorExp { .. } => "generator expression",
        ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } => "yield expression",
        ExprKind::Await { .. } => "await expression",
        ExprKind::ListComp { .. } => "list comprehension",
        ExprKind::SetComp { .. } => "set comprehension",
        ExprKind::DictComp { .. } => "dict comprehension",
        ExprKind::Dict { .. } => "dict literal",
        ExprKind::Set { .. } => "set display",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "f-string expression",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "t-string expression",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "None",
            Constant::Bool(false) => "False",
            Constant::Bool(true) => "True",
            Constant::Ellipsis => "ellipsis",
            _ => "literal",
        },
        ExprKind::Compare { .. } => "comparison",
        ExprKind::IfExp { .. } => "conditional expression",
        ExprKind::NamedExpr { .. } => "named expression",
    }
}
