//! [`Dec`]: a decimal number as the General Decimal Arithmetic specification has it; [`Rules`] by which operations round.

use super::words::{self, Coef};

/// Conditions, as bits: what an operation met.
pub mod status {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 1 << 1;
    pub const DIVISION_BY_ZERO: u32 = 1 << 2;
    pub const DIVISION_IMPOSSIBLE: u32 = 1 << 3;
    pub const DIVISION_UNDEFINED: u32 = 1 << 4;
    pub const INEXACT: u32 = 1 << 6;
    pub const INVALID_CONTEXT: u32 = 1 << 7;
    pub const INVALID_OPERATION: u32 = 1 << 8;
    /// No memory can hold the result.
    pub const NO_MEMORY: u32 = 1 << 9;
    pub const FLOAT_OPERATION: u32 = 1 << 10;
    pub const OVERFLOW: u32 = 1 << 11;
    pub const ROUNDED: u32 = 1 << 12;
    pub const SUBNORMAL: u32 = 1 << 13;
    pub const UNDERFLOW: u32 = 1 << 14;
    /// All that the signal InvalidOperation stands for.
    pub const ANY_INVALID: u32 = CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | 1 << 5
        | INVALID_CONTEXT
        | INVALID_OPERATION
        | NO_MEMORY;
}

pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    /// Away from zero where the last digit would be 0 or 5.
    ZeroFiveUp,
}

/// Precision, bounds and rounding of operations.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub rounding: Rounding,
    pub clamp: bool,
}

impl Rules {
    /// The widest: what fits is exact.
    pub const MAX: Rules =
        Rules { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, rounding: Rounding::HalfEven, clamp: false };

    /// The exponent of the least subnormal number.
    #[inline]
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    /// The greatest exponent of a number of full precision.
    #[inline]
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// The greatest exponent that a number may have.
    #[inline]
    pub fn max_exponent(&self) -> i64 {
        if self.clamp { self.etop() } else { self.emax }
    }

    pub fn rounding(mut self, rounding: Rounding) -> Rules {
        self.rounding = rounding;
        self
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signalling,
}

/// A decimal number: `coef * 10 ** exp`, an infinity, or a NaN whose payload is the coefficient.
#[derive(Clone, Debug)]
pub struct Dec {
    pub coef: Coef,
    pub exp: i64,
    pub kind: Kind,
    pub negative: bool,
}

impl Dec {
    #[inline]
    pub fn new(negative: bool, coef: Coef, exp: i64) -> Self {
        Dec { coef, exp, kind: Kind::Finite, negative }
    }

    #[inline]
    pub fn of_word(negative: bool, word: u64, exp: i64) -> Self {
        Dec::new(negative, words::of_word(word), exp)
    }

    #[inline]
    pub fn zero(negative: bool, exp: i64) -> Self {
        Dec::new(negative, Coef::new(), exp)
    }

    pub fn of_i64(value: i64) -> Self {
        Dec::of_word(value < 0, value.unsigned_abs(), 0)
    }

    pub fn infinity(negative: bool) -> Self {
        Dec { coef: Coef::new(), exp: 0, kind: Kind::Infinite, negative }
    }

    pub fn nan() -> Self {
        Dec { coef: Coef::new(), exp: 0, kind: Kind::Quiet, negative: false }
    }

    /// The greatest finite number.
    pub fn greatest(negative: bool, rules: &Rules) -> Self {
        Dec::new(negative, nines(rules.prec), rules.etop())
    }

    #[inline(always)]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    #[inline]
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    #[inline]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signalling)
    }

    #[inline]
    pub fn is_snan(&self) -> bool {
        self.kind == Kind::Signalling
    }

    #[inline]
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_empty()
    }

    /// Digits of the coefficient; zero has one.
    #[inline]
    pub fn digits(&self) -> i64 {
        (words::digits(&self.coef) as i64).max(1)
    }

    /// The exponent of the highest digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exp + self.digits() - 1
    }

    #[inline]
    pub fn is_odd_coefficient(&self) -> bool {
        words::is_odd(&self.coef)
    }

    pub fn is_normal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coef.is_empty() && self.adjusted() >= rules.emin
    }

    pub fn is_subnormal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coef.is_empty() && self.adjusted() < rules.emin
    }

    /// Whether the value is a whole number.
    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0
                || self.coef.is_empty()
                || words::trailing_zeros(&self.coef) as i64 >= -self.exp)
    }

    /// Whether a whole number is odd.
    pub fn is_odd_integer(&self) -> bool {
        self.exp <= 0 && words::digit(&self.coef, (-self.exp) as usize) & 1 != 0
    }

    #[must_use]
    pub fn negated(mut self) -> Self {
        self.negative = !self.negative;
        self
    }

    #[must_use]
    pub fn with_sign(mut self, negative: bool) -> Self {
        self.negative = negative;
        self
    }

    /// A signalling NaN made quiet.
    #[must_use]
    pub fn quieted(mut self) -> Self {
        self.kind = Kind::Quiet;
        self
    }

    /// The value as a machine integer, where it is one.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        if self.coef.is_empty() {
            return Some(0);
        }
        if self.adjusted() > 19 {
            return None;
        }
        let mut coef = self.coef.clone();
        if self.exp < 0 {
            words::shr_assign(&mut coef, (-self.exp) as usize);
        } else {
            coef = words::shl(&coef, self.exp as usize);
        }
        let value = words::to_u128(&coef)? as i128;
        i64::try_from(if self.negative { -value } else { value }).ok()
    }
}

/// A number of so many nines.
pub fn nines(count: i64) -> Coef {
    let power = words::power_of_ten(count as usize);
    words::sub(&power, &[1])
}

/// Whether memory for numbers of so many digits may be had; else the status says so.
pub fn has_room(digits: i64, status: &mut u32) -> bool {
    /// What is never refused, so that most operations ask nobody.
    const SMALL: i64 = 1 << 20;
    if digits < SMALL {
        return true;
    }
    let room = usize::try_from(digits / words::WIDTH as i64)
        .ok()
        .and_then(|words| words.checked_mul(4))
        .is_some_and(|words| Vec::<u64>::new().try_reserve_exact(words).is_ok());
    if !room {
        *status |= status::NO_MEMORY;
    }
    room
}
