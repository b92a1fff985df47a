//! Finding, counting, splitting and stripping in sequences of units: what `str`, `bytes` and `bytearray`
//! share.
//!
//! A [`Needle`] is prepared once and used for all its places. In bytes it is found by `memchr`'s vectorised
//! search; in wider units by its rarest end first, and by the Two-Way algorithm (Crochemore and Perrin
//! 1991) once that has wasted too much work, so that no text takes quadratic time.

mod split;
mod two_way;

pub use split::{
    Ranges, partition, rpartition, rsplit, rsplit_space, split, split_lines, split_space, strip_end,
    strip_start,
};

use crate::unit::Unit;
use smallvec::SmallVec;
use std::borrow::Cow;
use two_way::TwoWay;

/// Where something was found, most often in few places.
pub type Places = SmallVec<[usize; 8]>;

/// A sequence to look for.
pub struct Needle<'n, T: Unit> {
    units: &'n [T],
    bytes: Option<memchr::memmem::Finder<'n>>,
}

impl<'n, T: Unit> Needle<'n, T> {
    /// Prepares a search.
    pub fn new(units: &'n [T]) -> Self {
        let bytes = if units.len() > 1 { T::as_bytes(units).map(memchr::memmem::Finder::new) } else { None };
        Needle { units, bytes }
    }

    /// Its length.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is nothing to look for: such a needle is found everywhere.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The first place.
    pub fn find(&self, text: &[T]) -> Option<usize> {
        match self.units {
            [] => Some(0),
            [u] => T::find(text, (*u).into()),
            _ if text.len() < self.units.len() => None,
            _ => match (&self.bytes, T::as_bytes(text)) {
                (Some(finder), Some(bytes)) => finder.find(bytes),
                _ => self.find_wide(text),
            },
        }
    }

    /// The last place.
    pub fn find_last(&self, text: &[T]) -> Option<usize> {
        match self.units {
            [] => Some(text.len()),
            [u] => T::find_last(text, (*u).into()),
            units if text.len() < units.len() => None,
            units => match (T::as_bytes(units), T::as_bytes(text)) {
                (Some(needle), Some(bytes)) => memchr::memmem::rfind(bytes, needle),
                _ => self.find_last_wide(text),
            },
        }
    }

    fn find_wide(&self, text: &[T]) -> Option<usize> {
        let (needle, last) = (self.units, self.units.len() - 1);
        let mut at = 0;
        // Units compared in vain, against the text passed over.
        let mut wasted = 0;
        while at + needle.len() <= text.len() {
            at += T::find(&text[at..text.len() - last], needle[0].into())?;
            if text[at + last] == needle[last] {
                let same = text[at..].iter().zip(needle).take_while(|(a, b)| a == b).count();
                if same == needle.len() {
                    return Some(at);
                }
                wasted += same;
                if wasted > 4 * at + 64 * needle.len().min(1024) {
                    let rest = &text[at + 1..];
                    return TwoWay::new(needle).find(needle, rest).map(|i| at + 1 + i);
                }
            }
            at += 1;
        }
        None
    }

    fn find_last_wide(&self, text: &[T]) -> Option<usize> {
        let needle = self.units;
        let mut end = text.len();
        let mut wasted = 0;
        while end >= needle.len() {
            let starts = &text[..=end - needle.len()];
            let at = T::find_last(starts, needle[0].into())?;
            let same = text[at..].iter().zip(needle).take_while(|(a, b)| a == b).count();
            if same == needle.len() {
                return Some(at);
            }
            wasted += same;
            end = at + needle.len() - 1;
            if wasted > 4 * (text.len() - end) + 64 * needle.len().min(1024) {
                // Backwards is forwards on reversed copies.
                let reversed: Vec<T> = needle.iter().rev().copied().collect();
                let rest: Vec<T> = text[..end].iter().rev().copied().collect();
                let found = TwoWay::new(&reversed).find(&reversed, &rest)?;
                return Some(end - found - needle.len());
            }
        }
        None
    }

    /// Places from left to right that do not overlap, at most `max`. An empty needle has places before, between
    /// and after all units.
    pub fn places(&self, text: &[T], max: usize, places: &mut Places) {
        self.visit(text, max, |at| places.push(at));
    }

    /// The number of [`Needle::places`].
    pub fn count(&self, text: &[T], max: usize) -> usize {
        if let [u] = self.units {
            // Without a limit one pass without branches does.
            let n = text.iter().filter(|&v| v == u).count();
            return n.min(max);
        }
        let mut n = 0;
        self.visit(text, max, |_| n += 1);
        n
    }

    fn visit(&self, text: &[T], max: usize, mut found: impl FnMut(usize)) {
        if self.is_empty() {
            (0..=text.len()).take(max).for_each(found);
            return;
        }
        let mut at = 0;
        for _ in 0..max {
            let Some(i) = self.find(&text[at..]) else { return };
            found(at + i);
            at += i + self.len();
        }
    }
}

/// A sequence in other units; `None` when some unit has no place there, so that it cannot be found either.
#[inline]
pub fn convert<A: Unit, B: Unit>(units: &[A]) -> Option<Cow<'_, [B]>> {
    if let Some(same) = A::as_bytes(units).and_then(B::of_bytes) {
        return Some(Cow::Borrowed(same));
    }
    units.iter().map(|&u| B::from_code(u.into())).collect::<Option<Vec<B>>>().map(Cow::Owned)
}

/// Hands over the pieces of a text whose places (ascending, not overlapping, each `old` units long) are replaced.
#[inline]
pub fn replaced<'a, T: Unit>(
    text: &'a [T],
    places: &[usize],
    old: usize,
    new: &'a [T],
    mut piece: impl FnMut(&'a [T]),
) {
    let mut from = 0;
    for &at in places {
        piece(&text[from..at]);
        piece(new);
        from = at + old;
    }
    piece(&text[from..]);
}

/// The text with places replaced, as [`replaced`] gives it.
pub fn replace_at<T: Unit>(text: &[T], places: &[usize], old: usize, new: &[T]) -> Vec<T> {
    let mut out = Vec::with_capacity(text.len() + places.len() * new.len() - places.len() * old);
    replaced(text, places, old, new, |piece| out.extend_from_slice(piece));
    out
}

/// The text with tabs as spaces up to the next multiple of `size` columns; lines begin after `\n` and `\r`.
/// `None` when the result outgrows memory.
pub fn expand_tabs<T: Unit>(text: &[T], size: usize, space: T) -> Option<Vec<T>> {
    let mut out = Vec::new();
    let mut column = 0usize;
    for &u in text {
        match u.into() {
            9 => {
                if size > 0 {
                    let fill = size - column % size;
                    column += fill;
                    out.try_reserve(fill).ok()?;
                    out.resize(out.len() + fill, space);
                }
            }
            c => {
                column = if c == 10 || c == 13 { 0 } else { column + 1 };
                out.push(u);
            }
        }
    }
    Some(out)
}
