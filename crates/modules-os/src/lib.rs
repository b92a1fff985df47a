//! Native modules about the operating system: posix, time, signal, select, subprocess.

extern crate taipan_objects;

pub mod errno;
pub mod posix;
pub mod posixsubprocess;
pub mod select;
pub mod stat;
pub mod time;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &errno::errno::MODULE,
    &posix::posix::MODULE,
    &posixsubprocess::posixsubprocess::MODULE,
    &select::select::MODULE,
    &stat::stat::MODULE,
    &time::time::MODULE,
];
