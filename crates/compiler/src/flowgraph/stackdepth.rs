//! The depth of the value stack at every block's entry, and the greatest depth anywhere.

use super::BackEndError;
use super::cfg::{BlockId, Cfg, ENTRY};
use taipan_bytecode::Opcode;

/// Fills in `start_depth` of the reachable blocks and gives the greatest depth, 1 at least: a frame's stack
/// is never empty.
pub fn calculate_stackdepth(cfg: &mut Cfg) -> Result<u32, BackEndError> {
    for block in &mut cfg.blocks {
        block.start_depth = -1;
    }
    let mut deepest = 1_i64;
    let mut todo = Vec::new();
    push(cfg, &mut todo, ENTRY, 0)?;
    while let Some(id) = todo.pop() {
        let mut depth = i64::from(cfg[id].start_depth);
        let mut next = cfg[id].next;
        for slot in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[slot];
            let after = depth + instr.opcode.stack_effect(instr.oparg, false);
            if after < 0 {
                return Err(BackEndError::StackUnderflow);
            }
            deepest = deepest.max(after);
            if let Some(target) = instr.target
                && instr.opcode != Opcode::END_ASYNC_FOR
            {
                let there = depth + instr.opcode.stack_effect(instr.oparg, true);
                deepest = deepest.max(there);
                push(cfg, &mut todo, target, there)?;
            }
            depth = after;
            if instr.opcode.is_unconditional_jump() || instr.opcode.is_scope_exit() {
                next = None;
                break;
            }
        }
        if let Some(next) = next {
            push(cfg, &mut todo, next, depth)?;
        }
    }
    u32::try_from(deepest).map_err(|_| BackEndError::StackUnderflow)
}

fn push(cfg: &mut Cfg, todo: &mut Vec<BlockId>, id: BlockId, depth: i64) -> Result<(), BackEndError> {
    let known = cfg[id].start_depth;
    if known >= 0 {
        return if i64::from(known) == depth { Ok(()) } else { Err(BackEndError::InconsistentStackDepth) };
    }
    cfg[id].start_depth = i32::try_from(depth).map_err(|_| BackEndError::StackUnderflow)?;
    todo.push(id);
    Ok(())
}
