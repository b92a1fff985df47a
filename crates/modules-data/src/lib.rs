//! Native modules about data: struct, array, binascii, pickle, datetime, zlib, bz2, sqlite3.

pub mod array;
pub mod binascii;
pub mod bz2;
pub mod datetime;
pub mod lzma;
pub mod pickle;
pub mod sqlite;
pub mod structs;
pub mod zlib;
pub mod zoneinfo;
pub mod zstd;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &array::module::MODULE,
    &binascii::module::MODULE,
    &pickle::module::MODULE,
    &structs::module::MODULE,
    &zlib::module::MODULE,
    &datetime::module::MODULE,
    &sqlite::module::MODULE,
    &bz2::module::MODULE,
    &lzma::module::MODULE,
    &zoneinfo::module::MODULE,
    &zstd::module::MODULE,
];
