//! Natural numbers as slices of 60-bit limbs: what multiplication and division are built from.
//!
//! A limb is two digits, low one first. Slices here need not be normalised unless a function says
//! so; the four spare bits of each word take carries and borrows.

use std::cmp::Ordering;

use super::{MASK, SHIFT};

/// Bits in a limb.
pub const LIMB_BITS: u32 = 60;
/// The bits a limb may use.
pub const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// Limbs that hold `digits` digits.
#[inline]
pub fn limbs_for(digits: usize) -> usize {
    digits.div_ceil(2)
}

/// Packs digits into limbs; `out` holds [`limbs_for`] of them.
#[inline]
pub fn pack_into(out: &mut [u64], digits: &[u32]) {
    let pairs = digits.chunks_exact(2);
    let rest = pairs.remainder();
    let mut i = 0;
    for pair in pairs {
        out[i] = pair[0] as u64 | (pair[1] as u64) << SHIFT;
        i += 1;
    }
    if let [last] = rest {
        out[i] = *last as u64;
    }
}

/// Packs digits into a new vector.
pub fn pack(digits: &[u32]) -> Vec<u64> {
    let mut out = vec![0; limbs_for(digits.len())];
    pack_into(&mut out, digits);
    out
}

/// Unpacks limbs into `out`, as many digits as it holds; returns the normalised length.
#[inline]
pub fn unpack_into(out: &mut [u32], limbs: &[u64]) -> usize {
    let n = out.len();
    let mut i = 0;
    for &limb in limbs {
        if i >= n {
            break;
        }
        out[i] = limb as u32 & MASK;
        if i + 1 < n {
            out[i + 1] = (limb >> SHIFT) as u32;
        }
        i += 2;
    }
    if i < n {
        out[i..].fill(0);
    }
    super::nat::normal_len(out)
}

/// Unpacks limbs into normalised digits.
pub fn unpack(limbs: &[u64]) -> Vec<u32> {
    let limbs = trim(limbs);
    let mut out = vec![0; limbs.len() * 2];
    let n = unpack_into(&mut out, limbs);
    out.truncate(n);
    out
}

/// The slice without leading zeros.
#[inline]
pub fn trim(a: &[u64]) -> &[u64] {
    let mut n = a.len();
    while n > 0 && a[n - 1] == 0 {
        n -= 1;
    }
    &a[..n]
}

/// Drops leading zeros.
#[inline]
pub fn normalise(a: &mut Vec<u64>) {
    let n = trim(a).len();
    a.truncate(n);
}

/// Compares two numbers that need not be normalised.
pub fn cmp(a: &[u64], b: &[u64]) -> Ordering {
    let (a, b) = (trim(a), trim(b));
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bits needed for the number.
pub fn bit_length(a: &[u64]) -> u64 {
    let a = trim(a);
    match a.last() {
        None => 0,
        Some(top) => (a.len() as u64 - 1) * LIMB_BITS as u64 + (64 - top.leading_zeros()) as u64,
    }
}

/// `a += b`, returning the carry out of `a`. `a` is at least as long as `b`.
#[inline]
pub fn add_assign(a: &mut [u64], b: &[u64]) -> u64 {
    let (low, high) = a.split_at_mut(b.len());
    let mut carry = 0;
    for (x, &y) in low.iter_mut().zip(b) {
        carry += *x + y;
        *x = carry & LIMB_MASK;
        carry >>= LIMB_BITS;
    }
    for x in high {
        if carry == 0 {
            return 0;
        }
        carry += *x;
        *x = carry & LIMB_MASK;
        carry >>= LIMB_BITS;
    }
    carry
}

/// `a -= b`, returning the borrow out of `a` (0 or 1). `a` is at least as long as `b`.
#[inline]
pub fn sub_assign(a: &mut [u64], b: &[u64]) -> u64 {
    let (low, high) = a.split_at_mut(b.len());
    let mut borrow = 0;
    for (x, &y) in low.iter_mut().zip(b) {
        let d = x.wrapping_sub(y).wrapping_sub(borrow);
        *x = d & LIMB_MASK;
        borrow = d >> 63;
    }
    for x in high {
        if borrow == 0 {
            return 0;
        }
        let d = x.wrapping_sub(borrow);
        *x = d & LIMB_MASK;
        borrow = d >> 63;
    }
    borrow
}

/// `a = b - a` for `b >= a`, both of the same length.
pub fn sub_reversed(a: &mut [u64], b: &[u64]) {
    let mut borrow = 0;
    for (x, &y) in a.iter_mut().zip(b) {
        let d = y.wrapping_sub(*x).wrapping_sub(borrow);
        *x = d & LIMB_MASK;
        borrow = d >> 63;
    }
}

/// `out = |a - b|` over `out.len()` limbs; true when `a < b`. Neither is longer than `out`.
pub fn abs_diff(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    let negative = cmp(a, b) == Ordering::Less;
    let (a, b) = if negative { (b, a) } else { (a, b) };
    out[..a.len()].copy_from_slice(a);
    out[a.len()..].fill(0);
    sub_assign(out, trim(b));
    negative
}

/// `a = a * m + add`, returning the limb carried out.
pub fn mul_small_assign(a: &mut [u64], m: u64, add: u64) -> u64 {
    let mut carry = add as u128;
    for x in a {
        carry += *x as u128 * m as u128;
        *x = carry as u64 & LIMB_MASK;
        carry >>= LIMB_BITS;
    }
    carry as u64
}

/// `a -= b * m`, returning the limb borrowed out. `a` is as long as `b`.
#[inline]
pub fn sub_mul_assign(a: &mut [u64], b: &[u64], m: u64) -> u64 {
    let mut borrow = 0u64;
    for (x, &y) in a.iter_mut().zip(b) {
        let product = y as u128 * m as u128 + borrow as u128;
        let d = x.wrapping_sub(product as u64 & LIMB_MASK);
        *x = d & LIMB_MASK;
        borrow = (product >> LIMB_BITS) as u64 + (d >> 63);
    }
    borrow
}

/// `a += b * m`, returning the limb carried out. `a` is as long as `b`.
#[inline]
pub fn add_mul_assign(a: &mut [u64], b: &[u64], m: u64) -> u64 {
    let mut carry = 0u64;
    for (x, &y) in a.iter_mut().zip(b) {
        let sum = y as u128 * m as u128 + *x as u128 + carry as u128;
        *x = sum as u64 & LIMB_MASK;
        carry = (sum >> LIMB_BITS) as u64;
    }
    carry
}

/// `a <<= bits` for fewer than 60 bits, returning what was shifted out.
pub fn shl_assign(a: &mut [u64], bits: u32) -> u64 {
    if bits == 0 {
        return 0;
    }
    let mut carry = 0;
    for x in a {
        let high = *x >> (LIMB_BITS - bits);
        *x = *x << bits & LIMB_MASK | carry;
        carry = high;
    }
    carry
}

/// `a >>= bits` for fewer than 60 bits, returning the bits shifted out.
pub fn shr_assign(a: &mut [u64], bits: u32) -> u64 {
    if bits == 0 {
        return 0;
    }
    let low_mask = (1u64 << bits) - 1;
    let mut carry = 0;
    for x in a.iter_mut().rev() {
        let low = *x & low_mask;
        *x = *x >> bits | carry << (LIMB_BITS - bits);
        carry = low;
    }
    carry
}

/// A divisor of one limb with its reciprocal (Möller and Granlund 2011): a division of two limbs
/// by one without a division instruction.
#[derive(Clone, Copy, Debug)]
pub struct Reciprocal {
    /// The divisor shifted to fill 64 bits.
    divisor: u64,
    inverse: u64,
    /// How far the divisor was shifted.
    shift: u32,
}

impl Reciprocal {
    /// Prepares division by `divisor`, a limb that is not zero.
    pub fn new(divisor: u64) -> Self {
        let shift = divisor.leading_zeros();
        let divisor = divisor << shift;
        let inverse = (u128::MAX / divisor as u128) as u64;
        Reciprocal { divisor, inverse, shift }
    }

    /// Quotient and remainder of `high * 2^60 + low` for `high` less than the divisor.
    #[inline]
    pub fn div_rem(&self, high: u64, low: u64) -> (u64, u64) {
        let n = ((high as u128) << LIMB_BITS | low as u128) << self.shift;
        let (n1, n0) = ((n >> 64) as u64, n as u64);
        let q = (self.inverse as u128 * n1 as u128).wrapping_add(n);
        let mut q1 = ((q >> 64) as u64).wrapping_add(1);
        let q0 = q as u64;
        let mut r = n0.wrapping_sub(q1.wrapping_mul(self.divisor));
        if r > q0 {
            q1 = q1.wrapping_sub(1);
            r = r.wrapping_add(self.divisor);
        }
        if r >= self.divisor {
            q1 = q1.wrapping_add(1);
            r -= self.divisor;
        }
        (q1, r >> self.shift)
    }
}

/// `a /= d`, returning the remainder.
pub fn div_small_assign(a: &mut [u64], d: &Reciprocal) -> u64 {
    let mut rem = 0;
    for x in a.iter_mut().rev() {
        let (q, r) = d.div_rem(rem, *x);
        *x = q;
        rem = r;
    }
    rem
}

/// Divides exactly by 3 in place.
pub fn div3_assign(a: &mut [u64]) {
    let mut rem = 0u64;
    for x in a.iter_mut().rev() {
        let v = rem << LIMB_BITS | *x;
        *x = v / 3;
        rem = v % 3;
    }
    debug_assert_eq!(rem, 0);
}
