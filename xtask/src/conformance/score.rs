//! Scoring a run: which of the tests that the baseline passes pass here too.

use super::{Module, Results, full_name, load};
use crate::python::{names, take_flag, take_switch};

/// The score of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    pub name: String,
    pub passed: usize,
    pub due: usize,
    pub missing: Vec<(String, String)>,
}

/// The scores of the modules, those of the baseline where there is one.
pub fn scores(results: &Results, baseline: Option<&Results>) -> Vec<Score> {
    let nothing = Module::default();
    let mut found = Vec::new();
    for (name, module) in baseline.unwrap_or(results) {
        let mine = results.get(name).unwrap_or(&nothing);
        let due = module
            .tests
            .iter()
            .filter(|(_, (word, _))| if baseline.is_some() { word == "pass" } else { word != "skip" });
        let mut score = Score { name: name.clone(), passed: 0, due: 0, missing: Vec::new() };
        for (test, _) in due {
            score.due += 1;
            match mine.tests.get(test) {
                Some((word, _)) if word == "pass" => score.passed += 1,
                other => {
                    score.missing.push((other.map_or("absent", |(word, _)| word).to_string(), test.clone()))
                }
            }
        }
        if score.due > 0 {
            found.push(score);
        }
    }
    found
}

pub fn run(mut arguments: Vec<String>) -> Result<(), String> {
    let baseline = take_flag(&mut arguments, "--baseline")?.map(|path| load(&path)).transpose()?;
    let missing = take_switch(&mut arguments, "--missing");
    let (path, modules) = arguments.split_first().ok_or("the file of results is missing")?;
    let results = load(path)?;
    let wanted: Vec<String> = names(modules)?.iter().map(|name| full_name(name)).collect();
    let mut scores = scores(&results, baseline.as_ref());
    scores.retain(|score| wanted.is_empty() || wanted.contains(&score.name));
    scores.sort_by(|a, b| (a.passed * b.due).cmp(&(b.passed * a.due)).then_with(|| a.name.cmp(&b.name)));
    for score in scores.iter().filter(|score| score.passed < score.due) {
        let state = results
            .get(&score.name)
            .map_or("not run", |module| module.state.lines().next().unwrap_or_default());
        let share = 100.0 * score.passed as f64 / score.due as f64;
        let note = if state == "ok" { "" } else { state };
        println!("{share:6.1}%  {:5}/{:<5} {}  {note}", score.passed, score.due, score.name);
        if missing {
            score.missing.iter().for_each(|(word, test)| println!("              {word} {test}"));
        }
    }
    let (passed, due) =
        scores.iter().fold((0, 0), |(passed, due), score| (passed + score.passed, due + score.due));
    let whole = scores.iter().filter(|score| score.passed == score.due).count();
    let share = 100.0 * passed as f64 / (due.max(1)) as f64;
    println!("tests {passed}/{due} = {share:.2}%; modules whole {whole}/{}", scores.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(tests: &[(&str, &str)]) -> Module {
        let tests = tests.iter().map(|(test, word)| (test.to_string(), (word.to_string(), String::new())));
        Module { tests: tests.collect(), ..Module::default() }
    }

    #[test]
    fn only_what_the_baseline_passes_counts() {
        let base = Results::from([(
            "m".into(),
            module(&[("a", "pass"), ("b", "pass"), ("c", "skip"), ("d", "pass")]),
        )]);
        let mine = Results::from([("m".into(), module(&[("a", "pass"), ("b", "fail"), ("c", "pass")]))]);
        let scores = scores(&mine, Some(&base));
        assert_eq!((scores[0].passed, scores[0].due), (1, 3));
        assert_eq!(scores[0].missing, [("fail".into(), "b".into()), ("absent".into(), "d".into())]);
    }
}
