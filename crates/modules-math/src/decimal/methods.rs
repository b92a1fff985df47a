//! The methods of `Decimal` that take a context, the current one where none is given, and those that need none.

use super::context::context_or_current;
use super::convert::wanted;
use super::number::{PyDecimal, make};
use super::signals::rounding_of;
use taipan_kernels::decimal::places::Logic;
use taipan_kernels::decimal::{Dec, Kind, Rules, arith, compare, divide, places, transcend};
use taipan_objects::prelude::*;

fn logical_and(a: &Dec, b: &Dec, rules: &Rules, met: &mut u32) -> Dec {
    places::logical(a, b, Logic::And, rules, met)
}

fn logical_or(a: &Dec, b: &Dec, rules: &Rules, met: &mut u32) -> Dec {
    places::logical(a, b, Logic::Or, rules, met)
}

fn logical_xor(a: &Dec, b: &Dec, rules: &Rules, met: &mut u32) -> Dec {
    places::logical(a, b, Logic::Xor, rules, met)
}

fn compare_total(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    compare::compare_total(a, b)
}

fn compare_total_mag(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    compare::compare_total_mag(a, b)
}

fn copy_sign(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    compare::copy_sign(a, b)
}

macro_rules! unary {
    ($($name:ident = $operation:path, $doc:literal;)*) => {
        #[pymethods(UNARY)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(context=None)")]
                fn $name(&self, context: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
                    context_or_current(context)?.number(|rules, met| $operation(&self.dec, rules, met))
                }
            )*
        }
    };
}

unary! {
    exp = transcend::exp, "Return e raised to the number, correctly rounded in the mode ROUND_HALF_EVEN.";
    ln = transcend::ln, "Return the natural logarithm, correctly rounded in the mode ROUND_HALF_EVEN.";
    log10 = transcend::log10, "Return the base ten logarithm, correctly rounded in the mode ROUND_HALF_EVEN.";
    sqrt = transcend::sqrt, "Return the square root to full precision, rounded in the mode ROUND_HALF_EVEN.";
    next_minus = places::next_minus, "Return the largest number of the context that is smaller than the operand.";
    next_plus = places::next_plus, "Return the smallest number of the context that is larger than the operand.";
    normalize = places::normalize, "Strip the rightmost trailing zeros and convert any zero to Decimal('0e0').";
    logb = places::logb, "Return the adjusted exponent of the operand as a Decimal.";
    logical_invert = places::logical_invert, "Invert all digits of a logical operand.";
}

macro_rules! rounded {
    ($($name:ident = $operation:path, $doc:literal;)*) => {
        #[pymethods(ROUNDED)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(rounding=None, context=None)")]
                fn $name(&self, rounding: Option<&PyObject>, context: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
                    let context = context_or_current(context)?;
                    let rounding = rounding.map(rounding_of).transpose()?;
                    context.number(|rules, met| {
                        let rules = rounding.map_or(*rules, |rounding| rules.rounding(rounding));
                        $operation(&self.dec, &rules, met)
                    })
                }
            )*
        }
    };
}

rounded! {
    to_integral = places::to_integral_value, "Identical to the to_integral_value() method.";
    to_integral_exact = places::to_integral_exact,
        "Round to the nearest integer, signaling Inexact or Rounded as appropriate.";
    to_integral_value = places::to_integral_value,
        "Round to the nearest integer without signaling Inexact or Rounded.";
}

macro_rules! binary {
    ($($name:ident = $operation:path, $doc:literal;)*) => {
        #[pymethods(BINARY)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(other, context=None)")]
                fn $name(&self, other: &PyObject, context: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
                    let context = context_or_current(context)?;
                    let other = wanted(other)?;
                    context.number(|rules, met| $operation(&self.dec, &other, rules, met))
                }
            )*
        }
    };
}

binary! {
    compare = compare::compare, "Compare self to other: Decimal('-1'), '0' or '1', or a NaN.";
    compare_signal = compare::compare_signal, "Identical to compare, except that all NaNs signal.";
    compare_total = compare_total, "Compare two operands by their abstract representation.";
    compare_total_mag = compare_total_mag, "As compare_total(), ignoring the signs.";
    copy_sign = copy_sign, "Return the first operand with the sign of the second.";
    max = compare::max, "Maximum of self and other; a quiet NaN loses against a number.";
    max_mag = compare::max_mag, "As max(), by absolute values.";
    min = compare::min, "Minimum of self and other; a quiet NaN loses against a number.";
    min_mag = compare::min_mag, "As min(), by absolute values.";
    next_toward = places::next_toward, "Return the number closest to the first operand towards the second.";
    remainder_near = divide::remainder_near, "Return the remainder of the division with the nearest quotient.";
    logical_and = logical_and, "Apply an 'and' operation between the digits of logical operands.";
    logical_or = logical_or, "Apply an 'or' operation between the digits of logical operands.";
    logical_xor = logical_xor, "Apply an 'xor' operation between the digits of logical operands.";
    rotate = places::rotate, "Rotate the digits of the first operand by the second.";
    scaleb = places::scaleb, "Return the first operand with the exponent adjusted by the second.";
    shift = places::shift, "Shift the digits of the first operand by the second.";
}

macro_rules! tests {
    ($($name:ident = $test:expr, $doc:literal;)*) => {
        #[pymethods(TESTS)]
        impl PyDecimal {
            $(
                #[doc = $doc]
                #[pymethod]
                fn $name(&self) -> bool {
                    let test: fn(&Dec) -> bool = $test;
                    test(&self.dec)
                }
            )*
        }
    };
}

tests! {
    is_canonical = |_| true, "Return True: a Decimal is always canonical.";
    is_finite = Dec::is_finite, "Return True if the argument is a finite number.";
    is_infinite = Dec::is_infinite, "Return True if the argument is an infinity.";
    is_nan = Dec::is_nan, "Return True if the argument is a quiet or signaling NaN.";
    is_qnan = |dec| dec.kind == Kind::Quiet, "Return True if the argument is a quiet NaN.";
    is_snan = Dec::is_snan, "Return True if the argument is a signaling NaN.";
    is_signed = |dec| dec.negative, "Return True if the argument has a negative sign.";
    is_zero = Dec::is_zero, "Return True if the argument is a zero.";
}

#[pymethods(OTHERS)]
impl PyDecimal {
    /// Return a value equal to the first operand with the exponent of the second, rounded where that loses digits.
    #[pymethod(signature = "(exp, rounding=None, context=None)")]
    fn quantize(
        &self,
        exp: &PyObject,
        rounding: Option<&PyObject>,
        context: Option<&PyObject>,
    ) -> PyResult<Py<PyDecimal>> {
        let context = context_or_current(context)?;
        let rounding = rounding.map(rounding_of).transpose()?;
        let exp = wanted(exp)?;
        context.number(|rules, met| {
            let rules = rounding.map_or(*rules, |rounding| rules.rounding(rounding));
            places::quantize(&self.dec, &exp, &rules, met)
        })
    }

    /// Fused multiply-add. Return self*other+third with no rounding of the intermediate product.
    #[pymethod(signature = "(other, third, context=None)")]
    fn fma(&self, other: &PyObject, third: &PyObject, context: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
        let context = context_or_current(context)?;
        let (other, third) = (wanted(other)?, wanted(third)?);
        context.number(|rules, met| arith::fma(&self.dec, &other, &third, rules, met))
    }

    /// Return True if the argument is a normal finite number, not zero, not subnormal.
    #[pymethod(signature = "(context=None)")]
    fn is_normal(&self, context: Option<&PyObject>) -> PyResult<bool> {
        Ok(self.dec.is_normal(&context_or_current(context)?.rules()))
    }

    /// Return True if the argument is subnormal.
    #[pymethod(signature = "(context=None)")]
    fn is_subnormal(&self, context: Option<&PyObject>) -> PyResult<bool> {
        Ok(self.dec.is_subnormal(&context_or_current(context)?.rules()))
    }

    /// Return a string describing the class of the operand.
    #[pymethod(signature = "(context=None)")]
    fn number_class(&self, context: Option<&PyObject>) -> PyResult<&'static str> {
        Ok(compare::class(&self.dec, &context_or_current(context)?.rules()))
    }

    /// Convert to an engineering-type string, whose exponent is a multiple of 3.
    #[pymethod(signature = "(context=None)")]
    fn to_eng_string(&self, context: Option<&PyObject>) -> PyResult<String> {
        Ok(self.engineering(&*context_or_current(context)?))
    }

    /// Test whether self and other have the same exponent or whether both are NaN.
    #[pymethod(signature = "(other, context=None)")]
    fn same_quantum(&self, other: &PyObject, context: Option<&PyObject>) -> PyResult<bool> {
        context_or_current(context)?;
        Ok(compare::same_quantum(&self.dec, &*wanted(other)?))
    }

    /// Return the adjusted exponent of the number: exp + digits - 1.
    #[pymethod]
    fn adjusted(&self) -> i64 {
        if self.dec.is_finite() { self.dec.adjusted() } else { 0 }
    }

    /// Return the argument: the encoding of a Decimal is always canonical.
    #[pymethod]
    fn canonical(&self) -> Obj {
        self.as_object().owned()
    }

    /// Return self.
    #[pymethod]
    fn conjugate(&self) -> Obj {
        self.as_object().owned()
    }

    /// Return Decimal(10), the radix of all arithmetic.
    #[pymethod]
    fn radix(&self) -> Py<PyDecimal> {
        make(Dec::of_i64(10))
    }

    /// Return the absolute value of the argument, unaffected by the context.
    #[pymethod]
    fn copy_abs(&self) -> Py<PyDecimal> {
        make(self.dec.clone().with_sign(false))
    }

    /// Return the negation of the argument, unaffected by the context.
    #[pymethod]
    fn copy_negate(&self) -> Py<PyDecimal> {
        make(self.dec.clone().negated())
    }
}
