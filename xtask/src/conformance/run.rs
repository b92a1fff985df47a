//! Running the suite: each module in processes of its own, begun anew behind every test that kills one.

use super::{Module, Results, full_name, load, save};
use crate::python::{Python, Scratch, kill_group, names, take_flag};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CHILD: &str = include_str!("child.py");

/// How long one test may show nothing before it counts as hung.
const SILENCE: Duration = Duration::from_secs(90);

/// How many tests of one module may kill their process.
const RESTARTS: usize = 40;

struct Plan {
    python: Python,
    tests: PathBuf,
    timeout: Duration,
    wanted: Vec<String>,
}

pub fn run(mut arguments: Vec<String>) -> Result<(), String> {
    let python = take_flag(&mut arguments, "--python")?.ok_or("--python is missing")?;
    let tests = take_flag(&mut arguments, "--tests")?.ok_or("--tests is missing")?;
    let output = take_flag(&mut arguments, "-o")?.ok_or("-o is missing")?;
    let jobs = take_flag(&mut arguments, "-j")?
        .map_or(Ok(2), |jobs| jobs.parse::<usize>().map_err(|_| "-j wants a number"))?;
    let seconds = take_flag(&mut arguments, "--timeout")?
        .map_or(Ok(300), |seconds| seconds.parse::<u64>().map_err(|_| "--timeout wants a number"))?;
    let mut wanted = Vec::new();
    while let Some(text) = take_flag(&mut arguments, "-m")? {
        wanted.push(text);
    }
    let tests = fs::canonicalize(&tests).map_err(|error| format!("{tests}: {error}"))?;
    let mut modules = names(&arguments)?;
    if modules.is_empty() {
        modules = every_module(&tests)?;
    }
    let plan = Plan { python: Python::parse(&python)?, tests, timeout: Duration::from_secs(seconds), wanted };
    let results: Mutex<Results> = Mutex::new(load(&output).unwrap_or_default());
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1))
            .map(|_| {
                scope.spawn(|| -> Result<(), String> {
                    while let Some(name) = modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let name = full_name(name);
                        let module = plan.run_module(&name)?;
                        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                        println!("[{count}/{}] {name} {}", modules.len(), describe(&module));
                        let mut results = results.lock().map_err(|_| "another worker failed")?;
                        results.insert(name, module);
                        save(&output, &results)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked")?)
    })
}

fn describe(module: &Module) -> String {
    let count = |word: &str| module.tests.values().filter(|(got, _)| got == word).count();
    let words = ["pass", "fail", "error", "skip", "crash", "timeout", "lost"];
    let counts: Vec<String> =
        words.iter().filter(|word| count(word) > 0).map(|word| format!("{word}={}", count(word))).collect();
    let state = if module.state == "ok" { "" } else { module.state.lines().next().unwrap_or_default() };
    format!("{:.1}s {} {state}", module.seconds, counts.join(" "))
}

fn every_module(tests: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(tests).map_err(|error| format!("{}: {error}", tests.display()))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".py").map(str::to_string);
        let package = || entry.path().join("__init__.py").exists().then(|| name.clone());
        found.extend(stem.or_else(package).filter(|stem| stem.starts_with("test_")));
    }
    found.sort();
    Ok(found)
}

impl Plan {
    /// A folder whose `path` holds the package `test` and the extension modules made for tests, and nothing else.
    fn prepare(&self) -> Result<Scratch, String> {
        let scratch = Scratch::new("conformance")?;
        let problem = |error: std::io::Error| format!("{}: {error}", scratch.path().display());
        for folder in ["path", "cwd"] {
            fs::create_dir(scratch.join(folder)).map_err(problem)?;
        }
        symlink(&self.tests, scratch.join("path/test")).map_err(problem)?;
        let extensions = self.tests.join("../lib-dynload");
        for entry in fs::read_dir(extensions).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let for_tests =
                ["_test", "_ctypes_test", "xx", "_xxtest"].iter().any(|start| name.starts_with(start));
            if for_tests && !name.starts_with("_testinternalcapi") {
                symlink(entry.path(), scratch.join("path").join(&name)).map_err(problem)?;
            }
        }
        scratch.write("child.py", CHILD)?;
        Ok(scratch)
    }

    fn run_module(&self, name: &str) -> Result<Module, String> {
        let scratch = self.prepare()?;
        let begun = Instant::now();
        let mut module = Module { state: "ok".into(), ..Module::default() };
        let mut planned = Vec::new();
        for _ in 0..RESTARTS {
            let Some(left) = self.timeout.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) else {
                module.state = "timeout".into();
                break;
            };
            let ended = self.run_once(name, &scratch, &module, left)?;
            let journal = fs::read_to_string(scratch.join("journal")).unwrap_or_default();
            let (current, finished) = read_journal(&journal, &mut module, &mut planned);
            if finished {
                break;
            }
            let tail = tail_of(&scratch.join("log"));
            match current {
                Some(test) => {
                    let word = if ended.is_none() { "timeout" } else { "crash" };
                    module.tests.insert(test, (word.into(), format!("{ended:?}\n{tail}")));
                }
                None => {
                    module.state = format!("died: {ended:?}: {tail}");
                    break;
                }
            }
        }
        for test in planned {
            module.tests.entry(test).or_insert_with(|| ("lost".into(), String::new()));
        }
        module.seconds = (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        Ok(module)
    }

    /// Runs what is left of the module; `None` where the process had to be killed.
    fn run_once(
        &self,
        name: &str,
        scratch: &Scratch,
        module: &Module,
        left: Duration,
    ) -> Result<Option<i32>, String> {
        let done: Vec<&String> = module.tests.keys().collect();
        scratch.write("skips", &serde_json::json!(done).to_string())?;
        let journal = scratch.write("journal", "")?;
        let log = scratch.create("log")?;
        let mut command = self.python.command();
        command
            .arg(scratch.join("child.py"))
            .arg(name)
            .arg(&journal)
            .arg(scratch.join("skips"))
            .args(&self.wanted);
        command.env("PYTHONPATH", scratch.join("path")).env("CONFORMANCE_CWD", scratch.join("cwd"));
        command
            .env("TMPDIR", scratch.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(scratch.join("cwd"));
        command.stdout(log.try_clone().map_err(|error| error.to_string())?).stderr(log);
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let (begun, mut last, mut size) = (Instant::now(), Instant::now(), 0);
        loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                kill_group(&mut child);
                return Ok(Some(status.code().unwrap_or(-1)));
            }
            let now = fs::metadata(&journal).map_or(0, |data| data.len());
            if now != size {
                (size, last) = (now, Instant::now());
            }
            if last.elapsed() > SILENCE || begun.elapsed() > left {
                kill_group(&mut child);
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(if begun.elapsed().as_secs() < 2 { 5 } else { 100 }));
        }
    }
}

fn tail_of(path: &Path) -> String {
    let log = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&log[log.len().saturating_sub(1500)..]).into_owned()
}

/// Takes over what the journal says; gives the test that was running at its end and whether the module was done.
fn read_journal(journal: &str, module: &mut Module, planned: &mut Vec<String>) -> (Option<String>, bool) {
    let (mut current, mut finished) = (None, false);
    for row in journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let text = |index: usize| row[index].as_str().unwrap_or_default().to_string();
        match text(0).as_str() {
            "planned" if planned.is_empty() => {
                planned.extend(
                    row[1].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string),
                );
            }
            "start" => current = Some(text(1)),
            "end" => {
                let (test, word) = (text(1), text(2));
                let worse = matches!(word.as_str(), "fail" | "error");
                if worse || module.tests.get(&test).is_none_or(|(got, _)| got == "pass") {
                    module.tests.insert(test.clone(), (word, text(3)));
                }
                if current.as_ref() == Some(&test) {
                    current = None;
                }
            }
            "module" => module.state = text(1),
            "done" => finished = true,
            _ => {}
        }
    }
    (current, finished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_breaks_off_names_the_test_that_was_running() {
        let journal = r#"["planned", ["a", "b", "c"]]
["start", "a"]
["end", "a", "pass", ""]
["start", "b"]
["end", "b", "fail", "sub"]
["end", "b", "pass", ""]
["start", "c"]
["sta"#;
        let (mut module, mut planned) = (Module::default(), Vec::new());
        assert_eq!(read_journal(journal, &mut module, &mut planned), (Some("c".into()), false));
        assert_eq!(planned, ["a", "b", "c"]);
        assert_eq!((module.tests["a"].0.as_str(), module.tests["b"].0.as_str()), ("pass", "fail"));
        assert_eq!(read_journal("[\"done\"]", &mut module, &mut planned), (None, true));
    }
}
