//! Free lists: memory of small objects of one type and size, kept for the next one.
//!
//! An interpreter has one list for each such type. Its lock guards the lists, so they need none of their own.

#![expect(unsafe_code, reason = "links free memory through its first words")]

use super::PyObject;
use core::cell::Cell;
use core::ptr::null_mut;
use taipan_abi::PyTypeObject;

/// Memory blocks of one size. A block's `ob_type` field leads to the next one.
pub struct FreeList {
    head: Cell<*mut PyObject>,
    room: Cell<u32>,
    limit: u32,
}

impl FreeList {
    /// A list that keeps at most `limit` blocks.
    pub const fn new(limit: u32) -> Self {
        FreeList { head: Cell::new(null_mut()), room: Cell::new(limit), limit }
    }

    /// How many blocks it keeps.
    pub(crate) fn len(&self) -> usize {
        (self.limit - self.room.get()) as usize
    }

    /// Takes a block and makes it an object of this type with one reference; null where the list is empty.
    #[inline(always)]
    pub fn take(&self, class: *mut PyTypeObject) -> *mut PyObject {
        let object = self.take_untold(class);
        if !object.is_null() {
            crate::memory::tracer::recycled(object);
        }
        object
    }

    /// As [`FreeList::take`] while nobody wants to see objects come: there is no call in it.
    #[inline(always)]
    pub(crate) fn take_untold(&self, class: *mut PyTypeObject) -> *mut PyObject {
        let object = self.head.get();
        if !object.is_null() {
            // SAFETY: blocks in the list belong to it, and begin with an object's head.
            unsafe {
                self.head.set((*object).ob_type.get().cast());
                (*object).ob_refcnt.set(1);
                (*object).ob_overflow.set(0);
                (*object).ob_flags.set(0);
                (*object).ob_type.set(class);
            }
            self.room.set(self.room.get() + 1);
        }
        object
    }

    /// Keeps the block of a dead object; false where the list is full.
    ///
    /// # Safety
    /// Nobody reaches the object any more, and its block has the size that the list is for.
    #[inline(always)]
    pub unsafe fn give(&self, object: *mut PyObject) -> bool {
        let room = self.room.get();
        if room == 0 {
            return false;
        }
        // SAFETY: the caller's promise.
        unsafe { (*object).ob_type.set(self.head.get().cast()) };
        self.head.set(object);
        self.room.set(room - 1);
        true
    }
}

/// The lists of an interpreter.
pub struct FreeLists {
    /// Integers of at most one digit.
    pub ints: FreeList,
    pub floats: FreeList,
}

impl FreeLists {
    pub const fn new() -> Self {
        FreeLists { ints: FreeList::new(100), floats: FreeList::new(100) }
    }
}

impl Default for FreeLists {
    fn default() -> Self {
        Self::new()
    }
}
