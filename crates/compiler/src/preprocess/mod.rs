//! What happens to the tree before symbols are looked at: `__debug__` and docstrings by the optimisation level,
//! `%`-formatting of a literal turned into an f-string, constants of patterns folded; and warnings about `return`,
//! `break` and `continue` in a `finally` block (PEP 765).
//!
//! The tree is never changed. A node with nothing to change below it is given back as it is; where something
//! changes, the nodes on the way to it are made anew in the arena.

mod finally;
mod format;
mod patterns;
mod rewrite;

use taipan_ast::{Arena, Constant, ExprKind, Mod, Stmt, StmtKind, WarningSink, Wtf8};

use crate::error::{CompileError, Result};
use crate::future::FutureFeatures;
use crate::stack::StackLimit;

/// The docstring of a body: its first statement, if that is a lone string.
pub fn docstring<'a>(body: &'a [Stmt<'a>]) -> Option<&'a Wtf8> {
    match body.first()?.kind {
        StmtKind::Expr { value } => match value.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// What preprocessing depends on beside the tree.
#[derive(Clone, Copy, Debug)]
pub struct PreprocessOptions {
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    pub future: FutureFeatures,
}

/// Gives the tree that is compiled, or that `ast.parse` shows with `optimize`. `stack_budget` is the number of bytes
/// of native stack that may be used.
pub fn preprocess<'a>(
    module: &'a Mod<'a>,
    options: PreprocessOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
    stack_budget: usize,
) -> std::result::Result<&'a Mod<'a>, CompileError> {
    preprocess_in(module, options, arena, warnings, StackLimit::new(stack_budget)).map_err(|error| *error)
}

pub(crate) fn preprocess_in<'a>(
    module: &'a Mod<'a>,
    options: PreprocessOptions,
    arena: &'a Arena,
    warnings: &mut dyn WarningSink,
    limit: StackLimit,
) -> Result<&'a Mod<'a>> {
    rewrite::Rewriter::new(options, arena, warnings, limit).module(module)
}
