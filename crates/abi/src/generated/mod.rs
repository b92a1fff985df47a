//! What `cargo xtask codegen` writes from `facts/*.json`: never edited by hand.

pub mod constants;
pub mod layout;
