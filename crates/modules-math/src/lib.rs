//! Native modules about numbers: math, cmath, random, statistics, decimal.

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[];
