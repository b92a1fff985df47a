//! The committed table of what passes, `tests/conformance.tsv`: its totals only rise.

use super::load;
use super::score::{Score, scores};
use crate::python::take_flag;
use crate::tree;
use std::collections::BTreeMap;
use std::fmt::Write;

const TABLE: &str = "tests/conformance.tsv";

pub fn run(mut arguments: Vec<String>) -> Result<(), String> {
    let baseline = load(&take_flag(&mut arguments, "--baseline")?.ok_or("--baseline is missing")?)?;
    let [path] = arguments.as_slice() else { return Err("wanted: one file of results".into()) };
    let results = load(path)?;
    let mut new = scores(&results, Some(&baseline));
    new.retain(|score| results.contains_key(&score.name));
    let old = read(&tree::read(TABLE).unwrap_or_default())?;
    let worse = fallen(&old, &new);
    if !worse.is_empty() {
        return Err(format!("fewer tests pass than {TABLE} says: {}", worse.join(", ")));
    }
    tree::write(TABLE, &table(old, &new))
}

/// Module, tests passed, tests due.
type Table = BTreeMap<String, (usize, usize)>;

fn read(text: &str) -> Result<Table, String> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut words = line.split('\t');
        let name = words.next()?.to_string();
        Some((name, (words.next()?.parse().ok()?, words.next()?.parse().ok()?)))
    });
    rows.collect::<Option<Table>>().ok_or_else(|| format!("{TABLE}: cannot be read"))
}

/// The modules of which fewer tests pass than before.
fn fallen(old: &Table, new: &[Score]) -> Vec<String> {
    let worse = new.iter().filter_map(|score| {
        let (before, _) = old.get(&score.name)?;
        (score.passed < *before).then(|| format!("{} ({} of {before})", score.name, score.passed))
    });
    worse.collect()
}

fn table(mut rows: Table, new: &[Score]) -> String {
    rows.extend(new.iter().map(|score| (score.name.clone(), (score.passed, score.due))));
    let (passed, due) = rows.values().fold((0, 0), |(a, b), (passed, due)| (a + passed, b + due));
    let mut text =
        String::from("# What passes of CPython's test suite, written by `cargo xtask conformance record`.\n");
    writeln!(text, "# {passed} of {due} tests in {} modules\n# module\tpassed\tdue", rows.len()).unwrap();
    for (name, (passed, due)) in rows {
        writeln!(text, "{name}\t{passed}\t{due}").unwrap();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_only_rise() {
        let score =
            |passed| vec![Score { name: "test.test_int".into(), passed, due: 9, missing: Vec::new() }];
        let text = table(Table::new(), &score(5));
        let old = read(&text).unwrap();
        assert_eq!(old["test.test_int"], (5, 9));
        assert_eq!(fallen(&old, &score(4)), ["test.test_int (4 of 5)"]);
        assert!(fallen(&old, &score(6)).is_empty());
        assert!(read("nonsense").is_err());
    }
}
