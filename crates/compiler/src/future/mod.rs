//! `from __future__` imports: read from the top of a module before anything else is compiled.
//!
//! Only a docstring and other future imports may come before one; one that comes later is refused when symbols are
//! looked at (see [`FutureFeatures::is_late`]).

use taipan_ast::{Location, Mod, Stmt, StmtKind};
use taipan_bytecode::code::flags::{CO_FUTURE_ANNOTATIONS, CO_FUTURE_BARRY_AS_BDFL};

use crate::error::{CompileError, Result, syntax_error};

/// The features a module asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FutureFeatures {
    /// `CO_FUTURE_*` flags, those of the caller's options included.
    pub flags: u32,
    /// The last future import.
    location: Option<Location>,
}

impl FutureFeatures {
    /// Features from outside: inherited or passed to `compile`.
    pub fn with_flags(flags: u32) -> Self {
        FutureFeatures { flags, location: None }
    }

    /// The features that a module imports, added to `flags`.
    pub fn parse(module: &Mod<'_>, flags: u32) -> std::result::Result<Self, CompileError> {
        parse(module, flags).map_err(|error| *error)
    }

    /// Annotations are kept as text (PEP 563).
    pub fn annotations(self) -> bool {
        self.flags & CO_FUTURE_ANNOTATIONS != 0
    }

    /// Whether a future import at `loc` does not belong to the beginning of the file.
    pub(crate) fn is_late(self, loc: Location) -> bool {
        match self.location {
            None => true,
            Some(last) => {
                loc.lineno > last.end_lineno
                    || loc.lineno == last.end_lineno && loc.col_offset > last.end_col_offset
            }
        }
    }
}

/// The future features of a module, for whoever runs single passes.
pub fn features(module: &Mod<'_>, flags: u32) -> std::result::Result<FutureFeatures, crate::CompileError> {
    parse(module, flags).map_err(|error| *error)
}

/// Reads the future imports of a module; `flags` are the features already on.
pub(crate) fn parse(module: &Mod<'_>, flags: u32) -> Result<FutureFeatures> {
    let mut features = FutureFeatures::with_flags(flags);
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = *module else { return Ok(features) };
    let start = usize::from(crate::preprocess::docstring(body).is_some());
    for stmt in &body[start..] {
        match stmt.kind {
            StmtKind::ImportFrom { module: Some("__future__"), level: 0, .. } => {
                features.flags |= read_names(stmt)?;
                features.location = Some(stmt.loc);
            }
            _ => break,
        }
    }
    Ok(features)
}

fn read_names(stmt: &Stmt<'_>) -> Result<u32> {
    let StmtKind::ImportFrom { names, .. } = stmt.kind else { return Ok(0) };
    let mut flags = 0;
    for alias in names {
        match alias.name {
            "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
            | "print_function" | "unicode_literals" | "generator_stop" => {}
            "barry_as_FLUFL" => flags |= CO_FUTURE_BARRY_AS_BDFL,
            "annotations" => flags |= CO_FUTURE_ANNOTATIONS,
            "braces" => return Err(syntax_error("not a chance", alias.loc)),
            name => {
                return Err(syntax_error(format!("future feature {name} is not defined"), alias.loc));
            }
        }
    }
    Ok(flags)
}
