//! The one table through which lower floors reach evaluation: calling a function object, importing, reporting.
//!
//! A crate below the interpreter never names a function above it. It calls through this table, which the runtime fills
//! once, before the first object exists.

/// The functions that lower floors may call upwards. Each field is a function pointer with a C signature.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Upcalls {}
