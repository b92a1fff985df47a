//! `float.hex` and `float.fromhex`.

/// Why text is no hexadecimal double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromHexError {
    /// ValueError "invalid hexadecimal floating-point string"
    Invalid,
    /// OverflowError "hexadecimal value too large to represent as a float"
    TooLarge,
    /// ValueError "hexadecimal string too long to convert"
    TooLong,
}

/// `x.hex()`.
pub fn to_hex(x: f64) -> String {
    if !x.is_finite() {
        return super::repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = x.to_bits();
    let (biased, fraction) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    let (lead, exponent) = if biased == 0 { (0, -1022) } else { (1, biased as i32 - 1023) };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// `float.fromhex(text)`.
pub fn from_hex(text: &[u8]) -> Result<f64, FromHexError> {
    let is_space = |c: &u8| matches!(c, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|c| !is_space(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|c| !is_space(c)).map_or(start, |i| i + 1);
    let text = &text[start..end];
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let value = if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
        f64::INFINITY
    } else if body.eq_ignore_ascii_case(b"nan") {
        f64::NAN.copysign(1.0)
    } else {
        magnitude(body)?
    };
    Ok(if negative { -value } else { value })
}

fn magnitude(body: &[u8]) -> Result<f64, FromHexError> {
    let body = match body {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => body,
    };
    let run = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let whole = run(body);
    let (mut fraction, mut end) = (0, whole);
    if body.get(whole) == Some(&b'.') {
        fraction = run(&body[whole + 1..]);
        end = whole + 1 + fraction;
    }
    if whole + fraction == 0 {
        return Err(FromHexError::Invalid);
    }
    let exponent = exponent(&body[end..])?;
    if whole + fraction > (i64::MAX / 16) as usize {
        return Err(FromHexError::TooLong);
    }
    // Sixteen leading digits and whether anything follows decide the value.
    let (mut mantissa, mut kept, mut sticky) = (0u64, 0i64, false);
    let mut seen = 0i64;
    for &c in body[..end].iter().filter(|&&c| c != b'.') {
        let d = (c as char).to_digit(16).unwrap_or(0) as u64;
        seen += 1;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | d;
            kept = seen;
        } else {
            sticky |= d != 0;
        }
    }
    if mantissa == 0 {
        return Ok(0.0);
    }
    let places = whole as i64 - kept;
    scale(mantissa, sticky, exponent.saturating_add(4 * places))
}

/// `p` and a decimal exponent, or nothing.
fn exponent(text: &[u8]) -> Result<i64, FromHexError> {
    let [b'p' | b'P', rest @ ..] = text else {
        return if text.is_empty() { Ok(0) } else { Err(FromHexError::Invalid) };
    };
    let (negative, digits) = match rest {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(FromHexError::Invalid);
    }
    let value =
        digits.iter().fold(0i64, |v, &c| v.saturating_mul(10).saturating_add((c - b'0') as i64).min(1 << 61));
    Ok(if negative { -value } else { value })
}

/// `mantissa * 2^exponent` rounded half to even, `sticky` standing for something below the mantissa.
fn scale(mantissa: u64, sticky: bool, exponent: i64) -> Result<f64, FromHexError> {
    let width = 64 - mantissa.leading_zeros() as i64;
    // Exponent of the leading bit.
    let top = exponent.saturating_add(width - 1);
    if top > 1023 {
        return Err(FromHexError::TooLarge);
    }
    if top < -1076 {
        return Ok(0.0);
    }
    let drop = (width - 53).max(-1074 - exponent);
    let mut value = mantissa as u128;
    let mut exponent = exponent;
    if drop > 0 {
        let lost = value & ((1 << drop) - 1);
        let half = 1u128 << (drop - 1);
        value >>= drop;
        if lost > half || (lost == half && (sticky || value & 1 != 0)) {
            value += 1;
        }
        exponent += drop;
    }
    // The value fits 53 bits (or is a power of two): both factors are exact.
    let power = |n: i64| f64::from_bits(((n + 1023) as u64) << 52);
    let half = exponent / 2;
    let result = if (-1022..=1023).contains(&exponent) {
        value as f64 * power(exponent)
    } else {
        value as f64 * power(half) * power(exponent - half)
    };
    if result.is_infinite() { Err(FromHexError::TooLarge) } else { Ok(result) }
}
