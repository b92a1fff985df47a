//! Conditional jumps go forward only: one that leads back is turned round and followed by an unconditional
//! jump. Behind each, `NOT_TAKEN` marks the way on for monitoring.

use super::cfg::{BlockId, Cfg, ENTRY};
use taipan_bytecode::Opcode;

pub fn normalise_jumps(cfg: &mut Cfg) {
    cfg.clear_visited();
    let mut at = Some(ENTRY);
    while let Some(id) = at {
        cfg[id].visited = true;
        normalise_block(cfg, id);
        at = cfg[id].next;
    }
}

fn normalise_block(cfg: &mut Cfg, id: BlockId) {
    let Some(last) = cfg[id].last().copied() else { return };
    let reversed = match last.opcode {
        Opcode::POP_JUMP_IF_NOT_NONE => Opcode::POP_JUMP_IF_NONE,
        Opcode::POP_JUMP_IF_NONE => Opcode::POP_JUMP_IF_NOT_NONE,
        Opcode::POP_JUMP_IF_FALSE => Opcode::POP_JUMP_IF_TRUE,
        Opcode::POP_JUMP_IF_TRUE => Opcode::POP_JUMP_IF_FALSE,
        _ => return,
    };
    let Some(target) = last.target else { return };
    if !cfg[target].visited {
        cfg[id].add(Opcode::NOT_TAKEN, 0, last.loc);
        return;
    }
    let back = cfg.new_block();
    cfg[back].add(Opcode::NOT_TAKEN, 0, last.loc);
    cfg[back].add_jump(Opcode::JUMP, target, last.loc);
    cfg[back].start_depth = cfg[target].start_depth;
    cfg[back].cold = cfg[id].cold;
    cfg[back].next = cfg[id].next;
    let next = cfg[id].next;
    cfg[id].next = Some(back);
    if let Some(jump) = cfg[id].instrs.last_mut() {
        jump.opcode = reversed;
        jump.target = next;
    }
}
