//! Native modules that the language itself stands on: itertools, functools, collections, operator, gc, weak references.

pub mod abc;
pub mod asyncio;
pub mod atexit;
pub mod bisect;
pub mod collections;
pub mod faulthandler;
pub mod functools;
pub mod gc;
pub mod heapq;
pub mod itertools;
pub mod lsprof;
pub mod opcode;
pub mod operator;
pub mod queue;
pub mod remote_debugging;
pub mod suggestions;
pub mod symtable;
pub mod sysconfig;
pub mod tracemalloc;
pub mod types;
pub mod typing;
pub mod weakref;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &queue::module::MODULE,
    &remote_debugging::module::MODULE,
    &heapq::module::MODULE,
    &bisect::module::MODULE,
    &collections::module::MODULE,
    &abc::abc::MODULE,
    &asyncio::asyncio::MODULE,
    &functools::functools::MODULE,
    &itertools::itertools::MODULE,
    &lsprof::module::MODULE,
    &opcode::opcode::MODULE,
    &operator::operator::MODULE,
    &suggestions::suggestions::MODULE,
    &symtable::symbol_tables::MODULE,
    &sysconfig::sysconfig::MODULE,
    &types::types::MODULE,
    &typing::typing::MODULE,
    &atexit::atexit::MODULE,
    &faulthandler::faulthandler::MODULE,
    &gc::gc::MODULE,
    &weakref::weakref::MODULE,
    &tracemalloc::tracemalloc::MODULE,
];
