//! The evaluation loop.
//!
//! [`run`] executes a frame and everything it calls: a call of a Python function pushes a frame and goes on in the same
//! loop. What each instruction means is a function in its family's file; the table in [`instructions`] says which. The loop
//! has two forms, made from that table: a chain of functions, each of which ends by jumping to the next ([`chain`]), and
//! one `match` ([`matching`]), which runs where somebody traces, and in builds for debugging.

#![expect(unsafe_code, reason = "reads instructions through a pointer")]

pub(crate) mod arithmetic;
mod attributes;
mod building;
pub(crate) mod calls;
#[cfg(not(any(debug_assertions, miri)))]
mod chain;
pub(crate) mod common;
mod containers;
mod exceptions;
mod formatting;
pub(crate) mod generators;
mod imports;
mod instructions;
mod intrinsics;
mod iteration;
pub(crate) mod jumps;
mod loads;
pub(crate) mod machine;
mod matching;
mod names;
mod nested;
pub(crate) mod opcodes;
mod patterns;
mod returns;
mod unwind;

pub(crate) use common::opaque_place;
pub(crate) use generators::awaitable_iterator;

use crate::frames::{Frame, current, set_current};
use crate::monitoring::stepping::Pending;
use crate::trampolines;
use crate::value::Value;
use exceptions::Fault;
use machine::Machine;
use taipan_objects::model::thread::{EvalBreaker, ThreadState};
use taipan_objects::prelude::*;

/// Runs a frame to its end, or to the next value it yields. The frame is consumed or suspended.
pub(crate) fn run(thread: &'static ThreadState, frame: *mut Frame) -> PyResult<Value> {
    drive(enter(thread, frame), false)
}

/// As [`run`], with the exception that is set raised where the frame stopped.
pub(crate) fn run_raising(thread: &'static ThreadState, frame: *mut Frame) -> PyResult<Value> {
    drive(enter(thread, frame), true)
}

fn enter(thread: &'static ThreadState, frame: *mut Frame) -> Registers {
    // SAFETY: the frame is alive and not running.
    unsafe {
        (*frame).is_entry = true;
        (*frame).previous = current(thread);
        set_current(thread, frame);
        // A fresh frame starts at its first instruction, a suspended one behind that where it stopped.
        let pc = match (*frame).owner {
            crate::frames::Owner::Generator => (*frame).instr.add(1),
            _ => (*frame).instr,
        };
        Registers { pc, sp: (*frame).sp, frame, thread }
    }
}

/// How the loop was left.
enum Exit {
    Done(PyResult<Value>),
    /// The other form of the loop is due.
    Switch(Registers),
}

impl Registers {
    fn of(m: &Machine) -> Registers {
        Registers { pc: m.pc, sp: m.sp, frame: m.frame, thread: m.thread }
    }
}

/// Where the loop is entered.
#[derive(Clone, Copy)]
struct Registers {
    pc: *mut u16,
    sp: *mut Value,
    frame: *mut Frame,
    thread: &'static ThreadState,
}

/// Runs in the form that is due, until the frame by which the loop was entered is left.
#[inline(always)]
fn drive(at: Registers, raising: bool) -> PyResult<Value> {
    if at.thread.eval_breaker.get() & (EvalBreaker::TRACING | EvalBreaker::PROFILED) != 0 {
        return watched(at, raising);
    }
    match untraced(at, raising) {
        Exit::Done(result) => result,
        Exit::Switch(registers) => alternate(registers, false),
    }
}

/// As [`drive`], where somebody traces or profiles.
#[cold]
#[inline(never)]
fn watched(at: Registers, raising: bool) -> PyResult<Value> {
    if at.thread.eval_breaker.get() & EvalBreaker::PROFILED == 0 {
        return alternate(at, raising);
    }
    // SAFETY: the frame is alive; whatever becomes of it, the code object is kept until the piece was taken.
    let code = unsafe { (*at.frame).code() }.to_owned();
    trampolines::enter(&code, || alternate(at, raising))
}

/// As [`drive`], where somebody traces or did.
#[cold]
#[inline(never)]
fn alternate(mut at: Registers, mut raising: bool) -> PyResult<Value> {
    let mut pending = Pending::default();
    loop {
        let exit = if at.thread.eval_breaker.get() & EvalBreaker::TRACING != 0 {
            matching::evaluate::<true>(at, raising, &mut pending)
        } else {
            // What was to be told of when everybody stopped listening is forgotten.
            pending = Pending::default();
            untraced(at, raising)
        };
        match exit {
            Exit::Done(result) => return result,
            Exit::Switch(registers) => at = registers,
        }
        raising = false;
    }
}

/// Runs while nobody traces. Unoptimised code keeps the chain's links on the stack, so it takes the `match`.
#[inline(always)]
fn untraced(at: Registers, raising: bool) -> Exit {
    #[cfg(not(any(debug_assertions, miri)))]
    return chain::evaluate(at, raising);
    #[cfg(any(debug_assertions, miri))]
    return matching::evaluate::<false>(at, raising, &mut Pending::default());
}

#[cold]
#[inline(never)]
fn unknown_instruction(op: u8) -> Fault {
    raised!(SystemError, "unknown opcode {op}").into()
}
