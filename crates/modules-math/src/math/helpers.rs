//! What the functions of `math` share: their errors, logarithms, rounding to integers, sums of products.

use super::gamma::Failure;
use super::sums::{Triple, vector_norm};
use super::whole;
use taipan_objects::prelude::*;
use taipan_objects::types::bool::PyBool;
use taipan_objects::types::float;

pub const DOMAIN: &str = "math domain error";
pub const RANGE_1: &str = "expected a number in range from -1 up to 1, got ";
pub const AT_LEAST_1: &str = "expected argument value not less than 1, got ";
pub const INSIDE_1: &str = "expected a number between -1 and 1, got ";
pub const FINITE: &str = "expected a finite input, got ";
pub const ABOVE_MINUS_1: &str = "expected argument value > -1, got ";
pub const NONNEGATIVE: &str = "expected a nonnegative input, got ";

#[cold]
pub fn domain_error() -> Raised {
    raised!(ValueError, "{DOMAIN}")
}

#[cold]
pub fn range_error() -> Raised {
    raised!(OverflowError, "math range error")
}

/// A message that ends in the argument.
#[cold]
fn told(message: &str, x: f64) -> Raised {
    if message == DOMAIN {
        return domain_error();
    }
    raised!(ValueError, "{message}{}", taipan_kernels::float::repr(x))
}

/// The result of a function of one argument: NaN for what was a number is an error, and so is an infinity for what
/// was finite.
#[inline]
pub fn checked(x: f64, result: f64, message: &str, can_overflow: bool) -> PyResult<f64> {
    if result.is_nan() && !x.is_nan() {
        return Err(told(message, x));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if can_overflow { range_error() } else { told(message, x) });
    }
    Ok(result)
}

/// `log(1 + x)` with the sign of zero kept.
pub fn log_1p(x: f64) -> f64 {
    if x == 0.0 { x } else { x.ln_1p() }
}

#[cold]
pub fn gamma_error(failure: Failure, x: f64) -> Raised {
    match failure {
        Failure::Domain => told("expected a noninteger or positive integer, got ", x),
        Failure::Range => range_error(),
    }
}

#[cold]
fn not_positive() -> Raised {
    raised!(ValueError, "expected a positive input")
}

/// A logarithm of any real number; integers may be larger than doubles.
pub fn logarithm(x: &PyObject, function: fn(f64) -> f64) -> PyResult<f64> {
    if let Some(value) = x.downcast::<PyInt>() {
        if value.sign() <= 0 {
            return Err(not_positive());
        }
        return Ok(match taipan_kernels::int::float::to_f64(value.view()) {
            Ok(value) => function(value),
            Err(_) => whole::logarithm(value.view(), function),
        });
    }
    let value = number::as_f64(x)?;
    if value <= 0.0 {
        return Err(told("expected a positive input, got ", value));
    }
    Ok(function(value))
}

/// `ceil` and `floor`: the number's own method, else by way of a double.
pub fn rounded(x: &PyObject, method: &PyStr, round: fn(f64) -> f64) -> PyResult {
    if !PyFloat::check_exact(x)
        && let Some(result) = call::special(x, method, &[])?
    {
        return Ok(result);
    }
    Ok(float::to_int(round(number::as_f64(x)?))?.into_obj())
}

/// The length of a vector of magnitudes.
pub fn norm(mut vector: Vec<f64>) -> f64 {
    let max = vector.iter().fold(0.0, |max, &x| if x > max { x } else { max });
    let has_nan = vector.iter().any(|x| x.is_nan());
    vector_norm(&mut vector, max, has_nan)
}

/// The double so many steps from `x` towards `y`.
pub fn stepped(x: f64, y: f64, steps: u64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if x == y {
        return if steps == 0 { x } else { y };
    }
    // On this scale neighbouring doubles are neighbouring integers.
    let place = |x: f64| {
        let bits = x.to_bits();
        if bits >> 63 == 0 { bits as i64 } else { -((bits & (u64::MAX >> 1)) as i64) }
    };
    let (from, to) = (place(x), place(y));
    let distance = from.abs_diff(to);
    if steps >= distance {
        // Zero keeps the sign of where the steps began.
        return if y == 0.0 { 0f64.copysign(x) } else { y };
    }
    if steps == 0 {
        return x;
    }
    let at = if to > from { from.wrapping_add_unsigned(steps) } else { from.wrapping_sub_unsigned(steps) };
    if at == 0 {
        return 0f64.copysign(x);
    }
    let magnitude = f64::from_bits(at.unsigned_abs());
    if at < 0 { -magnitude } else { magnitude }
}

/// The running sum of `sumprod`: machine integers first, then doubles, are kept apart from the general total until a term
/// does not fit.
struct Products {
    total: Obj,
    ints: Option<i64>,
    floats: Option<Triple>,
    any_floats: bool,
}

impl Products {
    fn end_ints(&mut self) -> PyResult<()> {
        match self.ints.take() {
            None | Some(0) => Ok(()),
            Some(ints) => {
                self.total = number::add(&self.total, &PyInt::from_i64(ints))?;
                Ok(())
            }
        }
    }

    fn end_floats(&mut self) -> PyResult<()> {
        if let Some(sum) = self.floats.take()
            && self.any_floats
        {
            self.total = number::add(&self.total, &PyFloat::new(sum.value()))?;
        }
        Ok(())
    }

    fn add(&mut self, a: &PyObject, b: &PyObject) -> PyResult<()> {
        if let Some(ints) = self.ints {
            let small = |x: &PyObject| x.downcast_exact::<PyInt>().and_then(PyInt::to_i64);
            if let (Some(a), Some(b)) = (small(a), small(b))
                && let Some(sum) = a.checked_mul(b).and_then(|product| ints.checked_add(product))
            {
                self.ints = Some(sum);
                return Ok(());
            }
            self.end_ints()?;
        }
        if let Some(floats) = self.floats {
            if let Some((x, y)) = doubles(a, b) {
                let sum = floats.add_product(x, y);
                if sum.value().is_finite() {
                    self.floats = Some(sum);
                    self.any_floats = true;
                    return Ok(());
                }
            }
            self.end_floats()?;
        }
        self.total = number::add(&self.total, &*number::multiply(a, b)?)?;
        Ok(())
    }
}

/// Two factors as doubles, where one is a float and the other a float, an integer or a truth value.
fn doubles(a: &PyObject, b: &PyObject) -> Option<(f64, f64)> {
    let float = |x: &PyObject| x.downcast_exact::<PyFloat>().map(PyFloat::value);
    let real = |x: &PyObject| {
        let whole = || {
            x.downcast::<PyInt>().filter(|x| PyInt::check_exact(x) || x.downcast_exact::<PyBool>().is_some())
        };
        float(x).or_else(|| whole().and_then(|x| taipan_kernels::int::float::to_f64(x.view()).ok()))
    };
    (float(a).is_some() || float(b).is_some()).then(|| real(a).zip(real(b))).flatten()
}

/// `sumprod(p, q)`.
pub fn sum_of_products(p: &PyObject, q: &PyObject) -> PyResult {
    let (p, q) = (iter::iter(p)?, iter::iter(q)?);
    let mut sum = Products {
        total: PyInt::from_i64(0).into_obj(),
        ints: Some(0),
        floats: Some(Triple::default()),
        any_floats: false,
    };
    loop {
        match (iter::next(&p)?, iter::next(&q)?) {
            (Some(a), Some(b)) => sum.add(&a, &b)?,
            (None, None) => break,
            _ => return Err(raised!(ValueError, "Inputs are not the same length")),
        }
    }
    sum.end_ints()?;
    sum.end_floats()?;
    Ok(sum.total)
}
