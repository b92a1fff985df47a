//! Jumps, and looking up from the work.

#![expect(unsafe_code, reason = "calls an upcall")]

use super::arithmetic::truth;
use super::machine::Machine;
use taipan_objects::model::Raised;
use taipan_objects::model::thread::EvalBreaker;
use taipan_objects::prelude::*;

/// What says how the loop runs, and asks for nothing.
const MODES: usize = EvalBreaker::TRACING | EvalBreaker::PROFILED;

/// Handles what other threads, signals, the collector and tracers ask for. The last thing an instruction does.
#[inline(always)]
pub(crate) fn check_breaker(m: &mut Machine) -> PyResult<()> {
    let bits = m.thread.eval_breaker.get();
    if bits == 0 {
        return Ok(());
    }
    if bits & !MODES != 0 {
        m.save();
        look_up()?;
    }
    if m.thread.eval_breaker.get() & EvalBreaker::TRACING != 0 {
        m.switch();
    }
    Ok(())
}

/// `RESUME` where somebody wants something. Frames that begin or were left by `yield` look up; where calls are profiled, a
/// frame that the loop went on in gets a frame of the native stack.
#[inline(always)]
pub(crate) fn resume(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let bits = m.thread.eval_breaker.get();
    if oparg & 3 < 2 && bits & !MODES != 0 {
        m.save();
        look_up()?;
    }
    if m.thread.eval_breaker.get() & EvalBreaker::PROFILED != 0 && !m.frame().is_entry {
        m.outline(super::nested::run)?;
    }
    if m.thread.eval_breaker.get() & EvalBreaker::TRACING != 0 {
        m.switch();
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn look_up() -> PyResult<()> {
    // SAFETY: a thread state is attached.
    let status = unsafe { (taipan_objects::model::upcalls::get().check_signals)() };
    if status < 0 { Err(Raised::claim()) } else { Ok(()) }
}

/// A jump backward while nobody wants anything.
#[inline(always)]
pub(crate) fn jump_on(m: &mut Machine, oparg: usize) -> bool {
    if m.is_interrupted() {
        return false;
    }
    m.skip(1);
    m.back(oparg);
    true
}

#[inline(always)]
pub(crate) fn jump_backward(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let bits = m.thread.eval_breaker.get();
    if bits & !MODES != 0 {
        m.save();
        look_up()?;
    }
    m.skip(1);
    m.back(oparg);
    if bits & EvalBreaker::TRACING != 0 {
        m.switch();
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn pop_jump_if_false(m: &mut Machine, oparg: usize) {
    let value = m.pop();
    m.skip(1);
    // The compiler tests truth values alone here.
    if !value.is_true() {
        m.skip(oparg);
    }
}

#[inline(always)]
pub(crate) fn pop_jump_if_true(m: &mut Machine, oparg: usize) {
    let value = m.pop();
    m.skip(1);
    if value.is_true() {
        m.skip(oparg);
    }
}

#[inline(always)]
pub(crate) fn pop_jump_if_none(m: &mut Machine, oparg: usize) {
    let value = m.pop();
    let taken = value.is_none();
    m.let_go(value);
    m.skip(1);
    if taken {
        m.skip(oparg);
    }
}

#[inline(always)]
pub(crate) fn pop_jump_if_not_none(m: &mut Machine, oparg: usize) {
    let value = m.pop();
    let taken = !value.is_none();
    m.let_go(value);
    m.skip(1);
    if taken {
        m.skip(oparg);
    }
}

/// `TO_BOOL` in its general form.
#[inline(always)]
pub(crate) fn to_bool(m: &mut Machine) -> PyResult<()> {
    let value = m.peek(1);
    if value.is_true() || value.is_false() {
        return Ok(());
    }
    let result = truth(m, 1)?;
    m.replace(1, crate::value::Value::bool(result));
    Ok(())
}
