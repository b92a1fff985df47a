//! `cargo xtask codegen` writes every generated file anew; `--check` writes nothing and fails where one is stale.
//!
//! A generator is a function from the definition files to a list of outputs. It reads with [`crate::tree::read`] and
//! never writes; Rust text is passed through rustfmt here, so a generator need not care about layout.

mod abi;
mod ast;
mod ast_objects;
mod instructions;

use crate::tree;
use std::io::Write;
use std::process::{Command, Stdio};

/// One generated file: its path below the workspace root and its whole text.
pub struct Output {
    pub path: String,
    pub text: String,
}

type Generator = fn() -> Result<Vec<Output>, String>;

/// Every generator, by the name that `cargo xtask codegen NAME` takes.
const GENERATORS: &[(&str, Generator)] =
    &[("abi", abi::generate), ("ast", ast::generate), ("instructions", instructions::generate)];

/// Runs the generators named in `arguments`, or all; `--check` compares instead of writing.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let names: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(name) = names.iter().find(|name| !GENERATORS.iter().any(|(known, _)| known == *name)) {
        return Err(format!("no generator is called {name:?}"));
    }
    let mut stale = Vec::new();
    for (name, generate) in GENERATORS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        for output in generate().map_err(|error| format!("{name}: {error}"))? {
            let text = if output.path.ends_with(".rs") { rustfmt(&output)? } else { output.text };
            if tree::read(&output.path).is_ok_and(|current| current == text) {
                continue;
            }
            if check {
                stale.push(output.path);
            } else {
                tree::write(&output.path, &text)?;
                println!("wrote {}", output.path);
            }
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale (run `cargo xtask codegen`): {}", stale.join(", ")))
    }
}

/// The text as rustfmt lays it out under the workspace's own settings.
fn rustfmt(output: &Output) -> Result<String, String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(tree::root().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt: {error}"))?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let text = output.text.clone();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let finished = child.wait_with_output().map_err(|error| format!("rustfmt: {error}"))?;
    writer.join().expect("the writer does not panic").map_err(|error| format!("rustfmt: {error}"))?;
    if !finished.status.success() {
        return Err(format!("rustfmt refuses what was generated for {}", output.path));
    }
    String::from_utf8(finished.stdout).map_err(|error| format!("{}: {error}", output.path))
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_fresh() {
        super::run(&["--check".to_string()]).unwrap();
    }
}
