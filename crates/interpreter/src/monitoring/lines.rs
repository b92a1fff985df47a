//! The lines of a code object's instructions, as line events need them.

use taipan_bytecode::Opcode;
use taipan_bytecode::linetable::positions;
use taipan_bytecode::opcode::Operand;
use taipan_objects::types::code::PyCode;

/// Lines by code unit.
pub(crate) struct Lines {
    /// -1 where an instruction has none.
    line: Vec<i32>,
    /// Where a line begins: a line event may be due.
    start: Vec<bool>,
}

fn op_at(units: &[u8], unit: usize) -> Opcode {
    Opcode::from_u8(units[2 * unit]).map_or(Opcode::NOP, Opcode::base)
}

/// Whether an instruction belongs to the line before it whatever its own is.
fn never_starts(op: Opcode) -> bool {
    use Opcode as O;
    matches!(op, O::END_ASYNC_FOR | O::END_FOR | O::END_SEND | O::POP_ITER | O::RESUME)
}

impl Lines {
    pub(crate) fn of(code: &PyCode) -> Lines {
        let table = code.linetable().as_slice();
        let line: Vec<i32> =
            positions(table, code.raw.co_firstlineno).map(|position| position.line.unwrap_or(-1)).collect();
        let bytes = code.code_bytes();
        let units = bytes.as_slice();
        let count = units.len() / 2;
        let mut start = vec![false; count];
        let mut is_prefix = vec![false; count];
        let at = |unit: usize| line.get(unit).copied().unwrap_or(-1);
        let (mut unit, mut current, mut extension) = (0, -1, 0);
        while unit < count {
            let Some(op) = Opcode::from_u8(units[2 * unit]) else { break };
            let arg = extension | usize::from(units[2 * unit + 1]);
            if !never_starts(op) {
                start[unit] |= at(unit) != current && at(unit) >= 0;
                current = at(unit);
            }
            is_prefix[unit] = op == Opcode::EXTENDED_ARG;
            let next = unit + 1 + op.caches();
            let target = match op.operand() {
                Operand::JumpForward => Some(next + arg),
                Operand::JumpBackward => next.checked_sub(arg),
                _ => None,
            };
            if let Some(target) = target.filter(|target| *target < count)
                && at(target) >= 0
                && at(target) != at(unit)
                && !never_starts(op_at(units, target))
            {
                start[target] = true;
            }
            extension = if op == Opcode::EXTENDED_ARG { arg << 8 } else { 0 };
            unit = next;
        }
        for entry in taipan_bytecode::exceptiontable::Entries::new(code.exceptiontable().as_slice()) {
            let target = entry.target;
            if target < count && at(target) >= 0 && !never_starts(op_at(units, target)) {
                start[entry.target] = true;
            }
        }
        // An instruction is looked at where its last unit stands.
        for unit in 1..count {
            let prefix = start[unit - 1] && is_prefix[unit - 1];
            start[unit] |= prefix;
        }
        Lines { line, start }
    }

    /// The line of an instruction; -1 for none.
    pub(crate) fn at(&self, unit: usize) -> i32 {
        self.line.get(unit).copied().unwrap_or(-1)
    }

    /// Whether a line begins there.
    pub(crate) fn is_start(&self, unit: usize) -> bool {
        self.start.get(unit).copied().unwrap_or(false)
    }
}
