//! Natural numbers as slices of 30-bit digits: the operations that need no sign.
//!
//! The `*_into` functions write to a buffer the caller has (an integer object under construction)
//! and return the normalised length, so that no vector comes between operand and result.

use std::cmp::Ordering;

use super::{MASK, SHIFT};

/// Length of `digits` without leading (most significant) zeros.
#[inline]
pub fn normal_len(digits: &[u32]) -> usize {
    let mut n = digits.len();
    while n > 0 && digits[n - 1] == 0 {
        n -= 1;
    }
    n
}

/// Drops leading zeros.
#[inline]
pub fn normalise(digits: &mut Vec<u32>) {
    let n = normal_len(digits);
    digits.truncate(n);
}

/// Compares two normalised numbers.
#[inline]
pub fn cmp(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bits needed for the number; 0 for zero.
#[inline]
pub fn bit_length(a: &[u32]) -> u64 {
    match a.last() {
        None => 0,
        Some(&top) => (a.len() as u64 - 1) * SHIFT as u64 + (32 - top.leading_zeros()) as u64,
    }
}

/// Number of ones in the binary form.
pub fn bit_count(a: &[u32]) -> u64 {
    a.iter().map(|d| d.count_ones() as u64).sum()
}

/// Number of zero bits below the lowest one; 0 for zero.
pub fn trailing_zeros(a: &[u32]) -> u64 {
    match a.iter().position(|&d| d != 0) {
        None => 0,
        Some(i) => i as u64 * SHIFT as u64 + a[i].trailing_zeros() as u64,
    }
}

/// The value, where it fits 64 bits.
#[inline]
pub fn to_u64(a: &[u32]) -> Option<u64> {
    match *a {
        [] => Some(0),
        [a] => Some(a as u64),
        [a, b] => Some(a as u64 | (b as u64) << 30),
        [a, b, c] if c < 16 => Some(a as u64 | (b as u64) << 30 | (c as u64) << 60),
        _ => None,
    }
}

/// Digits of a machine word.
pub fn from_u64(mut v: u64) -> Vec<u32> {
    let mut out = Vec::with_capacity(3);
    while v != 0 {
        out.push(v as u32 & MASK);
        v >>= SHIFT;
    }
    out
}

/// Digits of a double word.
pub fn from_u128(mut v: u128) -> Vec<u32> {
    let mut out = Vec::with_capacity(5);
    while v != 0 {
        out.push(v as u32 & MASK);
        v >>= SHIFT;
    }
    out
}

/// `out = a + b`; `out` holds at least one digit more than the longer operand.
#[inline]
pub fn add_into(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut carry = 0;
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    for ((o, &x), &y) in out_low.iter_mut().zip(low).zip(b) {
        carry += x + y;
        *o = carry & MASK;
        carry >>= SHIFT;
    }
    for (o, &x) in out_high.iter_mut().zip(high) {
        carry += x;
        *o = carry & MASK;
        carry >>= SHIFT;
    }
    if carry != 0 {
        out_high[high.len()] = carry;
        a.len() + 1
    } else {
        a.len()
    }
}

/// `out = a - b` for `a >= b`; `out` holds at least `a.len()` digits.
#[inline]
pub fn sub_into(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    debug_assert!(cmp(a, b) != Ordering::Less);
    let mut borrow = 0;
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    for ((o, &x), &y) in out_low.iter_mut().zip(low).zip(b) {
        let d = x.wrapping_sub(y).wrapping_sub(borrow);
        *o = d & MASK;
        borrow = d >> 31;
    }
    for (o, &x) in out_high.iter_mut().zip(high) {
        let d = x.wrapping_sub(borrow);
        *o = d & MASK;
        borrow = d >> 31;
    }
    normal_len(&out[..a.len()])
}

/// `a + b`.
pub fn add(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = vec![0; a.len().max(b.len()) + 1];
    let n = add_into(&mut out, a, b);
    out.truncate(n);
    out
}

/// `a - b` for `a >= b`.
pub fn sub(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = vec![0; a.len()];
    let n = sub_into(&mut out, a, b);
    out.truncate(n);
    out
}

/// Adds one in place.
pub fn increment(a: &mut Vec<u32>) {
    for d in a.iter_mut() {
        if *d < MASK {
            *d += 1;
            return;
        }
        *d = 0;
    }
    a.push(1);
}

/// Subtracts one in place from a number that is not zero.
pub fn decrement(a: &mut Vec<u32>) {
    for d in a.iter_mut() {
        if *d > 0 {
            *d -= 1;
            break;
        }
        *d = MASK;
    }
    normalise(a);
}

/// `out = a * m + add`; `out` holds `a.len() + 1` digits.
pub fn mul_digit_into(out: &mut [u32], a: &[u32], m: u32, add: u32) -> usize {
    let mut carry = add as u64;
    for (o, &x) in out.iter_mut().zip(a) {
        carry += x as u64 * m as u64;
        *o = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    out[a.len()] = carry as u32;
    a.len() + (carry != 0) as usize
}

/// `out = a / d`, returning the length and the remainder. `d` is not zero.
pub fn div_rem_digit_into(out: &mut [u32], a: &[u32], d: u32) -> (usize, u32) {
    let mut rem = 0u64;
    for (o, &x) in out[..a.len()].iter_mut().zip(a).rev() {
        let v = rem << SHIFT | x as u64;
        *o = (v / d as u64) as u32;
        rem = v % d as u64;
    }
    (normal_len(&out[..a.len()]), rem as u32)
}

/// `a % d` for a digit that is not zero.
pub fn rem_digit(a: &[u32], d: u32) -> u32 {
    a.iter().rev().fold(0u64, |rem, &x| (rem << SHIFT | x as u64) % d as u64) as u32
}

/// Digits that `a << n` needs at most; `None` when no memory can hold them.
pub fn shl_len(a: &[u32], n: u64) -> Option<usize> {
    usize::try_from(n / SHIFT as u64).ok()?.checked_add(a.len() + 1)
}

/// `out = a << n`; `out` holds [`shl_len`] digits.
pub fn shl_into(out: &mut [u32], a: &[u32], n: u64) -> usize {
    if a.is_empty() {
        return 0;
    }
    let words = (n / SHIFT as u64) as usize;
    let bits = (n % SHIFT as u64) as u32;
    out[..words].fill(0);
    let mut carry = 0u64;
    for (o, &x) in out[words..].iter_mut().zip(a) {
        carry |= (x as u64) << bits;
        *o = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    let n = words + a.len();
    if carry != 0 {
        out[n] = carry as u32;
        n + 1
    } else {
        n
    }
}

/// `a << n`.
pub fn shl(a: &[u32], n: u64) -> Vec<u32> {
    if a.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0; shl_len(a, n).expect("the caller bounds shifts by memory")];
    let n = shl_into(&mut out, a, n);
    out.truncate(n);
    out
}

/// `out = a >> n`, whether any one was shifted out beside the length. `out` holds `a.len()` digits.
pub fn shr_into(out: &mut [u32], a: &[u32], n: u64) -> (usize, bool) {
    let words = n / SHIFT as u64;
    let bits = (n % SHIFT as u64) as u32;
    if words >= a.len() as u64 {
        return (0, !a.is_empty());
    }
    let (lost, kept) = a.split_at(words as usize);
    let sticky = lost.iter().any(|&d| d != 0) || kept[0] & ((1 << bits) - 1) != 0;
    for i in 0..kept.len() {
        let high = kept.get(i + 1).copied().unwrap_or(0);
        out[i] = (kept[i] >> bits) | ((high as u64) << (SHIFT - bits)) as u32 & MASK;
    }
    (normal_len(&out[..kept.len()]), sticky)
}

/// `a >> n`, and whether any one was shifted out.
pub fn shr(a: &[u32], n: u64) -> (Vec<u32>, bool) {
    let words = usize::try_from(n / SHIFT as u64).unwrap_or(usize::MAX);
    let mut out = vec![0; a.len().saturating_sub(words)];
    let (n, sticky) = shr_into(&mut out, a, n);
    out.truncate(n);
    (out, sticky)
}

/// Whether bit `n` is one.
pub fn bit(a: &[u32], n: u64) -> bool {
    a.get((n / SHIFT as u64) as usize).is_some_and(|d| d >> (n % SHIFT as u64) & 1 != 0)
}
