//! What literals stand for, and what is wrong with them, as CPython 3.14 says it.

use taipan_ast::Wtf8;

use super::{EscapeWarning, literal, middle};

fn code_points(token: &str) -> Vec<u32> {
    let literal = literal(token).unwrap();
    Wtf8::from_bytes(&literal.value).code_points().collect()
}

fn text(token: &str) -> String {
    String::from_utf8(literal(token).unwrap().value.into_owned()).unwrap()
}

#[test]
fn values() {
    assert_eq!(text("'a'"), "a");
    assert_eq!(text("''"), "");
    assert_eq!(text("''''''"), "");
    assert_eq!(text("'''a'b'''"), "a'b");
    assert_eq!(text(r"r'\n'"), r"\n");
    assert_eq!(text(r"R'\''"), r"\'");
    assert_eq!(text("'a\\\nb'"), "ab");
    assert_eq!(text(r#"'\a\b\f\n\r\t\v\\\'\"'"#), "\x07\x08\x0c\n\r\t\x0b\\'\"");
    assert_eq!(text(r"'\1\12\123\1234'"), "\x01\nSS4");
    assert_eq!(text(r"'\x41\u00e9\U0001F40D\N{DIGIT ONE}'"), "Aé\u{1F40D}1");
    assert_eq!(text(r"'\é'"), r"\é");
    assert_eq!(code_points(r"'\ud800\udc00'"), [0xD800, 0xDC00]);
    assert_eq!(code_points(r"'\400\777'"), [0x100, 0x1FF]);
    assert_eq!(*literal(r"b'\400\xff\d'").unwrap().value, [0, 255, b'\\', b'd']);
    assert!(literal("u'a'").unwrap().has_u_prefix);
    assert!(!literal("U'a'").unwrap().has_u_prefix);
    assert!(literal("Rb'a'").unwrap().is_bytes);
    assert_eq!(&*middle("a{b\\n", false).unwrap().0, b"a{b\n");
    assert_eq!(&*middle("\\", false).unwrap().0, b"\\");
    assert_eq!(&*middle("\\n", true).unwrap().0, b"\\n");
}

#[test]
fn refusals() {
    let unicode = |position: &str, reason: &str| {
        format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {position}: {reason}")
    };
    let (x, u, long) = ("truncated \\xXX escape", "truncated \\uXXXX escape", "truncated \\UXXXXXXXX escape");
    let malformed = "malformed \\N character escape";
    for (token, msg) in [
        (r"'\xZ'", unicode("0-1", x)),
        (r"'é\x1'", unicode("10-12", x)),
        (r"'\x1é'", unicode("0-2", x)),
        (r"'\é\x'", unicode("16-17", x)),
        (r"'\u12'", unicode("0-3", u)),
        (r"'a\U0011000'", unicode("1-9", long)),
        (r"'\U00110000'", unicode("0-9", "illegal Unicode character")),
        (r"'\N'", unicode("0-1", malformed)),
        (r"'\N{'", unicode("0-2", malformed)),
        (r"'\N{}'", unicode("0-2", malformed)),
        (r"'\N{foo}'", unicode("0-6", "unknown Unicode character name")),
        (r"'\N{é}'", unicode("0-13", "unknown Unicode character name")),
        (r"b'\xZ'", "(value error) invalid \\x escape at position 0".to_owned()),
        (r"b'a\x1'", "(value error) invalid \\x escape at position 1".to_owned()),
        ("b'é'", "bytes can only contain ASCII literal characters".to_owned()),
        ("rb'é'", "bytes can only contain ASCII literal characters".to_owned()),
    ] {
        assert_eq!(literal(token).unwrap_err(), msg, "{token}");
    }
}

#[test]
fn warnings() {
    let warn = |token: &str| {
        let escape = literal(token).unwrap().invalid_escape.unwrap();
        let warning = EscapeWarning::new(&escape, token, 5, 4);
        (warning.msg, warning.lineno, warning.col_offset)
    };
    let tail = "Such sequences will not work in the future. Did you mean";
    let raw = "A raw string is also an option.";
    let d = format!(r#""\d" is an invalid escape sequence. {tail} "\\d"? {raw}"#);
    assert_eq!(warn(r"'\d'"), (d.clone(), 5, 5));
    assert_eq!(warn(r"b'\d'"), (d.clone(), 5, 4));
    assert_eq!(warn("'''b\n\\d'''"), (d, 6, 0));
    let octal = format!(r#""\777" is an invalid octal escape sequence. {tail} "\\777"? {raw}"#);
    assert_eq!(warn(r"'\777\d'"), (octal, 5, 5));
    assert_eq!(literal(r"'\é'").unwrap().invalid_escape, None);
    assert_eq!(middle(r"\{", false).unwrap().1, None);
    let escape = middle(r"\q", false).unwrap().1.unwrap();
    assert_eq!(escape.error(), format!(r#""\q" is an invalid escape sequence. Did you mean "\\q"? {raw}"#));
}
