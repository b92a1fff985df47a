//! Text to doubles, with the grammar of `float()` and `complex()`.
//!
//! The text is ASCII: the caller has turned other decimal digits and spaces into ASCII ones and
//! stripped white space around. Underscores are taken between digits.

/// Length of the decimal number (no sign, no special names) that `text` begins with, or 0.
fn decimal_len(text: &[u8]) -> usize {
    let run = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = run(0);
    let mut end = whole;
    let mut digits = whole;
    if text.get(end) == Some(&b'.') {
        let fraction = run(end + 1);
        digits += fraction;
        end += 1 + fraction;
    }
    if digits == 0 {
        return 0;
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = matches!(text.get(end + 1), Some(b'+' | b'-')) as usize;
        let from = end + 1 + sign;
        if from <= text.len() {
            let exponent = run(from);
            if exponent > 0 {
                end = from + exponent;
            }
        }
    }
    end
}

fn starts_ignoring_case(text: &[u8], name: &[u8]) -> bool {
    text.len() >= name.len() && text[..name.len()].eq_ignore_ascii_case(name)
}

/// The double at the start of `text` and its length (`PyOS_string_to_double` with an end pointer):
/// an optional sign, then a decimal number, `inf`, `infinity` or `nan`.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let (negative, start) = match text.first()? {
        b'-' => (true, 1),
        b'+' => (false, 1),
        _ => (false, 0),
    };
    let body = &text[start..];
    let (value, len) = if starts_ignoring_case(body, b"infinity") {
        (f64::INFINITY, 8)
    } else if starts_ignoring_case(body, b"inf") {
        (f64::INFINITY, 3)
    } else if starts_ignoring_case(body, b"nan") {
        (f64::NAN.copysign(1.0), 3)
    } else {
        let len = decimal_len(body);
        if len == 0 {
            return None;
        }
        let value = std::str::from_utf8(&body[..len]).ok()?.parse::<f64>().ok()?;
        (value, len)
    };
    Some((if negative { -value } else { value }, start + len))
}

/// The text without underscores, which must stand between digits.
fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut previous = 0u8;
    for &c in text {
        if c == b'_' {
            if !previous.is_ascii_digit() {
                return None;
            }
        } else {
            if previous == b'_' && !c.is_ascii_digit() {
                return None;
            }
            out.push(c);
        }
        previous = c;
    }
    (previous != b'_').then_some(out)
}

/// All of `text` as a double; `None` where `float()` raises "could not convert string to float".
pub fn parse(text: &[u8]) -> Option<f64> {
    if text.contains(&b'_') {
        return parse(&without_underscores(text)?);
    }
    let (value, len) = parse_prefix(text)?;
    (len == text.len()).then_some(value)
}

/// All of `text` as the parts of a complex number; `None` where `complex()` raises "complex() arg is
/// a malformed string". White space around (and within parentheses) is taken here.
pub fn parse_complex(text: &[u8]) -> Option<(f64, f64)> {
    if text.contains(&b'_') {
        return parse_complex(&without_underscores(text)?);
    }
    let mut text = trim(text);
    if let [b'(', rest @ ..] = text {
        let [inner @ .., b')'] = rest else {
            return None;
        };
        text = trim(inner);
    }
    let is_j = |c: Option<&u8>| matches!(c, Some(b'j' | b'J'));
    // One of: <float>, <float>j, <float><signed-float>j, <float><sign>j, <sign>j, j.
    let (re, im, rest) = match parse_prefix(text) {
        Some((first, len)) => {
            let rest = &text[len..];
            match rest.first() {
                Some(b'+' | b'-') => {
                    let (im, used) =
                        parse_prefix(rest).unwrap_or((if rest[0] == b'+' { 1.0 } else { -1.0 }, 1));
                    if !is_j(rest.get(used)) {
                        return None;
                    }
                    (first, im, &rest[used + 1..])
                }
                Some(b'j' | b'J') => (0.0, first, &rest[1..]),
                _ => (first, 0.0, rest),
            }
        }
        None => {
            let (im, used) = match text.first()? {
                b'+' => (1.0, 1),
                b'-' => (-1.0, 1),
                _ => (1.0, 0),
            };
            if !is_j(text.get(used)) {
                return None;
            }
            (0.0, im, &text[used + 1..])
        }
    };
    rest.is_empty().then_some((re, im))
}

fn trim(text: &[u8]) -> &[u8] {
    let is_space = |c: &u8| matches!(c, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|c| !is_space(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|c| !is_space(c)).map_or(start, |i| i + 1);
    &text[start..end]
}
