//! The list of files and functions that are larger than the rules allow, and of files that reach the system themselves.
//!
//! A line of `xtask/tidy-exceptions.tsv` is `RULE<tab>SUBJECT<tab>SIZE`. The size is a ceiling; a subject that no longer
//! breaks the rule must leave the list.

use crate::tree;
use std::collections::{BTreeMap, BTreeSet};

pub struct Exceptions {
    ceilings: BTreeMap<(String, String), usize>,
    used: BTreeSet<(String, String)>,
}

impl Exceptions {
    pub fn read() -> Result<Self, String> {
        let mut ceilings = BTreeMap::new();
        for line in tree::read("xtask/tidy-exceptions.tsv")?.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split('\t');
            let (Some(rule), Some(subject), Some(size)) = (words.next(), words.next(), words.next()) else {
                return Err(format!("tidy-exceptions.tsv: cannot read {line:?}"));
            };
            let size = size.parse().map_err(|_| format!("tidy-exceptions.tsv: no size in {line:?}"))?;
            ceilings.insert((rule.to_string(), subject.to_string()), size);
        }
        Ok(Self { ceilings, used: BTreeSet::new() })
    }

    /// Whether `subject`, which breaks `rule` with `size`, may do so.
    pub fn allow(&mut self, rule: &str, subject: &str, size: usize) -> bool {
        let key = (rule.to_string(), subject.to_string());
        let allowed = self.ceilings.get(&key).is_some_and(|ceiling| size <= *ceiling);
        if self.ceilings.contains_key(&key) {
            self.used.insert(key);
        }
        allowed
    }

    /// A complaint for each line that nothing needs.
    pub fn unused(&self) -> Vec<String> {
        let left = self.ceilings.keys().filter(|key| !self.used.contains(*key));
        left.map(|(rule, subject)| {
            format!("{subject}: keeps the {rule} rule now: take it off tidy-exceptions.tsv")
        })
        .collect()
    }
}
