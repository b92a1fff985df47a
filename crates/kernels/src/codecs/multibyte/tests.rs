//! What the encodings do with texts, held against what CPython does.

use super::*;

fn all() -> impl Iterator<Item = &'static Multibyte> {
    [CHINESE, HONG_KONG, TAIWANESE, KOREAN, JAPANESE, ISO_2022].into_iter().flatten()
}

fn named(name: &str) -> &'static Multibyte {
    all().find(|codec| codec.name == name).unwrap()
}

fn text_of(text: TextBuilder) -> String {
    text.code_points().into_iter().filter_map(char::from_u32).collect()
}

fn decode(name: &str, input: &[u8]) -> Result<String, CodecError> {
    let (codec, mut out) = (named(name), TextBuilder::with_capacity(8));
    codec.decode(&mut codec.decoding(), input, 0, true, &mut out)?;
    Ok(text_of(out))
}

fn encode(name: &str, text: &str) -> Result<Vec<u8>, CodecError> {
    let (codec, mut out) = (named(name), Vec::new());
    let text: Vec<u32> = text.chars().map(u32::from).collect();
    let mut state = codec.encoding();
    codec.encode(&mut state, &text, 0, true, &mut out)?;
    codec.reset(&mut state, &mut out);
    Ok(out)
}

/// What CPython's codecs do with these texts.
const BOTH_WAYS: &[(&str, &str, &[u8])] = &[
    ("gb2312", "a中文", b"a\xd6\xd0\xce\xc4"),
    ("gbk", "丂中", b"\x81\x40\xd6\xd0"),
    ("gb18030", "\u{80}・中😀", b"\x81\x30\x81\x30\x81\x39\xa7\x39\xd6\xd0\x94\x39\xfc\x36"),
    ("hz", "a~中\n中", b"a~~~{VP~}\n~{VP~}"),
    ("big5hkscs", "\u{ca}\u{304}中\u{ca}", b"\x88\x62\xa4\xa4\x88\x66"),
    ("euc_kr", "가뷁", b"\xb0\xa1\xa4\xd4\xa4\xb2\xa4\xce\xa4\xaa"),
    ("cp949", "가뷁", b"\xb0\xa1\x94\xee"),
    ("johab", "가", b"\x88\x61"),
    ("shift_jis", "\\ｱあ", b"\\\xb1\x82\xa0"),
    ("cp932", "①～", b"\x87\x40\x81\x60"),
    ("euc_jp", "ｱ丂あ", b"\x8e\xb1\x8f\xb0\xa1\xa4\xa2"),
    ("euc_jis_2004", "か\u{309a}か", b"\xa4\xf7\xa4\xab"),
    ("iso2022_jp", "aあ\nい¥", b"a\x1b$B$\"\x1b(B\n\x1b$B$$\x1b(J\\\x1b(B"),
    ("iso2022_jp_2", "あé가", b"\x1b$B$\"\x1b$(D+1\x1b$(C0!\x1b(B"),
    ("iso2022_jp_2004", "か\u{309a}丂", b"\x1b$(Q$w\x1b$(P!\"\x1b(B"),
    ("iso2022_jp_ext", "ｱ", b"\x1b(I1\x1b(B"),
    ("iso2022_kr", "a가\n가b", b"a\x1b$)C\x0e0!\x0f\n\x0e0!\x0fb"),
];

#[test]
fn texts_are_encoded_and_decoded() {
    for &(name, text, bytes) in BOTH_WAYS {
        assert_eq!(encode(name, text).as_deref(), Ok(bytes), "{name}");
        assert_eq!(decode(name, bytes).as_deref(), Ok(text), "{name}");
    }
}

#[test]
fn what_is_wrong_is_found_where_it_is() {
    for (name, bytes, start, end, reason) in [
        ("gbk", &b"abc\x80\x80\xc1\xc4"[..], 3, 4, ILLEGAL),
        ("gbk", b"abc\xc8", 3, 4, INCOMPLETE),
        ("gb18030", b"abc\x84\x39\x84\x39", 3, 4, ILLEGAL),
        ("gb18030", b"\x81\x30\x81", 0, 3, INCOMPLETE),
        ("shift_jis", b"\xeb\x41", 0, 1, ILLEGAL),
        ("euc_jp", b"\x8f\xb0", 0, 2, INCOMPLETE),
        ("euc_kr", b"\xa4\xd4\xa4\xb6\xa4", 0, 5, INCOMPLETE),
        ("hz", b"~{VP~~", 4, 5, ILLEGAL),
        ("iso2022_jp", b"\x1b$(XYZ", 0, 4, ILLEGAL),
        ("iso2022_jp", b"\x1b$B!\n", 3, 5, ILLEGAL),
        ("iso2022_jp", b"\x1b$", 0, 2, INCOMPLETE),
        ("iso2022_kr", b"\x1b$B!", 0, 3, ILLEGAL),
    ] {
        assert_eq!(decode(name, bytes), Err(CodecError { start, end, reason }), "{name} {bytes:?}");
    }
    assert_eq!(encode("gbk", "a\u{e000}"), Err(CodecError { start: 1, end: 2, reason: ILLEGAL }));
}

#[test]
fn an_incomplete_end_waits_for_the_next_piece() {
    for &(name, text, bytes) in BOTH_WAYS {
        let (codec, mut out) = (named(name), TextBuilder::default());
        let (mut state, mut pending) = (codec.decoding(), Vec::new());
        for &byte in bytes {
            pending.push(byte);
            let consumed = codec.decode(&mut state, &pending, 0, false, &mut out).unwrap();
            pending.drain(..consumed);
        }
        assert!(pending.is_empty(), "{name}");
        assert_eq!(text_of(out), text, "{name}");
    }
}

#[test]
fn every_code_of_a_table_is_decoded_to_what_it_was_encoded_from() {
    for codec in all().filter(|codec| matches!(codec.method, Method::Plain(_))) {
        for c in (0..0x3_0000).filter(|c| !(0xD800..0xE000).contains(c)) {
            let (mut bytes, mut out) = (Vec::new(), TextBuilder::default());
            let mut state = codec.encoding();
            // In EUC-KR the filler begins the spelling of a syllable.
            let filler = codec.name == "euc_kr" && c == 0x3164;
            if !filler && codec.encode(&mut state, &[c], 0, true, &mut bytes).is_ok() {
                let decoded = codec.decode(&mut state, &bytes, 0, true, &mut out);
                assert_eq!(decoded, Ok(bytes.len()), "{} {c:x}", codec.name);
                assert_eq!(out.len(), 1, "{} {c:x}", codec.name);
            }
        }
    }
}
