//! Follows every path through a code object with what is known of its frame.
//!
//! Where paths meet — at the targets of jumps and at handlers — what is known of each is joined, and what follows is gone
//! over again until nothing changes. What is known only becomes less, so that ends.

use super::state::{Kinds, Slot, Stack, State, Variables};
use super::step::step;
use super::{Instruction, Instructions, InvalidCode, Result, fail, guard, jump_target};
use crate::code::CodeData;
use crate::code::flags::{CO_VARARGS, CO_VARKEYWORDS};
use crate::exceptiontable::Entry;
use crate::opcode::Opcode;

/// How many words of what is known may be copied and compared for one code object.
const MAX_WORK: usize = 1 << 28;

/// Which instructions are reached.
pub(super) fn follow(code: &CodeData, instructions: &Instructions, table: &[Entry]) -> Result<Vec<bool>> {
    let mut flow = Flow::new(code, instructions, table)?;
    let entry = flow.entry_state();
    flow.meet(0, 0, &entry, &[])?;
    while let Some(index) = flow.todo.pop() {
        flow.walk(index)?;
    }
    Ok(flow.reached)
}

struct Flow<'a> {
    code: &'a CodeData,
    instructions: &'a Instructions,
    table: &'a [Entry],
    /// The targets of jumps.
    targets: Vec<Option<u32>>,
    /// Whether paths may meet at an instruction.
    meets: Vec<bool>,
    /// What is known where paths meet.
    known: Vec<Option<Box<State>>>,
    reached: Vec<bool>,
    todo: Vec<usize>,
    work: usize,
}

impl<'a> Flow<'a> {
    fn new(code: &'a CodeData, instructions: &'a Instructions, table: &'a [Entry]) -> Result<Self> {
        let count = instructions.list.len();
        let mut meets = vec![false; count];
        meets[0] = true;
        for entry in table {
            if let Some(target) = instructions.index_at(entry.target) {
                meets[target] = true;
            }
        }
        let mut targets = Vec::with_capacity(count);
        for instruction in &instructions.list {
            let target = jump_target(instructions, instruction)?;
            if let Some(target) = target {
                meets[target] = true;
            }
            targets.push(target.map(|target| target as u32));
        }
        let known = vec![None; count];
        let reached = vec![false; count];
        Ok(Flow { code, instructions, table, targets, meets, known, reached, todo: Vec::new(), work: 0 })
    }

    /// Parameters are bound, nothing else is.
    fn entry_state(&self) -> State {
        let code = self.code;
        let mut variables = Variables::unbound(code.localsplusnames.len());
        let flag = |flag| usize::from(code.flags & flag != 0);
        let parameters = code.argcount as usize + code.kwonlyargcount as usize;
        for index in 0..parameters + flag(CO_VARARGS) + flag(CO_VARKEYWORDS) {
            variables.set(index, Kinds::VALUE);
        }
        State { variables, stack: Stack::new(), fresh: true, generator: false }
    }

    /// A path leads to the instruction at `index`, where paths meet.
    fn meet(&mut self, unit: usize, index: usize, state: &State, stack: &[Slot]) -> Result<()> {
        if stack.len() > self.code.stacksize as usize {
            return fail(unit, "value stack too deep");
        }
        self.work += state.size();
        if self.work > MAX_WORK {
            return Err(InvalidCode { unit: None, what: "code too big to be judged" });
        }
        match &mut self.known[index] {
            Some(known) => {
                if known.join(unit, state, stack)? {
                    self.todo.push(index);
                }
            }
            known => {
                *known = Some(Box::new(State {
                    variables: state.variables.clone(),
                    stack: stack.into(),
                    ..*state
                }));
                self.todo.push(index);
            }
        }
        Ok(())
    }

    /// Follows a path from where paths meet to the next such place, or to its end.
    fn walk(&mut self, mut index: usize) -> Result<()> {
        let Some(known) = &self.known[index] else { return Ok(()) };
        let mut state = State::clone(known);
        // The entry of the table whose handler knows all of the state that matters to it.
        let mut told = None;
        loop {
            let instruction = &self.instructions.list[index];
            let Instruction { opcode, oparg, start, .. } = *instruction;
            self.reached[index] = true;
            let (popped, pushed) = (opcode.popped(oparg), opcode.pushed(oparg));
            let depth = state.stack.len() as i64;
            if popped > depth {
                return fail(start, "value stack too shallow");
            }
            if depth - popped + pushed > i64::from(self.code.stacksize) {
                return fail(start, "value stack too deep");
            }
            let guard = guard(self.table, start);
            if guard.is_some() && guard != told {
                self.tell_handler(start, guard, &state)?;
                told = guard;
            }
            self.work += pushed as usize;
            step(self.code, instruction, &mut state)?;
            if changes_kept(opcode) || guard.is_some_and(|at| self.table[at].depth as i64 > depth - popped) {
                told = None;
            }
            if let Some(target) = self.targets[index] {
                let stack = std::mem::take(&mut state.stack);
                self.meet(start, target as usize, &state, &stack)?;
                state.stack = stack;
            }
            if opcode.is_terminator() {
                return Ok(());
            }
            index += 1;
            if index == self.instructions.list.len() {
                return fail(start, "control runs off the end");
            }
            if self.meets[index] {
                let stack = std::mem::take(&mut state.stack);
                return self.meet(start, index, &state, &stack);
            }
        }
    }

    /// The way into a handler. It is taken only where there are as many values as it keeps.
    fn tell_handler(&mut self, unit: usize, guard: Option<usize>, state: &State) -> Result<()> {
        let Some(entry) = guard.map(|at| self.table[at]) else { return Ok(()) };
        let Some(target) = self.instructions.index_at(entry.target) else { return Ok(()) };
        let Some(kept) = state.stack.get(..entry.depth) else { return Ok(()) };
        let mut stack = Stack::from(kept);
        if entry.lasti {
            stack.push(Slot::VALUE);
        }
        stack.push(Slot::of(Kinds::EXCEPTION));
        self.meet(unit, target, state, &stack)
    }
}

/// Whether an instruction changes variables, or whose the frame is.
fn changes_kept(opcode: Opcode) -> bool {
    opcode.has_local()
        || opcode.has_free()
        || matches!(opcode, Opcode::COPY_FREE_VARS | Opcode::RETURN_GENERATOR)
}
