//! Plain blocks of memory of the object domain.

#![expect(unsafe_code, reason = "allocates and frees")]

use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};

/// A block, null where there is no memory. A block of no bytes is one too.
#[inline(always)]
pub fn raw_alloc(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    unsafe { mi_malloc(bytes).cast() }
}

/// A block of zeroes, null where there is no memory.
#[inline(always)]
pub fn raw_alloc_zeroed(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    unsafe { mi_zalloc(bytes).cast() }
}

/// Makes a block longer or shorter; null (the block stays) where there is no memory.
///
/// # Safety
/// `pointer` came from this file's functions or is null.
#[inline]
pub unsafe fn raw_realloc(pointer: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { mi_realloc(pointer.cast(), bytes).cast() }
}

/// Frees a block.
///
/// # Safety
/// `pointer` came from this file's functions or is null.
#[inline(always)]
pub unsafe fn raw_free(pointer: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { mi_free(pointer.cast()) }
}
