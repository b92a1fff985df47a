//! Arbitrary-precision integers.
//!
//! The interface speaks CPython's representation: little-endian digits of 30 bits in `u32`
//! (`PyLongObject.long_value.ob_digit`) beside a sign. Slices given to these functions are
//! *normalised*: the last digit is not zero and zero is the empty slice; results are normalised too.
//!
//! Inside, everything longer than a few digits is computed on *limbs* of 60 bits in `u64` (two
//! digits side by side, so packing is a shift and an or): a quarter of the multiplications and room
//! above for carries.
//!
//! | file | holds |
//! |---|---|
//! | `nat` | digit slices: comparison, addition, subtraction, shifts, one-digit operations |
//! | `limbs` | the same primitives on 60-bit limbs, packing, the reciprocal division step |
//! | `mul`, `div` | schoolbook → Karatsuba → Toom-3; Knuth D → Burnikel–Ziegler |
//! | `signed` | [`Int`]: sign and magnitude with Python's floor semantics |
//! | `bits` | `&`, `\|`, `^`, `~` as on infinite two's complement |
//! | `power`, `gcd`, `isqrt` | powers, modular powers and inverses, Lehmer's gcd, integer roots |
//! | `radix`, `bytes`, `float` | text, byte strings, doubles, hashes |

pub mod bits;
pub mod bytes;
pub mod div;
pub mod float;
pub mod gcd;
pub mod isqrt;
pub mod limbs;
pub mod mul;
pub mod nat;
pub mod power;
pub mod radix;
pub mod signed;

pub use signed::{Int, IntRef};

/// Bits in a digit.
pub const SHIFT: u32 = 30;
/// One more than the largest digit.
pub const BASE: u32 = 1 << SHIFT;
/// The bits a digit may use.
pub const MASK: u32 = BASE - 1;
