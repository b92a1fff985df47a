//! Holds trees, and errors that depend on how a source is to be read, against what CPython 3.14 says, recorded in
//! `tests/grammar/*.txt`; and the parser's own bounds.

use serde_json::{Value, json};
use taipan_ast::errors::IgnoreWarnings;
use taipan_ast::{Arena, Location, SyntaxError, SyntaxErrorKind, WarningCategory, WarningSink};
use taipan_parser::{Mode, ParseOptions, parse};

#[path = "support/dump.rs"]
mod dump;

fn options(mode: &str, flags: &str, version: &str) -> ParseOptions {
    let mode = match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::FuncType,
    };
    let mut options = ParseOptions::new(mode);
    options.type_comments = flags.contains('t');
    options.allow_incomplete_input = flags.contains('i');
    options.dont_imply_dedent = flags.contains('d');
    options.barry_as_flufl = flags.contains('b');
    if let Ok(minor @ 0..) = version.parse() {
        options.feature_version = minor;
    }
    options
}

fn outcome(source: &str, options: &ParseOptions) -> Value {
    let arena = Arena::new();
    match parse(source, options, &arena, &mut IgnoreWarnings) {
        Ok(tree) => Value::String(dump::dump(&tree, true)),
        Err(e) if !e.kind.has_position() => json!([e.kind.name(), e.msg]),
        Err(e) => json!([e.kind.name(), e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset]),
    }
}

fn check(file: &str) {
    let mut wrong = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [source, mode, flags, version, expected] = fields[..] else { panic!("{line}") };
        let source: String = serde_json::from_str(source).unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        let ours = outcome(&source, &options(mode, flags, version));
        if ours != expected {
            wrong.push(format!(
                "{source:?} {mode} {flags} {version}\n  expected {expected}\n  got      {ours}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn trees() {
    check(include_str!("grammar/trees.txt"));
}

#[test]
fn errors_under_options() {
    check(include_str!("grammar/errors.txt"));
}

fn error(source: &str, options: &ParseOptions) -> SyntaxErrorKind {
    let arena = Arena::new();
    parse(source, options, &arena, &mut IgnoreWarnings).unwrap_err().kind
}

#[test]
fn nesting_is_bounded() {
    let options = ParseOptions::new(Mode::Exec).with_stack(1 << 20);
    for prefix in ["-", "not ", "lambda:", "1 if 1 else ", "1**", "if x:\n a\nel"] {
        assert_eq!(error(&prefix.repeat(6000), &options), SyntaxErrorKind::MemoryError, "{prefix}");
    }
    let thousand = "-".repeat(900) + "1\n";
    assert!(parse(&thousand, &options, &Arena::new(), &mut IgnoreWarnings).is_ok());
}

#[test]
fn long_integers_are_limited() {
    let mut options = ParseOptions::new(Mode::Eval);
    options.max_int_digits = 640;
    assert_eq!(
        outcome(&"1".repeat(641), &options),
        json!([
            "SyntaxError",
            "Exceeds the limit (640 digits) for integer string conversion: value has 641 digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to \
             avoid decimal conversion limits.",
            1,
            0,
            1,
            0
        ])
    );
    options.max_int_digits = 0;
    assert!(outcome(&"1".repeat(5000), &options).is_string());
}

/// Remembers warnings, and refuses them when told to.
struct Sink {
    seen: Vec<(String, i32)>,
    refuse: bool,
}

impl WarningSink for Sink {
    fn warn(&mut self, category: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError> {
        assert_eq!(category, WarningCategory::Syntax);
        self.seen.push((msg.to_owned(), loc.lineno));
        if self.refuse { Err(SyntaxError::plain(SyntaxErrorKind::SyntaxError, msg)) } else { Ok(()) }
    }
}

#[test]
fn warnings_come_once_and_may_be_errors() {
    let source = "match (\"\\d\"):\n case _: pass\nwith (f'\\e' as a.b)(x): pass\nx = 1if y else 2\n";
    let mut sink = Sink { seen: vec![], refuse: false };
    assert!(parse(source, &ParseOptions::new(Mode::Exec), &Arena::new(), &mut sink).is_err());
    let source = "match (\"\\d\"):\n case _: pass\nwith (f'\\e')(x): pass\nx = 1if y else 2\n";
    sink.seen.clear();
    assert!(parse(source, &ParseOptions::new(Mode::Exec), &Arena::new(), &mut sink).is_ok());
    let lines: Vec<i32> = sink.seen.iter().map(|(_, line)| *line).collect();
    assert_eq!(lines, [1, 3, 4]);
    let mut sink = Sink { seen: vec![], refuse: true };
    let error = parse("x = '\\d'\n", &ParseOptions::new(Mode::Exec), &Arena::new(), &mut sink).unwrap_err();
    assert_eq!((error.lineno, error.offset, error.end_offset), (1, 6, 8));
    assert!(error.msg.starts_with("\"\\d\" is an invalid escape sequence. Did you mean"), "{}", error.msg);
}
