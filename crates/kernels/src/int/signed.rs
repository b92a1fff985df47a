//! Signed integers with Python's semantics: division rounds down, shifts to the right too.

use std::cmp::Ordering;

use super::{div, mul, nat};

/// An owned integer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Int {
    /// Less than zero; false for zero.
    pub negative: bool,
    /// The magnitude, normalised.
    pub digits: Vec<u32>,
}

/// A borrowed integer, as it lies in an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntRef<'a> {
    /// Less than zero; false for zero.
    pub negative: bool,
    /// The magnitude, normalised.
    pub digits: &'a [u32],
}

impl Int {
    /// Zero.
    pub const ZERO: Int = Int { negative: false, digits: Vec::new() };

    /// An integer of this sign and magnitude, normalised here.
    pub fn new(negative: bool, mut digits: Vec<u32>) -> Self {
        nat::normalise(&mut digits);
        Int { negative: negative && !digits.is_empty(), digits }
    }

    /// The borrowed form.
    #[inline]
    pub fn view(&self) -> IntRef<'_> {
        IntRef { negative: self.negative, digits: &self.digits }
    }

    /// The negated integer.
    pub fn negate(mut self) -> Self {
        self.negative = !self.negative && !self.digits.is_empty();
        self
    }
}

impl From<i64> for Int {
    fn from(v: i64) -> Self {
        Int { negative: v < 0, digits: nat::from_u64(v.unsigned_abs()) }
    }
}

impl From<u64> for Int {
    fn from(v: u64) -> Self {
        Int { negative: false, digits: nat::from_u64(v) }
    }
}

impl From<i128> for Int {
    fn from(v: i128) -> Self {
        Int { negative: v < 0, digits: nat::from_u128(v.unsigned_abs()) }
    }
}

impl<'a> From<&'a Int> for IntRef<'a> {
    fn from(v: &'a Int) -> Self {
        v.view()
    }
}

impl<'a> IntRef<'a> {
    /// An integer of this sign and normalised magnitude.
    #[inline]
    pub fn new(negative: bool, digits: &'a [u32]) -> Self {
        IntRef { negative, digits }
    }

    /// A copy that owns its digits.
    pub fn to_int(self) -> Int {
        Int { negative: self.negative, digits: self.digits.to_vec() }
    }

    /// Whether it is zero.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.digits.is_empty()
    }

    /// -1, 0 or 1.
    pub fn signum(self) -> i32 {
        if self.is_zero() {
            0
        } else if self.negative {
            -1
        } else {
            1
        }
    }

    /// Whether it is odd.
    #[inline]
    pub fn is_odd(self) -> bool {
        self.digits.first().is_some_and(|d| d & 1 != 0)
    }

    /// The value, where it fits.
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        let v = nat::to_u64(self.digits)?;
        if self.negative { 0i64.checked_sub_unsigned(v) } else { i64::try_from(v).ok() }
    }

    /// The value, where it is not negative and fits.
    #[inline]
    pub fn to_u64(self) -> Option<u64> {
        if self.negative { None } else { nat::to_u64(self.digits) }
    }

    /// The value modulo 2^64 as two's complement (`PyLong_AsUnsignedLongLongMask`).
    pub fn to_u64_wrapping(self) -> u64 {
        let low = self.digits.iter().take(3).rev().fold(0u64, |v, &d| v << 30 | d as u64);
        if self.negative { low.wrapping_neg() } else { low }
    }

    /// Numerical order.
    #[expect(clippy::should_implement_trait, reason = "IntRef is Copy; Ord would compare field by field")]
    pub fn cmp(self, other: IntRef) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => nat::cmp(self.digits, other.digits),
            (true, true) => nat::cmp(other.digits, self.digits),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

/// `a + b`.
pub fn add(a: IntRef, b: IntRef) -> Int {
    if a.negative == b.negative {
        return Int { negative: a.negative, digits: nat::add(a.digits, b.digits) };
    }
    match nat::cmp(a.digits, b.digits) {
        Ordering::Equal => Int::ZERO,
        Ordering::Greater => Int { negative: a.negative, digits: nat::sub(a.digits, b.digits) },
        Ordering::Less => Int { negative: b.negative, digits: nat::sub(b.digits, a.digits) },
    }
}

/// `a - b`.
pub fn sub(a: IntRef, b: IntRef) -> Int {
    add(a, IntRef { negative: !b.negative && !b.is_zero(), digits: b.digits })
}

/// `a * b`.
pub fn mul(a: IntRef, b: IntRef) -> Int {
    let digits = mul::mul(a.digits, b.digits);
    Int { negative: a.negative != b.negative && !digits.is_empty(), digits }
}

/// `divmod(a, b)`: the quotient rounded down and a remainder of the divisor's sign. `b` is not zero.
pub fn div_mod(a: IntRef, b: IntRef) -> (Int, Int) {
    let (mut q, r) = div::div_rem(a.digits, b.digits);
    if a.negative == b.negative {
        return (Int::new(false, q), Int::new(b.negative, r));
    }
    if r.is_empty() {
        return (Int::new(true, q), Int::ZERO);
    }
    nat::increment(&mut q);
    (Int::new(true, q), Int::new(b.negative, nat::sub(b.digits, &r)))
}

/// `a // b` for `b` not zero.
pub fn floor_div(a: IntRef, b: IntRef) -> Int {
    div_mod(a, b).0
}

/// `a % b` for `b` not zero.
pub fn modulo(a: IntRef, b: IntRef) -> Int {
    let r = div::rem(a.digits, b.digits);
    if r.is_empty() || a.negative == b.negative {
        Int::new(b.negative, r)
    } else {
        Int::new(b.negative, nat::sub(b.digits, &r))
    }
}

/// The quotient nearest to `a / b` (the even one of two) and the remainder that belongs to it
/// (`_PyLong_DivmodNear`, which rounds `timedelta`s and `round(int, -n)`). `b` is not zero.
pub fn div_mod_near(a: IntRef, b: IntRef) -> (Int, Int) {
    let (q, r) = div_mod(a, b);
    let twice = Int { negative: r.negative, digits: nat::shl(&r.digits, 1) };
    // The remainder has the divisor's sign, so magnitudes decide.
    let order = nat::cmp(&twice.digits, b.digits);
    if order.is_gt() || (order.is_eq() && q.view().is_odd()) {
        let q = add(q.view(), Int::from(1i64).view());
        (q, sub(r.view(), b))
    } else {
        (q, r)
    }
}

/// `a << n`. The caller has bounded `n` by the memory there is.
pub fn shl(a: IntRef, n: u64) -> Int {
    Int { negative: a.negative, digits: nat::shl(a.digits, n) }
}

/// `a >> n`, rounded down.
pub fn shr(a: IntRef, n: u64) -> Int {
    let (mut digits, lost) = nat::shr(a.digits, n);
    if a.negative && lost {
        nat::increment(&mut digits);
    }
    Int { negative: a.negative && !digits.is_empty(), digits }
}

/// `round(a, -n)`: to a multiple of ten to the `n`, halves to even.
pub fn round_to_power_of_ten(a: IntRef, n: u64) -> Int {
    // 10^n > 2 |a| rounds to zero: no need to build it.
    if n > nat::bit_length(a.digits) {
        return Int::ZERO;
    }
    let unit = super::power::pow(Int::from(10i64).view(), n);
    let (_, r) = div_mod_near(a, unit.view());
    sub(a, r.view())
}
