//! What a profiler counts: for each function how often it was called and how long it ran, in all and by caller.
//!
//! Times are whole ticks of the profiler's clock. A call that is running is an [`Open`] on the stack; when it ends, its time
//! goes to its function, to the pair of its caller and it, and into the time that the caller spent in what it called.
//! The total time of a recursive function is that of its outermost calls.

use std::collections::HashMap;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Calls and ticks.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    pub calls: i64,
    /// Calls while another one of the same function ran.
    pub recursive: i64,
    pub total: i64,
    /// Without what was called.
    pub inline: i64,
    /// Calls that run.
    depth: i64,
}

impl Tally {
    fn begin(&mut self) {
        self.depth += 1;
    }

    fn end(&mut self, total: i64, inline: i64) {
        self.depth -= 1;
        if self.depth == 0 {
            self.total = self.total.wrapping_add(total);
        } else {
            self.recursive += 1;
        }
        self.inline = self.inline.wrapping_add(inline);
        self.calls += 1;
    }
}

/// A function: its code object, or the name of a native one.
pub struct Function {
    pub label: Obj,
    pub tally: Tally,
    /// Places among the pairs.
    pub called: Vec<usize>,
}

/// A function and one that it called.
pub struct Pair {
    pub callee: usize,
    pub tally: Tally,
}

/// A call that runs.
struct Open {
    function: usize,
    pair: Option<usize>,
    begun: i64,
    /// Ticks in what it called.
    inner: i64,
}

#[derive(Default)]
pub struct Record {
    pub functions: Vec<Function>,
    pub pairs: Vec<Pair>,
    known: HashMap<usize, usize>,
    known_pairs: HashMap<(usize, usize), usize>,
    open: Vec<Open>,
}

impl Record {
    pub fn knows(&self, key: usize) -> bool {
        self.known.contains_key(&key)
    }

    /// Enters a function that is not known.
    pub fn add(&mut self, key: usize, label: Obj) {
        self.known.insert(key, self.functions.len());
        self.functions.push(Function { label, tally: Tally::default(), called: Vec::new() });
    }

    /// A call of a known function begins; its clock does so with [`start_clock`](Record::start_clock).
    pub fn begin(&mut self, key: usize, by_caller: bool) {
        let Some(&function) = self.known.get(&key) else { return };
        self.functions[function].tally.begin();
        let caller = self.open.last().map(|open| open.function).filter(|_| by_caller);
        let pair = caller.map(|caller| {
            *self.known_pairs.entry((caller, function)).or_insert_with(|| {
                let place = self.pairs.len();
                self.functions[caller].called.push(place);
                self.pairs.push(Pair { callee: function, tally: Tally::default() });
                place
            })
        });
        if let Some(pair) = pair {
            self.pairs[pair].tally.begin();
        }
        self.open.push(Open { function, pair, begun: 0, inner: 0 });
    }

    pub fn start_clock(&mut self, now: i64) {
        if let Some(open) = self.open.last_mut() {
            open.begun = now;
        }
    }

    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The newest call ends.
    pub fn end(&mut self, now: i64) {
        let Some(open) = self.open.pop() else { return };
        let total = now.wrapping_sub(open.begun);
        let inline = total.wrapping_sub(open.inner);
        if let Some(caller) = self.open.last_mut() {
            caller.inner = caller.inner.wrapping_add(total);
        }
        self.functions[open.function].tally.end(total, inline);
        if let Some(pair) = open.pair {
            self.pairs[pair].tally.end(total, inline);
        }
    }
}

impl Traverse for Record {
    fn traverse(&self, visitor: &mut Visitor) {
        for function in &self.functions {
            visitor.visit(&function.label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_objects::testing::with_interpreter;

    #[test]
    fn times_go_to_functions_and_pairs() {
        with_interpreter(|| {
            let mut record = Record::default();
            record.add(1, PyStr::new("f").into_obj());
            record.add(2, PyStr::new("g").into_obj());
            let mut clock = 0;
            let mut step = |record: &mut Record, key: Option<usize>| {
                clock += 10;
                match key {
                    Some(key) => {
                        record.begin(key, true);
                        record.start_clock(clock);
                    }
                    None => record.end(clock),
                }
            };
            // f calls itself, which calls g.
            for key in [Some(1), Some(1), Some(2), None, None, None, None] {
                step(&mut record, key);
            }
            assert!(!record.is_open());
            let shown = |tally: &Tally| (tally.calls, tally.recursive, tally.total, tally.inline);
            assert_eq!(shown(&record.functions[0].tally), (2, 1, 50, 40));
            assert_eq!(shown(&record.functions[1].tally), (1, 0, 10, 10));
            assert_eq!(record.functions[0].called.len(), 2);
            assert_eq!(shown(&record.pairs[0].tally), (1, 0, 30, 20));
            assert_eq!(shown(&record.pairs[1].tally), (1, 0, 10, 10));
        });
    }
}
