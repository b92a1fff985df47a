//! Code that is surely a mistake: literals called, indexed or compared by identity. CPython's warnings, word for word.

use taipan_ast::{CmpOp, Constant, Expr, ExprKind};

use super::Codegen;
use crate::error::Result;

/// The name of the type that an expression surely has.
fn type_name(expr: &Expr<'_>) -> Option<&'static str> {
    Some(match expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::Bool(_) => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex { .. } => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
        },
        _ => return None,
    })
}

/// Whether an operand of `is` makes sense: no literal (or tuple of them), or one of the named singletons.
fn has_identity(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::Constant { value, .. } => {
            matches!(value, Constant::None | Constant::Bool(_) | Constant::Ellipsis)
        }
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|elt| matches!(elt.kind, ExprKind::Constant { .. })),
        _ => true,
    }
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn check_compare(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let (word, instead) = match op {
                CmpOp::Is => ("is", "=="),
                CmpOp::IsNot => ("is not", "!="),
                _ => {
                    left = right;
                    continue;
                }
            };
            let literal = [left, right].into_iter().find(|operand| !has_identity(operand));
            if let Some(name) = literal.and_then(type_name) {
                let msg = format!("\"{word}\" with '{name}' literal. Did you mean \"{instead}\"?");
                return self.warn(expr.loc, &msg);
            }
            left = right;
        }
        Ok(())
    }

    pub(super) fn check_caller(&mut self, func: &'a Expr<'a>) -> Result {
        let surely = matches!(
            func.kind,
            ExprKind::Constant { .. }
                | ExprKind::Tuple { .. }
                | ExprKind::List { .. }
                | ExprKind::ListComp { .. }
                | ExprKind::Dict { .. }
                | ExprKind::DictComp { .. }
                | ExprKind::Set { .. }
                | ExprKind::SetComp { .. }
                | ExprKind::GeneratorExp { .. }
                | ExprKind::JoinedStr { .. }
                | ExprKind::TemplateStr { .. }
                | ExprKind::FormattedValue { .. }
                | ExprKind::Interpolation { .. }
        );
        match type_name(func) {
            Some(name) if surely => {
                let msg = format!("'{name}' object is not callable; perhaps you missed a comma?");
                self.warn(func.loc, &msg)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_subscripter(&mut self, value: &'a Expr<'a>) -> Result {
        let surely = match value.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Constant::None
                    | Constant::Ellipsis
                    | Constant::Bool(_)
                    | Constant::Int(_)
                    | Constant::Float(_)
                    | Constant::Complex { .. }
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        match type_name(value) {
            Some(name) if surely => {
                let msg = format!("'{name}' object is not subscriptable; perhaps you missed a comma?");
                self.warn(value.loc, &msg)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_index(&mut self, value: &'a Expr<'a>, index: &'a Expr<'a>) -> Result {
        let Some(index_name) = type_name(index) else { return Ok(()) };
        if matches!(index_name, "int" | "bool") {
            return Ok(());
        }
        let surely = match value.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        match type_name(value) {
            Some(name) if surely => {
                let msg = format!(
                    "{name} indices must be integers or slices, not {index_name}; perhaps you missed a comma?"
                );
                self.warn(value.loc, &msg)
            }
            _ => Ok(()),
        }
    }
}
