//! Syntax tree to code data: symbol tables, code generation, flow graph, assembly. Knows no objects.

pub mod assemble;
pub mod error;
pub mod flowgraph;
pub mod future;
mod hash;
pub mod ir;
pub mod preprocess;
mod stack;
pub mod symtable;

pub use error::CompileError;
