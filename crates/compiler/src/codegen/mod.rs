//! Code generation: the tree becomes instruction sequences, one per code unit, exactly as CPython's compiler
//! emits them; `flowgraph` and `assemble` make code objects of them.
//!
//! A [`unit::Unit`] is a code object under construction. Entering a function, class, lambda, comprehension or
//! annotation scope pushes one; leaving assembles it and makes it a constant of the unit around it. The methods of
//! [`Codegen`] are spread over files by what they compile.
//!
//! Invariants: locations are those CPython gives (tracebacks, coverage and the line table depend on each one); an
//! instruction nobody wrote has [`Location::NONE`]. Frame blocks ([`fblocks`]) mirror the blocks that will be on the
//! stack at run time, and are the same again after every statement, also where a `return` was compiled inside.

mod annotations;
mod assignments;
mod calls;
mod classes;
mod comprehensions;
mod conditions;
mod constants;
mod docstrings;
mod expressions;
mod fblocks;
mod fstrings;
mod functions;
mod imports;
mod loops;
mod names;
mod patterns;
mod sequence_patterns;
mod statements;
mod try_blocks;
mod type_params;
mod unit;
mod unparse;
mod warnings;
mod with_blocks;

pub use docstrings::clean as clean_docstring;

use taipan_ast::{Arena, Mod, Stmt, WarningSink};
use taipan_bytecode::code::flags::{
    CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_HAS_DOCSTRING, CO_METHOD, CO_NESTED, CO_NEWLOCALS,
    CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS,
};
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf};

use crate::assemble::{ConstCache, assemble_unit};
use crate::error::{CompileError, Result, syntax_error, system_error};
use crate::future::FutureFeatures;
use crate::ir::{InstructionSequence, Label, Location};
use crate::stack::StackLimit;
use crate::symtable::{BlockKind, Scope, SymbolTable};
use unit::{Unit, UnitKind};

/// The features of the future that code objects inherit.
const FUTURE_MASK: u32 = 0x1FE_0000;
/// The most values that a display or call keeps on the stack before it builds a container.
const STACK_USE_GUIDELINE: usize = 30;

impl From<taipan_ast::Location> for Location {
    #[inline]
    fn from(loc: taipan_ast::Location) -> Self {
        Location::new(loc.lineno, loc.end_lineno, loc.col_offset, loc.end_col_offset)
    }
}

/// What code generation depends on beside the tree and its symbols.
pub(crate) struct Setup<'w, 'a> {
    pub(crate) table: SymbolTable<'a>,
    pub(crate) arena: &'a Arena,
    pub(crate) filename: Wtf8Buf,
    pub(crate) future: FutureFeatures,
    pub(crate) optimize: u8,
    pub(crate) top_level_await: bool,
    pub(crate) warnings: &'w mut dyn WarningSink,
    pub(crate) limit: StackLimit,
    /// Keeps the sequences of nested units, for views of the unoptimised code.
    pub(crate) keep_nested: bool,
}

pub(crate) struct Codegen<'w, 'a> {
    setup: Setup<'w, 'a>,
    /// The units around the current one and the current one, innermost last.
    units: Vec<Unit<'a>>,
    cache: ConstCache,
    interactive: bool,
    /// Counts the copies of code being compiled whose warnings were given already.
    warnings_off: u32,
}

/// The code of a module.
pub(crate) fn generate<'a>(module: &'a Mod<'a>, setup: Setup<'_, 'a>) -> Result<CodeData> {
    let mut codegen = Codegen::new(setup);
    codegen.module(module)?;
    let returns_none = !matches!(module, Mod::Expression { .. });
    Ok(codegen.finish_unit(returns_none)?.0)
}

/// The instructions of a module before they are optimised, with its tables.
pub(crate) fn generate_sequence<'a>(
    module: &'a Mod<'a>,
    setup: Setup<'_, 'a>,
) -> Result<(InstructionSequence, crate::ir::CodeUnitMetadata)> {
    let mut codegen = Codegen::new(setup);
    codegen.module(module)?;
    codegen.add_return_at_end(!matches!(module, Mod::Expression { .. }));
    let unit = codegen.units.pop().ok_or_else(|| system_error("no code unit"))?;
    Ok((unit.sequence, unit.metadata))
}

impl<'w, 'a> Codegen<'w, 'a> {
    fn new(setup: Setup<'w, 'a>) -> Self {
        Codegen { setup, units: Vec::new(), cache: ConstCache::new(), interactive: false, warnings_off: 0 }
    }

    fn module(&mut self, module: &'a Mod<'a>) -> Result {
        let top = self.setup.table.top();
        self.push_unit("<module>", UnitKind::Module, top, 1, None, Default::default())?;
        match module {
            Mod::Module { body, .. } => self.module_body(body),
            Mod::Interactive { body } => {
                self.interactive = true;
                self.module_body(body)
            }
            Mod::Expression { body } => self.visit_expr(body),
            Mod::FunctionType { .. } => Err(system_error("module kind 4 should not be possible")),
        }
    }

    fn module_body(&mut self, body: &'a [Stmt<'a>]) -> Result {
        let loc = body.first().map_or(Location::NONE, |first| first.loc.into());
        if self.scope().has_conditional_annotations {
            self.emit(Opcode::BUILD_SET, 0, loc);
            self.emit_name(Opcode::STORE_NAME, "__conditional_annotations__", loc);
        }
        self.body(body, loc)
    }

    /// The body of a module or class.
    fn body(&mut self, body: &'a [Stmt<'a>], loc: Location) -> Result {
        let future_annotations = self.setup.future.annotations();
        if future_annotations && self.scope().annotations_used {
            self.emit0(Opcode::SETUP_ANNOTATIONS, loc);
        }
        let mut rest = body;
        let at_prompt = self.interactive && self.units.len() == 1;
        if !at_prompt && let Some(text) = crate::preprocess::docstring(body) {
            let docstring = docstrings::clean(text.as_bytes());
            if let taipan_ast::StmtKind::Expr { value } = body[0].kind {
                self.load_const(docstring, value.loc);
            }
            self.emit_name(Opcode::STORE_NAME, "__doc__", Location::NONE);
            rest = &body[1..];
        }
        self.visit_stmts(rest)?;
        if !body.is_empty() && !future_annotations {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    // The current unit.

    #[inline]
    fn unit(&self) -> &Unit<'a> {
        self.units.last().expect("code generation happens inside a unit")
    }

    #[inline]
    fn unit_mut(&mut self) -> &mut Unit<'a> {
        self.units.last_mut().expect("code generation happens inside a unit")
    }

    #[inline]
    fn scope(&self) -> &Scope<'a> {
        self.setup.table.scope(self.unit().scope)
    }

    fn in_async_top_level(&self) -> bool {
        self.setup.top_level_await && self.scope().kind == BlockKind::Module
    }

    // Instructions.

    #[inline]
    fn emit(&mut self, opcode: Opcode, oparg: u32, loc: impl Into<Location>) {
        self.unit_mut().sequence.addop(opcode, oparg, loc.into());
    }

    /// An instruction without an argument.
    #[inline]
    fn emit0(&mut self, opcode: Opcode, loc: impl Into<Location>) {
        self.emit(opcode, 0, loc);
    }

    #[inline]
    fn jump(&mut self, opcode: Opcode, target: Label, loc: impl Into<Location>) {
        self.unit_mut().sequence.addop_jump(opcode, target, loc.into());
    }

    #[inline]
    fn new_label(&mut self) -> Label {
        self.unit_mut().sequence.new_label()
    }

    #[inline]
    fn use_label(&mut self, label: Label) {
        self.unit_mut().sequence.use_label(label);
    }

    fn load_const(&mut self, constant: impl Into<Constant>, loc: impl Into<Location>) {
        let index = self.unit_mut().metadata.add_const(constant.into());
        self.emit(Opcode::LOAD_CONST, index, loc);
    }

    fn load_none(&mut self, loc: impl Into<Location>) {
        self.load_const(Constant::None, loc);
    }

    // Errors and warnings.

    fn error<T>(&self, loc: taipan_ast::Location, msg: impl Into<String>) -> Result<T> {
        Err(syntax_error(msg, loc))
    }

    fn warn(&mut self, loc: taipan_ast::Location, msg: &str) -> Result {
        if self.warnings_off > 0 {
            return Ok(());
        }
        self.setup.warnings.warn(taipan_ast::WarningCategory::Syntax, msg, loc).map_err(Box::new)
    }

    // Units.

    fn add_return_at_end(&mut self, none: bool) {
        if none {
            self.load_none(Location::NONE);
        }
        self.emit0(Opcode::RETURN_VALUE, Location::NONE);
    }

    /// Ends the current unit: gives its code and the names of its free variables.
    fn finish_unit(&mut self, returns_none: bool) -> Result<(CodeData, Vec<Wtf8Buf>)> {
        self.add_return_at_end(returns_none);
        let flags = self.code_flags();
        let unit = self.units.pop().ok_or_else(|| system_error("no code unit"))?;
        if self.setup.keep_nested
            && let Some(parent) = self.units.last_mut()
        {
            parent.sequence.add_nested(unit.sequence.clone());
        }
        let free = unit.metadata.freevars.iter().cloned().collect();
        let code = assemble_unit(unit.metadata, unit.sequence, flags, &self.setup.filename, &mut self.cache)
            .map_err(|error| -> Box<CompileError> { system_error(error.to_string()) })?;
        Ok((code, free))
    }

    fn code_flags(&self) -> u32 {
        let scope = self.scope();
        let mut flags = 0;
        if scope.kind.is_function_like() {
            flags |= CO_NEWLOCALS | CO_OPTIMIZED;
            let mut set = |condition: bool, flag: u32| {
                if condition {
                    flags |= flag;
                }
            };
            set(scope.nested, CO_NESTED);
            set(scope.generator && !scope.coroutine, CO_GENERATOR);
            set(scope.generator && scope.coroutine, CO_ASYNC_GENERATOR);
            set(scope.coroutine && !scope.generator, CO_COROUTINE);
            set(scope.varargs, CO_VARARGS);
            set(scope.varkeywords, CO_VARKEYWORDS);
            set(scope.has_docstring, CO_HAS_DOCSTRING);
            set(scope.method, CO_METHOD);
        }
        flags |= self.setup.future.flags & FUTURE_MASK;
        if self.in_async_top_level() && scope.coroutine && !scope.generator {
            flags |= CO_COROUTINE;
        }
        flags
    }
}
