//! `cargo xtask fuzz [--seconds N] [--seed N] [--python PYTHON] [TARGET…]`: throws damaged inputs at what reads them.
//! `cargo xtask fuzz --replay FILE TARGET` reads one input again.
//!
//! A target is a kind of input and its readers ([`targets`]); inputs come from the bundled library and the programs of the
//! behaviour tests ([`source`], [`code`]), and are the same for the same seed. Readers work in processes of their own
//! ([`worker`]), so that a crash and a loop without end are seen like a panic. An input that fails is kept as
//! `target/fuzz/TARGET-SEED-NUMBER`.

mod code;
mod random;
mod source;
mod targets;
mod worker;

use crate::python::{Python, take_flag};
use crate::tree;
use random::Random;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use targets::{Corpus, Reader, TARGETS, Target};
use worker::{Answer, Worker};

/// A run ends early once so many inputs have failed.
const FAILURES: usize = 40;
/// So many inputs one interpreter reads: what one leaves behind shall not matter for long.
const INPUTS_A_WORKER: u64 = 400;

/// Where and how to run.
struct Run {
    python: Python,
    seed: u64,
    seconds: u64,
    /// The number of the first input.
    first: u64,
    folder: PathBuf,
}

pub fn run(arguments: &[String]) -> Result<(), String> {
    if let [flag, rest @ ..] = arguments
        && flag == "--worker"
    {
        return worker::work(rest);
    }
    let mut arguments = arguments.to_vec();
    let python = take_flag(&mut arguments, "--python")?;
    let python = Python::parse(&python.map_or_else(built_taipan, Ok)?)?;
    let replayed = take_flag(&mut arguments, "--replay")?;
    let mut number = |flag: &str, otherwise: u64| -> Result<u64, String> {
        take_flag(&mut arguments, flag)?
            .map_or(Ok(otherwise), |n| n.parse().map_err(|_| format!("{flag} wants a number")))
    };
    let (seconds, seed, first) = (number("--seconds", 600)?, number("--seed", 1)?, number("--first", 0)?);
    let wanted = chosen(&arguments)?;
    let folder = tree::root().join("target/fuzz");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let run = Run { python, seed, seconds, first, folder };
    if let Some(file) = replayed {
        return run.replay(Path::new(&file), &wanted);
    }
    let corpus = Corpus::read()?;
    let mut failures = Vec::new();
    for target in wanted {
        failures.extend(run.target(target, &corpus)?);
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("failed: {}", failures.join(", "))) }
}

/// The targets of these names, all where there is none.
fn chosen(names: &[String]) -> Result<Vec<&'static Target>, String> {
    if let Some(name) = names.iter().find(|name| TARGETS.iter().all(|target| target.name != **name)) {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        return Err(format!("no target is called {name:?}; known: {}", known.join(", ")));
    }
    Ok(TARGETS.iter().filter(|target| names.is_empty() || names.iter().any(|n| n == target.name)).collect())
}

/// The `taipan` that was built beside this program.
fn built_taipan() -> Result<String, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(this.with_file_name("taipan").to_string_lossy().into_owned())
}

impl Run {
    /// Throws inputs at a target's readers; gives the names of those that failed.
    fn target(&self, target: &Target, corpus: &Corpus) -> Result<Vec<String>, String> {
        let begun = Instant::now();
        let mut readers = Vec::new();
        for (index, reader) in target.readers.iter().enumerate() {
            readers.push(Readers {
                target,
                index,
                reader: *reader,
                python: &self.python,
                worker: None,
                count: 0,
            });
        }
        let (mut number, mut slow) = (self.first, 0);
        let mut failures = Vec::new();
        while begun.elapsed() < Duration::from_secs(self.seconds) && failures.len() < FAILURES {
            let input = (target.input)(corpus, &mut Random::of(self.seed, number));
            for readers in &mut readers {
                match readers.read(&input)? {
                    Answer::Fine => {}
                    Answer::Slow => slow += 1,
                    Answer::Failed(how) => {
                        let kept = self.keep(target, number, &input)?;
                        // What it needs beside itself is good to know.
                        let alone = matches!(readers.read(&input)?, Answer::Failed(_));
                        let note = if alone { "" } else { " (not when it is read alone)" };
                        println!("{kept}{note}: {how}");
                        readers.worker = None;
                        if !failures.contains(&kept) {
                            failures.push(kept);
                        }
                    }
                }
            }
            number += 1;
        }
        println!(
            "{}: {} inputs in {:?}, {slow} interrupted, {} failed",
            target.name,
            number - self.first,
            begun.elapsed(),
            failures.len()
        );
        Ok(failures)
    }

    fn keep(&self, target: &Target, number: u64, input: &[u8]) -> Result<String, String> {
        let name = format!("{}-{}-{number}", target.name, self.seed);
        std::fs::write(self.folder.join(&name), input).map_err(|error| format!("{name}: {error}"))?;
        Ok(name)
    }

    fn replay(&self, file: &Path, targets: &[&Target]) -> Result<(), String> {
        let input = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut failures = Vec::new();
        for target in targets {
            for (index, reader) in target.readers.iter().enumerate() {
                let mut worker = Worker::start(target.name, index, *reader, &self.python)?;
                let answer = match worker.read(&input) {
                    Answer::Fine => "fine".to_string(),
                    Answer::Slow => "interrupted".to_string(),
                    Answer::Failed(how) => {
                        failures.push(target.name);
                        how
                    }
                };
                println!("{}: {answer}", target.name);
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(format!("fails: {}", failures.join(", "))) }
    }
}

/// The workers of one reader, one after the other.
struct Readers<'a> {
    target: &'a Target,
    index: usize,
    reader: Reader,
    python: &'a Python,
    worker: Option<Worker>,
    /// How many inputs the worker has read.
    count: u64,
}

impl Readers<'_> {
    fn read(&mut self, input: &[u8]) -> Result<Answer, String> {
        let (target, index, reader, python) = (self.target.name, self.index, self.reader, self.python);
        let tired = self.count >= INPUTS_A_WORKER && matches!(reader, Reader::Interpreter(_));
        let worker = match self.worker.take().filter(|_| !tired) {
            Some(worker) => self.worker.insert(worker),
            None => {
                self.count = 0;
                self.worker.insert(Worker::start(target, index, reader, python)?)
            }
        };
        self.count += 1;
        let answer = worker.read(input);
        if !matches!(answer, Answer::Fine) {
            self.worker = None;
        }
        Ok(answer)
    }
}
