//! Semaphores that processes share by name (POSIX, "Semaphores").
//!
//! A semaphore is known outside by the address at which it is mapped; [`Semaphore::known`] finds it again only as long as
//! it is open, so a number that comes from elsewhere does no harm.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::{Errno, Result, blocking};
use core::ffi::CStr;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// The highest value.
pub const MOST: i64 = libc::c_int::MAX as i64;

/// An open semaphore, which is closed when it is dropped.
struct Open(*mut libc::sem_t);

// SAFETY: semaphores are for all threads.
unsafe impl Send for Open {}
// SAFETY: as above.
unsafe impl Sync for Open {}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: it was opened, and nobody has it any more.
        unsafe { libc::sem_close(self.0) };
    }
}

/// A semaphore.
#[derive(Clone)]
pub struct Semaphore(Arc<Open>);

/// The open ones by their addresses. The same name twice is one address, which stays until it is closed as often.
fn opened() -> &'static Mutex<HashMap<usize, Vec<Weak<Open>>>> {
    static OPENED: OnceLock<Mutex<HashMap<usize, Vec<Weak<Open>>>>> = OnceLock::new();
    OPENED.get_or_init(Mutex::default)
}

impl Semaphore {
    fn new(address: *mut libc::sem_t) -> Result<Semaphore> {
        if address == libc::SEM_FAILED {
            return Err(Errno::last());
        }
        let open = Arc::new(Open(address));
        let mut table = opened().lock().unwrap_or_else(PoisonError::into_inner);
        table.retain(|_, others| others.iter().any(|other| other.strong_count() != 0));
        table.entry(address as usize).or_default().push(Arc::downgrade(&open));
        Ok(Semaphore(open))
    }

    /// Makes one under a name that is free, for this user.
    pub fn create(name: &CStr, value: u32) -> Result<Semaphore> {
        let flags = libc::O_CREAT | libc::O_EXCL;
        // SAFETY: a terminated name; mode and value are the arguments that O_CREAT asks for.
        Self::new(unsafe { libc::sem_open(name.as_ptr(), flags, 0o600, value) })
    }

    /// Opens the one of a name.
    pub fn open(name: &CStr) -> Result<Semaphore> {
        // SAFETY: a terminated name.
        Self::new(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// The one that is open at an address.
    pub fn known(handle: usize) -> Option<Semaphore> {
        let table = opened().lock().unwrap_or_else(PoisonError::into_inner);
        table.get(&handle)?.iter().find_map(Weak::upgrade).map(Semaphore)
    }

    /// Its address.
    pub fn handle(&self) -> usize {
        self.0.0 as usize
    }

    /// Takes one at once; `EAGAIN` where there is none.
    pub fn try_take(&self) -> Result<()> {
        // SAFETY: it is open.
        unsafe { libc::sem_trywait(self.0.0) }.checked()
    }

    /// Waits for one, until the system's clock shows `deadline` nanoseconds if that is given.
    ///
    /// # Errors
    ///
    /// `ETIMEDOUT`; `EINTR` where a signal came first.
    pub fn take(&self, deadline: Option<i64>) -> Result<()> {
        let semaphore = &self.0;
        blocking(|| match deadline {
            // SAFETY: it is open.
            None => unsafe { libc::sem_wait(semaphore.0) }.checked(),
            Some(deadline) => {
                let deadline = libc::timespec {
                    tv_sec: deadline.div_euclid(1_000_000_000),
                    tv_nsec: deadline.rem_euclid(1_000_000_000),
                };
                // SAFETY: it is open, and the time is valid.
                unsafe { libc::sem_timedwait(semaphore.0, &raw const deadline) }.checked()
            }
        })
    }

    /// Gives one back.
    pub fn give(&self) -> Result<()> {
        // SAFETY: it is open.
        unsafe { libc::sem_post(self.0.0) }.checked()
    }

    /// How many there are to take.
    pub fn value(&self) -> Result<i32> {
        let mut value = 0;
        // SAFETY: it is open, and the value is written.
        unsafe { libc::sem_getvalue(self.0.0, &raw mut value) }.checked().map(|()| value)
    }
}

/// Takes a name away; who has the semaphore keeps it.
pub fn unlink(name: &CStr) -> Result<()> {
    // SAFETY: a terminated name.
    unsafe { libc::sem_unlink(name.as_ptr()) }.checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semaphore_is_known_while_it_is_open() {
        let name = std::ffi::CString::new(format!("/taipan-{}", crate::process::pid())).unwrap();
        let semaphore = Semaphore::create(&name, 1).unwrap();
        let same = Semaphore::open(&name).unwrap();
        assert!(Semaphore::create(&name, 1).is_err());
        unlink(&name).unwrap();
        assert_eq!(semaphore.handle(), same.handle());
        same.take(None).unwrap();
        assert_eq!(semaphore.value(), Ok(0));
        assert_eq!(semaphore.try_take(), Err(Errno(libc::EAGAIN)));
        assert_eq!(semaphore.take(Some(1)), Err(Errno(libc::ETIMEDOUT)));
        semaphore.give().unwrap();
        let handle = semaphore.handle();
        drop(semaphore);
        assert!(Semaphore::known(handle).is_some());
        drop(same);
        assert!(Semaphore::known(handle).is_none());
    }
}
