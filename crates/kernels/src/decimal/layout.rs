//! Format specifications of decimal numbers: `[[fill]align][sign][z][#][0][width][,_][.precision[,_]][type]`.

use super::finish::round_off;
use super::number::{Dec, Kind, Rounding};
use super::places::rescale;
use super::text::{write_exponent, write_special};
use super::words;
use crate::format::layout::{Locale, Number, group_fraction, number};
use crate::format::{Align, Grouping, Sign, Spec};

/// More than this no memory holds, whatever the text says.
const GREATEST_WIDTH: usize = isize::MAX as usize / 8;

/// The specification in a text's code points; `None` where it has another form. `default` is the type of one without.
pub fn parse(text: &[u32], default: char) -> Option<Spec> {
    let at = |i: usize| text.get(i).copied().and_then(char::from_u32);
    let align_of = |c| match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    };
    let mut spec = Spec {
        fill: ' ' as u32,
        align: Align::Right,
        sign: Sign::default(),
        no_negative_zero: false,
        alternate: false,
        width: None,
        grouping: Grouping::None,
        precision: None,
        fraction_grouping: Grouping::None,
        code: default as u32,
    };
    let mut i = 0;
    let mut aligned = false;
    if let (Some(&fill), Some(align)) = (text.first(), at(1).and_then(align_of)) {
        (spec.fill, spec.align, aligned, i) = (fill, align, true, 2);
    } else if let Some(align) = at(0).and_then(align_of) {
        (spec.align, aligned, i) = (align, true, 1);
    }
    if let Some(sign) = at(i).and_then(|c| match c {
        '+' => Some(Sign::Plus),
        '-' => Some(Sign::Minus),
        ' ' => Some(Sign::Space),
        _ => None,
    }) {
        spec.sign = sign;
        i += 1;
    }
    let accept = |i: &mut usize, wanted| {
        let found = at(*i) == Some(wanted);
        *i += found as usize;
        found
    };
    spec.no_negative_zero = accept(&mut i, 'z');
    spec.alternate = accept(&mut i, '#');
    if accept(&mut i, '0') {
        if aligned {
            return None;
        }
        (spec.fill, spec.align) = ('0' as u32, Align::AfterSign);
    }
    spec.width = digits(text, &mut i)?;
    spec.grouping = separator(text, &mut i);
    if accept(&mut i, '.') {
        spec.precision = digits(text, &mut i)?;
        spec.fraction_grouping = separator(text, &mut i);
        if spec.precision.is_none() && spec.fraction_grouping == Grouping::None {
            return None;
        }
    }
    if let Some(code @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | 'N' | '%')) = at(i) {
        if matches!(code, 'n' | 'N') && spec.grouping != Grouping::None {
            return None;
        }
        spec.code = code as u32;
        i += 1;
    }
    (i == text.len()).then_some(spec)
}

/// A number in the text; `None` inside where there is none, outside where it is too great.
fn digits(text: &[u32], i: &mut usize) -> Option<Option<usize>> {
    let mut value = None;
    while let Some(digit) = text.get(*i).and_then(|&c| char::from_u32(c)).and_then(|c| c.to_digit(10)) {
        let next = value.unwrap_or(0usize).checked_mul(10)?.checked_add(digit as usize)?;
        if next > GREATEST_WIDTH {
            return None;
        }
        value = Some(next);
        *i += 1;
    }
    Some(value)
}

fn separator(text: &[u32], i: &mut usize) -> Grouping {
    let found = match text.get(*i).and_then(|&c| char::from_u32(c)) {
        Some(',') => Grouping::Comma,
        Some('_') => Grouping::Underscore,
        _ => return Grouping::None,
    };
    *i += 1;
    found
}

fn separator_text(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::None => "",
        Grouping::Comma => ",",
        Grouping::Underscore => "_",
    }
}

fn sign_text(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, Sign::Plus) => "+",
        (false, Sign::Space) => " ",
        (false, _) => "",
    }
}

fn to_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// A number rounded as the specification's type and precision want it.
fn rounded(dec: &Dec, code: char, precision: Option<usize>, rounding: Rounding) -> Dec {
    let mut result = dec.clone();
    if code == '%' {
        result.exp += 2;
    }
    let fixed = matches!(code, 'f' | 'F' | '%');
    match precision {
        Some(places) if fixed => result = rescale(&result, -(places as i64), rounding, &mut 0),
        Some(places) => {
            let significant = match code {
                'e' | 'E' => places as i64 + 1,
                _ => (places as i64).max(1),
            };
            let excess = result.digits() - significant;
            let wanted = matches!(code, 'e' | 'E') || excess > 0;
            if !dec.coef.is_empty() && wanted && excess > 0 {
                round_off(&mut result.coef, excess as usize, rounding, result.negative);
                result.exp += excess;
                if result.digits() > significant {
                    words::shr_assign(&mut result.coef, 1);
                    result.exp += 1;
                }
            } else if !dec.coef.is_empty() && excess < 0 && matches!(code, 'e' | 'E') {
                result.coef = words::shl(&result.coef, -excess as usize);
                result.exp += excess;
            }
        }
        None => {}
    }
    if fixed && result.exp > 0 && result.coef.is_empty() {
        result.exp = 0;
    }
    result
}

/// Lays a number out. The specification's type is one of `eEfFgGn%`; `locale` is that of `n`.
pub fn format(dec: &Dec, spec: &Spec, rounding: Rounding, locale: Locale<'_>) -> Number {
    let code = match char::from_u32(spec.code) {
        Some('n') | None => 'g',
        Some('N') => 'G',
        Some(code) => code,
    };
    if dec.kind != Kind::Finite {
        return special(dec, spec, code);
    }
    let dec = rounded(dec, code, spec.precision, rounding);
    let negative = dec.negative && !(spec.no_negative_zero && dec.coef.is_empty());
    let mut digits = Vec::new();
    words::write(&mut digits, &dec.coef);
    let count = digits.len() as i64;
    let leftmost = dec.exp + count;
    let point = match code {
        'e' | 'E' => match spec.precision {
            Some(places) if dec.coef.is_empty() => 1 - places as i64,
            _ => 1,
        },
        'f' | 'F' | '%' => leftmost,
        _ if dec.exp <= 0 && leftmost > -6 => leftmost,
        _ => 1,
    };
    let (whole, fraction) = if point <= 0 {
        let mut fraction = vec![b'0'; -point as usize];
        fraction.extend_from_slice(&digits);
        (b"0".to_vec(), fraction)
    } else if point > count {
        digits.resize(point as usize, b'0');
        (digits, Vec::new())
    } else {
        let fraction = digits.split_off(point as usize);
        (digits, fraction)
    };
    let mut rest = String::new();
    if !fraction.is_empty() || spec.alternate {
        rest.push_str(locale.decimal_point);
        rest.push_str(&group_fraction(&to_string(fraction), separator_text(spec.fraction_grouping)));
    }
    let exponent = leftmost - point;
    if exponent != 0 || matches!(code, 'e' | 'E') {
        let mut text = Vec::new();
        write_exponent(&mut text, if matches!(code, 'E' | 'G') { b'E' } else { b'e' }, exponent);
        rest.push_str(&to_string(text));
    }
    if code == '%' {
        rest.push('%');
    }
    let grouped = Locale { separator: separator_text(spec.grouping), grouping: &[3], ..locale };
    let locale = if spec.grouping == Grouping::None { locale } else { grouped };
    number(spec, sign_text(spec, negative).to_string(), &to_string(whole), &rest, locale)
}

/// An infinity or a NaN; zeros do not fill it up.
fn special(dec: &Dec, spec: &Spec, code: char) -> Number {
    let mut text = Vec::new();
    write_special(&mut text, dec);
    if code == '%' {
        text.push(b'%');
    }
    let mut spec = spec.clone();
    if spec.fill == '0' as u32 && spec.align == Align::AfterSign {
        (spec.fill, spec.align) = (' ' as u32, Align::Right);
    }
    number(&spec, sign_text(&spec, dec.negative).to_string(), "", &to_string(text), Locale::C)
}
