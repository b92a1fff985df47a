//! Arithmetic on doubles with Python's errors, and their comparison with integers.

use super::PyFloat;
use crate::errors;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, Raised};
use crate::types::complex::PyComplex;
use crate::types::int::PyInt;
use core::cmp::Ordering;
use taipan_kernels::float::arith::{self, PowError};
use taipan_kernels::hash::hash_pointer;
use taipan_kernels::int::float::cmp_f64;

/// An operand of float arithmetic: a float or an integer; `None` for anything else.
#[inline(always)]
pub fn operand(a: &PyObject) -> PyResult<Option<f64>> {
    if let Some(value) = a.downcast_exact::<PyFloat>() {
        return Ok(Some(value.value()));
    }
    other_operand(a)
}

#[inline(never)]
fn other_operand(a: &PyObject) -> PyResult<Option<f64>> {
    if let Some(value) = a.downcast::<PyInt>() {
        return value.to_f64().map(Some);
    }
    Ok(a.downcast::<PyFloat>().map(PyFloat::value))
}

#[cold]
pub(crate) fn zero_division() -> Raised {
    raised!(ZeroDivisionError, "division by zero")
}

/// `a / b`.
#[inline(always)]
pub fn true_divide(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 { Err(zero_division()) } else { Ok(a / b) }
}

/// `a // b`.
#[inline]
pub fn floor_divide(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 { Err(zero_division()) } else { Ok(arith::div_mod(a, b).0) }
}

/// `a % b`.
#[inline]
pub fn remainder(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 { Err(zero_division()) } else { Ok(arith::modulo(a, b)) }
}

/// `divmod(a, b)`.
#[inline]
pub fn div_mod(a: f64, b: f64) -> PyResult<(f64, f64)> {
    if b == 0.0 { Err(zero_division()) } else { Ok(arith::div_mod(a, b)) }
}

/// Raises the `OverflowError` that C's `ERANGE` gives: `(34, 'Numerical result out of range')`.
#[cold]
pub fn range_error() -> Raised {
    use crate::model::ToPy;
    match (34, "Numerical result out of range").to_py() {
        Ok(args) => errors::set_object(errors::Exc::OverflowError.type_object(), &args),
        Err(raised) => raised,
    }
}

/// `a ** b` where the result is real.
pub fn power(a: f64, b: f64) -> PyResult<f64> {
    match arith::pow(a, b) {
        Ok(value) => Ok(value),
        Err(PowError::ZeroToNegative) => Err(raised!(ZeroDivisionError, "zero to a negative power")),
        Err(PowError::Overflow) => Err(range_error()),
        Err(PowError::Complex) => {
            Err(raised!(ValueError, "negative number cannot be raised to a fractional power"))
        }
    }
}

/// `a ** b`: a complex number for a negative base and a fractional exponent.
pub fn power_object(a: f64, b: f64) -> PyResult {
    if let Err(PowError::Complex) = arith::pow(a, b) {
        let (re, im) = crate::types::complex::power((a, 0.0), (b, 0.0))?;
        return Ok(PyComplex::new(re, im).into_obj());
    }
    Ok(PyFloat::new(power(a, b)?).into_obj())
}

/// `a op b` of doubles.
#[inline(always)]
pub fn compare(a: f64, b: f64, op: CompareOp) -> bool {
    match op {
        CompareOp::Lt => a < b,
        CompareOp::Le => a <= b,
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        CompareOp::Gt => a > b,
        CompareOp::Ge => a >= b,
    }
}

/// `a op b` of a double and an integer, exactly.
pub fn compare_int(a: f64, b: &PyInt, op: CompareOp) -> bool {
    if b.is_compact() {
        return compare(a, b.compact_value() as f64, op);
    }
    if !a.is_finite() {
        return compare(a, 0.0, op);
    }
    let ordering: Ordering = cmp_f64(b.view(), a).reverse();
    op.holds(ordering)
}

/// `a op b` with any object; `None` where the object is no number.
pub fn compare_object(a: f64, b: &PyObject, op: CompareOp) -> Option<bool> {
    if let Some(b) = b.downcast::<PyFloat>() {
        return Some(compare(a, b.value(), op));
    }
    Some(compare_int(a, b.downcast::<PyInt>()?, op))
}

/// The hash of a double in an object: that of the object's address for NaN.
#[inline]
pub fn hash(value: f64, object: &PyObject) -> isize {
    arith::hash(value).unwrap_or_else(|| hash_pointer(object.as_ptr() as usize)) as isize
}

/// A float or integer object of this value.
pub fn float_obj(value: f64) -> Obj {
    PyFloat::new(value).into_obj()
}
