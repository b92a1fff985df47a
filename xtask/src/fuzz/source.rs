//! Programs with mistakes: parts of real files, changed in a few places.
//!
//! [`bytes`] knows nothing of the language, so that most of what it makes ends in an error early. [`tokens`] takes whole
//! statements and puts tokens in the place of others of their kind: much of that is a program, if a strange one.

use super::random::Random;
use taipan_parser::tokens::{TextInput, Token, TokenKind, Tokenizer, TokenizerOptions};

/// Pieces that have a meaning somewhere in the grammar, or none anywhere.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "=",
    ":=",
    "*",
    "**",
    "->",
    "@",
    "\\",
    "\n",
    "\r",
    "\t",
    "    ",
    "\0",
    "'",
    "\"",
    "'''",
    "f'",
    "t\"",
    "rb'",
    "{x!r:>{y}}",
    "#",
    "lambda ",
    "lambda x, *, y=1: ",
    "async ",
    "await ",
    "yield ",
    "yield from ",
    "match ",
    "case ",
    "case {'a': [x, *_], **rest} if x:",
    "type ",
    "def f(",
    "def f[T: int = str, *A, **P](a, /, b=1, *c: T, d, **e) -> A:",
    "class ",
    "if ",
    "else",
    "for ",
    "in ",
    "not ",
    "import ",
    "from . ",
    "from __future__ import annotations\n",
    "with ",
    "try:",
    "except* ",
    "finally:",
    "return ",
    "continue\n",
    "break\n",
    "raise ",
    "global ",
    "nonlocal ",
    "0x",
    "1_",
    "1e",
    "1j",
    "1e999",
    "99999999999999999999999999999999",
    "(-1) ** 0.5 << 99 ",
    "é",
    "\u{feff}",
    "𝒳",
    "\u{2028}",
    "\\N{DIGIT ONE}",
    "\\ud800",
    "...",
    "None",
    "del ",
    "print ",
    "; ",
    ", ",
    ".",
    "!=",
    "<>",
    "$",
    "?",
    "# type: ignore\n",
    "# -*- coding: latin-1 -*-\n",
];

/// What can be put around or before itself as often as one likes.
const NESTING: &[&str] = &[
    "(",
    "[",
    "{",
    "{1:",
    "-",
    "not ",
    "~",
    "lambda: ",
    "f'{",
    "f(",
    "a.",
    "a[",
    "a+",
    "a**",
    "a if b else ",
    "(yield ",
    "await ",
    "*",
    "[x for x in ",
    "if a:\n ",
    "x = ",
    "a < ",
    "a and ",
    "@",
    "f\"{x:{",
    "case [",
    "except* ",
    "elif a:\n",
    "\t",
    " ",
    "a:=",
    "\"\" ",
    "class A:\n ",
    "def f():\n ",
    "for x in x:\n ",
    "with a as (",
    "try:\n ",
    "x:",
];

fn part<'a>(files: &'a [Vec<u8>], random: &mut Random, most: usize) -> &'a [u8] {
    let file = random.pick(files);
    let from = random.below(file.len());
    let length = random.below(most.min(file.len() - from) + 1);
    &file[from..from + length]
}

/// A part of a file, changed in a few places without regard to what is there.
pub fn bytes(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = part(files, random, 4000).to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(40)).min(input.len());
        match random.below(7) {
            0 => {
                input.drain(at..end);
            }
            1 => {
                let copy = input[at..end].to_vec();
                let times = if random.once_in(50) { 300 } else { 1 };
                input.splice(at..at, copy.repeat(times));
            }
            2 => {
                input.splice(at..at, part(files, random, 60).iter().copied());
            }
            3 if at < input.len() => input[at] = random.next() as u8,
            4 if at < end => input.swap(at, end - 1),
            5 => {
                let times = if random.once_in(20) { 1 << random.below(15) } else { 1 };
                input.splice(at..at, random.pick(NESTING).as_bytes().repeat(times));
            }
            _ => {
                let piece = random.pick(PIECES).as_bytes();
                let times = if random.once_in(100) { 2000 } else { 1 };
                input.splice(at..at, piece.repeat(times));
            }
        }
    }
    match random.below(60) {
        0 => [b"\xef\xbb\xbf", &input[..]].concat(),
        1 => [b"# coding: cp1252\n", &input[..]].concat(),
        2 => [b"#!x\n# coding=utf-8\n", &input[..]].concat(),
        _ => input,
    }
}

/// Whole statements of a file, in which tokens have been exchanged.
pub fn tokens(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut source = String::new();
    for _ in 0..=random.below(3) {
        source.push_str(&statements(files, random));
    }
    let known = tokenize(&source);
    if known.len() < 2 {
        return source.into_bytes();
    }
    let mut edits: Vec<(Token, String)> = Vec::new();
    for _ in 0..=random.below(8) {
        let token = *random.pick(&known);
        let other = *random.pick(&known);
        let (this, that) = (&source[token.start..token.end], &source[other.start..other.end]);
        let text = match random.below(8) {
            0 => String::new(),
            1 => format!("{this} {that}"),
            2 => random.pick(PIECES).to_string(),
            3 => {
                let times = if random.once_in(40) { 1 << random.below(12) } else { 1 };
                format!("{}{this}", random.pick(NESTING).repeat(times))
            }
            4 => format!("({this})"),
            _ => {
                let alike: Vec<&Token> = known.iter().filter(|t| alike(t.kind, token.kind)).collect();
                let other = random.pick(&alike);
                source[other.start..other.end].to_string()
            }
        };
        edits.push((token, text));
    }
    edits.sort_by_key(|(token, _)| token.start);
    let mut result = String::new();
    let mut at = 0;
    for (token, text) in edits.iter().filter(|(token, _)| token.end > token.start) {
        if token.start >= at {
            result.push_str(&source[at..token.start]);
            result.push_str(text);
            at = token.end;
        }
    }
    result.push_str(&source[at..]);
    result.into_bytes()
}

/// Some statements of one file's top level.
pub fn statements(files: &[Vec<u8>], random: &mut Random) -> String {
    let text = String::from_utf8_lossy(random.pick::<Vec<u8>>(files));
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@' || c == '_');
    let starts: Vec<usize> = (0..lines.len()).filter(|&i| begins(&lines[i])).collect();
    if starts.is_empty() {
        return String::new();
    }
    let first = random.below(starts.len());
    let mut result = String::new();
    let end = starts.get(first + 1 + random.below(3)).copied().unwrap_or(lines.len());
    for line in lines[starts[first]..end].iter().take(150) {
        result.push_str(line);
        result.push('\n');
    }
    result
}

/// The tokens up to the first error.
fn tokenize(source: &str) -> Vec<Token> {
    let mut tokenizer = Tokenizer::new(TextInput::new(source), TokenizerOptions::default());
    let mut found = Vec::new();
    while let Ok(token) = tokenizer.next() {
        if token.kind == TokenKind::EndMarker || found.len() > source.len() {
            break;
        }
        found.push(token);
    }
    found
}

/// Whether one can often stand where the other stands.
fn alike(a: TokenKind, b: TokenKind) -> bool {
    let class = |kind| match kind {
        TokenKind::Name | TokenKind::Number | TokenKind::String => 0,
        TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent => 1,
        _ => 2,
    };
    class(a) == class(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything() {
        let files = vec![b"def f(x):\n    return x\n".to_vec(), b"a = [1, 2]\n".to_vec()];
        for index in 0..200 {
            for make in [bytes, tokens] {
                let input = make(&files, &mut Random::of(1, index));
                assert_eq!(input, make(&files, &mut Random::of(1, index)));
            }
        }
    }
}
