//! `lock` and `RLock`, and waiting for them while other threads run and signals are handled.

use core::cell::Cell;
use taipan_host::threads::{Attempt, Lock};
use taipan_host::{clocks, threads};
use taipan_objects::errors::Exc;
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

/// @doc _thread.lock
#[pytype(name = "_thread.lock", weakref = weaklist, flags(BASETYPE), parts(LOCK_METHODS))]
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

    /// @doc _thread.lock.acquire
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        take(&self.lock, Patience::new(blocking, timeout.given())?)
    }

    /// @doc _thread.lock.acquire_lock
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire_lock(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        self.acquire(blocking, timeout)
    }

    /// @doc _thread.lock.release
    #[pymethod]
    fn release(&self) -> PyResult<()> {
        self.release_or_raise()
    }

    /// @doc _thread.lock.release_lock
    #[pymethod]
    fn release_lock(&self) -> PyResult<()> {
        self.release_or_raise()
    }

    /// @doc _thread.lock.locked
    #[pymethod]
    fn locked(&self) -> bool {
        self.lock.is_held()
    }

    /// @doc _thread.lock.locked_lock
    #[pymethod]
    fn locked_lock(&self) -> bool {
        self.lock.is_held()
    }

    /// @doc _thread.lock.__enter__
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<bool> {
        take(&self.lock, Patience::Forever)
    }

    /// @doc _thread.lock.__exit__
    #[pymethod(name = "__exit__", signature = "(*exc_info)")]
    fn exit(&self, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release_or_raise()
    }

    #[pymethod(no_text)]
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

/// @doc _thread.RLock
#[pytype(name = "_thread.RLock", weakref = weaklist, flags(BASETYPE), parts(RLOCK_METHODS))]
pub struct PyRLock {
    ob_base: PyObject,
    lock: Reentrant,
    weaklist: Cell<*mut PyObject>,
}

#[pymethods(RLOCK_METHODS)]
impl PyRLock {
    #[new(signature = "()")]
    fn py_new(cls: &TypeObject) -> PyResult<Py<PyRLock>> {
        taipan_objects::memory::new_in(
            cls,
            PyRLock {
                ob_base: PyObject::EMPTY,
                lock: Reentrant::default(),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    /// @doc _thread.RLock.acquire
    #[pymethod(signature = "(blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: OptArg<&PyObject>) -> PyResult<bool> {
        self.lock.take(Patience::new(blocking, timeout.given())?)
    }

    /// @doc _thread.RLock.release
    #[pymethod]
    fn release(&self) -> PyResult<()> {
        if self.lock.release() { Ok(()) } else { Err(raised!(RuntimeError, "cannot release un-acquired lock")) }
    }

    /// @doc _thread.RLock.locked
    #[pymethod]
    fn locked(&self) -> bool {
        self.lock.count.get() > 0
    }

    /// @doc _thread.RLock.__enter__
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<bool> {
        self.lock.take(Patience::Forever)
    }

    /// @doc _thread.RLock.__exit__
    #[pymethod(name = "__exit__", signature = "(*exc_info)")]
    fn exit(&self, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release()
    }

    /// @doc _thread.RLock._is_owned
    #[pymethod]
    fn _is_owned(&self) -> bool {
        self.lock.is_mine()
    }

    /// @doc _thread.RLock._recursion_count
    #[pymethod]
    fn _recursion_count(&self) -> usize {
        if self.lock.is_mine() { self.lock.count.get() } else { 0 }
    }

    /// @doc _thread.RLock._acquire_restore
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

    /// @doc _thread.RLock._release_save
    #[pymethod]
    fn _release_save(&self) -> PyResult<(usize, usize)> {
        if self.lock.count.get() == 0 {
            return Err(raised!(RuntimeError, "cannot release un-acquired lock"));
        }
        let saved = (self.lock.count.replace(0), self.lock.owner.replace(0));
        self.lock.lock.release();
        Ok(saved)
    }

    #[pymethod(no_text)]
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

    /// Makes the lock as new in the child of a fork.
    pub fn reset(&self) {
        self.0.lock.reset();
        self.0.owner.set(0);
        self.0.count.set(0);
    }
}
