//! Plain blocks of memory of the three domains, and the hook that sees blocks come and go.
//!
//! As long as nobody sets an allocator or a hook, a request is one look at [`WATCHED`] and either a few instructions (a
//! small block, see [`small`]) or a call of mimalloc.

#![expect(unsafe_code, reason = "allocates and frees")]

use super::allocators::{all_are_own, allocator, chosen};
use super::clear::clear;
use super::{reserve, small, tracer};
use core::cell::Cell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};
use taipan_abi::PyMemAllocatorEx;

/// Who wants to know of every block (`tracemalloc`). The functions get addresses, and must not allocate here.
pub struct Hook {
    /// A new block, and its bytes.
    pub allocated: fn(usize, usize),
    pub freed: fn(usize),
    /// A block that was kept for another object holds one again.
    pub recycled: fn(usize),
    /// Writes to standard error where a block was asked for, as far as that is known.
    pub describe: fn(usize),
}

/// What a block is for; numbered as in C.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Domain {
    /// Needs no interpreter's lock.
    Raw,
    Mem,
    Object,
}

impl Domain {
    pub const ALL: [Domain; 3] = [Domain::Raw, Domain::Mem, Domain::Object];

    pub fn from_number(number: i32) -> Option<Domain> {
        Domain::ALL.into_iter().find(|domain| *domain as i32 == number)
    }
}

/// Whether there is a hook or an allocator that is not ours.
static WATCHED: AtomicBool = AtomicBool::new(false);
static HOOK: AtomicPtr<Hook> = AtomicPtr::new(null_mut());

pub(super) fn update_watched() {
    WATCHED.store(!all_are_own() || is_hooked(), Ordering::Release);
}

/// Whether somebody wants to know of every block.
pub fn is_hooked() -> bool {
    !HOOK.load(Ordering::Acquire).is_null()
}

/// Sets the hook, or takes it away.
pub fn set_hook(hook: Option<&'static Hook>) {
    HOOK.store(hook.map_or(null_mut(), |hook| core::ptr::from_ref(hook).cast_mut()), Ordering::Release);
    update_watched();
    tracer::update();
}

/// A block of ours, null where there is no memory. The raw domain needs no interpreter's lock, so it has no part in the
/// heap of small blocks.
#[inline(always)]
pub(super) fn own_alloc(domain: Domain, bytes: usize) -> *mut u8 {
    if domain != Domain::Raw && bytes <= small::LARGEST {
        return small::take(bytes);
    }
    // SAFETY: any size may be asked for.
    unsafe { mi_malloc(bytes).cast() }
}

/// As [`own_alloc`], zeroed.
#[inline(always)]
pub(super) fn own_alloc_zeroed(domain: Domain, bytes: usize) -> *mut u8 {
    if domain != Domain::Raw && bytes <= small::LARGEST {
        let block = small::take(bytes);
        if !block.is_null() {
            // SAFETY: the block is that large, in whole grains of 16 bytes.
            unsafe { clear(block, bytes) };
        }
        return block;
    }
    // SAFETY: any size may be asked for.
    unsafe { mi_zalloc(bytes).cast() }
}

/// Makes a block of ours longer or shorter.
///
/// # Safety
/// The block came from [`own_alloc`] for this domain, or is null.
pub(super) unsafe fn own_realloc(domain: Domain, block: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise; a block of the heap is copied as far as both reach, and no more used.
    unsafe {
        if block.is_null() {
            return own_alloc(domain, bytes);
        }
        if domain == Domain::Raw || !small::holds(block) {
            return mi_realloc(block.cast(), bytes).cast();
        }
        let room = small::room(block);
        // A quarter less is not worth a copy.
        if bytes <= room && bytes > room / 4 * 3 {
            return block;
        }
        let fresh = own_alloc(domain, bytes);
        if !fresh.is_null() {
            core::ptr::copy_nonoverlapping(block, fresh, room.min(bytes));
            small::give(block);
        }
        fresh
    }
}

/// Frees a block of ours.
///
/// # Safety
/// The block came from [`own_alloc`] for this domain, or is null; it is no more used.
#[inline(always)]
pub(super) unsafe fn own_free(domain: Domain, block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if domain != Domain::Raw && small::holds(block) {
            small::give(block);
        } else {
            mi_free(block.cast());
        }
    }
}

#[inline(always)]
fn is_watched() -> bool {
    WATCHED.load(Ordering::Relaxed)
}

fn hook() -> Option<&'static Hook> {
    // SAFETY: a hook is a static.
    unsafe { HOOK.load(Ordering::Relaxed).as_ref() }
}

/// Tells the hook of memory that did not come from here.
pub(super) fn note(block: *mut u8, bytes: usize) -> *mut u8 {
    if let Some(hook) = hook()
        && !block.is_null()
    {
        (hook.allocated)(block.addr(), bytes);
    }
    block
}

/// As [`note`], of its end.
pub(super) fn note_end(block: *mut u8) {
    if let Some(hook) = hook()
        && !block.is_null()
    {
        (hook.freed)(block.addr());
    }
}

/// Tells the hook of an object in memory that another had before.
pub(super) fn note_recycled(block: usize) {
    if let Some(hook) = hook() {
        (hook.recycled)(block);
    }
}

/// Writes to standard error where a block was asked for.
pub(super) fn describe(block: usize) {
    match hook() {
        Some(hook) => (hook.describe)(block),
        None => {
            let advice = "Enable tracemalloc to get the memory block allocation traceback\n\n";
            // Where standard error is closed, nobody reads it.
            let _ = taipan_host::files::write_all(2, advice.as_bytes());
        }
    }
}

thread_local! {
    /// Whether the chosen allocator is asked where the one that C set refuses.
    static SURELY: Cell<bool> = const { Cell::new(false) };
}

/// Makes what an allocator refused before, for callers who cannot be told that there is no memory: where the one that C
/// set refuses, the chosen one is asked, and the reserve given up. The end of the process where that does not help.
#[cold]
pub fn surely<T, E>(make: impl FnOnce() -> Result<T, E>) -> T {
    if !is_watched() {
        reserve::overdraw();
    }
    let before = SURELY.replace(true);
    let made = make();
    SURELY.set(before);
    made.unwrap_or_else(|_| std::alloc::handle_alloc_error(std::alloc::Layout::new::<T>()))
}

#[cold]
#[inline(never)]
fn watched_alloc(domain: Domain, bytes: usize, zeroed: bool) -> *mut u8 {
    let mut block = alloc_from(allocator(domain), bytes, zeroed);
    if block.is_null() && SURELY.get() {
        block = alloc_from(chosen(domain), bytes, zeroed);
    }
    note(block, bytes)
}

fn alloc_from(allocator: &PyMemAllocatorEx, bytes: usize, zeroed: bool) -> *mut u8 {
    // SAFETY: an allocator's functions, called as they want.
    unsafe {
        match (allocator.malloc, allocator.calloc) {
            (Some(malloc), _) if !zeroed => malloc(allocator.ctx, bytes).cast(),
            (_, Some(calloc)) => calloc(allocator.ctx, 1, bytes).cast(),
            _ => null_mut(),
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn watched_realloc(domain: Domain, block: *mut u8, bytes: usize) -> *mut u8 {
    let allocator = allocator(domain);
    let Some(realloc) = allocator.realloc else { return null_mut() };
    // SAFETY: an allocator's function, called as it wants.
    let fresh: *mut u8 = unsafe { realloc(allocator.ctx, block.cast(), bytes).cast() };
    if !fresh.is_null() {
        note_end(block);
        note(fresh, bytes);
    }
    fresh
}

#[cold]
#[inline(never)]
unsafe fn watched_free(domain: Domain, block: *mut u8) {
    let allocator = allocator(domain);
    if let Some(free) = allocator.free {
        // SAFETY: an allocator's function, called as it wants.
        unsafe { free(allocator.ctx, block.cast()) }
    }
    // Only now: where the block is damaged, the hook describes it. Whoever tells the hook of blocks holds the lock, so
    // nobody told of another at this address meanwhile.
    note_end(block);
}

unsafe extern "C" {
    /// Of mimalloc's extended interface: gives back what is free, at once where `force` is set.
    fn mi_collect(force: bool);
}

/// Gives the memory of large blocks that were freed back to the system now. mimalloc keeps it for a while, and looks after
/// it only when it is asked for more.
#[cold]
pub(super) fn give_back_freed() {
    // SAFETY: it may be called at any time.
    unsafe { mi_collect(true) }
}

/// A block, null where there is no memory.
#[inline(always)]
pub fn alloc_in(domain: Domain, bytes: usize) -> *mut u8 {
    if is_watched() {
        return watched_alloc(domain, bytes, false);
    }
    own_alloc(domain, bytes)
}

/// A block of zeroes, null where there is no memory.
#[inline(always)]
pub fn alloc_zeroed_in(domain: Domain, bytes: usize) -> *mut u8 {
    if is_watched() {
        return watched_alloc(domain, bytes, true);
    }
    own_alloc_zeroed(domain, bytes)
}

/// Makes a block longer or shorter; null (the block stays) where there is no memory.
///
/// # Safety
/// `block` came from this domain or is null.
#[inline]
pub unsafe fn realloc_in(domain: Domain, block: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        if is_watched() {
            return watched_realloc(domain, block, bytes);
        }
        own_realloc(domain, block, bytes)
    }
}

/// Frees a block.
///
/// # Safety
/// `block` came from this domain or is null.
#[inline(always)]
pub unsafe fn free_in(domain: Domain, block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if is_watched() {
            return watched_free(domain, block);
        }
        own_free(domain, block)
    }
}

/// A block of the object domain, null where there is no memory. A block of no bytes is one too.
#[inline(always)]
pub fn raw_alloc(bytes: usize) -> *mut u8 {
    alloc_in(Domain::Object, bytes)
}

/// A block for an object whose maker cannot be told that there is no memory: where the allocator that C set refuses, the
/// chosen one is asked, and then the reserve given up. The end of the process where that does not help.
#[cold]
pub fn alloc_or_abort(bytes: usize) -> *mut u8 {
    alloc_at_last(bytes, reserve::overdraw)
}

/// As [`alloc_or_abort`], for the error that says so: nobody has to be told again.
#[cold]
pub fn alloc_for_error(bytes: usize) -> *mut u8 {
    alloc_at_last(bytes, reserve::give_up)
}

fn alloc_at_last(bytes: usize, give_up: fn() -> bool) -> *mut u8 {
    let mut block = alloc_from(chosen(Domain::Object), bytes, false);
    if block.is_null() && give_up() {
        block = alloc_from(chosen(Domain::Object), bytes, false);
    }
    if block.is_null() {
        let layout = std::alloc::Layout::from_size_align(bytes, 16);
        std::alloc::handle_alloc_error(layout.unwrap_or(std::alloc::Layout::new::<u128>()));
    }
    note(block, bytes)
}

/// A block of zeroes of the object domain, null where there is no memory.
#[inline(always)]
pub fn raw_alloc_zeroed(bytes: usize) -> *mut u8 {
    alloc_zeroed_in(Domain::Object, bytes)
}

/// Makes a block longer or shorter; null (the block stays) where there is no memory.
///
/// # Safety
/// `pointer` came from the object domain or is null.
#[inline]
pub unsafe fn raw_realloc(pointer: *mut u8, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { realloc_in(Domain::Object, pointer, bytes) }
}

/// Frees a block.
///
/// # Safety
/// `pointer` came from the object domain or is null.
#[inline(always)]
pub unsafe fn raw_free(pointer: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { free_in(Domain::Object, pointer) }
}
