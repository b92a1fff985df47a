//! Holds what is said about refused sources against what CPython 3.14 says, recorded in `tests/errors/*.txt`.
//!
//! Each line has three fields between tabs, each JSON: the source; the mode; `[exception, message, line, offset, end line,
//! end offset, text]`.

use serde_json::{Value, json};
use taipan_ast::Arena;
use taipan_ast::errors::IgnoreWarnings;
use taipan_parser::{Mode, ParseOptions, parse};

fn refusal(source: &str, mode: &str) -> Value {
    let mode = match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        _ => Mode::Single,
    };
    let arena = Arena::new();
    match parse(source, &ParseOptions::new(mode), &arena, &mut IgnoreWarnings) {
        Ok(_) => Value::Null,
        Err(e) => json!([e.kind.name(), e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text]),
    }
}

fn check(file: &str) {
    let mut total = 0;
    let mut wrong = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<Value> =
            line.split('\t').map(|field| serde_json::from_str(field).expect("JSON")).collect();
        let [Value::String(source), Value::String(mode), expected] = &fields[..] else { panic!("{line}") };
        let ours = refusal(source, mode);
        total += 1;
        if ours != *expected {
            wrong.push(format!("{mode} {source:?}\n  expected {expected}\n  got      {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {total} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn sources_of_the_test_suite() {
    check(include_str!("errors/suite.txt"));
}

#[test]
fn valid_sources_with_a_change() {
    check(include_str!("errors/mutations.txt"));
}
