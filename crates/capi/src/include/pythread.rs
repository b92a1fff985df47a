//! `pythread.h` and `lock.h`: locks, thread-specific storage, and threads that C starts.

#![expect(unsafe_code, reason = "functions that C calls")]

use core::cell::RefCell;
use core::ffi::*;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;
use taipan_host::clocks;
use taipan_host::threads::{self, Attempt, Lock};

thread_local! {
    /// What this thread stored, by key.
    static STORED: RefCell<HashMap<usize, usize>> = RefCell::new(HashMap::new());
}

/// The last key given out; keys are never used again, so no thread finds what another key stored.
static KEYS: AtomicUsize = AtomicUsize::new(0);

/// `Py_tss_t`.
#[repr(C)]
pub struct Key {
    created: c_int,
    key: c_uint,
}

fn created(key: usize) -> usize {
    key + 1
}

fn store(key: usize, value: *mut c_void) {
    STORED.with_borrow_mut(|stored| {
        if value.is_null() {
            stored.remove(&key);
        } else {
            stored.insert(key, value as usize);
        }
    });
}

fn stored(key: usize) -> *mut c_void {
    STORED.with_borrow(|stored| stored.get(&key).map_or(null_mut(), |&value| value as *mut c_void))
}

/// A lock of C code.
unsafe fn lock<'a>(pointer: *mut c_void) -> &'a Lock {
    // SAFETY: the caller passes what `PyThread_allocate_lock` gave it.
    unsafe { &*pointer.cast::<Lock>() }
}

/// Waits for a lock without giving up the interpreter: the caller has seen to that. 1 taken, 0 not, 2 interrupted.
fn acquire(lock: &Lock, microseconds: i64, interruptible: bool) -> c_int {
    if lock.try_take() {
        return 1;
    }
    let deadline = match microseconds {
        0 => return 0,
        wait if wait < 0 => None,
        wait => Some(clocks::monotonic().saturating_add(wait.saturating_mul(1000))),
    };
    loop {
        match lock.take(deadline, interruptible) {
            Attempt::Taken => return 1,
            Attempt::TimedOut => return 0,
            Attempt::Interrupted if interruptible => return 2,
            Attempt::Interrupted => {}
        }
    }
}

/// A function and its argument on their way to a new thread.
struct Work(unsafe extern "C" fn(*mut c_void), *mut c_void);
// SAFETY: C passes the pointer to its own thread.
unsafe impl Send for Work {}

c_api! {
    fn PyThread_init_thread() {}
    fn PyThread_get_thread_ident() -> c_ulong { threads::identity() as c_ulong }
    fn PyThread_get_thread_native_id() -> c_ulong { threads::native_id() as c_ulong }
    fn PyThread_start_new_thread(function: unsafe extern "C" fn(*mut c_void), argument: *mut c_void) -> c_ulong {
        let work = Work(function, argument);
        let (send, receive) = std::sync::mpsc::channel();
        let started = threads::spawn(0, move || {
            let Work(function, argument) = { work };
            let _ = send.send(threads::identity());
            function(argument);
        });
        match started {
            Ok(_) => receive.recv().map_or(c_ulong::MAX, |identity| identity as c_ulong),
            Err(_) => c_ulong::MAX,
        }
    }
    fn PyThread_allocate_lock() -> *mut c_void { Box::into_raw(Box::new(Lock::new())).cast() }
    fn PyThread_free_lock(pointer: *mut c_void) { drop(Box::from_raw(pointer.cast::<Lock>())) }
    fn PyThread_acquire_lock(pointer: *mut c_void, wait: c_int) -> c_int {
        acquire(lock(pointer), if wait != 0 { -1 } else { 0 }, false)
    }
    fn PyThread_acquire_lock_timed(pointer: *mut c_void, microseconds: c_longlong, interruptible: c_int) -> c_int {
        acquire(lock(pointer), microseconds, interruptible != 0)
    }
    fn PyThread_release_lock(pointer: *mut c_void) { lock(pointer).release(); }
    fn PyThread_tss_alloc() -> *mut Key { Box::into_raw(Box::new(Key { created: 0, key: 0 })) }
    fn PyThread_tss_free(key: *mut Key) {
        if !key.is_null() {
            PyThread_tss_delete(key);
            drop(Box::from_raw(key));
        }
    }
    fn PyThread_tss_is_created(key: *mut Key) -> c_int { c_int::from((*key).created != 0) }
    fn PyThread_tss_create(key: *mut Key) -> c_int {
        if (*key).created == 0 {
            (*key).key = created(KEYS.fetch_add(1, Ordering::Relaxed)) as c_uint;
            (*key).created = 1;
        }
        0
    }
    fn PyThread_tss_delete(key: *mut Key) {
        store((*key).key as usize, null_mut());
        (*key).created = 0;
    }
    fn PyThread_tss_set(key: *mut Key, value: *mut c_void) -> c_int {
        store((*key).key as usize, value);
        0
    }
    fn PyThread_tss_get(key: *mut Key) -> *mut c_void { stored((*key).key as usize) }
    fn PyThread_create_key() -> c_int { created(KEYS.fetch_add(1, Ordering::Relaxed)) as c_int }
    fn PyThread_delete_key(key: c_int) { store(key as usize, null_mut()) }
    fn PyThread_delete_key_value(key: c_int) { store(key as usize, null_mut()) }
    fn PyThread_set_key_value(key: c_int, value: *mut c_void) -> c_int {
        store(key as usize, value);
        0
    }
    fn PyThread_get_key_value(key: c_int) -> *mut c_void { stored(key as usize) }
}
