//! The lock that lets one thread at a time run Python code of an interpreter.
//!
//! A thread that wants the lock and does not get it within the switch interval asks its holder to let go, through the
//! holder's eval breaker; a holder that lets go because it was asked waits until another thread has the lock. Around calls that
//! may wait for the system, `host::blocking` gives the lock up through [`hook`].

use core::cell::RefCell;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use taipan_host::hooks::BlockingHook;
use taipan_objects::model::thread::{self, EvalBreaker, InterpreterState, ThreadState};

/// Microseconds after which a waiting thread asks for the lock.
const DEFAULT_INTERVAL: u64 = 5000;

/// The lock of one interpreter.
pub struct Gil {
    state: Mutex<State>,
    /// The lock came free, or a thread stopped waiting.
    changed: Condvar,
    interval: AtomicU64,
}

#[derive(Default)]
struct State {
    holder: Option<&'static EvalBreaker>,
    /// Threads that wait.
    waiting: usize,
    /// Grows with every change of holder.
    switches: u64,
    /// The thread that takes the interpreter down: nobody else gets the lock any more.
    last: Option<&'static EvalBreaker>,
}

impl State {
    /// Whether this thread has to wait.
    fn excludes(&self, breaker: &EvalBreaker) -> bool {
        self.holder.is_some() || self.last.is_some_and(|last| !core::ptr::eq(last, breaker))
    }
}

impl Default for Gil {
    fn default() -> Self {
        Gil {
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
            interval: AtomicU64::new(DEFAULT_INTERVAL),
        }
    }
}

impl Gil {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The switch interval in microseconds.
    pub fn interval(&self) -> u64 {
        self.interval.load(Ordering::Relaxed)
    }

    pub fn set_interval(&self, microseconds: u64) {
        self.interval.store(microseconds.max(1), Ordering::Relaxed);
    }

    /// Waits for the lock.
    pub fn take(&self, breaker: &'static EvalBreaker) {
        let mut state = self.state();
        if state.excludes(breaker) {
            state.waiting += 1;
            while state.excludes(breaker) {
                let seen = state.switches;
                let interval = Duration::from_micros(self.interval());
                let (next, timeout) =
                    self.changed.wait_timeout(state, interval).unwrap_or_else(PoisonError::into_inner);
                state = next;
                if let Some(holder) = state.holder
                    && timeout.timed_out()
                    && state.switches == seen
                {
                    holder.set_bits(EvalBreaker::DROP_LOCK);
                }
            }
            state.waiting -= 1;
        }
        state.holder = Some(breaker);
        state.switches += 1;
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Lets go of the lock.
    pub fn release(&self) {
        let mut state = self.state();
        state.holder = None;
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Lets go because another thread asked, and waits for the lock again once that one had it.
    fn hand_over(&self, breaker: &'static EvalBreaker) {
        let mut state = self.state();
        let seen = state.switches;
        state.holder = None;
        self.changed.notify_all();
        while state.switches == seen && state.waiting > 0 && state.last.is_none() {
            let interval = Duration::from_micros(self.interval());
            state = self.changed.wait_timeout(state, interval).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        self.take(breaker);
    }

    /// From now on only this thread, which holds the lock, gets it: the others wait until the process ends.
    pub fn close(&self, breaker: &'static EvalBreaker) {
        self.state().last = Some(breaker);
    }

    /// Makes the lock as new, held by the one thread that a fork leaves.
    pub fn reset_after_fork(&self, breaker: &'static EvalBreaker) {
        let mut state = self.state();
        *state = State { holder: Some(breaker), waiting: 0, switches: state.switches + 1, last: None };
    }
}

/// The lock of an interpreter. Called by a thread that runs in it; others keep the reference.
pub fn of(interpreter: &'static InterpreterState) -> &'static Gil {
    interpreter.extension()
}

thread_local! {
    /// Thread states that this thread detached to wait, with their locks: the last is attached again first.
    static SUSPENDED: RefCell<Vec<(&'static ThreadState, &'static Gil)>> = const { RefCell::new(Vec::new()) };
}

/// Takes the lock and attaches the state to this thread.
pub fn attach(state: &'static ThreadState, gil: &'static Gil) {
    gil.take(&state.eval_breaker);
    state.note_lock(true);
    thread::swap_current(Some(state));
}

/// Detaches this thread's state and lets go of the lock.
pub fn detach() -> Option<(&'static ThreadState, &'static Gil)> {
    let state = thread::current_opt()?;
    let gil = of(state.interpreter());
    thread::swap_current(None);
    state.note_lock(false);
    gil.release();
    Some((state, gil))
}

/// Lets another thread run, where one asked for that.
pub fn yield_lock() {
    let state = thread::current();
    state.eval_breaker.clear_bits(EvalBreaker::DROP_LOCK);
    let gil = of(state.interpreter());
    thread::swap_current(None);
    state.note_lock(false);
    gil.hand_over(&state.eval_breaker);
    state.note_lock(true);
    thread::swap_current(Some(state));
}

fn release() -> usize {
    match detach() {
        Some(suspended) => {
            SUSPENDED.with_borrow_mut(|list| list.push(suspended));
            1
        }
        None => 0,
    }
}

fn reacquire(token: usize) {
    if token == 0 {
        return;
    }
    if let Some((state, gil)) = SUSPENDED.with_borrow_mut(Vec::pop) {
        attach(state, gil);
    }
}

/// What `host` does around calls that may wait.
pub fn hook() -> BlockingHook {
    BlockingHook { release, reacquire }
}

/// Runs `work` with this thread attached: what a library calls back while [`taipan_host::blocking`] waits for it.
pub fn attached<T>(work: impl FnOnce() -> T) -> T {
    if thread::current_opt().is_some() {
        return work();
    }
    reacquire(1);
    let result = work();
    release();
    result
}
