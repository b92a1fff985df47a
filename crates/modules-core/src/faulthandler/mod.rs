//! `faulthandler`: tracebacks when the process dies, when a signal comes, or after a while.

mod dump;

use core::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use taipan_host::clocks;
use taipan_host::faults::{self, FATAL, write};
use taipan_host::threads::{self, Attempt, Lock};
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::ObjCell;
use taipan_objects::model::thread::current;
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;

/// Where fatal signals are reported.
struct Fatal {
    enabled: AtomicBool,
    fd: AtomicI32,
    all_threads: AtomicBool,
    /// Whether the stack of native code is shown too.
    native: AtomicBool,
}

static FATAL_STATE: Fatal = Fatal {
    enabled: AtomicBool::new(false),
    fd: AtomicI32::new(2),
    all_threads: AtomicBool::new(true),
    native: AtomicBool::new(true),
};

/// Where signals that were registered are reported, by number: descriptor (-1 for none) and whether all threads are shown.
static USER: [(AtomicI32, AtomicBool); 65] = [const { (AtomicI32::new(-1), AtomicBool::new(true)) }; 65];

/// The watchdog that waits for its time, told to stop by the lock it waits for.
static WATCHDOG: Mutex<Option<Arc<Lock>>> = Mutex::new(None);

/// Files in use stay open.
#[derive(Default)]
struct Kept {
    fatal: ObjCell,
    later: ObjCell,
    user: std::cell::RefCell<std::collections::HashMap<i32, Obj>>,
}

fn kept() -> &'static Kept {
    current().interpreter().extension::<Kept>()
}

fn report_fatal(signal: i32) {
    let fd = FATAL_STATE.fd.load(Ordering::Acquire);
    let name = FATAL.iter().find(|(number, _)| *number == signal).map_or("Unknown signal", |(_, name)| name);
    write(fd, b"Fatal Python error: ");
    write(fd, name.as_bytes());
    write(fd, b"\n\n");
    if FATAL_STATE.all_threads.load(Ordering::Acquire) {
        dump::all_threads(fd);
    } else {
        dump::this_thread(fd);
    }
    if FATAL_STATE.native.load(Ordering::Acquire) {
        write(fd, b"\n");
        native_stack(fd);
    }
    dump::extension_modules(fd);
}

fn native_stack(fd: i32) {
    write(fd, b"Current thread's C stack trace (most recent call first):\n");
    faults::write_native_stack(fd);
}

fn report_user(signal: i32) {
    let Some((fd, all)) = usize::try_from(signal).ok().and_then(|index| USER.get(index)) else { return };
    dump_to(fd.load(Ordering::Acquire), all.load(Ordering::Acquire));
}

fn dump_to(fd: i32, all_threads: bool) {
    if all_threads { dump::all_threads(fd) } else { dump::this_thread(fd) }
}

/// The descriptor of a `file` argument, flushed, and what must be kept alive.
fn descriptor(file: Option<&PyObject>) -> PyResult<(i32, Option<Obj>)> {
    let file = match file {
        Some(file) => file.owned(),
        None => {
            let dict = current().interpreter().sys_dict.get();
            let stderr = match dict.as_ref().and_then(|dict| dict.downcast::<PyDict>()) {
                Some(dict) => dict.get_str(intern!("stderr"))?,
                None => None,
            };
            let Some(stderr) = stderr else {
                return Err(raised!(RuntimeError, "unable to get sys.stderr"));
            };
            if stderr.is_none() {
                return Err(raised!(RuntimeError, "sys.stderr is None"));
            }
            stderr
        }
    };
    if file.downcast::<PyInt>().is_some() {
        return match FileNumber::of(&file) {
            Ok(FileNumber(fd)) => Ok((fd, None)),
            Err(raised) => {
                if errors::matches(&raised, Exc::ValueError) {
                    errors::clear(raised);
                    return Err(raised!(ValueError, "file is not a valid file descriptor"));
                }
                Err(raised)
            }
        };
    }
    let number = call::method(&file, intern!("fileno"), &[])?;
    let fd = number.downcast::<PyInt>().and_then(PyInt::to_i64).and_then(|fd| i32::try_from(fd).ok());
    let Some(fd) = fd.filter(|fd| *fd >= 0) else {
        return Err(raised!(RuntimeError, "file.fileno() is not a valid file descriptor"));
    };
    if let Err(raised) = call::method(&file, intern!("flush"), &[]) {
        errors::clear(raised);
    }
    Ok((fd, Some(file)))
}

fn cancel_watchdog() {
    let lock = WATCHDOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    if let Some(lock) = lock {
        lock.release();
    }
}

struct Later {
    nanoseconds: i64,
    repeat: bool,
    fd: i32,
    exit: bool,
    heading: String,
}

fn watch(lock: &Lock, later: &Later) {
    loop {
        let deadline = clocks::monotonic().saturating_add(later.nanoseconds);
        if lock.take(Some(deadline), false) != Attempt::TimedOut {
            return;
        }
        write(later.fd, later.heading.as_bytes());
        dump::all_threads(later.fd);
        if later.exit {
            faults::exit_now(1);
        }
        if !later.repeat {
            return;
        }
    }
}

/// `Timeout (0:00:01)!`, as `timedelta` prints it.
fn heading(nanoseconds: i64) -> String {
    let microseconds = nanoseconds / 1000;
    let (seconds, rest) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("Timeout ({hours}:{minutes:02}:{seconds:02})!\n")
    } else {
        format!("Timeout ({hours}:{minutes:02}:{seconds:02}.{rest:06})!\n")
    }
}

/// faulthandler module.
#[pymodule(name = "faulthandler")]
pub mod faulthandler {
    use super::*;

    /// Enable the fault handler.
    #[pyfunction(
        signature = "(file=sys.stderr, all_threads=True, c_stack=True)",
        text = "(file=sys.stderr, all_threads=True)"
    )]
    pub fn enable(file: Option<&PyObject>, all_threads: bool, c_stack: bool) -> PyResult<()> {
        let (fd, file) = descriptor(file)?;
        kept().fatal.set(file);
        dump::remember_threads();
        FATAL_STATE.fd.store(fd, Ordering::Release);
        FATAL_STATE.all_threads.store(all_threads, Ordering::Release);
        FATAL_STATE.native.store(c_stack, Ordering::Release);
        FATAL_STATE.enabled.store(true, Ordering::Release);
        faults::enable(report_fatal).map_err(|errno| errors::set_os_error(errno, None, None))
    }

    /// Disable the fault handler.
    #[pyfunction]
    pub fn disable() -> bool {
        faults::disable();
        kept().fatal.set(None);
        FATAL_STATE.enabled.swap(false, Ordering::AcqRel)
    }

    /// Check if the handler is enabled.
    #[pyfunction]
    pub fn is_enabled() -> bool {
        FATAL_STATE.enabled.load(Ordering::Acquire)
    }

    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[pyfunction(signature = "(file=sys.stderr, all_threads=True)")]
    pub fn dump_traceback(file: Option<&PyObject>, all_threads: bool) -> PyResult<()> {
        let (fd, _file) = descriptor(file)?;
        dump::remember_threads();
        dump_to(fd, all_threads);
        Ok(())
    }

    /// Dump the C stack of the current thread.
    #[pyfunction(signature = "(file=sys.stderr)")]
    pub fn dump_c_stack(file: Option<&PyObject>) -> PyResult<()> {
        let (fd, _file) = descriptor(file)?;
        native_stack(fd);
        Ok(())
    }

    /// Dump the traceback of all threads in timeout seconds,
    /// or each timeout seconds if repeat is True. If exit is True, call _exit(1) which is not safe.
    #[pyfunction(signature = "(timeout, repeat=False, file=sys.stderr, exit=False)")]
    pub fn dump_traceback_later(
        timeout: &PyObject,
        repeat: bool,
        file: Option<&PyObject>,
        exit: bool,
    ) -> PyResult<()> {
        let seconds = number::as_f64(timeout)?;
        if seconds <= 0.0 {
            return Err(raised!(ValueError, "timeout must be greater than 0"));
        }
        let nanoseconds = seconds * 1e9;
        if nanoseconds >= i64::MAX as f64 {
            return Err(raised!(OverflowError, "timeout value is too large"));
        }
        let (fd, file) = descriptor(file)?;
        cancel_watchdog();
        kept().later.set(file);
        dump::remember_threads();
        let nanoseconds = nanoseconds as i64;
        let later = Later { nanoseconds, repeat, fd, exit, heading: heading(nanoseconds) };
        let lock = Arc::new(Lock::new());
        lock.try_take();
        *WATCHDOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(lock.clone());
        threads::spawn(0, move || watch(&lock, &later))
            .map(|_| ())
            .map_err(|_| raised!(RuntimeError, "unable to start watchdog thread"))
    }

    /// Cancel the previous call to dump_traceback_later().
    #[pyfunction]
    pub fn cancel_dump_traceback_later() {
        cancel_watchdog();
        kept().later.set(None);
    }

    fn check_signal(signum: i32) -> PyResult<usize> {
        if FATAL.iter().any(|(fatal, _)| *fatal == signum) {
            return Err(raised!(RuntimeError, "signal {signum} cannot be registered, use enable() instead"));
        }
        match usize::try_from(signum) {
            Ok(index) if index >= 1 && index < USER.len() => Ok(index),
            _ => Err(raised!(ValueError, "signal number out of range")),
        }
    }

    /// Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[pyfunction(signature = "(signum, file=sys.stderr, all_threads=True, chain=False)")]
    pub fn register(signum: i32, file: Option<&PyObject>, all_threads: bool, chain: bool) -> PyResult<()> {
        let index = check_signal(signum)?;
        let (fd, file) = descriptor(file)?;
        dump::remember_threads();
        USER[index].0.store(fd, Ordering::Release);
        USER[index].1.store(all_threads, Ordering::Release);
        let old = match file {
            Some(file) => kept().user.borrow_mut().insert(signum, file),
            None => kept().user.borrow_mut().remove(&signum),
        };
        drop(old);
        faults::register(signum, report_user, chain).map_err(|errno| errors::set_os_error(errno, None, None))
    }

    /// Unregister the handler of the signal 'signum' registered by register().
    #[pyfunction(signature = "(signum, /)")]
    pub fn unregister(signum: i32) -> PyResult<bool> {
        check_signal(signum)?;
        let old = kept().user.borrow_mut().remove(&signum);
        drop(old);
        Ok(faults::unregister(signum))
    }

    /// Read from NULL, raise a SIGSEGV or SIGBUS signal depending on the platform.
    #[pyfunction]
    pub fn _read_null() {
        faults::read_null();
    }

    fn raise(signal: &str) -> PyResult<()> {
        let number = FATAL.iter().find(|(_, name)| *name == signal).map_or(0, |(number, _)| *number);
        taipan_host::signals::raise(number).map_err(|errno| errors::set_os_error(errno, None, None))
    }

    /// Recursive call to raise a stack overflow.
    #[pyfunction]
    pub fn _stack_overflow() {
        faults::use_up_stack();
    }

    /// Raise a SIGSEGV signal.
    #[pyfunction(signature = "(release_gil=False, /)")]
    pub fn _sigsegv(release_gil: bool) -> PyResult<()> {
        let _ = release_gil;
        raise("Segmentation fault")
    }

    /// Raise a SIGABRT signal.
    #[pyfunction]
    pub fn _sigabrt() -> PyResult<()> {
        raise("Aborted")
    }

    /// Raise a SIGFPE signal.
    #[pyfunction]
    pub fn _sigfpe() -> PyResult<()> {
        raise("Floating-point exception")
    }
}
