//! The decimal digits of a double.
//!
//! The standard library's conversions do the exact work (Grisu with Dragon as fall-back, both
//! correctly rounded, halves of exact values to even); here their text is taken apart again into
//! what `dtoa` gives: digits without trailing zeros and the place of the decimal point.

use std::io::Write;

/// Significant digits after which every double has only zeros.
const MAX_SIGNIFICANT: usize = 770;
/// Places after the point after which every double has only zeros.
const MAX_PLACES: usize = 1080;

/// Digits of a finite double: `0.d1d2d3… × 10^point`.
#[derive(Clone, Debug)]
pub struct Decimal {
    buffer: Buffer,
    /// Where the decimal point stands relative to the first digit.
    pub point: i32,
}

/// Text of a number: on the stack unless it is long.
#[derive(Clone, Debug)]
struct Buffer {
    short: [u8; 40],
    long: Vec<u8>,
    len: usize,
}

impl Buffer {
    fn new() -> Self {
        Buffer { short: [0; 40], long: Vec::new(), len: 0 }
    }

    fn as_slice(&self) -> &[u8] {
        if self.long.is_empty() { &self.short[..self.len] } else { &self.long[..self.len] }
    }

    fn as_mut(&mut self) -> &mut [u8] {
        if self.long.is_empty() { &mut self.short[..self.len] } else { &mut self.long[..self.len] }
    }
}

impl Write for Buffer {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        if self.long.is_empty() && self.len + data.len() <= self.short.len() {
            self.short[self.len..self.len + data.len()].copy_from_slice(data);
        } else {
            if self.long.is_empty() {
                self.long.extend_from_slice(&self.short[..self.len]);
            }
            self.long.extend_from_slice(data);
        }
        self.len += data.len();
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Decimal {
    /// The digits, first one not zero and last one neither; `0` alone for zero; none when everything
    /// was rounded away.
    pub fn digits(&self) -> &[u8] {
        self.buffer.as_slice()
    }

    /// The fewest digits that read back as `x` (finite), the nearest of those.
    pub fn shortest(x: f64) -> Self {
        let mut buffer = Buffer::new();
        // Writing to memory cannot fail.
        let _ = write!(buffer, "{:e}", x.abs());
        let decimal = Self::from_scientific(buffer);
        if decimal.may_be_halfway(x) {
            let nearest = Self::significant(x, decimal.digits().len());
            if nearest.value() == x.abs() {
                return nearest;
            }
        }
        decimal
    }

    /// Whether `x` may lie exactly between two texts of this length. Of these the standard library takes
    /// the larger and `dtoa` the even one. Below 15 digits every decimal is another double, so there
    /// are no such pairs; and a double with `f` bits after the point has exactly `f` decimal places.
    fn may_be_halfway(&self, x: f64) -> bool {
        let n = self.digits().len() as i64;
        if n < 15 {
            return false;
        }
        let (mantissa, exponent) = super::arith::decompose(x);
        let places = -(exponent + mantissa.trailing_zeros() as i64);
        if places > 0 { places == n + 1 - self.point as i64 } else { self.point as i64 > n }
    }

    /// The nearest double to the digits.
    fn value(&self) -> f64 {
        let digits = std::str::from_utf8(self.digits()).unwrap_or("");
        format!("0.{digits}e{}", self.point).parse().unwrap_or(f64::NAN)
    }

    /// `count` significant digits (at least one) of a finite double.
    pub fn significant(x: f64, count: usize) -> Self {
        let mut buffer = Buffer::new();
        let _ = write!(buffer, "{:.*e}", count.clamp(1, MAX_SIGNIFICANT) - 1, x.abs());
        Self::from_scientific(buffer)
    }

    /// Digits up to `places` after the point, of a finite double.
    pub fn fixed(x: f64, places: usize) -> Self {
        if x == 0.0 {
            return Self::shortest(x);
        }
        let places = places.min(MAX_PLACES);
        let mut buffer = Buffer::new();
        let _ = write!(buffer, "{:.*}", places, x.abs());
        let text = buffer.as_mut();
        let whole = text.iter().position(|&c| c == b'.').unwrap_or(text.len());
        if whole < text.len() {
            text.copy_within(whole + 1.., whole);
            buffer.len -= 1;
        }
        let mut decimal = Decimal { buffer, point: whole as i32 };
        decimal.strip();
        if decimal.digits().is_empty() {
            decimal.point = -(places as i32);
        }
        decimal
    }

    /// From `d.ddde±x`.
    fn from_scientific(mut buffer: Buffer) -> Self {
        let text = buffer.as_mut();
        let e = text.iter().position(|&c| c == b'e').unwrap_or(text.len());
        let (negative, exponent) = match &text[(e + 1).min(text.len())..] {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let exponent = exponent.iter().fold(0, |v, &c| v * 10 + (c - b'0') as i32);
        let exponent = if negative { -exponent } else { exponent };
        if e > 1 {
            text.copy_within(2..e, 1);
            buffer.len = e - 1;
        } else {
            buffer.len = e;
        }
        let mut decimal = Decimal { buffer, point: exponent + 1 };
        if decimal.digits() != b"0" {
            decimal.strip();
        }
        if decimal.digits().is_empty() {
            // Zero with places: one digit stands for all.
            decimal.buffer.len = 1;
            decimal.point = 1;
        }
        decimal
    }

    /// Drops zeros at both ends.
    fn strip(&mut self) {
        let text = self.buffer.as_mut();
        let leading = text.iter().position(|&c| c != b'0').unwrap_or(text.len());
        let trailing = text[leading..].iter().rev().take_while(|&&c| c == b'0').count();
        text.copy_within(leading.., 0);
        self.buffer.len -= leading + trailing;
        self.point -= leading as i32;
    }
}
