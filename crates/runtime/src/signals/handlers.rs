//! Python's handlers of signals, and running them.

use core::cell::RefCell;
use core::ffi::c_int;
use taipan_host::signals::{self, Disposition};
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// `SIGINT`
pub const SIGINT: c_int = 2;

/// The handlers by number: an integer (`SIG_DFL`, `SIG_IGN`), a callable, or `None` for what Python did not set.
pub struct Handlers(RefCell<Vec<Option<Obj>>>);

impl Default for Handlers {
    fn default() -> Self {
        Handlers(RefCell::new((0..signals::COUNT).map(|_| None).collect()))
    }
}

fn handlers() -> &'static Handlers {
    thread::current().interpreter().extension()
}

/// `SIG_DFL` and `SIG_IGN` as numbers.
pub const DEFAULT: i64 = 0;
pub const IGNORE: i64 = 1;

fn number_of(disposition: Disposition) -> Option<Obj> {
    match disposition {
        Disposition::Default => Some(PyInt::from_i64(DEFAULT).into_obj()),
        Disposition::Ignore => Some(PyInt::from_i64(IGNORE).into_obj()),
        Disposition::Catch | Disposition::Foreign => None,
    }
}

/// Reads what happens with each signal now, once.
pub fn read_dispositions() {
    let mut table = handlers().0.borrow_mut();
    for (signal, slot) in table.iter_mut().enumerate().skip(1) {
        if slot.is_none() {
            *slot = signals::disposition(signal as c_int).ok().and_then(number_of);
        }
    }
}

/// What is to be done with a signal.
pub fn get(signal: c_int) -> Obj {
    let table = handlers().0.borrow();
    table.get(signal as usize).cloned().flatten().unwrap_or_else(none)
}

/// Remembers a handler; gives the one before.
pub fn replace(signal: c_int, handler: &PyObject) -> Obj {
    let mut table = handlers().0.borrow_mut();
    let old = table[signal as usize].replace(handler.owned());
    old.unwrap_or_else(none)
}

/// Whether a Python function handles the signal.
pub fn is_handled(signal: c_int) -> bool {
    let handler = get(signal);
    !handler.is_none() && handler.downcast::<PyInt>().is_none()
}

/// Forgets all handlers and gives the system its own back, at the end.
pub fn finish() {
    for signal in 1..signals::COUNT {
        if is_handled(signal as c_int) {
            // Best effort: the process ends.
            let _ = signals::set_disposition(signal as c_int, Disposition::Default);
        }
    }
    let old = core::mem::take(&mut *handlers().0.borrow_mut());
    drop(old);
    handlers().0.borrow_mut().resize_with(signals::COUNT, || None);
}

/// Runs the handlers of the signals that arrived.
pub fn run() -> PyResult<()> {
    if let Some(errno) = signals::take_wakeup_error() {
        super::module::report_wakeup_error(errno);
    }
    let arrived = signals::take();
    let frame = taipan_interpreter::frames::current_frame_object();
    for (index, signal) in arrived.iter().enumerate() {
        let handler = get(*signal);
        if handler.is_none() || handler.downcast::<PyInt>().is_some() {
            // The handler went after the signal came.
            let ignored = raised!(OSError, "Signal {signal} ignored due to race condition");
            errors::write_unraisable(ignored, None, None);
            continue;
        }
        let frame = frame.as_ref().map_or(none_ref(), |frame| frame.as_object());
        let number = PyInt::from_i64(i64::from(*signal));
        if let Err(raised) = call::call(&handler, &[&number, frame]) {
            // The others stay for the next time.
            for later in &arrived[index + 1..] {
                signals::put_back(*later);
                super::notify();
            }
            return Err(raised);
        }
    }
    Ok(())
}

/// Raises `KeyboardInterrupt`.
pub fn interrupt() -> Raised {
    errors::set_none(Exc::KeyboardInterrupt)
}
