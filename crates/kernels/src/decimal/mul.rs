//! Products: schoolbook by columns, Karatsuba, and number-theoretic transforms for long operands.

use super::ntt;
use super::words::{BASE, Coef, add_assign, normal_len, normalise, split, sub_assign};

/// Words from which Karatsuba's cutting pays.
const KARATSUBA: usize = 32;
/// Words of the shorter operand from which transforms pay.
const TRANSFORM: usize = 700;

/// The product of two normal numbers.
pub fn mul(a: &[u64], b: &[u64]) -> Coef {
    match (a, b) {
        ([], _) | (_, []) => Coef::new(),
        (&[x], &[y]) => super::words::of_two_words(x as u128 * y as u128),
        _ => {
            let mut out = Coef::from_elem(0, a.len() + b.len());
            mul_into(&mut out, a, b);
            normalise(&mut out);
            out
        }
    }
}

/// `out = a * b`, all of its words.
pub fn mul_into(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if b.len() < KARATSUBA {
        columns(out, a, b);
    } else if b.len() >= TRANSFORM && a.len() < 4 * b.len() {
        ntt::mul_into(out, a, b);
    } else if a.len() == b.len() {
        // Each level needs 4 * ceil(n / 2) words, and there are few levels.
        let mut scratch = vec![0; 4 * a.len() + 128];
        karatsuba(out, a, b, &mut scratch);
    } else {
        out.fill(0);
        let mut product = vec![0; 2 * b.len()];
        for (i, piece) in a.chunks(b.len()).enumerate() {
            let product = &mut product[..piece.len() + b.len()];
            mul_into(product, piece, b);
            add_assign(&mut out[i * b.len()..], &product[..normal_len(product)]);
        }
    }
}

/// Schoolbook product; a column is reduced once.
fn columns(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (n, m) = (a.len(), b.len());
    if m == 0 {
        out.fill(0);
        return;
    }
    let mut carry = 0u128;
    for (k, o) in out[..n + m - 1].iter_mut().enumerate() {
        let first = k.saturating_sub(m - 1);
        let last = k.min(n - 1);
        let mut low = carry;
        let mut high = 0u64;
        for (&x, &y) in a[first..=last].iter().zip(b[k - last..=k - first].iter().rev()) {
            let (sum, wrapped) = low.overflowing_add(x as u128 * y as u128);
            low = sum;
            high += wrapped as u64;
        }
        let (upper, rest) = split((high as u128) << 64 | low >> 64);
        let (lower, word) = split((rest as u128) << 64 | (low as u64) as u128);
        *o = word;
        carry = (upper as u128) << 64 | lower as u128;
    }
    out[n + m - 1] = carry as u64;
}

/// Whether the first is less; `out` becomes the distance.
fn distance(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    // `b` may be one word shorter.
    out.copy_from_slice(a);
    if !sub_assign(out, b) {
        return false;
    }
    // The result is short of BASE ** n by what we want.
    let mut borrow = false;
    for word in out {
        let value = *word + borrow as u64;
        borrow = value != 0;
        *word = if borrow { BASE - value } else { 0 };
    }
    true
}

/// Operands of one length, with the difference form: the middle part is `a0*b0 + a1*b1 - (a0 - a1)*(b0 - b1)`.
fn karatsuba(out: &mut [u64], a: &[u64], b: &[u64], scratch: &mut [u64]) {
    let n = a.len();
    if n < KARATSUBA {
        columns(out, a, b);
        return;
    }
    let m = n.div_ceil(2);
    let ((a0, a1), (b0, b1)) = (a.split_at(m), b.split_at(m));
    let (work, scratch) = scratch.split_at_mut(4 * m);
    let (differences, cross) = work.split_at_mut(2 * m);
    let (da, db) = differences.split_at_mut(m);
    let negative = distance(da, a0, a1) != distance(db, b0, b1);
    karatsuba(cross, da, db, scratch);
    let (low, high) = out.split_at_mut(2 * m);
    karatsuba(low, a0, b0, scratch);
    karatsuba(high, a1, b1, scratch);
    // The middle, built where the differences were.
    let middle = differences;
    middle.copy_from_slice(low);
    let mut carry = add_assign(middle, high) as i32;
    if negative {
        carry += add_assign(middle, cross) as i32;
    } else {
        carry -= sub_assign(middle, cross) as i32;
    }
    let tail = &mut out[m..];
    let len = normal_len(middle);
    add_assign(tail, &middle[..len]);
    if carry != 0 {
        add_assign(&mut tail[2 * m..], &[carry as u64]);
    }
}
