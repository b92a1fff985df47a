//! What each instruction asks of the frame and makes of it.

use super::state::{Kinds, Origin, Slot, State};
use super::{Instruction, Result, fail};
use crate::code::flags::CO_FAST_FREE;
use crate::code::{CodeData, Constant};
use crate::opcode::Opcode;

/// Runs an instruction on what is known. The stack is as deep as the instruction wants it.
pub(super) fn step(code: &CodeData, instruction: &Instruction, state: &mut State) -> Result<()> {
    let Instruction { opcode, oparg, start, .. } = *instruction;
    let mut step = Step { state, unit: start };
    let index = oparg as usize;
    if step.variable(opcode, index, code)? || step.arrange(opcode, index, code)? {
        return Ok(());
    }
    match opcode {
        Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX | Opcode::WITH_EXCEPT_START => {
            step.call(opcode, index)
        }
        Opcode::LOAD_ATTR | Opcode::LOAD_GLOBAL | Opcode::LOAD_SUPER_ATTR | Opcode::LOAD_SPECIAL => {
            step.attribute(opcode, index)
        }
        Opcode::PUSH_EXC_INFO | Opcode::RETURN_GENERATOR | Opcode::YIELD_VALUE => step.frame(opcode, index),
        _ => step.values(opcode, oparg),
    }
}

struct Step<'a> {
    state: &'a mut State,
    unit: usize,
}

impl Step<'_> {
    fn push(&mut self, slot: Slot) {
        self.state.stack.push(slot);
    }

    /// Takes the topmost slot, whatever it holds.
    fn pop(&mut self) -> Slot {
        self.state.stack.pop().unwrap_or(Slot::NOTHING)
    }

    /// The slot `depth` below the top; 1 is the top.
    fn peek(&self, depth: usize) -> Slot {
        self.state.stack.len().checked_sub(depth).map_or(Slot::NOTHING, |at| self.state.stack[at])
    }

    /// Asks for values in these slots.
    fn want(&self, depths: impl IntoIterator<Item = usize>) -> Result<()> {
        if depths.into_iter().all(|depth| self.peek(depth).is_there()) {
            return Ok(());
        }
        fail(self.unit, "nothing where a value is wanted")
    }

    /// Takes so many values.
    fn take(&mut self, count: usize) -> Result<()> {
        self.want(1..=count)?;
        self.state.stack.truncate(self.state.stack.len() - count);
        Ok(())
    }

    /// Asks that nothing on the stack is borrowed from a variable, which is about to change.
    fn release(&self, local: usize) -> Result<()> {
        if self.state.stack.iter().any(|slot| slot.origin == Origin::Local(local as u32)) {
            return fail(self.unit, "a variable changes while a value is borrowed from it");
        }
        Ok(())
    }

    fn load(&mut self, local: usize, borrowed: bool) -> Result<()> {
        let kinds = self.state.variables.get(local);
        if kinds.may_be(Kinds::NOTHING) {
            return fail(self.unit, "a variable may be unbound");
        }
        let origin = if borrowed { Origin::Local(local as u32) } else { Origin::Anywhere };
        self.push(Slot { kinds, origin });
        Ok(())
    }

    fn store(&mut self, local: usize) -> Result<()> {
        let slot = self.pop();
        if matches!(slot.origin, Origin::Local(_)) {
            return fail(self.unit, "a variable gets a borrowed value");
        }
        self.bind(local, slot.kinds)
    }

    /// Changes a variable.
    fn bind(&mut self, local: usize, kinds: Kinds) -> Result<()> {
        self.release(local)?;
        let kept = Kinds::NOTHING.or(Kinds::CELL);
        let value = if kinds.is(kept) { kinds } else { kinds.or(Kinds::VALUE) };
        self.state.variables.set(local, value);
        Ok(())
    }

    fn want_cell(&self, local: usize) -> Result<()> {
        if self.state.variables.get(local) == Kinds::CELL {
            return Ok(());
        }
        fail(self.unit, "a variable may have no cell")
    }

    /// Instructions on variables and cells. Whether it was one.
    fn variable(&mut self, opcode: Opcode, index: usize, code: &CodeData) -> Result<bool> {
        match opcode {
            Opcode::LOAD_FAST => self.load(index, false)?,
            Opcode::LOAD_FAST_BORROW => self.load(index, true)?,
            Opcode::LOAD_FAST_LOAD_FAST => {
                self.load(index >> 4, false)?;
                self.load(index & 15, false)?;
            }
            Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                self.load(index >> 4, true)?;
                self.load(index & 15, true)?;
            }
            Opcode::LOAD_FAST_CHECK => {
                let known = self.state.variables.get(index).without(Kinds::NOTHING);
                // Where it is certainly unbound, nothing goes on.
                let known = if known.is(Kinds::NOTHING) { Kinds::VALUE } else { known };
                self.state.variables.set(index, known);
                self.load(index, false)?;
            }
            Opcode::LOAD_FAST_AND_CLEAR => {
                let kinds = self.state.variables.get(index);
                self.bind(index, Kinds::NOTHING)?;
                self.push(Slot::of(kinds));
            }
            Opcode::STORE_FAST => self.store(index)?,
            Opcode::STORE_FAST_LOAD_FAST => {
                self.store(index >> 4)?;
                self.load(index & 15, false)?;
            }
            Opcode::STORE_FAST_STORE_FAST => {
                self.store(index >> 4)?;
                self.store(index & 15)?;
            }
            Opcode::DELETE_FAST => self.bind(index, Kinds::NOTHING)?,
            Opcode::MAKE_CELL => self.bind(index, Kinds::CELL)?,
            Opcode::COPY_FREE_VARS => {
                for (local, kind) in code.localspluskinds.iter().enumerate() {
                    if kind & CO_FAST_FREE != 0 {
                        self.bind(local, Kinds::CELL)?;
                    }
                }
            }
            Opcode::LOAD_DEREF => {
                self.want_cell(index)?;
                self.push(Slot::VALUE);
            }
            Opcode::LOAD_FROM_DICT_OR_DEREF => {
                self.want_cell(index)?;
                self.take(1)?;
                self.push(Slot::VALUE);
            }
            Opcode::STORE_DEREF => {
                self.want_cell(index)?;
                self.take(1)?;
            }
            Opcode::DELETE_DEREF => self.want_cell(index)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Instructions that move slots about and push constants. Whether it was one.
    fn arrange(&mut self, opcode: Opcode, index: usize, code: &CodeData) -> Result<bool> {
        match opcode {
            Opcode::PUSH_NULL => self.push(Slot::NOTHING),
            Opcode::LOAD_CONST => {
                let origin = code.consts.get(index).and_then(names).map_or(Origin::Anywhere, Origin::Names);
                self.push(Slot { origin, ..Slot::VALUE });
            }
            Opcode::COPY => self.push(self.peek(index)),
            Opcode::SWAP => {
                let top = self.state.stack.len() - 1;
                self.state.stack.swap(top, top + 1 - index);
            }
            Opcode::POP_TOP | Opcode::POP_ITER => {
                self.pop();
            }
            Opcode::END_FOR => {
                // The iterator below is shown to those who listen.
                self.want([1, 2])?;
                self.pop();
            }
            Opcode::END_SEND => {
                self.want([1, 2])?;
                let value = self.pop();
                self.pop();
                self.push(value);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn call(&mut self, opcode: Opcode, count: usize) -> Result<()> {
        let operands = match opcode {
            Opcode::CALL => {
                self.want(1..=count)?;
                count + 2
            }
            Opcode::CALL_KW => {
                match self.peek(1).origin {
                    Origin::Names(named) if named as usize <= count => {}
                    _ => return fail(self.unit, "keywords are no tuple of names"),
                }
                self.want(2..=count + 1)?;
                count + 3
            }
            Opcode::CALL_FUNCTION_EX => {
                self.want([2])?;
                4
            }
            _ => {
                // The receiver may be nothing, all stay.
                self.want([1, 5])?;
                self.push(Slot::VALUE);
                return Ok(());
            }
        };
        self.want([operands])?;
        self.state.stack.truncate(self.state.stack.len() - operands);
        self.push(Slot::VALUE);
        Ok(())
    }

    /// Loads that may push a receiver, or nothing, as well.
    fn attribute(&mut self, opcode: Opcode, index: usize) -> Result<()> {
        let receiver = match opcode {
            Opcode::LOAD_GLOBAL => Slot::NOTHING,
            Opcode::LOAD_SUPER_ATTR => {
                self.take(3)?;
                Slot::of(Kinds::VALUE.or(Kinds::NOTHING))
            }
            _ => {
                let object = self.peek(1);
                self.take(1)?;
                Slot { kinds: object.kinds.or(Kinds::NOTHING), ..object }
            }
        };
        self.push(Slot::VALUE);
        if opcode == Opcode::LOAD_SPECIAL || index & 1 != 0 {
            self.push(receiver);
        }
        Ok(())
    }

    /// What changes the state of the frame or its thread.
    fn frame(&mut self, opcode: Opcode, index: usize) -> Result<()> {
        match opcode {
            Opcode::PUSH_EXC_INFO => {
                let exception = self.pop();
                if !exception.kinds.is(Kinds::EXCEPTION) {
                    return fail(self.unit, "what is handled is no exception");
                }
                self.push(Slot::VALUE);
                self.push(exception);
            }
            Opcode::RETURN_GENERATOR => {
                if self.state.generator || !self.state.stack.is_empty() {
                    return fail(self.unit, "a frame becomes a generator's too late");
                }
                (self.state.fresh, self.state.generator) = (false, true);
                self.push(Slot::VALUE);
            }
            _ => {
                if self.state.fresh {
                    return fail(self.unit, "a frame yields that is no generator's");
                }
                self.take(1)?;
                if index != 0 {
                    // What is delegated to.
                    self.want([1])?;
                }
                self.push(Slot::VALUE);
            }
        }
        Ok(())
    }

    /// Instructions that take values and push values. Some leave a part of their operands where it is.
    fn values(&mut self, opcode: Opcode, oparg: u32) -> Result<()> {
        let (popped, pushed) = (opcode.popped(oparg) as usize, opcode.pushed(oparg) as usize);
        let kept = match opcode {
            Opcode::GET_LEN
            | Opcode::MATCH_MAPPING
            | Opcode::MATCH_SEQUENCE
            | Opcode::MATCH_KEYS
            | Opcode::IMPORT_FROM
            | Opcode::GET_ANEXT
            | Opcode::FOR_ITER
            | Opcode::FORMAT_SIMPLE
            | Opcode::GET_YIELD_FROM_ITER => popped,
            Opcode::SEND | Opcode::CHECK_EXC_MATCH => 1,
            Opcode::LIST_APPEND
            | Opcode::LIST_EXTEND
            | Opcode::SET_ADD
            | Opcode::SET_UPDATE
            | Opcode::MAP_ADD
            | Opcode::DICT_UPDATE
            | Opcode::DICT_MERGE => {
                // What lies between is not looked at.
                let callee = (opcode == Opcode::DICT_MERGE).then_some(popped);
                let container = if callee.is_some() { popped - 3 } else { popped };
                self.want((1..=popped - pushed).chain([container]).chain(callee))?;
                self.state.stack.truncate(self.state.stack.len() - (popped - pushed));
                return Ok(());
            }
            Opcode::RERAISE => {
                self.want([1].into_iter().chain((oparg > 0).then_some(popped)))?;
                return self.take(1);
            }
            _ => 0,
        };
        self.want(1..=popped)?;
        self.state.stack.truncate(self.state.stack.len() - (popped - kept));
        self.state.stack.resize(self.state.stack.len() + pushed - kept, Slot::VALUE);
        Ok(())
    }
}

/// How many strings a tuple of strings holds.
fn names(constant: &Constant) -> Option<u32> {
    match constant {
        Constant::Tuple(items) if items.iter().all(|item| matches!(item, Constant::Str(_))) => {
            u32::try_from(items.len()).ok()
        }
        _ => None,
    }
}
