//! The bound on recursion: how many bytes of native stack one compilation may use.
//!
//! The tree can be as deep as the text is long, and every pass walks it by recursion. A pass asks
//! [`StackLimit::check`] at each node; the answer is a `RecursionError`, never a fault.

use crate::error::{CompileError, Result};
use taipan_ast::{SyntaxError, SyntaxErrorKind};

/// The part of the native stack that may be used, measured from where the limit was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StackLimit {
    base: usize,
    budget: usize,
}

#[inline(always)]
fn stack_pointer() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker).addr()
}

impl StackLimit {
    /// Allows `budget` bytes from here on.
    pub(crate) fn new(budget: usize) -> Self {
        StackLimit { base: stack_pointer(), budget }
    }

    /// Fails once the budget is used up.
    #[inline]
    pub(crate) fn check(self) -> Result {
        if self.base.abs_diff(stack_pointer()) > self.budget { Err(too_deep()) } else { Ok(()) }
    }
}

#[cold]
fn too_deep() -> Box<CompileError> {
    Box::new(SyntaxError::plain(
        SyntaxErrorKind::RecursionError,
        "maximum recursion depth exceeded during compilation",
    ))
}
