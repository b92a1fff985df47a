//! What the patterns of `match` must keep to be compiled.

use super::validate::{expression, invalid, name, position};
use taipan_ast::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

fn is_number(constant: &Constant<'_>) -> bool {
    matches!(constant, Constant::Int(_) | Constant::Float(_) | Constant::Complex { .. })
}

/// A constant number, or one with a minus sign.
fn is_signed_number(expr: &Expr<'_>, real: bool) -> bool {
    let fits = |value: &Constant<'_>| match value {
        Constant::Complex { .. } => !real,
        other => is_number(other),
    };
    match expr.kind {
        ExprKind::Constant { value, .. } => fits(&value),
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match operand.kind {
            ExprKind::Constant { value, .. } => fits(&value),
            _ => false,
        },
        _ => false,
    }
}

/// `a + bj` or `a - bj`.
fn is_complex_sum(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
            is_signed_number(left, true)
                && matches!(right.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
        }
        _ => false,
    }
}

/// `a.b.c`
fn is_dotted(mut expr: &Expr<'_>) -> bool {
    loop {
        match expr.kind {
            ExprKind::Attribute { value, .. } => expr = value,
            ExprKind::Name { .. } => return true,
            _ => return false,
        }
    }
}

fn match_value(value: &Expr<'_>) -> PyResult<()> {
    expression(value, ExprContext::Load)?;
    let fits = match value.kind {
        ExprKind::Constant { value, .. } => {
            if matches!(value, Constant::Ellipsis) {
                return Err(invalid("unexpected constant inside of a literal pattern"));
            }
            is_number(&value) || matches!(value, Constant::Str(_) | Constant::Bytes(_))
        }
        ExprKind::Attribute { .. } => is_dotted(value),
        ExprKind::UnaryOp { .. } => is_signed_number(value, false),
        ExprKind::BinOp { .. } => is_complex_sum(value),
        ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(invalid("patterns may only match literals and attribute lookups")) }
}

fn capture(captured: &str) -> PyResult<()> {
    if captured == "_" {
        return Err(invalid("can't capture name '_' in patterns"));
    }
    name(captured)
}

/// Judges a pattern; `star_allowed` where a starred one may stand.
pub fn pattern(node: &Pattern<'_>, star_allowed: bool) -> PyResult<()> {
    errors::check_stack(" during ast validation")?;
    position(&node.loc)?;
    let all = |list: &[Pattern<'_>], star: bool| list.iter().try_for_each(|item| pattern(item, star));
    match node.kind {
        PatternKind::MatchValue { value } => match_value(value),
        PatternKind::MatchSingleton { value } => match value {
            Constant::None | Constant::Bool(_) => Ok(()),
            _ => Err(invalid("MatchSingleton can only contain True, False and None")),
        },
        PatternKind::MatchSequence { patterns } => all(patterns, true),
        PatternKind::MatchMapping { keys, patterns, rest } => {
            if keys.len() != patterns.len() {
                return Err(invalid("MatchMapping doesn't have the same number of keys as patterns"));
            }
            if let Some(rest) = rest {
                capture(rest)?;
            }
            for key in keys {
                match key.kind {
                    ExprKind::Constant { value: Constant::None | Constant::Bool(_), .. } => {}
                    _ => match_value(key)?,
                }
            }
            all(patterns, false)
        }
        PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
            if kwd_attrs.len() != kwd_patterns.len() {
                return Err(invalid(
                    "MatchClass doesn't have the same number of keyword attributes as patterns",
                ));
            }
            expression(cls, ExprContext::Load)?;
            if !is_dotted(cls) {
                return Err(invalid("MatchClass cls field can only contain Name or Attribute nodes."));
            }
            kwd_attrs.iter().try_for_each(|attr| name(attr))?;
            all(patterns, false)?;
            all(kwd_patterns, false)
        }
        PatternKind::MatchStar { name: captured } => {
            if !star_allowed {
                return Err(invalid("can't use MatchStar here"));
            }
            captured.map_or(Ok(()), capture)
        }
        PatternKind::MatchAs { pattern: inner, name: captured } => {
            if let Some(captured) = captured {
                capture(captured)?;
            }
            match (inner, captured) {
                (None, _) => Ok(()),
                (Some(_), None) => Err(invalid("MatchAs must specify a target name if a pattern is given")),
                (Some(inner), Some(_)) => pattern(inner, false),
            }
        }
        PatternKind::MatchOr { patterns } => {
            if patterns.len() < 2 {
                return Err(invalid("MatchOr requires at least 2 patterns"));
            }
            all(patterns, false)
        }
    }
}
