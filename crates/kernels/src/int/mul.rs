//! Multiplication and squaring: schoolbook, Karatsuba, Toom-3, and slicing of unequal operands.
//!
//! The entry points take digits; the recursion works on limbs, where each function overwrites all
//! of `out` (as long as both operands together).

use super::limbs::{self, LIMB_BITS, LIMB_MASK, abs_diff, add_assign, sub_assign, sub_reversed};
use super::nat;
use super::{MASK, SHIFT};

/// Limbs from which Karatsuba's three half products beat the schoolbook. Schoolbook columns sum
/// this many 120-bit products in 128 bits, so it must stay below 256.
const KARATSUBA: usize = 40;
/// Limbs from which Toom-3's five third products beat Karatsuba.
const TOOM3: usize = 240;

/// `out = a * b`; `out` holds `a.len() + b.len()` digits. Returns the normalised length.
#[inline]
pub fn mul_into(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    match b {
        [] => 0,
        [d] => nat::mul_digit_into(out, a, *d, 0),
        _ if a.len() <= 4 => digit_schoolbook(out, a, b),
        _ if a.len() <= 16 => mul_on_stack::<8, 16>(out, a, b),
        _ if a.len() <= 64 => mul_on_stack::<32, 64>(out, a, b),
        _ => mul_large(out, a, b),
    }
}

/// `a * b`.
pub fn mul(a: &[u32], b: &[u32]) -> Vec<u32> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0; a.len() + b.len()];
    let n = mul_into(&mut out, a, b);
    out.truncate(n);
    out
}

/// `a * a`.
pub fn sqr(a: &[u32]) -> Vec<u32> {
    mul(a, a)
}

fn digit_schoolbook(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let n = a.len() + b.len();
    out[..n].fill(0);
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0u64;
        for (o, &y) in out[i..].iter_mut().zip(b) {
            carry += x as u64 * y as u64 + *o as u64;
            *o = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        out[i + b.len()] = carry as u32;
    }
    nat::normal_len(&out[..n])
}

fn same(a: &[u32], b: &[u32]) -> bool {
    std::ptr::eq(a, b) || a == b
}

fn mul_on_stack<const N: usize, const M: usize>(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let (mut wide_a, mut wide_b, mut product) = ([0u64; N], [0u64; N], [0u64; M]);
    let (na, nb) = (limbs::limbs_for(a.len()), limbs::limbs_for(b.len()));
    limbs::pack_into(&mut wide_a, a);
    let product = &mut product[..na + nb];
    if same(a, b) {
        schoolbook_sqr(product, &wide_a[..na]);
    } else {
        limbs::pack_into(&mut wide_b, b);
        schoolbook(product, &wide_a[..na], &wide_b[..nb]);
    }
    limbs::unpack_into(&mut out[..a.len() + b.len()], product)
}

fn mul_large(out: &mut [u32], a: &[u32], b: &[u32]) -> usize {
    let wide_a = limbs::pack(a);
    let mut product;
    if same(a, b) {
        product = vec![0; wide_a.len() * 2];
        sqr_limbs(&mut product, &wide_a);
    } else {
        let wide_b = limbs::pack(b);
        product = vec![0; wide_a.len() + wide_b.len()];
        mul_limbs(&mut product, &wide_a, &wide_b);
    }
    limbs::unpack_into(&mut out[..a.len() + b.len()], &product)
}

/// Schoolbook product by columns; the shorter operand is below 256 limbs.
fn schoolbook(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (n, m) = (a.len(), b.len());
    if n == 0 || m == 0 {
        out.fill(0);
        return;
    }
    let mut column = 0u128;
    for (k, o) in out[..n + m - 1].iter_mut().enumerate() {
        let first = k.saturating_sub(m - 1);
        let last = k.min(n - 1);
        for (&x, &y) in a[first..=last].iter().zip(b[k - last..=k - first].iter().rev()) {
            column += x as u128 * y as u128;
        }
        *o = column as u64 & LIMB_MASK;
        column >>= LIMB_BITS;
    }
    out[n + m - 1] = column as u64;
    out[n + m..].fill(0);
}

/// Schoolbook square: each mixed product once, doubled.
fn schoolbook_sqr(out: &mut [u64], a: &[u64]) {
    let n = a.len();
    if n == 0 {
        out.fill(0);
        return;
    }
    let mut carry = 0u128;
    for (k, o) in out[..2 * n - 1].iter_mut().enumerate() {
        let first = k.saturating_sub(n - 1);
        let half = k.div_ceil(2);
        let mut column = 0u128;
        for (&x, &y) in a[first..half].iter().zip(a[k + 1 - half..=k - first].iter().rev()) {
            column += x as u128 * y as u128;
        }
        column *= 2;
        if k % 2 == 0 {
            column += a[k / 2] as u128 * a[k / 2] as u128;
        }
        column += carry;
        *o = column as u64 & LIMB_MASK;
        carry = column >> LIMB_BITS;
    }
    out[2 * n - 1] = carry as u64;
    out[2 * n..].fill(0);
}

/// `out = a * b` for any lengths.
pub fn mul_limbs(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if b.len() < KARATSUBA {
        schoolbook(out, a, b);
    } else if a.len() == b.len() {
        balanced(out, a, b);
    } else {
        sliced(out, a, b);
    }
}

/// `out = a * a`.
pub fn sqr_limbs(out: &mut [u64], a: &[u64]) {
    if a.len() < KARATSUBA {
        schoolbook_sqr(out, a);
    } else {
        balanced(out, a, a);
    }
}

fn balanced(out: &mut [u64], a: &[u64], b: &[u64]) {
    if a.len() < TOOM3 {
        // Each level needs 4 * ceil(n / 2) limbs and there are few: 4n + a little for rounding.
        let mut scratch = vec![0; 4 * a.len() + 64];
        karatsuba(out, a, b, &mut scratch);
    } else {
        toom3(out, a, b);
    }
}

/// Cuts the longer operand into pieces as long as the shorter one.
fn sliced(out: &mut [u64], a: &[u64], b: &[u64]) {
    let m = b.len();
    out.fill(0);
    let mut product = vec![0; 2 * m];
    for (i, piece) in a.chunks(m).enumerate() {
        let product = &mut product[..piece.len() + m];
        mul_limbs(product, piece, b);
        add_assign(&mut out[i * m..], product);
    }
}

/// Karatsuba's product of operands of one length, with the difference form: the middle part is
/// `a0*b0 + a1*b1 - (a0 - a1)*(b0 - b1)`, which never outgrows its limbs.
fn karatsuba(out: &mut [u64], a: &[u64], b: &[u64], scratch: &mut [u64]) {
    let n = a.len();
    let square = std::ptr::eq(a, b);
    if n < KARATSUBA {
        if square {
            schoolbook_sqr(out, a);
        } else {
            schoolbook(out, a, b);
        }
        return;
    }
    let m = n.div_ceil(2);
    let (a0, a1) = a.split_at(m);
    let (b0, b1) = if square { (a0, a1) } else { b.split_at(m) };
    let (work, scratch) = scratch.split_at_mut(4 * m);
    let (differences, cross) = work.split_at_mut(2 * m);
    let negative;
    {
        let (da, db) = differences.split_at_mut(m);
        let negative_a = abs_diff(da, a0, a1);
        if square {
            negative = false;
            karatsuba(cross, da, da, scratch);
        } else {
            negative = negative_a != abs_diff(db, b0, b1);
            karatsuba(cross, da, db, scratch);
        }
    }
    let (low, high) = out.split_at_mut(2 * m);
    karatsuba(low, a0, b0, scratch);
    karatsuba(high, a1, b1, scratch);
    // middle = low + high ∓ cross, built where the differences were.
    let middle = differences;
    middle.copy_from_slice(low);
    let mut carry = add_assign(middle, high);
    if negative {
        carry += add_assign(middle, cross);
    } else {
        carry -= sub_assign(middle, cross);
    }
    let tail = &mut out[m..];
    add_assign(tail, limbs::trim(middle));
    if carry != 0 {
        add_assign(&mut tail[2 * m..], &[carry]);
    }
}

/// A signed number of the evaluation points.
struct Signed {
    negative: bool,
    limbs: Vec<u64>,
}

impl Signed {
    fn new(limbs: &[u64]) -> Self {
        Signed { negative: false, limbs: limbs::trim(limbs).to_vec() }
    }

    fn accumulate(&mut self, negative: bool, other: &[u64]) {
        let other = limbs::trim(other);
        if self.limbs.len() < other.len() {
            self.limbs.resize(other.len(), 0);
        }
        if self.negative == negative {
            let carry = add_assign(&mut self.limbs, other);
            if carry != 0 {
                self.limbs.push(carry);
            }
        } else if limbs::cmp(&self.limbs, other).is_ge() {
            sub_assign(&mut self.limbs, other);
        } else {
            self.limbs.truncate(other.len());
            sub_reversed(&mut self.limbs, other);
            self.negative = negative;
        }
        limbs::normalise(&mut self.limbs);
    }

    fn add(mut self, other: &Signed) -> Self {
        self.accumulate(other.negative, &other.limbs);
        self
    }

    fn sub(mut self, other: &Signed) -> Self {
        self.accumulate(!other.negative, &other.limbs);
        self
    }

    fn double(mut self) -> Self {
        let carry = limbs::shl_assign(&mut self.limbs, 1);
        if carry != 0 {
            self.limbs.push(carry);
        }
        self
    }

    fn halve(mut self) -> Self {
        limbs::shr_assign(&mut self.limbs, 1);
        limbs::normalise(&mut self.limbs);
        self
    }

    fn third(mut self) -> Self {
        limbs::div3_assign(&mut self.limbs);
        limbs::normalise(&mut self.limbs);
        self
    }

    fn mul(&self, other: &Signed) -> Signed {
        let mut out = vec![0; self.limbs.len() + other.limbs.len()];
        mul_limbs(&mut out, &self.limbs, &other.limbs);
        limbs::normalise(&mut out);
        Signed { negative: self.negative != other.negative, limbs: out }
    }

    fn sqr(&self) -> Signed {
        let mut out = vec![0; self.limbs.len() * 2];
        sqr_limbs(&mut out, &self.limbs);
        limbs::normalise(&mut out);
        Signed { negative: false, limbs: out }
    }

    fn copy(&self) -> Signed {
        Signed { negative: self.negative, limbs: self.limbs.clone() }
    }
}

/// The values of `a0 + a1 x + a2 x²` at 0, 1, -1, -2 and infinity.
fn evaluate(a: &[u64], k: usize) -> [Signed; 5] {
    let (a0, a1, a2) = (Signed::new(&a[..k]), Signed::new(&a[k..2 * k]), Signed::new(&a[2 * k..]));
    let outer = a0.copy().add(&a2);
    let at_1 = outer.copy().add(&a1);
    let at_minus_1 = outer.sub(&a1);
    let at_minus_2 = at_minus_1.copy().add(&a2).double().sub(&a0);
    [a0, at_1, at_minus_1, at_minus_2, a2]
}

/// Toom-Cook in three parts with Bodrato's interpolation sequence.
fn toom3(out: &mut [u64], a: &[u64], b: &[u64]) {
    let k = a.len().div_ceil(3);
    let pa = evaluate(a, k);
    let [r0, r1, rm1, rm2, rinf] = if std::ptr::eq(a, b) {
        pa.each_ref().map(Signed::sqr)
    } else {
        let pb = evaluate(b, k);
        [0, 1, 2, 3, 4].map(|i: usize| pa[i].mul(&pb[i]))
    };
    let t3 = rm2.sub(&r1).third();
    let t1 = r1.sub(&rm1).halve();
    let t2 = rm1.sub(&r0);
    let t3 = t2.copy().sub(&t3).halve().add(&rinf.copy().double());
    let t2 = t2.add(&t1).sub(&rinf);
    let t1 = t1.sub(&t3);
    out.fill(0);
    out[..r0.limbs.len()].copy_from_slice(&r0.limbs);
    out[4 * k..4 * k + rinf.limbs.len()].copy_from_slice(&rinf.limbs);
    for (i, t) in [&t1, &t2, &t3].into_iter().enumerate() {
        debug_assert!(!t.negative || t.limbs.is_empty());
        add_assign(&mut out[(i + 1) * k..], &t.limbs);
    }
}
