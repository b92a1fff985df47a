//! Arrays that grow: where they are large, in pages of their own, which move without being copied.
//!
//! An array of a few megabytes that grows by an eighth would need its old and its new memory at once while it is
//! copied, and leave a hole behind. The one that owns an array knows its size, so nothing else has to say where it lies.

#![expect(unsafe_code, reason = "allocates and frees")]

use super::raw::{give_back_freed, note, note_end, raw_alloc, raw_free, raw_realloc};
use core::sync::atomic::{AtomicU32, Ordering};
use taipan_host::memory::{map_pages, remap_pages, unmap_pages};

/// From so many bytes on, an array has pages of its own. Smaller ones come and go more often than a call of the system
/// is worth.
const MAPPED: usize = 2 << 20;

/// A new array of `bytes`, not zero; null where there is no memory.
#[inline]
pub fn array_alloc(bytes: usize) -> *mut u8 {
    if bytes < MAPPED { raw_alloc(bytes) } else { note(map_pages(bytes), bytes) }
}

/// Makes an array of `old` bytes (null if none) one of `bytes`, not zero; null (the array stays) where there is no memory.
///
/// # Safety
/// `array` came from here with `old` bytes, or is null and `old` zero; nobody else uses it.
#[inline]
pub unsafe fn array_realloc(array: *mut u8, old: usize, bytes: usize) -> *mut u8 {
    if old < MAPPED && bytes < MAPPED {
        // SAFETY: the caller's promise; an array so small came from `raw_alloc`.
        return unsafe { raw_realloc(array, bytes) };
    }
    // SAFETY: the caller's promise.
    unsafe { move_array(array, old, bytes) }
}

#[cold]
#[inline(never)]
unsafe fn move_array(array: *mut u8, old: usize, bytes: usize) -> *mut u8 {
    if old >= MAPPED && bytes >= MAPPED {
        // SAFETY: the caller's promise; an array so large came from `map_pages`.
        let fresh = unsafe { remap_pages(array, old, bytes) };
        if !fresh.is_null() {
            note_end(array);
            note(fresh, bytes);
        }
        return fresh;
    }
    let fresh = array_alloc(bytes);
    if !fresh.is_null() && !array.is_null() {
        // SAFETY: both hold as much; they are different memory. The old array is no more used.
        unsafe {
            core::ptr::copy_nonoverlapping(array, fresh, old.min(bytes));
            array_free(array, old);
        }
        if bytes > old {
            left_smaller_ones();
        }
    }
    fresh
}

/// An array grew so far that it has pages of its own, and left smaller ones behind, more than its own size in sum. Their
/// memory goes back to the system, unless the program does this over and over: the next array needs that memory, and
/// taking it anew costs more than all else. Twice as many arrays have to grow so far before each time.
fn left_smaller_ones() {
    static GROWN: AtomicU32 = AtomicU32::new(0);
    if (GROWN.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two() {
        give_back_freed();
    }
}

/// Frees an array.
///
/// # Safety
/// `array` came from [`array_realloc`] with so many bytes, or is null; it is no more used.
#[inline]
pub unsafe fn array_free(array: *mut u8, bytes: usize) {
    if bytes < MAPPED {
        // SAFETY: the caller's promise; an array so small came from `raw_alloc`.
        unsafe { raw_free(array) }
    } else {
        note_end(array);
        // SAFETY: the caller's promise; an array so large came from `map_pages`.
        unsafe { unmap_pages(array, bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_interpreter;

    #[test]
    fn arrays_keep_what_they_hold_on_every_way() {
        with_interpreter(|| {
            let sizes = [64, MAPPED - 8, MAPPED, 5 * MAPPED, MAPPED + 8, 32, 3 * MAPPED, MAPPED - 8];
            let (mut array, mut old) = (core::ptr::null_mut::<u8>(), 0);
            for bytes in sizes {
                // SAFETY: the array is this loop's, with its size; reads and writes lie within.
                unsafe {
                    array = array_realloc(array, old, bytes);
                    assert!(!array.is_null());
                    if old != 0 {
                        assert_eq!(array.read(), 7);
                        assert!(old > bytes || array.add(old - 1).read() == 9);
                    }
                    array.write(7);
                    array.add(bytes - 1).write(9);
                }
                old = bytes;
            }
            // SAFETY: as above; no more used.
            unsafe {
                assert!(array_realloc(array, old, isize::MAX as usize).is_null());
                assert_eq!(array.add(old - 1).read(), 9);
                array_free(array, old);
                array_free(core::ptr::null_mut(), 0);
            }
        });
    }
}
