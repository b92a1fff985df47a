//! Watchers: callbacks that hear of every change of the dictionaries they watch (`PyDict_Watch`), and the versions of
//! tables of keys.
//!
//! The low eight bits of a dictionary's watcher tag say who watches it.

#![expect(unsafe_code, reason = "calls C callbacks")]

use super::PyDict;
use crate::errors;
use crate::model::trampoline::opt_ptr;
use crate::model::{ObjectExt, PyObject, PyResult, Raised, thread};
use core::cell::{Cell, RefCell};
use core::ffi::c_int;

/// What happens to a dictionary; numbered as in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Event {
    Added = 0,
    Modified = 1,
    Deleted = 2,
    Cloned = 3,
    Cleared = 4,
    Deallocated = 5,
}

/// `PyDict_WatchCallback`: called before the change, with the key and the new value or null.
pub type WatchCallback = unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject, *mut PyObject) -> c_int;

/// The number of watchers an interpreter can have. The first two are the interpreter's own.
pub const MAX_WATCHERS: usize = 8;
const RESERVED: usize = 2;
const MASK: u64 = (1 << MAX_WATCHERS) - 1;

/// What an interpreter knows about its dictionaries.
pub struct DictState {
    watchers: RefCell<[Option<WatchCallback>; MAX_WATCHERS]>,
    next_version: Cell<u32>,
}

impl Default for DictState {
    fn default() -> Self {
        DictState { watchers: RefCell::new([None; MAX_WATCHERS]), next_version: Cell::new(2) }
    }
}

fn state() -> &'static DictState {
    thread::current().interpreter().extension::<DictState>()
}

/// A version for a table of keys; 0 when they ran out.
pub(super) fn next_version() -> u32 {
    let state = state();
    let version = state.next_version.get();
    if version != 0 {
        state.next_version.set(version.wrapping_add(1));
    }
    version
}

/// The version that the next table gets.
pub(super) fn peek_version() -> u32 {
    state().next_version.get()
}

/// Registers a callback (`PyDict_AddWatcher`).
pub fn add_watcher(callback: WatchCallback) -> PyResult<usize> {
    let mut watchers = state().watchers.borrow_mut();
    match (RESERVED..MAX_WATCHERS).find(|&id| watchers[id].is_none()) {
        Some(id) => {
            watchers[id] = Some(callback);
            Ok(id)
        }
        None => Err(raised!(RuntimeError, "no more dict watcher IDs available")),
    }
}

/// Registers one of the interpreter's own callbacks: `id` is 0 or 1.
pub fn set_own_watcher(id: usize, callback: WatchCallback) {
    debug_assert!(id < RESERVED);
    state().watchers.borrow_mut()[id] = Some(callback);
}

fn check_id(id: isize) -> PyResult<usize> {
    if !(0..MAX_WATCHERS as isize).contains(&id) {
        return Err(raised!(ValueError, "Invalid dict watcher ID {id}"));
    }
    if state().watchers.borrow()[id as usize].is_none() {
        return Err(raised!(ValueError, "No dict watcher set for ID {id}"));
    }
    Ok(id as usize)
}

/// Forgets a callback (`PyDict_ClearWatcher`).
pub fn clear_watcher(id: isize) -> PyResult<()> {
    let id = check_id(id)?;
    state().watchers.borrow_mut()[id] = None;
    Ok(())
}

impl PyDict {
    /// Whether anybody watches.
    #[inline(always)]
    pub(super) fn is_watched(&self) -> bool {
        self.watcher_tag.get() & MASK != 0
    }

    /// Lets a watcher hear of changes (`PyDict_Watch`).
    pub fn watch(&self, id: isize) -> PyResult<()> {
        let id = check_id(id)?;
        self.watcher_tag.set(self.watcher_tag.get() | 1 << id);
        Ok(())
    }

    /// Ends that (`PyDict_Unwatch`).
    pub fn unwatch(&self, id: isize) -> PyResult<()> {
        let id = check_id(id)?;
        self.watcher_tag.set(self.watcher_tag.get() & !(1 << id));
        Ok(())
    }

    /// Tells the watchers.
    #[cold]
    #[inline(never)]
    pub(super) fn notify(&self, event: Event, key: Option<&PyObject>, value: Option<&PyObject>) {
        for id in 0..MAX_WATCHERS {
            if self.watcher_tag.get() & 1 << id == 0 {
                continue;
            }
            let callback = state().watchers.borrow()[id];
            let Some(callback) = callback else { continue };
            // SAFETY: a callback of C's type, with live objects or null.
            let status = unsafe { callback(event as c_int, self.as_ptr(), opt_ptr(key), opt_ptr(value)) };
            if status < 0 {
                let name =
                    ["added", "modified", "deleted", "cloned", "cleared", "deallocated"][event as usize];
                let message = format!(
                    "Exception ignored in PyDict_EVENT_{} watcher callback for <dict at {:p}>",
                    name.to_uppercase(),
                    self.as_ptr()
                );
                errors::write_unraisable(Raised::claim(), Some(&message), None);
            }
        }
    }
}
