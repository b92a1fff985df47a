//! "Did you mean": the known name nearest to one that is not known, by edit distance as CPython weighs it.

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
pub fn nearest<'a>(candidates: &[&'a str], wanted: &str) -> Option<&'a str> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let (mut best, mut best_distance) = (None, usize::MAX);
    for candidate in candidates.iter().filter(|candidate| **candidate != wanted) {
        let limit = ((wanted.len() + candidate.len() + 3) * MOVE / 6).min(best_distance.saturating_sub(1));
        let found = distance(wanted.as_bytes(), candidate.as_bytes(), limit);
        if found <= limit && found < best_distance {
            (best, best_distance) = (Some(*candidate), found);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_weigh_case_less() {
        let of = |a: &str, b: &str| distance(a.as_bytes(), b.as_bytes(), 100);
        assert_eq!(of("abc", "abc"), 0);
        assert_eq!(of("abc", "abC"), 1);
        assert_eq!(of("abc", "abd"), 2);
        assert_eq!(of("abc", "ab"), 2);
        assert_eq!(of("kitten", "sitting"), 6);
    }

    #[test]
    fn the_first_of_equally_near_names_is_taken() {
        assert_eq!(nearest(&["reverse", "key"], "key2"), Some("key"));
        assert_eq!(nearest(&["abc"], "zzz"), None);
    }
}
