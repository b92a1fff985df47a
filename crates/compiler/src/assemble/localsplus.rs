//! The names and kinds of a code object's variables.

use super::ConstCache;
use crate::ir::CodeUnitMetadata;
use taipan_bytecode::Wtf8Buf;
use taipan_bytecode::code::flags::{
    CO_FAST_ARG_KW, CO_FAST_ARG_POS, CO_FAST_ARG_VAR, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_HIDDEN,
    CO_FAST_LOCAL, CO_VARARGS, CO_VARKEYWORDS,
};

/// Locals first, then the cells that are no locals, then free variables.
pub fn names_and_kinds(
    unit: &CodeUnitMetadata,
    code_flags: u32,
    cache: &mut ConstCache,
) -> (Box<[Wtf8Buf]>, Box<[u8]>) {
    let mut names = Vec::new();
    let mut kinds = Vec::new();
    for (index, name) in unit.varnames.iter().enumerate() {
        let mut kind = CO_FAST_LOCAL | parameter_kind(unit, code_flags, index as u32);
        if unit.fasthidden.contains_key(name) {
            kind |= CO_FAST_HIDDEN;
        }
        if unit.cellvars.contains(name) {
            kind |= CO_FAST_CELL;
        }
        names.push(cache.share_name(name));
        kinds.push(kind);
    }
    for name in unit.cellvars.iter().filter(|name| !unit.varnames.contains(*name)) {
        names.push(cache.share_name(name));
        kinds.push(CO_FAST_CELL);
    }
    for name in &unit.freevars {
        names.push(cache.share_name(name));
        kinds.push(CO_FAST_FREE);
    }
    (names.into(), kinds.into())
}

/// The `CO_FAST_ARG_*` of the local at an index: parameters come in the order positional-only, positional,
/// keyword-only, `*args`, `**kwargs`.
fn parameter_kind(unit: &CodeUnitMetadata, code_flags: u32, index: u32) -> u8 {
    let mut end = unit.posonlyargcount;
    if index < end {
        return CO_FAST_ARG_POS;
    }
    end = unit.argcount;
    if index < end {
        return CO_FAST_ARG_POS | CO_FAST_ARG_KW;
    }
    end += unit.kwonlyargcount;
    if index < end {
        return CO_FAST_ARG_KW;
    }
    if code_flags & CO_VARARGS != 0 {
        end += 1;
        if index < end {
            return CO_FAST_ARG_VAR | CO_FAST_ARG_POS;
        }
    }
    if code_flags & CO_VARKEYWORDS != 0 && index < end + 1 {
        return CO_FAST_ARG_VAR | CO_FAST_ARG_KW;
    }
    0
}
