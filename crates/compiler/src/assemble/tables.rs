//! The location table and the exception table of a code object.

use super::offsets::Placed;
use crate::flowgraph::{FlatInstr, Handler};
use crate::ir::Location;
use taipan_bytecode::exceptiontable::{Entry, write_entry};
use taipan_bytecode::linetable::LineTableBuilder;

/// Replaces [`Location::NEXT`] by the location of the instruction behind.
pub fn resolve_next_locations(flat: &mut [FlatInstr]) {
    let mut behind = Location::NONE;
    for instr in flat.iter_mut().rev() {
        if instr.loc == Location::NEXT {
            let ends = instr.opcode.has_jump() || instr.opcode.is_scope_exit();
            instr.loc = if ends { Location::NONE } else { behind };
        }
        behind = instr.loc;
    }
}

/// Neighbours of the same location share an entry.
pub fn line_table(flat: &[FlatInstr], placed: &[Placed], first_line: i32) -> Box<[u8]> {
    let mut builder = LineTableBuilder::new(first_line);
    let mut add = |units: usize, loc: Location| {
        builder.add(units, loc.lineno, loc.end_lineno, loc.col, loc.end_col);
    };
    let mut loc = Location::NONE;
    let mut units = 0;
    for (instr, place) in flat.iter().zip(placed) {
        if instr.loc != loc {
            add(units, loc);
            loc = instr.loc;
            units = 0;
        }
        units += place.size() as usize;
    }
    add(units, loc);
    builder.finish().into()
}

pub fn exception_table(flat: &[FlatInstr], placed: &[Placed]) -> Box<[u8]> {
    let mut table = Vec::new();
    let mut write = |handler: Option<Handler>, start: u32, end: u32| {
        if let Some(handler) = handler {
            let pushed = 1 + i32::from(handler.preserve_lasti);
            write_entry(
                &mut table,
                &Entry {
                    start: start as usize,
                    end: end as usize,
                    target: placed.get(handler.target).map_or(0, |p| p.offset as usize),
                    depth: usize::try_from(handler.start_depth - pushed).unwrap_or(0),
                    lasti: handler.preserve_lasti,
                },
            );
        }
    };
    let mut current: Option<Handler> = None;
    let mut start = 0;
    let mut end = 0;
    for (instr, place) in flat.iter().zip(placed) {
        if instr.handler.map(|h| h.target) != current.map(|h| h.target) {
            write(current, start, place.offset);
            start = place.offset;
            current = instr.handler;
        }
        end = place.offset + place.size();
    }
    write(current, start, end);
    table.into()
}
