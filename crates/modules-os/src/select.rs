//! `select`: waiting for many descriptors.

use crate::time::{Rounding, nanoseconds_of};
use core::cell::{Cell, RefCell};
use taipan_host::select::{self as host, Watched};
use taipan_host::{Errno, clocks, files};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::{check_signals, os_error};

const EINTR: Errno = Errno(4);
const EBADF: Errno = Errno(9);
const ENOENT: Errno = Errno(2);

/// The time left to a deadline, in nanoseconds; `None` waits for ever.
#[derive(Clone, Copy)]
struct Deadline(Option<i64>);

impl Deadline {
    fn after(ns: Option<i64>) -> Self {
        Deadline(ns.map(|ns| clocks::monotonic().saturating_add(ns)))
    }

    fn left(self) -> Option<i64> {
        self.0.map(|deadline| (deadline - clocks::monotonic()).max(0))
    }

    /// In whole milliseconds, rounded up; -1 waits for ever.
    fn left_ms(self) -> i32 {
        self.left().map_or(-1, |ns| i32::try_from((ns + 999_999) / 1_000_000).unwrap_or(i32::MAX))
    }
}

/// Calls again what a signal interrupted, as long as time is left.
fn waiting<T>(mut call: impl FnMut() -> taipan_host::Result<T>) -> PyResult<T> {
    loop {
        match call() {
            Err(EINTR) => check_signals()?,
            other => return other.map_err(os_error),
        }
    }
}

/// The descriptors of a list, beside the objects that stand for them.
fn descriptors(list: &PyObject, which: usize) -> PyResult<(Vec<i32>, Vec<Obj>)> {
    let fast = sequence::fast(list, "arguments 1-3 must be sequences")?;
    let objects = iter::collect(&fast)?;
    let mut fds = Vec::with_capacity(objects.len());
    for object in &objects {
        let fd = FileNumber::of(object)?.0;
        if fd >= host::SELECT_LIMIT {
            return Err(raised!(ValueError, "filedescriptor out of range in select()"));
        }
        fds.push(fd);
    }
    if fds.len() > host::SELECT_LIMIT as usize {
        return Err(raised!(ValueError, "too many file descriptors in select() (list {which})"));
    }
    Ok((fds, objects))
}

/// A set of descriptors to poll, with what to watch each for.
#[pytype(name = "select.poll", flags(DISALLOW_INSTANTIATION), parts(POLL))]
pub struct PyPoll {
    ob_base: PyObject,
    /// In the order of registration.
    watched: RefCell<Vec<(i32, u16)>>,
    running: Cell<bool>,
}

fn event_mask(value: OptArg<&PyObject>) -> PyResult<u16> {
    const POLLIN_PRI_OUT: u16 = 7;
    match value.given() {
        None => Ok(POLLIN_PRI_OUT),
        Some(value) => {
            let number = number::index(value)?;
            match number.to_i64().map(u16::try_from) {
                Some(Ok(mask)) => Ok(mask),
                _ if number.sign() < 0 => Err(raised!(ValueError, "value must be positive")),
                _ => Err(raised!(OverflowError, "Python int too large for C unsigned short")),
            }
        }
    }
}

#[pymethods(POLL)]
impl PyPoll {
    /// Register a file descriptor with the polling object.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning an int
    ///   eventmask
    ///     an optional bitmask describing the type of events to check for
    #[pymethod(signature = "(fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(&self, fd: FileNumber, eventmask: OptArg<&PyObject>) -> PyResult<()> {
        let mask = event_mask(eventmask)?;
        let mut watched = self.watched.borrow_mut();
        match watched.iter_mut().find(|(known, _)| *known == fd.0) {
            Some(entry) => entry.1 = mask,
            None => watched.push((fd.0, mask)),
        }
        Ok(())
    }

    /// Modify an already registered file descriptor.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning
    ///     an int
    ///   eventmask
    ///     a bitmask describing the type of events to check for
    #[pymethod(signature = "(fd, eventmask, /)")]
    fn modify(&self, fd: FileNumber, eventmask: &PyObject) -> PyResult<()> {
        let mask = event_mask(OptArg::Given(eventmask))?;
        match self.watched.borrow_mut().iter_mut().find(|(known, _)| *known == fd.0) {
            Some(entry) => {
                entry.1 = mask;
                Ok(())
            }
            None => Err(os_error(ENOENT)),
        }
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[pymethod(signature = "(fd, /)")]
    fn unregister(&self, fd: FileNumber) -> PyResult<()> {
        let mut watched = self.watched.borrow_mut();
        match watched.iter().position(|(known, _)| *known == fd.0) {
            Some(at) => {
                watched.remove(at);
                Ok(())
            }
            None => {
                drop(watched);
                Err(taipan_objects::errors::set_key_error(&PyInt::from_i64(i64::from(fd.0))))
            }
        }
    }

    /// Polls the set of registered file descriptors.
    ///
    ///   timeout
    ///     The maximum time to wait in milliseconds, or else None (or a negative
    ///     value) to wait indefinitely.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[pymethod(signature = "(timeout=None, /)")]
    fn poll(&self, timeout: Option<&PyObject>) -> PyResult<Py<PyList>> {
        let ns = match timeout {
            None => None,
            Some(timeout) => {
                let thousandth = milliseconds(timeout)?;
                (thousandth >= 0).then_some(thousandth)
            }
        };
        if self.running.replace(true) {
            return Err(raised!(RuntimeError, "concurrent poll() invocation"));
        }
        let mut watched: Vec<Watched> =
            self.watched.borrow().iter().map(|&(fd, mask)| Watched::new(fd, mask as i16)).collect();
        let deadline = Deadline::after(ns);
        let polled = waiting(|| host::poll(&mut watched, deadline.left_ms()));
        self.running.set(false);
        polled?;
        let mut happened = Vec::new();
        for entry in watched.iter().filter(|entry| entry.happened() != 0) {
            let events = i64::from(entry.happened() as u16);
            let pair =
                vec![PyInt::from_i64(i64::from(entry.fd())).into_obj(), PyInt::from_i64(events).into_obj()];
            happened.push(PyTuple::from_vec(pair).into_obj());
        }
        PyList::try_from_vec(happened)
    }
}

/// A timeout in milliseconds, whole or not, in nanoseconds.
fn milliseconds(value: &PyObject) -> PyResult<i64> {
    if let Some(ms) = value.downcast::<PyFloat>() {
        let ns = (ms.value() * 1e6).ceil();
        if ns.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        if ns.abs() > 2.2e15 {
            return Err(raised!(OverflowError, "timeout is too large"));
        }
        return Ok(ns as i64);
    }
    if !number::is_index(value) {
        return Err(raised!(TypeError, "timeout must be an integer or None"));
    }
    match number::index(value)?.to_i64() {
        Some(ms) if ms.abs() <= i64::from(i32::MAX) => Ok(ms * 1_000_000),
        _ => Err(raised!(OverflowError, "timeout is too large")),
    }
}

/// select.epoll(sizehint=-1, flags=0)
///
/// Returns an epolling object
///
/// sizehint must be a positive integer or -1 for the default size. The
/// sizehint is used to optimize internal data structures. It doesn't limit
/// the maximum number of monitored events.
#[pytype(name = "select.epoll", signature = "(sizehint=-1, flags=0)", parts(EPOLL))]
pub struct PyEpoll {
    ob_base: PyObject,
    fd: Cell<i32>,
}

const EPOLL_CTL_ADD: i32 = 1;
const EPOLL_CTL_DEL: i32 = 2;
const EPOLL_CTL_MOD: i32 = 3;

impl PyEpoll {
    fn open(&self) -> PyResult<i32> {
        match self.fd.get() {
            -1 => Err(raised!(ValueError, "I/O operation on closed epoll object")),
            fd => Ok(fd),
        }
    }

    fn control(&self, operation: i32, fd: FileNumber, events: u32) -> PyResult<()> {
        let epoll = self.open()?;
        match host::epoll_control(epoll, operation, fd.0, events) {
            // Closed descriptors leave the set by themselves.
            Err(EBADF) if operation == EPOLL_CTL_DEL => Ok(()),
            other => other.map_err(os_error),
        }
    }

    fn shut(&self) -> PyResult<()> {
        match self.fd.replace(-1) {
            -1 => Ok(()),
            fd => files::close(fd).map_err(os_error),
        }
    }
}

#[pymethods(EPOLL)]
impl PyEpoll {
    #[new(signature = "(sizehint=-1, flags=0)")]
    fn py_new(cls: &TypeObject, sizehint: i32, flags: i32) -> PyResult<Py<PyEpoll>> {
        const EPOLL_CLOEXEC: i32 = 0o2_000_000;
        if sizehint != -1 && sizehint <= 0 {
            return Err(raised!(ValueError, "negative sizehint"));
        }
        if flags & !EPOLL_CLOEXEC != 0 {
            return Err(raised!(OSError, "invalid flags"));
        }
        let fd = host::epoll_create(0).map_err(os_error)?;
        memory::new_in(cls, PyEpoll { ob_base: PyObject::EMPTY, fd: Cell::new(fd) })
    }

    /// Create an epoll object from a given control fd.
    #[pymethod(class, signature = "(fd, /)")]
    fn fromfd(cls: &TypeObject, fd: i32) -> PyResult<Py<PyEpoll>> {
        memory::new_in(cls, PyEpoll { ob_base: PyObject::EMPTY, fd: Cell::new(fd) })
    }

    /// Close the epoll control file descriptor.
    ///
    /// Further operations on the epoll object will raise an exception.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.shut()
    }

    /// Return the epoll control file descriptor.
    #[pymethod]
    fn fileno(&self) -> PyResult<i32> {
        self.open()
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    ///
    /// The epoll interface supports all file descriptors that support poll.
    #[pymethod(signature = "(fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(&self, fd: FileNumber, eventmask: OptArg<u32>) -> PyResult<()> {
        self.control(EPOLL_CTL_ADD, fd, eventmask.given().unwrap_or(7))
    }

    /// Modify event mask for a registered file descriptor.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    #[pymethod(signature = "(fd, eventmask)")]
    fn modify(&self, fd: FileNumber, eventmask: u32) -> PyResult<()> {
        self.control(EPOLL_CTL_MOD, fd, eventmask)
    }

    /// Remove a registered file descriptor from the epoll object.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    #[pymethod(signature = "(fd)")]
    fn unregister(&self, fd: FileNumber) -> PyResult<()> {
        self.control(EPOLL_CTL_DEL, fd, 0)
    }

    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (as float);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to
    /// report, as a list of (fd, events) 2-tuples.
    #[pymethod(signature = "(timeout=None, maxevents=-1)")]
    fn poll(&self, timeout: Option<&PyObject>, maxevents: i32) -> PyResult<Py<PyList>> {
        let epoll = self.open()?;
        let ns = match timeout {
            None => None,
            Some(timeout) if timeout.downcast::<PyFloat>().is_none() && !number::is_index(timeout) => {
                return Err(raised!(TypeError, "timeout must be an integer or None"));
            }
            Some(timeout) => Some(nanoseconds_of(timeout, Rounding::Ceiling)?).filter(|&ns| ns >= 0),
        };
        if ns.is_some_and(|ns| ns / 1_000_000 > i64::from(i32::MAX)) {
            return Err(raised!(OverflowError, "timeout is too large"));
        }
        let most = match maxevents {
            -1 => host::SELECT_LIMIT as usize - 1,
            most if most < 1 => {
                return Err(raised!(ValueError, "maxevents must be greater than 0, got {most}"));
            }
            most => most as usize,
        };
        let deadline = Deadline::after(ns);
        let events = waiting(|| host::epoll_wait(epoll, most, deadline.left_ms()))?;
        let pair = |&(fd, events): &(i32, u32)| {
            let items = vec![
                PyInt::from_i64(i64::from(fd)).into_obj(),
                PyInt::from_i64(i64::from(events)).into_obj(),
            ];
            PyTuple::from_vec(items).into_obj()
        };
        Ok(PyList::from_vec(events.iter().map(pair).collect()))
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult {
        self.open()?;
        Ok(self.owned())
    }

    #[pymethod(name = "__exit__", signature = "(exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        &self,
        _kind: Option<&PyObject>,
        _value: Option<&PyObject>,
        _tb: Option<&PyObject>,
    ) -> PyResult<()> {
        self.shut()
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(&self) -> bool {
        self.fd.get() < 0
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        if let Err(raised) = self.shut() {
            taipan_objects::errors::clear(raised);
        }
    }
}

const NUMBERS: &[(&str, i64)] = &[
    ("EPOLLERR", 8),
    ("EPOLLET", 1 << 31),
    ("EPOLLEXCLUSIVE", 1 << 28),
    ("EPOLLHUP", 16),
    ("EPOLLIN", 1),
    ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1 << 30),
    ("EPOLLOUT", 4),
    ("EPOLLPRI", 2),
    ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192),
    ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 1 << 29),
    ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", 524_288),
    ("PIPE_BUF", 4096),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLIN", 1),
    ("POLLMSG", 1024),
    ("POLLNVAL", 32),
    ("POLLOUT", 4),
    ("POLLPRI", 2),
    ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192),
    ("POLLRDNORM", 64),
    ("POLLWRBAND", 512),
    ("POLLWRNORM", 256),
];

/// This module supports asynchronous I/O on multiple file descriptors.
///
/// *** IMPORTANT NOTICE ***
/// On Windows, only sockets are supported; on Unix, all file descriptors.
#[pymodule(name = "select")]
pub mod select {
    use super::*;

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited
    /// for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    /// If only one kind of condition is required, pass [] for the other lists.
    ///
    /// A file descriptor is either a socket or file object, or a small integer
    /// gotten from a fileno() method call on one of those.
    ///
    /// The optional 4th argument specifies a timeout in seconds; it may be
    /// a floating-point number to specify fractions of seconds.  If it is absent
    /// or None, the call will never time out.
    ///
    /// The return value is a tuple of three lists corresponding to the first
    /// three arguments; each contains the subset of the corresponding file
    /// descriptors that are ready.
    ///
    /// *** IMPORTANT NOTICE ***
    /// On Windows, only sockets are supported; on Unix, all file
    /// descriptors can be used.
    #[pyfunction(signature = "(rlist, wlist, xlist, timeout=None, /)")]
    pub fn select(
        rlist: &PyObject,
        wlist: &PyObject,
        xlist: &PyObject,
        timeout: Option<&PyObject>,
    ) -> PyResult<(Py<PyList>, Py<PyList>, Py<PyList>)> {
        let ns = match timeout {
            None => None,
            Some(timeout) if timeout.downcast::<PyFloat>().is_none() && !number::is_index(timeout) => {
                return Err(raised!(TypeError, "timeout must be a float or None"));
            }
            Some(timeout) => Some(nanoseconds_of(timeout, Rounding::Ceiling)?),
        };
        if ns.is_some_and(|ns| ns < 0) {
            return Err(raised!(ValueError, "timeout must be non-negative"));
        }
        let (reads, read_objects) = descriptors(rlist, 1)?;
        let (writes, write_objects) = descriptors(wlist, 2)?;
        let (others, other_objects) = descriptors(xlist, 3)?;
        let deadline = Deadline::after(ns);
        let ready =
            waiting(|| host::select(&reads, &writes, &others, deadline.left().map(|ns| (ns + 999) / 1000)))?;
        let pick = |objects: Vec<Obj>, ready: &[bool]| {
            let chosen =
                objects.into_iter().zip(ready).filter(|(_, ready)| **ready).map(|(object, _)| object);
            PyList::from_vec(chosen.collect())
        };
        let [reads, writes, others] = &ready;
        Ok((pick(read_objects, reads), pick(write_objects, writes), pick(other_objects, others)))
    }

    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and
    /// then polling them for I/O events.
    #[pyfunction(signature = "()")]
    pub fn poll() -> Py<PyPoll> {
        memory::new(PyPoll {
            ob_base: PyObject::EMPTY,
            watched: RefCell::new(Vec::new()),
            running: Cell::new(false),
        })
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        module.add("error", Exc::OSError.type_object())?;
        module.add_type(PyEpoll::type_object())
    }
}
