//! Native hash modules: `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`.
//!
//! The algorithms are those of the RustCrypto and blake2_simd crates; here are the objects around them.

extern crate taipan_objects;

mod blake2;
mod data;
mod fixed;
mod keccak;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &blake2::blake2::MODULE,
    &fixed::md5::md5_module::MODULE,
    &fixed::sha1::sha1_module::MODULE,
    &fixed::sha2::sha2_module::MODULE,
    &keccak::sha3_module::MODULE,
];
