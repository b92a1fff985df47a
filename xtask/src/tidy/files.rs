//! The shape of a source file: it opens by saying what it is for, it is short, its functions are short, nothing in it
//! is left for later, and only the `host` crate reaches the operating system.

use super::Source;
use super::exceptions::Exceptions;
use super::lexer::{self, Token};

const FILE_LINES: usize = 1000;
const FUNCTION_LINES: usize = 100;

/// Macros that stand for something not written.
const STUBS: &[&str] = &["todo", "unimplemented", "dbg"];

/// Folders that may reach the operating system: the door itself, what runs before Taipan does, tests and examples.
const DOORS: &[&str] = &[
    "crates/host/",
    "crates/stdlib/build",
    "crates/taipan/build.rs",
    "crates/capi/build.rs",
    "xtask/",
    "/tests/",
    "/examples/",
];

pub fn check(source: &Source, allowed: &mut Exceptions, complaints: &mut Vec<String>) {
    let path = &source.path;
    if !source.text.starts_with("//!") {
        complaints.push(format!("{path}: does not open with `//!`: say what the file is for"));
    }
    let tokens = lexer::tokens(&source.text);
    for pair in tokens.windows(2) {
        if let [(Token::Word(word), line), (Token::Mark(b'!'), _)] = pair
            && STUBS.contains(word)
        {
            complaints.push(format!("{path}:{line}: stub: {word}!"));
        }
    }
    if !DOORS.iter().any(|door| path.contains(door)) {
        let reached = reaches_system(&tokens);
        if let Some((what, line)) = reached.first()
            && !allowed.allow("door", path, reached.len())
        {
            complaints.push(format!(
                "{path}:{line}: goes past the `host` crate: {what} ({} in all)",
                reached.len()
            ));
        }
    }
    if source.is_generated() {
        return;
    }
    let lines = source.text.lines().count();
    if lines > FILE_LINES && !allowed.allow("file", path, lines) {
        complaints.push(format!("{path}: more than {FILE_LINES} lines: {lines}"));
    }
    for function in lexer::functions(&source.text) {
        let subject = format!("{path}::{}", function.name);
        if function.lines > FUNCTION_LINES && !allowed.allow("function", &subject, function.lines) {
            let lines = function.lines;
            complaints
                .push(format!("{subject}:{}: more than {FUNCTION_LINES} lines: {lines}", function.line));
        }
    }
}

/// The places that name `std::fs`, `std::net`, `std::process` or call a `libc` function.
fn reaches_system<'a>(tokens: &[(Token<'a>, usize)]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for window in tokens.windows(5) {
        let [
            (Token::Word(first), line),
            (Token::Mark(b':'), _),
            (Token::Mark(b':'), _),
            (Token::Word(second), _),
            (next, _),
        ] = window
        else {
            continue;
        };
        let module = *first == "std" && matches!(*second, "fs" | "net" | "process");
        let call = *first == "libc"
            && *next == Token::Mark(b'(')
            && second.starts_with(|c: char| c.is_ascii_lowercase());
        if module || call {
            found.push((format!("{first}::{second}"), *line));
        }
    }
    found
}
