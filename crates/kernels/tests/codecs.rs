//! Encodings against CPython's, error by error (`data/codecs.txt`, from `generate_codecs.py`).
//!
//! `TAIPAN_CODEC_CASES` names another file of the same form, for longer runs.

use taipan_kernels::codecs::handlers::{self, Utf};
use taipan_kernels::codecs::{self, CodecError, Endian, charmap, escape, utf7, utf8, utf16, utf32};
use taipan_kernels::text::{TextBuilder, Units};

fn code_points(field: &str) -> Vec<u32> {
    field.split('.').filter(|f| !f.is_empty()).map(|f| u32::from_str_radix(f, 16).expect("hex")).collect()
}

fn bytes(field: &str) -> Vec<u8> {
    (0..field.len()).step_by(2).map(|i| u8::from_str_radix(&field[i..i + 2], 16).expect("hex")).collect()
}

fn shown(text: &[u32]) -> String {
    text.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(".")
}

fn noted(errors: &[CodecError]) -> String {
    errors.iter().map(|e| format!("{}-{} {}", e.start, e.end, e.reason)).collect::<Vec<_>>().join(";")
}

fn cp1252() -> Vec<u32> {
    let high = [
        0x20ac, 0xfffe, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
        0xfffe, 0x17d, 0xfffe, 0xfffe, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
        0x161, 0x203a, 0x153, 0xfffe, 0x17e, 0x178,
    ];
    (0..128).chain(high).chain(160..256).collect()
}

fn decode(name: &str, input: &[u8], is_final: bool) -> String {
    let mut out = TextBuilder::default();
    let mut errors = Vec::new();
    let mut at = 0;
    let mut seven = utf7::Decoder::default();
    let mut invalid = None;
    let names = |name: &[u8]| (name == b"SPACE").then_some(32);
    let consumed = loop {
        let result = match name {
            "utf-8" => utf8::decode(input, at, is_final, &mut out),
            "utf-16-le" => utf16::decode(input, at, Endian::Little, is_final, &mut out),
            "utf-16-be" => utf16::decode(input, at, Endian::Big, is_final, &mut out),
            "utf-32-le" => utf32::decode(input, at, Endian::Little, is_final, &mut out),
            "utf-32-be" => utf32::decode(input, at, Endian::Big, is_final, &mut out),
            "utf-7" => seven.decode(input, at, is_final, &mut out),
            "unicode_escape" => escape::decode_unicode(input, at, is_final, &names, &mut invalid, &mut out),
            "raw_unicode_escape" => escape::decode_raw(input, at, is_final, &mut out),
            "ascii" => codecs::decode_ascii(input, at, &mut out),
            "cp1252" => charmap::decode(input, at, &cp1252(), &mut out),
            other => panic!("unknown encoding {other}"),
        };
        match result {
            Ok(consumed) => break consumed,
            Err(e) => {
                errors.push(e);
                out.push(0xfffd);
                at = e.end;
            }
        }
    };
    let text = out.code_points();
    assert_eq!(out.is_ascii(), text.iter().all(|&c| c < 128));
    let narrowest = match text.iter().max() {
        Some(0x10000..) => 4,
        Some(256..) => 2,
        _ => 1,
    };
    let width = match out.finish() {
        Units::One(_) => 1,
        Units::Two(_) => 2,
        Units::Four(_) => 4,
    };
    assert_eq!(width, narrowest);
    format!("{}|{consumed}|{}", shown(&text), noted(&errors))
}

fn encode(name: &str, text: &[u32]) -> String {
    let mut out = Vec::new();
    let mut errors = Vec::new();
    let mut at = 0;
    let map = charmap::EncodingMap::new(&cp1252());
    loop {
        let result = match name {
            "utf-8" => utf8::encode(text, at, &mut out),
            "utf-16-le" => utf16::encode(text, at, Endian::Little, &mut out),
            "utf-32-be" => utf32::encode(text, at, Endian::Big, &mut out),
            "utf-7" => {
                utf7::encode(text, &mut out);
                Ok(())
            }
            "unicode_escape" => {
                escape::encode_unicode(text, &mut out);
                Ok(())
            }
            "raw_unicode_escape" => {
                escape::encode_raw(text, &mut out);
                Ok(())
            }
            "ascii" => codecs::encode_narrow(text, at, 128, &mut out),
            "latin-1" => codecs::encode_narrow(text, at, 256, &mut out),
            "cp1252" => map.encode(text, at, &mut out),
            other => panic!("unknown encoding {other}"),
        };
        let Err(e) = result else { break };
        errors.push(e);
        match name {
            "utf-16-le" => utf16::push(&mut out, '?' as u32, Endian::Little),
            "utf-32-be" => utf32::push(&mut out, '?' as u32, Endian::Big),
            _ => out.push(b'?'),
        }
        at = e.end;
    }
    format!("{}|{}", out.iter().map(|b| format!("{b:02x}")).collect::<String>(), noted(&errors))
}

#[test]
fn agrees_with_cpython() {
    let path = std::env::var("TAIPAN_CODEC_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/codecs.txt").into());
    for line in std::fs::read_to_string(path).expect("the cases are there").lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let (got, results) = match fields[0] {
            "decode" => (decode(fields[1], &bytes(fields[3]), fields[2] == "1"), 4),
            _ => (encode(fields[1], &code_points(fields[2])), 3),
        };
        assert_eq!(got, fields[results..].join("|"), "{line}");
    }
}

#[test]
fn standard_handlers() {
    assert_eq!(handlers::surrogateescape_decode(b"\xff\xfea"), Some(vec![0xdcff, 0xdcfe]));
    assert_eq!(handlers::surrogateescape_decode(b"a"), None);
    assert_eq!(handlers::surrogateescape_encode(&[0xdcff_u32, 0xdc80]), Some(vec![0xff, 0x80]));
    assert_eq!(handlers::surrogateescape_encode(&[0xdc7f_u32]), None);
    assert_eq!(handlers::surrogatepass_decode(b"\xed\xa0\x80", Utf::Utf8), Some((0xd800, 3)));
    assert_eq!(handlers::surrogatepass_decode(b"\xe2\x82\xac", Utf::Utf8), None);
    assert_eq!(
        handlers::surrogatepass_encode(&[0xdfff_u32], Utf::Utf16(Endian::Big)),
        Some(vec![0xdf, 0xff])
    );
    assert_eq!(handlers::surrogatepass_encode(&[65_u32], Utf::Utf8), None);
    assert_eq!(handlers::backslashreplace_encode(&[0xe9, 0x20ac, 0x1f600_u32]), b"\\xe9\\u20ac\\U0001f600");
    assert_eq!(handlers::xmlcharrefreplace(&[0x20ac_u32]), "&#8364;");
    assert_eq!(Utf::from_name("UTF-16-BE"), Some(Utf::Utf16(Endian::Big)));
    assert_eq!(Utf::from_name("utf8"), Some(Utf::Utf8));
    assert_eq!(Utf::from_name("utf-9"), None);
}

#[test]
fn marks_tell_the_order() {
    assert_eq!(utf16::detect(b"\xfe\xff\0a", true), Some((Endian::Big, 2)));
    assert_eq!(utf16::detect(b"a", false), None);
    assert_eq!(utf16::detect(b"a\0", true), Some((codecs::NATIVE, 0)));
    assert_eq!(utf32::detect(b"\xff\xfe\0\0", true), Some((Endian::Little, 4)));
    assert_eq!(utf32::detect(b"\xff\xfe", false), None);
}

#[test]
fn byte_escapes() {
    let mut out = Vec::new();
    let mut invalid = None;
    assert_eq!(escape::decode_bytes(b"a\\n\\x41\\101\\\nz\\q", 0, &mut invalid, &mut out), Ok(()));
    assert_eq!((&out[..], invalid), (&b"a\nAAz\\q"[..], Some(14)));
    let bad = escape::decode_bytes(b"\\x4z", 0, &mut None, &mut Vec::new());
    assert_eq!(bad, Err(escape::EscapeError::InvalidHex { start: 0, next: 3 }));
    let trailing = escape::decode_bytes(b"a\\", 0, &mut None, &mut Vec::new());
    assert_eq!(trailing, Err(escape::EscapeError::TrailingBackslash));
    out.clear();
    escape::encode_bytes(b"a'\\\n\xff", &mut out);
    assert_eq!(out, b"a\\'\\\\\\n\\xff");
}
