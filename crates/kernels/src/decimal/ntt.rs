//! Products of long numbers by transforms over three prime fields (Pollard 1971), joined by the Chinese remainder theorem.
//!
//! A word is a coefficient; a coefficient of the product is below `length * 10³⁸`, and the primes' product is above 2¹⁸⁵.
//! Lengths are powers of two and three times such. Multiplications by known factors take Shoup's quotient along; values
//! stay below four times the prime inside a transform (Harvey, "Faster arithmetic for number-theoretic transforms", 2014).

use super::words::{Divisor, split};

/// A prime below 2⁶² that is one more than a multiple of `3 * 2⁴⁰`, and a generator of its multiplicative group.
struct Field {
    prime: u64,
    generator: u64,
}

static FIELDS: [Field; 3] = [
    Field { prime: 4_611_615_649_683_210_241, generator: 11 },
    Field { prime: 4_611_549_678_985_543_681, generator: 19 },
    Field { prime: 4_611_546_380_450_660_353, generator: 5 },
];

/// A factor with its quotient `floor(factor * 2⁶⁴ / prime)`.
#[derive(Clone, Copy)]
struct Factor {
    value: u64,
    quotient: u64,
}

impl Field {
    fn factor(&self, value: u64) -> Factor {
        Factor { value, quotient: Divisor::new(self.prime).div_rem((value as u128) << 64).0 }
    }

    /// `x * factor`, below twice the prime, for any word `x`.
    #[inline(always)]
    fn scale(&self, x: u64, factor: Factor) -> u64 {
        let quotient = ((x as u128 * factor.quotient as u128) >> 64) as u64;
        x.wrapping_mul(factor.value).wrapping_sub(quotient.wrapping_mul(self.prime))
    }

    fn scale_full(&self, x: u64, factor: Factor) -> u64 {
        let scaled = self.scale(x, factor);
        if scaled >= self.prime { scaled - self.prime } else { scaled }
    }

    fn mul(&self, a: u64, b: u64) -> u64 {
        (a as u128 * b as u128 % self.prime as u128) as u64
    }

    fn pow(&self, mut base: u64, mut exponent: u64) -> u64 {
        let mut result = 1;
        while exponent != 0 {
            if exponent & 1 != 0 {
                result = self.mul(result, base);
            }
            base = self.mul(base, base);
            exponent >>= 1;
        }
        result
    }

    fn inverse(&self, value: u64) -> u64 {
        self.pow(value, self.prime - 2)
    }

    /// A root of unity of this order.
    fn root(&self, order: usize) -> u64 {
        self.pow(self.generator, (self.prime - 1) / order as u64)
    }

    /// The first `count` powers of a root.
    fn powers(&self, root: u64, count: usize) -> Vec<Factor> {
        let step = self.factor(root);
        let by_prime = Divisor::new(self.prime);
        let mut value = 1;
        (0..count)
            .map(|_| {
                let factor = Factor { value, quotient: by_prime.div_rem((value as u128) << 64).0 };
                value = self.scale_full(value, step);
                factor
            })
            .collect()
    }
}

/// The roots of transforms whose length is a power of two: for each level those of its order, one after the other.
struct Roots(Vec<Factor>);

impl Roots {
    /// Powers of a root of order `length`, strided tables laid out for levels `length`, `length / 2`, …
    fn new(field: &Field, root: u64, length: usize) -> Self {
        let mut table = field.powers(root, length / 2);
        let mut start = 0;
        let mut half = length / 2;
        while half > 1 {
            for i in 0..half / 2 {
                table.push(table[start + 2 * i]);
            }
            start += half;
            half /= 2;
        }
        Roots(table)
    }

    /// The factors of the level whose blocks have `2 * half` values, in a table for `length`.
    fn level(&self, length: usize, half: usize) -> &[Factor] {
        let start = length - 2 * half;
        &self.0[start..start + half]
    }
}

/// Decimation in frequency: natural order in, bit-reversed order out. Values below twice the prime in and out.
fn forward(field: &Field, data: &mut [u64], roots: &Roots) {
    let length = data.len();
    let twice = 2 * field.prime;
    let mut half = length / 2;
    while half >= 1 {
        let factors = roots.level(length, half);
        for block in data.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((x, y), &factor) in low.iter_mut().zip(high).zip(factors) {
                let (a, b) = (*x, *y);
                let sum = a + b;
                *x = if sum >= twice { sum - twice } else { sum };
                *y = field.scale(a + twice - b, factor);
            }
        }
        half /= 2;
    }
}

/// Decimation in time with the inverse roots: bit-reversed order in, natural order out, not yet divided by the length.
fn backward(field: &Field, data: &mut [u64], roots: &Roots) {
    let length = data.len();
    let twice = 2 * field.prime;
    let mut half = 1;
    while half < length {
        let factors = roots.level(length, half);
        for block in data.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((x, y), &factor) in low.iter_mut().zip(high).zip(factors) {
                let a = *x;
                let b = field.scale(*y, factor);
                let (sum, difference) = (a + b, a + twice - b);
                *x = if sum >= twice { sum - twice } else { sum };
                *y = if difference >= twice { difference - twice } else { difference };
            }
        }
        half *= 2;
    }
}

/// A plan for one length in one field.
struct Plan<'f> {
    field: &'f Field,
    length: usize,
    /// Thirds of the length, each transformed alone; `None` for a power of two.
    third: Option<Thirds>,
    roots: Roots,
    inverse_roots: Roots,
    /// The inverse of the length.
    scale: Factor,
    /// What a product's upper and lower word are multiplied by.
    two_64: Factor,
    one: Factor,
}

/// What the first pass over three thirds needs.
struct Thirds {
    powers: Vec<Factor>,
    inverse_powers: Vec<Factor>,
    /// A cube root of unity and its square.
    cube: Factor,
    cube2: Factor,
}

impl<'f> Plan<'f> {
    fn new(field: &'f Field, length: usize) -> Self {
        let inner = if length.is_multiple_of(3) { length / 3 } else { length };
        let third = (inner != length).then(|| {
            let root = field.root(length);
            let cube = field.root(3);
            Thirds {
                powers: field.powers(root, inner * 2 - 1),
                inverse_powers: field.powers(field.inverse(root), inner * 2 - 1),
                cube: field.factor(cube),
                cube2: field.factor(field.mul(cube, cube)),
            }
        });
        let root = field.root(inner);
        Plan {
            field,
            length,
            third,
            roots: Roots::new(field, root, inner),
            inverse_roots: Roots::new(field, field.inverse(root), inner),
            scale: field.factor(field.inverse(length as u64)),
            two_64: field.factor(((1u128 << 64) % field.prime as u128) as u64),
            one: field.factor(1),
        }
    }

    /// Words, padded with zeros to the length, as values below twice the prime.
    fn load(&self, words: &[u64]) -> Vec<u64> {
        let mut data = vec![0; self.length];
        for (value, &word) in data.iter_mut().zip(words) {
            *value = self.field.scale(word, self.one);
        }
        data
    }

    fn forward(&self, data: &mut [u64]) {
        if let Some(thirds) = &self.third {
            self.split_thirds(data, thirds);
            for part in data.chunks_exact_mut(self.length / 3) {
                forward(self.field, part, &self.roots);
            }
        } else {
            forward(self.field, data, &self.roots);
        }
    }

    fn backward(&self, data: &mut [u64]) {
        if let Some(thirds) = &self.third {
            for part in data.chunks_exact_mut(self.length / 3) {
                backward(self.field, part, &self.inverse_roots);
            }
            self.join_thirds(data, thirds);
        } else {
            backward(self.field, data, &self.inverse_roots);
        }
        for value in data {
            *value = self.field.scale_full(*value, self.scale);
        }
    }

    fn reduce(&self, value: u64) -> u64 {
        let twice = 2 * self.field.prime;
        if value >= twice { value - twice } else { value }
    }

    /// Three values with the cube roots of unity: `(a + b + c, a + wb + w²c, a + w²b + wc)`.
    #[inline(always)]
    fn butterfly(&self, a: u64, b: u64, c: u64, w: Factor, w2: Factor) -> [u64; 3] {
        let field = self.field;
        let sum = self.reduce(self.reduce(a + b) + c);
        let first = self.reduce(self.reduce(a + field.scale(b, w)) + field.scale(c, w2));
        let second = self.reduce(self.reduce(a + field.scale(b, w2)) + field.scale(c, w));
        [sum, first, second]
    }

    fn split_thirds(&self, data: &mut [u64], thirds: &Thirds) {
        let inner = self.length / 3;
        let (x, rest) = data.split_at_mut(inner);
        let (y, z) = rest.split_at_mut(inner);
        for i in 0..inner {
            let [sum, first, second] = self.butterfly(x[i], y[i], z[i], thirds.cube, thirds.cube2);
            x[i] = sum;
            y[i] = self.field.scale(first, thirds.powers[i]);
            z[i] = self.field.scale(second, thirds.powers[2 * i]);
        }
    }

    fn join_thirds(&self, data: &mut [u64], thirds: &Thirds) {
        let inner = self.length / 3;
        let (x, rest) = data.split_at_mut(inner);
        let (y, z) = rest.split_at_mut(inner);
        for i in 0..inner {
            let b = self.field.scale(y[i], thirds.inverse_powers[i]);
            let c = self.field.scale(z[i], thirds.inverse_powers[2 * i]);
            [x[i], y[i], z[i]] = self.butterfly(x[i], b, c, thirds.cube2, thirds.cube);
        }
    }

    /// The cyclic product of two numbers, each coefficient below the prime.
    fn product(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let mut x = self.load(a);
        self.forward(&mut x);
        let multiply = |x: &mut u64, y: u64| *x = self.multiply(*x, y);
        if core::ptr::eq(a, b) {
            x.iter_mut().for_each(|value| multiply(value, *value));
        } else {
            let mut y = self.load(b);
            self.forward(&mut y);
            x.iter_mut().zip(y).for_each(|(value, other)| multiply(value, other));
        }
        self.backward(&mut x);
        x
    }

    /// A product of two values below twice the prime: Barrett's reduction.
    #[inline(always)]
    fn multiply(&self, a: u64, b: u64) -> u64 {
        let product = a as u128 * b as u128;
        // a * b = high * 2^64 + low; 2^64 and 1 are known factors.
        let (high, low) = ((product >> 64) as u64, product as u64);
        let field = self.field;
        let sum = field.scale(high, self.two_64) + field.scale(low, self.one);
        self.reduce(sum)
    }
}

/// The least length of a transform not below `wanted`: a power of two, or three times one.
fn length_for(wanted: usize) -> usize {
    let two = wanted.next_power_of_two();
    let three = two / 4 * 3;
    if three >= wanted { three } else { two }
}

/// `out = a * b`.
pub fn mul_into(out: &mut [u64], a: &[u64], b: &[u64]) {
    let length = length_for(a.len() + b.len());
    let [x, y, z] = FIELDS.each_ref().map(|field| Plan::new(field, length).product(a, b));
    let join = Joiner::new();
    // The carry: what does not fit a word, below 2¹²⁸.
    let mut carry = 0u128;
    for (i, o) in out.iter_mut().enumerate() {
        let [low, middle, high] = join.join(x[i], y[i], z[i]);
        let sum = carry + low as u128;
        let lower = sum as u64;
        let upper = (sum >> 64) + middle as u128 + ((high as u128) << 64);
        let (upper, rest) = split(upper);
        let (quotient, word) = split((rest as u128) << 64 | lower as u128);
        *o = word;
        carry = (upper as u128) << 64 | quotient as u128;
    }
    debug_assert!(carry == 0);
}

/// Garner's form of the Chinese remainder theorem.
struct Joiner {
    /// The inverse of the first prime in the second field, of the first two in the third.
    first_in_second: Factor,
    both_in_third: Factor,
    /// The first prime in the third field.
    first_in_third: Factor,
    /// The product of the first two primes.
    both: u128,
}

impl Joiner {
    fn new() -> Self {
        let [p, q, r] = &FIELDS;
        let first_in_third = p.prime % r.prime;
        let both_in_third = r.mul(first_in_third, q.prime % r.prime);
        Joiner {
            first_in_second: q.factor(q.inverse(p.prime % q.prime)),
            both_in_third: r.factor(r.inverse(both_in_third)),
            first_in_third: r.factor(first_in_third),
            both: p.prime as u128 * q.prime as u128,
        }
    }

    /// The number below the primes' product with these remainders, in three binary words.
    #[inline]
    fn join(&self, x: u64, y: u64, z: u64) -> [u64; 3] {
        let [p, q, r] = &FIELDS;
        // x + p * u, with u below q.
        let u = q.scale_full(y + 2 * q.prime - x % q.prime, self.first_in_second);
        // … + p * q * v, with v below r.
        let known = x % r.prime + r.scale_full(u, self.first_in_third);
        let v = r.scale_full(z + 2 * r.prime - known, self.both_in_third);
        let low = x as u128 + p.prime as u128 * u as u128;
        let (both_low, both_high) = (self.both as u64, (self.both >> 64) as u64);
        let part = both_low as u128 * v as u128 + (low as u64) as u128;
        let upper = both_high as u128 * v as u128 + (low >> 64) + (part >> 64);
        [part as u64, upper as u64, (upper >> 64) as u64]
    }
}
