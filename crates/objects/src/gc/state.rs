//! Generations, thresholds, and when a collection is due.

use super::list::{self, Head};
use crate::model::ObjCell;
use crate::model::thread::{EvalBreaker, ThreadState};
use core::cell::Cell;
use taipan_abi::PyGC_Head;

pub const GENERATIONS: usize = 3;

/// What `gc.get_stats()` tells of a generation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    pub collections: usize,
    pub collected: usize,
    pub uncollectable: usize,
}

/// The collector's state of one interpreter.
pub struct GcState {
    /// The three generations and the frozen objects, each the head of a list. They never move.
    heads: Head,
    pub counts: [Cell<i32>; GENERATIONS],
    pub thresholds: [Cell<i32>; GENERATIONS],
    pub statistics: [Cell<Statistics>; GENERATIONS],
    pub enabled: Cell<bool>,
    pub(super) collecting: Cell<bool>,
    pub debug: Cell<i32>,
    /// Objects that survived the last full collection, and those that survived the middle generation's since.
    pub(super) long_lived_total: Cell<usize>,
    pub(super) long_lived_pending: Cell<usize>,
    /// `gc.garbage` and `gc.callbacks`, lists.
    pub(super) garbage: ObjCell,
    pub(super) callbacks: ObjCell,
}

impl GcState {
    #[expect(clippy::new_without_default, reason = "made by the interpreter state alone")]
    #[expect(unsafe_code, reason = "links the heads of the lists")]
    pub fn new() -> Self {
        let heads = Box::leak(Box::new([const { PyGC_Head { _gc_next: 0, _gc_prev: 0 } }; GENERATIONS + 1]));
        let heads = heads.as_mut_ptr();
        for index in 0..=GENERATIONS {
            // SAFETY: the heads are ours, and stay where they are.
            unsafe { list::init(heads.add(index)) }
        }
        GcState {
            heads,
            counts: [const { Cell::new(0) }; GENERATIONS],
            thresholds: [Cell::new(2000), Cell::new(10), Cell::new(10)],
            statistics: Default::default(),
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            debug: Cell::new(0),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
            garbage: ObjCell::empty(),
            callbacks: ObjCell::empty(),
        }
    }

    #[inline(always)]
    pub(super) fn young(&self) -> Head {
        self.heads
    }

    #[expect(unsafe_code, reason = "the heads lie in one array")]
    pub(super) fn generation(&self, index: usize) -> Head {
        assert!(index <= GENERATIONS);
        // SAFETY: within the array.
        unsafe { self.heads.add(index) }
    }

    pub(super) fn permanent(&self) -> Head {
        self.generation(GENERATIONS)
    }

    #[inline(always)]
    pub(super) fn note_allocation(&self, thread: &ThreadState) {
        let count = self.counts[0].get() + 1;
        self.counts[0].set(count);
        if count > self.thresholds[0].get() {
            self.ask(thread);
        }
    }

    #[cold]
    fn ask(&self, thread: &ThreadState) {
        if self.enabled.get() && self.thresholds[0].get() != 0 && !self.collecting.get() {
            thread.eval_breaker.set_bits(EvalBreaker::COLLECT);
        }
    }

    #[inline(always)]
    pub(super) fn note_free(&self) {
        let count = self.counts[0].get();
        if count > 0 {
            self.counts[0].set(count - 1);
        }
    }
}
