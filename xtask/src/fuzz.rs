//! `cargo xtask fuzz [--seconds N] [--seed N] [TARGET…]`: throws mutated programs at what reads them.
//!
//! The corpus is the bundled library. Every input is written to `target/fuzz/current` before it is tried, so that one
//! that overflows the stack or hangs is at hand; one that panics is kept as `target/fuzz/TARGET-SEED`.

use crate::python::take_flag;
use crate::tree;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};
use taipan_parser::tokens::encoding::{Origin, decode_source};
use taipan_parser::tokens::{TokenKind, Tokenizer, TokenizerOptions};

type Target = fn(&[u8]);

/// What can be fuzzed, by name.
const TARGETS: &[(&str, Target)] = &[("tokens", tokens)];

fn tokens(input: &[u8]) {
    let mut no_codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
    let Ok(text) = decode_source(input, Origin::File("fuzz"), true, &mut no_codec) else { return };
    let mut tokens = Tokenizer::new(&text, TokenizerOptions::default());
    // Every token moves on, so there cannot be many more of them than bytes.
    for _ in 0..2 * input.len() + 1000 {
        match tokens.next() {
            Ok(token) if token.kind != TokenKind::EndMarker => {}
            _ => return,
        }
    }
    panic!("the tokenizer does not come to an end");
}

/// A small generator of numbers (xorshift), so that a seed says everything.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

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
    "async ",
    "await ",
    "yield ",
    "match ",
    "case ",
    "type ",
    "def f(",
    "class ",
    "if ",
    "else",
    "for ",
    "in ",
    "not ",
    "import ",
    "from . ",
    "with ",
    "try:",
    "except* ",
    "finally:",
    "global ",
    "nonlocal ",
    "0x",
    "1_",
    "1e",
    "1j",
    "é",
    "\u{feff}",
    "𝒳",
    "\u{2028}",
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
];

/// A part of a file, changed in a few places.
fn mutate(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let part = |random: &mut Random, most: usize| {
        let file = &files[random.below(files.len())];
        let from = random.below(file.len());
        let length = random.below(most.min(file.len() - from) + 1);
        file[from..from + length].to_vec()
    };
    let mut input = part(random, 4000);
    for _ in 0..1 + random.below(6) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(40)).min(input.len());
        match random.below(5) {
            0 => {
                input.drain(at..end);
            }
            1 => {
                let copy = input[at..end].to_vec();
                let times = if random.below(50) == 0 { 300 } else { 1 };
                input.splice(at..at, copy.repeat(times));
            }
            2 => {
                input.splice(at..at, part(random, 60));
            }
            3 if at < input.len() => input[at] = random.next() as u8,
            _ => {
                let piece = PIECES[random.below(PIECES.len())].as_bytes();
                let times = if random.below(100) == 0 { 2000 } else { 1 };
                input.splice(at..at, piece.repeat(times));
            }
        }
    }
    input
}

pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut arguments = arguments.to_vec();
    let mut number = |flag: &str, otherwise: u64| -> Result<u64, String> {
        take_flag(&mut arguments, flag)?
            .map_or(Ok(otherwise), |n| n.parse().map_err(|_| format!("{flag} wants a number")))
    };
    let (seconds, seed) = (number("--seconds", 10)?, number("--seed", 1)?);
    if let Some(name) = arguments.iter().find(|name| !TARGETS.iter().any(|(known, _)| known == *name)) {
        let known: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        return Err(format!("no target is called {name:?}; known: {}", known.join(", ")));
    }
    let files: Vec<Vec<u8>> = taipan_stdlib::files()
        .filter(|file| file.path().ends_with(".py") && !file.is_empty())
        .map(|file| file.contents().into_owned())
        .collect();
    let folder = tree::root().join("target/fuzz");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut failures = Vec::new();
    for (name, target) in
        TARGETS.iter().filter(|(name, _)| arguments.is_empty() || arguments.iter().any(|a| a == name))
    {
        let begun = Instant::now();
        let mut count = 0;
        while begun.elapsed() < Duration::from_secs(seconds) {
            let this = seed.wrapping_add(count);
            let input = mutate(&files, &mut Random(this.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1));
            std::fs::write(folder.join("current"), &input).map_err(|error| error.to_string())?;
            if panic::catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
                let kept = format!("{name}-{this}");
                std::fs::write(folder.join(&kept), &input).map_err(|error| error.to_string())?;
                failures.push(kept);
            }
            count += 1;
        }
        println!("{name}: {count} inputs, {} panics", failures.len());
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("panics on: {}", failures.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything() {
        let files = vec![b"def f(x):\n    return x\n".to_vec(), b"a = [1, 2]\n".to_vec()];
        for seed in 1..200 {
            let input = mutate(&files, &mut Random(seed));
            assert_eq!(input, mutate(&files, &mut Random(seed)));
            tokens(&input);
        }
    }
}
