//! Functions of integers: factorials, binomial coefficients, roots, divisors.

use taipan_kernels::int::{Int, IntRef, gcd, isqrt, mul, nat, signed};
use taipan_objects::prelude::*;
use taipan_objects::types::int;

fn magnitude(value: &PyInt) -> &[u32] {
    value.digits()
}

/// `gcd(a, b)` of two magnitudes.
pub fn gcd_of(a: &PyInt, b: &PyInt) -> Py<PyInt> {
    if a.is_compact() && b.is_compact() {
        let common =
            gcd::gcd_u64(a.compact_value().unsigned_abs() as u64, b.compact_value().unsigned_abs() as u64);
        return PyInt::from_u64(common);
    }
    PyInt::from_int(Int::new(false, gcd::gcd(magnitude(a), magnitude(b))))
}

/// `lcm(a, b)`.
pub fn lcm_of(a: &PyInt, b: &PyInt) -> PyResult<Py<PyInt>> {
    if a.is_zero() || b.is_zero() {
        return Ok(PyInt::from_i64(0));
    }
    let common = gcd_of(a, b);
    let part = int::floor_divide(a, &common)?;
    Ok(int::absolute(&*int::multiply(&part, b)?))
}

/// `isqrt(n)`.
pub fn integer_root(n: &PyInt) -> PyResult<Py<PyInt>> {
    if n.is_negative() {
        return Err(raised!(ValueError, "isqrt() argument must be nonnegative"));
    }
    Ok(PyInt::from_int(Int::new(false, isqrt::isqrt(magnitude(n)))))
}

/// The product of `start * (start + step) * …` below `stop`, balanced so that factors are of like size.
fn range_product(start: u64, stop: u64, step: u64) -> Vec<u32> {
    let count = if stop > start { (stop - start).div_ceil(step) } else { 0 };
    match count {
        0 => vec![1],
        1 => nat::from_u64(start),
        _ if count <= 8 => {
            let mut digits = nat::from_u64(start);
            for i in 1..count {
                digits = mul::mul(&digits, &nat::from_u64(start + i * step));
            }
            digits
        }
        _ => {
            let middle = start + count / 2 * step;
            mul::mul(&range_product(start, middle, step), &range_product(middle, stop, step))
        }
    }
}

/// The odd part of `n!`: the product of the odd parts of all factors.
fn odd_factorial(n: u64) -> Vec<u32> {
    let (mut inner, mut outer) = (vec![1u32], vec![1u32]);
    let mut upper = 3;
    for shift in (0..u64::BITS - n.leading_zeros()).rev() {
        let m = n >> shift;
        if m <= 2 {
            continue;
        }
        let lower = upper;
        upper = (m + 1) | 1;
        inner = mul::mul(&inner, &range_product(lower, upper, 2));
        outer = mul::mul(&outer, &inner);
    }
    outer
}

/// `factorial(n)`.
pub fn factorial(n: &PyInt) -> PyResult<Py<PyInt>> {
    if n.is_negative() {
        return Err(raised!(ValueError, "factorial() not defined for negative values"));
    }
    let Some(n) = n.to_i64() else {
        return Err(raised!(OverflowError, "factorial() argument should not exceed {}", i64::MAX));
    };
    let n = n as u64;
    if n <= 20 {
        return Ok(PyInt::from_u64((1..=n).product()));
    }
    if n > 1 << 40 {
        return Err(raised!(MemoryError));
    }
    let twos = n - n.count_ones() as u64;
    Ok(PyInt::from_int(Int::new(false, nat::shl(&odd_factorial(n), twos))))
}

/// `n * (n - 1) * … ` of `k` factors, or that divided by `k!`: split in halves, so that factors are of like size.
fn falling(n: &PyInt, k: u64, divide: bool) -> PyResult<Py<PyInt>> {
    match k {
        0 => return Ok(PyInt::from_i64(1)),
        1 => return Ok(int::plain(n)),
        _ => {}
    }
    if let Some(small) = n.to_u64()
        && k <= 16
    {
        let mut digits = vec![1u32];
        for i in 0..k {
            digits = mul::mul(&digits, &nat::from_u64(small - i));
        }
        let value = Int::new(false, digits);
        if !divide {
            return Ok(PyInt::from_int(value));
        }
        let divisor = Int::from((1..=k).product::<u64>());
        return Ok(PyInt::from_int(signed::floor_div(value.view(), divisor.view())));
    }
    let half = k / 2;
    let first = falling(n, half, divide)?;
    let rest = int::subtract(n, &PyInt::from_u64(half))?;
    let second = falling(&rest, k - half, divide)?;
    let product = int::multiply(&first, &second)?;
    if !divide {
        return Ok(product);
    }
    // C(n, k) = C(n, h) * C(n - h, k - h) / C(k, h).
    let divisor = falling(&PyInt::from_u64(k), half, true)?;
    int::floor_divide(&product, &divisor)
}

fn check_negative(n: &PyInt, k: &PyInt) -> PyResult<()> {
    if n.is_negative() {
        return Err(raised!(ValueError, "n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(raised!(ValueError, "k must be a non-negative integer"));
    }
    Ok(())
}

/// `perm(n, k)`.
pub fn permutations(n: &PyInt, k: &PyInt) -> PyResult<Py<PyInt>> {
    check_negative(n, k)?;
    if int::compare(n, k).is_lt() {
        return Ok(PyInt::from_i64(0));
    }
    match k.to_i64() {
        Some(k) => falling(n, k as u64, false),
        None => Err(raised!(OverflowError, "k must not exceed {}", i64::MAX)),
    }
}

/// `comb(n, k)`.
pub fn combinations(n: &PyInt, k: &PyInt) -> PyResult<Py<PyInt>> {
    check_negative(n, k)?;
    let other = int::subtract(n, k)?;
    if other.is_negative() {
        return Ok(PyInt::from_i64(0));
    }
    let fewer = if int::compare(&other, k).is_lt() { &*other } else { k };
    match fewer.to_i64() {
        Some(k) => falling(n, k as u64, true),
        None => Err(raised!(OverflowError, "min(n - k, k) must not exceed {}", i64::MAX)),
    }
}

/// The logarithm of a large integer: of its mantissa, and its exponent times that of two.
pub fn logarithm(value: IntRef<'_>, function: fn(f64) -> f64) -> f64 {
    let (mantissa, exponent) = taipan_kernels::int::float::frexp(value);
    function(mantissa) + function(2.0) * exponent as f64
}
