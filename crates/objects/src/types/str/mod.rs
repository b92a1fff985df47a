//! `str`: PEP 393 strings.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | how strings lie in memory; making and freeing them |
//! | `intern` | the tables of interned strings |
//! | `text` | what Rust code asks of strings: comparing, hashing, joining, slicing |
//! | `convert` | from and to UTF-8, the compiler's strings, file names |
//! | `slots` | construction, comparison, indexing, `repr` |
//! | `search`, `split`, `case`, `translate` | the methods |
//! | `percent` | `format % values` |
//! | `format`, `fields` | `str.format` and its grammar |
//! | `spec` | `__format__` of text and numbers |
//! | `writer` | what `%` and `format` write into |
//! | `iterator` | iterators over characters |

pub mod arguments;
mod case;
mod convert;
pub mod fields;
pub mod format;
mod intern;
pub mod iterator;
mod layout;
mod percent;
mod search;
pub mod slots;
pub mod spec;
mod split;
mod text;
mod translate;
mod writer;

use crate::model::PyObject;
use core::cell::Cell;
use core::fmt;
use layout::MEMORY;
use taipan_macros::pytype;

pub use convert::{encode_error, unicode_error};
pub(crate) use convert::{encode_utf8_strict, make_unicode_error};
pub use intern::Interned;

/// str(object='') -> str
/// str(bytes_or_buffer[, encoding[, errors]]) -> str
///
/// Create a new string object from the given object. If encoding or
/// errors is specified, then the object must expose a data buffer
/// that will be decoded using the given encoding and error handler.
/// Otherwise, returns the result of object.__str__() (if defined)
/// or repr(object).
/// encoding defaults to 'utf-8'.
/// errors defaults to 'strict'.
#[pytype(name = "str", exported = PyUnicode_Type, subclass_flag = UNICODE_SUBCLASS, flags(BASETYPE), basicsize = 64, parts(MEMORY, case::CASE, format::FORMAT, search::SEARCH, slots::SLOTS, split::SPLIT, translate::TRANSLATE))]
pub struct PyStr {
    ob_base: PyObject,
    length: isize,
    hash: Cell<isize>,
    state: Cell<u32>,
}

/// The characters of a string: ASCII, or code points in one, two or four bytes each. A string never changes.
#[derive(Clone, Copy, Debug)]
pub enum StrUnits<'a> {
    Ascii(&'a [u8]),
    Latin1(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Evaluates an expression for whichever units a string has: `with_units!(string.units(), u => u.len())`.
#[macro_export]
macro_rules! with_units {
    ($units:expr, $name:ident => $body:expr) => {
        match $units {
            $crate::types::str::StrUnits::Ascii($name) | $crate::types::str::StrUnits::Latin1($name) => $body,
            $crate::types::str::StrUnits::Two($name) => $body,
            #[allow(clippy::useless_conversion, reason = "of the narrower units it is one")]
            $crate::types::str::StrUnits::Four($name) => $body,
        }
    };
}

impl StrUnits<'_> {
    /// Their number.
    #[inline]
    pub fn len(&self) -> usize {
        with_units!(*self, u => u.len())
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code point at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> u32 {
        with_units!(*self, u => u[index].into())
    }

    /// All code points.
    pub fn to_code_points(&self) -> Vec<u32> {
        with_units!(*self, u => u.iter().map(|&c| c.into()).collect())
    }
}

impl fmt::Display for PyStr {
    /// For messages: lone surrogates are replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

#[cfg(test)]
mod tests;
