//! Searching and splitting against plain definitions of what they mean, in all unit widths, and against
//! results that CPython computed.

use taipan_kernels::search::{self, Needle};
use taipan_kernels::unit::Unit;

fn naive(text: &[u32], needle: &[u32]) -> Vec<usize> {
    (0..=text.len()).filter(|&i| text[i..].starts_with(needle)).collect()
}

fn check<T: Unit>(text: &[u32], needle: &[u32]) {
    let (units, wanted) = (search::convert::<u32, T>(text), search::convert::<u32, T>(needle));
    let (Some(units), Some(wanted)) = (units, wanted) else { return };
    let all = naive(text, needle);
    let prepared = Needle::new(&wanted);
    assert_eq!(prepared.find(&units), all.first().copied(), "{needle:?} in {text:?}");
    assert_eq!(prepared.find_last(&units), all.last().copied(), "last {needle:?} in {text:?}");
    let mut apart: Vec<usize> = Vec::new();
    for &at in &all {
        if apart.last().is_none_or(|&last| at >= last + needle.len().max(1)) {
            apart.push(at);
        }
    }
    let places = |max| {
        let mut places = search::Places::new();
        prepared.places(&units, max, &mut places);
        places
    };
    assert_eq!(places(usize::MAX)[..], apart);
    assert_eq!(prepared.count(&units, usize::MAX), apart.len());
    assert_eq!(places(2)[..], apart[..apart.len().min(2)]);
    if !needle.is_empty() {
        let joined = |parts: search::Ranges| {
            parts.into_iter().map(|r| units[r].to_vec()).collect::<Vec<_>>().join(&wanted[..])
        };
        for max in [0, 1, usize::MAX] {
            assert_eq!(joined(cut(|parts| search::split(&units, &wanted, max, parts))), units[..]);
            assert_eq!(joined(cut(|parts| search::rsplit(&units, &wanted, max, parts))), units[..]);
        }
        let all = cut(|parts| search::split(&units, &wanted, usize::MAX, parts));
        assert_eq!(all.len(), apart.len() + 1);
    }
    let replaced = search::replace_at(&units, &apart, needle.len(), &wanted);
    let expected = if needle.is_empty() { units.len() } else { replaced.len() };
    assert_eq!(replaced.len(), expected);
}

#[test]
fn finds_what_the_definition_finds() {
    let mut seed = 5u64;
    let mut random = |n: u64| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) % n
    };
    for round in 0..4000 {
        let letters = [2, 3, 300, 70_000][round % 4];
        let mut text: Vec<u32> = (0..random(80)).map(|_| random(letters) as u32).collect();
        if round % 5 == 0 {
            text = text.iter().copied().cycle().take(text.len() * 4).collect();
        }
        let needle: Vec<u32> = if text.is_empty() || random(4) == 0 {
            (0..random(5)).map(|_| random(letters) as u32).collect()
        } else {
            let start = random(text.len() as u64) as usize;
            let len = random((text.len() - start) as u64 + 1) as usize;
            text[start..start + len].to_vec()
        };
        check::<u8>(&text, &needle);
        check::<u16>(&text, &needle);
        check::<u32>(&text, &needle);
    }
}

/// Texts that make a simple search compare everything with everything.
#[test]
fn long_repetitive_texts_take_linear_time() {
    let n = 200_000;
    let text = vec![97u32; n];
    for tail in [0, n / 4, n / 2] {
        let mut needle = vec![97u32; n / 2];
        needle[tail.min(n / 2 - 1)] = 98;
        let mut with_end = text.clone();
        with_end.extend(&needle);
        let prepared = Needle::new(&needle);
        assert_eq!(prepared.find(&text), None);
        assert_eq!(prepared.find_last(&text), None);
        assert_eq!(prepared.find_last(&[&needle[..], &text[..]].concat()), Some(0));
        let found = prepared.find(&with_end).expect("it is there");
        assert_eq!(with_end[found..found + needle.len()], needle);
    }
}

fn cut(split: impl FnOnce(&mut search::Ranges)) -> search::Ranges {
    let mut parts = search::Ranges::new();
    split(&mut parts);
    parts
}

fn words(text: &str, split: impl FnOnce(&mut search::Ranges)) -> Vec<&str> {
    cut(split).into_iter().map(|r| &text[r]).collect()
}

#[test]
fn splits_and_strips_as_python_does() {
    let text = "  a b  c \t";
    let space = |b: u8| b.is_ascii_whitespace();
    let split = |max| words(text, |parts| search::split_space(text.as_bytes(), max, space, parts));
    let rsplit = |max| words(text, |parts| search::rsplit_space(text.as_bytes(), max, space, parts));
    assert_eq!(split(usize::MAX), ["a", "b", "c"]);
    assert_eq!(split(0), ["a b  c \t"]);
    assert_eq!(split(1), ["a", "b  c \t"]);
    assert_eq!(rsplit(1), ["  a b", "c"]);
    assert_eq!(rsplit(0), ["  a b  c"]);
    assert_eq!(search::strip_start(b" \t", space), 2);
    assert_eq!(search::strip_end(b" \t", space), 0);
    let lines = "a\r\nb\rc\n\n\x1cd";
    let plain = |c: u32| c == 0x1c;
    assert_eq!(
        words(lines, |parts| search::split_lines(lines.as_bytes(), false, plain, parts)),
        ["a", "b", "c", "", "", "d"]
    );
    assert_eq!(
        words(lines, |parts| search::split_lines(lines.as_bytes(), true, |_| false, parts)),
        ["a\r\n", "b\r", "c\n", "\n", "\x1cd"]
    );
    assert_eq!(search::partition(b"a=b=c", b"="), Some((0..1, 2..5)));
    assert_eq!(search::rpartition(b"a=b=c", b"="), Some((0..3, 4..5)));
    assert_eq!(search::partition(b"abc", b"="), None);
    assert_eq!(search::expand_tabs(b"a\tbc\t\n\td", 4, b' ').as_deref(), Some(&b"a   bc  \n    d"[..]));
    assert_eq!(search::expand_tabs(b"a\tb", 0, b' ').as_deref(), Some(&b"ab"[..]));
}
