//! The operators of `Decimal`, and its comparisons with other numbers.

use super::context::{PyDecContext, current};
use super::convert::{Operand, note_float, of_int, operand};
use super::number::{PyDecimal, make};
use super::state::state;
use core::cmp::Ordering;
use taipan_kernels::decimal::{Dec, Rules, arith, compare, convert, divide, power, status};
use taipan_objects::prelude::*;
use taipan_objects::types::complex::PyComplex;

type Binary = fn(&Dec, &Dec, &Rules, &mut u32) -> Dec;
type Unary = fn(&Dec, &Rules, &mut u32) -> Dec;

/// An operator by the current context.
#[inline(always)]
fn binary(a: &PyObject, b: &PyObject, operation: Binary) -> PyResult {
    let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
    Ok(current()?.number(|rules, met| operation(&a, &b, rules, met))?.into_obj())
}

#[inline(always)]
fn unary(a: &PyDecimal, operation: Unary) -> PyResult {
    Ok(current()?.number(|rules, met| operation(&a.dec, rules, met))?.into_obj())
}

/// The other side of a comparison: two numbers to compare, perhaps scaled; None where there is no comparison.
fn comparable<'a>(
    a: &'a PyDecimal,
    b: &'a PyObject,
    op: CompareOp,
    context: &PyDecContext,
) -> PyResult<Option<(Operand<'a>, Operand<'a>)>> {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let of_float = |value: f64| {
        if equality {
            // Whether numbers are equal may always be asked.
            context.set_status(status::FLOAT_OPERATION);
        } else {
            note_float(context)?;
        }
        Ok(Some((Operand::Of(&a.dec), Operand::Made(convert::from_f64(value)))))
    };
    if let Some(b) = operand(b) {
        return Ok(Some((Operand::Of(&a.dec), b)));
    }
    if let Some(float) = b.downcast::<PyFloat>() {
        return of_float(float.value());
    }
    if let Some(complex) = b.downcast::<PyComplex>() {
        let (real, imag) = complex.parts();
        return if equality && imag == 0.0 { of_float(real) } else { Ok(None) };
    }
    if object::is_instance(b, state().rational())? {
        return rational(a, b).map(Some);
    }
    Ok(None)
}

/// A comparison with a fraction: its numerator, and the number times its denominator.
fn rational<'a>(a: &'a PyDecimal, b: &PyObject) -> PyResult<(Operand<'a>, Operand<'a>)> {
    let part = |name: &str| -> PyResult<Dec> {
        let value = object::get_attr(b, &PyStr::new(name))?;
        match value.downcast::<PyInt>() {
            Some(value) => Ok(of_int(value)),
            None => Err(raised!(TypeError, "{name} is not an integer")),
        }
    };
    let (numerator, denominator) = (part("numerator")?, part("denominator")?);
    if !a.dec.is_finite() {
        return Ok((Operand::Of(&a.dec), Operand::Made(numerator)));
    }
    let scaled = arith::mul(&a.dec, &denominator, &Rules::MAX, &mut 0);
    Ok((Operand::Made(scaled), Operand::Made(numerator)))
}

/// The order of two numbers; None where one is no number, which a signalling NaN or an inequality does not stand.
fn order(a: &Dec, b: &Dec, op: CompareOp, context: &PyDecContext) -> PyResult<Option<Ordering>> {
    if !a.is_nan() && !b.is_nan() {
        return Ok(Some(compare::cmp(a, b)));
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if !equality || a.is_snan() || b.is_snan() {
        context.note(status::INVALID_OPERATION)?;
    }
    Ok(None)
}

#[pymethods(SLOTS)]
impl PyDecimal {
    #[slot(tp_richcompare)]
    fn rich_compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        if let Some(other) = operand(other)
            && !self.dec.is_nan()
            && !other.is_nan()
        {
            return Ok(PyInt::from_bool(op.holds(compare::cmp(&self.dec, &other))));
        }
        let context = current()?;
        let Some((a, b)) = comparable(self, other, op, &context)? else { return Ok(not_implemented()) };
        let holds = match order(&a, &b, op, &context)? {
            Some(order) => op.holds(order),
            None => op == CompareOp::Ne,
        };
        Ok(PyInt::from_bool(holds))
    }

    #[slot(nb_add)]
    fn add(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, arith::add)
    }

    #[slot(nb_subtract)]
    fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, arith::sub)
    }

    #[slot(nb_multiply)]
    fn multiply(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, arith::mul)
    }

    #[slot(nb_true_divide)]
    fn true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, divide::divide)
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, divide::divide_whole)
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        binary(a, b, divide::remainder)
    }

    #[slot(nb_divmod)]
    fn divmod(a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
        let (quotient, rest) = current()?.run(|rules, met| divide::div_mod(&a, &b, rules, met))?;
        Ok(PyTuple::pair(make(quotient).into_obj(), make(rest).into_obj()).into_obj())
    }

    #[slot(nb_power)]
    fn power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
        if modulus.is_none() {
            return binary(a, b, power::pow);
        }
        let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
        let Some(modulus) = operand(modulus) else { return Ok(not_implemented()) };
        let result = current()?.number(|rules, met| power::pow_modulo(&a, &b, &modulus, rules, met))?;
        Ok(result.into_obj())
    }

    #[slot(nb_negative)]
    fn negative(&self) -> PyResult {
        unary(self, arith::minus)
    }

    #[slot(nb_positive)]
    fn positive(&self) -> PyResult {
        unary(self, arith::plus)
    }

    #[slot(nb_absolute)]
    fn absolute(&self) -> PyResult {
        unary(self, arith::abs)
    }
}
