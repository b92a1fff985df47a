//! The C layouts of CPython 3.14: structs, offsets, flags and function-pointer types, each declared once. No behaviour.
//!
//! `facts/*.json` is the table of measured facts (x86-64, the build with a GIL). `cargo xtask codegen` turns it into
//! `generated/layout.rs` and `generated/constants.rs`; every size and every offset is asserted at compile time. Two
//! structs are written by hand, [`PyObject`] and [`PyVarObject`], because their fields change behind shared references.
//!
//! Names are the C names throughout, so that whoever knows the headers finds everything at once. What CPython's public
//! headers leave opaque is laid out here as CPython does where other programs look inside, and may be laid out anew by
//! the crate that owns it otherwise.

#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]
#![allow(clippy::declare_interior_mutable_const, reason = "EMPTY is a pattern to start statics from")]

mod functions;
mod generated;
mod object;
mod scalars;
pub mod upcalls;

pub use functions::*;
pub use generated::constants::*;
pub use generated::layout::*;
pub use object::*;
pub use scalars::*;
