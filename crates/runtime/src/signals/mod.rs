//! Signals and everything else that interrupts running Python code.
//!
//! [`handle_pending`] is what the evaluation loop calls when a thread's eval breaker is not zero, and what a call that a
//! signal interrupted calls: it hands the interpreter's lock over, runs signal handlers (in the main thread), pending calls, and
//! raises asynchronous exceptions, and runs the scripts that other processes sent.

pub mod handlers;
pub mod inspection;
pub mod module;
pub mod pending;
pub mod remote;

use core::ffi::c_int;
use std::sync::OnceLock;
use taipan_host::signals;
use taipan_objects::memory;
use taipan_objects::model::thread::{self, EvalBreaker};
use taipan_objects::prelude::*;

/// The eval breaker of the main interpreter's main thread.
static MAIN: OnceLock<&'static EvalBreaker> = OnceLock::new();

/// Called in signal handlers: only sets a flag.
fn notify() {
    interrupt_main(EvalBreaker::SIGNALS);
}

/// Sets bits of the main thread's eval breaker.
fn interrupt_main(bits: usize) {
    if let Some(breaker) = MAIN.get() {
        breaker.set_bits(bits);
    }
}

/// Makes signals known to the running thread, which is the main one.
pub fn init() {
    let _ = MAIN.set(&thread::current().eval_breaker);
    signals::set_notify(notify);
    remote::init();
}

/// As if the signal had come (`PyErr_SetInterruptEx`).
pub fn simulate(signal: c_int) -> PyResult<()> {
    if signal < 1 || signal as usize >= signals::COUNT {
        return Err(raised!(ValueError, "signal number out of range"));
    }
    // Where Python does not know who handles it, too: that is said when it is handled.
    if handlers::get(signal).downcast::<PyInt>().is_none() {
        signals::raise_flag(signal);
    }
    Ok(())
}

/// Does what the eval breaker asks for.
pub fn handle_pending() -> PyResult<()> {
    let state = thread::current();
    let bits = state.eval_breaker.get();
    if bits & EvalBreaker::DROP_LOCK != 0 {
        crate::gil::yield_lock();
    }
    if bits & EvalBreaker::COLLECT != 0 {
        state.eval_breaker.clear_bits(EvalBreaker::COLLECT);
        taipan_objects::gc::run_pending();
        memory::refill();
    }
    if bits & EvalBreaker::NO_MEMORY != 0 {
        state.eval_breaker.clear_bits(EvalBreaker::NO_MEMORY);
        memory::tell()?;
    }
    if (bits & EvalBreaker::SIGNALS != 0 || signals::any_raised()) && crate::threads::is_main_thread() {
        state.eval_breaker.clear_bits(EvalBreaker::SIGNALS);
        handlers::run()?;
    }
    if bits & EvalBreaker::PENDING_CALLS != 0 {
        state.eval_breaker.clear_bits(EvalBreaker::PENDING_CALLS);
        pending::run()?;
    }
    if bits & EvalBreaker::ASYNC_EXCEPTION != 0 {
        state.eval_breaker.clear_bits(EvalBreaker::ASYNC_EXCEPTION);
        pending::raise_async()?;
    }
    if bits & EvalBreaker::REMOTE_SCRIPT != 0 {
        state.eval_breaker.clear_bits(EvalBreaker::REMOTE_SCRIPT);
        remote::run();
    }
    Ok(())
}
