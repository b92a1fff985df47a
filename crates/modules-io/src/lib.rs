//! The native `_io` module.
//!
//! | file | holds |
//! |---|---|
//! | `io` | the module and `open` |
//! | `base` | the abstract classes |
//! | `fileio` | files without a buffer |
//! | `buffered` | buffers over raw files |
//! | `text` | text over buffers |
//! | `bytesio`, `stringio` | files in memory |

extern crate taipan_objects;

mod base;
mod buffered;
mod bytesio;
mod fileio;
pub mod io;
mod stringio;
mod text;

use taipan_objects::model::spec::ModuleSpec;

/// The modules of this crate, for the program to register.
pub static MODULES: &[&ModuleSpec] = &[&io::io::MODULE];
