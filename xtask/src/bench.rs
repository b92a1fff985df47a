//! `cargo xtask bench [-n ROUNDS] [--scripts FOLDER] [-b NAME,NAME] NAME=PYTHON…`: how long programs take.
//!
//! The first interpreter is the reference; the other columns say how many times faster they are. The interpreters take
//! turns on each program, and the best round of each counts, so that the machine's moods fall on all alike. A program is
//! a whole process; the row `startup` is an empty one.

use crate::python::{Python, Scratch, take_flag, wait};
use crate::tree;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(120);

pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut arguments = arguments.to_vec();
    let rounds: usize =
        take_flag(&mut arguments, "-n")?.map_or(Ok(3), |n| n.parse().map_err(|_| "-n wants a number"))?;
    let folder = take_flag(&mut arguments, "--scripts")?
        .map_or_else(|| tree::root().join("benchmarks"), PathBuf::from);
    let wanted = take_flag(&mut arguments, "-b")?;
    let mut pythons = Vec::new();
    for argument in &arguments {
        let (name, python) =
            argument.split_once('=').ok_or_else(|| format!("{argument:?} is not NAME=PYTHON"))?;
        pythons.push((name.to_string(), Python::parse(python)?));
    }
    if pythons.is_empty() {
        return Err("wanted: NAME=PYTHON, the reference first".into());
    }
    let mut programs = vec![("startup".to_string(), None)];
    for entry in
        std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten()
    {
        let path = entry.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let asked = wanted.as_ref().is_none_or(|names| names.split(',').any(|name| name == stem));
        if asked && path.extension().is_some_and(|ending| ending == "py") {
            programs.push((stem, Some(path)));
        }
    }
    programs[1..].sort();
    let mut ratios: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let columns: String = pythons[1..].iter().map(|(name, _)| format!("{name:>12}")).collect();
    println!("{:24}{:>12}{columns}", "program", format!("{} s", pythons[0].0));
    for (program, path) in &programs {
        let mut best: Vec<Result<f64, String>> = vec![Err("not run".into()); pythons.len()];
        for _ in 0..rounds.max(1) {
            for (slot, (_, python)) in best.iter_mut().zip(&pythons) {
                let time = time_once(python, path.as_ref());
                if slot.is_err() || matches!((&time, &slot), (Ok(new), Ok(old)) if new < old) {
                    *slot = time;
                }
            }
        }
        let mut line = format!("{program:24}");
        match &best[0] {
            Ok(reference) => {
                line += &format!("{reference:12.4}");
                for ((name, _), time) in pythons[1..].iter().zip(&best[1..]) {
                    match time {
                        Ok(time) => {
                            line += &format!("{:12.2}", reference / time);
                            ratios.entry(name).or_default().push((reference / time).ln());
                        }
                        Err(error) => line += &format!("  {error:.60}"),
                    }
                }
            }
            Err(error) => line += &format!("  {error:.60}"),
        }
        println!("{line}");
    }
    let mean = |logs: &[f64]| (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp();
    let means = pythons[1..]
        .iter()
        .map(|(name, _)| format!("{:12.2}", ratios.get(name.as_str()).map_or(0.0, |logs| mean(logs))));
    println!("{:24}{:12}{}", "geometric mean", "", means.collect::<String>());
    Ok(())
}

/// The seconds one run takes.
fn time_once(python: &Python, program: Option<&PathBuf>) -> Result<f64, String> {
    let scratch = Scratch::new("bench")?;
    let mut command = python.command();
    match program {
        Some(path) => command.arg(path),
        None => command.args(["-c", "pass"]),
    };
    command
        .current_dir(scratch.path())
        .stdout(Stdio::null())
        .stderr(scratch.create("err")?)
        .env("PYTHONHASHSEED", "0");
    let begun = Instant::now();
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let ended = match program {
        // An empty process is over before a nap would be.
        None => Some(child.wait().map_err(|error| error.to_string())?),
        Some(_) => wait(&mut child, LIMIT)?,
    };
    let time = begun.elapsed().as_secs_f64();
    match ended {
        None => Err(format!("no end in {LIMIT:?}")),
        Some(status) if status.success() => Ok(time),
        Some(_) => {
            let said = std::fs::read_to_string(scratch.join("err")).unwrap_or_default();
            Err(said.lines().last().unwrap_or("failed").to_string())
        }
    }
}
