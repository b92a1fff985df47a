//! Native modules about numbers: math, cmath, random, statistics, decimal.

pub mod cmath;
pub mod decimal;
pub mod math;
pub mod random;
pub mod statistics;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[
    &cmath::module::MODULE,
    &decimal::module::MODULE,
    &math::module::MODULE,
    &random::module::MODULE,
    &statistics::module::MODULE,
];
