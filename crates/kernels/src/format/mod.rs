//! Format specifications: `format(value, spec)` and the `%` operator.
//!
//! The specification is read once into a [`Spec`]; a value's pieces (digits, a double, parts of a
//! complex number, the length of a text) then become a [`Number`] or [`Padding`], which says what to write
//! without having written it, since a fill character may need a wider string than the value.
//!
//! | file | holds |
//! |---|---|
//! | `spec` | the mini language: `[[fill]align][sign][z][#][0][width][,_][.precision[,_]][type]` |
//! | `layout` | padding and digit grouping |
//! | `render` | text, integers, doubles and complex numbers by their specifications |
//! | `percent` | one conversion of the `%` operator |

pub mod layout;
pub mod percent;
pub mod render;
pub mod spec;

/// The largest precision of floating-point numbers: digits, sign, point and exponent must be counted by a C `int`.
pub const MAX_PRECISION: usize = i32::MAX as usize - 1024;

pub use layout::{Locale, Number, Padding};
pub use spec::{Align, Grouping, Sign, Spec, SpecError};
