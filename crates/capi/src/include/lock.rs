//! `lock.h`: mutexes of one byte, and initialising once.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::parking::{wait_until, wake};
use core::ffi::*;
use core::sync::atomic::{AtomicU8, Ordering};

/// The bit of a `PyMutex` that says it is held, and the one that says somebody waits. Both are C's: its inline functions
/// take and release a mutex that nobody waits for.
const HELD: u8 = 1;
const WAITED_FOR: u8 = 2;

/// Takes the mutex, or notes that somebody waits for it.
fn take_or_note(byte: &AtomicU8) -> bool {
    let mut before = byte.load(Ordering::Relaxed);
    loop {
        let after = if before & HELD == 0 { before | HELD } else { before | WAITED_FOR };
        match byte.compare_exchange_weak(before, after, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => return before & HELD == 0,
            Err(now) => before = now,
        }
    }
}

/// States of a `_PyOnceFlag`.
const FRESH: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 4;

c_api! {
    fn PyMutex_Lock(mutex: *mut u8) {
        let byte = AtomicU8::from_ptr(mutex);
        if byte.compare_exchange(0, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            wait_until(byte, || take_or_note(byte));
        }
    }
    fn PyMutex_Unlock(mutex: *mut u8) {
        let byte = AtomicU8::from_ptr(mutex);
        let before = byte.swap(0, Ordering::Release);
        if before & HELD == 0 {
            taipan_runtime::lifecycle::fatal("PyMutex_Unlock: unlocking mutex that is not locked");
        }
        if before & WAITED_FOR != 0 {
            wake(byte);
        }
    }
    fn PyMutex_IsLocked(mutex: *mut u8) -> c_int {
        c_int::from(AtomicU8::from_ptr(mutex).load(Ordering::Relaxed) & HELD != 0)
    }
    fn _PyOnceFlag_CallOnceSlow(flag: *mut u8, function: unsafe extern "C" fn(*mut c_void) -> c_int, argument: *mut c_void) -> c_int {
        let byte = AtomicU8::from_ptr(flag);
        loop {
            match byte.compare_exchange(FRESH, RUNNING, Ordering::Acquire, Ordering::Acquire) {
                Err(DONE) => return 0,
                Err(_) => wait_until(byte, || byte.load(Ordering::Acquire) != RUNNING),
                Ok(_) => {
                    let status = function(argument);
                    byte.store(if status < 0 { FRESH } else { DONE }, Ordering::Release);
                    wake(byte);
                    return status;
                }
            }
        }
    }
}
