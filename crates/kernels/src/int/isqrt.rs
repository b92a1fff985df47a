//! Integer square roots.
//!
//! The method is the adaptive-precision Newton iteration of `math.isqrt`: each step doubles the
//! correct leading bits and costs one division of that size, and only the last result can be one too
//! large.

use super::{div, mul, nat};

/// The largest integer whose square is at most `n`.
pub fn isqrt(n: &[u32]) -> Vec<u32> {
    if let Some(v) = nat::to_u64(n) {
        return nat::from_u64(v.isqrt());
    }
    let c = (nat::bit_length(n) - 1) / 2;
    let steps = 64 - c.leading_zeros();
    // Start from a root of 128 leading bits.
    let mut s = steps.saturating_sub(6);
    let mut d = c >> s;
    let (top, _) = nat::shr(n, 2 * (c - d));
    let top = top.iter().rev().fold(0u128, |v, &d| v << super::SHIFT | d as u128);
    let mut a = nat::from_u128(top.isqrt());
    while s > 0 {
        s -= 1;
        let e = d;
        d = c >> s;
        let (top, _) = nat::shr(n, 2 * c - e - d + 1);
        let (q, _) = div::div_rem(&top, &a);
        a = nat::add(&nat::shl(&a, d - e - 1), &q);
    }
    if nat::cmp(&mul::sqr(&a), n).is_gt() {
        nat::decrement(&mut a);
    }
    a
}
