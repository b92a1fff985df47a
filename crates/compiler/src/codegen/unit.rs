//! Code units under construction: what is known of a code object while its instructions are emitted.

use std::collections::BTreeSet;

use crate::hash::IndexSet;
use taipan_ast::Stmt;
use taipan_bytecode::{Opcode, Wtf8Buf};

use super::Codegen;
use super::fblocks::FrameBlock;
use crate::error::Result;
use crate::ir::{CodeUnitMetadata, InstructionSequence, Location};
use crate::symtable::flags::{DEF_COMP_CELL, DEF_FREE_CLASS, SymbolScope};
use crate::symtable::{BlockKind, Scope, ScopeId};

/// What a unit is compiled from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    TypeParams,
    Annotations,
}

/// How many parameters a unit has, of each kind; `positional` includes `positional_only`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArgCounts {
    pub(super) positional: u32,
    pub(super) positional_only: u32,
    pub(super) keyword_only: u32,
}

/// A code object under construction.
pub(super) struct Unit<'a> {
    pub(super) scope: ScopeId,
    pub(super) kind: UnitKind,
    pub(super) sequence: InstructionSequence,
    /// The module's own sequence, while its annotations are compiled into another.
    pub(super) stashed: Option<InstructionSequence>,
    pub(super) metadata: CodeUnitMetadata,
    /// The name whose private names are mangled with: that of the class around.
    pub(super) private: Option<&'a str>,
    pub(super) fblocks: Vec<FrameBlock<'a>>,
    /// How deep in comprehensions that were merged into this unit.
    pub(super) inlined_comprehensions: u32,
    /// Annotated assignments for `__annotate__`, with the index of those that may not run.
    pub(super) deferred_annotations: Vec<(&'a Stmt<'a>, Option<i64>)>,
    pub(super) next_conditional_index: i64,
    pub(super) in_conditional_block: bool,
    /// The attributes that methods of a class set on `self`.
    pub(super) static_attributes: BTreeSet<&'a str>,
}

/// The index of a name in a table that it is added to if need be.
pub(super) fn name_index(table: &mut IndexSet<Wtf8Buf>, name: &str) -> u32 {
    match table.get_index_of(name.as_bytes()) {
        Some(index) => index as u32,
        None => table.insert_full(Wtf8Buf::from(name)).0 as u32,
    }
}

/// The names of a scope that live at `place` or have `flag`, sorted.
fn sorted_names(scope: &Scope<'_>, place: SymbolScope, flag: u32) -> IndexSet<Wtf8Buf> {
    let chosen = |flags: u32| SymbolScope::of(flags) == Some(place) || flags & flag != 0;
    let mut names: Vec<&str> =
        scope.symbols.iter().filter(|&(_, &flags)| chosen(flags)).map(|(&name, _)| name).collect();
    names.sort_unstable();
    names.into_iter().map(Wtf8Buf::from).collect()
}

impl<'a> Unit<'a> {
    /// The index of a cell or free variable, as instructions have it before the flow graph fixes it.
    pub(super) fn cell_index(&mut self, name: &str) -> u32 {
        name_index(&mut self.metadata.cellvars, name)
    }

    pub(super) fn free_index(&mut self, name: &str) -> u32 {
        let cells = self.metadata.cellvars.len() as u32;
        cells + name_index(&mut self.metadata.freevars, name)
    }
}

impl<'a> Codegen<'_, 'a> {
    /// Opens a unit and emits what every unit begins with.
    pub(super) fn push_unit(
        &mut self,
        name: &str,
        kind: UnitKind,
        scope_id: ScopeId,
        first_line: i32,
        private: Option<&'a str>,
        args: ArgCounts,
    ) -> Result {
        let scope = self.setup.table.scope(scope_id);
        let mut cellvars = sorted_names(scope, SymbolScope::Cell, DEF_COMP_CELL);
        let hidden_cells = [
            (scope.needs_class_closure, "__class__"),
            (scope.needs_classdict, "__classdict__"),
            (scope.has_conditional_annotations, "__conditional_annotations__"),
        ];
        for (needed, cell) in hidden_cells {
            if needed {
                name_index(&mut cellvars, cell);
            }
        }
        let metadata = CodeUnitMetadata {
            name: Wtf8Buf::from(name),
            qualname: Wtf8Buf::from(self.qualified_name(name, kind)),
            varnames: scope.varnames.iter().map(|&name| Wtf8Buf::from(name)).collect(),
            freevars: sorted_names(scope, SymbolScope::Free, DEF_FREE_CLASS),
            cellvars,
            argcount: args.positional,
            posonlyargcount: args.positional_only,
            kwonlyargcount: args.keyword_only,
            firstlineno: first_line,
            ..CodeUnitMetadata::default()
        };
        let private = private.or_else(|| self.units.last().and_then(|parent| parent.private));
        self.units.push(Unit {
            scope: scope_id,
            kind,
            sequence: InstructionSequence::new(),
            stashed: None,
            metadata,
            private,
            fblocks: Vec::new(),
            inlined_comprehensions: 0,
            deferred_annotations: Vec::new(),
            next_conditional_index: 0,
            in_conditional_block: false,
            static_attributes: BTreeSet::new(),
        });
        let line = if kind == UnitKind::Module { 0 } else { first_line };
        let loc = Location::new(line, first_line, 0, 0);
        self.emit(Opcode::RESUME, 0, loc);
        if kind == UnitKind::Module {
            self.emit0(Opcode::ANNOTATIONS_PLACEHOLDER, loc);
        }
        Ok(())
    }

    /// The qualified name of a unit inside the current ones (PEP 3155).
    fn qualified_name(&self, name: &str, kind: UnitKind) -> String {
        // Type parameters and annotations leave no trace in the names of what is inside them.
        let around = match self.units.split_last() {
            Some((parent, outer)) if matches!(parent.kind, UnitKind::TypeParams | UnitKind::Annotations) => {
                outer
            }
            _ => &self.units[..],
        };
        let Some((parent, [_, ..])) = around.split_last() else { return name.to_owned() };
        if matches!(kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Class) {
            let mangled = crate::symtable::mangle(parent.private, name);
            let place = self.setup.table.scope(parent.scope).scope_of(&mangled);
            if place == Some(SymbolScope::GlobalExplicit) {
                return name.to_owned();
            }
        }
        let base = &parent.metadata.qualname;
        match parent.kind {
            UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda => {
                format!("{base}.<locals>.{name}")
            }
            _ => format!("{base}.{name}"),
        }
    }

    /// Whether the current unit is a function body, or compiled like one.
    pub(super) fn in_function(&self) -> bool {
        self.scope().kind.is_function_like()
    }

    pub(super) fn in_class_or_module(&self) -> bool {
        matches!(self.unit().kind, UnitKind::Class | UnitKind::Module)
    }

    pub(super) fn in_class_scope(&self) -> bool {
        self.scope().kind == BlockKind::Class
    }
}
