//! The marshal format, version 5: how code objects lie in `.pyc` files.
//!
//! A value is a type byte and what that type needs; bit 7 of the byte ([`FLAG_REF`]) gives the value the
//! next index in a list, and a reference names an index. What CPython's writer flags depends on reference
//! counts; ours (see [`write`](self)) flags what CPython's compiler is seen to share, so that the files of both
//! are the same. Reading is safe on any input: every error is a [`MarshalError`], nesting is bounded.
//!
//! Lists, dicts and mutable sets have no place in a code object and are refused here.

mod read;
mod shared;
mod write;

pub use read::{load, load_code};
pub use write::{dump, dump_code};

use std::fmt;

/// The version written.
pub const VERSION: i32 = 5;
/// The first four bytes of a `.pyc` file of CPython 3.14.
pub const PYC_MAGIC: [u8; 4] = [0x2B, 0x0E, b'\r', b'\n'];
/// Bytes before the code object in a `.pyc` file: magic, flags, and a source's time and size or its hash.
pub const PYC_HEADER_SIZE: usize = 16;

/// Bit of a type byte: the value may be referred to later.
const FLAG_REF: u8 = 0x80;
/// How deep values may nest.
const MAX_DEPTH: usize = 1000;

/// The type bytes.
mod tag {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    pub const LONG: u8 = b'l';
    pub const FLOAT_TEXT: u8 = b'f';
    pub const FLOAT: u8 = b'g';
    pub const COMPLEX_TEXT: u8 = b'x';
    pub const COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    pub const REF: u8 = b'r';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
    pub const UNKNOWN: u8 = b'?';
}

/// What can be wrong with marshalled data. The text is that of CPython's exception.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MarshalError {
    /// `EOFError`: no byte where a value should begin.
    MissingObject,
    /// `EOFError`: a value ends too soon.
    TooShort,
    UnknownType,
    InvalidReference,
    /// `ValueError`: a size that cannot be; which.
    SizeOutOfRange(&'static str),
    UnnormalizedLong,
    DigitOutOfRange,
    BadFloat(String),
    /// `UnicodeDecodeError`: not UTF-8.
    BadUtf8,
    /// `TypeError`: a null where a value should be; in what.
    Null(&'static str),
    /// `ValueError`: values nest too deep.
    TooDeep,
    /// A value of a type that has no place in a code object.
    NotAConstant,
    /// A part of a code object has the wrong type or an impossible value.
    BadCode(&'static str),
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingObject => f.write_str("EOF read where object expected"),
            Self::TooShort => f.write_str("marshal data too short"),
            Self::UnknownType => f.write_str("bad marshal data (unknown type code)"),
            Self::InvalidReference => f.write_str("bad marshal data (invalid reference)"),
            Self::SizeOutOfRange(what) => write!(f, "bad marshal data ({what} size out of range)"),
            Self::UnnormalizedLong => f.write_str("bad marshal data (unnormalized long data)"),
            Self::DigitOutOfRange => f.write_str("bad marshal data (digit out of range in long)"),
            Self::BadFloat(text) => write!(f, "could not convert string to float: '{text}'"),
            Self::BadUtf8 => f.write_str("bad marshal data (invalid UTF-8)"),
            Self::Null(what) => write!(f, "NULL object in marshal data for {what}"),
            Self::TooDeep => f.write_str("recursion limit exceeded"),
            Self::NotAConstant => f.write_str("bad marshal data (not a constant of code)"),
            Self::BadCode(what) => write!(f, "code: {what}"),
        }
    }
}

impl std::error::Error for MarshalError {}
