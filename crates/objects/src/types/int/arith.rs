//! Arithmetic on integers. Operands of one digit are computed in machine words; nothing but the result is allocated.

use super::{PyInt, layout};
use crate::model::{CompareOp, Obj, Py, PyResult, PyType};
use crate::types::float::PyFloat;
use core::cmp::Ordering;
use taipan_kernels::int::bits::{self, BitOp};
use taipan_kernels::int::float::{self, TrueDivError};
use taipan_kernels::int::power::{self, PowModError};
use taipan_kernels::int::{Int, IntRef, SHIFT, mul as multiplication, nat, signed};

/// Bits beyond which a result is refused without trying: no machine holds them.
const MAX_BITS: u64 = 1 << 43;

/// `a + b`.
#[inline]
pub fn add(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if a.is_compact() && b.is_compact() {
        return Ok(PyInt::from_i64((a.compact_value() + b.compact_value()) as i64));
    }
    add_long(a.view(), b.view())
}

/// `a - b`.
#[inline]
pub fn subtract(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if a.is_compact() && b.is_compact() {
        return Ok(PyInt::from_i64((a.compact_value() - b.compact_value()) as i64));
    }
    let b = b.view();
    add_long(a.view(), IntRef { negative: !b.negative && !b.is_zero(), digits: b.digits })
}

/// `a * b`.
#[inline]
pub fn multiply(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if a.is_compact() && b.is_compact() {
        return Ok(PyInt::from_i64(a.compact_value() as i64 * b.compact_value() as i64));
    }
    multiply_long(a.view(), b.view())
}

#[inline(never)]
fn add_long(a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Py<PyInt>> {
    if a.negative == b.negative || a.is_zero() || b.is_zero() {
        let negative = a.negative || b.negative;
        let capacity = a.digits.len().max(b.digits.len()) + 1;
        return layout::build(negative, capacity, |out| nat::add_into(out, a.digits, b.digits));
    }
    match nat::cmp(a.digits, b.digits) {
        Ordering::Equal => Ok(PyInt::from_i64(0)),
        Ordering::Greater => {
            layout::build(a.negative, a.digits.len(), |out| nat::sub_into(out, a.digits, b.digits))
        }
        Ordering::Less => {
            layout::build(b.negative, b.digits.len(), |out| nat::sub_into(out, b.digits, a.digits))
        }
    }
}

#[inline(never)]
fn multiply_long(a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Py<PyInt>> {
    if core::ptr::eq(a.digits, b.digits) && a.digits.len() > 64 {
        return Ok(PyInt::from_int(Int::new(false, multiplication::sqr(a.digits))));
    }
    let capacity = a.digits.len() + b.digits.len();
    layout::build(a.negative != b.negative, capacity, |out| multiplication::mul_into(out, a.digits, b.digits))
}

#[cold]
fn zero_division() -> crate::model::Raised {
    raised!(ZeroDivisionError, "division by zero")
}

#[inline(always)]
fn div_mod_compact(a: i64, b: i64) -> (i64, i64) {
    let (quotient, remainder) = (a / b, a % b);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

/// `a // b`.
#[inline]
pub fn floor_divide(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if b.is_zero() {
        return Err(zero_division());
    }
    if a.is_compact() && b.is_compact() {
        let (quotient, _) = div_mod_compact(a.compact_value() as i64, b.compact_value() as i64);
        return Ok(PyInt::from_i64(quotient));
    }
    Ok(PyInt::from_int(signed::floor_div(a.view(), b.view())))
}

/// `a % b`.
#[inline]
pub fn remainder(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if b.is_zero() {
        return Err(zero_division());
    }
    if a.is_compact() && b.is_compact() {
        let (_, remainder) = div_mod_compact(a.compact_value() as i64, b.compact_value() as i64);
        return Ok(PyInt::from_i64(remainder));
    }
    Ok(PyInt::from_int(signed::modulo(a.view(), b.view())))
}

/// `divmod(a, b)`.
pub fn div_mod(a: &PyInt, b: &PyInt) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
    if b.is_zero() {
        return Err(zero_division());
    }
    if a.is_compact() && b.is_compact() {
        let (quotient, remainder) = div_mod_compact(a.compact_value() as i64, b.compact_value() as i64);
        return Ok((PyInt::from_i64(quotient), PyInt::from_i64(remainder)));
    }
    let (quotient, remainder) = signed::div_mod(a.view(), b.view());
    Ok((PyInt::from_int(quotient), PyInt::from_int(remainder)))
}

/// `a / b`.
pub fn true_divide(a: &PyInt, b: &PyInt) -> PyResult<f64> {
    if b.is_zero() {
        return Err(zero_division());
    }
    if a.is_compact() && b.is_compact() {
        return Ok(a.compact_value() as f64 / b.compact_value() as f64);
    }
    float::true_div(a.view(), b.view()).map_err(|error| match error {
        TrueDivError::ByZero => zero_division(),
        TrueDivError::Overflow => {
            raised!(OverflowError, "integer division result too large for a float")
        }
    })
}

/// `a << b`.
pub fn left_shift(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if b.is_negative() {
        return Err(raised!(ValueError, "negative shift count"));
    }
    if a.is_zero() || b.is_zero() {
        return Ok(plain(a));
    }
    if a.is_compact() && b.is_compact() && b.compact_value() <= SHIFT as isize {
        return Ok(PyInt::from_i64((a.compact_value() as i64) << b.compact_value()));
    }
    let Some(count) = b.to_u64().filter(|&count| i64::try_from(count).is_ok()) else {
        return Err(raised!(OverflowError, "too many digits in integer"));
    };
    let a = a.view();
    match nat::shl_len(a.digits, count) {
        Some(capacity) if count <= MAX_BITS => {
            layout::build(a.negative, capacity, |out| nat::shl_into(out, a.digits, count))
        }
        _ => Err(raised!(MemoryError)),
    }
}

/// `a >> b`.
pub fn right_shift(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if b.is_negative() {
        return Err(raised!(ValueError, "negative shift count"));
    }
    if a.is_compact() {
        let count = b.to_u64().unwrap_or(63).min(63);
        return Ok(PyInt::from_i64(a.compact_value() as i64 >> count));
    }
    match b.to_u64() {
        Some(count) => Ok(PyInt::from_int(signed::shr(a.view(), count))),
        None => Ok(PyInt::from_i64(if a.is_negative() { -1 } else { 0 })),
    }
}

/// `a & b`.
#[inline]
pub fn bit_and(a: &PyInt, b: &PyInt) -> Py<PyInt> {
    if a.is_compact() && b.is_compact() {
        return PyInt::from_i64((a.compact_value() & b.compact_value()) as i64);
    }
    PyInt::from_int(bits::bit_op(BitOp::And, a.view(), b.view()))
}

/// `a | b`.
#[inline]
pub fn bit_or(a: &PyInt, b: &PyInt) -> Py<PyInt> {
    if a.is_compact() && b.is_compact() {
        return PyInt::from_i64((a.compact_value() | b.compact_value()) as i64);
    }
    PyInt::from_int(bits::bit_op(BitOp::Or, a.view(), b.view()))
}

/// `a ^ b`.
#[inline]
pub fn bit_xor(a: &PyInt, b: &PyInt) -> Py<PyInt> {
    if a.is_compact() && b.is_compact() {
        return PyInt::from_i64((a.compact_value() ^ b.compact_value()) as i64);
    }
    PyInt::from_int(bits::bit_op(BitOp::Xor, a.view(), b.view()))
}

/// `-a`.
#[inline]
pub fn negate(a: &PyInt) -> Py<PyInt> {
    if a.is_compact() {
        return PyInt::from_i64(-(a.compact_value() as i64));
    }
    let a = a.view();
    PyInt::from_view(IntRef { negative: !a.negative, digits: a.digits })
}

/// `~a`.
#[inline]
pub fn invert(a: &PyInt) -> Py<PyInt> {
    if a.is_compact() {
        return PyInt::from_i64(!(a.compact_value() as i64));
    }
    PyInt::from_int(bits::invert(a.view()))
}

/// `abs(a)`.
#[inline]
pub fn absolute(a: &PyInt) -> Py<PyInt> {
    if a.is_negative() { negate(a) } else { plain(a) }
}

/// The same value as an exact `int`.
#[inline]
pub fn plain(a: &PyInt) -> Py<PyInt> {
    if PyInt::check_exact(a) { a.to_owned() } else { PyInt::from_view(a.view()) }
}

/// `a ** b`: a float where `b` is negative.
pub fn power(a: &PyInt, b: &PyInt) -> PyResult<Obj> {
    if b.is_negative() {
        let (a, b) = (a.to_f64()?, b.to_f64()?);
        return Ok(PyFloat::new(crate::types::float::power(a, b)?).into_obj());
    }
    if b.is_compact() && b.compact_value() == 2 {
        return multiply(a, a).map(Py::into_obj);
    }
    let base = a.view();
    let exponent = match b.to_u64() {
        Some(exponent) => exponent,
        // Only 0, 1 and -1 have such powers.
        None if nat::bit_length(base.digits) <= 1 => b.view().is_odd() as u64 | 2,
        None => return Err(raised!(MemoryError)),
    };
    let bits = nat::bit_length(base.digits);
    if bits > 1 && (bits - 1).saturating_mul(exponent) > MAX_BITS {
        return Err(raised!(MemoryError));
    }
    Ok(PyInt::from_int(power::pow(base, exponent)).into_obj())
}

/// `pow(a, b, modulus)`.
pub fn power_modulo(a: &PyInt, b: &PyInt, modulus: &PyInt) -> PyResult<Py<PyInt>> {
    match power::pow_mod(a.view(), b.view(), modulus.view()) {
        Ok(result) => Ok(PyInt::from_int(result)),
        Err(PowModError::ZeroModulus) => Err(raised!(ValueError, "pow() 3rd argument cannot be 0")),
        Err(PowModError::NotInvertible) => {
            Err(raised!(ValueError, "base is not invertible for the given modulus"))
        }
    }
}

/// The order of two integers.
#[inline]
pub fn compare(a: &PyInt, b: &PyInt) -> Ordering {
    if a.is_compact() && b.is_compact() {
        a.compact_value().cmp(&b.compact_value())
    } else {
        a.view().cmp(b.view())
    }
}

/// `a op b`.
#[inline]
pub fn compare_op(a: &PyInt, b: &PyInt, op: CompareOp) -> bool {
    op.holds(compare(a, b))
}

/// The hash.
#[inline]
pub fn hash(a: &PyInt) -> isize {
    if a.is_compact() {
        let value = a.compact_value();
        return if value == -1 { -2 } else { value };
    }
    float::hash(a.view()) as isize
}
