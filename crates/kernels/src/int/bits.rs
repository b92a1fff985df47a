//! Bit operations as on an infinite two's complement.
//!
//! A negative number's digits are complemented and incremented while they are read, and a negative
//! result's while they are written, so that no copy of an operand is made.

use super::signed::{Int, IntRef};
use super::{MASK, nat};

/// Which operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitOp {
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
}

impl BitOp {
    #[inline]
    fn apply(self, a: u32, b: u32) -> u32 {
        match self {
            BitOp::And => a & b,
            BitOp::Or => a | b,
            BitOp::Xor => a ^ b,
        }
    }
}

/// Reads a magnitude as two's complement digits, extended by the sign for ever.
struct TwosComplement<'a> {
    digits: &'a [u32],
    negative: bool,
    carry: u32,
    position: usize,
}

impl<'a> TwosComplement<'a> {
    fn new(v: IntRef<'a>) -> Self {
        TwosComplement { digits: v.digits, negative: v.negative, carry: 1, position: 0 }
    }

    #[inline]
    fn next(&mut self) -> u32 {
        let d = self.digits.get(self.position).copied().unwrap_or(0);
        self.position += 1;
        if !self.negative {
            return d;
        }
        let v = (d ^ MASK) + self.carry;
        self.carry = v >> super::SHIFT;
        v & MASK
    }
}

/// `a op b`.
pub fn bit_op(op: BitOp, a: IntRef, b: IntRef) -> Int {
    let negative = op.apply(a.negative as u32, b.negative as u32) != 0;
    let n = a.digits.len().max(b.digits.len());
    if !a.negative && !b.negative {
        let (long, short) = if a.digits.len() >= b.digits.len() { (a, b) } else { (b, a) };
        let mut digits: Vec<u32> =
            long.digits.iter().zip(short.digits).map(|(&x, &y)| op.apply(x, y)).collect();
        if op != BitOp::And {
            digits.extend_from_slice(&long.digits[short.digits.len()..]);
        }
        return Int::new(false, digits);
    }
    let (mut a, mut b) = (TwosComplement::new(a), TwosComplement::new(b));
    let mut digits = Vec::with_capacity(n + 1);
    let mut carry = 1;
    for _ in 0..=n {
        let d = op.apply(a.next(), b.next());
        if negative {
            let v = (d ^ MASK) + carry;
            carry = v >> super::SHIFT;
            digits.push(v & MASK);
        } else {
            digits.push(d);
        }
    }
    Int::new(negative, digits)
}

/// `~a`, which is `-a - 1`.
pub fn invert(a: IntRef) -> Int {
    let mut digits = a.digits.to_vec();
    if a.negative {
        nat::decrement(&mut digits);
        Int { negative: false, digits }
    } else {
        nat::increment(&mut digits);
        Int { negative: true, digits }
    }
}
