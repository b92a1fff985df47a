//! Timers that are descriptors.

use taipan_host::files;
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::os_error;

fn nanoseconds(seconds: f64, what: &str) -> PyResult<i64> {
    if seconds.is_nan() {
        return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
    }
    let ns = (seconds * 1e9).ceil();
    if ns.abs() >= 9.2e18 {
        return Err(raised!(OverflowError, "timestamp {what} out of range"));
    }
    Ok(ns as i64)
}

fn seconds((interval, next): (i64, i64)) -> (f64, f64) {
    let seconds = |ns: i64| ns as f64 * 1e-9;
    (seconds(next), seconds(interval))
}

#[pymodule(fragment)]
pub mod timers {
    use super::*;

    /// Create and return a timer file descriptor.
    ///
    ///   clockid
    ///     A valid clock ID constant as timer file descriptor.
    ///
    ///     time.CLOCK_REALTIME
    ///     time.CLOCK_MONOTONIC
    ///     time.CLOCK_BOOTTIME
    ///   flags
    ///     0 or a bit mask of os.TFD_NONBLOCK or os.TFD_CLOEXEC.
    ///
    ///     os.TFD_NONBLOCK
    ///         If *TFD_NONBLOCK* is set as a flag, read doesn't blocks.
    ///         If *TFD_NONBLOCK* is not set as a flag, read block until the timer fires.
    ///
    ///     os.TFD_CLOEXEC
    ///         If *TFD_CLOEXEC* is set as a flag, enable the close-on-exec flag
    #[pyfunction(signature = "(clockid, /, *, flags=524288)")]
    pub fn timerfd_create(clockid: i32, flags: i32) -> PyResult<i32> {
        files::timerfd_create(clockid, flags).map_err(os_error)
    }

    /// Alter a timer file descriptor's internal timer in seconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    ///   flags
    ///     0 or a bit mask of TFD_TIMER_ABSTIME or TFD_TIMER_CANCEL_ON_SET.
    ///   initial
    ///     The initial expiration time, in seconds.
    ///   interval
    ///     The timer's interval, in seconds.
    #[pyfunction(signature = "(fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    pub fn timerfd_settime(fd: FileNumber, flags: i32, initial: f64, interval: f64) -> PyResult<(f64, f64)> {
        let (first, between) = (nanoseconds(initial, "initial")?, nanoseconds(interval, "interval")?);
        files::timerfd_settime(fd.0, flags, between, first).map(seconds).map_err(os_error)
    }

    /// Alter a timer file descriptor's internal timer in nanoseconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    ///   flags
    ///     0 or a bit mask of TFD_TIMER_ABSTIME or TFD_TIMER_CANCEL_ON_SET.
    ///   initial
    ///     initial expiration timing in seconds.
    ///   interval
    ///     interval for the timer in seconds.
    #[pyfunction(signature = "(fd, /, *, flags=0, initial=0, interval=0)")]
    pub fn timerfd_settime_ns(
        fd: FileNumber,
        flags: i32,
        initial: i64,
        interval: i64,
    ) -> PyResult<(i64, i64)> {
        files::timerfd_settime(fd.0, flags, interval, initial)
            .map(|(interval, next)| (next, interval))
            .map_err(os_error)
    }

    /// Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    #[pyfunction(signature = "(fd, /)")]
    pub fn timerfd_gettime(fd: FileNumber) -> PyResult<(f64, f64)> {
        files::timerfd_gettime(fd.0).map(seconds).map_err(os_error)
    }

    /// Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    #[pyfunction(signature = "(fd, /)")]
    pub fn timerfd_gettime_ns(fd: FileNumber) -> PyResult<(i64, i64)> {
        files::timerfd_gettime(fd.0).map(|(interval, next)| (next, interval)).map_err(os_error)
    }
}
