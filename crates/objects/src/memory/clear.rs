//! Zeroes for the small blocks that objects lie in.

#![expect(unsafe_code, reason = "writes to memory")]

/// From so many bytes on a call of `memset` is worth it.
const LARGE: usize = 256;

/// Writes zeroes to so many bytes, a multiple of 16, a word at a time.
///
/// `memset` writes a block of less than a vector's size with one masked store, from which the processor cannot hand
/// the words to the instructions that read them next: the collector's head and the object's are read at once.
///
/// # Safety
/// The block is that large, and lies at a multiple of eight.
#[inline(always)]
pub(super) unsafe fn clear_words(block: *mut u8, bytes: usize) {
    let block = block.cast::<u64>();
    for pair in 0..bytes / 16 {
        // SAFETY: the caller's promise. The compiler makes no call of volatile writes.
        unsafe {
            block.add(2 * pair).write_volatile(0);
            block.add(2 * pair + 1).write_volatile(0);
        }
    }
}

/// Writes zeroes to a block of so many bytes, to the next multiple of 16.
///
/// # Safety
/// As [`clear_words`]; the block reaches to the next multiple of 16.
#[inline(always)]
pub(super) unsafe fn clear(block: *mut u8, bytes: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if bytes < LARGE {
            clear_words(block, bytes.next_multiple_of(16))
        } else {
            block.write_bytes(0, bytes)
        }
    }
}
