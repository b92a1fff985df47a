//! Turns pseudo instructions into real ones, all but the unconditional jumps, whose direction is known only
//! when the order of blocks is.

use super::cfg::{Cfg, Instr};
use super::nops::remove_redundant_nops;
use taipan_bytecode::Opcode;

/// `JUMP_IF_x` keeps the value it tests: it becomes `COPY 1`, `TO_BOOL`, `POP_JUMP_IF_x`.
pub fn convert_conditional_jumps(cfg: &mut Cfg) {
    for id in cfg.order() {
        let Some(last) = cfg[id].instrs.last_mut() else { continue };
        let opcode = match last.opcode {
            Opcode::JUMP_IF_FALSE => Opcode::POP_JUMP_IF_FALSE,
            Opcode::JUMP_IF_TRUE => Opcode::POP_JUMP_IF_TRUE,
            _ => continue,
        };
        last.opcode = opcode;
        let (except, loc) = (last.except, last.loc);
        let block = &mut cfg[id];
        let at = block.instrs.len() - 1;
        block.insert(at, Instr { except, ..Instr::new(Opcode::COPY, 1, loc) });
        block.insert(at + 1, Instr { except, ..Instr::new(Opcode::TO_BOOL, 0, loc) });
    }
}

/// The rest. Depths must have been calculated: the setup instructions go away.
pub fn convert_pseudo_ops(cfg: &mut Cfg) {
    for id in cfg.order() {
        for instr in &mut cfg[id].instrs {
            if instr.is_block_push() {
                instr.nop();
                instr.target = None;
            } else if instr.opcode == Opcode::LOAD_CLOSURE {
                instr.opcode = Opcode::LOAD_FAST;
            } else if instr.opcode == Opcode::STORE_FAST_MAYBE_NULL {
                instr.opcode = Opcode::STORE_FAST;
            }
        }
    }
    remove_redundant_nops(cfg);
}
