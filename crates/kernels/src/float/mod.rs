//! Doubles as Python sees them: text both ways, rounding, arithmetic with Python's signs, hashes.
//!
//! | file | holds |
//! |---|---|
//! | `digits` | decimal digits of a double: the shortest that read back, or so many |
//! | `format` | those digits laid out: `repr`, the codes `e f g %`, and their flags |
//! | `parse` | text to double and to complex |
//! | `hex` | `float.hex`, `float.fromhex` |
//! | `arith` | floor division, powers, `round`, ratios, hashes, half precision |

pub mod arith;
pub mod digits;
pub mod format;
pub mod hex;
pub mod parse;

pub use format::{Code, Flags, double_to_string, repr};
pub use parse::{parse, parse_complex, parse_prefix};
