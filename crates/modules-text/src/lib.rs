//! Native modules about text: regular expressions, csv, json, XML, codecs.

pub mod codecs;
pub mod csv;
pub mod elementtree;
pub mod json;
pub mod locale;
pub mod multibyte;
pub mod pyexpat;
pub mod sre;
pub mod string;
pub mod tokenize;
pub mod unicodedata;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate.
pub static MODULES: &[&ModuleSpec] = &[
    &codecs::module::MODULE,
    &csv::module::MODULE,
    &elementtree::module::MODULE,
    &json::module::MODULE,
    &locale::module::MODULE,
    &multibyte::multibytecodec::MODULE,
    &multibyte::cn::MODULE,
    &multibyte::hk::MODULE,
    &multibyte::iso2022::MODULE,
    &multibyte::jp::MODULE,
    &multibyte::kr::MODULE,
    &multibyte::tw::MODULE,
    &pyexpat::module::MODULE,
    &sre::module::MODULE,
    &string::module::MODULE,
    &tokenize::module::MODULE,
    &unicodedata::module::MODULE,
];
