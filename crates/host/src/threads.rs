//! Threads of the system: starting them, who they are, where their stacks lie; and the lock Python's own are made of.

#![expect(unsafe_code, reason = "pthreads and futexes")]

use crate::calls::zero;
use crate::{Errno, Result};
use core::ffi::{CStr, c_void};
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};

/// What identifies a thread within the process (`threading.get_ident`).
pub fn identity() -> usize {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::pthread_self() as usize }
}

/// How many threads the process has; 0 where the system does not say.
pub fn count() -> usize {
    let Ok(status) = std::fs::read("/proc/self/stat") else { return 0 };
    // The name before the last parenthesis may hold spaces; the count is the 18th field behind it.
    let after = status.iter().rposition(|&b| b == b')').map_or(0, |at| at + 2);
    let mut fields = status[after.min(status.len())..].split(|&b| b == b' ');
    fields.nth(17).and_then(|field| std::str::from_utf8(field).ok()?.parse().ok()).unwrap_or(0)
}

/// What identifies a thread in the system (`threading.get_native_id`).
pub fn native_id() -> u64 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::gettid() as u64 }
}

/// Gives this thread the name that debuggers and `ps` show: at most 15 bytes.
pub fn set_name(name: &CStr) -> Result<()> {
    // SAFETY: the name is terminated; the thread is this one.
    zero(unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) })
}

/// Writes the name of a thread of this process into the buffer; its length. Allowed in a signal handler.
pub fn name_of(identity: usize, buffer: &mut [u8; 16]) -> usize {
    // SAFETY: the buffer is as long as said; the caller names a thread that runs.
    let error = unsafe {
        libc::pthread_getname_np(identity as libc::pthread_t, buffer.as_mut_ptr().cast(), buffer.len())
    };
    if error == 0 { buffer.iter().position(|&byte| byte == 0).unwrap_or(buffer.len()) } else { 0 }
}

/// The name of this thread.
pub fn name() -> Result<Vec<u8>> {
    let mut name = [0u8; 16];
    // SAFETY: the buffer has room for the longest name; the thread is this one.
    zero(unsafe { libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr().cast(), name.len()) })?;
    let end = name.iter().position(|&c| c == 0).unwrap_or(name.len());
    Ok(name[..end].to_vec())
}

/// The lowest and the highest address of this thread's stack. The guard page lies outside.
pub fn stack_bounds() -> Result<(usize, usize)> {
    if let Some(bounds) = first_stack() {
        return Ok(bounds);
    }
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let (mut start, mut size, mut guard) = (core::ptr::null_mut::<c_void>(), 0, 0);
    // SAFETY: the attributes are filled by the first call, read by the others, and given back once.
    unsafe {
        zero(libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()))?;
        let read = zero(libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut start, &raw mut size))
            .and_then(|()| zero(libc::pthread_attr_getguardsize(attributes.as_ptr(), &raw mut guard)));
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        read?;
    }
    let start = start as usize;
    Ok((start + guard, start + size))
}

/// The bounds of the stack that the process started on, if this thread runs there and its size is limited.
///
/// The system puts the program's name at the very top of it ("The auxiliary vector", getauxval(3)) and lets it grow down
/// to the limit. The C library, asked for the same, reads `/proc/self/maps`, which costs more than the rest of a
/// thread's preparation.
fn first_stack() -> Option<(usize, usize)> {
    let top = top_of_first_stack()?;
    let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
    // SAFETY: the limit is written to its own memory.
    let size = unsafe {
        if libc::getrlimit(libc::RLIMIT_STACK, limit.as_mut_ptr()) != 0 {
            return None;
        }
        limit.assume_init().rlim_cur
    };
    let lowest = top.checked_sub(usize::try_from(size).ok().filter(|_| size != libc::RLIM_INFINITY)?)?;
    let lowest = lowest.next_multiple_of(PAGE);
    let here = core::ptr::from_ref(&limit).addr();
    (lowest..top).contains(&here).then_some((lowest, top))
}

fn top_of_first_stack() -> Option<usize> {
    // SAFETY: the vector's entry is 0 or a C string that is never freed.
    let end = unsafe {
        let name = libc::getauxval(libc::AT_EXECFN) as *const libc::c_char;
        (!name.is_null()).then(|| name.addr() + libc::strlen(name) + 1)
    };
    end.map(|end| end.next_multiple_of(PAGE))
}

/// The size of a page on x86-64, in bytes.
const PAGE: usize = 4096;

type Work = Box<dyn FnOnce() + Send>;

extern "C" fn run(work: *mut c_void) -> *mut c_void {
    // SAFETY: `spawn` handed over a box of this type, once.
    let work = unsafe { Box::from_raw(work.cast::<Work>()) };
    // A panic must not leave the thread's first frame; the work reports its own failures.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    core::ptr::null_mut()
}

/// The smallest stack the system accepts.
pub const MINIMUM_STACK: usize = libc::PTHREAD_STACK_MIN;

/// A thread that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    pub identity: usize,
}

/// Starts a thread that nobody joins, with a stack of `stack` bytes (0: what the system gives).
pub fn spawn(stack: usize, work: impl FnOnce() + Send + 'static) -> Result<Started> {
    let boxed: Box<Work> = Box::new(Box::new(work));
    let pointer = Box::into_raw(boxed).cast::<c_void>();
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let mut thread = MaybeUninit::<libc::pthread_t>::zeroed();
    // SAFETY: the attributes are initialised before use and given back once; the box is handed over where the thread
    // starts.
    let started = unsafe {
        zero(libc::pthread_attr_init(attributes.as_mut_ptr())).and_then(|()| {
            libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
            let sized = if stack == 0 {
                Ok(())
            } else {
                zero(libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack))
            };
            let created = sized.and_then(|()| {
                zero(libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), run, pointer))
            });
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            created
        })
    };
    if let Err(error) = started {
        // SAFETY: no thread took the box.
        drop(unsafe { Box::from_raw(pointer.cast::<Work>()) });
        return Err(error);
    }
    // SAFETY: filled by the call that succeeded.
    Ok(Started { identity: unsafe { thread.assume_init() } as usize })
}

/// Whether a stack of so many bytes is one the system accepts.
pub fn accepts_stack(stack: usize) -> bool {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::zeroed();
    // SAFETY: initialised before use and given back once.
    unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        let accepted = libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        accepted
    }
}

/// How an attempt to take a lock ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    Taken,
    TimedOut,
    /// A signal came first; the lock was not taken.
    Interrupted,
}

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and someone may be waiting.
const AWAITED: u32 = 2;

/// A lock that any thread may release, as `threading.Lock` is: one word and the system's futex (the three-state mutex of
/// Drepper's "Futexes are tricky").
#[derive(Debug, Default)]
pub struct Lock {
    state: AtomicU32,
}

impl Lock {
    pub const fn new() -> Self {
        Self { state: AtomicU32::new(FREE) }
    }

    pub fn try_take(&self) -> bool {
        self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Takes the lock, waiting until the monotonic clock shows `deadline` at most (`None`: for ever). With
    /// `interruptible`, a signal ends the wait. Wrap it in [`crate::blocking`] where Python threads must go on.
    pub fn take(&self, deadline: Option<i64>, interruptible: bool) -> Attempt {
        if self.try_take() {
            return Attempt::Taken;
        }
        while self.state.swap(AWAITED, Ordering::Acquire) != FREE {
            match wait(&self.state, AWAITED, deadline) {
                Err(Errno(libc::ETIMEDOUT)) => {
                    // The lock may have come free in the last moment.
                    let free = self
                        .state
                        .compare_exchange(FREE, AWAITED, Ordering::Acquire, Ordering::Relaxed)
                        .is_ok();
                    return if free { Attempt::Taken } else { Attempt::TimedOut };
                }
                Err(Errno(libc::EINTR)) if interruptible => return Attempt::Interrupted,
                _ => {}
            }
        }
        Attempt::Taken
    }

    /// Frees the lock; `false` where nobody held it.
    pub fn release(&self) -> bool {
        match self.state.swap(FREE, Ordering::Release) {
            FREE => return false,
            AWAITED => wake(&self.state, 1),
            _ => {}
        }
        true
    }

    pub fn is_held(&self) -> bool {
        self.state.load(Ordering::Relaxed) != FREE
    }

    /// Makes the lock as new: for the child of a fork, where the threads that waited do not exist.
    pub fn reset(&self) {
        self.state.store(FREE, Ordering::Relaxed);
    }
}

/// Waits while the word holds `expected`, until the deadline on the monotonic clock at most.
pub fn wait(word: &AtomicU32, expected: u32, deadline: Option<i64>) -> Result<()> {
    let time = deadline.map(|deadline| crate::clocks::timespec(deadline.max(0)));
    let time = time.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
    let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let nothing = core::ptr::null::<u32>();
    // SAFETY: the word outlives the call; the time is null or whole. A bit-set wait takes an absolute time.
    let done = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            operation,
            expected,
            time,
            nothing,
            libc::FUTEX_BITSET_MATCH_ANY,
        )
    };
    if done == -1 { Err(Errno::last()) } else { Ok(()) }
}

/// Wakes up to `count` threads that wait for the word.
pub fn wake(word: &AtomicU32, count: i32) {
    // SAFETY: the word's address is all that is used of it.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count)
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, mpsc};

    #[test]
    fn a_thread_has_the_stack_it_was_given() {
        let (sender, receiver) = mpsc::channel();
        spawn(1 << 20, move || sender.send((identity(), native_id(), stack_bounds())).unwrap()).unwrap();
        let (thread, native, bounds) = receiver.recv().unwrap();
        let (low, high) = bounds.unwrap();
        assert!(thread != identity() && native != native_id());
        assert!((900 << 10..=1 << 20).contains(&(high - low)), "{}", high - low);
        let here = core::ptr::from_ref(&low) as usize;
        let (low, high) = stack_bounds().unwrap();
        assert!(low < here && here < high);
        assert!(!accepts_stack(1) && accepts_stack(MINIMUM_STACK));
        assert!(spawn(1, || {}).is_err());
    }

    #[test]
    fn the_first_stack_ends_where_the_system_says() {
        let maps = crate::paths::read_file(c"/proc/self/maps").unwrap();
        let maps = String::from_utf8_lossy(&maps);
        let line = maps.lines().find(|line| line.ends_with("[stack]")).unwrap();
        let end = line.split(['-', ' ']).nth(1).unwrap();
        assert_eq!(top_of_first_stack(), usize::from_str_radix(end, 16).ok());
    }

    #[test]
    fn a_lock_is_taken_once_and_released_by_anyone() {
        let lock = Arc::new(Lock::new());
        assert!(lock.try_take() && !lock.try_take() && lock.is_held());
        let soon = crate::clocks::monotonic() + 2_000_000;
        assert_eq!(lock.take(Some(soon), false), Attempt::TimedOut);
        let other = Arc::clone(&lock);
        spawn(0, move || {
            assert!(other.release());
        })
        .unwrap();
        assert_eq!(lock.take(None, true), Attempt::Taken);
        assert!(lock.release() && !lock.release());
    }

    #[test]
    fn many_threads_count_under_one_lock() {
        let lock = Arc::new(Lock::new());
        let count = Arc::new(AtomicU32::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (lock, count) = (Arc::clone(&lock), Arc::clone(&count));
                std::thread::spawn(move || {
                    for _ in 0..2000 {
                        assert_eq!(lock.take(None, false), Attempt::Taken);
                        let seen = count.load(Ordering::Relaxed);
                        count.store(seen + 1, Ordering::Relaxed);
                        lock.release();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(count.load(Ordering::Relaxed), 8000);
    }
}
