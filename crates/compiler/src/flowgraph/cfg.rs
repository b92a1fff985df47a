//! The control flow graph: basic blocks in their order in the code, linked by fall-through, jumps and
//! exception handlers.
//!
//! Blocks live in a vector and never leave it; their order is the chain of [`Block::next`] from block 0.
//! A block ends at a jump or an instruction that leaves the scope (until the last passes append to it).

use crate::ir::Location;
use taipan_bytecode::Opcode;

/// A block's place in [`Cfg::blocks`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BlockId(pub u32);

/// The first block: the unit's entry.
pub const ENTRY: BlockId = BlockId(0);

/// An instruction of the graph.
#[derive(Clone, Copy, Debug)]
pub struct Instr {
    pub opcode: Opcode,
    pub oparg: u32,
    pub loc: Location,
    /// Where a jump goes, or the handler that a setup instruction pushes.
    pub target: Option<BlockId>,
    /// The handler in force while the instruction runs.
    pub except: Option<BlockId>,
}

impl Instr {
    pub fn new(opcode: Opcode, oparg: u32, loc: Location) -> Self {
        Self { opcode, oparg, loc, target: None, except: None }
    }

    pub fn set(&mut self, opcode: Opcode, oparg: u32) {
        self.opcode = opcode;
        self.oparg = oparg;
    }

    /// Turns the instruction into a `NOP` that keeps its line.
    pub fn nop(&mut self) {
        self.set(Opcode::NOP, 0);
    }

    pub fn is_jump(&self) -> bool {
        self.opcode.has_jump()
    }

    /// Whether the instruction pushes an exception handler.
    pub fn is_block_push(&self) -> bool {
        self.opcode.has_exc()
    }

    /// Whether the instruction leaves a constant on the stack and does nothing else.
    pub fn loads_const(&self) -> bool {
        matches!(self.opcode, Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT)
    }
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub instrs: Vec<Instr>,
    /// The handlers of instructions that once stood behind the present ones, the nearest last. CPython keeps
    /// a block's instructions in an array and does not clear a place that becomes free, so an instruction
    /// appended later finds the handler of the one before it there; exception tables show it.
    pub stale: Vec<Option<BlockId>>,
    /// The block behind this one in the code.
    pub next: Option<BlockId>,
    /// Whether a label was placed at its start.
    pub labelled: bool,
    /// Edges into the block, as of the last removal of unreachable blocks.
    pub predecessors: i32,
    /// Depth of the value stack at entry; negative while unknown.
    pub start_depth: i32,
    /// Bit i: local i may be unbound at entry.
    pub unsafe_locals: u64,
    pub is_handler: bool,
    /// The handler gets the index of the instruction that raised.
    pub preserve_lasti: bool,
    pub visited: bool,
    /// Only reached through an exception.
    pub cold: bool,
    /// Reached without one.
    pub warm: bool,
}

impl Block {
    pub fn last(&self) -> Option<&Instr> {
        self.instrs.last()
    }

    /// Whether control can run into the next block.
    pub fn falls_through(&self) -> bool {
        self.last().is_none_or(|i| !i.opcode.is_scope_exit() && !i.opcode.is_unconditional_jump())
    }

    /// Whether the block ends in a return or a raise.
    pub fn exits_scope(&self) -> bool {
        self.last().is_some_and(|i| i.opcode.is_scope_exit())
    }

    pub fn has_no_lineno(&self) -> bool {
        self.instrs.iter().all(|i| i.loc.lineno < 0)
    }

    /// Whether an instruction checks for signals and thread switches.
    pub fn has_eval_break(&self) -> bool {
        self.instrs.iter().any(|i| i.opcode.checks_eval_breaker() || matches!(i.opcode, Opcode::JUMP))
    }

    /// Takes the next free place, for an instruction that knows its handler.
    pub fn take_place(&mut self) -> Option<BlockId> {
        self.stale.pop().flatten()
    }

    /// Gives the places from `kept` on free.
    pub fn truncate(&mut self, kept: usize) {
        self.stale.extend(self.instrs.drain(kept..).rev().map(|instr| instr.except));
    }

    pub fn add(&mut self, opcode: Opcode, oparg: u32, loc: Location) {
        let except = self.take_place();
        self.instrs.push(Instr { except, ..Instr::new(opcode, oparg, loc) });
    }

    pub fn add_jump(&mut self, opcode: Opcode, target: BlockId, loc: Location) {
        self.add(opcode, 0, loc);
        if let Some(jump) = self.instrs.last_mut() {
            jump.target = Some(target);
        }
    }

    /// Inserts an instruction.
    pub fn insert(&mut self, at: usize, instr: Instr) {
        self.take_place();
        self.instrs.insert(at, instr);
    }
}

/// The graph of a unit.
#[derive(Clone, Debug)]
pub struct Cfg {
    pub blocks: Vec<Block>,
}

impl Default for Cfg {
    fn default() -> Self {
        Self { blocks: vec![Block { start_depth: -1, ..Block::default() }] }
    }
}

impl std::ops::Index<BlockId> for Cfg {
    type Output = Block;

    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for Cfg {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}

impl Cfg {
    /// Makes a block that stands nowhere yet.
    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block { start_depth: -1, ..Block::default() });
        BlockId((self.blocks.len() - 1) as u32)
    }

    /// The blocks in the order of the code. A pass that reorders while it walks must use `next` itself.
    pub fn order(&self) -> Vec<BlockId> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut at = Some(ENTRY);
        while let Some(id) = at {
            order.push(id);
            at = self[id].next;
        }
        order
    }

    /// The block itself or the first behind it that has instructions.
    pub fn next_nonempty(&self, mut at: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = at {
            if !self[id].instrs.is_empty() {
                return Some(id);
            }
            at = self[id].next;
        }
        None
    }

    /// The block that control runs into from this one.
    pub fn fallthrough(&self, id: BlockId) -> Option<BlockId> {
        if self[id].falls_through() { self[id].next } else { None }
    }

    pub fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    /// Marks a block as visited; whether it was not before.
    pub fn visit(&mut self, id: BlockId) -> bool {
        !std::mem::replace(&mut self[id].visited, true)
    }
}
