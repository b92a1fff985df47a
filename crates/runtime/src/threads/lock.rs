//! `lock` and `RLock`, and waiting for them while other threads run and signals are handled.

use core::cell::Cell;
use taipan_host::threads::{Attempt, Lock};
use taipan_host::{clocks, threads};
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// The longest time a lock can be waited for, in seconds.
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// When to give up, on the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Do not wait at all.
    Now,
    Until(i64),
    Forever,
}

impl Patience {
    /// From the arguments `blocking` and `timeout`.
    pub fn new(blocking: bool, timeout: Option<&PyObject>) -> PyResult<Patience> {
        let seconds = match timeout {
            None => -1.0,
            Some(timeout) => number::as_f64(timeout)?,
        };
        if seconds.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        if !blocking && seconds != -1.0 {
            return Err(raised!(ValueError, "can't specify a timeout for a non-blocking call"));
        }
        if seconds < 0.0 && seconds != -1.0 {
            return Err(raised!(ValueError, "timeout value must be a non-negative number"));
        }
        if !blocking {
            return Ok(Patience::Now);
        }
        if seconds == -1.0 {
            return Ok(Patience::Forever);
        }
        Self::seconds(seconds)
    }

    /// So many seconds from now.
    pub fn seconds(seconds: f64) -> PyResult<Patience> {
        if seconds > TIMEOUT_MAX {
            return Err(raised!(OverflowError, "timeout value is too large"));
        }
        let nanoseconds = (seconds * 1e9).ceil() as i64;
        Ok(Patience::Until(clocks::monotonic().saturating_add(nanoseconds)))
    }
}

/// Takes the lock while other threads run; false where the time is over. Signal handlers run meanwhile and may raise.
pub fn take(lock: &Lock, patience: Patience) -> PyResult<bool> {
    if lock.try_take() {
        return Ok(true);
    }
    let deadline = match patience {
        Patience::Now => return Ok(false),
        Patience::Until(deadline) => Some(deadline),
        Patience::Forever => None,
    };
    loop {
        match taipan_host::blocking(|| lock.take(deadline, true)) {
            Attempt::Taken => return Ok(true),
            Attempt::TimedOut => return Ok(false),
            Attempt::Interrupted => crate::signals::handle_pending()?,
        }
    }
}

/// A lock object is a synchronization primitive.  To create a lock,
/// call threading.Lock().  Methods are:
///
/// acquire() -- lock the lock, possibly blocking until it can be obtained
/// release() -- unlock of the lock
/// locked() -- test whether the lock is currently locked
///
/// A lock is not owned by the thread that locked it; another thread may
/// unlock it.  A thread attempting to lock a lock that it has already locked
/// will block until another thread unlocks it.  Deadlocks may ensue.
#[pytype(name = "_thread.lock", signature = "()", weakref = weaklist, parts(LOCK_METHODS))]
pub struct PyLock {
    ob_base: PyObject,
    lock: Lock,
    weaklist: Cell<*mut PyObject>,
}

impl PyLock {
    pub fn new() -> Py<PyLock> {
        taipan_objects::memory::new(PyLock {
            ob_base: PyObject::EMPTY,
            lock: Lock::new(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    fn release_or_raise(&self) -> PyResult<()> {
        if self.lock.release() { Ok(()) } else { Err(raised!(RuntimeError, "release unlocked lock")) }
    }
}

#[pymethods(LOCK_METHODS)]
impl PyLock {
    #[new(signature = "()")]
    fn py_new(cls: &TypeObject) -> PyResult<Py<PyLock>> {
        taipan_objects::memory::new_in(
            cls,
            PyLock {
                ob_base: PyObject::EMPTY,
                lock: Lock::new(),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    /// Lock the lock.  Without argument, this blocks if the lock is already
    /// locked (even by the same thread), waiting for another thread to release
    /// the lock, and return True once the lock is acquired.
    /// With an argument, this will only block if the argument is true,
    /// and the return value reflects whether the lock is acquired.
    /// The blocking operation is interruptible.
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        take(&self.lock, Patience::new(blocking, timeout.given())?)
    }

    /// An obsolete synonym of acquire().
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire_lock(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        self.acquire(blocking, timeout)
    }

    /// Release the lock, allowing another thread that is blocked waiting for
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// but it needn't be locked by the same thread that unlocks it.
    #[pymethod]
    fn release(&self) -> PyResult<()> {
        self.release_or_raise()
    }

    /// An obsolete synonym of release().
    #[pymethod]
    fn release_lock(&self) -> PyResult<()> {
        self.release_or_raise()
    }

    /// Return whether the lock is in the locked state.
    #[pymethod]
    fn locked(&self) -> bool {
        self.lock.is_held()
    }

    /// An obsolete synonym of locked().
    #[pymethod]
    fn locked_lock(&self) -> bool {
        self.lock.is_held()
    }

    /// Lock the lock.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<bool> {
        take(&self.lock, Patience::Forever)
    }

    /// Release the lock.
    #[pymethod(name = "__exit__", signature = "(*exc_info)")]
    fn exit(&self, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release_or_raise()
    }

    #[pymethod]
    fn _at_fork_reinit(&self) {
        self.lock.reset();
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let how = if self.lock.is_held() { "locked" } else { "unlocked" };
        let name = self.class().name();
        Ok(PyStr::new(&format!("<{how} {name} object at {:#x}>", self.as_ptr() as usize)))
    }
}

/// A lock that its owner may take again.
#[derive(Default)]
pub struct Reentrant {
    lock: Lock,
    /// Identity of the owner; meaningless where `count` is 0.
    owner: Cell<usize>,
    count: Cell<usize>,
}

impl Reentrant {
    fn is_mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == threads::identity()
    }

    fn take(&self, patience: Patience) -> PyResult<bool> {
        if self.is_mine() {
            let Some(count) = self.count.get().checked_add(1) else {
                return Err(raised!(OverflowError, "Internal lock count overflowed"));
            };
            self.count.set(count);
            return Ok(true);
        }
        let taken = take(&self.lock, patience)?;
        if taken {
            self.owner.set(threads::identity());
            self.count.set(1);
        }
        Ok(taken)
    }

    /// False where this thread does not own the lock.
    fn release(&self) -> bool {
        if !self.is_mine() {
            return false;
        }
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.owner.set(0);
            self.lock.release();
        }
        true
    }
}

#[pytype(name = "_thread.RLock", weakref = weaklist, flags(BASETYPE), parts(RLOCK_METHODS))]
pub struct PyRLock {
    ob_base: PyObject,
    lock: Reentrant,
    weaklist: Cell<*mut PyObject>,
}

#[pymethods(RLOCK_METHODS)]
impl PyRLock {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyRLock>> {
        if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            errors::warn(
                Exc::DeprecationWarning,
                1,
                format_args!("Passing arguments to RLock is deprecated and will be removed in 3.15"),
            )?;
        }
        taipan_objects::memory::new_in(
            cls,
            PyRLock {
                ob_base: PyObject::EMPTY,
                lock: Reentrant::default(),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    /// Lock the lock.  `blocking` indicates whether we should wait
    /// for the lock to be available or not.  If `blocking` is False
    /// and another thread holds the lock, the method will return False
    /// immediately.  If `blocking` is True and another thread holds
    /// the lock, the method will wait for the lock to be released,
    /// take it and then return True.
    /// (note: the blocking operation is interruptible.)
    ///
    /// In all other cases, the method will return True immediately.
    /// Precisely, if the current thread already holds the lock, its
    /// internal counter is simply incremented. If nobody holds the lock,
    /// the lock is taken and its internal counter initialized to 1.
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        self.lock.take(Patience::new(blocking, timeout.given())?)
    }

    /// Release the lock, allowing another thread that is blocked waiting for
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// and must be locked by the same thread that unlocks it; otherwise a
    /// `RuntimeError` is raised.
    ///
    /// Do note that if the lock was acquire()d several times in a row by the
    /// current thread, release() needs to be called as many times for the lock
    /// to be available for other threads.
    #[pymethod]
    fn release(&self) -> PyResult<()> {
        if self.lock.release() {
            Ok(())
        } else {
            Err(raised!(RuntimeError, "cannot release un-acquired lock"))
        }
    }

    /// locked()
    ///
    /// Return a boolean indicating whether this object is locked right now.
    #[pymethod]
    fn locked(&self) -> bool {
        self.lock.count.get() > 0
    }

    /// Lock the lock.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<bool> {
        self.lock.take(Patience::Forever)
    }

    /// Release the lock.
    #[pymethod(name = "__exit__", signature = "(*exc_info)")]
    fn exit(&self, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release()
    }

    /// For internal use by `threading.Condition`.
    #[pymethod]
    fn _is_owned(&self) -> bool {
        self.lock.is_mine()
    }

    /// For internal use by reentrancy checks.
    #[pymethod]
    fn _recursion_count(&self) -> usize {
        if self.lock.is_mine() { self.lock.count.get() } else { 0 }
    }

    /// For internal use by `threading.Condition`.
    #[pymethod(signature = "(state, /)")]
    fn _acquire_restore(&self, state: &PyTuple) -> PyResult<()> {
        let [count, owner] = state.as_slice() else {
            return Err(raised!(TypeError, "_acquire_restore() argument 1 must be 2-item tuple"));
        };
        let count = number::as_isize(count, Some(Exc::OverflowError))?;
        let owner = number::as_isize(owner, Some(Exc::OverflowError))?;
        take(&self.lock.lock, Patience::Forever)?;
        self.lock.owner.set(owner as usize);
        self.lock.count.set(count as usize);
        Ok(())
    }

    /// For internal use by `threading.Condition`.
    #[pymethod]
    fn _release_save(&self) -> PyResult<(usize, usize)> {
        if self.lock.count.get() == 0 {
            return Err(raised!(RuntimeError, "cannot release un-acquired lock"));
        }
        let saved = (self.lock.count.replace(0), self.lock.owner.replace(0));
        self.lock.lock.release();
        Ok(saved)
    }

    #[pymethod]
    fn _at_fork_reinit(&self) {
        self.lock.lock.reset();
        self.lock.owner.set(0);
        self.lock.count.set(0);
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let count = self.lock.count.get();
        Ok(PyStr::new(&format!(
            "<{} {} object owner={} count={count} at {:#x}>",
            if count > 0 { "locked" } else { "unlocked" },
            self.class().name(),
            self.lock.owner.get(),
            self.as_ptr() as usize
        )))
    }
}

/// The interpreter's import lock.
#[derive(Default)]
pub struct ImportLock(Reentrant);

impl ImportLock {
    pub fn acquire(&self) {
        while !self.0.take(Patience::Forever).unwrap_or_else(|raised| {
            // A signal handler's exception is no reason not to have the lock.
            taipan_objects::errors::write_unraisable(raised, None, None);
            false
        }) {}
    }

    pub fn release(&self) -> bool {
        self.0.release()
    }

    pub fn is_held(&self) -> bool {
        self.0.count.get() > 0
    }

    /// Frees the lock in the child of a fork where another thread had it, which is not there any more.
    pub fn reset_unless_mine(&self) {
        if self.0.owner.get() != threads::identity() {
            self.reset();
        }
    }

    /// Makes the lock as new in the child of a fork.
    pub fn reset(&self) {
        self.0.lock.reset();
        self.0.owner.set(0);
        self.0.count.set(0);
    }
}
