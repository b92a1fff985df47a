//! Native modules about data: struct, array, pickle, datetime, zlib.

pub mod array;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[&array::module::MODULE];
