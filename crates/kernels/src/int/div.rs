//! Division with remainder: by a machine word, Knuth's algorithm D, Burnikel–Ziegler's recursion.
//!
//! Everything divides natural numbers; `signed` adds the floor semantics.

use super::limbs::{self, LIMB_BITS, LIMB_MASK, Reciprocal, add_assign, sub_assign};
use super::mul::mul_limbs;
use super::nat;

/// Limbs of divisor and quotient from which the recursion pays.
const BURNIKEL_ZIEGLER: usize = 80;

/// Quotient and remainder of digits; `b` is not zero.
pub fn div_rem(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    assert!(!b.is_empty(), "the caller refuses division by zero");
    if nat::cmp(a, b).is_lt() {
        return (Vec::new(), a.to_vec());
    }
    if let [d] = *b {
        let mut q = vec![0; a.len()];
        let (n, r) = nat::div_rem_digit_into(&mut q, a, d);
        q.truncate(n);
        return (q, nat::from_u64(r as u64));
    }
    if let (Some(x), Some(y)) = (nat::to_u64(a), nat::to_u64(b)) {
        return (nat::from_u64(x / y), nat::from_u64(x % y));
    }
    let (q, r) = div_rem_limbs(&limbs::pack(a), &limbs::pack(b));
    (limbs::unpack(&q), limbs::unpack(&r))
}

/// Remainder of digits; `b` is not zero.
pub fn rem(a: &[u32], b: &[u32]) -> Vec<u32> {
    match *b {
        [d] => nat::from_u64(nat::rem_digit(a, d) as u64),
        _ => div_rem(a, b).1,
    }
}

/// Quotient and remainder of limbs, both normalised; `b` is not zero.
pub fn div_rem_limbs(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let (a, b) = (limbs::trim(a), limbs::trim(b));
    if limbs::cmp(a, b).is_lt() {
        return (Vec::new(), a.to_vec());
    }
    if let [d] = *b {
        let mut q = a.to_vec();
        let r = limbs::div_small_assign(&mut q, &Reciprocal::new(d));
        limbs::normalise(&mut q);
        return (q, if r == 0 { Vec::new() } else { vec![r] });
    }
    // Both algorithms want the divisor's top bit set.
    let shift = b[b.len() - 1].leading_zeros() - (64 - LIMB_BITS);
    let mut divisor = b.to_vec();
    limbs::shl_assign(&mut divisor, shift);
    let mut dividend = a.to_vec();
    let carry = limbs::shl_assign(&mut dividend, shift);
    dividend.push(carry);
    let (mut q, mut r) = if b.len() >= BURNIKEL_ZIEGLER && a.len() - b.len() >= BURNIKEL_ZIEGLER {
        divide_blocks(&dividend, &divisor)
    } else {
        let mut q = vec![0; dividend.len() - divisor.len()];
        knuth(&mut q, &mut dividend, &divisor);
        dividend.truncate(divisor.len());
        (q, dividend)
    };
    limbs::shr_assign(&mut r, shift);
    limbs::normalise(&mut q);
    limbs::normalise(&mut r);
    (q, r)
}

/// Knuth 4.3.1 D. `b` has its top bit set and at least two limbs; `a` is at least one limb longer and
/// its highest `b.len()` limbs are less than `b`. Leaves the remainder in `a`, writes
/// `a.len() - b.len()` limbs of quotient.
fn knuth(q: &mut [u64], a: &mut [u64], b: &[u64]) {
    let n = b.len();
    let (top, next) = (b[n - 1], b[n - 2]);
    let reciprocal = Reciprocal::new(top);
    for j in (0..a.len() - n).rev() {
        let (u2, u1, u0) = (a[j + n], a[j + n - 1], a[j + n - 2]);
        let (mut guess, mut rest) = if u2 >= top {
            (LIMB_MASK, u1 as u128 + top as u128 + (((u2 - top) as u128) << LIMB_BITS))
        } else {
            let (q, r) = reciprocal.div_rem(u2, u1);
            (q, r as u128)
        };
        while rest >> LIMB_BITS == 0 && guess as u128 * next as u128 > (rest << LIMB_BITS | u0 as u128) {
            guess -= 1;
            rest += top as u128;
        }
        if guess != 0 {
            let borrow = limbs::sub_mul_assign(&mut a[j..j + n], b, guess);
            let d = u2.wrapping_sub(borrow);
            if d >> 63 != 0 {
                guess -= 1;
                add_assign(&mut a[j..j + n], b);
            }
        }
        a[j + n] = 0;
        q[j] = guess;
    }
}

/// Long division whose "digits" are blocks of the divisor's length, each step two blocks by one.
/// `b` has its top bit set.
fn divide_blocks(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let n = b.len();
    // A block that halves evenly down to the base case: pad divisor and dividend below with zeros.
    let mut parts = n;
    let mut depth = 0;
    while parts >= BURNIKEL_ZIEGLER {
        parts = parts.div_ceil(2);
        depth += 1;
    }
    let size = parts << depth;
    let pad = size - n;
    let mut divisor = vec![0; size];
    divisor[pad..].copy_from_slice(b);
    let mut dividend = vec![0; pad];
    dividend.extend_from_slice(a);
    let blocks = dividend.len().div_ceil(size);
    dividend.resize(blocks * size, 0);
    let mut quotient = vec![0; blocks * size];
    let mut rest = vec![0; size];
    for i in (0..blocks).rev() {
        let mut two = vec![0; 2 * size];
        two[..size].copy_from_slice(&dividend[i * size..(i + 1) * size]);
        two[size..].copy_from_slice(&rest);
        divide_2_by_1(&mut quotient[i * size..(i + 1) * size], &mut two, &divisor);
        rest.copy_from_slice(&two[..size]);
    }
    // The padding divided out of quotient's view: a * 2^p = q * (b * 2^p) + r * 2^p.
    rest.drain(..pad);
    (quotient, rest)
}

/// Divides `2n` limbs by `n` (the high half is less than the divisor); the remainder is left in the low
/// half of `a`, zeros in the high one.
fn divide_2_by_1(q: &mut [u64], a: &mut [u64], b: &[u64]) {
    let n = b.len();
    if !n.is_multiple_of(2) || n < BURNIKEL_ZIEGLER {
        knuth(q, a, b);
        return;
    }
    let h = n / 2;
    let (q0, q1) = q.split_at_mut(h);
    divide_3_by_2(q1, &mut a[h..], b);
    divide_3_by_2(q0, &mut a[..3 * h], b);
}

/// Divides three half blocks by two; the remainder is left in the low two thirds of `a`.
fn divide_3_by_2(q: &mut [u64], a: &mut [u64], b: &[u64]) {
    let h = q.len();
    let (b0, b1) = b.split_at(h);
    // Estimate the quotient from the high halves.
    if limbs::cmp(&a[2 * h..], b1).is_lt() {
        divide_2_by_1(q, &mut a[h..], b1);
    } else {
        // Quotient of all ones; remainder a1 - b1 * 2^h + b1.
        q.fill(LIMB_MASK);
        sub_assign(&mut a[2 * h..], b1);
        add_assign(&mut a[h..], b1);
    }
    let mut product = vec![0; 2 * h];
    mul_limbs(&mut product, q, b0);
    let mut below = sub_assign(a, &product) as i32;
    while below != 0 {
        sub_assign(q, &[1]);
        below -= add_assign(a, b) as i32;
    }
}
