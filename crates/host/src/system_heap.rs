//! The heap of the system's C library. Its calls do not wait.

#![expect(unsafe_code, reason = "hands out memory")]

/// So many bytes, at least one; null where there is no memory.
pub fn allocate(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    unsafe { libc::malloc(bytes).cast() }
}

/// As [`allocate`], zeroed.
pub fn allocate_zeroed(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    unsafe { libc::calloc(1, bytes).cast() }
}

/// Makes a block longer or shorter, not to nothing; null (the block stays) where there is no memory.
///
/// # Safety
/// `block` came from this heap, or is null.
pub unsafe fn reallocate(block: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { libc::realloc(block.cast(), bytes).cast() }
}

/// Frees a block.
///
/// # Safety
/// `block` came from this heap, or is null; it is no more used.
pub unsafe fn free(block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(block.cast()) }
}
