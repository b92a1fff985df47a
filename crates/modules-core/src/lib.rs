//! Native modules that the language itself stands on: itertools, functools, collections, operator, gc, weak references.

pub mod atexit;
pub mod gc;
pub mod tracemalloc;
pub mod weakref;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] =
    &[&atexit::atexit::MODULE, &gc::gc::MODULE, &weakref::weakref::MODULE, &tracemalloc::tracemalloc::MODULE];
