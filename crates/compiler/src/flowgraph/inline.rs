//! Copies small exit blocks, and blocks without a line that end in a jump, to where an unconditional jump
//! leads to them: the jump goes away, and the copy can take the line of the place it came to.

use super::cfg::{BlockId, Cfg};
use taipan_bytecode::Opcode;

/// The longest exit block that is copied.
const MAX_COPY_SIZE: usize = 4;

/// Repeats until no jump is left that leads to such a block. Every change removes a jump, so it ends.
pub fn inline_small_or_no_lineno_blocks(cfg: &mut Cfg) {
    loop {
        let mut changed = false;
        for id in cfg.order() {
            changed |= inline_target(cfg, id);
        }
        if !changed {
            return;
        }
    }
}

fn inline_target(cfg: &mut Cfg, id: BlockId) -> bool {
    let Some(last) = cfg[id].last().copied() else { return false };
    let Some(target) = last.target.filter(|_| last.opcode.is_unconditional_jump()) else { return false };
    let small_exit = cfg[target].exits_scope() && cfg[target].instrs.len() <= MAX_COPY_SIZE;
    let no_line_no_fallthrough = cfg[target].has_no_lineno() && !cfg[target].falls_through();
    if !small_exit && !no_line_no_fallthrough {
        return false;
    }
    let copy = cfg[target].instrs.clone();
    if let Some(jump) = cfg[id].instrs.last_mut() {
        jump.nop();
        jump.target = None;
    }
    for instr in copy {
        cfg[id].take_place();
        cfg[id].instrs.push(instr);
    }
    if no_line_no_fallthrough
        && last.opcode == Opcode::JUMP
        && let Some(new_last) = cfg[id].instrs.last_mut()
        && new_last.opcode.is_unconditional_jump()
    {
        // The jump that was here checked for signals, so the one that replaces it must.
        new_last.opcode = Opcode::JUMP;
    }
    cfg[target].predecessors -= 1;
    true
}
