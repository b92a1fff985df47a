//! Greatest common divisors by Lehmer's method: most steps of Euclid's algorithm are simulated on the
//! leading 60 bits, and applied to the long numbers many at a time.

use super::limbs::{self, LIMB_BITS, LIMB_MASK};
use super::{div, nat};

/// The greatest common divisor of two magnitudes.
pub fn gcd(a: &[u32], b: &[u32]) -> Vec<u32> {
    if let (Some(x), Some(y)) = (nat::to_u64(a), nat::to_u64(b)) {
        return nat::from_u64(gcd_u64(x, y));
    }
    let (a, b) = if nat::cmp(a, b).is_ge() { (a, b) } else { (b, a) };
    let (mut a, mut b) = (limbs::pack(a), limbs::pack(b));
    while b.len() > 1 {
        match simulate(&a, &b) {
            Some(matrix) => apply(&mut a, &mut b, matrix),
            None => {
                let (_, r) = div::div_rem_limbs(&a, &b);
                (a, b) = (b, r);
            }
        }
        if limbs::cmp(&a, &b).is_lt() {
            std::mem::swap(&mut a, &mut b);
        }
    }
    match b.first() {
        None => limbs::unpack(&a),
        Some(&y) => {
            let (_, r) = div::div_rem_limbs(&a, &b);
            nat::from_u64(gcd_u64(y, r.first().copied().unwrap_or(0)))
        }
    }
}

/// The greatest common divisor of two words (Stein's algorithm).
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
    }
    a << twos
}

/// Leading 60 bits of `a`, and the bits of `b` at the same place.
fn leading(a: &[u64], b: &[u64]) -> (i64, i64) {
    let bits = limbs::bit_length(a);
    let skip = bits.saturating_sub(LIMB_BITS as u64);
    let at = |v: &[u64]| {
        let (word, shift) = ((skip / LIMB_BITS as u64) as usize, (skip % LIMB_BITS as u64) as u32);
        let low = v.get(word).copied().unwrap_or(0);
        let high = v.get(word + 1).copied().unwrap_or(0);
        ((high as u128) << LIMB_BITS | low as u128) >> shift
    };
    (at(a) as i64, at(b) as i64)
}

/// The steps that the leading bits decide beyond doubt (Jebelean's condition), as the matrix that takes `a` and
/// `b` as far: its rows alternate in sign.
fn simulate(a: &[u64], b: &[u64]) -> Option<[i64; 4]> {
    let (mut x, mut y) = leading(a, b);
    // Magnitudes of the cofactors of x (u) and y (v), the last two of each.
    let [mut u0, mut u1, mut v0, mut v1] = [1i64, 0, 0, 1];
    let mut even = true;
    while y != 0 {
        let quotient = x / y;
        let rest = x - quotient * y;
        let Some((u2, v2)) = quotient
            .checked_mul(u1)
            .and_then(|u| u.checked_add(u0))
            .zip(quotient.checked_mul(v1).and_then(|v| v.checked_add(v0)))
        else {
            break;
        };
        let (low, high) = if even { (v2, u2 + u1) } else { (u2, v2 + v1) };
        if rest < low || y - rest < high {
            break;
        }
        (x, y, u0, u1, v0, v1) = (y, rest, u1, u2, v1, v2);
        even = !even;
    }
    if v0 == 0 {
        return None;
    }
    Some(if even { [u0, -v0, -u1, v1] } else { [-u0, v0, u1, -v1] })
}

/// `a, b = p a + q b, r a + s b`; both results are natural numbers.
fn apply(a: &mut Vec<u64>, b: &mut Vec<u64>, [p, q, r, s]: [i64; 4]) {
    b.resize(a.len(), 0);
    let (mut carry_a, mut carry_b) = (0i128, 0i128);
    for (x, y) in a.iter_mut().zip(b.iter_mut()) {
        // Through i64, so that the product is one machine instruction.
        let (u, v) = (*x as i64 as i128, *y as i64 as i128);
        carry_a += p as i128 * u + q as i128 * v;
        carry_b += r as i128 * u + s as i128 * v;
        *x = carry_a as u64 & LIMB_MASK;
        *y = carry_b as u64 & LIMB_MASK;
        carry_a >>= LIMB_BITS;
        carry_b >>= LIMB_BITS;
    }
    debug_assert!(carry_a == 0 && carry_b == 0);
    limbs::normalise(a);
    limbs::normalise(b);
}
