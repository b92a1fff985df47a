//! Holds the tokenizer against what CPython 3.14 says, recorded in `tests/tokens/*.txt`, and throws noise at it.
//!
//! A line of a `.txt` file has three fields between tabs, each JSON: the source; what `tokenize` sees
//! (`extra_tokens=True`); what the parser's tokenizer sees. In `errors.txt` the last two are the errors only.

#[path = "support/json.rs"]
mod json;

use json::{iterate, quote};
use taipan_parser::tokens::encoding::{Origin, decode_source, translate_newlines};
use taipan_parser::tokens::{TextInput, TokenKind, Tokenizer, TokenizerOptions};

fn records(file: &str) -> impl Iterator<Item = (String, [&str; 2])> {
    file.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().expect("three fields");
        let source = serde_json::from_str(field()).expect("a JSON string");
        (source, [field(), field()])
    })
}

fn same_json(ours: &str, expected: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    parse(ours) == parse(expected)
}

#[test]
fn tokens_are_those_of_cpython() {
    for (source, expected) in records(include_str!("tokens/tokens.txt")) {
        for (extra_tokens, expected) in [true, false].into_iter().zip(expected) {
            let ours = iterate(&source, extra_tokens);
            assert!(same_json(&ours, expected), "{source:?}\nexpected {expected}\ngot      {ours}");
        }
    }
}

#[test]
fn errors_are_those_of_cpython() {
    for (source, expected) in records(include_str!("tokens/errors.txt")) {
        for (extra_tokens, expected) in [true, false].into_iter().zip(expected) {
            let ours = iterate(&source, extra_tokens);
            let (_, error) = ours.split_once("],\"error\":").expect("an error field");
            let error = error.strip_suffix('}').expect("an object");
            assert!(same_json(error, expected), "{source:?}\nexpected {expected}\ngot      {error}");
        }
    }
}

/// The first refusal of the parser's tokenizer: message, line, offset, end line, end offset, text.
fn refusal(source: &str, options: TokenizerOptions) -> Option<(String, [i32; 4], String)> {
    let mut tokens = Tokenizer::new(TextInput::new(source), options);
    loop {
        match tokens.next() {
            Ok(token) if token.kind == TokenKind::EndMarker => return None,
            Ok(_) => {}
            Err(e) => {
                let place = [e.lineno, e.offset, e.end_lineno, e.end_offset];
                return Some((e.msg, place, e.text.unwrap_or_default()));
            }
        }
    }
}

#[test]
fn the_parser_words_and_places_errors_as_compile_does() {
    let eof = "unexpected EOF while parsing";
    let continuation = "unexpected character after line continuation character";
    for (source, msg, place, text) in [
        ("(\n", "'(' was never closed", [1, 1, 1, 0], "(\n"),
        ("if 1:\n  (a\n\n", "'(' was never closed", [2, 3, 2, 0], "  (a"),
        ("x = \\\n", eof, [1, 6, 1, -1], "x = \\\n"),
        ("é = \\\n", eof, [1, 6, 1, -1], "é = \\\n"),
        ("x=1\n\\\n", eof, [2, 2, 2, -1], "\\\n"),
        ("x = 1 \\\n + 2 \\ 3\n", continuation, [2, 10, 2, 0], " + 2 \\ 3\n"),
        ("'''é\n''' \\é\n", continuation, [2, 8, 2, 0], "''' \\é\n"),
        ("x\\", continuation, [1, 2, 1, 0], "x\\"),
        (
            "if x:\n    a\n  b\n",
            "unindent does not match any outer indentation level",
            [3, 4, 3, -1],
            "  b\n",
        ),
        (
            "if x:\n\ta\n        b\n",
            "inconsistent use of tabs and spaces in indentation",
            [3, 1, 3, 0],
            "        b\n",
        ),
        (
            "f'{a:{b:{c:{d}}}}'\n",
            "f-string: expressions nested too deeply",
            [1, 11, 1, 11],
            "f'{a:{b:{c:{d}}}}'",
        ),
    ] {
        let expected = Some((msg.to_owned(), place, text.to_owned()));
        assert_eq!(refusal(source, TokenizerOptions::default()), expected, "{source:?}");
    }
    let deep: String = (0..=100).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect();
    let (msg, place, _) = refusal(&deep, TokenizerOptions::default()).expect("too deep");
    assert_eq!((msg.as_str(), place), ("too many levels of indentation", [101, 1, 101, 0]));
    let (msg, ..) = refusal(&"(".repeat(201), TokenizerOptions::default()).expect("too deep");
    assert_eq!(msg, "too many nested parentheses");
}

fn kinds(source: &str, options: TokenizerOptions) -> Vec<TokenKind> {
    let mut tokens = Tokenizer::new(TextInput::new(source), options);
    let mut kinds = Vec::new();
    while kinds.last() != Some(&TokenKind::EndMarker) {
        kinds.push(tokens.next().expect("valid").kind);
    }
    kinds
}

#[test]
fn single_statements_get_their_newline() {
    use TokenKind::{Colon, Dedent, EndMarker, Indent, Name, Newline};
    let single = TokenizerOptions { single: true, ..TokenizerOptions::default() };
    assert_eq!(kinds("x", single), [Name, Newline, EndMarker]);
    assert_eq!(kinds("x", TokenizerOptions::default()), [Name, EndMarker]);
    let block = "if x:\n y";
    let closed = [Name, Name, Colon, Newline, Indent, Name, Newline, Dedent, Newline, EndMarker];
    assert_eq!(kinds(block, single), closed);
    let open = TokenizerOptions { dont_imply_dedent: true, ..single };
    assert_eq!(kinds(block, open), [Name, Name, Colon, Newline, Indent, Name, Newline, EndMarker]);
}

#[test]
fn type_comments() {
    let options = TokenizerOptions { type_comments: true, ..TokenizerOptions::default() };
    let source = "x = 1  # type: int\n# type: ignore[a]\ny # type: ignored\nz #type:ignore\n";
    let mut tokens = Tokenizer::new(TextInput::new(source), options);
    let mut comments = Vec::new();
    loop {
        let token = tokens.next().expect("valid");
        match token.kind {
            TokenKind::TypeComment => comments.push(tokens.text(&token).to_owned()),
            TokenKind::EndMarker => break,
            _ => {}
        }
    }
    assert_eq!(comments, ["int", "ignored"]);
    let ignores: Vec<_> = tokens
        .type_ignores()
        .iter()
        .map(|ignore| (ignore.lineno, &source[ignore.start..ignore.end]))
        .collect();
    assert_eq!(ignores, [(2, "[a]"), (4, "")]);
}

#[test]
fn warnings_carry_the_error_that_they_may_become() {
    for (source, msg, offset) in [
        ("1or 2\n", "invalid decimal literal", 1),
        ("0xfor x\n", "invalid hexadecimal literal", 3),
        (
            "f'a\\{x}'\n",
            "\"\\{\" is an invalid escape sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{\"? A raw string is also an option.",
            5,
        ),
    ] {
        let mut tokens = Tokenizer::new(TextInput::new(source), TokenizerOptions::default());
        while tokens.next().expect("valid").kind != TokenKind::EndMarker {}
        let warnings = tokens.take_warnings();
        let [warning] = &warnings[..] else { panic!("{source}: {warnings:?}") };
        assert_eq!((&*warning.msg, warning.error.offset), (msg, offset));
    }
}

/// A small deterministic generator (xorshift).
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn noise_is_refused_or_read_but_never_panics() {
    let seeds: Vec<String> = records(include_str!("tokens/tokens.txt"))
        .chain(records(include_str!("tokens/errors.txt")))
        .map(|(source, _)| source)
        .collect();
    let pieces = [
        "'",
        "\"",
        "'''",
        "f'",
        "t\"\"\"",
        "rb'",
        "{",
        "}",
        "{{",
        "(",
        "]",
        ":",
        "!",
        "=",
        "\\",
        "\\\n",
        "\\N{",
        "\n",
        "\r",
        "\t",
        " ",
        "\x0c",
        "#",
        "0x",
        "1_",
        "1e",
        ".",
        "é",
        "€",
        "\u{200b}",
        "\0",
        "# type: ignore\n",
        "if x:\n ",
        "<>",
        "or",
        "\u{feff}",
    ];
    let mut noise = Noise(0x5EED);
    for _ in 0..4000 {
        let mut source = seeds[noise.below(seeds.len())].clone();
        for _ in 0..=noise.below(4) {
            let mut at = noise.below(source.len() + 1);
            while !source.is_char_boundary(at) {
                at -= 1;
            }
            match noise.below(3) {
                0 => source.insert_str(at, pieces[noise.below(pieces.len())]),
                1 => source.truncate(at),
                _ if at < source.len() => drop(source.remove(at)),
                _ => {}
            }
        }
        iterate(&source, true);
        iterate(&source, false);
        let text = translate_newlines(&source, noise.below(2) == 0);
        for single in [false, true] {
            let options =
                TokenizerOptions { single, type_comments: true, dont_imply_dedent: single, is_file: false };
            if let Some((_, _, line)) = refusal(&text, options) {
                quote(&line);
            }
            Tokenizer::new(TextInput::new(&text), options).error_in_rest(1);
        }
        let mut bytes = source.into_bytes();
        if !bytes.is_empty() {
            let at = noise.below(bytes.len());
            bytes[at] = noise.below(256) as u8;
        }
        let mut codec = |_: &str, _: &[u8]| Err(String::new());
        for origin in [Origin::Bytes, Origin::File("a.py")] {
            let _ = decode_source(&bytes, origin, true, &mut codec);
        }
    }
}
