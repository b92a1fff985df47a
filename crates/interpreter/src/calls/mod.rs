//! Calling: binding arguments of Python functions, pushing their frames, calling native code from the value stack.
//!
//! | file | holds |
//! |---|---|
//! | `bind` | arguments to local variables |
//! | `errors` | what is wrong with them, as CPython says it |
//! | `suggest` | "did you mean" |
//! | `frames` | pushing and popping frames |
//! | `native` | values to argument arrays |
//! | `build_class` | the `class` statement |

mod bind;
pub(crate) mod build_class;
mod errors;
pub(crate) mod frames;
pub(crate) mod native;
mod suggest;
