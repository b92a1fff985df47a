//! `_suggestions`: the name that was probably meant, by edit distance as CPython weighs it.

use taipan_macros::pymodule;

/// Costs of an edit; changing the case of a letter is cheaper.
const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names and longer lists are not looked at.
const MAX_LENGTH: usize = 40;
const MAX_CANDIDATES: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The edit distance, or something above `limit` where it is above.
fn distance(a: &[u8], b: &[u8], limit: usize) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (mut a, mut b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return limit + 1;
    }
    if b.len() < a.len() {
        (a, b) = (b, a);
    }
    if (b.len() - a.len()) * MOVE > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (i, &y) in b.iter().enumerate() {
        let mut diagonal = i * MOVE;
        result = diagonal;
        let mut least = usize::MAX;
        for (cell, &x) in row.iter_mut().zip(a) {
            let substituted = diagonal + substitution(y, x);
            diagonal = *cell;
            let moved = result.min(diagonal) + MOVE;
            result = substituted.min(moved);
            *cell = result;
            least = least.min(result);
        }
        if least > limit {
            return limit + 1;
        }
    }
    result
}

/// The nearest of the candidates, if one is near enough.
fn nearest<'a>(candidates: &'a [String], wanted: &str) -> Option<&'a str> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let (mut best, mut best_distance) = (None, usize::MAX);
    for candidate in candidates.iter().filter(|candidate| *candidate != wanted) {
        let limit = ((wanted.len() + candidate.len() + 3) * MOVE / 6).min(best_distance.saturating_sub(1));
        let found = distance(wanted.as_bytes(), candidate.as_bytes(), limit);
        if found <= limit && found < best_distance {
            (best, best_distance) = (Some(candidate.as_str()), found);
        }
    }
    best
}

#[pymodule(name = "_suggestions")]
pub mod suggestions {
    use taipan_objects::prelude::*;

    /// Returns the candidate in candidates that's closest to item
    #[pyfunction(signature = "(candidates, item, /)")]
    pub fn _generate_suggestions(candidates: &PyObject, item: &PyStr) -> PyResult {
        let Some(list) = candidates.downcast_exact::<PyList>() else {
            return Err(raised!(TypeError, "candidates must be a list"));
        };
        let mut names = Vec::new();
        for candidate in list.to_vec() {
            match candidate.downcast::<PyStr>() {
                Some(name) => names.push(name.to_string()),
                None => return Err(raised!(TypeError, "all elements in 'candidates' must be strings")),
            }
        }
        Ok(super::nearest(&names, &item.to_string()).map_or_else(none, |name| PyStr::new(name).into_obj()))
    }
}
