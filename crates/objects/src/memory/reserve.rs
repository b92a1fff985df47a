//! A reserve for when the address space is used up, and the `MemoryError` that follows where nobody could be told.
//!
//! Most requests may fail, and raise `MemoryError` then. Those of small objects and of Rust's own containers cannot be
//! told. Where the system limits the address space (`RLIMIT_AS`), a part of it is therefore kept back: such a request
//! that fails gives it up, so that it can be met after all, and the program gets its `MemoryError` where it looks up
//! from its work next, or asks native code's iterators for the next item. Once there is memory again, the reserve is filled
//! up. Without a limit there is no reserve: the system gives address space as long as it lives.

#![expect(unsafe_code, reason = "hands out memory")]

use crate::errors::{self, Exc};
use crate::model::Raised;
use crate::model::thread::{EvalBreaker, current_opt};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use libmimalloc_sys::{mi_free, mi_malloc, mi_malloc_aligned, mi_realloc_aligned, mi_zalloc_aligned};

/// The most that is kept back, in bytes, and at most this part of the limit.
const MOST: usize = 128 << 20;
const PART: usize = 5;

/// Bytes to keep back; zero where the address space has no limit.
static SIZE: AtomicUsize = AtomicUsize::new(0);
/// What is kept back: a block of mimalloc's, which may have taken its address space before there was a limit. Nobody writes
/// to it, so that it costs no more than its place.
static KEPT: AtomicPtr<u8> = AtomicPtr::new(null_mut());
/// Whether a request was met out of the reserve of which the program was not told yet.
static SHORT: AtomicBool = AtomicBool::new(false);

/// Keeps a part of a limited address space of so many bytes back.
pub fn keep_back(limit: usize) {
    if SIZE.load(Ordering::Relaxed) == 0 {
        SIZE.store((limit / PART).min(MOST) & !0xFFFF, Ordering::Relaxed);
        fill();
    }
}

fn fill() {
    let size = SIZE.load(Ordering::Relaxed);
    if size != 0 && KEPT.load(Ordering::Relaxed).is_null() {
        // SAFETY: any size may be asked for; a block that is not kept is freed as it came.
        unsafe {
            let fresh = mi_malloc(size).cast();
            if KEPT.compare_exchange(null_mut(), fresh, Ordering::AcqRel, Ordering::Relaxed).is_err() {
                mi_free(fresh.cast());
            }
        }
    }
}

/// Fills the reserve up again where it was given up and the program knows.
#[inline]
pub fn refill() {
    if KEPT.load(Ordering::Relaxed).is_null() && !is_short() {
        fill();
    }
}

/// Gives the reserve up; false where there is none.
pub(super) fn give_up() -> bool {
    let kept = KEPT.swap(null_mut(), Ordering::AcqRel);
    // SAFETY: it came from `fill`, or is null, and nobody uses it.
    unsafe { mi_free(kept.cast()) };
    !kept.is_null()
}

/// As [`give_up`], and the program gets a `MemoryError`.
#[cold]
pub(super) fn overdraw() -> bool {
    let had = give_up();
    if had {
        SHORT.store(true, Ordering::Release);
        if let Some(thread) = current_opt() {
            thread.eval_breaker.set_bits(EvalBreaker::NO_MEMORY);
        }
    }
    had
}

/// Whether the program has to be told.
#[inline(always)]
pub fn is_short() -> bool {
    SHORT.load(Ordering::Relaxed)
}

/// Tells the program, if it has to be told. One that handles a `MemoryError` knows: what it met on its way here may have
/// taken from the reserve too.
#[cold]
#[inline(never)]
pub fn tell() -> Result<(), Raised> {
    if !SHORT.swap(false, Ordering::AcqRel) {
        return Ok(());
    }
    let wanted = Exc::MemoryError.type_object().as_object();
    if errors::handled().is_some_and(|handled| errors::given_matches(&handled, wanted)) {
        return Ok(());
    }
    Err(raised!(MemoryError))
}

/// Rust's own allocator: mimalloc, and the reserve where that has no more.
pub struct Global;

/// Whether the reserve may meet a request of so many bytes.
#[cold]
#[inline(never)]
fn may_overdraw(bytes: usize) -> bool {
    bytes <= SIZE.load(Ordering::Relaxed) / 2 && overdraw()
}

// SAFETY: mimalloc's functions do what is wanted of them; a request that is made again is the same.
unsafe impl GlobalAlloc for Global {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let make = || {
            // SAFETY: a layout's alignment is a power of two.
            unsafe { mi_malloc_aligned(layout.size(), layout.align()) }
        };
        let mut block = make();
        if block.is_null() && may_overdraw(layout.size()) {
            block = make();
        }
        block.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let make = || {
            // SAFETY: as above.
            unsafe { mi_zalloc_aligned(layout.size(), layout.align()) }
        };
        let mut block = make();
        if block.is_null() && may_overdraw(layout.size()) {
            block = make();
        }
        block.cast()
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        let make = || {
            // SAFETY: the caller passes a block of this allocator, which stays where this fails.
            unsafe { mi_realloc_aligned(block.cast(), bytes, layout.align()) }
        };
        let mut fresh = make();
        if fresh.is_null() && may_overdraw(bytes) {
            fresh = make();
        }
        fresh.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller passes a block of this allocator.
        unsafe { mi_free(block.cast()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ObjectExt;
    use crate::testing::with_interpreter;

    #[test]
    fn whoever_overdraws_is_told_once() {
        with_interpreter(|| {
            assert!(!overdraw() && tell().is_ok());
            keep_back(64 << 20);
            assert!(overdraw() && is_short());
            assert!(!overdraw(), "there is only one reserve");
            let error = errors::take(tell().expect_err("memory ran out")).into_obj();
            assert!(error.class().is(Exc::MemoryError.type_object()));
            assert!(!is_short() && tell().is_ok());
            refill();
            assert!(give_up() && !is_short());
        });
    }
}
