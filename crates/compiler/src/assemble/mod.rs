//! From an optimised unit to its code object: widths and jump distances are settled, then the code and its
//! tables are written.

mod localsplus;
mod offsets;
mod tables;

use crate::flowgraph::{self, FlatInstr, build};
use crate::hash::HashSet;
use crate::ir::{CodeUnitMetadata, InstructionSequence};
use taipan_bytecode::code::flags::{CO_VARARGS, CO_VARKEYWORDS};
use taipan_bytecode::{CodeData, Constant, Wtf8Buf};

pub use crate::flowgraph::BackEndError;

/// Constants and names of all units of a compilation, so that equal ones share their memory.
#[derive(Default, Debug)]
pub struct ConstCache {
    constants: HashSet<Constant>,
    names: HashSet<Wtf8Buf>,
}

impl ConstCache {
    pub fn new() -> Self {
        Self::default()
    }

    /// The constant itself, or the equal one that was first.
    pub fn share(&mut self, constant: Constant) -> Constant {
        let constant = match constant {
            Constant::Str(text) => return Constant::Str(self.share_name(&text)),
            Constant::Tuple(items) => Constant::tuple(items.iter().map(|item| self.share(item.clone()))),
            Constant::FrozenSet(items) => {
                Constant::FrozenSet(items.iter().map(|item| self.share(item.clone())).collect())
            }
            other => other,
        };
        match self.constants.get(&constant) {
            Some(known) => known.clone(),
            None => {
                self.constants.insert(constant.clone());
                constant
            }
        }
    }

    pub fn share_name(&mut self, name: &Wtf8Buf) -> Wtf8Buf {
        match self.names.get(name) {
            Some(known) => known.clone(),
            None => {
                self.names.insert(name.clone());
                name.clone()
            }
        }
    }
}

/// Optimises and assembles a unit whose code generation is done.
pub fn assemble_unit(
    mut unit: CodeUnitMetadata,
    sequence: InstructionSequence,
    code_flags: u32,
    filename: &Wtf8Buf,
    cache: &mut ConstCache,
) -> Result<CodeData, BackEndError> {
    let mut cfg = build(&sequence)?;
    drop(sequence);
    let parameters = unit.argcount as usize
        + unit.kwonlyargcount as usize
        + usize::from(code_flags & CO_VARARGS != 0)
        + usize::from(code_flags & CO_VARKEYWORDS != 0);
    let mut consts: flowgraph::Consts = std::mem::take(&mut unit.consts).into_iter().collect();
    flowgraph::optimise_code_unit(&mut cfg, &mut consts, unit.varnames.len(), parameters);
    let (flat, stacksize) = flowgraph::to_flat(&mut cfg, &unit, code_flags)?;
    drop(cfg);
    let consts = consts.into_items().into_iter().map(|constant| cache.share(constant)).collect();
    make_code(unit, consts, flat, stacksize, code_flags, filename, cache)
}

/// Assembles a sequence that has been through the passes (its `POP_BLOCK`s gone): for checking this half of
/// the back end alone.
pub fn assemble_optimised(
    unit: CodeUnitMetadata,
    sequence: &InstructionSequence,
) -> Result<CodeData, BackEndError> {
    let mut cfg = build(sequence)?;
    flowgraph::label_handlers(&mut cfg);
    let (flat, stacksize) = flowgraph::to_flat(&mut cfg, &unit, 0)?;
    let consts = unit.consts.iter().cloned().collect();
    make_code(unit, consts, flat, stacksize, 0, &Wtf8Buf::default(), &mut ConstCache::new())
}

fn make_code(
    unit: CodeUnitMetadata,
    consts: Box<[Constant]>,
    mut flat: Vec<FlatInstr>,
    stacksize: u32,
    code_flags: u32,
    filename: &Wtf8Buf,
    cache: &mut ConstCache,
) -> Result<CodeData, BackEndError> {
    let (localsplusnames, localspluskinds) = localsplus::names_and_kinds(&unit, code_flags, cache);
    tables::resolve_next_locations(&mut flat);
    let placed = offsets::resolve(&flat)?;
    Ok(CodeData {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize,
        flags: code_flags,
        code: offsets::emit(&placed),
        consts,
        names: unit.names.iter().map(|name| cache.share_name(name)).collect(),
        localsplusnames,
        localspluskinds,
        filename: cache.share_name(filename),
        name: cache.share_name(&unit.name),
        qualname: cache.share_name(&unit.qualname),
        firstlineno: unit.firstlineno,
        linetable: tables::line_table(&flat, &placed, unit.firstlineno),
        exceptiontable: tables::exception_table(&flat, &placed),
    })
}
