//! `cmath`.

mod functions;

use taipan_macros::pymodule;

/// This module provides access to mathematical functions for complex
/// numbers.
#[pymodule(name = "cmath")]
pub mod module {
    use super::functions::{self, Failure};
    use core::f64::consts::{E, PI, TAU};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;
    use taipan_objects::types::complex::{Parts, PyComplex, as_complex, quotient};

    fn finish(result: Result<Parts, Failure>) -> PyResult {
        match result {
            Ok((re, im)) => Ok(PyComplex::new(re, im).into_obj()),
            Err(Failure::Domain) => Err(raised!(ValueError, "math domain error")),
            Err(Failure::Range) => Err(raised!(OverflowError, "math range error")),
        }
    }

    /// Return the arc cosine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn acos(z: &PyObject) -> PyResult {
        finish(functions::acos(as_complex(z)?))
    }

    /// Return the inverse hyperbolic cosine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn acosh(z: &PyObject) -> PyResult {
        finish(functions::acosh(as_complex(z)?))
    }

    /// Return the arc sine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn asin(z: &PyObject) -> PyResult {
        finish(functions::asin(as_complex(z)?))
    }

    /// Return the inverse hyperbolic sine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn asinh(z: &PyObject) -> PyResult {
        finish(functions::asinh(as_complex(z)?))
    }

    /// Return the arc tangent of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn atan(z: &PyObject) -> PyResult {
        finish(functions::atan(as_complex(z)?))
    }

    /// Return the inverse hyperbolic tangent of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn atanh(z: &PyObject) -> PyResult {
        finish(functions::atanh(as_complex(z)?))
    }

    /// Return the cosine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn cos(z: &PyObject) -> PyResult {
        finish(functions::cos(as_complex(z)?))
    }

    /// Return the hyperbolic cosine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn cosh(z: &PyObject) -> PyResult {
        finish(functions::cosh(as_complex(z)?))
    }

    /// Return the exponential value e**z.
    #[pyfunction(signature = "(z, /)")]
    pub fn exp(z: &PyObject) -> PyResult {
        finish(functions::exp(as_complex(z)?))
    }

    /// Return the base-10 logarithm of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn log10(z: &PyObject) -> PyResult {
        finish(functions::log10(as_complex(z)?))
    }

    /// Return the sine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn sin(z: &PyObject) -> PyResult {
        finish(functions::sin(as_complex(z)?))
    }

    /// Return the hyperbolic sine of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn sinh(z: &PyObject) -> PyResult {
        finish(functions::sinh(as_complex(z)?))
    }

    /// Return the square root of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn sqrt(z: &PyObject) -> PyResult {
        finish(functions::sqrt(as_complex(z)?))
    }

    /// Return the tangent of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn tan(z: &PyObject) -> PyResult {
        finish(functions::tan(as_complex(z)?))
    }

    /// Return the hyperbolic tangent of z.
    #[pyfunction(signature = "(z, /)")]
    pub fn tanh(z: &PyObject) -> PyResult {
        finish(functions::tanh(as_complex(z)?))
    }

    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e)
    /// of z.
    #[pyfunction(signature = "(z, base=<unrepresentable>, /)")]
    pub fn log(z: &PyObject, base: OptArg<&PyObject>) -> PyResult {
        let value = functions::log(as_complex(z)?);
        let Some(base) = base.given() else { return finish(value) };
        let base = functions::log(as_complex(base)?);
        match (value, base) {
            (Ok(value), Ok(base)) => finish(quotient(value, base).ok_or(Failure::Domain)),
            (Err(failure), _) | (_, Err(failure)) => finish(Err(failure)),
        }
    }

    /// Return argument, also known as the phase angle, of a complex.
    #[pyfunction(signature = "(z, /)")]
    pub fn phase(z: &PyObject) -> PyResult<f64> {
        let (re, im) = as_complex(z)?;
        Ok(im.atan2(re))
    }

    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[pyfunction(signature = "(z, /)")]
    pub fn polar(z: &PyObject) -> PyResult<(f64, f64)> {
        let (re, im) = as_complex(z)?;
        let length = re.hypot(im);
        if length.is_infinite() && re.is_finite() && im.is_finite() {
            return Err(raised!(OverflowError, "math range error"));
        }
        Ok((length, im.atan2(re)))
    }

    /// Convert from polar coordinates to rectangular coordinates.
    #[pyfunction(signature = "(r, phi, /)")]
    pub fn rect(r: f64, phi: f64) -> PyResult {
        finish(functions::rect(r, phi))
    }

    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[pyfunction(signature = "(z, /)")]
    pub fn isfinite(z: &PyObject) -> PyResult<bool> {
        let (re, im) = as_complex(z)?;
        Ok(re.is_finite() && im.is_finite())
    }

    /// Checks if the real or imaginary part of z is infinite.
    #[pyfunction(signature = "(z, /)")]
    pub fn isinf(z: &PyObject) -> PyResult<bool> {
        let (re, im) = as_complex(z)?;
        Ok(re.is_infinite() || im.is_infinite())
    }

    /// Checks if the real or imaginary part of z not a number (NaN).
    #[pyfunction(signature = "(z, /)")]
    pub fn isnan(z: &PyObject) -> PyResult<bool> {
        let (re, im) = as_complex(z)?;
        Ok(re.is_nan() || im.is_nan())
    }

    /// Determine whether two complex numbers are close in value.
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
    /// For the values to be considered close, the difference between them must
    /// be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That is,
    /// NaN is not close to anything, even itself. inf and -inf are only close
    /// to themselves.
    #[pyfunction(signature = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    pub fn isclose(a: &PyObject, b: &PyObject, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        let (a, b) = (as_complex(a)?, as_complex(b)?);
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(raised!(ValueError, "tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if [a.0, a.1, b.0, b.1].iter().any(|part| part.is_infinite()) {
            return Ok(false);
        }
        let difference = (a.0 - b.0).hypot(a.1 - b.1);
        let (length_a, length_b) = (a.0.hypot(a.1), b.0.hypot(b.1));
        Ok(difference <= rel_tol * length_b || difference <= rel_tol * length_a || difference <= abs_tol)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
            module.add(name, &PyFloat::new(value))?;
        }
        module.add("infj", &PyComplex::new(0.0, f64::INFINITY))?;
        module.add("nanj", &PyComplex::new(0.0, f64::NAN))
    }
}
