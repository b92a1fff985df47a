//! The arithmetic methods of `Context`: their operands may be Decimals or integers.

use super::context::PyDecContext;
use super::convert::{Mode, from_float, from_object, wanted};
use super::number::{PyDecimal, make};
use taipan_kernels::decimal::places::Logic;
use taipan_kernels::decimal::{Dec, Kind, Rules, arith, compare, divide, places, power, transcend};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

macro_rules! unary {
    ($($name:ident = $operation:path, $doc:literal;)*) => {
        #[pymethods(UNARY)]
        impl PyDecContext {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(x, /)")]
                fn $name(&self, x: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let x = wanted(x)?;
                    self.number(|rules, met| $operation(&x, rules, met))
                }
            )*
        }
    };
}

unary! {
    abs = arith::abs, "Return the absolute value of x.";
    plus = arith::plus, "Prefix plus converts x to the context: the result is rounded.";
    minus = arith::minus, "Prefix minus negates x; the result is rounded.";
    exp = transcend::exp, "Return e ** x.";
    ln = transcend::ln, "Return the natural (base e) logarithm of x.";
    log10 = transcend::log10, "Return the base 10 logarithm of x.";
    sqrt = transcend::sqrt, "Square root of a non-negative number to context precision.";
    next_minus = places::next_minus, "Return the largest representable number smaller than x.";
    next_plus = places::next_plus, "Return the smallest representable number larger than x.";
    normalize = places::normalize, "Reduce x to its simplest form.";
    to_integral = places::to_integral_value, "Identical to to_integral_value(x).";
    to_integral_exact = places::to_integral_exact, "Round to an integer. Signal if the result is rounded or inexact.";
    to_integral_value = places::to_integral_value, "Round to an integer.";
    logb = places::logb, "Return the exponent of the magnitude of the operand's most significant digit.";
    logical_invert = places::logical_invert, "Invert all digits of x.";
}

macro_rules! binary {
    ($($name:ident = $operation:expr, $doc:literal;)*) => {
        #[pymethods(BINARY)]
        impl PyDecContext {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(x, y, /)")]
                fn $name(&self, x: &PyObject, y: &PyObject) -> PyResult<Py<PyDecimal>> {
                    let operation: fn(&Dec, &Dec, &Rules, &mut u32) -> Dec = $operation;
                    let (x, y) = (wanted(x)?, wanted(y)?);
                    self.number(|rules, met| operation(&x, &y, rules, met))
                }
            )*
        }
    };
}

binary! {
    add = arith::add, "Return the sum of x and y.";
    subtract = arith::sub, "Return the difference between x and y.";
    multiply = arith::mul, "Return the product of x and y.";
    divide = divide::divide, "Return x divided by y.";
    divide_int = divide::divide_whole, "Return x divided by y, truncated to an integer.";
    remainder = divide::remainder, "Return the remainder from integer division.";
    remainder_near = divide::remainder_near, "Return x - y * n, where n is the integer nearest the exact x / y.";
    compare = compare::compare, "Compare x and y numerically.";
    compare_signal = compare::compare_signal, "Compare x and y numerically. All NaNs signal.";
    compare_total = |x, y, _, _| compare::compare_total(x, y), "Compare x and y using their abstract representation.";
    compare_total_mag = |x, y, _, _| compare::compare_total_mag(x, y), "As compare_total, ignoring signs.";
    copy_sign = |x, y, _, _| compare::copy_sign(x, y), "Copy the sign from y to x.";
    max = compare::max, "Compare the values numerically and return the maximum.";
    max_mag = compare::max_mag, "Compare the values numerically with their sign ignored.";
    min = compare::min, "Compare the values numerically and return the minimum.";
    min_mag = compare::min_mag, "Compare the values numerically with their sign ignored.";
    next_toward = places::next_toward, "Return the number closest to x, in the direction towards y.";
    quantize = places::quantize, "Return a value equal to x (rounded), having the exponent of y.";
    logical_and = |x, y, rules, met| places::logical(x, y, Logic::And, rules, met), "Digit-wise and of x and y.";
    logical_or = |x, y, rules, met| places::logical(x, y, Logic::Or, rules, met), "Digit-wise or of x and y.";
    logical_xor = |x, y, rules, met| places::logical(x, y, Logic::Xor, rules, met), "Digit-wise xor of x and y.";
    rotate = places::rotate, "Return a copy of x, rotated by y places.";
    scaleb = places::scaleb, "Return the first operand after adding the second value to its exp.";
    shift = places::shift, "Return a copy of x, shifted by y places.";
}

macro_rules! tests {
    ($($name:ident = $test:expr, $doc:literal;)*) => {
        #[pymethods(TESTS)]
        impl PyDecContext {
            $(
                #[doc = $doc]
                #[pymethod(signature = "(x, /)")]
                fn $name(&self, x: &PyObject) -> PyResult<bool> {
                    let test: fn(&Dec, &Rules) -> bool = $test;
                    Ok(test(&*wanted(x)?, &self.rules()))
                }
            )*
        }
    };
}

tests! {
    is_finite = |x, _| x.is_finite(), "Return True if x is finite, False otherwise.";
    is_infinite = |x, _| x.is_infinite(), "Return True if x is infinite, False otherwise.";
    is_nan = |x, _| x.is_nan(), "Return True if x is a qNaN or sNaN, False otherwise.";
    is_normal = |x, rules| x.is_normal(rules), "Return True if x is a normal number, False otherwise.";
    is_qnan = |x, _| x.kind == Kind::Quiet, "Return True if x is a quiet NaN, False otherwise.";
    is_signed = |x, _| x.negative, "Return True if x is negative, False otherwise.";
    is_snan = |x, _| x.is_snan(), "Return True if x is a signaling NaN, False otherwise.";
    is_subnormal = |x, rules| x.is_subnormal(rules), "Return True if x is subnormal, False otherwise.";
    is_zero = |x, _| x.is_zero(), "Return True if x is a zero, False otherwise.";
}

/// A Decimal, and nothing else.
fn decimal(value: &PyObject) -> PyResult<&PyDecimal> {
    value.downcast::<PyDecimal>().ok_or_else(|| raised!(TypeError, "argument must be a Decimal"))
}

#[pymethods(OTHERS)]
impl PyDecContext {
    /// Return quotient and remainder of the division x / y.
    #[pymethod(signature = "(x, y, /)")]
    fn divmod(&self, x: &PyObject, y: &PyObject) -> PyResult<Py<PyTuple>> {
        let (x, y) = (wanted(x)?, wanted(y)?);
        let (quotient, rest) = self.run(|rules, met| divide::div_mod(&x, &y, rules, met))?;
        Ok(PyTuple::pair(make(quotient).into_obj(), make(rest).into_obj()))
    }

    /// Compute a**b. If 'a' is negative, then 'b' must be integral.
    ///
    /// With a third argument compute (a**b) % modulo; all three must then be
    /// integral, 'b' not negative, 'modulo' not zero.
    #[pymethod(signature = "(a, b, modulo=None)")]
    fn power(&self, a: &PyObject, b: &PyObject, modulo: Option<&PyObject>) -> PyResult<Py<PyDecimal>> {
        let (a, b) = (wanted(a)?, wanted(b)?);
        match modulo {
            None => self.number(|rules, met| power::pow(&a, &b, rules, met)),
            Some(modulo) => {
                let modulo = wanted(modulo)?;
                self.number(|rules, met| power::pow_modulo(&a, &b, &modulo, rules, met))
            }
        }
    }

    /// Return x multiplied by y, plus z.
    #[pymethod(signature = "(x, y, z, /)")]
    fn fma(&self, x: &PyObject, y: &PyObject, z: &PyObject) -> PyResult<Py<PyDecimal>> {
        let (x, y, z) = (wanted(x)?, wanted(y)?, wanted(z)?);
        self.number(|rules, met| arith::fma(&x, &y, &z, rules, met))
    }

    /// Return True if x is canonical, False otherwise.
    #[pymethod(signature = "(x, /)")]
    fn is_canonical(&self, x: &PyObject) -> PyResult<bool> {
        decimal(x).map(|_| true)
    }

    /// Return a new instance of x.
    #[pymethod(signature = "(x, /)")]
    fn canonical(&self, x: &PyObject) -> PyResult {
        decimal(x).map(|x| x.as_object().owned())
    }

    /// Apply the context to a number.
    #[pymethod(signature = "(object, /)")]
    fn _apply(&self, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        let x = wanted(x)?;
        self.number(|rules, met| taipan_kernels::decimal::finish::finished(Dec::clone(&x), rules, met))
    }

    /// Return a copy of x with the sign set to 0.
    #[pymethod(signature = "(x, /)")]
    fn copy_abs(&self, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        Ok(make(Dec::clone(&*wanted(x)?).with_sign(false)))
    }

    /// Return a copy of x with the sign inverted.
    #[pymethod(signature = "(x, /)")]
    fn copy_negate(&self, x: &PyObject) -> PyResult<Py<PyDecimal>> {
        Ok(make(Dec::clone(&*wanted(x)?).negated()))
    }

    /// Return a copy of Decimal x.
    #[pymethod(signature = "(x, /)")]
    fn copy_decimal(&self, x: &PyObject) -> PyResult {
        match x.downcast::<PyDecimal>() {
            Some(x) => Ok(x.as_object().owned()),
            None => Ok(make(Dec::clone(&*wanted(x)?)).into_obj()),
        }
    }

    /// Return an indication of the class of x.
    #[pymethod(signature = "(x, /)")]
    fn number_class(&self, x: &PyObject) -> PyResult<&'static str> {
        Ok(compare::class(&*wanted(x)?, &self.rules()))
    }

    /// Convert a number to a string using scientific notation.
    #[pymethod(signature = "(x, /)")]
    fn to_sci_string(&self, x: &PyObject) -> PyResult<String> {
        Ok(make(Dec::clone(&*wanted(x)?)).scientific(self))
    }

    /// Convert a number to a string, using engineering notation.
    #[pymethod(signature = "(x, /)")]
    fn to_eng_string(&self, x: &PyObject) -> PyResult<String> {
        Ok(make(Dec::clone(&*wanted(x)?)).engineering(self))
    }

    /// Return True if the two operands have the same exponent.
    #[pymethod(signature = "(x, y, /)")]
    fn same_quantum(&self, x: &PyObject, y: &PyObject) -> PyResult<bool> {
        Ok(compare::same_quantum(&*wanted(x)?, &*wanted(y)?))
    }

    /// Create a new Decimal instance from num, using self as the context.
    ///
    /// Unlike the Decimal constructor, this method rounds by the context.
    #[pymethod(signature = "(num=\"0\", /)")]
    fn create_decimal(&self, num: OptArg<&PyObject>) -> PyResult {
        let Some(num) = num.given() else { return Ok(make(Dec::zero(false, 0)).into_obj()) };
        Ok(make(from_object(num, self, Mode::Rounded)?).into_obj())
    }

    /// Create a new Decimal instance from float f, rounded by the context.
    #[pymethod(signature = "(f, /)")]
    fn create_decimal_from_float(&self, f: &PyObject) -> PyResult<Py<PyDecimal>> {
        Ok(make(from_float(f, self, Mode::Rounded)?))
    }
}
