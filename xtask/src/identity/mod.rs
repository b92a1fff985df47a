//! `cargo xtask identity`: the compiler held against CPython's, file by file.
//!
//! ```text
//! identity --python PYTHON --reference PYTHON [--stage tokens,ast,symtable,code] [--optimize 0] [--show 5] PATH…
//! ```
//!
//! Each path is a file or a folder of them. For every stage both interpreters must make the same of a file: the same
//! tokens, tree, symbol tables or code, or the same error with the same words and columns.

use crate::python::{Python, Scratch, take_flag, wait};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CHILD: &str = include_str!("child.py");

pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut arguments = arguments.to_vec();
    let mut interpreter = |flag: &str| -> Result<Python, String> {
        Python::parse(&take_flag(&mut arguments, flag)?.ok_or_else(|| format!("{flag} is missing"))?)
    };
    let (python, reference) = (interpreter("--python")?, interpreter("--reference")?);
    let stages = take_flag(&mut arguments, "--stage")?.unwrap_or_else(|| "tokens,ast,symtable,code".into());
    let optimize = take_flag(&mut arguments, "--optimize")?.unwrap_or_else(|| "0".into());
    let show: usize = take_flag(&mut arguments, "--show")?
        .map_or(Ok(5), |n| n.parse().map_err(|_| "--show wants a number"))?;
    let mut paths = Vec::new();
    for argument in &arguments {
        let path = fs::canonicalize(argument).map_err(|error| format!("{argument}: {error}"))?;
        collect(&path, &mut paths)?;
    }
    if paths.is_empty() {
        return Err("no files".into());
    }
    let ask = |python: &Python, stages: &str, paths: &[String], form: &str| {
        rows(python, stages, &optimize, paths, form)
    };
    let (wanted, got) = (ask(&reference, &stages, &paths, "hash")?, ask(&python, &stages, &paths, "hash")?);
    let mut whole = true;
    for stage in stages.split(',') {
        let differing: Vec<&String> =
            paths.iter().filter(|path| wanted[*path][stage] != got[*path][stage]).collect();
        let same = paths.len() - differing.len();
        println!(
            "{stage}: {same}/{} files identical = {:.2}%",
            paths.len(),
            100.0 * same as f64 / paths.len() as f64
        );
        whole &= differing.is_empty();
        for path in differing.into_iter().take(show) {
            let one = std::slice::from_ref(path);
            let (a, b) = (ask(&reference, stage, one, "full")?, ask(&python, stage, one, "full")?);
            println!("    {path} {}", first_difference(&a[path][stage], &b[path][stage], ""));
        }
    }
    if whole { Ok(()) } else { Err("not identical".into()) }
}

fn collect(path: &Path, paths: &mut Vec<String>) -> Result<(), String> {
    if path.is_file() {
        paths.push(path.to_string_lossy().into_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder =
            entry.is_dir() && !matches!(name.as_str(), "__pycache__" | "site-packages" | "dist-packages");
        if folder || name.ends_with(".py") {
            collect(&entry, paths)?;
        }
    }
    Ok(())
}

/// What the interpreter makes of the files; for one that kills it, how it died.
fn rows(
    python: &Python,
    stages: &str,
    level: &str,
    paths: &[String],
    form: &str,
) -> Result<BTreeMap<String, Value>, String> {
    let mut rows = BTreeMap::new();
    let mut left = paths.to_vec();
    let scratch = Scratch::new("identity")?;
    let child = scratch.write("child.py", CHILD)?;
    while !left.is_empty() {
        let listing = scratch.write("files.json", &serde_json::json!(left).to_string())?;
        let mut command = python.command();
        command.arg(&child).args([stages, level]).arg(listing).arg(form).current_dir(scratch.path());
        command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
        command.stdout(scratch.create("out")?).stderr(scratch.create("err")?);
        let mut process = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let ended = wait(&mut process, Duration::from_secs(3600))?;
        let output = fs::read_to_string(scratch.join("out")).unwrap_or_default();
        for row in output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            rows.insert(row["path"].as_str().unwrap_or_default().to_string(), row);
        }
        left.retain(|path| !rows.contains_key(path));
        if let Some(first) = left.first().cloned() {
            let said = fs::read(scratch.join("err")).unwrap_or_default();
            let said = String::from_utf8_lossy(&said[said.len().saturating_sub(200)..]).into_owned();
            let death = Value::from(format!("died: {ended:?} {said}"));
            let row = stages.split(',').map(|stage| (stage.to_string(), death.clone()));
            rows.insert(first.clone(), Value::Object(row.collect()));
            left.retain(|path| *path != first);
        }
    }
    Ok(rows)
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}

/// Where two answers differ first; `wanted` is the reference's.
fn first_difference(wanted: &Value, got: &Value, at: &str) -> String {
    match (wanted, got) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                if b.get(key) != Some(value) {
                    let name = a.get("name").and_then(Value::as_str).unwrap_or_default();
                    return first_difference(
                        value,
                        b.get(key).unwrap_or(&Value::Null),
                        &format!("{at}<{name}>.{key}"),
                    );
                }
            }
            format!("{at}: more fields than the reference")
        }
        (Value::Array(a), Value::Array(b)) => {
            let pairs = a.iter().zip(b).enumerate();
            for (index, (x, y)) in pairs {
                if x != y {
                    return first_difference(x, y, &format!("{at}[{index}]"));
                }
            }
            format!("{at}: {} items, reference {}", b.len(), a.len())
        }
        (Value::String(a), Value::String(b)) if a.len() > 120 => {
            let index = a.bytes().zip(b.bytes()).position(|(x, y)| x != y).unwrap_or(a.len().min(b.len()));
            let part = |text: &str| -> String {
                let from = text
                    .char_indices()
                    .map(|(at, _)| at)
                    .take_while(|at| *at + 40 <= index)
                    .last()
                    .unwrap_or(0);
                text[from..].chars().take(100).collect()
            };
            format!("{at} at {index}: …{}…, reference …{}…", part(b), part(a))
        }
        _ => format!("{at}: {}, reference {}", shortened(got), shortened(wanted)),
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_by_its_place() {
        let a = json!({"name": "f", "consts": [["int", "1"], ["int", "2"]]});
        let b = json!({"name": "f", "consts": [["int", "1"], ["int", "3"]]});
        assert_eq!(first_difference(&a, &b, ""), "<f>.consts[1][1]: \"3\", reference \"2\"");
        assert_eq!(first_difference(&json!([1]), &json!([1, 2]), "x"), "x: 2 items, reference 1");
    }
}
