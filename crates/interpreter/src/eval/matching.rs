//! The evaluation loop as one `match` on the instruction.

#![expect(unsafe_code, reason = "reads instructions through a pointer")]

use super::exceptions::Fault;
use super::instructions::*;
use super::machine::{self, Machine, Spill};
use super::opcodes::{self, *};
use super::{Exit, Registers};
use super::{
    arithmetic, attributes, building, calls, common, containers, exceptions, formatting, generators, imports,
    intrinsics, iteration, jumps, loads, names, patterns, returns, unwind,
};
use crate::monitoring::stepping::{self, Pending};
use crate::specialise::{self, keyword_calls, overrides};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::opcode::{NB_ADD, NB_MULTIPLY, NB_SUBTRACT};
use taipan_objects::model::Raised;
use taipan_objects::model::thread::EvalBreaker;
use taipan_objects::prelude::*;

/// The next instruction and its whole argument.
#[inline(always)]
fn fetch(m: &mut Machine) -> (u8, usize) {
    let mut arg = 0;
    loop {
        // SAFETY: `pc` stands in the code of the running frame; code ends with an instruction that leaves it.
        let unit = unsafe { *m.pc };
        m.skip(1);
        arg = arg << 8 | usize::from(unit >> 8);
        if unit as u8 != EXTENDED_ARG {
            return (unit as u8, arg);
        }
    }
}

/// Makes the loop of the table.
macro_rules! matching {
    ($m:ident; $($($name:ident)|+ => $body:expr,)*) => {
        /// Runs until the frame by which the loop was entered is left, or the other form is due.
        pub(super) fn evaluate<const TRACED: bool>(at: Registers, raising: bool, pending: &mut Pending) -> Exit {
            let mut spill = Spill::new();
            let mut $m = Machine {
                pc: at.pc,
                sp: at.sp,
                frame: at.frame,
                thread: at.thread,
                spill: &raw mut spill,
                dead: null_mut(),
            };
            if raising {
                if TRACED && $m.outline(|m| stepping::thrown(m)).is_err() {
                    // The callback's exception takes the place of the one that was thrown.
                }
                let tracer = TRACED.then_some(&mut *pending);
                if $m.outline(|m| unwind::unwind(m, Fault::Raised, tracer)).is_err() {
                    return Exit::Done(Err(Raised::claim()));
                }
            }
            'next: loop {
                if TRACED && $m.thread.eval_breaker.get() & EvalBreaker::TRACING == 0 {
                    return Exit::Switch(Registers::of(&$m));
                }
                let (mut op, arg) = fetch(&mut $m);
                let mut told = false;
                let fault = 'again: loop {
                    macro_rules! next {
                        ($attempt:expr) => {{
                            $attempt;
                            if !$m.dead.is_null() {
                                machine::bury($m.dead);
                                $m.dead = null_mut();
                            }
                            continue 'next;
                        }};
                    }
                    macro_rules! leave {
                        ($value:expr) => {
                            return Exit::Done(Ok($value))
                        };
                    }
                    macro_rules! general {
                        ($general:ident) => {{
                            op = $general;
                            continue 'again;
                        }};
                    }
                    macro_rules! adapt {
                        ($machine:ident, $general:ident, $arg:expr, $decide:path) => {
                            if op == $general {
                                let counter = $machine.cache(0);
                                if counter == 0 {
                                    $machine.set_cache(0, specialise::RAN_ONCE);
                                } else if specialise::is_due(counter) {
                                    $machine.outline(|m| $decide(m, $arg));
                                    if $machine.opcode() != $general {
                                        op = $machine.opcode();
                                        continue 'again;
                                    }
                                } else {
                                    $machine.set_cache(0, specialise::advanced(counter));
                                }
                            }
                        };
                    }
                    // Kept from the view of the optimiser, which would otherwise work out what every instruction makes of its
                    // argument (addresses, comparisons) ahead of the dispatch, for all of them each time.
                    macro_rules! arg {
                        () => {
                            common::opaque(arg)
                        };
                    }

                    if TRACED && !told && op != RESERVED {
                        // Once for each execution, whatever forms of the instruction are tried.
                        told = true;
                        match $m.outline(|m| stepping::before(m, pending, op, arg)) {
                            Ok(false) => {}
                            Ok(true) => continue 'next,
                            Err(_) => break Fault::Raised,
                        }
                    }
                    break match op {
                        $($($name)|+ => $body,)*
                        RESERVED => {
                            $m.pc = $m.waiting();
                            if !TRACED {
                                return Exit::Switch(Registers::of(&$m));
                            }
                            continue 'next;
                        }
                        _ => super::unknown_instruction(op),
                    };
                };
                let tracer = TRACED.then_some(&mut *pending);
                if $m.outline(|m| unwind::unwind(m, fault, tracer)).is_err() {
                    return Exit::Done(Err(Raised::claim()));
                }
            }
        }
    };
}

instructions!(matching);
