//! `memoryview`.

mod copy;

pub use copy::{Layout, copy_in, copy_out};
