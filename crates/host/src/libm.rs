//! The functions of C's mathematical library that Rust's standard library does not pass on as they are. CPython's results
//! are this library's, to the last bit.

#![expect(unsafe_code, reason = "calls the mathematical library")]

use core::ffi::c_int;

mod c {
    use super::c_int;

    unsafe extern "C" {
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn exp2(x: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub safe fn ldexp(x: f64, exponent: c_int) -> f64;
        pub fn frexp(x: f64, exponent: *mut c_int) -> f64;
    }
}

macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            $(#[$doc])*
            #[inline]
            pub fn $name(x: f64) -> f64 {
                c::$name(x)
            }
        )*
    };
}

plain! {
    /// The inverse hyperbolic cosine.
    acosh,
    /// The inverse hyperbolic sine.
    asinh,
    /// The inverse hyperbolic tangent.
    atanh,
    /// The error function.
    erf,
    /// One minus the error function.
    erfc,
    /// Two to the power of `x`.
    exp2,
}

/// The difference between `x` and the nearest multiple of `y`.
#[inline]
pub fn remainder(x: f64, y: f64) -> f64 {
    c::remainder(x, y)
}

/// `x * 2^exponent`, rounded once.
#[inline]
pub fn ldexp(x: f64, exponent: i32) -> f64 {
    c::ldexp(x, exponent)
}

/// Mantissa in `[0.5, 1)` and exponent.
#[inline]
pub fn frexp(x: f64) -> (f64, i32) {
    let mut exponent = 0;
    // SAFETY: the exponent is valid for a write.
    let mantissa = unsafe { c::frexp(x, &raw mut exponent) };
    (mantissa, exponent)
}
