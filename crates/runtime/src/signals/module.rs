//! The module `_signal`.

use super::handlers::{self, DEFAULT, IGNORE};
use core::ffi::c_int;
use taipan_host::signals::{self, Disposition, Timer};
use taipan_host::{Errno, files};
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::dict::PyDict;
use taipan_objects::types::set::PySet;
use taipan_objects::types::structseq::StructSeq;
use taipan_objects::types::r#type;

static SIGINFO: StructSeq = StructSeq::new(
    "signal.struct_siginfo",
    "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
    &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    7,
    true,
);

const NAMES: &[(&str, i64)] = &[
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGQUIT", 3),
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGABRT", 6),
    ("SIGIOT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGUSR1", 10),
    ("SIGSEGV", 11),
    ("SIGUSR2", 12),
    ("SIGPIPE", 13),
    ("SIGALRM", 14),
    ("SIGTERM", 15),
    ("SIGSTKFLT", 16),
    ("SIGCHLD", 17),
    ("SIGCLD", 17),
    ("SIGCONT", 18),
    ("SIGSTOP", 19),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIGVTALRM", 26),
    ("SIGPROF", 27),
    ("SIGWINCH", 28),
    ("SIGIO", 29),
    ("SIGPOLL", 29),
    ("SIGPWR", 30),
    ("SIGSYS", 31),
    ("SIG_DFL", DEFAULT),
    ("SIG_IGN", IGNORE),
    ("SIG_BLOCK", 0),
    ("SIG_UNBLOCK", 1),
    ("SIG_SETMASK", 2),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
    ("NSIG", signals::COUNT as i64),
];

/// The class `signal.itimer_error` of an interpreter, and what the wake-up descriptor is told of.
#[derive(Default)]
struct State {
    timer_error: core::cell::OnceCell<Obj>,
    warn_on_full_buffer: core::cell::Cell<bool>,
}

fn state() -> &'static State {
    thread::current().interpreter().extension()
}

fn timer_error() -> PyResult {
    if let Some(class) = state().timer_error.get() {
        return Ok(class.clone());
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("signal"))?;
    let class = r#type::new_heap_type("itimer_error", Exc::OSError.type_object(), &dict)?;
    Ok(state().timer_error.get_or_init(|| class).clone())
}

/// This module provides mechanisms to use signal handlers in Python.
///
/// Functions:
///
/// alarm() -- cause SIGALRM after a specified time [Unix only]
/// setitimer() -- cause a signal (described below) after a specified
///                float time and the timer may restart then [Unix only]
/// getitimer() -- get current value of timer [Unix only]
/// signal() -- set the action for a given signal
/// getsignal() -- get the signal action for a given signal
/// pause() -- wait until a signal arrives [Unix only]
/// default_int_handler() -- default SIGINT handler
///
/// signal constants:
/// SIG_DFL -- used to refer to the system default handler
/// SIG_IGN -- used to ignore the signal
/// NSIG -- number of defined signals
/// SIGINT, SIGTERM, etc. -- signal numbers
///
/// itimer constants:
/// ITIMER_REAL -- decrements in real time, and delivers SIGALRM upon
///                expiration
/// ITIMER_VIRTUAL -- decrements only when the process is executing,
///                and delivers SIGVTALRM upon expiration
/// ITIMER_PROF -- decrements both when the process is executing and
///                when the system is executing on behalf of the process.
///                Coupled with ITIMER_VIRTUAL, this timer is usually
///                used to profile the time spent by the application
///                in user and kernel space. SIGPROF is delivered upon
///                expiration.
///
///
/// *** IMPORTANT NOTICE ***
/// A signal handler function is called with two arguments:
/// the first is the signal number, the second is the interrupted stack frame.
#[pymodule(name = "_signal")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        for (name, value) in NAMES {
            m.add_int(name, *value)?;
        }
        let (low, high) = signals::realtime();
        m.add_int("SIGRTMIN", i64::from(low))?;
        m.add_int("SIGRTMAX", i64::from(high))?;
        m.add("ItimerError", &*timer_error()?)?;
        m.add_type(SIGINFO.type_object())?;
        if thread::current().interpreter().id == 0 {
            handlers::read_dispositions();
            state().warn_on_full_buffer.set(true);
        }
        Ok(())
    }

    /// The default handler for SIGINT installed by Python.
    ///
    /// It raises KeyboardInterrupt.
    #[pyfunction(signature = "(signalnum, frame, /)")]
    fn default_int_handler(signalnum: i32, frame: &PyObject) -> PyResult {
        let _ = (signalnum, frame);
        Err(handlers::interrupt())
    }

    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[pyfunction(signature = "(seconds, /)")]
    fn alarm(seconds: i32) -> u32 {
        signals::alarm(seconds as u32)
    }

    /// Wait until a signal arrives.
    #[pyfunction(signature = "()")]
    fn pause() -> PyResult<()> {
        signals::pause();
        super::super::handle_pending()
    }

    /// Send a signal to the executing process.
    #[pyfunction(signature = "(signalnum, /)")]
    fn raise_signal(signalnum: i32) -> PyResult<()> {
        signals::raise(signalnum).map_err(os_error)?;
        super::super::handle_pending()
    }

    /// Set the action for the given signal.
    ///
    /// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
    /// The previous action is returned.  See getsignal() for possible return
    /// values.
    ///
    /// *** IMPORTANT NOTICE ***
    /// A signal handler function is called with two arguments: the first is
    /// the signal number, the second is the interrupted stack frame.
    #[pyfunction(signature = "(signalnum, handler, /)")]
    fn signal(signalnum: i32, handler: &PyObject) -> PyResult {
        if !crate::threads::is_main_thread() {
            return Err(raised!(ValueError, "signal only works in main thread of the main interpreter"));
        }
        check_number(signalnum)?;
        let disposition = if object::is_callable(handler) {
            Disposition::Catch
        } else {
            match handler.downcast::<PyInt>().and_then(PyInt::to_i64) {
                Some(DEFAULT) => Disposition::Default,
                Some(IGNORE) => Disposition::Ignore,
                _ => {
                    return Err(raised!(
                        TypeError,
                        "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
                    ));
                }
            }
        };
        super::super::handle_pending()?;
        signals::set_disposition(signalnum, disposition).map_err(os_error)?;
        Ok(handlers::replace(signalnum, handler))
    }

    /// Return the current action for the given signal.
    ///
    /// The return value can be:
    ///   SIG_IGN -- if the signal is being ignored
    ///   SIG_DFL -- if the default action for the signal is in effect
    ///   None    -- if an unknown handler is in effect
    ///   anything else -- the callable Python object used as a handler
    #[pyfunction(signature = "(signalnum, /)")]
    fn getsignal(signalnum: i32) -> PyResult {
        check_number(signalnum)?;
        Ok(handlers::get(signalnum))
    }

    /// Change system call restart behaviour.
    ///
    /// If flag is False, system calls will be restarted when interrupted by
    /// signal sig, else system calls will be interrupted.
    #[pyfunction(signature = "(signalnum, flag, /)")]
    fn siginterrupt(signalnum: i32, flag: i32) -> PyResult<()> {
        check_number(signalnum)?;
        signals::set_interrupts(signalnum, flag != 0).map_err(os_error)
    }

    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    ///
    /// A library can use this to wakeup select or poll.
    /// The previous fd or -1 is returned.
    ///
    /// The fd must be non-blocking.
    #[pyfunction(signature = "(fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(fd: i32, warn_on_full_buffer: bool) -> PyResult<i32> {
        if !crate::threads::is_main_thread() {
            return Err(raised!(
                ValueError,
                "set_wakeup_fd only works in main thread of the main interpreter"
            ));
        }
        if fd != -1 {
            files::fstat(fd).map_err(os_error)?;
            if files::is_blocking(fd).map_err(os_error)? {
                return Err(raised!(ValueError, "the fd {fd} must be in non-blocking mode"));
            }
        }
        state().warn_on_full_buffer.set(warn_on_full_buffer);
        Ok(signals::set_wakeup_fd(fd))
    }

    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval
    /// seconds.  The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[pyfunction(signature = "(which, seconds, interval=0.0, /)")]
    fn setitimer(which: i32, seconds: &PyObject, interval: OptArg<&PyObject>) -> PyResult<(f64, f64)> {
        let next_us = microseconds(seconds)?;
        let interval_us = match interval.given() {
            Some(interval) => microseconds(interval)?,
            None => 0,
        };
        let old = signals::set_timer(which, Timer { next_us, interval_us }).map_err(raise_timer_error)?;
        Ok(timer_seconds(old))
    }

    /// Returns current value of given itimer.
    #[pyfunction(signature = "(which, /)")]
    fn getitimer(which: i32) -> PyResult<(f64, f64)> {
        Ok(timer_seconds(signals::timer(which).map_err(raise_timer_error)?))
    }

    /// Fetch and/or change the signal mask of the calling thread.
    #[pyfunction(signature = "(how, mask, /)")]
    fn pthread_sigmask(how: i32, mask: &PyObject) -> PyResult<Py<PySet>> {
        let old = signals::set_mask(how, &numbers(mask)?).map_err(os_error)?;
        super::super::handle_pending()?;
        set_of(&old)
    }

    /// Examine pending signals.
    ///
    /// Returns a set of signal numbers that are pending for delivery to
    /// the calling thread.
    #[pyfunction(signature = "()")]
    fn sigpending() -> PyResult<Py<PySet>> {
        set_of(&signals::pending().map_err(os_error)?)
    }

    /// Wait for a signal.
    ///
    /// Suspend execution of the calling thread until the delivery of one of the
    /// signals specified in the signal set sigset.  The function accepts the
    /// signal and returns the signal number.
    #[pyfunction(signature = "(sigset, /)")]
    fn sigwait(sigset: &PyObject) -> PyResult<i32> {
        signals::wait(&numbers(sigset)?).map_err(os_error)
    }

    /// Wait synchronously until one of the signals in *sigset* is delivered.
    ///
    /// Returns a struct_siginfo containing information about the signal.
    #[pyfunction(signature = "(sigset, /)")]
    fn sigwaitinfo(sigset: &PyObject) -> PyResult {
        let numbers = numbers(sigset)?;
        loop {
            match signals::wait_with_info(&numbers, None) {
                Ok(info) => return siginfo(&info),
                Err(Errno(4)) => super::super::handle_pending()?,
                Err(error) => return Err(os_error(error)),
            }
        }
    }

    /// Like sigwaitinfo(), but with a timeout.
    ///
    /// The timeout is specified in seconds, with floating-point numbers allowed.
    #[pyfunction(signature = "(sigset, timeout, /)")]
    fn sigtimedwait(sigset: &PyObject, timeout: &PyObject) -> PyResult {
        let numbers = numbers(sigset)?;
        let seconds = number::as_f64(timeout)?;
        if seconds < 0.0 {
            return Err(raised!(ValueError, "timeout must be non-negative"));
        }
        let deadline = taipan_host::clocks::monotonic() + (seconds * 1e9) as i64;
        loop {
            let left = (deadline - taipan_host::clocks::monotonic()).max(0);
            match signals::wait_with_info(&numbers, Some(left)) {
                Ok(info) => return siginfo(&info),
                // `EAGAIN`
                Err(Errno(11)) => return Ok(none()),
                Err(Errno(4)) => super::super::handle_pending()?,
                Err(error) => return Err(os_error(error)),
            }
        }
    }

    /// Return a set of valid signal numbers on this platform.
    ///
    /// The signal numbers returned by this function can be safely passed to
    /// functions like `pthread_sigmask`.
    #[pyfunction(signature = "()")]
    fn valid_signals() -> PyResult<Py<PySet>> {
        set_of(&signals::valid())
    }

    /// Return the system description of the given signal.
    ///
    /// Returns the description of signal *signalnum*, such as "Interrupt"
    /// for :const:`SIGINT`. Returns :const:`None` if *signalnum* has no
    /// description. Raises :exc:`ValueError` if *signalnum* is invalid.
    #[pyfunction(signature = "(signalnum, /)")]
    fn strsignal(signalnum: i32) -> PyResult<Option<String>> {
        check_number(signalnum)?;
        Ok(signals::describe(signalnum))
    }

    /// Send a signal to a thread.
    #[pyfunction(signature = "(thread_id, signalnum, /)")]
    fn pthread_kill(thread_id: u64, signalnum: i32) -> PyResult<()> {
        let number = PyInt::from_i64(i64::from(signalnum));
        crate::audit::audit("signal.pthread_kill", &[&PyInt::from_u64(thread_id), &number])?;
        send_to(thread_id as usize, signalnum).map_err(os_error)?;
        super::super::handle_pending()
    }

    /// Send a signal to a process referred to by a pid file descriptor.
    #[pyfunction(signature = "(pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(pidfd: i32, signalnum: i32, siginfo: Option<&PyObject>, flags: i32) -> PyResult<()> {
        if siginfo.is_some() {
            return Err(raised!(TypeError, "siginfo must be None"));
        }
        let _ = flags;
        taipan_host::process::pidfd_send_signal(pidfd, signalnum).map_err(os_error)
    }
}

#[expect(unsafe_code, reason = "a signal is sent to a thread by its identity")]
fn send_to(identity: usize, signal: c_int) -> taipan_host::Result<()> {
    let known = crate::threads::registry().entries.borrow().iter().any(|entry| entry.identity == identity);
    if !known {
        // `ESRCH`
        return Err(Errno(3));
    }
    // SAFETY: the registry holds only threads that have not ended.
    unsafe { signals::send_to_thread(identity, signal) }
}

fn os_error(errno: Errno) -> Raised {
    errors::set_os_error(errno, None, None)
}

fn raise_timer_error(errno: Errno) -> Raised {
    let arguments = PyTuple::from_vec(vec![
        PyInt::from_i64(i64::from(errno.0)).into_obj(),
        PyStr::new(&errno.text()).into_obj(),
    ]);
    match timer_error() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &arguments),
            None => os_error(errno),
        },
        Err(raised) => raised,
    }
}

fn check_number(signal: c_int) -> PyResult<()> {
    if signal < 1 || signal as usize >= signals::COUNT {
        return Err(raised!(ValueError, "signal number out of range"));
    }
    Ok(())
}

fn microseconds(seconds: &PyObject) -> PyResult<i64> {
    Ok((number::as_f64(seconds)? * 1e6).ceil() as i64)
}

fn timer_seconds(timer: Timer) -> (f64, f64) {
    (timer.next_us as f64 / 1e6, timer.interval_us as f64 / 1e6)
}

fn numbers(set: &PyObject) -> PyResult<Vec<c_int>> {
    let mut numbers = Vec::new();
    iter::for_each(set, |item| {
        let number = number::index(&item)?.to_i64().unwrap_or(-1);
        if number < 1 || number >= signals::COUNT as i64 {
            return Err(raised!(
                ValueError,
                "signal number {number} out of range [1; {}]",
                signals::COUNT - 1
            ));
        }
        numbers.push(number as c_int);
        Ok(())
    })?;
    Ok(numbers)
}

fn set_of(numbers: &[c_int]) -> PyResult<Py<PySet>> {
    let set = PySet::new();
    for number in numbers {
        set.add(&PyInt::from_i64(i64::from(*number)))?;
    }
    Ok(set)
}

fn siginfo(info: &signals::Info) -> PyResult {
    let int = |value: i64| PyInt::from_i64(value).into_obj();
    SIGINFO.make(vec![
        int(i64::from(info.signal)),
        int(i64::from(info.code)),
        int(i64::from(info.errno)),
        int(i64::from(info.pid)),
        int(i64::from(info.uid)),
        int(i64::from(info.status)),
        int(info.band),
    ])
}

/// Tells of a signal whose number could not be written to the wake-up descriptor.
pub fn report_wakeup_error(errno: Errno) {
    // `EAGAIN`: the buffer is full.
    if errno.0 == 11 && !state().warn_on_full_buffer.get() {
        return;
    }
    let raised = os_error(errno);
    errors::write_unraisable(
        raised,
        Some("Exception ignored when trying to write to the signal wakeup fd"),
        None,
    );
}
