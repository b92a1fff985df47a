//! Number literals to values.
//!
//! Integers in bases that are powers of two are cut into limbs; decimal ones are converted nine digits at a time, which
//! takes quadratic time, so that their length is limited as CPython limits it.

use taipan_ast::{Arena, Constant, Expr, Int};

use super::atoms::constant;
use super::{Parsed, Parser, Refused};

/// Why a number has no value.
pub enum NumberError {
    /// A decimal integer of so many digits.
    TooManyDigits(usize),
    Invalid,
}

impl NumberError {
    /// The message of the `SyntaxError`.
    pub fn message(&self, limit: usize) -> String {
        match self {
            NumberError::TooManyDigits(digits) => format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
                 sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals \
                 to avoid decimal conversion limits."
            ),
            NumberError::Invalid => "invalid syntax".to_owned(),
        }
    }
}

/// The value of a number literal. `max_digits` limits decimal integers; 0 does not.
pub fn number<'a>(arena: &'a Arena, text: &str, max_digits: usize) -> Result<Constant<'a>, NumberError> {
    let clean: std::borrow::Cow<'_, str> =
        if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let bytes = clean.as_bytes();
    match bytes {
        [b'0', b'x' | b'X', digits @ ..] => return Ok(Constant::Int(power_of_two(arena, digits, 4))),
        [b'0', b'o' | b'O', digits @ ..] => return Ok(Constant::Int(power_of_two(arena, digits, 3))),
        [b'0', b'b' | b'B', digits @ ..] => return Ok(Constant::Int(power_of_two(arena, digits, 1))),
        _ => {}
    }
    if let Some(imaginary) = clean.strip_suffix(['j', 'J']) {
        let imag = imaginary.parse().map_err(|_| NumberError::Invalid)?;
        return Ok(Constant::Complex { real: 0.0, imag });
    }
    if !bytes.iter().all(u8::is_ascii_digit) {
        return clean.parse().map(Constant::Float).map_err(|_| NumberError::Invalid);
    }
    if max_digits > 0 && bytes.len() > max_digits {
        return Err(NumberError::TooManyDigits(bytes.len()));
    }
    Ok(Constant::Int(decimal(arena, bytes)))
}

/// Digits of `bits` bits each.
fn power_of_two<'a>(arena: &'a Arena, digits: &[u8], bits: u32) -> Int<'a> {
    let mut limbs = Vec::with_capacity(digits.len() * bits as usize / 32 + 1);
    let (mut limb, mut filled) = (0u64, 0);
    for &digit in digits.iter().rev() {
        let value = (digit as char).to_digit(16).unwrap_or(0);
        limb |= u64::from(value) << filled;
        filled += bits;
        if filled >= 32 {
            limbs.push(limb as u32);
            limb >>= 32;
            filled -= 32;
        }
    }
    limbs.push(limb as u32);
    normalized(arena, limbs)
}

fn decimal<'a>(arena: &'a Arena, digits: &[u8]) -> Int<'a> {
    if digits.len() <= 9 {
        let value = digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
        return Int { negative: false, limbs: if value == 0 { &[] } else { arena.slice(&[value]) } };
    }
    let mut limbs: Vec<u32> = Vec::with_capacity(digits.len() / 9 + 1);
    let (head, rest) = digits.split_at(digits.len() % 9);
    for chunk in std::iter::once(head).chain(rest.chunks(9)) {
        let value = chunk.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        let scale = 10u64.pow(chunk.len() as u32);
        let mut carry = value;
        for limb in &mut limbs {
            carry += u64::from(*limb) * scale;
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    normalized(arena, limbs)
}

fn normalized<'a>(arena: &'a Arena, mut limbs: Vec<u32>) -> Int<'a> {
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    Int { negative: false, limbs: arena.slice(&limbs) }
}

impl<'a> Parser<'a, '_> {
    pub(super) fn number(&mut self) -> Parsed<Expr<'a>> {
        let tok = self.bump()?;
        let text = self.buffer.text(&tok);
        if self.options.feature_version < 6 && text.contains('_') {
            return Err(Refused);
        }
        let value = number(self.arena, text, self.options.max_int_digits).map_err(|_| Refused)?;
        Ok(constant(value, tok.loc))
    }
}

#[cfg(test)]
mod tests {
    use taipan_ast::{Arena, Constant, Int};

    use super::number;

    fn limbs(text: &str) -> Vec<u32> {
        let arena = Arena::new();
        match number(&arena, text, 4300) {
            Ok(Constant::Int(Int { negative: false, limbs })) => limbs.to_vec(),
            _ => panic!("{text} is no integer"),
        }
    }

    #[test]
    fn integers() {
        assert_eq!(limbs("0"), []);
        assert_eq!(limbs("0x0"), []);
        assert_eq!(limbs("00_000"), []);
        assert_eq!(limbs("4_294_967_296"), [0, 1]);
        assert_eq!(limbs("0xFFFF_FFFF_1"), [0xFFFF_FFF1, 0xF]);
        assert_eq!(limbs("0o777_7777_7777_7"), [0xFFFF_FFFF, 0xF]);
        assert_eq!(limbs("0b1_0"), [2]);
        assert_eq!(limbs("340282366920938463463374607431768211456"), [0, 0, 0, 0, 1]);
    }

    #[test]
    fn others() {
        let arena = Arena::new();
        assert!(matches!(number(&arena, "1_0.5e-1", 0), Ok(Constant::Float(1.05))));
        assert!(matches!(number(&arena, "1e999", 0), Ok(Constant::Float(f64::INFINITY))));
        assert!(matches!(number(&arena, ".5J", 0), Ok(Constant::Complex { real: 0.0, imag: 0.5 })));
        assert!(number(&arena, &"1".repeat(4301), 4300).is_err());
        assert!(number(&arena, &"1".repeat(4300), 4300).is_ok());
    }
}
