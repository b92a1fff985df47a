//! Decimal arithmetic after the General Decimal Arithmetic specification (Cowlishaw), without objects.
//!
//! A [`Dec`] is a sign, a coefficient in words of base 10¹⁹ and an exponent. Operations take [`Rules`] (precision, bounds,
//! rounding) and add the conditions they meet to a word of [`status`] bits; whoever calls decides which of them are
//! errors.
//!
//! | file | holds |
//! |---|---|
//! | `words` | the primitives of coefficients |
//! | `mul`, `ntt`, `div` | products, transforms for long ones, quotients and roots of natural numbers |
//! | `number` | `Dec`, `Rules`, `status` |
//! | `finish` | rounding, overflow, subnormal results |
//! | `arith`, `divide` | `+ - * fma`; the kinds of division |
//! | `compare` | order, minima and maxima, classes |
//! | `places` | exponents and digits: quantize, shift, logical operations, neighbours |
//! | `fixed`, `transcend`, `power` | fixed point; `exp ln log10 sqrt`; powers |
//! | `text`, `convert`, `layout` | strings, integers and doubles, format specifications |

pub mod arith;
pub mod compare;
pub mod convert;
pub mod div;
pub mod divide;
pub mod finish;
mod fixed;
pub mod layout;
pub mod mul;
mod ntt;
pub mod number;
pub mod places;
pub mod power;
pub mod text;
pub mod transcend;
pub mod words;

pub use number::{Dec, Kind, Rounding, Rules, status};
