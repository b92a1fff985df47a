//! Code objects as plain data: what the compiler makes, what marshal reads and writes, what the runtime
//! turns into objects. Owned, immutable in practice, `Send` and `Sync`; big parts are shared on clone.
//!
//! Equality and hash of [`Constant`] are those by which CPython merges constants: `1`, `True` and `1.0`
//! differ, `0.0` and `-0.0` differ, and so on inside tuples and frozen sets. Equality as Python's `==`
//! sees it is [`Constant::py_eq`].

use crate::wtf8::Wtf8Buf;
use num_bigint::BigInt;
use num_traits::FromPrimitive;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// `co_flags` and the kinds of `co_localspluskinds`.
pub mod flags {
    pub const CO_OPTIMIZED: u32 = 0x1;
    pub const CO_NEWLOCALS: u32 = 0x2;
    pub const CO_VARARGS: u32 = 0x4;
    pub const CO_VARKEYWORDS: u32 = 0x8;
    pub const CO_NESTED: u32 = 0x10;
    pub const CO_GENERATOR: u32 = 0x20;
    pub const CO_COROUTINE: u32 = 0x80;
    pub const CO_ITERABLE_COROUTINE: u32 = 0x100;
    pub const CO_ASYNC_GENERATOR: u32 = 0x200;
    pub const CO_FUTURE_DIVISION: u32 = 0x2_0000;
    pub const CO_FUTURE_ABSOLUTE_IMPORT: u32 = 0x4_0000;
    pub const CO_FUTURE_WITH_STATEMENT: u32 = 0x8_0000;
    pub const CO_FUTURE_PRINT_FUNCTION: u32 = 0x10_0000;
    pub const CO_FUTURE_UNICODE_LITERALS: u32 = 0x20_0000;
    pub const CO_FUTURE_BARRY_AS_BDFL: u32 = 0x40_0000;
    pub const CO_FUTURE_GENERATOR_STOP: u32 = 0x80_0000;
    pub const CO_FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    pub const CO_NO_MONITORING_EVENTS: u32 = 0x200_0000;
    pub const CO_HAS_DOCSTRING: u32 = 0x400_0000;
    pub const CO_METHOD: u32 = 0x800_0000;

    /// A positional parameter (with `CO_FAST_ARG_KW` too, one that may be either).
    pub const CO_FAST_ARG_POS: u8 = 0x02;
    pub const CO_FAST_ARG_KW: u8 = 0x04;
    /// `*args` (with `CO_FAST_ARG_POS`) or `**kwargs` (with `CO_FAST_ARG_KW`).
    pub const CO_FAST_ARG_VAR: u8 = 0x08;
    pub const CO_FAST_HIDDEN: u8 = 0x10;
    pub const CO_FAST_LOCAL: u8 = 0x20;
    pub const CO_FAST_CELL: u8 = 0x40;
    pub const CO_FAST_FREE: u8 = 0x80;
}

/// A constant of a code object.
#[derive(Clone, Debug)]
pub enum Constant {
    None,
    Ellipsis,
    /// `StopIteration` itself, which marshal can name.
    StopIteration,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    Str(Wtf8Buf),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Constant]>),
    /// The elements in the order in which they were put in, without duplicates.
    FrozenSet(Arc<[Constant]>),
    /// Start, stop, step.
    Slice(Arc<[Constant; 3]>),
    Code(Arc<CodeData>),
}

/// A code object.
#[derive(Clone, Debug, Default)]
pub struct CodeData {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// Depth of the value stack, in values.
    pub stacksize: u32,
    pub flags: u32,
    /// 16-bit code units, opcode first; inline cache entries are zero.
    pub code: Box<[u8]>,
    pub consts: Box<[Constant]>,
    pub names: Box<[Wtf8Buf]>,
    /// Locals, cells and free variables, in this order; a parameter that is a cell stands once, as a local.
    pub localsplusnames: Box<[Wtf8Buf]>,
    /// `CO_FAST_*` of each.
    pub localspluskinds: Box<[u8]>,
    pub filename: Wtf8Buf,
    pub name: Wtf8Buf,
    pub qualname: Wtf8Buf,
    pub firstlineno: i32,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

impl CodeData {
    /// Code units in `code`.
    pub fn units(&self) -> usize {
        self.code.len() / 2
    }

    /// The variables of one kind: `co_varnames`, `co_cellvars` and `co_freevars` for `CO_FAST_LOCAL`,
    /// `CO_FAST_CELL` and `CO_FAST_FREE`.
    pub fn variables(&self, kind: u8) -> impl Iterator<Item = &Wtf8Buf> {
        self.localsplusnames
            .iter()
            .zip(&self.localspluskinds)
            .filter(move |(_, k)| **k & kind != 0)
            .map(|(n, _)| n)
    }
}

/// As CPython compares code objects: everything but the file's name and the qualified name.
impl PartialEq for CodeData {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.argcount == other.argcount
            && self.posonlyargcount == other.posonlyargcount
            && self.kwonlyargcount == other.kwonlyargcount
            && self.flags == other.flags
            && self.firstlineno == other.firstlineno
            && self.code == other.code
            && self.consts == other.consts
            && self.names == other.names
            && self.localsplusnames == other.localsplusnames
            && self.linetable == other.linetable
            && self.exceptiontable == other.exceptiontable
    }
}

impl Eq for CodeData {}

impl Hash for CodeData {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.firstlineno.hash(state);
        self.code.hash(state);
        self.linetable.hash(state);
    }
}

/// NaNs are never merged, as no NaN equals another. (A table keyed by constants can hold several, then.)
fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() && !a.is_nan()
}

/// Whether all elements of one set, equal in number, are in another.
fn same_elements(a: &[Constant], b: &[Constant]) -> bool {
    if a.len() < 16 {
        return a.iter().all(|x| b.contains(x));
    }
    let b: HashSet<&Constant> = b.iter().collect();
    a.iter().all(|x| b.contains(x))
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None)
            | (Self::Ellipsis, Self::Ellipsis)
            | (Self::StopIteration, Self::StopIteration) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => same_float(*a, *b),
            (Self::Complex { real: a, imag: b }, Self::Complex { real: c, imag: d }) => {
                same_float(*a, *c) && same_float(*b, *d)
            }
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::FrozenSet(a), Self::FrozenSet(b)) => {
                Arc::ptr_eq(a, b) || a.len() == b.len() && same_elements(a, b)
            }
            (Self::Slice(a), Self::Slice(b)) => a == b,
            (Self::Code(a), Self::Code(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::None | Self::Ellipsis | Self::StopIteration => {}
            Self::Bool(b) => b.hash(state),
            Self::Int(i) => i.hash(state),
            Self::Float(f) => f.to_bits().hash(state),
            Self::Complex { real, imag } => {
                real.to_bits().hash(state);
                imag.to_bits().hash(state);
            }
            Self::Str(s) => s.hash(state),
            Self::Bytes(b) => b.hash(state),
            Self::Tuple(items) => items.hash(state),
            // Order must not matter, so the elements' own hashes are summed.
            Self::FrozenSet(items) => {
                let sum = items.iter().fold(0_u64, |sum, item| {
                    let mut hasher = DefaultHasher::new();
                    item.hash(&mut hasher);
                    sum.wrapping_add(hasher.finish())
                });
                sum.hash(state);
            }
            Self::Slice(parts) => parts.hash(state),
            Self::Code(code) => code.hash(state),
        }
    }
}

impl From<Wtf8Buf> for Constant {
    fn from(text: Wtf8Buf) -> Self {
        Self::Str(text)
    }
}

impl From<&str> for Constant {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<bool> for Constant {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Constant {
    fn from(value: i64) -> Self {
        Self::Int(value.into())
    }
}

impl From<BigInt> for Constant {
    fn from(value: BigInt) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Constant {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<CodeData> for Constant {
    fn from(code: CodeData) -> Self {
        Self::Code(Arc::new(code))
    }
}

impl Constant {
    pub fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(items.into_iter().collect())
    }

    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// A frozen set; of elements that are equal in Python the first stays.
    pub fn frozen_set(items: impl IntoIterator<Item = Self>) -> Self {
        let mut seen = HashSet::new();
        Self::FrozenSet(items.into_iter().filter(|item| seen.insert(item.normalised())).collect())
    }

    /// A value that is the same for all constants that are equal in Python: numbers as the simplest type that
    /// holds them.
    fn normalised(&self) -> Self {
        match self {
            Self::Bool(b) => Self::from(i64::from(*b)),
            Self::Float(f) if f.is_finite() && f.fract() == 0.0 => {
                BigInt::from_f64(*f).map_or_else(|| self.clone(), Self::Int)
            }
            Self::Complex { real, imag } if *imag == 0.0 => Self::Float(*real).normalised(),
            Self::Complex { real, imag } => Self::Complex { real: real + 0.0, imag: imag + 0.0 },
            Self::Tuple(items) => Self::tuple(items.iter().map(Self::normalised)),
            Self::FrozenSet(items) => Self::FrozenSet(items.iter().map(Self::normalised).collect()),
            Self::Slice(parts) => Self::Slice(Arc::new((**parts).each_ref().map(Self::normalised))),
            other => other.clone(),
        }
    }

    /// The truth value, as `bool()` would give it.
    pub fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Ellipsis | Self::StopIteration | Self::Slice(_) | Self::Code(_) => true,
            Self::Bool(b) => *b,
            Self::Int(i) => i.sign() != num_bigint::Sign::NoSign,
            Self::Float(f) => *f != 0.0,
            Self::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
            Self::Str(s) => !s.is_empty(),
            Self::Bytes(b) => !b.is_empty(),
            Self::Tuple(items) | Self::FrozenSet(items) => !items.is_empty(),
        }
    }

    /// Equality as Python's `==` on the objects: numbers of different types may be equal.
    pub fn py_eq(&self, other: &Self) -> bool {
        self.normalised() == other.normalised()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_tells_types_and_signs_apart() {
        let one = Constant::from(1);
        assert_ne!(one, Constant::Bool(true));
        assert_ne!(one, Constant::Float(1.0));
        assert_ne!(Constant::Float(0.0), Constant::Float(-0.0));
        assert_ne!(Constant::tuple([Constant::from(0)]), Constant::tuple([Constant::from(false)]));
        assert_eq!(
            Constant::frozen_set([Constant::from(1), Constant::from("a")]),
            Constant::frozen_set([Constant::from("a"), Constant::from(1)])
        );
    }

    #[test]
    fn python_sees_equal_numbers() {
        assert!(Constant::from(1).py_eq(&Constant::Bool(true)));
        assert!(Constant::Float(2.0).py_eq(&Constant::from(2)));
        assert!(Constant::Float(-0.0).py_eq(&Constant::Complex { real: 0.0, imag: -0.0 }));
        assert!(Constant::tuple([Constant::from(1)]).py_eq(&Constant::tuple([Constant::from(true)])));
        assert!(!Constant::Float(f64::NAN).py_eq(&Constant::Float(f64::NAN)));
        assert!(!Constant::Float(2.5).py_eq(&Constant::from(2)));
        let Constant::FrozenSet(items) = Constant::frozen_set([Constant::from(1), Constant::Bool(true)])
        else {
            panic!("a frozen set")
        };
        assert_eq!(items.len(), 1);
    }
}
