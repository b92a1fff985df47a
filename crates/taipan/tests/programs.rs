//! Runs every program of `tests/programs` with the built `taipan` and compares what it prints with what CPython 3.14
//! prints (the `.out` file beside it; `cargo xtask programs --reference PYTHON` writes those).
//!
//! A program runs in its own folder with a fixed hash seed and no input. It must end with status 0, or with the status
//! that a line `# exit: N` of it names. `TAIPAN_PROGRAMS=word` runs only the programs whose names hold the word.

mod launch;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long one program may run before it counts as hung.
const LIMIT: Duration = Duration::from_secs(60);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs")
}

fn programs() -> Vec<PathBuf> {
    let filter = std::env::var("TAIPAN_PROGRAMS").unwrap_or_default();
    let entries = fs::read_dir(folder()).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .filter(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains(&filter)))
        .collect();
    found.sort();
    found
}

/// Why the program does not behave as CPython does, if it does not.
fn complaint(program: &Path) -> Option<String> {
    let Ok(wanted) = fs::read(program.with_extension("out")) else {
        return Some("has no .out file".into());
    };
    let source = fs::read_to_string(program).unwrap_or_default();
    let status = source.lines().find_map(|line| line.strip_prefix("# exit:")).map_or("0", str::trim);
    let mut child = launch::taipan()
        .arg(program.file_name().unwrap_or_default())
        .current_dir(folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("taipan starts");
    let (mut stdout, mut stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let out = std::thread::spawn(move || read_all(&mut stdout));
    let err = std::thread::spawn(move || read_all(&mut stderr));
    let begun = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("a child can be waited for") {
            break ended;
        }
        if begun.elapsed() > LIMIT {
            child.kill().expect("a child can be killed");
            child.wait().expect("a child can be waited for");
            return Some(format!("did not end in {LIMIT:?}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (got, said) = (out.join().expect("reads"), err.join().expect("reads"));
    if ended.code().map(|code| code.to_string()).as_deref() != Some(status) {
        return Some(format!("ended with {ended}, wanted {status}\n{}", String::from_utf8_lossy(&said)));
    }
    difference(&String::from_utf8_lossy(&wanted), &String::from_utf8_lossy(&got))
}

fn read_all(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}

/// The first line in which the two texts differ.
fn difference(wanted: &str, got: &str) -> Option<String> {
    if wanted == got {
        return None;
    }
    let mut lines = wanted.lines().zip(got.lines()).enumerate();
    let shown = match lines.find(|(_, (a, b))| a != b) {
        Some((index, (a, b))) => format!("line {}: {b:?}, CPython prints {a:?}", index + 1),
        None => format!("{} lines, CPython prints {}", got.lines().count(), wanted.lines().count()),
    };
    Some(shown)
}

#[test]
fn programs_print_what_cpython_prints() {
    let programs = programs();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(complaint) = complaint(program) {
                        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
                        failures.lock().expect("no thread panics").push(format!("{name}: {complaint}"));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics");
    failures.sort();
    println!("programs: {} of {} print what CPython prints", programs.len() - failures.len(), programs.len());
    assert!(
        failures.is_empty(),
        "{} of {} programs differ:\n{}",
        failures.len(),
        programs.len(),
        failures.join("\n")
    );
}

#[test]
fn differences_are_named() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    assert_eq!(difference("a\nb\n", "a\nc\n").as_deref(), Some("line 2: \"c\", CPython prints \"b\""));
}
