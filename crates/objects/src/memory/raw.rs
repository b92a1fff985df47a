//! Plain blocks of memory of the object domain, and the hook that sees them come and go.

#![expect(unsafe_code, reason = "allocates and frees")]

use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};

/// Who wants to know of every block (`tracemalloc`). The functions get addresses and sizes, and must not allocate here.
pub struct Hook {
    pub allocated: fn(usize, usize),
    pub freed: fn(usize),
}

static HOOK: AtomicPtr<Hook> = AtomicPtr::new(null_mut());

/// Sets the hook, or takes it away.
pub fn set_hook(hook: Option<&'static Hook>) {
    HOOK.store(hook.map_or(null_mut(), |hook| core::ptr::from_ref(hook).cast_mut()), Ordering::Release);
}

#[inline(always)]
fn note(block: *mut u8, bytes: usize) -> *mut u8 {
    let hook = HOOK.load(Ordering::Relaxed);
    if !hook.is_null() && !block.is_null() {
        tell(hook, block, Some(bytes));
    }
    block
}

#[inline(always)]
fn note_end(block: *mut u8) {
    let hook = HOOK.load(Ordering::Relaxed);
    if !hook.is_null() && !block.is_null() {
        tell(hook, block, None);
    }
}

#[cold]
#[inline(never)]
fn tell(hook: *mut Hook, block: *mut u8, bytes: Option<usize>) {
    // SAFETY: a hook is a static.
    let hook = unsafe { &*hook };
    match bytes {
        Some(bytes) => (hook.allocated)(block.addr(), bytes),
        None => (hook.freed)(block.addr()),
    }
}

/// A block, null where there is no memory. A block of no bytes is one too.
#[inline(always)]
pub fn raw_alloc(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    note(unsafe { mi_malloc(bytes).cast() }, bytes)
}

/// A block of zeroes, null where there is no memory.
#[inline(always)]
pub fn raw_alloc_zeroed(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    note(unsafe { mi_zalloc(bytes).cast() }, bytes)
}

/// Makes a block longer or shorter; null (the block stays) where there is no memory.
///
/// # Safety
/// `pointer` came from this file's functions or is null.
#[inline]
pub unsafe fn raw_realloc(pointer: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    let block: *mut u8 = unsafe { mi_realloc(pointer.cast(), bytes).cast() };
    if !block.is_null() {
        note_end(pointer);
    }
    note(block, bytes)
}

/// Frees a block.
///
/// # Safety
/// `pointer` came from this file's functions or is null.
#[inline(always)]
pub unsafe fn raw_free(pointer: *mut u8) {
    note_end(pointer);
    // SAFETY: the caller's promise.
    unsafe { mi_free(pointer.cast()) }
}
