//! Syntax trees as objects: the module `_ast`, and the ways between its nodes and the parser's.
//!
//! | file | holds |
//! |---|---|
//! | `classes` | the classes, made from the schema of `taipan_ast` |
//! | `node` | `AST`, the base of them: construction, copying, showing |
//! | `to_objects`, `from_objects` | values and lists; the nodes themselves are in `generated` |
//! | `validate` | what a tree made by hand must keep to be compiled |

mod classes;
mod from_objects;
#[path = "generated/nodes.rs"]
mod generated;
mod node;
mod to_objects;
mod validate;
mod validate_patterns;

use crate::compile::{self, Options, Source, Warnings, flags};
use from_objects::{FromNode, Reader};
use taipan_ast::{Arena, Mod};
use taipan_objects::prelude::*;
use taipan_parser::Mode;
use to_objects::{ToNode, Writer};

/// The module `_ast`.
#[pymodule(name = "_ast")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        for (name, class) in classes::all()? {
            m.add(name, &class)?;
        }
        m.add_int("PyCF_ALLOW_TOP_LEVEL_AWAIT", i64::from(flags::ALLOW_TOP_LEVEL_AWAIT))?;
        m.add_int("PyCF_ONLY_AST", i64::from(flags::ONLY_AST))?;
        m.add_int("PyCF_TYPE_COMMENTS", i64::from(flags::TYPE_COMMENTS))?;
        m.add_int("PyCF_OPTIMIZED_AST", i64::from(flags::OPTIMIZED_AST))
    }
}

/// The class of roots that a mode wants.
fn root_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Exec => "Module",
        Mode::Eval => "Expression",
        Mode::Single => "Interactive",
        Mode::FuncType => "FunctionType",
    }
}

/// Compiles, or optimises, a tree made of objects; `None` where `source` is none.
pub fn compile(source: &PyObject, filename: &PyStr, options: &Options) -> PyResult<Option<Obj>> {
    if source.downcast::<node::PyAst>().is_none() {
        return Ok(None);
    }
    if options.flags & flags::OPTIMIZED_AST == flags::ONLY_AST {
        judge_root(source, options.mode)?;
        return Ok(Some(source.owned()));
    }
    let made = with_tree_of(source, options.mode, |module, arena| {
        if options.flags & flags::ONLY_AST != 0 {
            return optimised(module, filename, options, arena);
        }
        compile::compile_tree(module, filename, options).map(Py::into_obj)
    });
    made.map(Some)
}

/// Refuses what is not the root of a tree for the mode.
fn judge_root(tree: &PyObject, mode: Mode) -> PyResult<()> {
    let wanted = root_of(mode);
    if object::is_instance(tree, &*classes::class(wanted)?)? {
        return Ok(());
    }
    Err(raised!(TypeError, "expected {wanted} node, got {}", tree.class().short_name()))
}

/// Reads a tree of objects, judges it and hands it to `then`.
pub fn with_tree_of<T>(
    tree: &PyObject,
    mode: Mode,
    then: impl for<'a> FnOnce(&'a Mod<'a>, &'a Arena) -> PyResult<T>,
) -> PyResult<T> {
    crate::audit::audit("compile", &[tree, none_ref()])?;
    judge_root(tree, mode)?;
    let arena = Arena::new();
    let reader = Reader::new(&arena)?;
    let module = Mod::from_node(tree, &reader)?;
    validate::module(&module)?;
    then(&module, &arena)
}

/// Parses a source to a tree of objects.
pub fn parse(source: &Source<'_>, filename: &PyStr, options: &Options) -> PyResult {
    compile::with_tree(source, filename, options, |module, arena| {
        if options.flags & flags::OPTIMIZED_AST == flags::OPTIMIZED_AST {
            optimised(module, filename, options, arena)
        } else {
            module.to_node(&Writer::new()?)
        }
    })
}

/// The tree as the compiler sees it after its own rewriting.
fn optimised<'a>(module: &'a Mod<'a>, filename: &PyStr, options: &Options, arena: &'a Arena) -> PyResult {
    use taipan_compiler::{future, preprocess};
    let settings = options.compile_options(filename);
    let mut sink = Warnings::new(filename, None);
    let future = future::features(module, settings.future_flags).map_err(|error| sink.raise(&error))?;
    let how = preprocess::PreprocessOptions { optimize: settings.optimize, future };
    let module = preprocess::preprocess(module, how, arena, &mut sink, settings.stack_budget)
        .map_err(|error| sink.raise(&error))?;
    module.to_node(&Writer::new()?)
}
