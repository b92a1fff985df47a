//! Syntax tree to code data: symbol tables, code generation, flow graph, assembly. Knows no objects.
//!
//! [`compile`] is the whole way: future imports, [`preprocess`], [`symtable`], `codegen`, [`flowgraph`], [`assemble`].
//! It is a pure function of the tree and its options; warnings go to a sink that may turn them into errors. A tree too deep
//! for the stack it may use is a `RecursionError`.

pub mod assemble;
mod codegen;
pub mod error;
pub mod flowgraph;
pub mod future;
pub mod hash;
pub mod ir;
pub mod preprocess;
mod stack;
pub mod symtable;

use taipan_ast::{Arena, Mod, WarningSink};
use taipan_bytecode::{CodeData, Wtf8Buf};

pub use codegen::clean_docstring;
pub use error::CompileError;
use error::Result;
use preprocess::PreprocessOptions;
use stack::StackLimit;
use symtable::SymtableOptions;

/// The stack that a compilation may use unless told otherwise.
pub const DEFAULT_STACK_BUDGET: usize = 1 << 20;

/// What compiling depends on beside the tree.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// `co_filename`.
    pub filename: Wtf8Buf,
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// `CO_FUTURE_*` flags that are on without an import.
    pub future_flags: u32,
    /// `await` is allowed at module level (`PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
    /// Bytes of native stack that may be used.
    pub stack_budget: usize,
}

impl CompileOptions {
    /// The options of `compile(…, filename)`.
    pub fn new(filename: impl Into<Wtf8Buf>) -> Self {
        CompileOptions {
            filename: filename.into(),
            optimize: 0,
            future_flags: 0,
            top_level_await: false,
            stack_budget: DEFAULT_STACK_BUDGET,
        }
    }
}

/// Compiles a module, an interactive statement or an expression.
pub fn compile(
    module: &Mod<'_>,
    options: &CompileOptions,
    warnings: &mut dyn WarningSink,
) -> std::result::Result<CodeData, CompileError> {
    let arena = Arena::new();
    compile_in(module, options, &arena, warnings).map_err(|error| *error)
}

fn compile_in<'a>(
    module: &'a Mod<'a>,
    options: &CompileOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
) -> Result<CodeData> {
    let (module, setup) = prepare(module, options, arena, warnings)?;
    codegen::generate(module, setup)
}

/// The instructions that code generation gives for a module, before they are optimised, with those of the units inside;
/// for views of the compiler at work.
pub fn codegen_sequence(
    module: &Mod<'_>,
    options: &CompileOptions,
    warnings: &mut dyn WarningSink,
) -> std::result::Result<(ir::InstructionSequence, ir::CodeUnitMetadata), CompileError> {
    let arena = Arena::new();
    let mut sequence = || {
        let (module, mut setup) = prepare(module, options, &arena, warnings)?;
        setup.keep_nested = true;
        codegen::generate_sequence(module, setup)
    };
    let result: Result<_> = sequence();
    result.map_err(|error| *error)
}

fn prepare<'w, 'a>(
    module: &'a Mod<'a>,
    options: &CompileOptions,
    arena: &'a Arena,
    warnings: &'w mut dyn WarningSink,
) -> Result<(&'a Mod<'a>, codegen::Setup<'w, 'a>)> {
    let limit = StackLimit::new(options.stack_budget);
    let future = future::parse(module, options.future_flags)?;
    let preprocess_options = PreprocessOptions { optimize: options.optimize, future };
    let module = preprocess::preprocess_in(module, preprocess_options, arena, warnings, limit)?;
    let symtable_options =
        SymtableOptions { future, top_level_await: options.top_level_await, name_hash: &symtable::any_hash };
    let table = symtable::build_in(module, symtable_options, arena, limit)?;
    let setup = codegen::Setup {
        table,
        arena,
        filename: options.filename.clone(),
        future,
        optimize: options.optimize,
        top_level_await: options.top_level_await,
        warnings,
        limit,
        keep_nested: false,
    };
    Ok((module, setup))
}
