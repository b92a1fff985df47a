//! Control flow that leaves a `finally` block swallows the exception on its way; PEP 765 warns of it.

use taipan_ast::{Location, WarningCategory};

use super::rewrite::Rewriter;
use crate::error::Result;

/// The innermost thing around a statement that `return`, `break` or `continue` means something to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enclosing {
    Nothing,
    Function,
    Loop,
    Finally,
}

impl Rewriter<'_, '_> {
    /// Walks something inside `enclosing`.
    pub(super) fn inside<T>(
        &mut self,
        enclosing: Enclosing,
        walk: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let around = std::mem::replace(&mut self.enclosing, enclosing);
        let result = walk(self);
        self.enclosing = around;
        result
    }

    pub(super) fn warn_if_in_finally(&mut self, word: &str, loc: Location) -> Result {
        if self.enclosing != Enclosing::Finally {
            return Ok(());
        }
        let msg = format!("'{word}' in a 'finally' block");
        self.warnings.warn(WarningCategory::Syntax, &msg, loc).map_err(Box::new)
    }
}
