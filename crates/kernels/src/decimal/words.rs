//! Words of base 10¹⁹: the primitives of coefficients.
//!
//! A number is a slice of words, least significant first. A *normal* one has no zero on top; zero is the empty slice.
//! The base has its top bit set, so two words are divided by it with one precomputed reciprocal (Möller and Granlund,
//! "Improved division by invariant integers", 2011).

use smallvec::SmallVec;
use std::cmp::Ordering;

/// Decimal digits in a word.
pub const WIDTH: usize = 19;
/// One more than the greatest word.
pub const BASE: u64 = 10_000_000_000_000_000_000;

/// Words of a coefficient; up to four lie in the value itself.
pub type Coef = SmallVec<[u64; 4]>;

/// Powers of ten that fit a word.
pub static POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut i = 1;
    while i < 20 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// The reciprocal of the base: `floor((2¹²⁸ - 1) / BASE) - 2⁶⁴`.
const BASE_RECIPROCAL: u64 = (u128::MAX / BASE as u128 - (1 << 64)) as u64;

/// `(high, low)` of `value / BASE`, for a value less than `BASE << 64`.
#[inline(always)]
pub fn split(value: u128) -> (u64, u64) {
    divide_normal(value, BASE, BASE_RECIPROCAL)
}

#[inline(always)]
fn divide_normal(value: u128, divisor: u64, reciprocal: u64) -> (u64, u64) {
    let guess = (reciprocal as u128 * (value >> 64)).wrapping_add(value);
    let mut quotient = ((guess >> 64) as u64).wrapping_add(1);
    let mut rest = (value as u64).wrapping_sub(quotient.wrapping_mul(divisor));
    if rest > guess as u64 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(divisor);
    }
    if rest >= divisor {
        quotient = quotient.wrapping_add(1);
        rest -= divisor;
    }
    (quotient, rest)
}

/// A word to divide by, many times.
#[derive(Clone, Copy)]
pub struct Divisor {
    normal: u64,
    reciprocal: u64,
    shift: u32,
}

impl Divisor {
    /// Of a word that is not zero.
    #[inline]
    pub fn new(word: u64) -> Self {
        let shift = word.leading_zeros();
        let normal = word << shift;
        Divisor { normal, reciprocal: (u128::MAX / normal as u128 - (1 << 64)) as u64, shift }
    }

    /// Quotient and remainder of a value whose quotient fits a word.
    #[inline(always)]
    pub fn div_rem(&self, value: u128) -> (u64, u64) {
        let (quotient, rest) = divide_normal(value << self.shift, self.normal, self.reciprocal);
        (quotient, rest >> self.shift)
    }
}

/// Digits of a word; zero has none.
#[inline(always)]
pub fn word_digits(word: u64) -> usize {
    // 1233 / 4096 is a little more than the logarithm of two.
    let bits = 64 - word.leading_zeros() as usize;
    let guess = (bits * 1233) >> 12;
    // For zero the guess is 0, and zero is less than one.
    guess + (word >= POWERS[guess]) as usize
}

/// Digits of a normal number; zero has none.
#[inline]
pub fn digits(words: &[u64]) -> usize {
    match words.last() {
        Some(&top) => (words.len() - 1) * WIDTH + word_digits(top),
        None => 0,
    }
}

#[inline]
pub fn normal_len(words: &[u64]) -> usize {
    let mut len = words.len();
    while len > 0 && words[len - 1] == 0 {
        len -= 1;
    }
    len
}

#[inline]
pub fn normalise(words: &mut Coef) {
    let len = normal_len(words);
    words.truncate(len);
}

/// A slice without the zeros on top.
pub fn trim(words: &[u64]) -> &[u64] {
    &words[..normal_len(words)]
}

/// A number of one word.
#[inline]
pub fn of_word(word: u64) -> Coef {
    let mut coef = Coef::new();
    if word != 0 {
        if word >= BASE {
            coef.push(word - BASE);
            coef.push(1);
        } else {
            coef.push(word);
        }
    }
    coef
}

/// A number below `BASE²`.
#[inline]
pub fn of_two_words(value: u128) -> Coef {
    let (high, low) = split(value);
    let mut coef = Coef::new();
    if high != 0 {
        coef.push(low);
        coef.push(high);
    } else if low != 0 {
        coef.push(low);
    }
    coef
}

/// A number of at most two words as one value.
#[inline]
pub fn to_u128(words: &[u64]) -> Option<u128> {
    match *words {
        [] => Some(0),
        [low] => Some(low as u128),
        [low, high] => Some(high as u128 * BASE as u128 + low as u128),
        _ => None,
    }
}

/// `10 ** exponent`.
pub fn power_of_ten(exponent: usize) -> Coef {
    let mut coef = Coef::from_elem(0, exponent / WIDTH + 1);
    coef[exponent / WIDTH] = POWERS[exponent % WIDTH];
    coef
}

/// Compares two normal numbers.
#[inline]
pub fn cmp(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a += b`; what does not fit is given back. `a` is not shorter.
pub fn add_assign(a: &mut [u64], b: &[u64]) -> bool {
    let mut carry = false;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        // Both are below BASE: the sum may exceed 64 bits, once.
        let (sum, wrapped) = x.overflowing_add(y + carry as u64);
        carry = wrapped || sum >= BASE;
        *x = if carry { sum.wrapping_sub(BASE) } else { sum };
    }
    for x in high {
        if !carry {
            return false;
        }
        carry = *x == BASE - 1;
        *x = if carry { 0 } else { *x + 1 };
    }
    carry
}

/// `a -= b`; whether `b` was greater (the result is then short of a power of the base). `a` is not shorter.
pub fn sub_assign(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = false;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        let (difference, wrapped) = x.overflowing_sub(y + borrow as u64);
        borrow = wrapped;
        *x = if borrow { difference.wrapping_add(BASE) } else { difference };
    }
    for x in high {
        if !borrow {
            return false;
        }
        borrow = *x == 0;
        *x = if borrow { BASE - 1 } else { *x - 1 };
    }
    borrow
}

/// The sum of two normal numbers.
pub fn add(a: &[u64], b: &[u64]) -> Coef {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut sum = Coef::from_slice(a);
    if add_assign(&mut sum, b) {
        sum.push(1);
    }
    sum
}

/// The difference of two normal numbers, the first not less than the second.
pub fn sub(a: &[u64], b: &[u64]) -> Coef {
    let mut difference = Coef::from_slice(a);
    sub_assign(&mut difference, b);
    normalise(&mut difference);
    difference
}

/// Adds one.
pub fn increment(words: &mut Coef) {
    for word in words.iter_mut() {
        if *word < BASE - 1 {
            *word += 1;
            return;
        }
        *word = 0;
    }
    words.push(1);
}

/// `words = words * factor + carry`; what does not fit is given back.
pub fn mul_small_assign(words: &mut [u64], factor: u64, mut carry: u64) -> u64 {
    for word in words {
        (carry, *word) = split(*word as u128 * factor as u128 + carry as u128);
    }
    carry
}

/// Divides in place by a word, giving the remainder.
pub fn div_small_assign(words: &mut [u64], divisor: u64) -> u64 {
    if let [word] = words {
        let rest = *word % divisor;
        *word /= divisor;
        return rest;
    }
    let by = Divisor::new(divisor);
    let mut rest = 0;
    for word in words.iter_mut().rev() {
        (*word, rest) = by.div_rem(rest as u128 * BASE as u128 + *word as u128);
    }
    rest
}

/// Whether a number is odd.
#[inline]
pub fn is_odd(words: &[u64]) -> bool {
    words.first().is_some_and(|word| word & 1 != 0)
}

/// `words * 10 ** places`.
pub fn shl(words: &[u64], places: usize) -> Coef {
    if words.is_empty() {
        return Coef::new();
    }
    if places == 0 {
        return Coef::from_slice(words);
    }
    let (whole, part) = (places / WIDTH, places % WIDTH);
    if let (&[word], 0) = (words, whole) {
        return of_two_words(word as u128 * POWERS[part] as u128);
    }
    let mut out = Coef::with_capacity(whole + words.len() + 1);
    out.resize(whole, 0);
    out.extend_from_slice(words);
    if part != 0 {
        let carry = mul_small_assign(&mut out[whole..], POWERS[part], 0);
        if carry != 0 {
            out.push(carry);
        }
    }
    out
}

/// What was cut off, as one digit: 0 for nothing, 5 for exactly a half, 1 to 4 for less, 6 to 9 for more.
pub type Rest = u8;

/// One digit for a part of `width` digits that was cut off, and whether anything not zero lies below it.
#[inline]
fn rest_of(part: u64, width: usize, sticky: bool) -> Rest {
    let unit = POWERS[width - 1];
    let quotient = part / unit;
    let digit = quotient as u8;
    let more = sticky || part != quotient * unit;
    digit + (more && (digit == 0 || digit == 5)) as u8
}

/// Cuts the lowest `places` digits off.
pub fn shr_assign(words: &mut Coef, places: usize) -> Rest {
    if places == 0 || words.is_empty() {
        return 0;
    }
    if let [word] = &mut words[..]
        && places < WIDTH
    {
        let quotient = *word / POWERS[places];
        let rest = rest_of(*word - quotient * POWERS[places], places, false);
        *word = quotient;
        if quotient == 0 {
            words.clear();
        }
        return rest;
    }
    let (whole, part) = (places / WIDTH, places % WIDTH);
    if whole > words.len() || (whole == words.len() && part != 0) {
        words.clear();
        return 1;
    }
    let mut sticky = false;
    if whole != 0 {
        let top = words[whole - 1];
        sticky = words[..whole - 1].iter().any(|&word| word != 0);
        if part == 0 {
            let rest = rest_of(top, WIDTH, sticky);
            words.drain(..whole);
            return rest;
        }
        sticky |= top != 0;
    }
    let (divisor, factor) = (POWERS[part], POWERS[WIDTH - part]);
    let kept = words.len() - whole;
    let mut quotient = words[whole] / divisor;
    let rest = rest_of(words[whole] - quotient * divisor, part, sticky);
    for i in 0..kept {
        let mut word = quotient;
        if i + 1 < kept {
            let next = words[whole + i + 1];
            quotient = next / divisor;
            word += (next % divisor) * factor;
        }
        words[i] = word;
    }
    words.truncate(kept);
    normalise(words);
    rest
}

/// Keeps the lowest `places` digits.
pub fn keep_low(words: &mut Coef, places: usize) {
    let (whole, part) = (places / WIDTH, places % WIDTH);
    if whole < words.len() {
        words[whole] %= POWERS[part];
        words.truncate(whole + 1);
        normalise(words);
    }
}

/// The digit at a place, the lowest being 0.
pub fn digit(words: &[u64], place: usize) -> u8 {
    match words.get(place / WIDTH) {
        Some(word) => (word / POWERS[place % WIDTH] % 10) as u8,
        None => 0,
    }
}

/// Zeros below the lowest other digit; 0 for zero.
pub fn trailing_zeros(words: &[u64]) -> usize {
    let Some(whole) = words.iter().position(|&word| word != 0) else { return 0 };
    let mut word = words[whole];
    let mut zeros = whole * WIDTH;
    for step in [16, 8, 4, 2, 1] {
        if word.is_multiple_of(POWERS[step]) {
            word /= POWERS[step];
            zeros += step;
        }
    }
    zeros
}

/// Appends the digits of a word, `width` of them.
fn write_word(out: &mut [u8], mut word: u64) {
    for pair in out.rchunks_mut(2) {
        let two = (word % 100) as u8;
        word /= 100;
        if let [high, low] = pair {
            *high = b'0' + two / 10;
            *low = b'0' + two % 10;
        } else {
            pair[0] = b'0' + two % 10;
        }
    }
}

/// Appends the digits of a normal number; "0" for zero.
pub fn write(out: &mut Vec<u8>, words: &[u64]) {
    let Some((&top, rest)) = words.split_last() else { return out.push(b'0') };
    let start = out.len();
    let first = word_digits(top);
    out.resize(start + first + rest.len() * WIDTH, b'0');
    let (head, tail) = out[start..].split_at_mut(first);
    write_word(head, top);
    for (chunk, &word) in tail.chunks_exact_mut(WIDTH).zip(rest.iter().rev()) {
        write_word(chunk, word);
    }
}

/// The number that ASCII digits spell.
pub fn parse(text: &[u8]) -> Coef {
    let skipped = text.iter().take_while(|&&digit| digit == b'0').count();
    let text = &text[skipped..];
    let mut coef = Coef::with_capacity(text.len().div_ceil(WIDTH));
    for chunk in text.rchunks(WIDTH) {
        coef.push(chunk.iter().fold(0, |word, digit| word * 10 + u64::from(digit - b'0')));
    }
    normalise(&mut coef);
    coef
}
