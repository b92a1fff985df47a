//! `cargo xtask ci`: everything that must hold before a change lands, with the totals of all tests at the end.

use crate::tree;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The steps in order, quickest first; each is the arguments of one `cargo` call.
const STEPS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    &["test", "--workspace", "--locked", "--no-fail-fast"],
    // As it is delivered: instructions are a chain of jumps there only, and the linker folds equal functions.
    &["test", "--release", "--package", "taipan", "--locked", "--no-fail-fast"],
];

/// What the test binaries of one run said together.
#[derive(Default, Debug, PartialEq, Eq)]
struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Totals {
    /// Adds a line of the form `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else { return };
        let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

pub fn run() -> Result<(), String> {
    let mut totals = Totals::default();
    let mut broken = Vec::new();
    for step in STEPS {
        println!("== cargo {}", step.join(" "));
        if !run_step(step, &mut totals)? {
            broken.push(step[0]);
        }
    }
    println!("tests: {} passed, {} failed, {} ignored", totals.passed, totals.failed, totals.ignored);
    if broken.is_empty() { Ok(()) } else { Err(format!("failed: {}", broken.join(", "))) }
}

fn run_step(step: &[&str], totals: &mut Totals) -> Result<bool, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let problem = |error: std::io::Error| format!("cargo {}: {error}", step[0]);
    let mut command = Command::new(cargo);
    command.args(step).current_dir(tree::root()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(problem)?;
    for line in BufReader::new(child.stdout.take().expect("stdout is piped")).lines() {
        let line = line.map_err(problem)?;
        totals.add(&line);
        println!("{line}");
    }
    Ok(child.wait().map_err(problem)?.success())
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn totals_add_up() {
        let mut totals = Totals::default();
        totals.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s",
        );
        totals.add("test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out");
        totals.add("running 4 tests");
        assert_eq!(totals, Totals { passed: 5, failed: 5, ignored: 1 });
    }
}
