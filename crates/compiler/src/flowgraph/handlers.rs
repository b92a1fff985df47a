//! Which exception handler is in force at each instruction.
//!
//! The setup pseudo instructions push a handler, `POP_BLOCK` pops one (and is then a `NOP`). The stack of
//! handlers is carried along the edges of the graph from the entry, and each instruction gets the topmost.

use super::cfg::{BlockId, Cfg, ENTRY};
use taipan_bytecode::Opcode;

/// The part of `RESUME`'s argument that says where it stands; 0 is the start of a function.
const RESUME_LOCATION_MASK: u32 = 0x3;
/// Set where one handler alone (the one that guards the whole generator) is in force at the yield.
const RESUME_DEPTH1: u32 = 0x4;

/// Marks the blocks that are handlers.
pub fn mark_handlers(cfg: &mut Cfg) {
    for id in cfg.order() {
        for slot in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[slot];
            if instr.is_block_push()
                && let Some(target) = instr.target
            {
                cfg[target].is_handler = true;
            }
        }
    }
}

/// Gives every reachable instruction its handler.
pub fn label_exception_targets(cfg: &mut Cfg) {
    cfg.clear_visited();
    cfg[ENTRY].visited = true;
    let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(ENTRY, Vec::new())];
    while let Some((id, mut handlers)) = todo.pop() {
        let mut yield_depth = None;
        for slot in 0..cfg[id].instrs.len() {
            let mut instr = cfg[id].instrs[slot];
            instr.except = handlers.last().copied();
            match instr.opcode {
                _ if instr.is_block_push() => {
                    instr.except = None;
                    if let Some(target) = instr.target {
                        if cfg.visit(target) {
                            todo.push((target, handlers.clone()));
                        }
                        if matches!(instr.opcode, Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP) {
                            cfg[target].preserve_lasti = true;
                        }
                        handlers.push(target);
                    }
                }
                Opcode::POP_BLOCK => {
                    handlers.pop();
                    instr.nop();
                    instr.except = None;
                }
                Opcode::RESUME if instr.oparg & RESUME_LOCATION_MASK != 0 => {
                    if yield_depth == Some(1) {
                        instr.oparg |= RESUME_DEPTH1;
                    }
                    yield_depth = None;
                }
                Opcode::RETURN_GENERATOR => instr.except = None,
                Opcode::YIELD_VALUE => yield_depth = Some(handlers.len()),
                _ if instr.is_jump() => {
                    if let Some(target) = instr.target
                        && cfg.visit(target)
                    {
                        todo.push((target, handlers.clone()));
                    }
                }
                _ => {}
            }
            cfg[id].instrs[slot] = instr;
        }
        if let Some(next) = cfg.fallthrough(id)
            && cfg.visit(next)
        {
            todo.push((next, handlers));
        }
    }
}
