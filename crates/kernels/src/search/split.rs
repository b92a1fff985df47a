//! Splitting and stripping: ranges of the text, nothing copied.

use std::ops::Range;

use super::Needle;
use crate::unit::Unit;
use smallvec::SmallVec;

/// Parts of a text, most often few.
pub type Ranges = SmallVec<[Range<usize>; 8]>;

/// Length of the start that consists of members.
pub fn strip_start<T: Copy>(text: &[T], is_member: impl Fn(T) -> bool) -> usize {
    text.iter().position(|&u| !is_member(u)).unwrap_or(text.len())
}

/// Where the end that consists of members begins.
pub fn strip_end<T: Copy>(text: &[T], is_member: impl Fn(T) -> bool) -> usize {
    text.iter().rposition(|&u| !is_member(u)).map_or(0, |i| i + 1)
}

/// Appends the words between white space, at most `max` cuts from the left; the last part loses white space only on
/// its left.
pub fn split_space<T: Copy>(text: &[T], max: usize, is_space: impl Fn(T) -> bool, parts: &mut Ranges) {
    let mut at = 0;
    loop {
        at += strip_start(&text[at..], &is_space);
        if at == text.len() {
            return;
        }
        if parts.len() == max {
            parts.push(at..text.len());
            return;
        }
        let len = text[at..].iter().position(|&u| is_space(u)).unwrap_or(text.len() - at);
        parts.push(at..at + len);
        at += len;
    }
}

/// The same with the cuts from the right.
pub fn rsplit_space<T: Copy>(text: &[T], max: usize, is_space: impl Fn(T) -> bool, parts: &mut Ranges) {
    let mut end = text.len();
    loop {
        end = strip_end(&text[..end], &is_space);
        if end == 0 {
            break;
        }
        if parts.len() == max {
            parts.push(0..end);
            break;
        }
        let start = text[..end].iter().rposition(|&u| is_space(u)).map_or(0, |i| i + 1);
        parts.push(start..end);
        end = start;
    }
    parts.reverse();
}

/// Appends the parts between separators (not empty), at most `max` cuts from the left.
pub fn split<T: Unit>(text: &[T], separator: &[T], max: usize, parts: &mut Ranges) {
    let needle = Needle::new(separator);
    let mut at = 0;
    while parts.len() < max
        && let Some(i) = needle.find(&text[at..])
    {
        parts.push(at..at + i);
        at += i + separator.len();
    }
    parts.push(at..text.len());
}

/// The same with the cuts from the right.
pub fn rsplit<T: Unit>(text: &[T], separator: &[T], max: usize, parts: &mut Ranges) {
    let needle = Needle::new(separator);
    let mut end = text.len();
    while parts.len() < max
        && let Some(i) = needle.find_last(&text[..end])
    {
        parts.push(i + separator.len()..end);
        end = i;
    }
    parts.push(0..end);
    parts.reverse();
}

/// What is before and after the first separator.
pub fn partition<T: Unit>(text: &[T], separator: &[T]) -> Option<(Range<usize>, Range<usize>)> {
    let at = Needle::new(separator).find(text)?;
    Some((0..at, at + separator.len()..text.len()))
}

/// What is before and after the last separator.
pub fn rpartition<T: Unit>(text: &[T], separator: &[T]) -> Option<(Range<usize>, Range<usize>)> {
    let at = Needle::new(separator).find_last(text)?;
    Some((0..at, at + separator.len()..text.len()))
}

/// Appends the lines, with their ends if `keep_ends`; `\r\n` is one end. `is_break` says what ends a line besides `\r` and
/// `\n`.
pub fn split_lines<T: Unit>(text: &[T], keep_ends: bool, is_break: impl Fn(u32) -> bool, lines: &mut Ranges) {
    let mut start = 0;
    while start < text.len() {
        let ends = |&u: &T| {
            let c: u32 = u.into();
            c == 10 || c == 13 || is_break(c)
        };
        let end = text[start..].iter().position(ends).map_or(text.len(), |i| start + i);
        let mut next = (end + 1).min(text.len());
        let unit = |i: usize| text.get(i).map(|&u| u.into());
        if unit(end) == Some(13) && unit(end + 1) == Some(10) {
            next += 1;
        }
        lines.push(start..if keep_ends { next } else { end });
        start = next;
    }
}
