//! Formatted values against results that CPython computed (`data/format.txt`, from `generate_format.py`).
//!
//! `TAIPAN_FORMAT_CASES` names another file of the same form, for longer runs.

use taipan_kernels::format::percent::{Conversion, Count};
use taipan_kernels::format::{Align, Locale, Number, Padding, Spec, SpecError, render};
use taipan_kernels::int::{Int, float as int_float, radix};

/// Undoes Python's `unicode_escape`.
fn unescape(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c as u32);
            continue;
        }
        let digits = match chars.next().expect("an escape") {
            'n' => Err('\n'),
            't' => Err('\t'),
            'r' => Err('\r'),
            '\\' => Err('\\'),
            'x' => Ok(2),
            'u' => Ok(4),
            _ => Ok(8),
        };
        out.push(match digits {
            Ok(n) => u32::from_str_radix(&chars.by_ref().take(n).collect::<String>(), 16).expect("hex"),
            Err(c) => c as u32,
        });
    }
    out
}

fn text(codes: &[u32]) -> String {
    codes.iter().map(|&c| char::from_u32(c).expect("no surrogates here")).collect()
}

fn integer(field: &str) -> Int {
    let digits = field.trim_start_matches('-');
    Int::new(field.starts_with('-'), radix::from_text(digits.as_bytes(), 10).expect("decimal"))
}

fn double(field: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(field, 16).expect("bits"))
}

fn padded(padding: Padding, body: &[u32]) -> String {
    let mut out = vec![padding.fill; padding.left];
    out.extend_from_slice(body);
    out.extend(std::iter::repeat_n(padding.fill, padding.right));
    text(&out)
}

fn written(number: Number) -> String {
    let mut codes = Vec::new();
    number.write_code_points(&mut codes);
    assert_eq!(codes.len(), number.len());
    let result = text(&codes);
    assert_eq!(number.to_text(), Some(result.clone()));
    result
}

fn formatted(kind: &str, value: &str, spec: &[u32]) -> Result<String, SpecError> {
    let parse = |code, align| Spec::parse(spec, code, align);
    // An empty specification is `str(value)`, which is not asked of these functions.
    match kind {
        "str" => {
            let value = unescape(value);
            let spec = parse('s', Align::Left)?;
            let (len, padding) = render::text(&spec, value.len())?;
            Ok(padded(padding, &value[..len]))
        }
        "int" => {
            let value = integer(value);
            let spec = parse('d', Align::Right)?;
            if !render::is_integer_code(&spec)? {
                let x = int_float::to_f64(value.view()).expect("not too large");
                return render::double(&spec, x, Locale::C).map(written);
            }
            if spec.code == 'c' as u32 {
                let (c, padding) = render::character(&spec, value.view())?;
                return Ok(padded(padding, &[c]));
            }
            render::integer(&spec, value.view(), Locale::C).map(written)
        }
        "float" => render::double(&parse('\0', Align::Right)?, double(value), Locale::C).map(written),
        _ => {
            let (re, im) = value.split_once(' ').expect("two parts");
            render::complex(&parse('\0', Align::Right)?, double(re), double(im), Locale::C).map(written)
        }
    }
}

fn percent(kind: &str, value: &str, spec: &[u32]) -> String {
    let conversion = Conversion::parse(spec, 1);
    if let Some(error) = conversion.error {
        return format!("ValueError: {}", error.message(false));
    }
    let count = |c| match c {
        Count::Fixed(n) => Some(n),
        Count::None => None,
        Count::Star => panic!("no stars here"),
    };
    let (width, precision) = (count(conversion.width).unwrap_or(0), count(conversion.precision));
    match char::from_u32(conversion.code) {
        Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => {
            conversion.integer(integer(value).view(), width, precision)
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
            let x = if kind == "int" {
                int_float::to_f64(integer(value).view()).expect("not too large")
            } else {
                double(value)
            };
            conversion.double(x, width, precision)
        }
        _ => format!("ValueError: {}", conversion.unsupported()),
    }
}

#[test]
fn agrees_with_cpython() {
    let path = std::env::var("TAIPAN_FORMAT_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/format.txt").into());
    for line in std::fs::read_to_string(path).expect("the cases are there").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [how, kind, value, spec, expected] = fields[..] else { panic!("five fields: {line}") };
        let (spec, expected) = (unescape(spec), text(&unescape(expected)));
        if how == "percent" {
            assert_eq!(percent(kind, value, &spec), expected, "{line}");
            continue;
        }
        if spec.is_empty() {
            continue;
        }
        let got = formatted(kind, value, &spec).unwrap_or_else(|e| {
            let class = if matches!(e, SpecError::CharRange | SpecError::CharTooLong) {
                "OverflowError"
            } else {
                "ValueError"
            };
            format!("{class}: {}", e.message(&text(&spec), kind))
        });
        assert_eq!(got, expected, "{line}");
    }
}

#[test]
fn locale_groups_and_point() {
    let locale = Locale { decimal_point: ",", separator: ".", grouping: &[3, 2, 0] };
    let spec = |s: &str| Spec::parse(s.as_bytes(), 'd', Align::Right).expect("valid");
    let value = Int::from(123456789u64);
    let number = render::integer(&spec("n"), value.view(), locale).expect("valid");
    assert_eq!(written(number), "12.34.56.789");
    let number = render::double(&spec(".10n"), 1234567.5, locale).expect("valid");
    assert_eq!(written(number), "12.34.567,5");
    let once = Locale { grouping: &[3, 127], ..locale };
    assert_eq!(written(render::integer(&spec("n"), value.view(), once).expect("valid")), "123456.789");
}

#[test]
fn keys_and_stars_of_conversions() {
    let parse = |s: &str| Conversion::parse(s.as_bytes(), 1);
    let c = parse("%(a(b)c)-*.*ld");
    assert_eq!((c.key, c.width, c.precision, c.left), (Some(2..7), Count::Star, Count::Star, true));
    assert_eq!((c.code, c.code_index, c.end, c.literal), ('d' as u32, 13, 14, false));
    assert!(parse("%%").literal && !parse("%5%").literal);
    assert_eq!(parse("%(a").error.map(|e| e.message(false)), Some("incomplete format key"));
    assert_eq!(parse("%").error.map(|e| e.message(true)), Some("incomplete format"));
}
