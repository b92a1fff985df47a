//! `math`.
//!
//! | file | holds |
//! |---|---|
//! | `gamma` | the gamma function and its logarithm |
//! | `sums` | sums with more than double precision |
//! | `whole` | functions of integers |
//! | `helpers` | errors, logarithms, rounding to integers |

mod gamma;
mod helpers;
mod sums;
mod whole;

use taipan_macros::pymodule;

/// This module provides access to the mathematical functions
/// defined by the C standard.
#[pymodule(name = "math")]
pub mod module {
    use super::helpers::*;
    use super::sums::{ExactSum, Sum};
    use super::{gamma, whole};
    use core::f64::consts::{E, PI, TAU};
    use taipan_host::libm;
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;
    use taipan_objects::types::float;

    /// Return the arc cosine (measured in radians) of x.
    ///
    /// The result is between 0 and pi.
    #[pyfunction(signature = "(x, /)")]
    pub fn acos(x: f64) -> PyResult<f64> {
        checked(x, x.acos(), RANGE_1, false)
    }

    /// Return the inverse hyperbolic cosine of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn acosh(x: f64) -> PyResult<f64> {
        checked(x, libm::acosh(x), AT_LEAST_1, false)
    }

    /// Return the arc sine (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction(signature = "(x, /)")]
    pub fn asin(x: f64) -> PyResult<f64> {
        checked(x, x.asin(), RANGE_1, false)
    }

    /// Return the inverse hyperbolic sine of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn asinh(x: f64) -> PyResult<f64> {
        checked(x, libm::asinh(x), DOMAIN, false)
    }

    /// Return the arc tangent (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction(signature = "(x, /)")]
    pub fn atan(x: f64) -> PyResult<f64> {
        checked(x, x.atan(), DOMAIN, false)
    }

    /// Return the inverse hyperbolic tangent of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn atanh(x: f64) -> PyResult<f64> {
        checked(x, libm::atanh(x), INSIDE_1, false)
    }

    /// Return the cube root of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn cbrt(x: f64) -> PyResult<f64> {
        checked(x, x.cbrt(), DOMAIN, false)
    }

    /// Return the cosine of x (measured in radians).
    #[pyfunction(signature = "(x, /)")]
    pub fn cos(x: f64) -> PyResult<f64> {
        checked(x, x.cos(), FINITE, false)
    }

    /// Return the hyperbolic cosine of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn cosh(x: f64) -> PyResult<f64> {
        checked(x, x.cosh(), DOMAIN, true)
    }

    /// Return e raised to the power of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn exp(x: f64) -> PyResult<f64> {
        checked(x, x.exp(), DOMAIN, true)
    }

    /// Return 2 raised to the power of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn exp2(x: f64) -> PyResult<f64> {
        checked(x, libm::exp2(x), DOMAIN, true)
    }

    /// Return exp(x)-1.
    ///
    /// This function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.
    #[pyfunction(signature = "(x, /)")]
    pub fn expm1(x: f64) -> PyResult<f64> {
        checked(x, x.exp_m1(), DOMAIN, true)
    }

    /// Return the absolute value of the float x.
    #[pyfunction(signature = "(x, /)")]
    pub fn fabs(x: f64) -> PyResult<f64> {
        checked(x, x.abs(), DOMAIN, false)
    }

    /// Return the natural logarithm of 1+x (base e).
    ///
    /// The result is computed in a way which is accurate for x near zero.
    #[pyfunction(signature = "(x, /)")]
    pub fn log1p(x: f64) -> PyResult<f64> {
        checked(x, log_1p(x), ABOVE_MINUS_1, false)
    }

    /// Return the sine of x (measured in radians).
    #[pyfunction(signature = "(x, /)")]
    pub fn sin(x: f64) -> PyResult<f64> {
        checked(x, x.sin(), FINITE, false)
    }

    /// Return the hyperbolic sine of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn sinh(x: f64) -> PyResult<f64> {
        checked(x, x.sinh(), DOMAIN, true)
    }

    /// Return the square root of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn sqrt(x: f64) -> PyResult<f64> {
        checked(x, x.sqrt(), NONNEGATIVE, false)
    }

    /// Return the tangent of x (measured in radians).
    #[pyfunction(signature = "(x, /)")]
    pub fn tan(x: f64) -> PyResult<f64> {
        checked(x, x.tan(), FINITE, false)
    }

    /// Return the hyperbolic tangent of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn tanh(x: f64) -> PyResult<f64> {
        checked(x, x.tanh(), DOMAIN, false)
    }

    /// Error function at x.
    #[pyfunction(signature = "(x, /)")]
    pub fn erf(x: f64) -> PyResult<f64> {
        checked(x, libm::erf(x), DOMAIN, false)
    }

    /// Complementary error function at x.
    #[pyfunction(signature = "(x, /)")]
    pub fn erfc(x: f64) -> PyResult<f64> {
        checked(x, libm::erfc(x), DOMAIN, false)
    }

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    #[pyfunction(signature = "(y, x, /)")]
    pub fn atan2(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    /// Gamma function at x.
    #[pyfunction(signature = "(x, /)")]
    pub fn gamma(x: f64) -> PyResult<f64> {
        gamma::gamma(x).map_err(|failure| gamma_error(failure, x))
    }

    /// Natural logarithm of absolute value of Gamma function at x.
    #[pyfunction(signature = "(x, /)")]
    pub fn lgamma(x: f64) -> PyResult<f64> {
        gamma::lgamma(x).map_err(|failure| gamma_error(failure, x))
    }

    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[pyfunction(signature = "(x, base=<unrepresentable>, /)", no_text)]
    pub fn log(x: &PyObject, base: OptArg<&PyObject>) -> PyResult<f64> {
        let value = logarithm(x, f64::ln)?;
        match base.given() {
            None => Ok(value),
            Some(base) => float::true_divide(value, logarithm(base, f64::ln)?),
        }
    }

    /// Return the base 2 logarithm of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn log2(x: &PyObject) -> PyResult<f64> {
        logarithm(x, f64::log2)
    }

    /// Return the base 10 logarithm of x.
    #[pyfunction(signature = "(x, /)")]
    pub fn log10(x: &PyObject) -> PyResult<f64> {
        logarithm(x, f64::log10)
    }

    /// Return the ceiling of x as an Integral.
    ///
    /// This is the smallest integer >= x.
    #[pyfunction(signature = "(x, /)")]
    pub fn ceil(x: &PyObject) -> PyResult {
        rounded(x, intern!("__ceil__"), f64::ceil)
    }

    /// Return the floor of x as an Integral.
    ///
    /// This is the largest integer <= x.
    #[pyfunction(signature = "(x, /)")]
    pub fn floor(x: &PyObject) -> PyResult {
        rounded(x, intern!("__floor__"), f64::floor)
    }

    /// Truncates the Real x to the nearest Integral toward 0.
    ///
    /// Uses the __trunc__ magic method.
    #[pyfunction(signature = "(x, /)")]
    pub fn trunc(x: &PyObject) -> PyResult {
        if let Some(value) = x.downcast_exact::<PyFloat>() {
            return Ok(float::to_int(value.value())?.into_obj());
        }
        match call::special(x, intern!("__trunc__"), &[])? {
            Some(result) => Ok(result),
            None => Err(raised!(TypeError, "type {} doesn't define __trunc__ method", x.class().name())),
        }
    }

    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    #[pyfunction(signature = "(x, y, /)")]
    pub fn copysign(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// Convert angle x from radians to degrees.
    #[pyfunction(signature = "(x, /)")]
    pub fn degrees(x: f64) -> f64 {
        x * (180.0 / PI)
    }

    /// Convert angle x from degrees to radians.
    #[pyfunction(signature = "(x, /)")]
    pub fn radians(x: f64) -> f64 {
        x * (PI / 180.0)
    }

    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    #[pyfunction(signature = "(x, /)")]
    pub fn isfinite(x: f64) -> bool {
        x.is_finite()
    }

    /// Return True if x is a positive or negative infinity, and False otherwise.
    #[pyfunction(signature = "(x, /)")]
    pub fn isinf(x: f64) -> bool {
        x.is_infinite()
    }

    /// Return True if x is a NaN (not a number), and False otherwise.
    #[pyfunction(signature = "(x, /)")]
    pub fn isnan(x: f64) -> bool {
        x.is_nan()
    }

    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    #[pyfunction(signature = "(x, y, /)")]
    pub fn fmod(x: f64, y: f64) -> PyResult<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let result = x % y;
        if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { Ok(result) }
    }

    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    #[pyfunction(signature = "(x, y, /)")]
    pub fn remainder(x: f64, y: f64) -> PyResult<f64> {
        if x.is_nan() || y.is_nan() {
            return Ok(if x.is_nan() { x } else { y });
        }
        if x.is_infinite() || y == 0.0 {
            return Err(domain_error());
        }
        Ok(if y.is_infinite() { x } else { libm::remainder(x, y) })
    }

    /// Return x**y (x to the power of y).
    #[pyfunction(signature = "(x, y, /)")]
    pub fn pow(x: f64, y: f64) -> PyResult<f64> {
        let result = x.powf(y);
        if !x.is_finite() || !y.is_finite() || result.is_finite() {
            return Ok(result);
        }
        // Both are finite, so the result is no number (a root of a negative one), a pole, or too large.
        if result.is_nan() || x == 0.0 { Err(domain_error()) } else { Err(range_error()) }
    }

    /// Return x * (2**i).
    ///
    /// This is essentially the inverse of frexp().
    #[pyfunction(signature = "(x, i, /)")]
    pub fn ldexp(x: f64, i: &PyObject) -> PyResult<f64> {
        let Some(exponent) = i.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "Expected an int as second argument to ldexp."));
        };
        if x == 0.0 || !x.is_finite() {
            return Ok(x);
        }
        let exponent = match exponent.to_i64().map(i32::try_from) {
            Some(Ok(exponent)) => exponent,
            _ if exponent.is_negative() => return Ok(0f64.copysign(x)),
            _ => return Err(range_error()),
        };
        let result = libm::ldexp(x, exponent);
        if result.is_infinite() { Err(range_error()) } else { Ok(result) }
    }

    /// Return the mantissa and exponent of x, as pair (m, e).
    ///
    /// If x is a finite nonzero number, then m is a float with
    /// 0.5 <= abs(m) < 1.0 and an integer e is such that
    /// x == m * 2**e exactly.  Else, return (x, 0).
    #[pyfunction(signature = "(x, /)")]
    pub fn frexp(x: f64) -> (f64, i32) {
        if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) }
    }

    /// Return the fractional and integer parts of x.
    ///
    /// Both results carry the sign of x and are floats.
    #[pyfunction(signature = "(x, /)")]
    pub fn modf(x: f64) -> (f64, f64) {
        if x.is_infinite() {
            return (0f64.copysign(x), x);
        }
        let whole = x.trunc();
        ((x - whole).copysign(x), whole)
    }

    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    #[pyfunction(signature = "(*coordinates)")]
    pub fn hypot(coordinates: &[&PyObject]) -> PyResult<f64> {
        let vector = coordinates
            .iter()
            .map(|coordinate| number::as_f64(coordinate).map(f64::abs))
            .collect::<PyResult<Vec<f64>>>()?;
        Ok(norm(vector))
    }

    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    #[pyfunction(signature = "(p, q, /)")]
    pub fn dist(p: &PyObject, q: &PyObject) -> PyResult<f64> {
        let (p, q) = (sequence::to_tuple(p)?, sequence::to_tuple(q)?);
        if p.len() != q.len() {
            return Err(raised!(ValueError, "both points must have the same number of dimensions"));
        }
        let mut vector = Vec::with_capacity(p.len());
        for (a, b) in p.as_slice().iter().zip(q.as_slice()) {
            vector.push((number::as_f64(a)? - number::as_f64(b)?).abs());
        }
        Ok(norm(vector))
    }

    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    #[pyfunction(signature = "(seq, /)")]
    pub fn fsum(seq: &PyObject) -> PyResult<f64> {
        let mut sum = ExactSum::default();
        iter::for_each(seq, |item| {
            if sum.add(number::as_f64(&item)?) {
                Ok(())
            } else {
                Err(raised!(OverflowError, "intermediate overflow in fsum"))
            }
        })?;
        match sum.finish() {
            Sum::Value(value) => Ok(value),
            Sum::Opposed => Err(raised!(ValueError, "-inf + inf in fsum")),
        }
    }

    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    #[pyfunction(signature = "(p, q, /)")]
    pub fn sumprod(p: &PyObject, q: &PyObject) -> PyResult {
        sum_of_products(p, q)
    }

    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[pyfunction(signature = "(iterable, /, *, start=1)")]
    pub fn prod(iterable: &PyObject, start: OptArg<&PyObject>) -> PyResult {
        let mut product = start.given().map_or_else(|| PyInt::from_i64(1).into_obj(), ObjectExt::owned);
        iter::for_each(iterable, |item| {
            product = number::multiply(&product, &item)?;
            Ok(())
        })?;
        Ok(product)
    }

    /// Find n!.
    #[pyfunction(signature = "(n, /)")]
    pub fn factorial(n: &PyObject) -> PyResult<Py<PyInt>> {
        whole::factorial(&*number::index(n)?)
    }

    /// Return the integer part of the square root of the input.
    #[pyfunction(signature = "(n, /)")]
    pub fn isqrt(n: &PyObject) -> PyResult<Py<PyInt>> {
        whole::integer_root(&*number::index(n)?)
    }

    /// Greatest Common Divisor.
    #[pyfunction(signature = "(*integers)")]
    pub fn gcd(integers: &[&PyObject]) -> PyResult<Py<PyInt>> {
        let mut common = PyInt::from_i64(0);
        for integer in integers {
            common = whole::gcd_of(&common, &*number::index(integer)?);
        }
        Ok(common)
    }

    /// Least Common Multiple.
    #[pyfunction(signature = "(*integers)")]
    pub fn lcm(integers: &[&PyObject]) -> PyResult<Py<PyInt>> {
        let mut multiple = PyInt::from_i64(1);
        for integer in integers {
            multiple = whole::lcm_of(&multiple, &*number::index(integer)?)?;
        }
        Ok(multiple)
    }

    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction(signature = "(n, k=None, /)")]
    pub fn perm(n: &PyObject, k: Option<&PyObject>) -> PyResult<Py<PyInt>> {
        match k {
            None => whole::factorial(&*number::index(n)?),
            Some(k) => whole::permutations(&*number::index(n)?, &*number::index(k)?),
        }
    }

    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction(signature = "(n, k, /)")]
    pub fn comb(n: &PyObject, k: &PyObject) -> PyResult<Py<PyInt>> {
        whole::combinations(&*number::index(n)?, &*number::index(k)?)
    }

    /// Determine whether two floating-point numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them
    /// must be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
    /// is, NaN is not close to anything, even itself.  inf and -inf are
    /// only close to themselves.
    #[pyfunction(signature = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    pub fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(raised!(ValueError, "tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let difference = (b - a).abs();
        Ok(difference <= (rel_tol * b).abs() || difference <= (rel_tol * a).abs() || difference <= abs_tol)
    }

    /// Return the floating-point value the given number of steps after x towards y.
    ///
    /// If steps is not specified or is None, it defaults to 1.
    ///
    /// Raises a TypeError, if x or y is not a double, or if steps is not
    /// an integer.  Raises ValueError if steps is negative.
    #[pyfunction(signature = "(x, y, /, *, steps=None)")]
    pub fn nextafter(x: f64, y: f64, steps: Option<&PyObject>) -> PyResult<f64> {
        let steps = match steps {
            None => 1,
            Some(steps) => {
                let steps = number::index(steps)?;
                if steps.is_negative() {
                    return Err(raised!(ValueError, "steps must be a non-negative integer"));
                }
                steps.to_u64().unwrap_or(u64::MAX)
            }
        };
        Ok(stepped(x, y, steps))
    }

    /// Return the value of the least significant bit of the float x.
    #[pyfunction(signature = "(x, /)")]
    pub fn ulp(x: f64) -> f64 {
        let x = x.abs();
        if !x.is_finite() {
            return x;
        }
        let next = x.next_up();
        if next.is_infinite() { x - x.next_down() } else { next - x }
    }

    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    #[pyfunction(signature = "(x, y, z, /)")]
    pub fn fma(x: f64, y: f64, z: f64) -> PyResult<f64> {
        let result = x.mul_add(y, z);
        if result.is_nan() {
            if !x.is_nan() && !y.is_nan() && !z.is_nan() {
                return Err(raised!(ValueError, "invalid operation in fma"));
            }
        } else if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(raised!(OverflowError, "overflow in fma"));
        }
        Ok(result)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
            module.add(name, &PyFloat::new(value))?;
        }
        Ok(())
    }
}
