//! Values by their specifications: what `str.__format__`, `int.__format__`, `float.__format__` and
//! `complex.__format__` do once the specification is read.

use super::layout::{self, Locale, Number, Padding, group_fraction};
use super::spec::{Align, Grouping, Sign, Spec, SpecError};
use crate::float::{Code, Flags, double_to_string};
use crate::int::{IntRef, radix};

/// Widths and precisions beyond this cannot be held; CPython runs out of memory on them.
const MAX_LENGTH: usize = isize::MAX as usize / 8;

fn check_size(spec: &Spec) -> Result<(), SpecError> {
    if spec.width.unwrap_or(0) > MAX_LENGTH { Err(SpecError::Memory) } else { Ok(()) }
}

/// How many characters of a text of `len` to take, and the padding around them.
pub fn text(spec: &Spec, len: usize) -> Result<(usize, Padding), SpecError> {
    let refuse = |message| Err(SpecError::Plain(message));
    if spec.code_char()? != 's' {
        return Err(SpecError::UnknownCode(spec.code));
    }
    match spec.sign {
        Sign::Unset => {}
        Sign::Space => return refuse("Space not allowed in string format specifier"),
        _ => return refuse("Sign not allowed in string format specifier"),
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return refuse("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Align::AfterSign {
        return refuse("'=' alignment not allowed in string format specifier");
    }
    check_size(spec)?;
    let taken = spec.precision.unwrap_or(len).min(len);
    Ok((taken, Padding::new(spec, taken)))
}

/// Whether this type character formats an integer as an integer; the others that a number knows want it
/// converted to a double first.
pub fn is_integer_code(spec: &Spec) -> Result<bool, SpecError> {
    match spec.code_char()? {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => Ok(true),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => Ok(false),
        _ => Err(SpecError::UnknownCode(spec.code)),
    }
}

fn sign_text(negative: bool, sign: Sign) -> &'static str {
    match (negative, sign) {
        (true, _) => "-",
        (false, Sign::Plus) => "+",
        (false, Sign::Space) => " ",
        _ => "",
    }
}

fn grouping_locale(grouping: Grouping, decimal_point: &str, four: bool) -> Locale<'_> {
    Locale {
        decimal_point,
        separator: layout::separator(grouping),
        grouping: if grouping == Grouping::None {
            &[]
        } else if four {
            &[4]
        } else {
            &[3]
        },
    }
}

fn refuse_on_integers(spec: &Spec) -> Result<(), SpecError> {
    if spec.precision.is_some() {
        return Err(SpecError::Plain("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(SpecError::Plain("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    check_size(spec)
}

/// An integer whose type character is one of [`is_integer_code`] except `c` (see [`character`]). `locale` is
/// used by `n` alone. The caller has checked the limit on decimal digits.
pub fn integer(spec: &Spec, v: IntRef, locale: Locale) -> Result<Number, SpecError> {
    refuse_on_integers(spec)?;
    let code = spec.code_char()?;
    let (base, prefix) = match code {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut head = sign_text(v.negative, spec.sign).to_owned();
    if spec.alternate {
        head.push_str(prefix);
    }
    let mut digits = radix::to_text(v.digits, base);
    if code == 'X' {
        digits.make_ascii_uppercase();
    }
    let locale = if code == 'n' { locale } else { grouping_locale(spec.grouping, ".", base != 10) };
    Ok(layout::number(spec, head, &digits, "", locale))
}

/// Type `c`: the code point and the padding around it (`=` counts as `>`).
pub fn character(spec: &Spec, v: IntRef) -> Result<(u32, Padding), SpecError> {
    refuse_on_integers(spec)?;
    if spec.sign != Sign::Unset {
        return Err(SpecError::Plain("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(SpecError::Plain("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let code = v.to_i64().ok_or(SpecError::CharTooLong)?;
    let code = u32::try_from(code).ok().filter(|&c| c < 0x11_0000).ok_or(SpecError::CharRange)?;
    Ok((code, Padding::new(spec, 1)))
}

/// How a double's type character is carried out.
struct DoubleCode {
    code: Code,
    precision: usize,
    upper: bool,
    percent: bool,
    add_dot_0: bool,
    local: bool,
}

/// Complex numbers know no percentage and add no `.0`.
fn double_code(spec: &Spec, is_complex: bool) -> Result<DoubleCode, SpecError> {
    if spec.precision.is_some_and(|p| p > super::MAX_PRECISION) {
        return Err(SpecError::Plain("precision too big"));
    }
    check_size(spec)?;
    let letter = spec.code_char()?;
    let mut result = DoubleCode {
        code: Code::G,
        precision: spec.precision.unwrap_or(6),
        upper: letter.is_ascii_uppercase(),
        percent: false,
        add_dot_0: false,
        local: false,
    };
    match letter {
        '\0' => {
            result.add_dot_0 = !is_complex;
            if spec.precision.is_none() {
                result.code = Code::R;
            }
        }
        'e' | 'E' => result.code = Code::E,
        'f' | 'F' => result.code = Code::F,
        'g' | 'G' => {}
        'n' => result.local = true,
        '%' if !is_complex => {
            result.code = Code::F;
            result.percent = true;
        }
        _ => return Err(SpecError::UnknownCode(spec.code)),
    }
    Ok(result)
}

/// The text of a double split at sign, whole digits and what follows, with the fraction grouped.
fn double_pieces(spec: &Spec, x: f64, how: &DoubleCode, locale: Locale) -> (bool, String, String) {
    let flags = Flags {
        sign: false,
        add_dot_0: how.add_dot_0,
        alternate: spec.alternate,
        no_negative_zero: spec.no_negative_zero,
        upper: how.upper,
    };
    let value = if how.percent { x * 100.0 } else { x };
    let mut text = double_to_string(value, how.code, how.precision, flags);
    if how.percent {
        text.push('%');
    }
    let negative = text.starts_with('-');
    let text = &text[negative as usize..];
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(whole);
    let Some(rest) = rest.strip_prefix('.') else {
        return (negative, whole.to_owned(), rest.to_owned());
    };
    let (fraction, exponent) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    let fraction = if spec.fraction_grouping == Grouping::None {
        fraction.to_owned()
    } else {
        group_fraction(fraction, layout::separator(spec.fraction_grouping))
    };
    (negative, whole.to_owned(), format!("{}{fraction}{exponent}", locale.decimal_point))
}

/// A double. `locale` is used by `n` alone.
pub fn double(spec: &Spec, x: f64, locale: Locale) -> Result<Number, SpecError> {
    let how = double_code(spec, false)?;
    let locale = if how.local { locale } else { grouping_locale(spec.grouping, ".", false) };
    let (negative, whole, rest) = double_pieces(spec, x, &how, locale);
    Ok(layout::number(spec, sign_text(negative, spec.sign).to_owned(), &whole, &rest, locale))
}

/// A complex number. `locale` is used by `n` alone.
pub fn complex(spec: &Spec, re: f64, im: f64, locale: Locale) -> Result<Number, SpecError> {
    let how = double_code(spec, true)?;
    if spec.fill == '0' as u32 {
        return Err(SpecError::Plain("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(SpecError::Plain("'=' alignment flag is not allowed in complex format specifier"));
    }
    let locale = if how.local { locale } else { grouping_locale(spec.grouping, ".", false) };
    let bare = spec.code == 0;
    let skip_real = bare && re == 0.0 && re.is_sign_positive();
    let part = Spec { fill: ' ' as u32, align: Align::Left, width: None, ..spec.clone() };
    let write = |out: &mut String, x, sign| {
        let (negative, whole, rest) = double_pieces(spec, x, &how, locale);
        let number = layout::number(&part, sign_text(negative, sign).to_owned(), &whole, &rest, locale);
        out.push_str(&number.head);
        out.push_str(&number.body);
    };
    let mut body = String::new();
    if skip_real {
        write(&mut body, im, spec.sign);
    } else {
        if bare {
            body.push('(');
        }
        write(&mut body, re, spec.sign);
        write(&mut body, im, Sign::Plus);
    }
    body.push('j');
    if bare && !skip_real {
        body.push(')');
    }
    let padding = Padding::new(spec, body.chars().count());
    Ok(Number {
        fill: spec.fill,
        left: padding.left,
        head: String::new(),
        inner: 0,
        body,
        right: padding.right,
    })
}
