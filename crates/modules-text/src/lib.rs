//! Native modules about text: regular expressions, csv, json, codecs.

pub mod codecs;
pub mod sre;
pub mod string;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate.
pub static MODULES: &[&ModuleSpec] =
    &[&codecs::module::MODULE, &sre::module::MODULE, &string::module::MODULE];
