//! Doubles against results that CPython computed (`data/float.txt`, from `generate_float.py`).
//!
//! `TAIPAN_FLOAT_CASES` names another file of the same form, for longer runs.

use taipan_kernels::float::arith::{self, PowError};
use taipan_kernels::float::hex::{self, FromHexError};
use taipan_kernels::float::{self, Code, Flags};
use taipan_kernels::int::{Int, radix};

fn double(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).expect("sixteen digits"))
}

fn bits(x: f64) -> String {
    format!("{:016x}", x.to_bits())
}

fn decimal(v: &Int) -> String {
    format!("{}{}", if v.negative { "-" } else { "" }, radix::to_text(&v.digits, 10))
}

fn formatted(x: f64, spec: &str) -> String {
    let code = spec.chars().last().expect("a code");
    let precision = spec[spec.find('.').expect("a precision") + 1..spec.len() - 1].parse().expect("a number");
    let flags = Flags {
        sign: spec.contains('+'),
        alternate: spec.contains('#'),
        no_negative_zero: spec.contains('z'),
        upper: code.is_uppercase(),
        add_dot_0: false,
    };
    let code = match code.to_ascii_lowercase() {
        'e' => Code::E,
        'f' => Code::F,
        _ => Code::G,
    };
    float::double_to_string(x, code, precision, flags)
}

fn check(line: &str) {
    let fields: Vec<&str> = line.split(' ').collect();
    let text = |n: usize| line.splitn(n + 1, ' ').nth(n).expect("a text");
    let x = || double(fields[1]);
    let y = || double(fields[2]);
    let (got, expected): (String, String) = match fields[0] {
        "repr" => (float::repr(x()), text(2).into()),
        "hex" => (hex::to_hex(x()), text(2).into()),
        "hash" => (arith::hash(x()).expect("no NaN").to_string(), text(2).into()),
        "format" => (formatted(x(), fields[2]), text(3).into()),
        "divmod" => {
            let (q, r) = arith::div_mod(x(), y());
            assert_eq!(bits(arith::modulo(x(), y())), bits(r), "{line}");
            (format!("{} {}", bits(q), bits(r)), text(3).into())
        }
        "pow" => {
            let result = match arith::pow(x(), y()) {
                Ok(v) if v.is_nan() => "nan".into(),
                Ok(v) => bits(v),
                Err(PowError::Complex) => "complex".into(),
                Err(PowError::ZeroToNegative) => "zero".into(),
                Err(PowError::Overflow) => "overflow".into(),
            };
            (result, text(3).into())
        }
        "round" => {
            let places = fields[2].parse().expect("places");
            (arith::round_places(x(), places).map_or("overflow".into(), bits), text(3).into())
        }
        "ratio" => {
            let (n, d) = arith::as_integer_ratio(x());
            (format!("{} {}", decimal(&n), decimal(&d)), text(2).into())
        }
        "half" => (arith::to_half(x()).map_or("overflow".into(), |h| format!("{h:04x}")), text(2).into()),
        "unhalf" => {
            (bits(arith::from_half(u16::from_str_radix(fields[1], 16).expect("hex"))), text(2).into())
        }
        "parse" => (float::parse(text(2).as_bytes()).map_or("none".into(), bits), fields[1].into()),
        "fromhex" => {
            let result = match hex::from_hex(text(2).as_bytes()) {
                Ok(v) => bits(v),
                Err(FromHexError::TooLarge) => "overflow".into(),
                Err(_) => "none".into(),
            };
            (result, fields[1].into())
        }
        "complex" => {
            let result = float::parse_complex(text(3).as_bytes());
            let result = result.map_or("none none".into(), |(re, im)| format!("{} {}", bits(re), bits(im)));
            (result, format!("{} {}", fields[1], fields[2]))
        }
        "complexrepr" => (float::format::complex_repr(x(), y()), text(3).into()),
        other => panic!("unknown operation {other}"),
    };
    assert_eq!(got, expected, "{line}");
}

#[test]
fn agrees_with_cpython() {
    let path = std::env::var("TAIPAN_FLOAT_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/float.txt").into());
    std::fs::read_to_string(path).expect("the cases are there").lines().for_each(check);
}

#[test]
fn long_precision_is_zeros() {
    let text = float::double_to_string(0.1, Code::F, 100_000, Flags::default());
    assert_eq!(text.len(), 100_002);
    assert!(text.ends_with("000"));
    assert_eq!(float::double_to_string(1.0, Code::G, usize::MAX, Flags::default()), "1");
}
