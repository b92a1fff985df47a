//! Native modules with which CPython's own test suite looks inside the interpreter.
//!
//! What they show is Taipan's own state; what Taipan has not (sub-interpreters, the second tier of optimisation, free
//! threading) they do not offer.

pub mod internals;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[&internals::module::MODULE];
