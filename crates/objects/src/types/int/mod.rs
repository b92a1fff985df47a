//! `int`: arbitrary-precision integers.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | the object's memory: the table of small integers, making integers, reading their digits |
//! | `arith` | arithmetic and comparison, with short cuts for integers of one digit |
//! | `construct` | `int()`: from text, numbers and other objects |
//! | `text` | to decimal and other bases, format specifications, the limit on digits |
//! | `methods` | the methods and slots of the type |

mod arith;
mod construct;
mod layout;
mod methods;
mod text;

pub use arith::*;
pub use construct::*;
pub(crate) use layout::static_head;
pub use layout::{StaticInt, dealloc, subclass_instance};
pub use text::*;

use crate::model::{Obj, Py, PyObject, PyResult, PyType};
use taipan_kernels::int::{Int, IntRef, float, nat};
use taipan_macros::pytype;

#[pytype(name = "int", exported = PyLong_Type, layout = PyLongObject, subclass_flag = LONG_SUBCLASS, flags(BASETYPE, _MATCH_SELF), basicsize = 24, itemsize = 4, parts(methods::SLOTS, methods::NUMBER, methods::METHODS))]
/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// Convert a number or string to an integer, or return 0 if no arguments
/// are given.  If x is a number, return x.__int__().  For floating-point
/// numbers, this truncates towards zero.
///
/// If x is not a number or if base is given, then x must be a string,
/// bytes, or bytearray instance representing an integer literal in the
/// given base.  The literal can be preceded by '+' or '-' and be surrounded
/// by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.
/// Base 0 means to interpret the base from the string as an integer
/// iteral.
/// >>> int('0b100', base=0)
/// 4
pub struct PyInt {
    ob_base: PyObject,
    /// Bits 0 and 1: the sign (0 positive, 1 zero, 2 negative); bit 2: a shared small integer; the number of digits.
    lv_tag: usize,
    /// 30-bit digits, least significant first. The first one is there even for zero.
    digits: [u32; 1],
}

impl PyInt {
    /// An integer; small ones (-5 to 256) are shared and immortal.
    #[inline]
    pub fn from_i64(value: i64) -> Py<PyInt> {
        layout::from_i64(value)
    }

    /// An integer that needs no call to be made: a small one, or one in the memory of one that is gone.
    #[inline(always)]
    pub fn at_hand(thread: &crate::model::thread::ThreadState, value: i64) -> Option<Py<PyInt>> {
        layout::at_hand(thread, value)
    }

    /// An integer.
    #[inline]
    pub fn from_u64(value: u64) -> Py<PyInt> {
        match i64::try_from(value) {
            Ok(value) => layout::from_i64(value),
            Err(_) => layout::from_u128(false, value as u128),
        }
    }

    /// An integer.
    pub fn from_i128(value: i128) -> Py<PyInt> {
        match i64::try_from(value) {
            Ok(value) => layout::from_i64(value),
            Err(_) => layout::from_u128(value < 0, value.unsigned_abs()),
        }
    }

    /// An integer of a kernel's result.
    pub fn from_int(value: Int) -> Py<PyInt> {
        layout::from_view(value.view())
    }

    /// An integer equal to a borrowed one.
    pub fn from_view(value: IntRef<'_>) -> Py<PyInt> {
        layout::from_view(value)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn from_bool(value: bool) -> Obj {
        crate::types::bool::bool_ref(value).to_owned().into_obj()
    }

    /// The value as the kernels take it.
    #[inline(always)]
    pub fn view(&self) -> IntRef<'_> {
        IntRef { negative: self.is_negative(), digits: self.digits() }
    }

    /// The value, if it fits.
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_compact() { Some(self.compact_value() as i64) } else { self.view().to_i64() }
    }

    /// The value, if it is not negative and fits.
    #[inline]
    pub fn to_u64(&self) -> Option<u64> {
        self.view().to_u64()
    }

    /// The value, if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        if self.is_compact() {
            return Some(self.compact_value() as i128);
        }
        let digits = self.digits();
        if digits.len() > 5 {
            return None;
        }
        // Five digits have 150 bits; the top one must not go beyond the 127 that a magnitude may have.
        if digits.len() == 5 && digits[4] >= 1 << 7 {
            return None;
        }
        let magnitude = digits.iter().rev().fold(0u128, |value, &digit| value << 30 | digit as u128);
        if self.is_negative() {
            0i128.checked_sub_unsigned(magnitude)
        } else {
            i128::try_from(magnitude).ok()
        }
    }

    /// Whether it has at most one digit (`_PyLong_IsCompact`).
    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.lv_tag < 2 << layout::SIZE_SHIFT
    }

    /// The value of a compact integer.
    #[inline(always)]
    pub fn compact_value(&self) -> isize {
        (1 - (self.lv_tag & layout::SIGN_MASK) as isize) * self.digits[0] as isize
    }

    /// -1, 0 or 1.
    #[inline(always)]
    pub fn sign(&self) -> i32 {
        1 - (self.lv_tag & layout::SIGN_MASK) as i32
    }

    /// Whether it is less than zero.
    #[inline(always)]
    pub fn is_negative(&self) -> bool {
        self.lv_tag & layout::SIGN_MASK == layout::NEGATIVE
    }

    /// Whether it is zero.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.lv_tag & layout::SIGN_MASK == layout::ZERO
    }

    /// The value as a double; `OverflowError` where it is too large.
    #[inline]
    pub fn to_f64(&self) -> PyResult<f64> {
        if self.is_compact() {
            return Ok(self.compact_value() as f64);
        }
        float::to_f64(self.view()).map_err(|_| raised!(OverflowError, "int too large to convert to float"))
    }

    /// The number of bits in its magnitude.
    pub fn bit_length(&self) -> u64 {
        nat::bit_length(self.digits())
    }
}
