//! Numbers in patterns: `-1`, `1+2j` and `-1-2j` become constants, since a pattern's value is one.

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;
use taipan_ast::{Arena, Constant, Expr, ExprKind, Int, Operator, UnaryOp};

fn float_of(int: Int<'_>) -> Option<f64> {
    let sign = if int.negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, BigUint::from_slice(int.limbs)).to_f64().filter(|value| value.is_finite())
}

fn negative<'a>(value: Constant<'a>) -> Option<Constant<'a>> {
    Some(match value {
        Constant::Int(int) => Constant::Int(Int { negative: !int.negative && !int.limbs.is_empty(), ..int }),
        Constant::Float(value) => Constant::Float(-value),
        Constant::Complex { real, imag } => Constant::Complex { real: -real, imag: -imag },
        _ => return None,
    })
}

/// Adds or subtracts a real number and an imaginary one.
fn complex<'a>(left: Constant<'a>, subtract: bool, right: Constant<'a>) -> Option<Constant<'a>> {
    let Constant::Complex { real, imag } = right else { return None };
    let left = match left {
        Constant::Int(int) => float_of(int)?,
        Constant::Float(value) => value,
        _ => return None,
    };
    Some(match subtract {
        false => Constant::Complex { real: left + real, imag },
        true => Constant::Complex { real: left - real, imag: -imag },
    })
}

fn value_of<'a>(expr: &Expr<'a>) -> Option<Constant<'a>> {
    match expr.kind {
        ExprKind::Constant { value, .. } => Some(value),
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match operand.kind {
            ExprKind::Constant { value, .. } => negative(value),
            _ => None,
        },
        _ => None,
    }
}

/// `expr` as a constant, if it is a number made of signs and parts.
pub(super) fn fold<'a>(expr: &'a Expr<'a>, arena: &'a Arena) -> &'a Expr<'a> {
    let folded = match expr.kind {
        ExprKind::UnaryOp { .. } => value_of(expr),
        ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
            match (value_of(left), right.kind) {
                (Some(left), ExprKind::Constant { value: right, .. }) => {
                    complex(left, op == Operator::Sub, right)
                }
                _ => None,
            }
        }
        _ => None,
    };
    match folded {
        Some(value) => arena.alloc(Expr { kind: ExprKind::Constant { value, kind: None }, loc: expr.loc }),
        None => expr,
    }
}
