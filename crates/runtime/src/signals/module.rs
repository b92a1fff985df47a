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
    ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGABRT", 6), ("SIGIOT", 6),
    ("SIGBUS", 7), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGSEGV", 11), ("SIGUSR2", 12), ("SIGPIPE", 13),
    ("SIGALRM", 14), ("SIGTERM", 15), ("SIGSTKFLT", 16), ("SIGCHLD", 17), ("SIGCLD", 17), ("SIGCONT", 18),
    ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGURG", 23), ("SIGXCPU", 24),
    ("SIGXFSZ", 25), ("SIGVTALRM", 26), ("SIGPROF", 27), ("SIGWINCH", 28), ("SIGIO", 29), ("SIGPOLL", 29),
    ("SIGPWR", 30), ("SIGSYS", 31), ("SIG_DFL", DEFAULT), ("SIG_IGN", IGNORE), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1),
    ("SIG_SETMASK", 2), ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2), ("NSIG", signals::COUNT as i64),
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

/// @doc _signal
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
        m.add("ItimerError", &timer_error()?)?;
        m.add_type(SIGINFO.type_object())?;
        if thread::current().interpreter().id == 0 {
            handlers::read_dispositions();
            state().warn_on_full_buffer.set(true);
        }
        Ok(())
    }

    /// @doc _signal.default_int_handler
    #[pyfunction(signature = "(signalnum, frame, /)")]
    fn default_int_handler(signalnum: i32, frame: &PyObject) -> PyResult {
        let _ = (signalnum, frame);
        Err(handlers::interrupt())
    }

    /// @doc _signal.alarm
    #[pyfunction(signature = "(seconds, /)")]
    fn alarm(seconds: i32) -> u32 {
        signals::alarm(seconds as u32)
    }

    /// @doc _signal.pause
    #[pyfunction(signature = "()")]
    fn pause() -> PyResult<()> {
        signals::pause();
        super::super::handle_pending()
    }

    /// @doc _signal.raise_signal
    #[pyfunction(signature = "(signalnum, /)")]
    fn raise_signal(signalnum: i32) -> PyResult<()> {
        signals::raise(signalnum).map_err(os_error)?;
        super::super::handle_pending()
    }

    /// @doc _signal.signal
    #[pyfunction(signature = "(signalnum, handler, /)")]
    fn signal(signalnum: i32, handler: &PyObject) -> PyResult {
        if !crate::threads::is_main_thread() {
            return Err(raised!(
                ValueError,
                "signal only works in main thread of the main interpreter"
            ));
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

    /// @doc _signal.getsignal
    #[pyfunction(signature = "(signalnum, /)")]
    fn getsignal(signalnum: i32) -> PyResult {
        check_number(signalnum)?;
        Ok(handlers::get(signalnum))
    }

    /// @doc _signal.siginterrupt
    #[pyfunction(signature = "(signalnum, flag, /)")]
    fn siginterrupt(signalnum: i32, flag: i32) -> PyResult<()> {
        check_number(signalnum)?;
        signals::set_interrupts(signalnum, flag != 0).map_err(os_error)
    }

    /// @doc _signal.set_wakeup_fd
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

    /// @doc _signal.setitimer
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

    /// @doc _signal.getitimer
    #[pyfunction(signature = "(which, /)")]
    fn getitimer(which: i32) -> PyResult<(f64, f64)> {
        Ok(timer_seconds(signals::timer(which).map_err(raise_timer_error)?))
    }

    /// @doc _signal.pthread_sigmask
    #[pyfunction(signature = "(how, mask, /)")]
    fn pthread_sigmask(how: i32, mask: &PyObject) -> PyResult<Py<PySet>> {
        let old = signals::set_mask(how, &numbers(mask)?).map_err(os_error)?;
        super::super::handle_pending()?;
        set_of(&old)
    }

    /// @doc _signal.sigpending
    #[pyfunction(signature = "()")]
    fn sigpending() -> PyResult<Py<PySet>> {
        set_of(&signals::pending().map_err(os_error)?)
    }

    /// @doc _signal.sigwait
    #[pyfunction(signature = "(sigset, /)")]
    fn sigwait(sigset: &PyObject) -> PyResult<i32> {
        signals::wait(&numbers(sigset)?).map_err(os_error)
    }

    /// @doc _signal.sigwaitinfo
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

    /// @doc _signal.sigtimedwait
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

    /// @doc _signal.valid_signals
    #[pyfunction(signature = "()")]
    fn valid_signals() -> PyResult<Py<PySet>> {
        set_of(&signals::valid())
    }

    /// @doc _signal.strsignal
    #[pyfunction(signature = "(signalnum, /)")]
    fn strsignal(signalnum: i32) -> PyResult<Option<String>> {
        check_number(signalnum)?;
        Ok(signals::describe(signalnum))
    }

    /// @doc _signal.pthread_kill
    #[pyfunction(signature = "(thread_id, signalnum, /)")]
    fn pthread_kill(thread_id: u64, signalnum: i32) -> PyResult<()> {
        let number = PyInt::from_i64(i64::from(signalnum));
        crate::audit::audit("signal.pthread_kill", &[&PyInt::from_u64(thread_id), &number])?;
        send_to(thread_id as usize, signalnum).map_err(os_error)?;
        super::super::handle_pending()
    }

    /// @doc _signal.pidfd_send_signal
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
    errors::write_unraisable(raised, Some("Exception ignored when trying to write to the signal wakeup fd"), None);
}
