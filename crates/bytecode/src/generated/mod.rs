//! Generated tables.

pub mod opcodes;
