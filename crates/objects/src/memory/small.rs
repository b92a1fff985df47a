//! The heap of small blocks: those of the memory and object domains that have at most 512 bytes.
//!
//! ```text
//! reserved address space of 64 GiB
//! | arena of 1 MiB                          | arena …
//! | pool of 16 KiB      | pool … 64 of them |
//! | head | block | block …                  |
//! ```
//!
//! The blocks of a pool have one size, a multiple of 16. A free block's first word leads to the next free one; blocks
//! that were never used are linked in a page at a time, so that a pool takes no more memory than it needs. The first pool
//! in the list of its size serves requests; one without a free block leaves the list and comes back with the first block
//! freed in it. An empty pool may serve another size, always the one at the lowest address first, so that whole arenas
//! become free, and their memory goes back to the system.
//!
//! Whether a block lies here is one comparison of its address, and its pool one more operation. The heap is for threads
//! that hold the interpreter's lock, as the two domains are in C. Without reserved address space, which a limit may
//! forbid, it holds nothing, and blocks of all sizes are mimalloc's. A program that limits its own address space makes it
//! give back what has no memory behind it yet ([`give_back`]).

#![expect(unsafe_code, reason = "hands out memory")]

use crate::model::thread::current_opt;
use core::cell::Cell;
use core::ptr::null_mut;
use libmimalloc_sys::mi_malloc;
#[cfg(target_os = "linux")]
use taipan_host::memory::let_go_of_program_pages;
use taipan_host::memory::{back_pages, empty_pages, reserve_pages, unmap_pages};

/// Bytes of the largest block.
pub const LARGEST: usize = 512;
/// Sizes are multiples of it, and blocks lie at multiples of it.
pub(super) const GRAIN: usize = 16;
pub(super) const SIZES: usize = LARGEST / GRAIN + 1;
const PAGE: usize = 4 << 10;
pub(super) const POOL: usize = 16 << 10;
pub(super) const ARENA: usize = 1 << 20;
const POOLS: usize = ARENA / POOL;
const RESERVED: usize = 64 << 30;
const ARENAS: usize = RESERVED / ARENA;
/// An arena in which every pool is free.
const ALL: u64 = u64::MAX;
/// So many free arenas keep their memory: a program that grows again needs it.
const SPARE: usize = 8;

/// A program with so many arenas is far from its start, so that what only the start needed of the program's file goes.
#[cfg(target_os = "linux")]
const LARGE: usize = 8;

/// Bytes of a pool's head.
pub(super) const HEAD: usize = size_of::<Pool>();

const _: () = assert!(POOLS == u64::BITS as usize);

/// A free block.
struct Block {
    next: Cell<*mut Block>,
}

/// The head of a pool, at its start.
#[repr(C, align(16))]
struct Pool {
    /// Free blocks that were used before, or are linked in.
    free: Cell<*mut Block>,
    /// Blocks in use.
    live: Cell<u32>,
    /// Bytes of a block.
    size: Cell<u32>,
    /// Where the blocks begin that were never linked in, from the pool's start.
    fresh: Cell<u32>,
    /// Whether it stands in the list of its size.
    listed: Cell<bool>,
    next: Cell<*const Pool>,
    previous: Cell<*const Pool>,
}

/// The end of every list: a pool that has nothing.
static NOTHING: Sealed = Sealed(Pool {
    free: Cell::new(null_mut()),
    live: Cell::new(0),
    size: Cell::new(0),
    fresh: Cell::new(POOL as u32),
    listed: Cell::new(true),
    next: Cell::new(core::ptr::null()),
    previous: Cell::new(core::ptr::null()),
});

struct Sealed(Pool);

// SAFETY: nobody writes to it.
unsafe impl Sync for Sealed {}

fn nothing() -> *const Pool {
    &raw const NOTHING.0
}

struct Heap {
    /// Where the reserved addresses begin; [`NOWHERE`] as long as there are none.
    start: Cell<usize>,
    /// Bytes from there on that are the heap's.
    extent: Cell<usize>,
    /// Whether reserving was tried.
    tried: Cell<bool>,
    /// The pools with room, by the size of their blocks in grains.
    roomy: [Cell<*const Pool>; SIZES],
    /// Arenas with memory behind them.
    backed: Cell<usize>,
    /// No arena below has a free pool.
    lowest: Cell<usize>,
    /// Arenas below `backed` in which every pool is free and has memory yet.
    spare: Cell<usize>,
    /// How often an arena got memory, and how often one gave it back; the most that had some at one time.
    given: Cell<usize>,
    reclaimed: Cell<usize>,
    most: Cell<usize>,
    /// Whether every new arena is reported.
    reporting: Cell<bool>,
    /// The free pools of each arena, a bit each.
    free: [Cell<u64>; ARENAS],
    /// Whether the memory behind an arena went back to the system: all its pools are free.
    emptied: [Cell<bool>; ARENAS],
}

/// No block's distance to it is below [`RESERVED`].
const NOWHERE: usize = RESERVED.wrapping_neg();

// SAFETY: only threads that hold the interpreter's lock come here.
unsafe impl Sync for Heap {}

static HEAP: Heap = Heap {
    start: Cell::new(NOWHERE),
    extent: Cell::new(RESERVED),
    tried: Cell::new(false),
    roomy: [const { Cell::new(&raw const NOTHING.0) }; SIZES],
    backed: Cell::new(0),
    lowest: Cell::new(0),
    spare: Cell::new(0),
    given: Cell::new(0),
    reclaimed: Cell::new(0),
    most: Cell::new(0),
    reporting: Cell::new(false),
    free: [const { Cell::new(0) }; ARENAS],
    emptied: [const { Cell::new(false) }; ARENAS],
};

/// A block of `bytes`, at most [`LARGEST`], mimalloc's where the heap has no more; null where there is no memory.
#[inline(always)]
pub fn take(bytes: usize) -> *mut u8 {
    debug_assert!(bytes <= LARGEST);
    debug_assert!(current_opt().is_some(), "a small block is taken without the interpreter's lock");
    let grains = bytes.div_ceil(GRAIN);
    // SAFETY: a listed pool is whole, and the free blocks that it leads to are its own.
    unsafe {
        let pool = HEAP.roomy[grains].get();
        let block = (*pool).free.get();
        if block.is_null() {
            return take_slowly(grains);
        }
        (*pool).free.set((*block).next.get());
        (*pool).live.set((*pool).live.get() + 1);
        block.cast()
    }
}

/// Whether a block came from here.
#[inline(always)]
pub fn holds(block: *mut u8) -> bool {
    block.addr().wrapping_sub(HEAP.start.get()) < HEAP.extent.get()
}

fn pool_of(block: *mut u8) -> *const Pool {
    block.map_addr(|address| address & !(POOL - 1)).cast()
}

/// Bytes that a block has room for.
///
/// # Safety
/// The block came from here and was not given back.
pub unsafe fn room(block: *mut u8) -> usize {
    // SAFETY: its pool is whole as long as it has a live block.
    unsafe { (*pool_of(block)).size.get() as usize }
}

/// Takes a block back.
///
/// # Safety
/// The block came from here and is no more used.
#[inline(always)]
pub unsafe fn give(block: *mut u8) {
    debug_assert!(current_opt().is_some(), "a small block is given back without the interpreter's lock");
    // SAFETY: its pool is whole as long as it has a live block; the block is the pool's from now on.
    unsafe {
        let pool = pool_of(block);
        let block = block.cast::<Block>();
        (*block).next.set((*pool).free.get());
        (*pool).free.set(block);
        let live = (*pool).live.get() - 1;
        (*pool).live.set(live);
        if live == 0 || !(*pool).listed.get() {
            given(&*pool);
        }
    }
}

#[cold]
#[inline(never)]
fn take_slowly(grains: usize) -> *mut u8 {
    // No bytes are a block too.
    let grains = grains.max(1);
    loop {
        // SAFETY: a listed pool is whole.
        let pool = unsafe { &*HEAP.roomy[grains].get() };
        if core::ptr::eq(pool, nothing()) {
            if !found_pool(grains) {
                // SAFETY: any size may be asked for.
                return unsafe { mi_malloc(grains * GRAIN).cast() };
            }
        } else if !pool.free.get().is_null() {
            return take(grains * GRAIN);
        } else if !pool.link_fresh() {
            pool.leave_list();
        }
    }
}

/// A pool got a block back: it was full or is empty now.
#[cold]
#[inline(never)]
fn given(pool: &Pool) {
    let list = &HEAP.roomy[pool.size.get() as usize / GRAIN];
    if !pool.listed.get() {
        pool.enter_list(list);
    }
    // The only pool stays: the next request would have to set one up again.
    let only = core::ptr::eq(list.get(), pool) && core::ptr::eq(pool.next.get(), nothing());
    if pool.live.get() == 0 && !only {
        pool.leave_list();
        give_pool(pool);
    }
}

impl Pool {
    /// Links the next page of blocks that were never used in; false where there are none.
    fn link_fresh(&self) -> bool {
        let (size, start) = (self.size.get() as usize, self.fresh.get() as usize);
        let count = (PAGE / size).min((POOL - start) / size);
        if count == 0 {
            return false;
        }
        let base = core::ptr::from_ref(self).cast_mut().cast::<u8>();
        for index in 0..count {
            // SAFETY: the blocks lie in the pool, whose memory is the heap's, and nobody uses them.
            unsafe {
                let block = base.add(start + index * size);
                let next = if index + 1 == count { null_mut() } else { block.add(size).cast() };
                block.cast::<Block>().write(Block { next: Cell::new(next) });
            }
        }
        // SAFETY: as above.
        self.free.set(unsafe { base.add(start).cast() });
        self.fresh.set((start + count * size) as u32);
        true
    }

    fn enter_list(&self, list: &Cell<*const Pool>) {
        let next = list.get();
        self.previous.set(nothing());
        self.next.set(next);
        self.listed.set(true);
        if !core::ptr::eq(next, nothing()) {
            // SAFETY: a listed pool is whole.
            unsafe { (*next).previous.set(self) };
        }
        list.set(self);
    }

    fn leave_list(&self) {
        let (previous, next) = (self.previous.get(), self.next.get());
        // SAFETY: listed pools are whole.
        unsafe {
            if core::ptr::eq(previous, nothing()) {
                HEAP.roomy[self.size.get() as usize / GRAIN].set(next);
            } else {
                (*previous).next.set(next);
            }
            if !core::ptr::eq(next, nothing()) {
                (*next).previous.set(previous);
            }
        }
        self.listed.set(false);
    }
}

/// Sets up a pool for blocks of so many grains; false where there is no memory.
fn found_pool(grains: usize) -> bool {
    let Some((arena, number)) = free_pool() else { return false };
    let bits = HEAP.free[arena].get();
    if bits == ALL {
        if HEAP.emptied[arena].replace(false) {
            note_growth();
        } else {
            HEAP.spare.set(HEAP.spare.get() - 1);
        }
    }
    HEAP.free[arena].set(bits & !(1 << number));
    let place = (HEAP.start.get() as *mut u8).wrapping_add(arena * ARENA + number * POOL).cast::<Pool>();
    let size = grains * GRAIN;
    // SAFETY: the pool's memory lies within a backed arena, and nobody uses it.
    let pool = unsafe {
        place.write(Pool {
            free: Cell::new(null_mut()),
            live: Cell::new(0),
            size: Cell::new(size as u32),
            fresh: Cell::new(size_of::<Pool>() as u32),
            listed: Cell::new(false),
            next: Cell::new(nothing()),
            previous: Cell::new(nothing()),
        });
        &*place
    };
    pool.enter_list(&HEAP.roomy[grains]);
    true
}

/// The free pool at the lowest address, as arena and number in it.
fn free_pool() -> Option<(usize, usize)> {
    let backed = HEAP.backed.get();
    let arena = (HEAP.lowest.get()..backed).find(|&arena| HEAP.free[arena].get() != 0).unwrap_or(backed);
    HEAP.lowest.set(arena);
    if arena == backed && !back_arena() {
        return None;
    }
    Some((arena, HEAP.free[arena].get().trailing_zeros() as usize))
}

/// Puts memory behind one more arena; false where there is none.
fn back_arena() -> bool {
    let arena = HEAP.backed.get();
    if HEAP.start.get() == NOWHERE && !reserve() || (arena + 1) * ARENA > HEAP.extent.get() {
        return false;
    }
    let place = (HEAP.start.get() as *mut u8).wrapping_add(arena * ARENA);
    // SAFETY: within what was reserved.
    if !unsafe { back_pages(place, ARENA) } {
        return false;
    }
    HEAP.free[arena].set(ALL);
    HEAP.backed.set(arena + 1);
    HEAP.spare.set(HEAP.spare.get() + 1);
    note_growth();
    #[cfg(target_os = "linux")]
    if arena == LARGE {
        let_go_of_program_pages();
    }
    true
}

/// An arena got memory.
fn note_growth() {
    HEAP.given.set(HEAP.given.get() + 1);
    HEAP.most.set(HEAP.most.get().max(HEAP.given.get() - HEAP.reclaimed.get()));
    if HEAP.reporting.get() {
        super::statistics::report();
    }
}

fn reserve() -> bool {
    if HEAP.tried.replace(true) {
        return false;
    }
    let start = reserve_pages(RESERVED + ARENA);
    if start.is_null() {
        return false;
    }
    HEAP.start.set(start.expose_provenance().next_multiple_of(ARENA));
    true
}

/// Gives reserved address space without memory behind it back: it counts where address space is limited. From now on the
/// heap grows no more. For a thread that holds the interpreter's lock.
pub fn give_back() {
    let start = HEAP.start.get();
    if start == NOWHERE {
        HEAP.tried.set(true);
        return;
    }
    let kept = HEAP.backed.get() * ARENA;
    let rest = HEAP.extent.replace(kept) - kept;
    if rest > 0 {
        // SAFETY: that part of what was reserved has no memory behind it, so nothing lies there.
        unsafe { unmap_pages((start as *mut u8).wrapping_add(kept), rest) };
    }
}

/// Takes an empty pool back.
fn give_pool(pool: &Pool) {
    let distance = core::ptr::from_ref(pool).addr() - HEAP.start.get();
    let (arena, number) = (distance / ARENA, distance % ARENA / POOL);
    let bits = HEAP.free[arena].get() | 1 << number;
    HEAP.free[arena].set(bits);
    HEAP.lowest.set(HEAP.lowest.get().min(arena));
    if bits == ALL {
        if HEAP.spare.get() < SPARE {
            HEAP.spare.set(HEAP.spare.get() + 1);
        } else {
            let place = (HEAP.start.get() as *mut u8).wrapping_add(arena * ARENA);
            // SAFETY: nothing lies in the arena.
            unsafe { empty_pages(place, ARENA) };
            HEAP.emptied[arena].set(true);
            HEAP.reclaimed.set(HEAP.reclaimed.get() + 1);
        }
    }
}

/// Shows the size of the blocks of each pool in use, and how many of them are live; gives the number of free pools.
pub(super) fn visit_pools(mut visit: impl FnMut(usize, usize)) -> usize {
    let mut free_pools = 0;
    for arena in 0..HEAP.backed.get() {
        let free = HEAP.free[arena].get();
        if !HEAP.emptied[arena].get() {
            free_pools += free.count_ones() as usize;
        }
        for number in (0..POOLS).filter(|number| free & 1 << number == 0) {
            let place = (HEAP.start.get() as *const u8).wrapping_add(arena * ARENA + number * POOL);
            // SAFETY: a pool that is not free is whole.
            let pool = unsafe { &*place.cast::<Pool>() };
            visit(pool.size.get() as usize, pool.live.get() as usize);
        }
    }
    free_pools
}

/// How often an arena got memory, how often it gave it back, and the most that had some at one time.
pub(super) fn arenas() -> (usize, usize, usize) {
    (HEAP.given.get(), HEAP.reclaimed.get(), HEAP.most.get())
}

/// Whether a block was ever asked for.
pub(super) fn was_used() -> bool {
    HEAP.tried.get()
}

/// Has the heap report to standard error when it gets an arena.
pub(super) fn report_growth() {
    HEAP.reporting.set(true);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::statistics;
    use crate::testing::with_interpreter;

    #[test]
    fn blocks_of_all_sizes_are_apart_and_come_back() {
        with_interpreter(|| {
            let mut blocks = Vec::new();
            for round in 0..200 {
                for bytes in 0..=LARGEST {
                    let block = take(bytes);
                    assert!(holds(block) && block.addr().is_multiple_of(GRAIN));
                    // SAFETY: the block is that large, and ours.
                    unsafe {
                        assert!((bytes..bytes.max(1) + GRAIN).contains(&room(block)));
                        block.write_bytes(bytes as u8, bytes);
                    }
                    blocks.push((block, bytes));
                }
                // Every other one goes, from both ends.
                if round % 2 == 1 {
                    for index in (0..blocks.len()).rev().step_by(2).collect::<Vec<_>>() {
                        let (block, bytes) = blocks.swap_remove(index);
                        check_and_give(block, bytes);
                    }
                }
            }
            blocks.into_iter().for_each(|(block, bytes)| check_and_give(block, bytes));
            let free: u32 = HEAP.free.iter().map(|bits| bits.get().count_ones()).sum();
            assert!(free as usize + 4 * SIZES > HEAP.backed.get() * POOLS, "{free}");
        });
    }

    fn check_and_give(block: *mut u8, bytes: usize) {
        // SAFETY: the block is the caller's, which forgets it.
        unsafe {
            assert!((0..bytes).all(|place| block.add(place).read() == bytes as u8));
            give(block);
        }
    }

    #[test]
    fn the_block_freed_last_is_taken_first() {
        with_interpreter(|| {
            let before = statistics().live();
            let (a, b) = (take(48), take(40));
            assert_ne!(a, b);
            assert_eq!(statistics().live(), before + 2);
            // SAFETY: ours, and forgotten.
            unsafe {
                give(a);
                give(b);
            }
            assert_eq!((take(33), take(48)), (b, a));
            // SAFETY: as above.
            unsafe {
                give(a);
                give(b);
            }
        });
    }

    #[test]
    fn what_is_not_from_here_is_known() {
        with_interpreter(|| {
            let block = take(8);
            // SAFETY: any size may be asked for; freed as it came.
            unsafe {
                let other = mi_malloc(8).cast::<u8>();
                assert!(holds(block) && !holds(other) && !holds(null_mut()));
                libmimalloc_sys::mi_free(other.cast());
                give(block);
            }
        });
    }

    #[test]
    fn memory_of_many_blocks_goes_back() {
        with_interpreter(|| {
            let blocks: Vec<*mut u8> = (0..100_000).map(|_| take(LARGEST)).collect();
            let backed = HEAP.backed.get();
            assert!(backed >= 48);
            // SAFETY: ours, and forgotten.
            blocks.into_iter().for_each(|block| unsafe { give(block) });
            let emptied = HEAP.emptied[..backed].iter().filter(|emptied| emptied.get()).count();
            assert!(emptied >= 48 - SPARE - 2, "{emptied}");
            let fresh = take(LARGEST);
            // SAFETY: ours.
            unsafe {
                fresh.write_bytes(1, LARGEST);
                give(fresh);
            }
        });
    }
}
