//! Frames and the evaluation loop.
//!
//! [`eval_code`] runs a code object; [`upcalls`] are the entries of the table through which lower floors reach
//! evaluation; [`frames`] shows what is running. `init` readies the types that live here.
//!
//! | folder | holds |
//! |---|---|
//! | `value` | what locals and the value stack hold |
//! | `frames` | frames, their stack, frame objects |
//! | `eval` | the loop, one file for each family of instructions |
//! | `calls` | binding arguments, pushing frames, the `class` statement |
//! | `generators` | functions that keep their frame |
//! | `monitoring` | tracing |
//! | `trampolines` | telling `perf` of Python functions |

pub mod calls;
pub mod entry;
pub(crate) mod eval;
pub mod frames;
pub mod generators;
pub mod monitoring;
pub(crate) mod specialise;
pub mod trampolines;
pub mod upcalls;
pub(crate) mod value;

pub use calls::build_class::build_class;
pub use entry::{call_with_locals, eval_code, eval_code_with, init, prepare_thread};
pub use specialise::{EXECUTIONS_TO_SPECIALISE, MISSES_TO_RECONSIDER};
