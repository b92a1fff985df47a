//! Integer arithmetic against results that CPython computed (`data/int.txt`, from `generate_int.py`).
//!
//! `TAIPAN_INT_CASES` names another file of the same form, for longer runs.

use taipan_kernels::int::bits::{self, BitOp};
use taipan_kernels::int::bytes::{self, ToBytesError};
use taipan_kernels::int::power::{self, PowModError};
use taipan_kernels::int::{Int, IntRef, float, gcd, isqrt, nat, radix, signed};

fn int(text: &str) -> Int {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    Int::new(negative, radix::from_text(digits.as_bytes(), 16).expect("hexadecimal"))
}

fn hex(v: &Int) -> String {
    assert_eq!(v.digits.len(), nat::normal_len(&v.digits), "normalised");
    assert!(!v.negative || !v.digits.is_empty(), "no negative zero");
    format!("{}{}", if v.negative { "-" } else { "" }, radix::to_text(&v.digits, 16))
}

fn unhex(text: &str) -> Vec<u8> {
    if text == "empty" {
        return Vec::new();
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hex")).collect()
}

fn double(x: f64) -> String {
    format!("{:016x}", x.to_bits())
}

fn evaluate(args: &[&str]) -> String {
    let a = || int(args[1]);
    let b = || int(args[2]);
    let n = || args[2].parse::<u64>().expect("a count");
    let two = |f: fn(IntRef, IntRef) -> Int| hex(&f(a().view(), b().view()));
    match args[0] {
        "add" => two(signed::add),
        "sub" => two(signed::sub),
        "mul" => two(signed::mul),
        "divmod" => {
            let (q, r) = signed::div_mod(a().view(), b().view());
            assert_eq!(signed::modulo(a().view(), b().view()), r);
            format!("{} {}", hex(&q), hex(&r))
        }
        "and" => two(|a, b| bits::bit_op(BitOp::And, a, b)),
        "or" => two(|a, b| bits::bit_op(BitOp::Or, a, b)),
        "xor" => two(|a, b| bits::bit_op(BitOp::Xor, a, b)),
        "invert" => hex(&bits::invert(a().view())),
        "shl" => hex(&signed::shl(a().view(), n())),
        "shr" => hex(&signed::shr(a().view(), n())),
        "pow" => hex(&power::pow(a().view(), n())),
        "powmod" => match power::pow_mod(a().view(), b().view(), int(args[3]).view()) {
            Ok(v) => hex(&v),
            Err(PowModError::NotInvertible) => "none".into(),
            Err(e) => format!("{e:?}"),
        },
        "gcd" => hex(&Int::new(false, gcd::gcd(&a().digits, &b().digits))),
        "isqrt" => hex(&Int::new(false, isqrt::isqrt(&a().digits))),
        "text" => {
            let base = n() as u32;
            assert_eq!(radix::from_text(args[3].as_bytes(), base), Some(a().digits));
            let text = radix::to_text(&a().digits, base);
            assert!(text.len() <= radix::text_len_bound(&a().digits, base));
            text
        }
        "tobytes" => {
            let mut out = vec![0; n() as usize];
            match bytes::to_bytes(a().view(), &mut out, args[3] == "little", args[4] == "1") {
                Ok(()) if out.is_empty() => "empty".into(),
                Ok(()) => out.iter().map(|b| format!("{b:02x}")).collect(),
                Err(ToBytesError::TooBig) => "big".into(),
                Err(ToBytesError::NegativeUnsigned) => "negative".into(),
            }
        }
        "frombytes" => hex(&bytes::from_bytes(&unhex(args[1]), args[2] == "little", args[3] == "1")),
        "float" => float::to_f64(a().view()).map_or("overflow".into(), double),
        "truediv" => float::true_div(a().view(), b().view()).map_or("overflow".into(), double),
        "fromfloat" => {
            let x = f64::from_bits(u64::from_str_radix(args[1], 16).expect("bits"));
            hex(&float::from_f64(x).expect("finite"))
        }
        "cmpfloat" => {
            let x = f64::from_bits(u64::from_str_radix(args[2], 16).expect("bits"));
            (float::cmp_f64(a().view(), x) as i32).to_string()
        }
        "hash" => float::hash(a().view()).to_string(),
        "bits" => format!("{} {}", nat::bit_length(&a().digits), nat::bit_count(&a().digits)),
        "round" => hex(&signed::round_to_power_of_ten(a().view(), n())),
        other => panic!("unknown operation {other}"),
    }
}

#[test]
fn agrees_with_cpython() {
    let path = std::env::var("TAIPAN_INT_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/int.txt").into());
    let cases = std::fs::read_to_string(path).expect("the cases are there");
    for line in cases.lines() {
        let args: Vec<&str> = line.split(' ').collect();
        let results = if matches!(args[0], "divmod" | "bits") { 2 } else { 1 };
        let expected = args[args.len() - results..].join(" ");
        assert_eq!(evaluate(&args), expected, "{line}");
    }
}

/// A number of `n` digits from a fixed generator.
fn digits(n: usize, mut seed: u64) -> Vec<u32> {
    let mut out: Vec<u32> = (0..n)
        .map(|_| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 34) as u32
        })
        .collect();
    out.push(1);
    out
}

#[test]
fn long_operands_satisfy_the_identities() {
    for (n, m) in [(150, 150), (1000, 300), (1000, 999), (3000, 1500), (2000, 90), (2001, 700)] {
        let (a, b, c) = (digits(n, 1), digits(m, 2), digits(m / 2, 3));
        let [a, b, c] = [a, b, c].map(|d| Int::new(false, d));
        let ab = signed::mul(a.view(), b.view());
        let left = signed::mul(a.view(), signed::add(b.view(), c.view()).view());
        let right = signed::add(ab.view(), signed::mul(a.view(), c.view()).view());
        assert_eq!(left, right, "distributive at {n}, {m}");
        let sum = signed::add(a.view(), b.view());
        let squares = signed::add(
            signed::add(
                Int::new(false, nat::shl(&ab.digits, 1)).view(),
                signed::mul(a.view(), a.view()).view(),
            )
            .view(),
            signed::mul(b.view(), b.view()).view(),
        );
        assert_eq!(signed::mul(sum.view(), sum.view()), squares, "binomial at {n}, {m}");
        let (q, r) = signed::div_mod(signed::add(ab.view(), c.view()).view(), b.view());
        assert_eq!((&q, &r), (&a, &c), "division at {n}, {m}");
        let below = signed::sub(ab.view(), Int::from(1u64).view());
        let (q, r) = signed::div_mod(below.view(), b.view());
        assert_eq!(signed::add(q.view(), Int::from(1u64).view()), a);
        assert_eq!(signed::add(r.view(), Int::from(1u64).view()), b);
        for base in [10, 7, 36] {
            let text = radix::to_text(&ab.digits, base);
            assert_eq!(radix::from_text(text.as_bytes(), base).as_ref(), Some(&ab.digits), "base {base}");
        }
    }
}

#[test]
fn refuses_what_python_refuses() {
    let one = Int::from(1u64);
    assert_eq!(power::pow_mod(one.view(), one.view(), Int::ZERO.view()), Err(PowModError::ZeroModulus));
    assert_eq!(float::true_div(one.view(), Int::ZERO.view()), Err(float::TrueDivError::ByZero));
    assert_eq!(radix::from_text(b"12a", 10), None);
    assert_eq!(radix::from_text(b"", 10), None);
    assert_eq!(radix::to_text(&[], 10), "0");
}
