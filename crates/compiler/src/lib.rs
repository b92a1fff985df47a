//! Syntax tree to code data: symbol tables, code generation, flow graph, assembly. Knows no objects.

pub mod ir;
