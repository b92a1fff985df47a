//! From a sequence of instructions to blocks: a block starts at every label that is jumped to and behind
//! every jump and every instruction that leaves the scope.

use super::BackEndError;
use super::cfg::{BlockId, Cfg, ENTRY};
use crate::ir::{Instruction, InstructionSequence, Label};
use taipan_bytecode::Opcode;

struct Builder {
    cfg: Cfg,
    current: BlockId,
    /// A label has been placed and no instruction has come since.
    pending_label: bool,
}

impl Builder {
    fn place_label(&mut self) {
        self.pending_label = true;
        self.start_block_if_needed();
    }

    fn terminated(&mut self) -> bool {
        let block = &self.cfg[self.current];
        if block.last().is_some_and(|last| last.is_jump() || last.opcode.is_scope_exit()) {
            return true;
        }
        if self.pending_label {
            if !block.instrs.is_empty() || block.labelled {
                return true;
            }
            self.cfg[self.current].labelled = true;
            self.pending_label = false;
        }
        false
    }

    fn start_block_if_needed(&mut self) {
        if self.terminated() {
            let new = self.cfg.new_block();
            self.cfg[new].labelled = std::mem::take(&mut self.pending_label);
            self.cfg[self.current].next = Some(new);
            self.current = new;
        }
    }

    fn add(&mut self, instruction: Instruction) {
        self.start_block_if_needed();
        let oparg = if instruction.opcode.has_arg() { instruction.oparg } else { 0 };
        self.cfg[self.current].add(instruction.opcode, oparg, instruction.loc);
    }
}

/// Builds the graph.
pub fn build(sequence: &InstructionSequence) -> Result<Cfg, BackEndError> {
    let instructions = sequence.instructions();
    let place = |instruction: &Instruction| -> Result<usize, BackEndError> {
        sequence
            .place_of(Label(instruction.oparg))
            .filter(|at| *at < instructions.len())
            .ok_or(BackEndError::UnplacedLabel)
    };
    let mut is_target = vec![false; instructions.len()];
    for instruction in instructions.iter().filter(|i| i.has_target()) {
        is_target[place(instruction)?] = true;
    }
    let mut builder = Builder { cfg: Cfg::default(), current: ENTRY, pending_label: false };
    // The block that each target begins, and the jumps that wait for it.
    let mut block_at: Vec<Option<BlockId>> = vec![None; instructions.len()];
    let mut jumps: Vec<(BlockId, usize, usize)> = Vec::new();
    for (index, instruction) in instructions.iter().enumerate() {
        if instruction.opcode == Opcode::ANNOTATIONS_PLACEHOLDER {
            for inner in sequence.annotations_code().map_or(&[][..], InstructionSequence::instructions) {
                builder.add(*inner);
            }
            continue;
        }
        if is_target[index] {
            builder.place_label();
            block_at[index] = Some(builder.current);
        }
        builder.add(*instruction);
        if instruction.has_target() {
            let slot = builder.cfg[builder.current].instrs.len() - 1;
            jumps.push((builder.current, slot, place(instruction)?));
        }
    }
    for (block, slot, at) in jumps {
        let target = block_at[at].ok_or(BackEndError::UnplacedLabel)?;
        let instr = &mut builder.cfg[block].instrs[slot];
        instr.target = Some(target);
        instr.oparg = 0;
    }
    Ok(builder.cfg)
}
