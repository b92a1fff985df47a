//! Where each instruction lies, how wide it is, and how far the jumps go.
//!
//! An instruction is wider by one unit for each byte of its argument beyond the first (`EXTENDED_ARG`).
//! A jump's distance depends on widths and widths on distances, so both are found by repetition.

use crate::flowgraph::{BackEndError, FlatInstr};
use taipan_bytecode::Opcode;

/// `END_ASYNC_FOR` names the `END_SEND` of its loop, so many code units before the jump's target.
const END_SEND_OFFSET: u32 = 5;

/// An instruction with its final opcode and argument, and its place in code units.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub opcode: Opcode,
    pub oparg: u32,
    pub offset: u32,
}

impl Placed {
    /// Code units taken: prefixes, the instruction, its caches.
    pub fn size(&self) -> u32 {
        prefixes(self.oparg) + 1 + self.opcode.caches() as u32
    }
}

fn prefixes(oparg: u32) -> u32 {
    u32::from(oparg > 0xFF) + u32::from(oparg > 0xFFFF) + u32::from(oparg > 0xFF_FFFF)
}

/// Gives unconditional jumps their direction and every instruction its place.
pub fn resolve(flat: &[FlatInstr]) -> Result<Vec<Placed>, BackEndError> {
    let mut placed: Vec<Placed> = flat
        .iter()
        .enumerate()
        .map(|(index, instr)| {
            let forward = instr.oparg as usize > index;
            let opcode = match instr.opcode {
                Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT if forward => Opcode::JUMP_FORWARD,
                Opcode::JUMP => Opcode::JUMP_BACKWARD,
                Opcode::JUMP_NO_INTERRUPT => Opcode::JUMP_BACKWARD_NO_INTERRUPT,
                other => other,
            };
            Placed { opcode, oparg: instr.oparg, offset: 0 }
        })
        .collect();
    loop {
        let mut total = 0_u32;
        for instr in &mut placed {
            instr.offset = total;
            total = total.checked_add(instr.size()).ok_or(BackEndError::TooBig)?;
        }
        let mut widths_changed = false;
        for index in 0..placed.len() {
            if !placed[index].opcode.has_jump() {
                continue;
            }
            let size = placed[index].size();
            // Distances count from the end of the jump.
            let end = placed[index].offset + size;
            let target = placed.get(flat[index].oparg as usize).ok_or(BackEndError::UnplacedLabel)?.offset;
            placed[index].oparg = if placed[index].opcode == Opcode::END_ASYNC_FOR {
                end.saturating_sub(target).saturating_sub(END_SEND_OFFSET)
            } else {
                end.abs_diff(target)
            };
            widths_changed |= placed[index].size() != size;
        }
        if !widths_changed {
            return Ok(placed);
        }
    }
}

/// The bytes of the code, caches zeroed.
pub fn emit(placed: &[Placed]) -> Box<[u8]> {
    let mut code = Vec::new();
    for instr in placed {
        for prefix in (1..=prefixes(instr.oparg)).rev() {
            code.push(Opcode::EXTENDED_ARG as u16 as u8);
            code.push((instr.oparg >> (8 * prefix)) as u8);
        }
        code.push(instr.opcode.byte().unwrap_or(Opcode::NOP as u16 as u8));
        code.push(instr.oparg as u8);
        code.resize(code.len() + 2 * instr.opcode.caches(), 0);
    }
    code.into()
}
