//! Literals of the tree as constants of code objects.

use num_bigint::{BigInt, BigUint, Sign};
use taipan_ast as ast;
use taipan_bytecode::{Constant, Wtf8Buf};

fn int(value: ast::Int<'_>) -> BigInt {
    let sign = if value.negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, BigUint::from_slice(value.limbs))
}

pub(super) fn text(text: &ast::Wtf8) -> Wtf8Buf {
    Wtf8Buf::from_wtf8(text.as_bytes())
        .unwrap_or_else(|| Wtf8Buf::from_code_points(text.code_points()).unwrap_or_default())
}

/// The constant that a literal stands for.
pub(super) fn constant(value: ast::Constant<'_>) -> Constant {
    match value {
        ast::Constant::None => Constant::None,
        ast::Constant::Bool(value) => Constant::Bool(value),
        ast::Constant::Ellipsis => Constant::Ellipsis,
        ast::Constant::Int(value) => Constant::Int(int(value)),
        ast::Constant::Float(value) => Constant::Float(value),
        ast::Constant::Complex { real, imag } => Constant::Complex { real, imag },
        ast::Constant::Str(value) => Constant::Str(text(value)),
        ast::Constant::Bytes(value) => Constant::bytes(value),
        ast::Constant::Tuple(items) => Constant::tuple(items.iter().map(|&item| constant(item))),
        ast::Constant::FrozenSet(items) => Constant::frozen_set(items.iter().map(|&item| constant(item))),
    }
}

/// A tuple of names.
pub(super) fn names<'n>(names: impl Iterator<Item = &'n str>) -> Constant {
    Constant::tuple(names.map(Constant::from))
}
