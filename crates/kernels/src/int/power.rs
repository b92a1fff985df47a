//! Powers, modular powers and modular inverses.
//!
//! Modular powers with an odd modulus run in Montgomery's representation with a window of up to five
//! bits; an even modulus divides after each step.

use super::limbs::{self, LIMB_BITS, LIMB_MASK};
use super::signed::{self, Int, IntRef};
use super::{div, mul, nat};

/// `base ** exponent`. The caller has bounded the size of the result.
pub fn pow(base: IntRef, exponent: u64) -> Int {
    let negative = base.negative && exponent % 2 == 1;
    match *base.digits {
        [] => return if exponent == 0 { Int::from(1u64) } else { Int::ZERO },
        [1] => return Int { negative, digits: vec![1] },
        _ if exponent == 0 => return Int::from(1u64),
        _ => {}
    }
    // Twos are shifted in at the end, so that powers of two cost nothing.
    let twos = nat::trailing_zeros(base.digits);
    let odd = nat::shr(base.digits, twos).0;
    let mut result = odd.clone();
    if odd != [1] {
        for i in (0..63 - exponent.leading_zeros()).rev() {
            result = mul::sqr(&result);
            if exponent >> i & 1 != 0 {
                result = mul::mul(&result, &odd);
            }
        }
    }
    Int { negative, digits: nat::shl(&result, twos.saturating_mul(exponent)) }
}

/// Why a modular power has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowModError {
    /// The modulus is zero: "pow() 3rd argument cannot be 0".
    ZeroModulus,
    /// A negative exponent, and the base shares a factor with the modulus: "base is not invertible for
    /// the given modulus".
    NotInvertible,
}

/// `pow(base, exponent, modulus)`; the result has the modulus's sign.
pub fn pow_mod(base: IntRef, exponent: IntRef, modulus: IntRef) -> Result<Int, PowModError> {
    if modulus.is_zero() {
        return Err(PowModError::ZeroModulus);
    }
    let n = IntRef::new(false, modulus.digits);
    if *modulus.digits == [1] {
        return Ok(Int::ZERO);
    }
    let mut base = signed::modulo(base, n);
    if exponent.negative {
        base = inverse(base.view(), n).ok_or(PowModError::NotInvertible)?;
    }
    let result = Int::new(false, pow_mod_nat(&base.digits, exponent.digits, modulus.digits));
    if modulus.negative && !result.digits.is_empty() {
        return Ok(signed::add(result.view(), modulus));
    }
    Ok(result)
}

/// The inverse of `a` modulo `n > 1`, where there is one.
pub fn inverse(a: IntRef, n: IntRef) -> Option<Int> {
    let (mut r0, mut r1) = (n.to_int(), signed::modulo(a, n));
    let (mut t0, mut t1) = (Int::ZERO, Int::from(1u64));
    while !r1.digits.is_empty() {
        let (q, r) = signed::div_mod(r0.view(), r1.view());
        let t = signed::sub(t0.view(), signed::mul(q.view(), t1.view()).view());
        (r0, r1, t0, t1) = (r1, r, t1, t);
    }
    (r0.digits == [1]).then(|| signed::modulo(t0.view(), n))
}

fn pow_mod_nat(base: &[u32], exponent: &[u32], n: &[u32]) -> Vec<u32> {
    if exponent.is_empty() || base == [1] {
        return vec![1];
    }
    if base.is_empty() || exponent == [1] {
        return base.to_vec();
    }
    if let Some(m) = nat::to_u64(n) {
        return nat::from_u64(pow_mod_u64(nat::to_u64(base).unwrap_or(0), exponent, m));
    }
    if n[0] & 1 != 0 {
        Montgomery::new(n).pow(base, exponent)
    } else {
        let one = vec![1];
        let steps = Windowed { one, mul: |a: &Vec<u32>, b: &Vec<u32>| div::rem(&mul::mul(a, b), n) };
        steps.pow(base.to_vec(), exponent)
    }
}

fn pow_mod_u64(base: u64, exponent: &[u32], m: u64) -> u64 {
    let step = |a: u64, b: u64| {
        if a >> 32 == 0 && b >> 32 == 0 { a * b % m } else { (a as u128 * b as u128 % m as u128) as u64 }
    };
    let mut result = 1 % m;
    for i in (0..nat::bit_length(exponent)).rev() {
        result = step(result, result);
        if nat::bit(exponent, i) {
            result = step(result, base);
        }
    }
    result
}

/// Left-to-right exponentiation over any multiplication.
struct Windowed<T, F: Fn(&T, &T) -> T> {
    one: T,
    mul: F,
}

impl<T: Clone, F: Fn(&T, &T) -> T> Windowed<T, F> {
    fn pow(&self, base: T, exponent: &[u32]) -> T {
        let bits = nat::bit_length(exponent);
        if bits == 0 {
            return self.one.clone();
        }
        if bits <= 60 {
            let mut result = base.clone();
            for i in (0..bits - 1).rev() {
                result = (self.mul)(&result, &result);
                if nat::bit(exponent, i) {
                    result = (self.mul)(&result, &base);
                }
            }
            return result;
        }
        self.pow_window(base, exponent, bits)
    }

    /// Windows of five bits that begin and end with a one: only odd powers are kept.
    fn pow_window(&self, base: T, exponent: &[u32], bits: u64) -> T {
        let square = (self.mul)(&base, &base);
        let mut odd_powers = vec![base];
        for i in 0..15 {
            odd_powers.push((self.mul)(&odd_powers[i], &square));
        }
        let mut result: Option<T> = None;
        let mut i = bits;
        while i > 0 {
            if !nat::bit(exponent, i - 1) {
                i -= 1;
                result = result.map(|r| (self.mul)(&r, &r));
                continue;
            }
            let mut low = i.saturating_sub(5);
            while !nat::bit(exponent, low) {
                low += 1;
            }
            let mut window = 0;
            for k in (low..i).rev() {
                window = window << 1 | nat::bit(exponent, k) as usize;
                result = result.map(|r| (self.mul)(&r, &r));
            }
            let power = &odd_powers[window / 2];
            result = Some(match result {
                None => power.clone(),
                Some(r) => (self.mul)(&r, power),
            });
            i = low;
        }
        result.unwrap_or_else(|| self.one.clone())
    }
}

/// Arithmetic modulo an odd number of several limbs.
struct Montgomery {
    modulus: Vec<u64>,
    /// `-1 / modulus` modulo a limb.
    inverse: u64,
    /// The square of the radix, which brings numbers into the representation.
    radix_squared: Vec<u64>,
}

impl Montgomery {
    fn new(n: &[u32]) -> Self {
        let modulus = limbs::pack(n);
        let k = modulus.len();
        // Newton: each step doubles the correct low bits of the inverse.
        let mut inverse = 1u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(modulus[0].wrapping_mul(inverse)));
        }
        let mut square = vec![0; 2 * k + 1];
        square[2 * k] = 1;
        let (_, mut radix_squared) = div::div_rem_limbs(&square, &modulus);
        radix_squared.resize(k, 0);
        Montgomery { modulus, inverse: inverse.wrapping_neg() & LIMB_MASK, radix_squared }
    }

    /// `a * b / radix` modulo the modulus: products and reductions interleaved, limb by limb.
    fn mul(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let n = &self.modulus;
        let k = n.len();
        let mut t = vec![0u64; k + 2];
        for &x in a {
            let carry = limbs::add_mul_assign(&mut t[..k], b, x);
            let sum = t[k] + carry;
            t[k] = sum & LIMB_MASK;
            t[k + 1] = sum >> LIMB_BITS;
            let m = t[0].wrapping_mul(self.inverse) & LIMB_MASK;
            // The lowest limb becomes zero: the rest is written one place down.
            let mut carry = ((m as u128 * n[0] as u128 + t[0] as u128) >> LIMB_BITS) as u64;
            for j in 1..k {
                let sum = m as u128 * n[j] as u128 + t[j] as u128 + carry as u128;
                t[j - 1] = sum as u64 & LIMB_MASK;
                carry = (sum >> LIMB_BITS) as u64;
            }
            let sum = t[k] + carry;
            t[k - 1] = sum & LIMB_MASK;
            t[k] = t[k + 1] + (sum >> LIMB_BITS);
            t[k + 1] = 0;
        }
        if t[k] != 0 || limbs::cmp(&t[..k], n).is_ge() {
            limbs::sub_assign(&mut t[..k + 1], n);
        }
        t.truncate(k);
        t
    }

    fn pow(&self, base: &[u32], exponent: &[u32]) -> Vec<u32> {
        let k = self.modulus.len();
        let mut wide = limbs::pack(base);
        wide.resize(k, 0);
        let mut one = vec![0; k];
        one[0] = 1;
        let base = self.mul(&wide, &self.radix_squared);
        let steps = Windowed {
            one: self.mul(&one, &self.radix_squared),
            mul: |a: &Vec<u64>, b: &Vec<u64>| self.mul(a, b),
        };
        limbs::unpack(&self.mul(&steps.pow(base, exponent), &one))
    }
}
