//! Division with remainder and square roots of natural numbers: by a word, Knuth's algorithm D, Burnikel–Ziegler's recursion.

use super::mul::{mul, mul_into};
use super::words::{
    self, BASE, Coef, Divisor, WIDTH, add, add_assign, cmp, digits, div_small_assign, increment,
    mul_small_assign, normal_len, normalise, split, sub, sub_assign, trim,
};

/// Words of divisor and quotient from which the recursion pays.
const BURNIKEL_ZIEGLER: usize = 80;

/// Quotient and remainder of normal numbers; `b` is not zero.
pub fn div_rem(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    match (a, b) {
        (&[x], &[y]) => (words::of_word(x / y), words::of_word(x % y)),
        (_, &[y]) => {
            let mut quotient = Coef::from_slice(a);
            let rest = div_small_assign(&mut quotient, y);
            normalise(&mut quotient);
            (quotient, words::of_word(rest))
        }
        _ if cmp(a, b).is_lt() => (Coef::new(), Coef::from_slice(a)),
        _ => div_rem_long(a, b),
    }
}

fn div_rem_long(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    // Both algorithms want the divisor's highest word to be half the base or more.
    let factor = BASE / (b[b.len() - 1] + 1);
    let mut divisor = Coef::from_slice(b);
    let mut dividend = Coef::with_capacity(a.len() + 1);
    dividend.extend_from_slice(a);
    let mut carry = 0;
    if factor > 1 {
        mul_small_assign(&mut divisor, factor, 0);
        carry = mul_small_assign(&mut dividend, factor, 0);
    }
    dividend.push(carry);
    let (mut quotient, mut rest);
    if b.len() >= BURNIKEL_ZIEGLER && a.len() - b.len() >= BURNIKEL_ZIEGLER {
        (quotient, rest) = divide_blocks(&dividend, &divisor);
    } else {
        quotient = Coef::from_elem(0, dividend.len() - divisor.len());
        knuth(&mut quotient, &mut dividend, &divisor);
        dividend.truncate(divisor.len());
        rest = dividend;
    }
    if factor > 1 {
        div_small_assign(&mut rest, factor);
    }
    normalise(&mut quotient);
    normalise(&mut rest);
    (quotient, rest)
}

/// `a -= b * factor`; gives what is to be borrowed from the word above.
fn sub_mul_assign(a: &mut [u64], b: &[u64], factor: u64) -> u64 {
    let mut carry = 0;
    for (x, &y) in a.iter_mut().zip(b) {
        let (high, low) = split(y as u128 * factor as u128 + carry as u128);
        let (difference, wrapped) = x.overflowing_sub(low);
        *x = if wrapped { difference.wrapping_add(BASE) } else { difference };
        carry = high + wrapped as u64;
    }
    carry
}

/// Knuth 4.3.1 D. `b` has at least two words, the highest half the base or more; `a` is at least one word longer, its
/// highest `b.len()` words are less than `b`. Leaves the remainder in `a`, writes `a.len() - b.len()` words of quotient.
fn knuth(quotient: &mut [u64], a: &mut [u64], b: &[u64]) {
    let n = b.len();
    let (top, next) = (b[n - 1], b[n - 2]);
    let by_top = Divisor::new(top);
    for j in (0..a.len() - n).rev() {
        let (u2, u1, u0) = (a[j + n], a[j + n - 1], a[j + n - 2]);
        let (mut guess, mut rest) = if u2 >= top {
            (BASE - 1, u1 as u128 + top as u128 + (u2 - top) as u128 * BASE as u128)
        } else {
            let (guess, rest) = by_top.div_rem(u2 as u128 * BASE as u128 + u1 as u128);
            (guess, rest as u128)
        };
        while rest < BASE as u128 && guess as u128 * next as u128 > rest * BASE as u128 + u0 as u128 {
            guess -= 1;
            rest += top as u128;
        }
        if guess != 0 {
            let borrow = sub_mul_assign(&mut a[j..j + n], b, guess);
            if borrow > u2 {
                guess -= 1;
                add_assign(&mut a[j..j + n], b);
            }
        }
        a[j + n] = 0;
        quotient[j] = guess;
    }
}

/// Long division whose "digits" are blocks of the divisor's length, each step two blocks by one.
fn divide_blocks(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    let n = b.len();
    // A block that halves evenly down to the base case: divisor and dividend get zeros below.
    let (mut parts, mut depth) = (n, 0);
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
    let mut quotient = Coef::from_elem(0, blocks * size);
    let mut two = vec![0; 2 * size];
    for i in (0..blocks).rev() {
        // The upper half is the remainder of the step before.
        two.copy_within(..size, size);
        two[..size].copy_from_slice(&dividend[i * size..(i + 1) * size]);
        divide_2_by_1(&mut quotient[i * size..(i + 1) * size], &mut two, &divisor);
    }
    // a * B^p = q * (b * B^p) + r * B^p.
    (quotient, Coef::from_slice(&two[pad..size]))
}

/// Divides `2n` words by `n` (the high half is less than the divisor); the remainder is left in the low half of `a`.
fn divide_2_by_1(quotient: &mut [u64], a: &mut [u64], b: &[u64]) {
    let n = b.len();
    if !n.is_multiple_of(2) || n < BURNIKEL_ZIEGLER {
        knuth(quotient, a, b);
        return;
    }
    let half = n / 2;
    let (low, high) = quotient.split_at_mut(half);
    divide_3_by_2(high, &mut a[half..], b);
    divide_3_by_2(low, &mut a[..3 * half], b);
}

/// Divides three half blocks by two; the remainder is left in the low two thirds of `a`.
fn divide_3_by_2(quotient: &mut [u64], a: &mut [u64], b: &[u64]) {
    let half = quotient.len();
    let (b0, b1) = b.split_at(half);
    // The quotient is estimated from the high halves.
    if cmp(&a[2 * half..], b1).is_lt() {
        divide_2_by_1(quotient, &mut a[half..], b1);
    } else {
        // All nines; the remainder is a - b1 * B^h + b1.
        quotient.fill(BASE - 1);
        sub_assign(&mut a[2 * half..], b1);
        add_assign(&mut a[half..], b1);
    }
    let mut product = vec![0; 2 * half];
    mul_into(&mut product, quotient, b0);
    let mut below = sub_assign(a, &product) as i32;
    while below != 0 {
        sub_assign(quotient, &[1]);
        below -= add_assign(a, b) as i32;
    }
}

/// The whole part of a square root, and whether the root is exact.
pub fn sqrt(value: &[u64]) -> (Coef, bool) {
    if let Some(small) = words::to_u128(value) {
        let root = small.isqrt();
        return (words::of_word(root as u64), root * root == small);
    }
    let mut root = root_above(value);
    let mut square = mul(&root, &root);
    while cmp(&square, value).is_gt() {
        // (r - 1)² = r² - 2r + 1
        let mut next = sub(&square, &add(&root, &root));
        increment(&mut next);
        square = next;
        root = sub(&root, &[1]);
    }
    (root, square[..] == *trim(value))
}

/// The root or a little more: one of Newton's steps from the root of the upper half of the digits.
fn root_above(value: &[u64]) -> Coef {
    let places = digits(value) / 4;
    if value.len() <= 2 {
        return words::of_word((words::to_u128(value).unwrap_or(0)).isqrt() as u64);
    }
    let mut upper = Coef::from_slice(value);
    words::shr_assign(&mut upper, 2 * places);
    let (mut start, _) = sqrt(&upper);
    increment(&mut start);
    let start = words::shl(&start, places);
    let (quotient, _) = div_rem(value, &start);
    let mut sum = add(&start, &quotient);
    div_small_assign(&mut sum, 2);
    normalise(&mut sum);
    sum
}

/// Words that hold so many digits.
pub fn words_for(digits: usize) -> usize {
    digits.div_ceil(WIDTH)
}

/// Whether `10 ** places` divides the number.
pub fn is_multiple_of_power(value: &[u64], places: usize) -> bool {
    normal_len(value) == 0 || words::trailing_zeros(value) >= places
}
