//! Joins pairs of loads and stores of the first sixteen locals into one instruction.

use super::cfg::{Cfg, Instr};
use super::nops::remove_redundant_nops;
use taipan_bytecode::Opcode;

pub fn insert_superinstructions(cfg: &mut Cfg) {
    for id in cfg.order() {
        let instrs = &mut cfg[id].instrs;
        for at in 1..instrs.len() {
            let joined = match (instrs[at - 1].opcode, instrs[at].opcode) {
                (Opcode::LOAD_FAST, Opcode::LOAD_FAST) => Opcode::LOAD_FAST_LOAD_FAST,
                (Opcode::STORE_FAST, Opcode::LOAD_FAST) => Opcode::STORE_FAST_LOAD_FAST,
                (Opcode::STORE_FAST, Opcode::STORE_FAST) => Opcode::STORE_FAST_STORE_FAST,
                _ => continue,
            };
            if let [first, second] = &mut instrs[at - 1..=at] {
                join(first, second, joined);
            }
        }
    }
    remove_redundant_nops(cfg);
}

fn join(first: &mut Instr, second: &mut Instr, joined: Opcode) {
    let (line, next_line) = (first.loc.lineno, second.loc.lineno);
    if line >= 0 && next_line >= 0 && line != next_line {
        return;
    }
    if first.oparg >= 16 || second.oparg >= 16 {
        return;
    }
    first.set(joined, first.oparg << 4 | second.oparg);
    second.nop();
}
