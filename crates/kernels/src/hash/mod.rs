//! Hash functions with CPython's values: strings and bytes, numbers, containers, pointers.

/// Bits of the modulus for numeric hashes (`sys.hash_info.modulus` is a Mersenne prime).
pub const NUMERIC_BITS: u32 = 61;
/// The prime that numeric hashes are reduced by.
pub const NUMERIC_MODULUS: u64 = (1 << NUMERIC_BITS) - 1;
/// Hash of infinity (`sys.hash_info.inf`); negative infinity has the negated one.
pub const INFINITY: i64 = 314_159;
/// Multiplier of the imaginary part (`sys.hash_info.imag`).
pub const IMAGINARY: u64 = 1_000_003;

/// The key of text and byte hashes, and the salt that `pyexpat` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// First key of SipHash.
    pub k0: u64,
    /// Second key of SipHash.
    pub k1: u64,
    /// Salt for Expat's tables.
    pub expat: u64,
}

impl Secret {
    /// From 24 random bytes (no `PYTHONHASHSEED`, or `random`).
    pub fn from_bytes(bytes: [u8; 24]) -> Self {
        let word = |i: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[i * 8..i * 8 + 8]);
            u64::from_le_bytes(word)
        };
        Secret { k0: word(0), k1: word(1), expat: word(2) }
    }

    /// From `PYTHONHASHSEED`: zero is a key of zeros, anything else feeds a linear congruential generator.
    pub fn from_seed(seed: u32) -> Self {
        if seed == 0 {
            return Secret::default();
        }
        let mut x = seed;
        Self::from_bytes(std::array::from_fn(|_| {
            x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
            (x >> 16) as u8
        }))
    }

    /// The hash of a byte string, or of a text's storage: 0 for nothing, never -1.
    #[inline]
    pub fn hash_bytes(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        match siphash13(self.k0, self.k1, bytes) as i64 {
            -1 => -2,
            h => h,
        }
    }
}

/// SipHash with one round a word and three at the end.
pub fn siphash13(k0: u64, k1: u64, bytes: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    for word in words {
        let m = word.iter().rev().fold(0, |m, &b| m << 8 | b as u64);
        v[3] ^= m;
        sip_round(&mut v);
        v[0] ^= m;
    }
    let last = rest.iter().rev().fold(0, |m, &b| m << 8 | b as u64) | (bytes.len() as u64) << 56;
    v[3] ^= last;
    sip_round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        sip_round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn sip_round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

/// The hash of an address: alignment's zeros rotated to the top, never -1.
#[inline]
pub fn hash_pointer(address: usize) -> i64 {
    match (address as u64).rotate_right(4) as i64 {
        -1 => -2,
        h => h,
    }
}

/// The hash of a complex number from those of its parts.
#[inline]
pub fn combine_complex(re: i64, im: i64) -> i64 {
    match (re as u64).wrapping_add(IMAGINARY.wrapping_mul(im as u64)) as i64 {
        -1 => -2,
        h => h,
    }
}

/// The hash of a sequence from those of its items: a simplified xxHash, as tuples have it.
#[derive(Clone, Copy, Debug)]
pub struct TupleHasher {
    state: u64,
    len: u64,
}

impl Default for TupleHasher {
    fn default() -> Self {
        TupleHasher { state: Self::PRIME_5, len: 0 }
    }
}

impl TupleHasher {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    /// Takes the next item's hash.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        self.state = self
            .state
            .wrapping_add((hash as u64).wrapping_mul(Self::PRIME_2))
            .rotate_left(31)
            .wrapping_mul(Self::PRIME_1);
        self.len += 1;
    }

    /// The hash of what was taken.
    #[inline]
    pub fn finish(self) -> i64 {
        match self.state.wrapping_add(self.len ^ Self::PRIME_5 ^ 3_527_539) {
            u64::MAX => 1_546_275_796,
            h => h as i64,
        }
    }
}

/// The hash of a set from those of its items, in any order.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetHasher {
    state: u64,
    len: u64,
}

impl SetHasher {
    /// Takes an item's hash.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        let h = hash as u64;
        self.state ^= (h ^ 89_869_747 ^ h << 16).wrapping_mul(3_644_798_167);
        self.len += 1;
    }

    /// The hash of what was taken.
    #[inline]
    pub fn finish(self) -> i64 {
        let mut h = self.state ^ (self.len + 1).wrapping_mul(1_927_868_237);
        h ^= h >> 11 ^ h >> 25;
        match h.wrapping_mul(69_069).wrapping_add(907_133_923) {
            u64::MAX => 590_923_713,
            h => h as i64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(items: &[i64]) -> i64 {
        let mut hasher = TupleHasher::default();
        items.iter().for_each(|&h| hasher.add(h));
        hasher.finish()
    }

    fn set(items: &[i64]) -> i64 {
        let mut hasher = SetHasher::default();
        items.iter().for_each(|&h| hasher.add(h));
        hasher.finish()
    }

    /// `PYTHONHASHSEED=0 python3.14 -c 'print(hash(b"..."))'` and so on.
    #[test]
    fn text_hashes_are_those_of_cpython() {
        let text = b"abcdefghijklmnopqrst";
        let zero = Secret::from_seed(0);
        let seeded = Secret::from_seed(42);
        assert_eq!(zero.hash_bytes(b""), 0);
        assert_eq!(zero.hash_bytes(&text[..1]), 4644417185603328019);
        assert_eq!(zero.hash_bytes(&text[..3]), -4594863902769663758);
        assert_eq!(zero.hash_bytes(&text[..7]), 7904145750247929094);
        assert_eq!(zero.hash_bytes(&text[..8]), 4574395652268504554);
        assert_eq!(zero.hash_bytes(&text[..9]), -532774252720507163);
        assert_eq!(zero.hash_bytes(&text[..16]), -7712962755478248686);
        assert_eq!(zero.hash_bytes(&text[..20]), -3832044883886523179);
        assert_eq!(seeded.hash_bytes(&text[..1]), -123207753977932514);
        assert_eq!(seeded.hash_bytes(&text[..3]), 3869580338025362921);
        assert_eq!(seeded.hash_bytes(&text[..7]), 1375323160596907757);
        assert_eq!(seeded.hash_bytes(&text[..8]), -5457871895989710762);
        assert_eq!(seeded.hash_bytes(&text[..9]), -5970266004662334337);
        assert_eq!(seeded.hash_bytes(&text[..16]), -8666121773944120556);
        assert_eq!(seeded.hash_bytes(&text[..20]), -4847009316947499323);
    }

    #[test]
    fn container_hashes_are_those_of_cpython() {
        assert_eq!(tuple(&[]), 5740354900026072187);
        assert_eq!(set(&[]), 133146708735736);
        assert_eq!(tuple(&[1]), -6644214454873602895);
        assert_eq!(set(&[1]), -558064481276695278);
        assert_eq!(tuple(&[1, 2, 3]), 529344067295497451);
        assert_eq!(set(&[1, 2, 3]), -272375401224217160);
        assert_eq!(tuple(&[0, -2, 1152921504606846976]), -7458020209677376084);
        assert_eq!(set(&[0, -2, 1152921504606846976]), -4965850481986367784);
        assert_eq!(
            tuple(&[
                100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117,
                118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129
            ]),
            -2745704845397695857
        );
        assert_eq!(
            set(&[
                100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117,
                118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129
            ]),
            -8825315464440043922
        );
        assert_eq!(combine_complex(1, 2), 2000007);
        assert_eq!(combine_complex(-1152921504606846979, -2), -1152921504608846985);
        assert_eq!(hash_pointer(139705573721152), 8731598357572);
    }
}
