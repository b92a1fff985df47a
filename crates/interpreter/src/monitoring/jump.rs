//! Jumps by `frame.f_lineno = line` in a trace function.
//!
//! A jump may go wherever the value stack that the target needs can be made from the one that is there by leaving out its
//! top. What each instruction finds on the stack is worked out anew for each jump: kinds of values, three bits each, packed
//! in a word with the top in the lowest bits.

#![expect(unsafe_code, reason = "changes a traced frame's stack and place")]

use super::events::Event;
use crate::frames::{Frame, PyFrame, first_instruction};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::Opcode;
use taipan_bytecode::exceptiontable::Entries;
use taipan_bytecode::linetable::{LocationEntry, Locations};
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// Kinds of values on the stack, packed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
struct Stack(i64);

const ITERATOR: i64 = 1;
const EXCEPT: i64 = 2;
const OBJECT: i64 = 3;
const NULL: i64 = 4;
const LASTI: i64 = 5;

const BITS: u32 = 3;
const MAX_DEPTH: u32 = 63 / BITS;

impl Stack {
    const UNREACHED: Stack = Stack(-2);
    const OVERFLOWED: Stack = Stack(-1);
    const EMPTY: Stack = Stack(0);

    fn push(self, kind: i64) -> Stack {
        if self.0 < 0 || self.0 >= 1 << (BITS * MAX_DEPTH - BITS) {
            return Stack::OVERFLOWED;
        }
        Stack(self.0 << BITS | kind)
    }

    fn pop(self) -> Stack {
        // An overflow stays one.
        Stack(self.0 >> BITS)
    }

    fn top(self) -> i64 {
        self.0 & ((1 << BITS) - 1)
    }

    /// The kind `depth` below the top; 1 is the top.
    fn peek(self, depth: usize) -> i64 {
        (1..depth).fold(self, |stack, _| stack.pop()).top()
    }

    fn depth(self) -> usize {
        let (mut depth, mut rest) = (0, self.0);
        while rest > 0 {
            (depth, rest) = (depth + 1, rest >> BITS);
        }
        depth
    }

    fn swap(self, depth: usize) -> Stack {
        if self.0 < 0 || depth > MAX_DEPTH as usize {
            return Stack::OVERFLOWED;
        }
        let (low, high) = (self.top(), self.peek(depth));
        let shift = BITS * (depth as u32 - 1);
        let cleared = self.0 & !((1 << BITS) - 1) & !(((1 << BITS) - 1) << shift);
        Stack(cleared | high | low << shift)
    }

    fn apply(self, effect: i64) -> Stack {
        if self.0 < 0 {
            return self;
        }
        let popped = (effect..0).fold(self, |stack, _| stack.pop());
        (0..effect).fold(popped, |stack, _| stack.push(OBJECT))
    }

    /// Whether code that expects `to` can go on with this stack less its top.
    fn fits(self, to: Stack) -> bool {
        if self.0 < 0 || to.0 < 0 || self.depth() < to.depth() {
            return false;
        }
        let (mut from, mut to) = ((to.depth()..self.depth()).fold(self, |stack, _| stack.pop()), to);
        while from.0 != 0 {
            let fine = match to.top() {
                OBJECT => from.top() != NULL,
                NULL => true,
                kind => from.top() == kind,
            };
            if !fine {
                return false;
            }
            (from, to) = (from.pop(), to.pop());
        }
        true
    }

    /// Why nothing can jump to where this is expected.
    fn refusal(self) -> &'static str {
        match self {
            Stack::OVERFLOWED => "stack is too deep to analyze",
            Stack::UNREACHED => "can't jump into unreachable code",
            _ => match self.top() {
                EXCEPT => "can't jump into an 'except' block as there's no exception",
                LASTI => "can't jump into a re-raising block as there's no location",
                ITERATOR => "can't jump into the body of a for loop",
                _ => "incompatible stacks",
            },
        }
    }
}

/// The stacks before each code unit.
struct Stacks {
    at: Vec<Stack>,
    again: bool,
}

impl Stacks {
    fn of(code: &PyCode) -> Stacks {
        let bytes = code.code_bytes();
        let units = bytes.as_slice();
        let mut stacks = Stacks { at: vec![Stack::UNREACHED; units.len() / 2 + 1], again: true };
        stacks.at[0] = Stack::EMPTY;
        while stacks.again {
            stacks.again = false;
            stacks.scan(units);
            stacks.enter_handlers(code);
        }
        stacks
    }

    fn set(&mut self, unit: usize, stack: Stack) {
        if let Some(place) = self.at.get_mut(unit) {
            *place = stack;
        }
    }

    /// Goes through the instructions once, front to back.
    fn scan(&mut self, units: &[u8]) {
        let (mut unit, mut extension) = (0, 0);
        while unit < units.len() / 2 {
            let Some(op) = Opcode::from_u8(units[2 * unit]) else { return };
            let arg = extension << 8 | usize::from(units[2 * unit + 1]);
            let next = unit + 1 + op.caches();
            extension = if op == Opcode::EXTENDED_ARG { arg } else { 0 };
            let stack = self.at[unit];
            if stack != Stack::UNREACHED {
                self.flow(op, arg, unit, next, stack);
            }
            unit = next;
        }
    }

    fn flow(&mut self, op: Opcode, arg: usize, unit: usize, next: usize, stack: Stack) {
        let after = match op {
            Opcode::EXTENDED_ARG => stack,
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => {
                self.set(next + arg, stack.pop());
                stack.pop()
            }
            Opcode::SEND => {
                self.set(next + arg, stack);
                stack
            }
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
                let target = next.saturating_sub(arg);
                self.again |= self.at[target] == Stack::UNREACHED && target < unit;
                return self.set(target, stack);
            }
            Opcode::JUMP_FORWARD => return self.set(next + arg, stack),
            Opcode::GET_ITER | Opcode::GET_AITER => stack.pop().push(ITERATOR),
            Opcode::FOR_ITER => {
                self.set(next + arg, stack.push(OBJECT));
                stack.push(OBJECT)
            }
            Opcode::END_ASYNC_FOR => stack.pop().pop(),
            Opcode::PUSH_EXC_INFO => stack.push(EXCEPT),
            Opcode::POP_EXCEPT => stack.pop(),
            Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE => return,
            Opcode::PUSH_NULL => stack.push(NULL),
            Opcode::LOAD_GLOBAL if arg & 1 != 0 => stack.push(OBJECT).push(NULL),
            Opcode::LOAD_ATTR if arg & 1 != 0 => stack.pop().push(OBJECT).push(NULL),
            Opcode::SWAP => stack.swap(arg),
            Opcode::COPY => stack.push(stack.peek(arg)),
            _ => stack.apply(op.stack_effect(arg as u32, false)),
        };
        self.set(next, after);
    }

    /// The handlers of what was reached.
    fn enter_handlers(&mut self, code: &PyCode) {
        for entry in Entries::new(code.exceptiontable().as_slice()) {
            let (Some(&guarded), Some(&handler)) = (self.at.get(entry.start), self.at.get(entry.target))
            else {
                continue;
            };
            if guarded == Stack::UNREACHED || handler != Stack::UNREACHED {
                continue;
            }
            self.again = true;
            let kept = (entry.depth..guarded.depth()).fold(guarded, |stack, _| stack.pop());
            let kept = if entry.lasti { kept.push(LASTI) } else { kept };
            self.set(entry.target, kept.push(EXCEPT));
        }
    }
}

/// Where stretches of lines begin: code unit and line.
fn line_starts(code: &PyCode) -> Vec<(usize, i32)> {
    let mut last = -1;
    let begins = |entry: LocationEntry| {
        let line = entry.position.line.filter(|&line| line != last)?;
        last = line;
        Some((entry.start / 2, line))
    };
    Locations::new(code.linetable().as_slice(), code.raw.co_firstlineno).filter_map(begins).collect()
}

/// Refuses what is no place to jump from.
fn check_event(frame: &PyFrame) -> PyResult<()> {
    let thread = thread::current();
    let misplaced = || raised!(ValueError, "f_lineno can only be set in a trace function");
    let Some(event) = super::trace::current_event(thread) else { return Err(misplaced()) };
    let is_told = core::ptr::eq(thread.told_frame.get().cast::<Frame>(), frame.frame());
    match event {
        // Any other frame is in the middle of a call.
        Event::Line
        | Event::Jump
        | Event::BranchLeft
        | Event::BranchRight
        | Event::Branch
        | Event::PyResume
        | Event::PyYield => {
            if is_told {
                Ok(())
            } else {
                Err(misplaced())
            }
        }
        Event::PyStart => Err(raised!(ValueError, "can't jump from the 'call' trace event of a new frame")),
        Event::Call | Event::CReturn => Err(raised!(ValueError, "can't jump during a call")),
        Event::Reraise | Event::StopIteration => Err(raised!(SystemError, "unexpected event type")),
        _ => Err(raised!(ValueError, "can only jump from a 'line' trace event")),
    }
}

/// The code unit to go on at, with the stacks here and there.
fn find_target(code: &PyCode, unit: usize, wanted: i32) -> PyResult<(usize, Stack, Stack)> {
    let starts = line_starts(code);
    let Some(line) = starts.iter().map(|&(_, line)| line).filter(|&line| line >= wanted).min() else {
        return Err(raised!(ValueError, "line {wanted} comes after the current code block"));
    };
    let stacks = Stacks::of(code);
    let here = stacks.at.get(unit).copied().unwrap_or(Stack::UNREACHED);
    let (mut best, mut refusal) = (None, None);
    for (target, _) in starts.into_iter().filter(|&(_, start)| start == line) {
        let there = stacks.at.get(target).copied().unwrap_or(Stack::UNREACHED);
        if here.fits(there) {
            if best.is_none_or(|(_, stack)| there > stack) {
                best = Some((target, there));
            }
        } else if refusal.is_none() {
            refusal = Some(match here {
                Stack::OVERFLOWED => "stack to deep to analyze",
                Stack::UNREACHED => "can't jump from unreachable code",
                _ => there.refusal(),
            });
        }
    }
    match best {
        Some((target, there)) => Ok((target, here, there)),
        None => {
            let refusal = refusal.unwrap_or("cannot find bytecode for specified line");
            Err(raised!(ValueError, "{refusal}"))
        }
    }
}

/// Local variables that the code at the target may take for bound become `None`.
fn bind_locals(frame: &mut Frame) -> PyResult<()> {
    let code = frame.code();
    let count = code.raw.co_nlocals as usize;
    let first = frame.localsplus();
    // SAFETY: the variables are the frame's first.
    let is_unbound = |index: &usize| unsafe { (*first.add(*index)).is_null() };
    let unbound: Vec<usize> = (0..count).filter(is_unbound).collect();
    if unbound.is_empty() {
        return Ok(());
    }
    let plural = if unbound.len() == 1 { "" } else { "s" };
    errors::warn(
        Exc::RuntimeWarning,
        0,
        format_args!("assigning None to {} unbound local{plural}", unbound.len()),
    )?;
    for index in unbound.into_iter().filter(is_unbound) {
        // SAFETY: as above; there is nothing to close.
        unsafe { first.add(index).write(Value::none()) };
    }
    Ok(())
}

/// Takes the topmost value; one that is a handled exception from before becomes the handled one again.
fn pop(frame: &mut Frame, handled: bool) {
    // SAFETY: the stack is not empty, since its kinds were followed; the frame waits in its trace function.
    unsafe {
        frame.sp = frame.sp.sub(1);
        let value = frame.sp.replace(Value::NULL);
        if !handled {
            return value.close();
        }
        let item = (*thread::current().raw()).exc_info;
        let before = value.into_obj();
        let before = if before.is_none() { null_mut() } else { before.into_raw() };
        let old = core::mem::replace(&mut (*item).exc_value, before);
        if !old.is_null() {
            drop(Obj::from_raw(old));
        }
    }
}

/// `frame.f_lineno = value`.
pub(crate) fn set_line_number(frame: &PyFrame, value: &PyObject) -> PyResult<()> {
    let Some(number) = value.downcast_exact::<PyInt>() else {
        return Err(raised!(ValueError, "lineno must be an integer"));
    };
    check_event(frame)?;
    let Some(wanted) = number.to_i64().and_then(|line| i32::try_from(line).ok()) else {
        return Err(raised!(OverflowError, "Python int too large to convert to C int"));
    };
    let code = frame.code();
    if wanted < code.raw.co_firstlineno {
        return Err(raised!(ValueError, "line {wanted} comes before the current code block"));
    }
    let (target, mut here, there) = find_target(&code, frame.frame().unit(), wanted)?;
    bind_locals(frame.frame())?;
    while here.depth() > there.depth() {
        pop(frame.frame(), here.top() == EXCEPT);
        here = here.pop();
    }
    frame.lineno.set(0);
    // SAFETY: the target is an instruction of the code.
    frame.frame().instr = unsafe { first_instruction(&code).add(target) };
    Ok(())
}
