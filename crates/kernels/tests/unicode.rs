//! Every code point against the reference: `unicode_facts.py` prints the checksums below.
//!
//! `TAIPAN_UNICODE_LINES` names a file to write the lines to, for a comparison with that script's.

use std::fmt::Write as _;

use taipan_kernels::unicode::case::{self, Mapping};
use taipan_kernels::unicode::database::Edition;
use taipan_kernels::unicode::normal::{Form, is_normalized, normalize};
use taipan_kernels::unicode::{self as u};

fn hexes(text: &[u32]) -> String {
    text.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(".")
}

fn types(out: &mut String, c: u32) {
    let s = [c];
    let tests = [
        u::is_alpha(c),
        u::is_alnum(c),
        u::is_decimal(c),
        u::is_digit(c),
        u::is_numeric(c),
        case::is_lower_text(&s),
        case::is_upper_text(&s),
        case::is_title_text(&s),
        u::is_space(c),
        u::is_printable(c),
        u::is_identifier_start(c),
        u::is_identifier_continue(c),
        u::is_line_break(c),
    ];
    out.extend(tests.map(|t| if t { '1' } else { '0' }));
    let _ = write!(out, " {:x} {:x} {:x}", u::to_lower(c), u::to_upper(c), u::to_title(c));
    for text in [
        case::map_text(&s, Mapping::Lower),
        case::map_text(&s, Mapping::Upper),
        case::title(&s),
        case::map_text(&s, Mapping::Fold),
        case::swap_case(&s),
        case::capitalize(&s),
        case::map_text(&[c, 0x3a3], Mapping::Lower),
        case::map_text(&[0x41, c, 0x3a3, c], Mapping::Lower),
        case::title(&[c, 0x61, c]),
    ] {
        let _ = write!(out, " {}", hexes(&text));
    }
}

fn database(out: &mut String, c: u32, db: Edition) {
    let show = |v: Option<u8>| v.map_or("-".into(), |v| v.to_string());
    let _ = write!(
        out,
        "{} {} {} {} {} {} {} {} ",
        db.category(c),
        db.bidirectional(c),
        db.combining(c),
        db.mirrored(c) as u8,
        db.east_asian_width(c),
        show(db.decimal(c)),
        show(db.digit(c)),
        db.numeric(c).map_or("-".into(), |v| format!("{:016x}", v.to_bits())),
    );
    if let Some((tag, sequence)) = db.decomposition(c) {
        let codes: Vec<String> = sequence.iter().map(|c| format!("{c:04X}")).collect();
        let space = if tag.is_empty() { "" } else { " " };
        let _ = write!(out, "{tag}{space}{}", codes.join(" "));
    }
}

fn forms(out: &mut String, c: u32, db: Edition) {
    let mut first = true;
    for form in [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd] {
        let text = [0x65, 0x301, c, 0x323, 0x302];
        let (alone, inside) = (normalize(&[c], form, db), normalize(&text, form, db));
        if c.is_multiple_of(8) {
            assert_eq!(is_normalized(&[c], form, db), alone == [c]);
            assert_eq!(is_normalized(&text, form, db), inside == text);
        }
        let _ = write!(out, "{}{} {}", if first { "" } else { " " }, hexes(&alone), hexes(&inside));
        first = false;
    }
}

fn checksum(name: &str, line: impl Fn(&mut String, u32)) -> String {
    let mut lines = std::env::var("TAIPAN_UNICODE_LINES").ok().map(|path| {
        std::io::BufWriter::new(std::fs::File::create(format!("{path}.{name}")).expect("a file"))
    });
    let mut crc = crc32fast::Hasher::new();
    let mut text = String::new();
    for c in 0..0x11_0000 {
        text.clear();
        let _ = write!(text, "{c:x} ");
        line(&mut text, c);
        text.push('\n');
        crc.update(text.as_bytes());
        if let Some(lines) = &mut lines {
            std::io::Write::write_all(lines, format!("{name} {text}").as_bytes()).expect("written");
        }
    }
    format!("{:08x}", crc.finalize())
}

#[test]
fn types_and_case() {
    assert_eq!(checksum("types", types), "601e2400");
}

#[test]
fn database_now_and_then() {
    assert_eq!(checksum("current", |out, c| database(out, c, Edition::Current)), "7e8c6a11");
    assert_eq!(checksum("old", |out, c| database(out, c, Edition::Old)), "d4ef5f8a");
}

#[test]
fn normalisation() {
    assert_eq!(checksum("forms", |out, c| forms(out, c, Edition::Current)), "b12044e1");
    assert_eq!(checksum("old_forms", |out, c| forms(out, c, Edition::Old)), "017a4ee0");
}

#[test]
fn beyond_the_last_code_point_is_nothing() {
    for c in [0x11_0000, u32::MAX] {
        assert!(!u::is_alpha(c) && !u::is_printable(c) && u::to_lower(c) == c);
        assert_eq!(Edition::Current.category(c), "Cn");
        assert_eq!(normalize(&[c], Form::Nfkd, Edition::Current), [c]);
    }
}
