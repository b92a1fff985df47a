//! "Did you mean": the known name nearest to one that is not known.

use taipan_objects::prelude::*;

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
/// Names longer than this are not compared.
const MAX_LENGTH: usize = 40;
const MAX_CANDIDATES: usize = 750;

fn substitution_cost(a: u32, b: u32) -> usize {
    if a == b {
        return 0;
    }
    let lower = |c: u32| char::from_u32(c).map(|c| c.to_ascii_lowercase());
    if lower(a) == lower(b) { CASE_COST } else { MOVE_COST }
}

/// The weighted edit distance, or something above `limit`.
fn distance(a: &[u32], b: &[u32], limit: usize) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE_COST;
    }
    if a.len().abs_diff(b.len()) * MOVE_COST > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=b.len()).map(|i| i * MOVE_COST).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        let mut left = diagonal + MOVE_COST;
        let mut least = usize::MAX;
        for (cell, &y) in row.iter_mut().zip(b) {
            let substituted = diagonal + substitution_cost(x, y);
            diagonal = *cell;
            left = substituted.min(left.min(diagonal) + MOVE_COST);
            *cell = left;
            least = least.min(left);
        }
        if least > limit {
            return limit + 1;
        }
    }
    row[b.len() - 1]
}

fn code_points(name: &PyStr) -> Vec<u32> {
    (0..name.len()).map(|i| name.char_at(i)).collect()
}

/// The candidate nearest to `name`, if one is near enough.
pub(crate) fn suggestion<'a>(candidates: &[&'a PyObject], name: &PyStr) -> Option<&'a PyStr> {
    if candidates.len() >= MAX_CANDIDATES || name.len() > MAX_LENGTH {
        return None;
    }
    let wanted = code_points(name);
    let mut best: Option<(usize, &PyStr)> = None;
    for candidate in candidates.iter().filter_map(|c| c.downcast::<PyStr>()) {
        if candidate.eq(name) || candidate.len() > MAX_LENGTH {
            continue;
        }
        let mut limit = (wanted.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((known, _)) = best {
            limit = limit.min(known.saturating_sub(1));
        }
        let found = distance(&wanted, &code_points(candidate), limit);
        if found <= limit && best.is_none_or(|(known, _)| found < known) {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_weigh_case_less() {
        let of = |a: &str, b: &str| {
            let points = |s: &str| s.chars().map(u32::from).collect::<Vec<_>>();
            distance(&points(a), &points(b), 100)
        };
        assert_eq!(of("abc", "abc"), 0);
        assert_eq!(of("abc", "abC"), 1);
        assert_eq!(of("abc", "abd"), 2);
        assert_eq!(of("abc", "ab"), 2);
        assert_eq!(of("kitten", "sitting"), 6);
    }
}
