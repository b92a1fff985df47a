//! Words that have no place in the project: paths of one machine, its hosts, marks for later.

use super::Source;

/// Each forbidden word in two halves, so that this file does not hold it.
const WORDS: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("helper ses", "sion"),
    ("index.crates", ".io"),
    ("static.crates", ".io"),
    ("files.python", "hosted.org"),
    ("FIX", "ME"),
    ("TO", "DO:"),
    ("TO", "DO("),
];

/// A complaint for each line of `source` that holds a forbidden word.
pub fn check(source: &Source, complaints: &mut Vec<String>) {
    for (left, right) in WORDS {
        let word = format!("{left}{right}");
        if !source.text.contains(&word) {
            continue;
        }
        for (index, line) in source.text.lines().enumerate() {
            if holds(line, &word) {
                complaints.push(format!("{}:{}: forbidden word: {word}", source.path, index + 1));
            }
        }
    }
}

/// Whether the word stands in the line by itself: a path of the machine begins one, it does not continue one.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !word.starts_with('/') || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_found_and_relative_ones_are_not() {
        let word = format!("/{}/", "work");
        assert!(holds(&format!("see {word}main"), &word));
        assert!(!holds(&format!("frame{word}er"), &word));
    }
}
