//! Syntax trees as objects: between the `ast` module's nodes and the parser's.

use crate::compile::{Options, Source};
use taipan_objects::prelude::*;

/// Compiles a tree made of objects; `None` where `source` is none.
pub fn compile(source: &PyObject, filename: &PyStr, options: &Options) -> PyResult<Option<Obj>> {
    let _ = (source, filename, options);
    Ok(None)
}

/// Parses a source to a tree of objects.
pub fn parse(source: &Source<'_>, filename: &PyStr, options: &Options) -> PyResult {
    crate::compile::with_tree(source, filename, options, |_, _| {
        Err(raised!(SystemError, "trees are not objects yet"))
    })
}
