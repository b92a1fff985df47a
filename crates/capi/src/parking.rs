//! Waiting for a byte in C's memory to change: threads sleep in a bucket that its address leads to, and whoever changes the
//! byte wakes the bucket.

use core::sync::atomic::AtomicU8;
use std::sync::{Condvar, Mutex, PoisonError};

struct Bucket {
    /// Held while a byte is looked at for the last time before its thread sleeps, and while sleepers are woken.
    lock: Mutex<()>,
    changed: Condvar,
}

const BUCKETS: usize = 64;

static LOT: [Bucket; BUCKETS] = [const { Bucket { lock: Mutex::new(()), changed: Condvar::new() } }; BUCKETS];

fn bucket(byte: &AtomicU8) -> &'static Bucket {
    // Neighbouring bytes lie in one object; its address says where.
    &LOT[(core::ptr::from_ref(byte) as usize >> 4) % BUCKETS]
}

/// Sleeps until `done` says so; it is asked after every change that [`wake`] was told of. The interpreter's lock is given
/// up meanwhile: whoever changes the byte may need it first.
pub fn wait_until(byte: &AtomicU8, mut done: impl FnMut() -> bool) {
    let mut wait = || {
        let bucket = bucket(byte);
        let mut guard = bucket.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !done() {
            guard = bucket.changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    };
    if taipan_objects::model::thread::current_opt().is_some() { taipan_host::blocking(wait) } else { wait() }
}

/// Tells those who wait that the byte changed.
pub fn wake(byte: &AtomicU8) {
    let bucket = bucket(byte);
    drop(bucket.lock.lock().unwrap_or_else(PoisonError::into_inner));
    bucket.changed.notify_all();
}
