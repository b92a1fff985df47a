//! Sums with more than double precision: `fsum`, `sumprod`, `hypot` and `dist`.

use taipan_host::libm::{frexp, ldexp};

/// A sum and what rounding lost.
#[derive(Clone, Copy)]
struct Pair {
    high: f64,
    low: f64,
}

/// `a + b` where `a` is the larger.
fn fast_sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    Pair { high, low: (a - high) + b }
}

/// `a + b` in any order.
fn two_sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    let part = high - a;
    Pair { high, low: (a - (high - part)) + (b - part) }
}

/// `a * b`.
fn product(a: f64, b: f64) -> Pair {
    let high = a * b;
    Pair { high, low: a.mul_add(b, -high) }
}

/// A sum in three doubles.
#[derive(Clone, Copy, Default)]
pub struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

impl Triple {
    /// Adds `a * b`.
    pub fn add_product(self, a: f64, b: f64) -> Self {
        let term = product(a, b);
        let sum = two_sum(self.high, term.high);
        let first = two_sum(self.low, term.low);
        let second = two_sum(first.high, sum.low);
        Triple { high: sum.high, low: second.high, tiny: self.tiny + first.low + second.low }
    }

    pub fn value(self) -> f64 {
        let last = two_sum(self.low, self.high);
        self.tiny + last.low + last.high
    }
}

/// The Euclidean length of a vector; `max` is the largest magnitude in it.
pub fn vector_norm(vector: &mut [f64], max: f64, has_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if has_nan {
        return f64::NAN;
    }
    if max == 0.0 || vector.len() <= 1 {
        return max;
    }
    let (_, exponent) = frexp(max);
    if exponent < -1023 {
        // Scaling by a power of two would overflow.
        vector.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * vector_norm(vector, max / f64::MIN_POSITIVE, has_nan);
    }
    let scale = ldexp(1.0, -exponent);
    let (mut sum, mut low_products, mut low_sums) = (1.0, 0.0, 0.0);
    let mut add = |sum: &mut f64, a: f64, b: f64| -> f64 {
        let term = product(a, b);
        let total = fast_sum(*sum, term.high);
        *sum = total.high;
        low_products += term.low;
        low_sums += total.low;
        low_products + low_sums
    };
    let mut rest = 0.0;
    for &x in vector.iter() {
        let x = x * scale;
        rest = add(&mut sum, x, x);
    }
    let mut root = (sum - 1.0 + rest).sqrt();
    // One step of Newton's method on the exact difference.
    rest = add(&mut sum, -root, root);
    let difference = sum - 1.0 + rest;
    root += difference / (2.0 * root);
    root / scale
}

/// What an exact sum came to.
pub enum Sum {
    Value(f64),
    /// "-inf + inf in fsum"
    Opposed,
}

/// An exact sum in partial sums that do not overlap (Shewchuk 1997).
#[derive(Default)]
pub struct ExactSum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl ExactSum {
    /// Adds a term; false on overflow.
    pub fn add(&mut self, term: f64) -> bool {
        let mut x = term;
        let mut kept = 0;
        for i in 0..self.partials.len() {
            let mut y = self.partials[i];
            if x.abs() < y.abs() {
                core::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if term.is_finite() {
                    return false;
                }
                if term.is_infinite() {
                    self.infinities += term;
                }
                self.special += term;
                self.partials.clear();
            } else {
                self.partials.push(x);
            }
        }
        true
    }

    /// The sum, rounded once.
    pub fn finish(mut self) -> Sum {
        if self.special != 0.0 {
            return if self.infinities.is_nan() { Sum::Opposed } else { Sum::Value(self.special) };
        }
        let Some(mut high) = self.partials.pop() else { return Sum::Value(0.0) };
        let mut low = 0.0;
        while let Some(y) = self.partials.pop() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half-even: the sign of what is left decides where the low part is exactly half.
        if let Some(&rest) = self.partials.last()
            && ((low < 0.0 && rest < 0.0) || (low > 0.0 && rest > 0.0))
        {
            let twice = low * 2.0;
            let rounded = high + twice;
            if twice == rounded - high {
                high = rounded;
            }
        }
        Sum::Value(high)
    }
}
