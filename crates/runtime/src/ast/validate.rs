//! What a tree made by hand must keep to be compiled.

use taipan_ast::{ExprContext, Mod};
use taipan_objects::prelude::*;

/// Judges a whole tree.
pub fn module(module: &Mod<'_>) -> PyResult<()> {
    let _ = (module, ExprContext::Load);
    Ok(())
}
