//! `cargo xtask conformance`: CPython's own test suite under any Python, test by test.
//!
//! ```text
//! conformance run   --python PYTHON --tests FOLDER -o OUT.json [-j JOBS] [--timeout SECONDS] [-m TEXT] [MODULE…]
//! conformance score OUT.json [--baseline BASE.json] [--missing] [MODULE…]
//! conformance record OUT.json --baseline BASE.json
//! ```
//!
//! `FOLDER` is CPython's `Lib/test`; `MODULE` is `test_int` or `@FILE`. A score counts the tests that pass in the
//! baseline (a run of CPython itself) and here. `record` writes the scores to `tests/conformance.tsv`, whose totals only
//! rise: it refuses where a module has become worse.

mod record;
mod run;
mod score;

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

/// What a run says of one module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    pub state: String,
    pub seconds: f64,
    /// For each test `pass`, `fail`, `error`, `skip`, `crash`, `timeout` or `lost`, and what it said.
    pub tests: BTreeMap<String, (String, String)>,
}

pub type Results = BTreeMap<String, Module>;

pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((word, rest)) if word == "run" => run::run(rest.to_vec()),
        Some((word, rest)) if word == "score" => score::run(rest.to_vec()),
        Some((word, rest)) if word == "record" => record::run(rest.to_vec()),
        _ => Err("wanted: run, score or record; the head of xtask/src/conformance/mod.rs says how".into()),
    }
}

/// The results in a file, which may be compressed.
pub fn load(path: &str) -> Result<Results, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{path}: {error}");
    let file = std::fs::File::open(path).map_err(|error| problem(&error))?;
    let mut text = String::new();
    if path.ends_with(".gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).map_err(|error| problem(&error))?;
    } else {
        std::io::BufReader::new(file).read_to_string(&mut text).map_err(|error| problem(&error))?;
    }
    let value: Value = serde_json::from_str(&text).map_err(|error| problem(&error))?;
    let table = value.as_object().ok_or_else(|| problem(&"not a table"))?;
    Ok(table.iter().map(|(name, module)| (name.clone(), from_json(module))).collect())
}

fn from_json(module: &Value) -> Module {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_string();
    let tests = module["tests"].as_object().into_iter().flatten();
    Module {
        state: text(module.get("state")),
        seconds: module["seconds"].as_f64().unwrap_or_default(),
        tests: tests.map(|(id, row)| (id.clone(), (text(row.get(0)), text(row.get(1))))).collect(),
    }
}

pub fn save(path: &str, results: &Results) -> Result<(), String> {
    let modules = results.iter().map(|(name, module)| {
        let tests =
            module.tests.iter().map(|(id, (word, detail))| (id.clone(), serde_json::json!([word, detail])));
        let value = serde_json::json!({
            "module": name,
            "state": module.state,
            "seconds": module.seconds,
            "tests": Value::Object(tests.collect()),
        });
        (name.clone(), value)
    });
    let text = Value::Object(modules.collect()).to_string();
    let part = format!("{path}.part");
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| format!("{path}: {error}"))
}

/// A module's full name: `test_int` is `test.test_int`.
pub fn full_name(name: &str) -> String {
    if name.starts_with("test.") { name.to_string() } else { format!("test.{name}") }
}
