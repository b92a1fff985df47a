//! Doubles as text: the layouts of `repr` and of the format codes, as `PyOS_double_to_string` has them.

use super::digits::Decimal;

/// A format code; whether letters are upper case is [`Flags::upper`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Scientific, `precision` places after the point.
    E,
    /// Fixed, `precision` places after the point.
    F,
    /// `precision` significant digits, the shorter of both layouts.
    G,
    /// The shortest text that reads back; the precision is not looked at.
    R,
}

/// What the flags of `PyOS_double_to_string` say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// A plus sign before what is not negative.
    pub sign: bool,
    /// `.0` after what would look like an integer.
    pub add_dot_0: bool,
    /// Keep the point and, for `g`, trailing zeros.
    pub alternate: bool,
    /// No minus sign before a result that is zero.
    pub no_negative_zero: bool,
    /// `E`, `INF`, `NAN`.
    pub upper: bool,
}

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    double_to_string(x, Code::R, 0, Flags { add_dot_0: true, ..Flags::default() })
}

/// The double in this code; `precision` counts as the code says.
pub fn double_to_string(x: f64, code: Code, precision: usize, flags: Flags) -> String {
    let mut out = Vec::with_capacity(32);
    write_double(&mut out, x, code, precision, flags);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends [`double_to_string`]'s text, which is ASCII.
pub fn write_double(out: &mut Vec<u8>, x: f64, code: Code, precision: usize, flags: Flags) {
    if !x.is_finite() {
        let name: &[u8] = match (x.is_nan(), flags.upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        if x == f64::NEG_INFINITY {
            out.push(b'-');
        } else if flags.sign {
            out.push(b'+');
        }
        out.extend_from_slice(name);
        return;
    }
    let precision = if code == Code::G { precision.max(1) } else { precision };
    let decimal = match code {
        Code::R => Decimal::shortest(x),
        Code::E => Decimal::significant(x, precision.saturating_add(1)),
        Code::G => Decimal::significant(x, precision),
        Code::F => Decimal::fixed(x, precision),
    };
    let is_zero = matches!(decimal.digits(), b"" | b"0");
    if x.is_sign_negative() && !(is_zero && flags.no_negative_zero) {
        out.push(b'-');
    } else if flags.sign {
        out.push(b'+');
    }
    lay_out(out, &decimal, code, precision, flags);
}

/// Writes the digits with point, padding and exponent.
fn lay_out(out: &mut Vec<u8>, decimal: &Decimal, code: Code, precision: usize, flags: Flags) {
    let digits = decimal.digits();
    let mut point = decimal.point as i64;
    let precision = i64::try_from(precision).unwrap_or(i64::MAX / 2);
    // How many places, counted from the first digit, have to be written.
    let mut end = digits.len() as i64;
    let scientific = match code {
        Code::E => {
            end = end.max(precision + 1);
            true
        }
        Code::F => {
            end = end.max(point + precision);
            false
        }
        Code::G => {
            if flags.alternate {
                end = end.max(precision);
            }
            point <= -4 || point > precision - flags.add_dot_0 as i64
        }
        Code::R => point <= -4 || point > 16,
    };
    let exponent = point - 1;
    if scientific {
        point = 1;
    }
    end = end.max(if !scientific && flags.add_dot_0 { point + 1 } else { point });

    let zeros = |out: &mut Vec<u8>, n: i64| out.resize(out.len() + n.max(0) as usize, b'0');
    let n = digits.len() as i64;
    if point <= 0 {
        out.extend_from_slice(b"0.");
        zeros(out, -point);
        out.extend_from_slice(digits);
        zeros(out, end - n);
    } else if point <= n {
        let (whole, fraction) = digits.split_at(point as usize);
        out.extend_from_slice(whole);
        out.push(b'.');
        out.extend_from_slice(fraction);
        zeros(out, end - n);
    } else {
        out.extend_from_slice(digits);
        zeros(out, point - n);
        out.push(b'.');
        zeros(out, end - point);
    }
    if out.last() == Some(&b'.') && !flags.alternate {
        out.pop();
    }
    if scientific {
        out.push(if flags.upper { b'E' } else { b'e' });
        out.push(if exponent < 0 { b'-' } else { b'+' });
        let magnitude = exponent.unsigned_abs() as u32;
        if magnitude >= 100 {
            out.push(b'0' + (magnitude / 100) as u8);
        }
        out.push(b'0' + (magnitude / 10 % 10) as u8);
        out.push(b'0' + (magnitude % 10) as u8);
    }
}

/// `repr` of a complex number.
pub fn complex_repr(re: f64, im: f64) -> String {
    let short = |x, sign| double_to_string(x, Code::R, 0, Flags { sign, ..Flags::default() });
    if re == 0.0 && re.is_sign_positive() {
        format!("{}j", short(im, false))
    } else {
        format!("({}{}j)", short(re, false), short(im, true))
    }
}
