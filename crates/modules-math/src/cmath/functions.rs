//! The functions of complex numbers, after Kahan ("Branch cuts for complex elementary functions", 1987), with the special
//! values of C's Annex G.

use core::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};
use taipan_host::libm::{self, ldexp};
use taipan_objects::types::complex::Parts;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A pole, or an argument without a value.
    Domain,
    /// The result is too large.
    Range,
}

type Complex = Result<Parts, Failure>;

/// From here on squares and sums overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// The logarithm of `LARGE`.
const LOG_LARGE: f64 = 708.396_418_532_264_1;
const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
/// Bits by which small numbers are scaled up, and their root down again.
const SCALE_UP: i32 = 53;
const SCALE_DOWN: i32 = -27;

fn finite((re, im): Parts) -> bool {
    re.is_finite() && im.is_finite()
}

fn infinite((re, im): Parts) -> bool {
    re.is_infinite() || im.is_infinite()
}

/// An infinite result of finite arguments is too large.
fn in_range(value: Parts) -> Complex {
    if infinite(value) { Err(Failure::Range) } else { Ok(value) }
}

/// The square root.
pub fn sqrt(z: Parts) -> Complex {
    Ok(root(z))
}

fn root((re, im): Parts) -> Parts {
    if !finite((re, im)) {
        return match (re, im) {
            (_, im) if im.is_infinite() => (INF, im),
            (f64::NEG_INFINITY, im) if im.is_nan() => (NAN, INF),
            (f64::NEG_INFINITY, im) => (0.0, INF.copysign(im)),
            (INF, im) if im.is_nan() => (INF, NAN),
            (INF, im) => (INF, 0f64.copysign(im)),
            _ => (NAN, NAN),
        };
    }
    if re == 0.0 && im == 0.0 {
        return (0.0, im);
    }
    let (x, y) = (re.abs(), im.abs());
    let s = if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        let x = ldexp(x, SCALE_UP);
        ldexp((x + x.hypot(ldexp(y, SCALE_UP))).sqrt(), SCALE_DOWN)
    } else {
        let x = x / 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    if re >= 0.0 { (s, d.copysign(im)) } else { (d, s.copysign(im)) }
}

/// The logarithm of the length of a large number.
fn log_of_large(re: f64, im: f64) -> f64 {
    (re / 2.0).hypot(im / 2.0).ln() + LN_2 * 2.0
}

/// The natural logarithm.
pub fn log((re, im): Parts) -> Complex {
    let angle = im.atan2(re);
    if !finite((re, im)) {
        return Ok((if infinite((re, im)) { INF } else { NAN }, angle));
    }
    let (x, y) = (re.abs(), im.abs());
    let length = if x > LARGE || y > LARGE {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        if x == 0.0 && y == 0.0 {
            return Err(Failure::Domain);
        }
        ldexp(x, SCALE_UP).hypot(ldexp(y, SCALE_UP)).ln() - SCALE_UP as f64 * LN_2
    } else {
        let h = x.hypot(y);
        if (0.71..=1.73).contains(&h) {
            // Near one the logarithm is small: no digits may be lost.
            let (more, less) = if x > y { (x, y) } else { (y, x) };
            ((more - 1.0) * (more + 1.0) + less * less).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok((length, angle))
}

/// The logarithm to base ten.
pub fn log10(z: Parts) -> Complex {
    log(z).map(|(re, im)| (re / LN_10, im / LN_10))
}

/// The inverse cosine.
pub fn acos((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if infinite((re, im)) {
            let angle = im.abs().atan2(re);
            let imag = if im.is_nan() { INF } else { -INF.copysign(im) };
            return Ok((angle, imag));
        }
        return Ok(if re == 0.0 { (FRAC_PI_2, NAN) } else { (NAN, NAN) });
    }
    if re.abs() > LARGE || im.abs() > LARGE {
        return Ok((im.abs().atan2(re), log_of_large(re, im).copysign(-im)));
    }
    let (a, b) = (root((1.0 - re, -im)), root((1.0 + re, im)));
    Ok((2.0 * a.0.atan2(b.0), libm::asinh(b.0 * a.1 - b.1 * a.0)))
}

/// The inverse hyperbolic cosine.
pub fn acosh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if infinite((re, im)) {
            return Ok((INF, im.atan2(re)));
        }
        return Ok(if re == 0.0 { (NAN, FRAC_PI_2) } else { (NAN, NAN) });
    }
    if re.abs() > LARGE || im.abs() > LARGE {
        return Ok((log_of_large(re, im), im.atan2(re)));
    }
    let (a, b) = (root((re - 1.0, im)), root((re + 1.0, im)));
    Ok((libm::asinh(a.0 * b.0 + a.1 * b.1), 2.0 * a.1.atan2(b.0)))
}

/// The inverse hyperbolic sine.
pub fn asinh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        return Ok(match (re, im) {
            (re, im) if re.is_nan() && im.is_infinite() => (INF, NAN),
            (re, im) if re.is_nan() && im == 0.0 => (NAN, im),
            (re, im) if infinite((re, im)) => (INF.copysign(re), im.atan2(re.abs())),
            _ => (NAN, NAN),
        });
    }
    if re.abs() > LARGE || im.abs() > LARGE {
        return Ok((log_of_large(re, im).copysign(re), im.atan2(re.abs())));
    }
    let (a, b) = (root((1.0 + im, -re)), root((1.0 - im, re)));
    Ok((libm::asinh(a.0 * b.1 - b.0 * a.1), im.atan2(a.0 * b.0 - a.1 * b.1)))
}

/// `f(i z) / i`: how the circular functions follow from the hyperbolic ones.
fn rotated(z: Parts, function: fn(Parts) -> Complex) -> Complex {
    function((-z.1, z.0)).map(|(re, im)| (im, -re))
}

/// The inverse sine.
pub fn asin(z: Parts) -> Complex {
    rotated(z, asinh)
}

/// The inverse tangent.
pub fn atan(z: Parts) -> Complex {
    rotated(z, atanh)
}

/// The inverse hyperbolic tangent.
pub fn atanh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        return Ok(match (re, im) {
            (re, im) if im.is_infinite() && re.is_nan() => (0.0, FRAC_PI_2.copysign(im)),
            (re, im) if re.is_infinite() && im.is_nan() => (0f64.copysign(re), NAN),
            (re, im) if infinite((re, im)) => (0f64.copysign(re), FRAC_PI_2.copysign(im)),
            (re, _) if re == 0.0 => (re, NAN),
            _ => (NAN, NAN),
        });
    }
    if re.is_sign_negative() {
        return atanh((-re, -im)).map(|(re, im)| (-re, -im));
    }
    let y = im.abs();
    let sqrt_large = LARGE.sqrt();
    if re > sqrt_large || y > sqrt_large {
        let h = (re / 2.0).hypot(im / 2.0);
        return Ok((re / 4.0 / h / h, -FRAC_PI_2.copysign(-im)));
    }
    if re == 1.0 && y < f64::MIN_POSITIVE.sqrt() {
        if y == 0.0 {
            return Err(Failure::Domain);
        }
        return Ok((-(y.sqrt() / y.hypot(2.0).sqrt()).ln(), (2f64.atan2(-y) / 2.0).copysign(im)));
    }
    let part = (1.0 - re) * (1.0 - re) + y * y;
    Ok(((4.0 * re / part).ln_1p() / 4.0, -(-2.0 * im).atan2((1.0 - re) * (1.0 + re) - y * y) / 2.0))
}

/// `e ** z`.
pub fn exp((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if im.is_infinite() && (re.is_finite() || re == INF) {
            return Err(Failure::Domain);
        }
        return Ok(match (re, im) {
            (re, im) if re.is_infinite() && im.is_finite() && im != 0.0 => {
                let limit = if re > 0.0 { INF } else { 0.0 };
                (limit.copysign(im.cos()), limit.copysign(im.sin()))
            }
            (f64::NEG_INFINITY, im) if im == 0.0 => (0.0, im),
            (f64::NEG_INFINITY, _) => (0.0, 0.0),
            (INF, im) if im == 0.0 => (INF, im),
            (INF, _) => (INF, NAN),
            (re, im) if re.is_nan() && im == 0.0 => (NAN, im),
            _ => (NAN, NAN),
        });
    }
    if re > LOG_LARGE {
        let length = (re - 1.0).exp();
        return in_range((length * im.cos() * E, length * im.sin() * E));
    }
    let length = re.exp();
    in_range((length * im.cos(), length * im.sin()))
}

/// The hyperbolic cosine.
pub fn cosh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if im.is_infinite() && !re.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(match (re, im) {
            (re, im) if re.is_infinite() && im.is_finite() && im != 0.0 => {
                let imag = INF.copysign(im.sin());
                (INF.copysign(im.cos()), if re > 0.0 { imag } else { -imag })
            }
            (re, im) if re.is_infinite() && im == 0.0 => (INF, if re > 0.0 { im } else { -im }),
            (re, _) if re.is_infinite() => (INF, NAN),
            (0.0, _) => (NAN, 0.0),
            (re, im) if re.is_nan() && im == 0.0 => (NAN, 0.0),
            _ => (NAN, NAN),
        });
    }
    if re.abs() > LOG_LARGE {
        let x = re - 1f64.copysign(re);
        return in_range((im.cos() * x.cosh() * E, im.sin() * x.sinh() * E));
    }
    in_range((im.cos() * re.cosh(), im.sin() * re.sinh()))
}

/// The hyperbolic sine.
pub fn sinh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if im.is_infinite() && !re.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(match (re, im) {
            (re, im) if re.is_infinite() && im.is_finite() && im != 0.0 => {
                let real = INF.copysign(im.cos());
                (if re > 0.0 { real } else { -real }, INF.copysign(im.sin()))
            }
            (re, im) if re.is_infinite() && im == 0.0 => (re, im),
            (re, _) if re.is_infinite() => (INF, NAN),
            (0.0, _) => (0.0, NAN),
            (re, im) if re.is_nan() && im == 0.0 => (NAN, im),
            _ => (NAN, NAN),
        });
    }
    if re.abs() > LOG_LARGE {
        let x = re - 1f64.copysign(re);
        return in_range((im.cos() * x.sinh() * E, im.sin() * x.cosh() * E));
    }
    in_range((im.cos() * re.sinh(), im.sin() * re.cosh()))
}

/// The hyperbolic tangent.
pub fn tanh((re, im): Parts) -> Complex {
    if !finite((re, im)) {
        if im.is_infinite() && re.is_finite() {
            return Err(Failure::Domain);
        }
        return Ok(match (re, im) {
            (re, im) if re.is_infinite() && im.is_finite() && im != 0.0 => {
                (1f64.copysign(re), 0f64.copysign(2.0 * im.sin() * im.cos()))
            }
            (re, im) if re.is_infinite() && im == 0.0 => (1f64.copysign(re), im),
            (re, _) if re.is_infinite() => (1f64.copysign(re), 0.0),
            (re, _) if re == 0.0 => (re, NAN),
            (re, im) if re.is_nan() && im == 0.0 => (NAN, im),
            _ => (NAN, NAN),
        });
    }
    if re.abs() > LOG_LARGE {
        return Ok((1f64.copysign(re), 4.0 * im.sin() * im.cos() * (-2.0 * re.abs()).exp()));
    }
    let (tx, ty, cx) = (re.tanh(), im.tan(), 1.0 / re.cosh());
    let txty = tx * ty;
    let divisor = 1.0 + txty * txty;
    Ok((tx * (1.0 + ty * ty) / divisor, ty / divisor * cx * cx))
}

/// The cosine.
pub fn cos((re, im): Parts) -> Complex {
    cosh((-im, re))
}

/// The sine.
pub fn sin(z: Parts) -> Complex {
    rotated(z, sinh)
}

/// The tangent.
pub fn tan(z: Parts) -> Complex {
    rotated(z, tanh)
}

/// The number of this length and angle.
pub fn rect(length: f64, angle: f64) -> Complex {
    if !finite((length, angle)) {
        if length != 0.0 && !length.is_nan() && angle.is_infinite() {
            return Err(Failure::Domain);
        }
        return Ok(match (length, angle) {
            (r, phi) if r.is_infinite() && phi.is_finite() && phi != 0.0 => {
                let (re, im) = (INF.copysign(phi.cos()), INF.copysign(phi.sin()));
                if r > 0.0 { (re, im) } else { (-re, -im) }
            }
            (r, phi) if r.is_infinite() && phi == 0.0 => (r, if r > 0.0 { phi } else { -phi }),
            (r, _) if r.is_infinite() => (INF, NAN),
            (0.0, _) => (0.0, 0.0),
            (r, phi) if r.is_nan() && phi == 0.0 => (NAN, 0.0),
            _ => (NAN, NAN),
        });
    }
    if angle == 0.0 {
        return Ok((length, length * angle));
    }
    Ok((length * angle.cos(), length * angle.sin()))
}
