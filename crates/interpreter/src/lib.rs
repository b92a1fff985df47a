//! Frames and the evaluation loop.
//!
//! [`eval_code`] runs a code object; [`upcalls`] are the entries of the table through which lower floors reach
//! evaluation; [`frames`] shows what is running. `init` readies the types that live here.

pub mod entry;
pub mod frames;
pub mod upcalls;

pub use entry::{build_class, eval_code, eval_code_with, init, prepare_thread};
