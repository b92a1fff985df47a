//! Allocation of objects and their destruction.
//!
//! An object of a collected type has a 16-byte `PyGC_Head` before it; one with a managed dictionary or managed weak
//! references two words more before that. Inline attribute values lie behind the object. Small blocks come
//! from our own heap, others from mimalloc.
//!
//! ```text
//! -4 weak references | -3 dictionary | -2, -1 collector's head | object … | inline values
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `alloc` | making objects, freeing their memory |
//! | `array` | arrays that grow |
//! | `clear` | zeroes |
//! | `destroy` | what happens when the last reference goes; a bounded native stack; finalisers |
//! | `small` | the heap of small blocks |
//! | `statistics` | what that heap holds |
//! | `raw` | plain blocks of the three domains |
//! | `allocators` | the allocators of the domains, ours and others |
//! | `reserve` | what is kept back for when memory runs out; Rust's own allocator |
//! | `debug` | checks around blocks |
//! | `tracer` | the function that sees objects come and go |

mod alloc;
mod allocators;
mod array;
mod clear;
mod debug;
mod destroy;
mod raw;
mod reserve;
mod small;
mod statistics;
pub mod tracer;

pub(crate) use alloc::collected_items;
pub use alloc::{
    PyObject_Free, PyObject_GC_Del, PyType_GenericAlloc, alloc, alloc_surely, alloc_untracked,
    alloc_with_extra, free_heap_object, free_object, new, new_in, new_untracked, preheader_size,
};
pub use allocators::{
    Base, Choice, allocator, choose, current_name, set_allocator, set_up_debug_hooks, uses_small_blocks,
};
pub use array::{array_alloc, array_free, array_realloc};
pub use debug::is_freed;
pub use destroy::{
    begin_dealloc, destroy, destroy_put_off, end_dealloc, finalize, finalize_in_dealloc, revived,
};
pub use raw::{
    Domain, Hook, alloc_in, alloc_or_abort, alloc_zeroed_in, free_in, is_hooked, raw_alloc, raw_alloc_zeroed,
    raw_free, raw_realloc, realloc_in, set_hook, surely,
};
pub use reserve::{Global, is_short, keep_back, refill, tell};
pub use small::give_back;
pub use statistics::{Statistics, report, report_free_lists, report_growth, statistics};
