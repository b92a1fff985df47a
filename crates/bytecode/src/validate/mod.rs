//! Judges code that our compiler did not make — from a `.pyc` file, `marshal.loads`, `code.replace` — before
//! the interpreter trusts it: it indexes constants, names, locals and the value stack without looking.
//!
//! What holds of code that passes, and of the code objects among its constants:
//!
//! * every instruction is a general one (no specialised, instrumented or internal form), whole, with its
//!   caches zeroed; its argument is in the range of what it indexes;
//! * jumps and handlers lead to the start of an instruction; control never runs off the end;
//! * every path gives each instruction the same depth of the value stack, which is never negative nor
//!   above `stacksize` (an exception goes past a handler that keeps more values than there are);
//! * on every path instructions find what they do not look at: bound variables, cells, exceptions, something
//!   rather than nothing ([`state`], [`step`]), and a borrowed value goes before the variable it is borrowed from;
//! * a generator's frame moves into the generator once, before its first `yield` ([`flow`]);
//! * whatever goes round comes by an instruction that looks up from the work ([`rounds`]);
//! * the exception table is well formed and in order; the variables' kinds fit their names and the counts.
//!
//! Not judged: the types of other values. Instructions that need a code object, a list or a tuple look at
//! what they are given.

mod flow;
mod rounds;
mod state;
mod step;

use crate::code::flags::{
    CO_ASYNC_GENERATOR, CO_COROUTINE, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_GENERATOR, CO_VARARGS,
    CO_VARKEYWORDS,
};
use crate::code::{CodeData, Constant};
use crate::exceptiontable::{Entries, Entry};
use crate::opcode::{
    BINOP_LIST, COMMON_LIST, COMPARE_LIST, INTRINSIC1_LIST, INTRINSIC2_LIST, MIN_INSTRUMENTED_OPCODE, Opcode,
    Operand, SPECIAL_LIST,
};
use std::fmt;

/// Variables and stack of one frame, in values, at most.
const MAX_FRAME_SIZE: usize = 1 << 24;

/// What is wrong, and at which code unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidCode {
    pub unit: Option<usize>,
    pub what: &'static str,
}

impl fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Some(unit) => write!(f, "invalid code at unit {unit}: {}", self.what),
            None => write!(f, "invalid code: {}", self.what),
        }
    }
}

impl std::error::Error for InvalidCode {}

type Result<T> = std::result::Result<T, InvalidCode>;

fn fail<T>(unit: usize, what: &'static str) -> Result<T> {
    Err(InvalidCode { unit: Some(unit), what })
}

/// Judges a code object and those among its constants.
pub fn validate(code: &CodeData) -> Result<()> {
    let mut todo = vec![code];
    while let Some(code) = todo.pop() {
        validate_one(code)?;
        let mut constants: Vec<&Constant> = code.consts.iter().collect();
        while let Some(constant) = constants.pop() {
            match constant {
                Constant::Code(inner) => todo.push(inner),
                Constant::Tuple(items) | Constant::FrozenSet(items) => constants.extend(items.iter()),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Judges a code object without those among its constants. Of these it matters how many there are, and which are tuples of
/// how many strings.
pub fn validate_one(code: &CodeData) -> Result<()> {
    variables(code)?;
    let instructions = decode(code)?;
    let table = exception_table(code, &instructions)?;
    for instruction in &instructions.list {
        operand(code, instruction)?;
    }
    let reached = flow::follow(code, &instructions, &table)?;
    rounds::check(&instructions, &table, &reached)
}

fn variables(code: &CodeData) -> Result<()> {
    let wrong = |what| Err(InvalidCode { unit: None, what });
    if code.localsplusnames.len() != code.localspluskinds.len() {
        return wrong("names and kinds of variables differ in number");
    }
    // Locals, then cells, then free variables.
    let rank = |kind: &u8| match kind & (CO_FAST_LOCAL | CO_FAST_CELL | CO_FAST_FREE) {
        CO_FAST_CELL => 1,
        CO_FAST_FREE => 2,
        kind if kind & CO_FAST_FREE == 0 && kind & CO_FAST_LOCAL != 0 => 0,
        _ => 3,
    };
    let ranks: Vec<u8> = code.localspluskinds.iter().map(rank).collect();
    if !ranks.is_sorted() || ranks.contains(&3) {
        return wrong("kinds of variables out of order");
    }
    let locals = ranks.iter().filter(|r| **r == 0).count();
    let parameters = u64::from(code.argcount)
        + u64::from(code.kwonlyargcount)
        + u64::from(code.flags & CO_VARARGS != 0)
        + u64::from(code.flags & CO_VARKEYWORDS != 0);
    if code.posonlyargcount > code.argcount || parameters > locals as u64 {
        return wrong("more parameters than local variables");
    }
    if code.localsplusnames.len() + code.stacksize as usize > MAX_FRAME_SIZE {
        return wrong("frame too big");
    }
    Ok(())
}

struct Instruction {
    opcode: Opcode,
    oparg: u32,
    /// First code unit, prefixes included.
    start: usize,
    /// The code unit behind the instruction and its caches.
    end: usize,
}

struct Instructions {
    list: Vec<Instruction>,
    /// For each code unit the index of the instruction that starts there.
    at_unit: Vec<Option<u32>>,
}

impl Instructions {
    fn index_at(&self, unit: usize) -> Option<usize> {
        self.at_unit.get(unit).copied().flatten().map(|index| index as usize)
    }
}

fn decode(code: &CodeData) -> Result<Instructions> {
    let (units, rest) = code.code.as_chunks::<2>();
    if units.is_empty() || !rest.is_empty() {
        return fail(0, "code is empty or not a whole number of code units");
    }
    let mut list = Vec::new();
    let mut at_unit = vec![None; units.len()];
    let mut unit = 0;
    while unit < units.len() {
        let start = unit;
        let mut oparg = 0_u32;
        let opcode = loop {
            let Some([byte, argument]) = units.get(unit) else {
                return fail(start, "prefix without instruction");
            };
            unit += 1;
            oparg = oparg << 8 | u32::from(*argument);
            match Opcode::from_u8(*byte) {
                Some(Opcode::EXTENDED_ARG) if unit - start < 4 => {}
                Some(opcode) => break opcode,
                None => return fail(start, "unknown instruction"),
            }
        };
        if !is_allowed(opcode) {
            return fail(start, "instruction that no compiler writes");
        }
        let end = unit + opcode.caches();
        if units.get(unit..end).is_none_or(|caches| caches.iter().any(|c| *c != [0, 0])) {
            return fail(start, "inline cache cut short or not empty");
        }
        at_unit[start] = Some(list.len() as u32);
        list.push(Instruction { opcode, oparg, start, end });
        unit = end;
    }
    Ok(Instructions { list, at_unit })
}

fn is_allowed(opcode: Opcode) -> bool {
    opcode.base() == opcode
        && opcode.number() < u16::from(MIN_INSTRUMENTED_OPCODE)
        && !matches!(
            opcode,
            Opcode::CACHE
                | Opcode::RESERVED
                | Opcode::EXTENDED_ARG
                | Opcode::ENTER_EXECUTOR
                | Opcode::INTERPRETER_EXIT
                | Opcode::EXIT_INIT_CHECK
        )
}

fn operand(code: &CodeData, instruction: &Instruction) -> Result<()> {
    let Instruction { opcode, oparg, start, .. } = *instruction;
    let index = oparg as usize;
    let variables = code.localsplusnames.len();
    let in_range = match opcode.operand() {
        Operand::Const => index < code.consts.len(),
        Operand::Name { shift } => index >> shift < code.names.len(),
        Operand::Local => index < variables,
        Operand::Free => {
            code.localspluskinds.get(index).is_some_and(|kind| kind & (CO_FAST_CELL | CO_FAST_FREE) != 0)
        }
        Operand::Local2 => oparg < 256 && index >> 4 < variables && index & 15 < variables,
        Operand::BinaryOp => index < BINOP_LIST.len(),
        Operand::Compare => index >> 5 < COMPARE_LIST.len(),
        Operand::Intrinsic1 => (1..INTRINSIC1_LIST.len()).contains(&index),
        Operand::Intrinsic2 => (1..INTRINSIC2_LIST.len()).contains(&index),
        Operand::SpecialMethod => index < SPECIAL_LIST.len(),
        Operand::CommonConstant => index < COMMON_LIST.len(),
        _ => match opcode {
            // The interpreter keeps such a distance in sixteen bits.
            Opcode::SEND => index < 1 << 15,
            Opcode::COPY | Opcode::LIST_APPEND | Opcode::LIST_EXTEND | Opcode::SET_ADD => index >= 1,
            Opcode::SET_UPDATE | Opcode::MAP_ADD | Opcode::DICT_UPDATE | Opcode::DICT_MERGE => index >= 1,
            Opcode::SWAP => index >= 1,
            Opcode::LOAD_SMALL_INT => index < 256,
            Opcode::CONVERT_VALUE => (1..4).contains(&index),
            Opcode::BUILD_SLICE => (2..4).contains(&index),
            Opcode::RAISE_VARARGS => index < 3,
            Opcode::SET_FUNCTION_ATTRIBUTE => matches!(index, 1 | 2 | 4 | 8 | 16),
            Opcode::IS_OP | Opcode::CONTAINS_OP => index < 2,
            Opcode::COPY_FREE_VARS => index == code.variables(CO_FAST_FREE).count(),
            Opcode::YIELD_VALUE | Opcode::RETURN_GENERATOR => {
                code.flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR) != 0
            }
            _ => true,
        },
    };
    if in_range { Ok(()) } else { fail(start, "argument out of range") }
}

fn exception_table(code: &CodeData, instructions: &Instructions) -> Result<Vec<Entry>> {
    let mut entries = Entries::new(&code.exceptiontable);
    let mut list = Vec::new();
    let mut behind = 0;
    for entry in &mut entries {
        if entry.start < behind || entry.start >= entry.end || entry.end > code.units() {
            return fail(entry.start, "exception table out of order");
        }
        if instructions.index_at(entry.target).is_none() {
            return fail(entry.target, "handler inside an instruction");
        }
        behind = entry.end;
        list.push(entry);
    }
    if entries.is_finished() {
        Ok(list)
    } else {
        Err(InvalidCode { unit: None, what: "exception table damaged" })
    }
}

/// The instruction that a jump leads to; `None` for no jump.
fn jump_target(instructions: &Instructions, instruction: &Instruction) -> Result<Option<usize>> {
    let Instruction { opcode, oparg, start, end } = *instruction;
    let distance = oparg as usize;
    let unit = match opcode.operand() {
        // Goes round by itself; the argument says whereto for those who listen.
        Operand::JumpBackward if opcode == Opcode::END_ASYNC_FOR => match end.checked_sub(distance) {
            Some(unit) if instructions.index_at(unit).is_some() => return Ok(None),
            _ => None,
        },
        Operand::JumpForward => end.checked_add(distance),
        Operand::JumpBackward => end.checked_sub(distance),
        _ => return Ok(None),
    };
    let Some(unit) = unit.filter(|unit| *unit < instructions.at_unit.len()) else {
        return fail(start, "jump out of the code");
    };
    let Some(target) = instructions.index_at(unit) else { return fail(start, "jump into an instruction") };
    if opcode == Opcode::FOR_ITER && instructions.list[target].opcode != Opcode::END_FOR {
        return fail(start, "loop that does not end in END_FOR");
    }
    Ok(Some(target))
}

/// The index of the table's entry that guards a code unit.
fn guard(table: &[Entry], unit: usize) -> Option<usize> {
    let at = table.partition_point(|entry| entry.end <= unit);
    table.get(at).is_some_and(|entry| entry.start <= unit).then_some(at)
}
