//! A field that holds a reference, or none, and changes behind shared references.

#![expect(unsafe_code, reason = "reads a cell that Python code cannot change meanwhile")]

use super::{Obj, PyObject};
use core::cell::Cell;

/// A nullable reference in an object's layout: `PyObject *` to C.
#[repr(transparent)]
#[derive(Default)]
pub struct ObjCell(Cell<Option<Obj>>);

impl ObjCell {
    /// A cell with this content.
    pub const fn new(value: Option<Obj>) -> Self {
        ObjCell(Cell::new(value))
    }

    /// An empty cell.
    pub const fn empty() -> Self {
        ObjCell(Cell::new(None))
    }

    /// A new reference to the content.
    #[inline]
    pub fn get(&self) -> Option<Obj> {
        // SAFETY: the content is cloned before anything else runs.
        unsafe { (*self.0.as_ptr()).clone() }
    }

    /// The content, borrowed.
    ///
    /// # Safety
    /// Nothing that could change the cell runs while the borrow lives.
    #[inline(always)]
    pub unsafe fn peek(&self) -> Option<&PyObject> {
        // SAFETY: the caller's promise.
        unsafe { (*self.0.as_ptr()).as_deref() }
    }

    /// Whether there is no content.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        // SAFETY: only the pointer is looked at.
        unsafe { (*self.0.as_ptr()).is_none() }
    }

    /// Replaces the content. The old one is dropped after the new one is in place.
    #[inline]
    pub fn set(&self, value: Option<Obj>) {
        drop(self.0.replace(value));
    }

    /// Replaces the content and gives back the old one.
    #[inline]
    pub fn replace(&self, value: Option<Obj>) -> Option<Obj> {
        self.0.replace(value)
    }

    /// Empties the cell and gives back what was in it.
    #[inline]
    pub fn take(&self) -> Option<Obj> {
        self.0.take()
    }
}
