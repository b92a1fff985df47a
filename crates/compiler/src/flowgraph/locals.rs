//! Which loads of locals may find them unbound: those become `LOAD_FAST_CHECK`.
//!
//! A forward analysis over the graph with a bit for each of the first 64 locals; those beyond are looked at
//! within one block at a time, so that compilation stays linear.

use super::cfg::{BlockId, Cfg, ENTRY};
use taipan_bytecode::Opcode;

/// Locals that are followed from block to block.
const TRACKED: u32 = 64;

/// `parameters` of the `locals` are bound at entry.
pub fn add_checks_for_uninitialised(cfg: &mut Cfg, locals: usize, parameters: usize) {
    if locals == 0 {
        return;
    }
    if locals > TRACKED as usize {
        scan_locals_beyond(cfg, locals);
    }
    cfg.clear_visited();
    for block in &mut cfg.blocks {
        block.unsafe_locals = 0;
    }
    let mut todo = Vec::new();
    let mask = (parameters..locals.min(TRACKED as usize)).fold(0, |mask, i| mask | 1 << i);
    push(cfg, &mut todo, ENTRY, mask);
    // Besides the entry, locals become unbound where they are deleted.
    for id in cfg.order() {
        scan_block(cfg, &mut todo, id);
    }
    while let Some(id) = todo.pop() {
        cfg[id].visited = false;
        scan_block(cfg, &mut todo, id);
    }
}

/// Queues a block if the mask says something new about it.
fn push(cfg: &mut Cfg, todo: &mut Vec<BlockId>, id: BlockId, mask: u64) {
    let both = cfg[id].unsafe_locals | mask;
    if cfg[id].unsafe_locals != both {
        cfg[id].unsafe_locals = both;
        if cfg.visit(id) {
            todo.push(id);
        }
    }
}

fn scan_block(cfg: &mut Cfg, todo: &mut Vec<BlockId>, id: BlockId) {
    let mut mask = cfg[id].unsafe_locals;
    for slot in 0..cfg[id].instrs.len() {
        let instr = cfg[id].instrs[slot];
        if let Some(handler) = instr.except {
            push(cfg, todo, handler, mask);
        }
        if instr.oparg >= TRACKED {
            continue;
        }
        let bit = 1_u64 << instr.oparg;
        match instr.opcode {
            Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::STORE_FAST_MAYBE_NULL => mask |= bit,
            Opcode::STORE_FAST | Opcode::LOAD_FAST_CHECK => mask &= !bit,
            Opcode::LOAD_FAST => {
                if mask & bit != 0 {
                    cfg[id].instrs[slot].opcode = Opcode::LOAD_FAST_CHECK;
                }
                mask &= !bit;
            }
            _ => {}
        }
    }
    if let Some(next) = cfg.fallthrough(id) {
        push(cfg, todo, next, mask);
    }
    if let Some(target) = cfg[id].last().filter(|i| i.is_jump()).and_then(|i| i.target) {
        push(cfg, todo, target, mask);
    }
}

fn scan_locals_beyond(cfg: &mut Cfg, locals: usize) {
    // The number of the block in which each local is known to be bound.
    let mut bound_in = vec![0_usize; locals - TRACKED as usize];
    for (number, id) in cfg.order().into_iter().enumerate() {
        let number = number + 1;
        for instr in &mut cfg[id].instrs {
            if !instr.opcode.has_local() {
                continue;
            }
            let Some(state) =
                instr.oparg.checked_sub(TRACKED).and_then(|index| bound_in.get_mut(index as usize))
            else {
                continue;
            };
            match instr.opcode {
                Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::STORE_FAST_MAYBE_NULL => {
                    *state = number - 1;
                }
                Opcode::STORE_FAST => *state = number,
                Opcode::LOAD_FAST => {
                    if *state != number {
                        instr.opcode = Opcode::LOAD_FAST_CHECK;
                    }
                    *state = number;
                }
                _ => {}
            }
        }
    }
}
