//! The tables of a code unit: constants, names and variables, each in the order of first use, and its counts.

use crate::hash::{IndexMap, IndexSet};
use taipan_bytecode::{Constant, Wtf8Buf};

/// Everything about a code unit beside its instructions. When code generation is done, the whole goes to
/// `assemble::assemble_unit(unit, sequence, code_flags, filename, &mut ConstCache) -> Result<CodeData, _>`.
#[derive(Clone, Default, Debug)]
pub struct CodeUnitMetadata {
    pub name: Wtf8Buf,
    pub qualname: Wtf8Buf,
    /// Constants by the equality that CPython merges them with: the index is the oparg of `LOAD_CONST`.
    pub consts: IndexSet<Constant>,
    pub names: IndexSet<Wtf8Buf>,
    /// Local variables, parameters first.
    pub varnames: IndexSet<Wtf8Buf>,
    /// Cells, in the order of the symbol table (sorted by name).
    pub cellvars: IndexSet<Wtf8Buf>,
    pub freevars: IndexSet<Wtf8Buf>,
    /// Variables of inlined comprehensions in units that have no fast locals: hidden while `true`.
    pub fasthidden: IndexMap<Wtf8Buf, bool>,
    /// `co_argcount`: positional parameters, those that are positional-only included, without `*args`.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
}

impl CodeUnitMetadata {
    /// The index of a constant, which is added if no equal one is there.
    pub fn add_const(&mut self, constant: Constant) -> u32 {
        self.consts.insert_full(constant).0 as u32
    }

    /// The index of a name in `co_names`.
    pub fn add_name(&mut self, name: &Wtf8Buf) -> u32 {
        add(&mut self.names, name)
    }

    /// The index of a local variable.
    pub fn add_varname(&mut self, name: &Wtf8Buf) -> u32 {
        add(&mut self.varnames, name)
    }

    /// The index of a cell or free variable as the opargs of `LOAD_DEREF` and its kin have it before the
    /// flow graph fixes them: cells first, then free variables.
    pub fn deref_index(&self, name: &Wtf8Buf) -> Option<u32> {
        if let Some(index) = self.cellvars.get_index_of(name) {
            return Some(index as u32);
        }
        self.freevars.get_index_of(name).map(|index| (self.cellvars.len() + index) as u32)
    }
}

fn add(table: &mut IndexSet<Wtf8Buf>, name: &Wtf8Buf) -> u32 {
    match table.get_index_of(name) {
        Some(index) => index as u32,
        None => table.insert_full(name.clone()).0 as u32,
    }
}
