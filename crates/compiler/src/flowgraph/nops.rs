//! Removes what does nothing: `NOP`s that no line needs, jumps to the next block, values that are loaded
//! only to be dropped.

use super::cfg::{BlockId, Cfg};
use crate::ir::Location;
use taipan_bytecode::Opcode;

/// Removes the `NOP`s of one block whose line is that of a neighbour; how many.
fn remove_redundant_nops_in_block(cfg: &mut Cfg, id: BlockId) -> usize {
    if !cfg[id].instrs.iter().any(|i| i.opcode == Opcode::NOP) {
        return 0;
    }
    let following = line_behind(cfg, id);
    let instrs = &mut cfg[id].instrs;
    let mut kept = 0;
    let mut previous_line = -1;
    for at in 0..instrs.len() {
        let line = instrs[at].loc.lineno;
        if instrs[at].opcode == Opcode::NOP {
            if line == Location::NONE.lineno || previous_line == line {
                continue;
            }
            if at + 1 < instrs.len() {
                let next_line = instrs[at + 1].loc.lineno;
                if next_line == line {
                    continue;
                }
                if next_line == Location::NONE.lineno {
                    instrs[at + 1].loc = instrs[at].loc;
                    continue;
                }
            } else if following == Some(line) {
                continue;
            }
        }
        instrs[kept] = instrs[at];
        kept += 1;
        previous_line = line;
    }
    let removed = instrs.len() - kept;
    cfg[id].truncate(kept);
    removed
}

/// The line of the first instruction behind the block that will stay.
fn line_behind(cfg: &Cfg, id: BlockId) -> Option<i32> {
    let next = cfg.next_nonempty(cfg[id].next)?;
    let instr =
        cfg[next].instrs.iter().find(|i| i.opcode != Opcode::NOP || i.loc.lineno != Location::NONE.lineno);
    Some(instr.map_or(Location::NONE.lineno, |i| i.loc.lineno))
}

/// The same for the whole graph.
pub fn remove_redundant_nops(cfg: &mut Cfg) -> usize {
    cfg.order().into_iter().map(|id| remove_redundant_nops_in_block(cfg, id)).sum()
}

/// Removes `NOP`s, and pairs of a load (or a copy of the top) and the `POP_TOP` behind it.
pub fn remove_redundant_nops_and_pairs(cfg: &mut Cfg) {
    loop {
        let mut done = true;
        let mut previous: Option<(BlockId, usize)> = None;
        for id in cfg.order() {
            remove_redundant_nops_in_block(cfg, id);
            if cfg[id].labelled {
                // Something may jump in between the two.
                previous = None;
            }
            for slot in 0..cfg[id].instrs.len() {
                if cfg[id].instrs[slot].opcode == Opcode::POP_TOP
                    && let Some((before, at)) = previous
                {
                    let first = cfg[before].instrs[at];
                    if first.loads_const() || (first.opcode == Opcode::COPY && first.oparg == 1) {
                        cfg[before].instrs[at].nop();
                        cfg[id].instrs[slot].nop();
                        done = false;
                    }
                }
                previous = Some((id, slot));
            }
            if cfg[id].last().is_some_and(|i| i.is_jump()) || !cfg[id].falls_through() {
                previous = None;
            }
        }
        if done {
            return;
        }
    }
}

/// Turns jumps to the block that comes next anyway into `NOP`s; how many.
fn remove_redundant_jumps(cfg: &mut Cfg) -> usize {
    let mut changes = 0;
    for id in cfg.order() {
        let Some(last) = cfg[id].last().copied() else { continue };
        if last.opcode.is_unconditional_jump()
            && let Some(target) = cfg.next_nonempty(last.target)
            && cfg.next_nonempty(cfg[id].next) == Some(target)
            && let Some(jump) = cfg[id].instrs.last_mut()
        {
            jump.nop();
            jump.target = None;
            changes += 1;
        }
    }
    changes
}

/// Both until neither finds anything.
pub fn remove_redundant_nops_and_jumps(cfg: &mut Cfg) {
    loop {
        let removed = remove_redundant_nops(cfg);
        if removed + remove_redundant_jumps(cfg) == 0 {
            return;
        }
    }
}
