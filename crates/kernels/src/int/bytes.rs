//! Integers to and from byte strings (`int.to_bytes`, `int.from_bytes`, `_PyLong_AsByteArray`).

use super::signed::{Int, IntRef};
use super::{MASK, SHIFT, nat};

/// Why an integer has no such byte form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToBytesError {
    /// "int too big to convert"
    TooBig,
    /// "can't convert negative int to unsigned"
    NegativeUnsigned,
}

/// Writes the integer to all of `out`; negative ones as two's complement.
pub fn to_bytes(v: IntRef, out: &mut [u8], little: bool, signed: bool) -> Result<(), ToBytesError> {
    if v.negative && !signed {
        return Err(ToBytesError::NegativeUnsigned);
    }
    let room = out.len() as u64 * 8;
    let bits = nat::bit_length(v.digits);
    let fits = if !signed {
        bits <= room
    } else if v.negative {
        // -2^(room-1) itself fits.
        bits < room || (bits == room && nat::trailing_zeros(v.digits) == bits - 1)
    } else {
        bits < room || (bits == 0 && room == 0)
    };
    if !fits {
        return Err(ToBytesError::TooBig);
    }
    let (mut acc, mut have, mut carry) = (0u64, 0u32, 1u32);
    let mut digits = v.digits.iter();
    let mut write = |o: &mut u8| {
        if have < 8 {
            let mut d = digits.next().copied().unwrap_or(0);
            if v.negative {
                d = (d ^ MASK) + carry;
                carry = d >> SHIFT;
                d &= MASK;
            }
            acc |= (d as u64) << have;
            have += SHIFT;
        }
        *o = acc as u8;
        acc >>= 8;
        have -= 8;
    };
    if little {
        out.iter_mut().for_each(&mut write);
    } else {
        out.iter_mut().rev().for_each(&mut write);
    }
    Ok(())
}

/// Reads an integer from bytes, two's complement when `signed`.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> Int {
    let top = if little { bytes.last() } else { bytes.first() };
    let negative = signed && top.is_some_and(|b| b & 0x80 != 0);
    let mut digits = Vec::with_capacity((bytes.len() * 8).div_ceil(SHIFT as usize));
    let (mut acc, mut have, mut carry) = (0u64, 0u32, 1u32);
    let mut read = |&b: &u8| {
        let mut b = b as u32;
        if negative {
            b = (b ^ 0xff) + carry;
            carry = b >> 8;
            b &= 0xff;
        }
        acc |= (b as u64) << have;
        have += 8;
        if have >= SHIFT {
            digits.push(acc as u32 & MASK);
            acc >>= SHIFT;
            have -= SHIFT;
        }
    };
    if little {
        bytes.iter().for_each(&mut read);
    } else {
        bytes.iter().rev().for_each(&mut read);
    }
    // The magnitude of -2^(8n) would need one more bit; it cannot occur, as the top bit was set.
    digits.push(acc as u32);
    Int::new(negative, digits)
}
