//! Whatever goes round must look up from the work now and then, or no signal could end it.
//!
//! `JUMP_BACKWARD` and `RESUME` ask whether somebody wants something, `YIELD_VALUE` hands over to who does. The compiler
//! also jumps back by `JUMP_BACKWARD_NO_INTERRUPT`, and handlers may lie before what they guard; no circle may consist of
//! these alone.

use super::{Instructions, Result, fail, guard, jump_target};
use crate::exceptiontable::Entry;
use crate::opcode::Opcode;

/// Refuses circles in which nothing looks up. `reached` says which instructions can run.
pub(super) fn check(instructions: &Instructions, table: &[Entry], reached: &[bool]) -> Result<()> {
    let list = &instructions.list;
    let jumps_back = |index: usize| list[index].opcode == Opcode::JUMP_BACKWARD_NO_INTERRUPT;
    if !(0..list.len()).any(jumps_back) && table.iter().all(|entry| entry.target >= entry.end) {
        return Ok(());
    }
    // Where the instruction may lead without looking up.
    let leads_to = |index: usize| -> Result<[Option<usize>; 3]> {
        let instruction = &list[index];
        let opcode = instruction.opcode;
        let looks_up = match opcode {
            Opcode::JUMP_BACKWARD | Opcode::YIELD_VALUE => true,
            Opcode::RESUME => instruction.oparg & 3 < 2,
            _ => false,
        };
        if looks_up || !reached[index] {
            return Ok([None; 3]);
        }
        let next = (!opcode.is_terminator()).then_some(index + 1);
        // Tracers raise at any instruction.
        let handler = guard(table, instruction.start).and_then(|at| instructions.index_at(table[at].target));
        Ok([next, jump_target(instructions, instruction)?, handler])
    };
    // How many that lead to an instruction are not left behind yet. What waits in the end is a circle, or follows one.
    let mut waiting = vec![0_u32; list.len()];
    for index in 0..list.len() {
        for target in leads_to(index)?.into_iter().flatten() {
            waiting[target] += 1;
        }
    }
    let mut free: Vec<usize> = (0..list.len()).filter(|&index| waiting[index] == 0).collect();
    while let Some(index) = free.pop() {
        for target in leads_to(index)?.into_iter().flatten() {
            waiting[target] -= 1;
            if waiting[target] == 0 {
                free.push(target);
            }
        }
    }
    match waiting.iter().position(|&count| count > 0) {
        Some(index) => fail(list[index].start, "a loop that nothing can interrupt"),
        None => Ok(()),
    }
}
