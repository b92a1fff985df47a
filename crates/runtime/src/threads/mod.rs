//! Threads: their states, the module `_thread`.
//!
//! | file | holds |
//! |---|---|
//! | `registry` | the threads of an interpreter |
//! | `lock` | `lock`, `RLock`, the import lock |
//! | `handle` | `_ThreadHandle` |
//! | `start` | starting threads and what a thread does from first to last |
//! | `local` | `_local` |
//! | `module` | the module `_thread` |

pub mod handle;
pub mod local;
pub mod lock;
pub mod module;
pub mod registry;
pub mod start;

pub use registry::{current_exceptions, current_frames, is_main_thread, register_main, registry};

use crate::imports::imp;
use taipan_objects::model::thread;
use taipan_objects::system::forks::Native;

/// What is done around forks. The child begins with the import lock as this thread has it: while a module is half made by
/// another thread, nobody forks.
pub const AROUND_FORKS: Native =
    Native { before: imp::lock_for_fork, in_parent: imp::unlock_after_fork, in_child: after_fork };

/// Puts threads and locks in order in the child of a fork, where only this thread is left.
pub fn after_fork() {
    let state = thread::current();
    crate::gil::of(state.interpreter()).reset_after_fork(&state.eval_breaker);
    imp::unlock_after_fork();
    crate::warnings::after_fork();
    start::forget_others();
    let entries = registry().entries.borrow().clone();
    registry().keep_only_current();
    // No event loop goes on in the child.
    state.asyncio_loop.set(None);
    state.asyncio_task.set(None);
    // What other threads alone had goes last: that may run code.
    for entry in entries.iter().filter(|entry| !core::ptr::eq(entry.state, state)) {
        local::forget_thread(entry.serial);
        for cell in [&entry.state.context, &entry.state.asyncio_task, &entry.state.asyncio_loop] {
            cell.set(None);
        }
    }
}
