//! The Two-Way string search: linear time, constant space.

/// A needle's critical factorisation.
pub(super) struct TwoWay {
    /// Where the needle is cut.
    cut: usize,
    period: usize,
    /// The needle repeats with its period all the way: what matched is remembered.
    periodic: bool,
}

/// The start of the maximal suffix by this order, and its period.
fn maximal_suffix<T: Ord>(needle: &[T], reversed: bool) -> (usize, usize) {
    let (mut start, mut candidate, mut offset, mut period) = (0, 1, 0, 1);
    while let Some(a) = needle.get(candidate + offset) {
        let b = &needle[start + offset];
        let order = if reversed { b.cmp(a) } else { a.cmp(b) };
        match order {
            std::cmp::Ordering::Less => {
                candidate += offset + 1;
                offset = 0;
                period = candidate - start;
            }
            std::cmp::Ordering::Equal => {
                if offset + 1 == period {
                    candidate += offset + 1;
                    offset = 0;
                } else {
                    offset += 1;
                }
            }
            std::cmp::Ordering::Greater => {
                start = candidate;
                candidate += 1;
                offset = 0;
                period = 1;
            }
        }
    }
    (start, period)
}

impl TwoWay {
    /// Factorises a needle of two units or more.
    pub(super) fn new<T: Ord>(needle: &[T]) -> Self {
        let (less, greater) = (maximal_suffix(needle, false), maximal_suffix(needle, true));
        let (cut, period) = if less.0 > greater.0 { less } else { greater };
        let periodic = needle.len() >= cut + period && needle[..cut] == needle[period..period + cut];
        if periodic {
            TwoWay { cut, period, periodic }
        } else {
            TwoWay { cut, period: cut.max(needle.len() - cut) + 1, periodic }
        }
    }

    /// The needle's first place.
    pub(super) fn find<T: Ord>(&self, needle: &[T], text: &[T]) -> Option<usize> {
        let n = needle.len();
        let (mut at, mut memory) = (0, 0);
        while at + n <= text.len() {
            let window = &text[at..at + n];
            let right = self.cut.max(memory);
            let same = window[right..].iter().zip(&needle[right..]).take_while(|(a, b)| a == b).count();
            if right + same < n {
                at += right + same - self.cut + 1;
                memory = 0;
                continue;
            }
            let left = self.cut.max(memory);
            let same = (memory..left).rev().take_while(|&i| window[i] == needle[i]).count();
            if same == left - memory {
                return Some(at);
            }
            at += self.period;
            memory = if self.periodic { n - self.period } else { 0 };
        }
        None
    }
}
