//! Native modules about the network: `_socket`.

extern crate taipan_objects;

mod socket;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[&socket::socket::MODULE];
