//! The evaluation loop as a chain: each instruction is a function that ends by jumping to the next one's.
//!
//! The registers are the functions' arguments, so that they stay in the processor's. A call in tail position of a function
//! with the same arguments, none of whose variables anybody else can see, is compiled as a jump: no instruction may
//! therefore let the address of a variable of its own escape (what needs the registers in memory runs outlined), and what
//! formats messages must be out of line.

#![expect(unsafe_code, reason = "reads instructions through a pointer")]

use super::exceptions::Fault;
use super::instructions::*;
use super::machine::{self, Machine, Spill};
use super::opcodes;
use super::{Exit, Registers};
use super::{
    arithmetic, attributes, building, calls, containers, exceptions, formatting, generators, imports,
    intrinsics, iteration, jumps, loads, names, patterns, returns, unwind,
};
use crate::frames::Frame;
use crate::specialise::{self, keyword_calls, overrides};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::opcode::{NB_ADD, NB_MULTIPLY, NB_SUBTRACT};
use taipan_objects::model::Raised;
use taipan_objects::model::thread::ThreadState;
use taipan_objects::prelude::*;

/// What one run of the chain has in memory.
struct Run {
    spill: Spill,
    /// Where to go on, after [`SWITCHED`].
    at: Registers,
}

/// What the chain returns where an exception leaves the frame by which it was entered. No value has these bits.
const RAISED: u64 = 0;
/// What it returns where the other form of the loop is due: the bits of nothing.
const SWITCHED: u64 = 1;

/// An instruction: the registers, its argument, and the memory of the run.
type Link = unsafe extern "C-unwind" fn(
    *mut u16,
    *mut Value,
    *mut Frame,
    &'static ThreadState,
    usize,
    *mut Run,
) -> u64;

/// Runs until the frame by which the loop was entered is left, or the other form is due.
#[inline(always)]
pub(super) fn evaluate(at: Registers, raising: bool) -> Exit {
    let mut run = Run { spill: Spill::new(), at };
    let memory = &raw mut run;
    let first = if raising { raise } else { proceed };
    // SAFETY: the frame is ready to run, and the run's memory lives until the chain returns.
    match unsafe { first(at.pc, at.sp, at.frame, at.thread, Fault::Raised as usize, memory) } {
        RAISED => Exit::Done(Err(Raised::claim())),
        SWITCHED => Exit::Switch(run.at),
        // SAFETY: otherwise they are the bits of the value with which the frame was left.
        bits => Exit::Done(Ok(unsafe { Value::from_bits(bits) })),
    }
}

/// Jumps to the instruction at `pc`.
macro_rules! jump {
    ($m:ident, $run:ident) => {{
        // SAFETY: `pc` stands in the code of the running frame; code ends with an instruction that leaves it.
        let unit = unsafe { *$m.pc };
        $m.skip(1);
        let link = table::CHAIN[usize::from(unit as u8)];
        // SAFETY: the registers are those of the running frame.
        return unsafe { link($m.pc, $m.sp, $m.frame, $m.thread, usize::from(unit >> 8), $run) };
    }};
}

/// Jumps to a link that is known.
macro_rules! jump_to {
    ($link:expr, $m:ident, $arg:expr, $run:ident) => {
        // SAFETY: as above.
        return unsafe { $link($m.pc, $m.sp, $m.frame, $m.thread, $arg, $run) }
    };
}

/// Declares a link by its name, its registers, its argument, the memory of the run, and what it does.
macro_rules! link {
    ($(#[$about:meta])* $name:ident, $m:ident, $arg:pat, $run:ident => $body:expr) => {
        $(#[$about])*
        #[allow(unused_mut, reason = "not every link changes its registers")]
        #[inline(never)]
        unsafe extern "C-unwind" fn $name(
            pc: *mut u16,
            sp: *mut Value,
            frame: *mut Frame,
            thread: &'static ThreadState,
            $arg: usize,
            $run: *mut Run,
        ) -> u64 {
            let mut $m = Machine {
                pc,
                sp,
                frame,
                thread,
                // SAFETY: the run's memory is alive.
                spill: unsafe { &raw mut (*$run).spill },
                dead: null_mut(),
            };
            $body
        }
    };
}

link! {
    proceed, m, _, run => {
        jump!(m, run)
    }
}

link! {
    /// Goes on where the exception that is set is handled; the argument is the [`Fault`].
    raise, m, fault, run => {
        let fault = if fault == Fault::Raised as usize { Fault::Raised } else { Fault::Reraised };
        if m.outline(|m| unwind::unwind(m, fault, None)).is_err() {
            return RAISED;
        }
        jump!(m, run)
    }
}

link! {
    /// Destroys what an instruction let go of; the argument is the last of it.
    bury, m, dead, run => {
        machine::bury(dead as *mut PyObject);
        jump!(m, run)
    }
}

/// Makes a function of each instruction of the table.
macro_rules! chain {
    ($m:ident; $($first:ident $(| $more:ident)* => $body:expr,)*) => {
        $(
            link! {
                #[expect(non_snake_case, reason = "named as the instruction")]
                #[allow(unreachable_code, unused_macros, unused_variables, reason = "not every instruction uses everything")]
                $first, $m, arg, run => {
                    macro_rules! next {
                        ($attempt:expr) => {{
                            $attempt;
                            if !$m.dead.is_null() {
                                jump_to!(bury, $m, $m.dead as usize, run)
                            }
                            jump!($m, run)
                        }};
                    }
                    macro_rules! leave {
                        ($value:expr) => {
                            return $value.bits()
                        };
                    }
                    macro_rules! general {
                        ($general:ident) => {
                            jump_to!($general, $m, arg, run)
                        };
                    }
                    macro_rules! adapt {
                        ($machine:ident, $general:ident, $arg:expr, $decide:path) => {{
                            let counter = $machine.cache(0);
                            if counter == 0 {
                                $machine.set_cache(0, specialise::RAN_ONCE);
                            } else if specialise::is_due(counter) {
                                $machine.outline(|m| $decide(m, $arg));
                                let decided = $machine.opcode();
                                if decided != opcodes::$general {
                                    jump_to!(table::CHAIN[usize::from(decided)], $machine, arg, run)
                                }
                            } else {
                                $machine.set_cache(0, specialise::advanced(counter));
                            }
                        }};
                    }
                    macro_rules! arg {
                        () => {
                            arg
                        };
                    }
                    let fault: Fault = $body;
                    jump_to!(raise, $m, fault as usize, run)
                }
            }
        )*

        mod table {
            use crate::eval::opcodes;

            /// The function of each instruction.
            pub(super) static CHAIN: [super::Link; 256] = {
                let mut chain: [super::Link; 256] = [super::unknown; 256];
                $(
                    chain[opcodes::$first as usize] = super::$first;
                    $(chain[opcodes::$more as usize] = super::$first;)*
                )*
                chain[opcodes::EXTENDED_ARG as usize] = super::extended_arg;
                chain[opcodes::RESERVED as usize] = super::switch;
                chain
            };
        }
    };
}

instructions!(chain);

link! {
    /// The next instruction's argument has more bits.
    extended_arg, m, arg, run => {
        // SAFETY: another unit follows.
        let unit = unsafe { *m.pc };
        m.skip(1);
        jump_to!(table::CHAIN[usize::from(unit as u8)], m, arg << 8 | usize::from(unit >> 8), run)
    }
}

link! {
    /// The other form of the loop is due.
    switch, m, _, run => {
        m.pc = m.waiting();
        // SAFETY: the run's memory is alive.
        unsafe { (*run).at = Registers::of(&m) };
        SWITCHED
    }
}

link! {
    unknown, m, _, run => {
        let fault = super::unknown_instruction(m.opcode());
        jump_to!(raise, m, fault as usize, run)
    }
}
