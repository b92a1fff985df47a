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
//! * the exception table is well formed and in order; the variables' kinds fit their names and the counts.
//!
//! Not judged: the types of values on the stack, and whether one is null. Instructions that need a cell,
//! an iterator of their own or an exception must look at what they are given.

use crate::code::flags::{
    CO_ASYNC_GENERATOR, CO_COROUTINE, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_GENERATOR, CO_VARARGS,
    CO_VARKEYWORDS,
};
use crate::code::{CodeData, Constant};
use crate::exceptiontable::{Entries, Entry};
use crate::opcode::{
    BINOP_LIST, COMMON_LIST, COMPARE_LIST, INTRINSIC1_LIST, INTRINSIC2_LIST, Opcode, Operand, SPECIAL_LIST,
};
use std::fmt;

/// Variables and stack of one frame, in values, at most.
const MAX_FRAME_SIZE: usize = 1 << 24;
/// How deep code objects may lie in each other's constants.
const MAX_NESTING: usize = 500;

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
    validate_nested(code, 0)
}

fn validate_nested(code: &CodeData, nesting: usize) -> Result<()> {
    if nesting > MAX_NESTING {
        return Err(InvalidCode { unit: None, what: "code objects nest too deep" });
    }
    variables(code)?;
    let instructions = decode(code)?;
    let table = exception_table(code, &instructions)?;
    for instruction in &instructions.list {
        operand(code, instruction)?;
    }
    Flow { code, instructions: &instructions, table: &table, depths: vec![None; instructions.list.len()] }
        .run()?;
    for constant in &code.consts {
        nested(constant, nesting)?;
    }
    Ok(())
}

fn nested(constant: &Constant, nesting: usize) -> Result<()> {
    match constant {
        Constant::Code(inner) => validate_nested(inner, nesting + 1),
        Constant::Tuple(items) | Constant::FrozenSet(items) => {
            items.iter().try_for_each(|item| nested(item, nesting + 1))
        }
        _ => Ok(()),
    }
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
        && !opcode.is_instrumented()
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

/// The walk over all paths.
struct Flow<'a> {
    code: &'a CodeData,
    instructions: &'a Instructions,
    table: &'a [Entry],
    /// The depth of the stack before each instruction that is reached.
    depths: Vec<Option<i64>>,
}

impl Flow<'_> {
    fn run(mut self) -> Result<()> {
        let mut todo = Vec::new();
        self.reach(&mut todo, 0, 0, 0)?;
        while let Some(index) = todo.pop() {
            self.step(&mut todo, index)?;
        }
        Ok(())
    }

    /// Notes that an instruction is reached with a depth.
    fn reach(&mut self, todo: &mut Vec<usize>, from: usize, index: usize, depth: i64) -> Result<()> {
        if depth > i64::from(self.code.stacksize) {
            return fail(from, "value stack too deep");
        }
        let Some(known) = self.depths.get_mut(index) else { return fail(from, "control runs off the end") };
        match known {
            Some(known) if *known == depth => {}
            Some(_) => return fail(from, "depth of the value stack depends on the path"),
            None => {
                *known = Some(depth);
                todo.push(index);
            }
        }
        Ok(())
    }

    fn step(&mut self, todo: &mut Vec<usize>, index: usize) -> Result<()> {
        let instructions = self.instructions;
        let Instruction { opcode, oparg, start, end } = instructions.list[index];
        let depth = self.depths[index].unwrap_or(0);
        let (popped, pushed) = (opcode.popped(oparg), opcode.pushed(oparg));
        if popped > depth {
            return fail(start, "value stack too shallow");
        }
        let after = depth - popped + pushed;
        self.handler(todo, start)?;
        match self.target(opcode, oparg, end) {
            None => {}
            Some(None) => return fail(start, "jump out of the code"),
            Some(Some(unit)) => {
                let Some(target) = instructions.index_at(unit) else {
                    return fail(start, "jump into an instruction");
                };
                if opcode == Opcode::FOR_ITER && instructions.list[target].opcode != Opcode::END_FOR {
                    return fail(start, "loop that does not end in END_FOR");
                }
                if opcode != Opcode::END_ASYNC_FOR {
                    self.reach(todo, start, target, after)?;
                }
            }
        }
        if !opcode.is_terminator() {
            self.reach(todo, start, index + 1, after)?;
        }
        Ok(())
    }

    /// The code unit that a jump leads to: `None` for no jump, `Some(None)` where it leads out of the code.
    fn target(&self, opcode: Opcode, oparg: u32, end: usize) -> Option<Option<usize>> {
        let distance = oparg as usize;
        match opcode.operand() {
            Operand::JumpForward => Some(end.checked_add(distance)),
            Operand::JumpBackward => Some(end.checked_sub(distance)),
            _ => None,
        }
    }

    /// The way into the handler that guards a code unit. It is taken only where there are as many values as it keeps.
    fn handler(&mut self, todo: &mut Vec<usize>, unit: usize) -> Result<()> {
        let at = self.table.partition_point(|entry| entry.end <= unit);
        let Some(entry) = self.table.get(at).filter(|entry| entry.start <= unit) else { return Ok(()) };
        let depth = i64::try_from(entry.depth).unwrap_or(i64::MAX / 2);
        let Some(target) = self.instructions.index_at(entry.target) else { return Ok(()) };
        self.reach(todo, unit, target, depth + i64::from(entry.lasti) + 1)
    }
}
