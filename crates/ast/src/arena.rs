//! The memory that one syntax tree lives in: everything is allocated by bumping a pointer and freed at once.
//!
//! Only `Copy` data goes in, so nothing is leaked by not running destructors.

use bumpalo::Bump;

/// Holds the nodes, lists, names and constants of syntax trees.
#[derive(Default)]
pub struct Arena {
    bump: Bump,
}

impl Arena {
    pub fn new() -> Self {
        Arena { bump: Bump::new() }
    }

    /// Moves `value` into the arena.
    #[inline]
    pub fn alloc<T: Copy>(&self, value: T) -> &T {
        self.bump.alloc(value)
    }

    /// Copies a slice into the arena; an empty one costs nothing.
    #[inline]
    pub fn slice<T: Copy>(&self, values: &[T]) -> &[T] {
        if values.is_empty() { &[] } else { self.bump.alloc_slice_copy(values) }
    }

    /// Copies text into the arena.
    #[inline]
    pub fn str(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    /// Copies bytes into the arena.
    pub fn bytes(&self, bytes: &[u8]) -> &[u8] {
        self.slice(bytes)
    }

    /// Bytes handed out by the system for this arena so far.
    pub fn allocated_bytes(&self) -> usize {
        self.bump.allocated_bytes()
    }
}
