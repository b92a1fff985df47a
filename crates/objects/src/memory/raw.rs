//! Plain blocks of memory of the three domains, the allocators that may stand in for ours, and the hook that sees blocks
//! come and go.
//!
//! As long as nobody sets an allocator or a hook, a request is one look at [`WATCHED`] and either a few instructions (a
//! small block, see [`small`]) or a call of mimalloc.

#![expect(unsafe_code, reason = "allocates and frees")]

use super::clear::clear;
use super::small;
use core::cell::Cell;
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};
use std::sync::Mutex;
use taipan_abi::PyMemAllocatorEx;

/// Who wants to know of every block (`tracemalloc`). The functions get addresses and sizes, and must not allocate here.
pub struct Hook {
    pub allocated: fn(usize, usize),
    pub freed: fn(usize),
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
    pub fn from_number(number: i32) -> Option<Domain> {
        [Domain::Raw, Domain::Mem, Domain::Object].into_iter().find(|domain| *domain as i32 == number)
    }
}

/// Whether there is a hook or an allocator that is not ours.
static WATCHED: AtomicBool = AtomicBool::new(false);
static HOOK: AtomicPtr<Hook> = AtomicPtr::new(null_mut());
/// The allocators of the domains, null for ours.
static ALLOCATORS: [AtomicPtr<PyMemAllocatorEx>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];

/// Every allocator that was set. They are kept: another thread may be using one.
struct Kept(Vec<&'static PyMemAllocatorEx>);

// SAFETY: an allocator is plain data that C promises to be usable wherever its domain is.
unsafe impl Send for Kept {}

static KEPT: Mutex<Kept> = Mutex::new(Kept(Vec::new()));

fn update_watched() {
    let allocators = ALLOCATORS.iter().any(|allocator| !allocator.load(Ordering::Acquire).is_null());
    WATCHED.store(allocators || !HOOK.load(Ordering::Acquire).is_null(), Ordering::Release);
}

/// Sets the hook, or takes it away.
pub fn set_hook(hook: Option<&'static Hook>) {
    HOOK.store(hook.map_or(null_mut(), |hook| core::ptr::from_ref(hook).cast_mut()), Ordering::Release);
    update_watched();
}

/// A block of ours, null where there is no memory. The raw domain needs no interpreter's lock, so it has no part in the
/// heap of small blocks.
#[inline(always)]
fn own_alloc(domain: Domain, bytes: usize) -> *mut u8 {
    if domain != Domain::Raw && bytes <= small::LARGEST {
        return small::take(bytes);
    }
    // SAFETY: any size may be asked for.
    unsafe { mi_malloc(bytes).cast() }
}

/// As [`own_alloc`], zeroed.
#[inline(always)]
fn own_alloc_zeroed(domain: Domain, bytes: usize) -> *mut u8 {
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
unsafe fn own_realloc(domain: Domain, block: *mut u8, bytes: usize) -> *mut u8 {
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
unsafe fn own_free(domain: Domain, block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if domain != Domain::Raw && small::holds(block) {
            small::give(block);
        } else {
            mi_free(block.cast());
        }
    }
}

/// Our allocator as C sees it. Its context tells nothing: the raw domain has functions of its own.
const fn as_c_sees_it<const RAW: bool>() -> PyMemAllocatorEx {
    const fn domain(raw: bool) -> Domain {
        if raw { Domain::Raw } else { Domain::Object }
    }
    unsafe extern "C" fn malloc<const RAW: bool>(_: *mut c_void, bytes: usize) -> *mut c_void {
        own_alloc(domain(RAW), bytes).cast()
    }
    unsafe extern "C" fn calloc<const RAW: bool>(_: *mut c_void, count: usize, bytes: usize) -> *mut c_void {
        let Some(bytes) = count.checked_mul(bytes) else { return null_mut() };
        own_alloc_zeroed(domain(RAW), bytes).cast()
    }
    unsafe extern "C" fn realloc<const RAW: bool>(
        _: *mut c_void,
        block: *mut c_void,
        bytes: usize,
    ) -> *mut c_void {
        // SAFETY: C passes a block of this allocator or null.
        unsafe { own_realloc(domain(RAW), block.cast(), bytes).cast() }
    }
    unsafe extern "C" fn free<const RAW: bool>(_: *mut c_void, block: *mut c_void) {
        // SAFETY: C passes a block of this allocator or null.
        unsafe { own_free(domain(RAW), block.cast()) }
    }
    PyMemAllocatorEx {
        ctx: null_mut(),
        malloc: Some(malloc::<RAW>),
        calloc: Some(calloc::<RAW>),
        realloc: Some(realloc::<RAW>),
        free: Some(free::<RAW>),
    }
}

struct Own(PyMemAllocatorEx);

// SAFETY: it points at nothing that changes.
unsafe impl Sync for Own {}

static OWN_RAW: Own = Own(as_c_sees_it::<true>());
static OWN: Own = Own(as_c_sees_it::<false>());

fn own(domain: Domain) -> &'static PyMemAllocatorEx {
    if domain == Domain::Raw { &OWN_RAW.0 } else { &OWN.0 }
}

fn same(a: &PyMemAllocatorEx, b: &PyMemAllocatorEx) -> bool {
    let words = |allocator: &PyMemAllocatorEx| {
        [
            allocator.ctx as usize,
            allocator.malloc.map_or(0, |function| function as usize),
            allocator.calloc.map_or(0, |function| function as usize),
            allocator.realloc.map_or(0, |function| function as usize),
            allocator.free.map_or(0, |function| function as usize),
        ]
    };
    words(a) == words(b)
}

/// The allocator of a domain (`PyMem_GetAllocator`).
pub fn allocator(domain: Domain) -> &'static PyMemAllocatorEx {
    // SAFETY: allocators that are set are kept.
    unsafe { ALLOCATORS[domain as usize].load(Ordering::Acquire).as_ref() }.unwrap_or(own(domain))
}

/// Replaces the allocator of a domain (`PyMem_SetAllocator`).
///
/// # Safety
/// The functions do what those of `PyMemAllocatorEx` promise, and free what came from the allocator before.
pub unsafe fn set_allocator(domain: Domain, allocator: PyMemAllocatorEx) {
    let place = &ALLOCATORS[domain as usize];
    if same(&allocator, own(domain)) {
        place.store(null_mut(), Ordering::Release);
    } else {
        let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = kept.0.iter().copied().find(|known| same(known, &allocator));
        let allocator = known.unwrap_or_else(|| {
            let fresh: &'static PyMemAllocatorEx = Box::leak(Box::new(allocator));
            kept.0.push(fresh);
            fresh
        });
        place.store(core::ptr::from_ref(allocator).cast_mut(), Ordering::Release);
    }
    update_watched();
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

thread_local! {
    /// Whether ours is asked where a foreign allocator refuses.
    static SURELY: Cell<bool> = const { Cell::new(false) };
}

/// Makes what an allocator refused before, for callers who cannot be told that there is no memory: where a foreign one
/// refuses, ours is asked. The end of the process where that has none either.
#[cold]
pub fn surely<T, E>(make: impl FnOnce() -> Result<T, E>) -> T {
    let before = SURELY.replace(true);
    let made = make();
    SURELY.set(before);
    made.unwrap_or_else(|_| std::alloc::handle_alloc_error(std::alloc::Layout::new::<T>()))
}

#[cold]
#[inline(never)]
fn watched_alloc(domain: Domain, bytes: usize, zeroed: bool) -> *mut u8 {
    let allocator = allocator(domain);
    // SAFETY: an allocator's functions, called as they want.
    let block: *mut u8 = unsafe {
        match (allocator.malloc, allocator.calloc) {
            (Some(malloc), _) if !zeroed => malloc(allocator.ctx, bytes).cast(),
            (_, Some(calloc)) => calloc(allocator.ctx, 1, bytes).cast(),
            _ => null_mut(),
        }
    };
    if block.is_null() && SURELY.get() {
        // SAFETY: any size may be asked for.
        return unsafe { mi_zalloc(bytes).cast() };
    }
    if let Some(hook) = hook()
        && !block.is_null()
    {
        (hook.allocated)(block.addr(), bytes);
    }
    block
}

#[cold]
#[inline(never)]
unsafe fn watched_realloc(domain: Domain, block: *mut u8, bytes: usize) -> *mut u8 {
    let allocator = allocator(domain);
    let Some(realloc) = allocator.realloc else { return null_mut() };
    // SAFETY: an allocator's function, called as it wants.
    let fresh: *mut u8 = unsafe { realloc(allocator.ctx, block.cast(), bytes).cast() };
    if let Some(hook) = hook()
        && !fresh.is_null()
    {
        if !block.is_null() {
            (hook.freed)(block.addr());
        }
        (hook.allocated)(fresh.addr(), bytes);
    }
    fresh
}

#[cold]
#[inline(never)]
unsafe fn watched_free(domain: Domain, block: *mut u8) {
    if let Some(hook) = hook()
        && !block.is_null()
    {
        (hook.freed)(block.addr());
    }
    let allocator = allocator(domain);
    if let Some(free) = allocator.free {
        // SAFETY: an allocator's function, called as it wants.
        unsafe { free(allocator.ctx, block.cast()) }
    }
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

/// A block for an object whose maker cannot be told that there is no memory: where a foreign allocator refuses, ours is
/// asked. The end of the process where that has none either.
#[cold]
pub fn alloc_or_abort(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    let block: *mut u8 = unsafe { mi_malloc(bytes).cast() };
    if block.is_null() {
        let layout = std::alloc::Layout::from_size_align(bytes, 16);
        std::alloc::handle_alloc_error(layout.unwrap_or(std::alloc::Layout::new::<u128>()));
    }
    block
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
