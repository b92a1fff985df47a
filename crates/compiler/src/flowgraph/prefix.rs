//! What stands before a unit's own code — making cells, taking over free variables, returning the
//! generator — and the final indices of cells and free variables.
//!
//! Locals, cells and free variables share one array in the frame. A parameter that is also a cell has one
//! place in it, its local's; cells behind it move up.

use super::cfg::{Cfg, ENTRY, Instr};
use crate::ir::{CodeUnitMetadata, Location};
use taipan_bytecode::Opcode;
use taipan_bytecode::code::flags::{CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR};

/// Inserts the prefix, fixes the arguments that index cells and free variables.
pub fn prepare_localsplus(cfg: &mut Cfg, unit: &CodeUnitMetadata, code_flags: u32) {
    let locals = unit.varnames.len();
    let mut places: Vec<usize> =
        (0..unit.cellvars.len() + unit.freevars.len()).map(|index| locals + index).collect();
    for (cell, name) in unit.cellvars.iter().enumerate() {
        if let Some(local) = unit.varnames.get_index_of(name) {
            places[cell] = local;
        }
    }
    insert_prefix(cfg, unit, &places, code_flags);
    let mut dropped = 0;
    for (index, place) in places.iter_mut().enumerate() {
        if *place == index + locals {
            *place -= dropped;
        } else {
            dropped += 1;
        }
    }
    for id in cfg.order() {
        for instr in &mut cfg[id].instrs {
            if matches!(
                instr.opcode,
                Opcode::MAKE_CELL
                    | Opcode::LOAD_CLOSURE
                    | Opcode::LOAD_DEREF
                    | Opcode::STORE_DEREF
                    | Opcode::DELETE_DEREF
                    | Opcode::LOAD_FROM_DICT_OR_DEREF
            ) && let Some(place) = places.get(instr.oparg as usize)
            {
                instr.oparg = *place as u32;
            }
        }
    }
}

fn insert_prefix(cfg: &mut Cfg, unit: &CodeUnitMetadata, places: &[usize], code_flags: u32) {
    let mut prefix = Vec::new();
    if !unit.freevars.is_empty() {
        prefix.push(Instr::new(Opcode::COPY_FREE_VARS, unit.freevars.len() as u32, Location::NONE));
    }
    // Cells in the order of their places.
    let mut cells: Vec<usize> = (0..unit.cellvars.len()).collect();
    cells.sort_by_key(|cell| places[*cell]);
    for cell in cells {
        prefix.push(Instr::new(Opcode::MAKE_CELL, cell as u32, Location::NONE));
    }
    if code_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR) != 0 {
        let loc = Location::new(unit.firstlineno, unit.firstlineno, -1, -1);
        prefix.push(Instr::new(Opcode::RETURN_GENERATOR, 0, loc));
        prefix.push(Instr::new(Opcode::POP_TOP, 0, loc));
    }
    for instr in prefix.into_iter().rev() {
        cfg[ENTRY].insert(0, instr);
    }
}
