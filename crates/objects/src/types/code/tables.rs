//! Iterators over what a code object says of its source: lines, positions, branches.

use super::PyCode;
use crate::errors::Exc;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, ToPy};
use crate::types::bytes::PyBytes;
use core::cell::Cell;
use taipan_bytecode::linetable::{Lines, positions};
use taipan_bytecode::{Opcode, linetable::Position};
use taipan_macros::{pymethods, pytype};

macro_rules! answers {
    ($(#[$doc:meta])* $ty:ident, $name:literal, $part:ident) => {
        $(#[$doc])*
        #[pytype(name = $name, gc, flags(DISALLOW_INSTANTIATION), parts($part))]
        pub struct $ty {
            ob_base: PyObject,
            answers: Vec<Obj>,
            at: Cell<usize>,
        }

        impl $ty {
            fn new(answers: Vec<Obj>) -> Py<$ty> {
                crate::memory::new($ty { ob_base: PyObject::EMPTY, answers, at: Cell::new(0) })
            }
        }

        #[pymethods($part)]
        impl $ty {
            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                Ok(self.owned())
            }

            #[slot(tp_iternext)]
            fn next(&self) -> PyResult<Option<Obj>> {
                let at = self.at.get();
                let answer = self.answers.get(at).cloned();
                if answer.is_some() {
                    self.at.set(at + 1);
                }
                Ok(answer)
            }
        }
    };
}

answers!(PyLineIterator, "line_iterator", LINE_ITERATOR);
answers!(PyPositionsIterator, "positions_iterator", POSITIONS_ITERATOR);

fn lines(code: &PyCode) -> PyResult<Vec<Obj>> {
    let table = code.linetable();
    Lines::new(table.as_slice(), code.raw.co_firstlineno)
        .map(|range| (range.start, range.end, range.line).to_py())
        .collect()
}

fn all_positions(code: &PyCode) -> PyResult<Vec<Obj>> {
    let object = |position: Position| {
        let Position { line, end_line, column, end_column } = position;
        (line, end_line, column, end_column).to_py()
    };
    positions(code.linetable().as_slice(), code.raw.co_firstlineno).map(object).collect()
}

/// For each branch: its own offset, where it goes on, and where it jumps to, in bytes.
fn branches(code: &PyCode) -> PyResult<Vec<Obj>> {
    let bytes: Py<PyBytes> = code.code_bytes();
    let bytes = bytes.as_slice();
    let (mut found, mut at, mut argument) = (Vec::new(), 0usize, 0usize);
    while at + 1 < bytes.len() {
        let Some(opcode) = Opcode::from_u8(bytes[at]) else {
            at += 2;
            continue;
        };
        argument = argument << 8 | usize::from(bytes[at + 1]);
        let start = at;
        at += 2 + opcode.caches() * 2;
        let target = |argument: usize| at + argument * 2;
        match opcode {
            Opcode::EXTENDED_ARG => continue,
            Opcode::FOR_ITER => {
                // The jump leads to END_FOR, which the loop's end skips together with POP_ITER.
                found.push((start, at, target(argument) + 4).to_py()?);
            }
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => {
                // The branch that is not taken passes over NOT_TAKEN.
                let skipped = bytes.get(at).copied() == Opcode::NOT_TAKEN.byte();
                found.push((start, if skipped { at + 2 } else { at }, target(argument)).to_py()?);
            }
            Opcode::END_ASYNC_FOR => {
                if let Some(left) = send_of(bytes, start, argument) {
                    // A NOT_TAKEN follows there, too.
                    found.push((left, left + 4, at).to_py()?);
                }
            }
            _ => {}
        }
        argument = 0;
    }
    Ok(found)
}

/// The `END_SEND` of the asynchronous loop that ends at this instruction.
fn send_of(bytes: &[u8], end: usize, argument: usize) -> Option<usize> {
    let start = (end + 2).checked_sub(argument * 2)?;
    (bytes.get(start).copied() == Opcode::END_SEND.byte()).then_some(start)
}

/// The table of line numbers of Python before 3.10: pairs of steps in bytes of code and in lines.
fn old_line_table(code: &PyCode) -> Vec<u8> {
    let (mut table, mut at, mut line) = (Vec::new(), 0usize, code.raw.co_firstlineno);
    for range in Lines::new(code.linetable().as_slice(), code.raw.co_firstlineno) {
        let Some(next) = range.line.filter(|next| *next != line) else { continue };
        let (mut bytes, mut lines) = (range.start - at, next.wrapping_sub(line));
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..=127).contains(&lines) {
            let step = lines.clamp(-128, 127);
            table.extend([bytes as u8, step as u8]);
            bytes = 0;
            lines -= step;
        }
        table.extend([bytes as u8, lines as u8]);
        (at, line) = (range.start, next);
    }
    table
}

#[pymethods(METHODS)]
impl PyCode {
    #[pymethod]
    fn co_lines(&self) -> PyResult<Py<PyLineIterator>> {
        lines(self).map(PyLineIterator::new)
    }

    #[pymethod]
    fn co_positions(&self) -> PyResult<Py<PyPositionsIterator>> {
        all_positions(self).map(PyPositionsIterator::new)
    }

    #[pymethod]
    fn co_branches(&self) -> PyResult<Py<PyLineIterator>> {
        branches(self).map(PyLineIterator::new)
    }

    #[getter]
    fn co_lnotab(&self) -> PyResult {
        let message = format_args!("co_lnotab is deprecated, use co_lines instead.");
        crate::errors::warn(Exc::DeprecationWarning, 1, message)?;
        Ok(PyBytes::new(&old_line_table(self)).into_obj())
    }
}
