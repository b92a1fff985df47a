//! The values that literals stand for, before there are objects.
//!
//! Only the parser's literals and what the optimiser folds from them appear here: `Tuple` and `FrozenSet` come from folding.
//! Equality is Rust's (`0.0 == -0.0`, `NaN != NaN`); whoever merges constants must compare bits and types.

use crate::wtf8::Wtf8;

/// A constant value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    None,
    Bool(bool),
    Ellipsis,
    Int(Int<'a>),
    Float(f64),
    Complex { real: f64, imag: f64 },
    Str(&'a Wtf8),
    Bytes(&'a [u8]),
    Tuple(&'a [Constant<'a>]),
    FrozenSet(&'a [Constant<'a>]),
}

/// An integer of any size: sign and magnitude.
///
/// `limbs` is little endian in base 2^32 without leading zeros; zero is empty and not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int<'a> {
    pub negative: bool,
    pub limbs: &'a [u32],
}

impl Int<'_> {
    pub const ZERO: Int<'static> = Int { negative: false, limbs: &[] };

    /// The value, where it fits.
    pub fn to_i64(&self) -> Option<i64> {
        let magnitude = match *self.limbs {
            [] => 0,
            [low] => u64::from(low),
            [low, high] => u64::from(high) << 32 | u64::from(low),
            _ => return None,
        };
        if self.negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    }
}
