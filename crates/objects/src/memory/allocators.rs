//! The allocators of the three domains: ours, the system's, and those that C sets.
//!
//! `PYTHONMALLOC` chooses one for all domains at the start, with or without the checks of [`super::debug`] around it.
//! C may put its own in front at any time. A domain that uses ours has no entry here: see [`super::raw`].

#![expect(unsafe_code, reason = "functions that C calls")]

use super::raw::{Domain, own_alloc, own_alloc_zeroed, own_free, own_realloc, update_watched};
use super::{debug, small};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};
use taipan_abi::PyMemAllocatorEx;
use taipan_host::system_heap;

/// What the blocks of the memory and object domains come from, where C does not say otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// The heap of small blocks, with mimalloc for larger ones.
    Small,
    /// `malloc` of the system's library.
    System,
    /// mimalloc alone.
    Mimalloc,
}

/// An allocator that `PYTHONMALLOC` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    pub base: Base,
    /// Whether every block is checked.
    pub debug: bool,
}

/// The names of the choices, one that stands for another behind those it stands for.
const NAMES: [(&str, Choice); 8] = [
    ("pymalloc", Choice { base: Base::Small, debug: false }),
    ("pymalloc_debug", Choice { base: Base::Small, debug: true }),
    ("malloc", Choice { base: Base::System, debug: false }),
    ("malloc_debug", Choice { base: Base::System, debug: true }),
    ("mimalloc", Choice { base: Base::Mimalloc, debug: false }),
    ("mimalloc_debug", Choice { base: Base::Mimalloc, debug: true }),
    ("default", Choice { base: Base::Small, debug: false }),
    ("debug", Choice { base: Base::Small, debug: true }),
];

impl Choice {
    /// What a value of `PYTHONMALLOC` stands for.
    pub fn named(name: &[u8]) -> Option<Choice> {
        NAMES.iter().find(|(known, _)| known.as_bytes() == name).map(|&(_, choice)| choice)
    }
}

/// The allocators of the domains, null for ours.
static ALLOCATORS: [AtomicPtr<PyMemAllocatorEx>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];
/// Those of the last [`choose`], null for ours: what is asked where the one that C set refuses and nobody can be told.
static CHOSEN: [AtomicPtr<PyMemAllocatorEx>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];

/// Every allocator that was set. They are kept: another thread may be using one.
struct Kept(Vec<&'static PyMemAllocatorEx>);

// SAFETY: an allocator is plain data that C promises to be usable wherever its domain is.
unsafe impl Send for Kept {}

static KEPT: Mutex<Kept> = Mutex::new(Kept(Vec::new()));

/// One of our allocators as C sees it. Its context tells nothing: each has functions of its own.
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

/// The system's allocator as C sees it. No bytes are a block too.
const fn system() -> PyMemAllocatorEx {
    unsafe extern "C" fn malloc(_: *mut c_void, bytes: usize) -> *mut c_void {
        system_heap::allocate(bytes.max(1)).cast()
    }
    unsafe extern "C" fn calloc(_: *mut c_void, count: usize, bytes: usize) -> *mut c_void {
        let Some(bytes) = count.checked_mul(bytes) else { return null_mut() };
        system_heap::allocate_zeroed(bytes.max(1)).cast()
    }
    unsafe extern "C" fn realloc(_: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
        // SAFETY: C passes a block of this allocator or null.
        unsafe { system_heap::reallocate(block.cast(), bytes.max(1)).cast() }
    }
    unsafe extern "C" fn free(_: *mut c_void, block: *mut c_void) {
        // SAFETY: C passes a block of this allocator or null.
        unsafe { system_heap::free(block.cast()) }
    }
    PyMemAllocatorEx {
        ctx: null_mut(),
        malloc: Some(malloc),
        calloc: Some(calloc),
        realloc: Some(realloc),
        free: Some(free),
    }
}

struct Own(PyMemAllocatorEx);

// SAFETY: it points at nothing that changes.
unsafe impl Sync for Own {}

static MIMALLOC: Own = Own(as_c_sees_it::<true>());
static SMALL: Own = Own(as_c_sees_it::<false>());
static SYSTEM: Own = Own(system());

/// Ours of a domain.
fn own(domain: Domain) -> &'static PyMemAllocatorEx {
    if domain == Domain::Raw { &MIMALLOC.0 } else { &SMALL.0 }
}

fn of_base(base: Base, domain: Domain) -> &'static PyMemAllocatorEx {
    match base {
        Base::Small => own(domain),
        Base::System => &SYSTEM.0,
        Base::Mimalloc => &MIMALLOC.0,
    }
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

fn in_place(place: &AtomicPtr<PyMemAllocatorEx>, domain: Domain) -> &'static PyMemAllocatorEx {
    // SAFETY: allocators that are set are kept.
    unsafe { place.load(Ordering::Acquire).as_ref() }.unwrap_or(own(domain))
}

/// The allocator of a domain (`PyMem_GetAllocator`).
pub fn allocator(domain: Domain) -> &'static PyMemAllocatorEx {
    in_place(&ALLOCATORS[domain as usize], domain)
}

/// The allocator that was chosen for a domain, whatever C set since.
pub(super) fn chosen(domain: Domain) -> &'static PyMemAllocatorEx {
    in_place(&CHOSEN[domain as usize], domain)
}

/// Whether no domain has an allocator that is not ours.
pub(super) fn all_are_own() -> bool {
    ALLOCATORS.iter().all(|place| place.load(Ordering::Acquire).is_null())
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
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Chooses the allocator of all domains. Nothing happens where a small block was asked for before: it is too late then.
pub fn choose(choice: Choice) {
    if small::was_used() {
        return;
    }
    for domain in Domain::ALL {
        // SAFETY: our functions do what they promise. No object exists yet. What C has of the raw domain before the
        // interpreter starts it frees before, too, as in CPython.
        unsafe { set_allocator(domain, core::ptr::read(of_base(choice.base, domain))) };
    }
    if choice.debug {
        set_up_debug_hooks();
    }
    for domain in Domain::ALL {
        let now = ALLOCATORS[domain as usize].load(Ordering::Acquire);
        CHOSEN[domain as usize].store(now, Ordering::Release);
    }
}

/// Checks every block from now on, whatever the allocators are (`PyMem_SetupDebugHooks`).
pub fn set_up_debug_hooks() {
    for domain in Domain::ALL {
        let inner = allocator(domain);
        if !debug::is_debug(inner) {
            // SAFETY: it passes requests on to the one before, whose blocks have to be gone, as in C.
            unsafe { set_allocator(domain, debug::around(domain, inner)) };
        }
    }
}

/// The name of the choice in force; none where C set another allocator.
pub fn current_name() -> Option<&'static str> {
    NAMES.iter().find(|(_, choice)| is_in_force(*choice)).map(|&(name, _)| name)
}

/// Whether small blocks of objects come from our heap, as far as one can tell.
pub fn uses_small_blocks() -> bool {
    let now = allocator(Domain::Object);
    same(debug::inner(now).unwrap_or(now), own(Domain::Object))
}

/// The raw domain does not tell mimalloc from ours, so the others decide.
fn is_in_force(choice: Choice) -> bool {
    [Domain::Mem, Domain::Object].into_iter().all(|domain| {
        let now = allocator(domain);
        let inner = debug::inner(now);
        inner.is_some() == choice.debug && same(inner.unwrap_or(now), of_base(choice.base, domain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_environment_variable() {
        let small = Choice { base: Base::Small, debug: true };
        assert_eq!(Choice::named(b"debug"), Some(small));
        assert_eq!(Choice::named(b"pymalloc_debug"), Some(small));
        assert_eq!(Choice::named(b"malloc"), Some(Choice { base: Base::System, debug: false }));
        assert_eq!(Choice::named(b"default_debug"), None);
        assert_eq!(Choice::named(b""), None);
    }
}
