//! Native modules about the operating system: posix, time, signal, select, subprocess, terminals, the system log.

extern crate taipan_objects;

pub mod accounts;
pub mod errno;
pub mod fcntl;
pub mod mmap;
pub mod multiprocessing;
pub mod posix;
pub mod posixshmem;
pub mod posixsubprocess;
pub mod resource;
pub mod select;
pub mod stat;
pub mod syslog;
pub mod termios;
pub mod time;
pub mod uuid;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &accounts::grp::MODULE,
    &accounts::pwd::MODULE,
    &errno::errno::MODULE,
    &fcntl::fcntl::MODULE,
    &resource::resource::MODULE,
    &posix::posix::MODULE,
    &posixsubprocess::posixsubprocess::MODULE,
    &select::select::MODULE,
    &stat::stat::MODULE,
    &time::time::MODULE,
    &termios::termios::MODULE,
    &syslog::syslog::MODULE,
    &posixshmem::posixshmem::MODULE,
    &mmap::mmap::MODULE,
    &multiprocessing::module::MODULE,
    &uuid::module::MODULE,
];
