//! Names: which instruction loads, stores or deletes a variable, by where the symbol table says it lives.

use taipan_ast::ExprContext;
use taipan_bytecode::Opcode;

use super::Codegen;
use super::unit::name_index;
use crate::error::{Result, system_error};
use crate::ir::Location;
use crate::symtable::flags::SymbolScope;

/// The families of instructions for variables.
#[derive(Clone, Copy)]
enum Access {
    Fast,
    Deref,
    Global,
    Name,
}

impl<'a> Codegen<'_, 'a> {
    /// The spelling of `name` in the current unit.
    pub(super) fn mangle(&self, name: &'a str) -> &'a str {
        let unit = self.unit();
        self.setup.table.mangle_in(unit.scope, unit.private, name, self.setup.arena)
    }

    /// An instruction whose argument is an index in `co_names`; `name` is taken as it is.
    pub(super) fn emit_name(&mut self, opcode: Opcode, name: &str, loc: impl Into<Location>) {
        let index = name_index(&mut self.unit_mut().metadata.names, name);
        self.emit(opcode, index, loc);
    }

    /// The same with the name mangled.
    pub(super) fn emit_private_name(&mut self, opcode: Opcode, name: &'a str, loc: impl Into<Location>) {
        let name = self.mangle(name);
        self.emit_name(opcode, name, loc);
    }

    /// `LOAD_ATTR` and its kin: the index is shifted for the flags.
    pub(super) fn emit_attr(
        &mut self,
        opcode: Opcode,
        name: &'a str,
        shift: u32,
        flags: u32,
        loc: impl Into<Location>,
    ) {
        let name = self.mangle(name);
        let index = name_index(&mut self.unit_mut().metadata.names, name);
        self.emit(opcode, index << shift | flags, loc);
    }

    /// An instruction on a local variable.
    pub(super) fn emit_local(&mut self, opcode: Opcode, name: &'a str, loc: impl Into<Location>) {
        let name = self.mangle(name);
        let index = name_index(&mut self.unit_mut().metadata.varnames, name);
        self.emit(opcode, index, loc);
    }

    /// An instruction on a cell of this unit.
    pub(super) fn emit_cell(&mut self, opcode: Opcode, name: &str, loc: impl Into<Location>) {
        let index = self.unit_mut().cell_index(name);
        self.emit(opcode, index, loc);
    }

    /// An instruction on a free variable of this unit.
    pub(super) fn emit_free(&mut self, opcode: Opcode, name: &str, loc: impl Into<Location>) {
        let index = self.unit_mut().free_index(name);
        self.emit(opcode, index, loc);
    }

    fn access_of(&self, name: &str, place: Option<SymbolScope>) -> Access {
        let function = self.in_function();
        match place {
            Some(SymbolScope::Free | SymbolScope::Cell) => Access::Deref,
            Some(SymbolScope::Local) if function => Access::Fast,
            Some(SymbolScope::Local) => {
                // Outside functions only the variables of inlined comprehensions are fast.
                match self.unit().metadata.fasthidden.get(name.as_bytes()) {
                    Some(true) => Access::Fast,
                    _ => Access::Name,
                }
            }
            // A comprehension does not see the class it was merged into.
            Some(SymbolScope::GlobalImplicit)
                if function || self.in_class_scope() && self.unit().inlined_comprehensions > 0 =>
            {
                Access::Global
            }
            Some(SymbolScope::GlobalExplicit) => Access::Global,
            Some(SymbolScope::GlobalImplicit) | None => Access::Name,
        }
    }

    /// Loads, stores or deletes a variable.
    pub(super) fn name_op(&mut self, name: &'a str, ctx: ExprContext, loc: impl Into<Location>) -> Result {
        let loc = loc.into();
        let name = self.mangle(name);
        let place = self.scope().scope_of(name);
        match self.access_of(name, place) {
            Access::Fast => {
                let opcode = match ctx {
                    ExprContext::Load => Opcode::LOAD_FAST,
                    ExprContext::Store => Opcode::STORE_FAST,
                    ExprContext::Del => Opcode::DELETE_FAST,
                };
                let index = name_index(&mut self.unit_mut().metadata.varnames, name);
                self.emit(opcode, index, loc);
            }
            Access::Deref => {
                let unit = self.unit_mut();
                let index = match place {
                    Some(SymbolScope::Cell) => unit.cell_index(name),
                    _ => unit.free_index(name),
                };
                let opcode = match ctx {
                    ExprContext::Load => self.load_deref_opcode(loc),
                    ExprContext::Store => Opcode::STORE_DEREF,
                    ExprContext::Del => Opcode::DELETE_DEREF,
                };
                self.emit(opcode, index, loc);
            }
            Access::Global => {
                let index = name_index(&mut self.unit_mut().metadata.names, name);
                match ctx {
                    ExprContext::Load => {
                        if self.scope().can_see_class_scope && place == Some(SymbolScope::GlobalImplicit) {
                            self.emit_free(Opcode::LOAD_DEREF, "__classdict__", loc);
                            self.emit(Opcode::LOAD_FROM_DICT_OR_GLOBALS, index, loc);
                        } else {
                            self.emit(Opcode::LOAD_GLOBAL, index << 1, loc);
                        }
                    }
                    ExprContext::Store => self.emit(Opcode::STORE_GLOBAL, index, loc),
                    ExprContext::Del => self.emit(Opcode::DELETE_GLOBAL, index, loc),
                }
            }
            Access::Name => {
                let opcode = match ctx {
                    ExprContext::Load => Opcode::LOAD_NAME,
                    ExprContext::Store => Opcode::STORE_NAME,
                    ExprContext::Del => Opcode::DELETE_NAME,
                };
                self.emit_name(opcode, name, loc);
            }
        }
        Ok(())
    }

    /// The instruction that loads a cell's value, after loading the mapping that is asked first in classes.
    fn load_deref_opcode(&mut self, loc: Location) -> Opcode {
        if self.in_class_scope() && self.unit().inlined_comprehensions == 0 {
            self.emit0(Opcode::LOAD_LOCALS, loc);
            Opcode::LOAD_FROM_DICT_OR_DEREF
        } else if self.scope().can_see_class_scope {
            self.emit_free(Opcode::LOAD_DEREF, "__classdict__", loc);
            Opcode::LOAD_FROM_DICT_OR_DEREF
        } else {
            Opcode::LOAD_DEREF
        }
    }

    /// Where a variable of an inner unit is found in this one: the argument of `LOAD_CLOSURE`.
    pub(super) fn closure_index(&self, name: &[u8]) -> Result<u32> {
        let unit = self.unit();
        let in_class = self.in_class_scope() && unit.kind == super::unit::UnitKind::Class;
        let hidden: [&[u8]; 3] = [b"__class__", b"__classdict__", b"__conditional_annotations__"];
        let text = std::str::from_utf8(name).unwrap_or_default();
        let is_cell =
            in_class && hidden.contains(&name) || self.scope().scope_of(text) == Some(SymbolScope::Cell);
        let cells = unit.metadata.cellvars.len();
        let index = if is_cell {
            unit.metadata.cellvars.get_index_of(name)
        } else {
            unit.metadata.freevars.get_index_of(name).map(|index| cells + index)
        };
        index.map(|index| index as u32).ok_or_else(|| {
            let msg =
                format!("compiler_lookup_arg(name='{text}') with reftype failed in {}", unit.metadata.name);
            system_error(msg)
        })
    }
}
