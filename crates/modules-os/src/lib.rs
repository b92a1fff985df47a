//! Native modules about the operating system: posix, time, signal, select, subprocess.

extern crate taipan_objects;

pub mod posix;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[&posix::posix::MODULE];
