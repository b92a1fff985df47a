//! Clocks, sleeping, and calendar time as the C library computes it. Times are nanoseconds unless a name says otherwise.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::{Checked, zero};
use crate::files::filled;
use crate::{Errno, Result, blocking};
use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;
use std::ffi::CString;

const NS: i64 = 1_000_000_000;

/// A clock of the system (`CLOCK_REALTIME`, …).
pub type ClockId = libc::clockid_t;

pub(crate) fn timespec(ns: i64) -> libc::timespec {
    libc::timespec { tv_sec: ns.div_euclid(NS), tv_nsec: ns.rem_euclid(NS) }
}

fn nanoseconds(time: libc::timespec) -> i64 {
    time.tv_sec.saturating_mul(NS).saturating_add(time.tv_nsec)
}

pub fn get(clock: ClockId) -> Result<i64> {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: the place is a whole struct.
    let done: Result<()> = unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) }.checked();
    // SAFETY: filled where the call succeeded.
    done.map(|()| nanoseconds(unsafe { time.assume_init() }))
}

pub fn set(clock: ClockId, ns: i64) -> Result<()> {
    let time = timespec(ns);
    // SAFETY: the struct outlives the call.
    unsafe { libc::clock_settime(clock, &raw const time) }.checked()
}

pub fn resolution(clock: ClockId) -> Result<i64> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|time| unsafe { libc::clock_getres(clock, time) }).map(nanoseconds)
}

/// Time since the epoch.
pub fn time() -> i64 {
    get(libc::CLOCK_REALTIME).unwrap_or(0)
}

/// Time that never goes back.
pub fn monotonic() -> i64 {
    get(libc::CLOCK_MONOTONIC).unwrap_or(0)
}

/// Processor time of this process.
pub fn process_time() -> Result<i64> {
    get(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of this thread.
pub fn thread_time() -> Result<i64> {
    get(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The processor-time clock of a process.
pub fn of_process(pid: libc::pid_t) -> Result<ClockId> {
    let mut clock = 0;
    // SAFETY: the place is valid.
    zero(unsafe { libc::clock_getcpuclockid(pid, &raw mut clock) })?;
    Ok(clock)
}

/// The processor-time clock of a thread of this process.
///
/// # Safety
/// The thread must not have ended.
pub unsafe fn of_thread(thread: usize) -> Result<ClockId> {
    let mut clock = 0;
    // SAFETY: by the contract of this function.
    zero(unsafe { libc::pthread_getcpuclockid(thread as libc::pthread_t, &raw mut clock) })?;
    Ok(clock)
}

/// Sleeps until the monotonic clock shows `deadline`; `EINTR` where a signal came first.
pub fn sleep_until(deadline: i64) -> Result<()> {
    let time = timespec(deadline);
    let (clock, left) = (libc::CLOCK_MONOTONIC, core::ptr::null_mut());
    // SAFETY: the struct outlives the call; an absolute sleep reports nothing that is left.
    blocking(|| zero(unsafe { libc::clock_nanosleep(clock, libc::TIMER_ABSTIME, &raw const time, left) }))
}

/// Calendar time, with the C library's conventions: months from 0, years from 1900, weeks from Sunday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    pub second: c_int,
    pub minute: c_int,
    pub hour: c_int,
    pub day: c_int,
    pub month: c_int,
    pub year: c_int,
    pub weekday: c_int,
    pub yearday: c_int,
    pub is_dst: c_int,
    /// Seconds east of UTC.
    pub utc_offset: i64,
    pub zone: Option<CString>,
}

impl Calendar {
    fn from_c(tm: &libc::tm) -> Self {
        // SAFETY: the C library's zone names are null or terminated and are never freed.
        let zone = (!tm.tm_zone.is_null()).then(|| unsafe { CStr::from_ptr(tm.tm_zone) }.to_owned());
        Self {
            second: tm.tm_sec,
            minute: tm.tm_min,
            hour: tm.tm_hour,
            day: tm.tm_mday,
            month: tm.tm_mon,
            year: tm.tm_year,
            weekday: tm.tm_wday,
            yearday: tm.tm_yday,
            is_dst: tm.tm_isdst,
            utc_offset: tm.tm_gmtoff,
            zone,
        }
    }

    fn to_c(&self) -> libc::tm {
        libc::tm {
            tm_sec: self.second,
            tm_min: self.minute,
            tm_hour: self.hour,
            tm_mday: self.day,
            tm_mon: self.month,
            tm_year: self.year,
            tm_wday: self.weekday,
            tm_yday: self.yearday,
            tm_isdst: self.is_dst,
            tm_gmtoff: self.utc_offset,
            tm_zone: self.zone.as_ref().map_or(core::ptr::null(), |zone| zone.as_ptr()),
        }
    }
}

/// The calendar time in UTC of a number of seconds since the epoch; `EOVERFLOW` where the year does not fit.
pub fn utc(seconds: i64) -> Result<Calendar> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both places are valid.
    let done = unsafe { libc::gmtime_r(&raw const seconds, tm.as_mut_ptr()) };
    if done.is_null() {
        return Err(Errno::last());
    }
    // SAFETY: filled.
    Ok(Calendar::from_c(unsafe { tm.assume_init_ref() }))
}

/// The calendar time in the local zone of a number of seconds since the epoch.
pub fn local(seconds: i64) -> Result<Calendar> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both places are valid.
    let done = unsafe { libc::localtime_r(&raw const seconds, tm.as_mut_ptr()) };
    if done.is_null() {
        return Err(Errno::last());
    }
    // SAFETY: filled.
    Ok(Calendar::from_c(unsafe { tm.assume_init_ref() }))
}

/// Seconds since the epoch of a local calendar time; `None` where there is no such time.
pub fn from_local(calendar: &Calendar) -> Option<i64> {
    let mut tm = calendar.to_c();
    // A week day no call gives: it stays only where mktime fails, for -1 is also a moment of 1969.
    tm.tm_wday = -1;
    // SAFETY: the struct is whole.
    let seconds = unsafe { libc::mktime(&raw mut tm) };
    (seconds != -1 || tm.tm_wday != -1).then_some(seconds)
}

/// The calendar time in the current locale's words.
pub fn format(format: &CStr, calendar: &Calendar) -> Vec<u8> {
    if format.is_empty() {
        return Vec::new();
    }
    let tm = calendar.to_c();
    let mut buffer: Vec<u8> = vec![0; 1024];
    loop {
        // SAFETY: the buffer is as long as said, the format terminated, the struct whole.
        let length = unsafe {
            libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), &raw const tm)
        };
        // A result of 0 may also be an empty text (`%p` in some locales): then no longer buffer helps.
        if length > 0 || buffer.len() >= 256 * format.count_bytes().max(4) {
            buffer.truncate(length);
            return buffer;
        }
        let longer = buffer.len() * 2;
        buffer.resize(longer, 0);
    }
}

unsafe extern "C" {
    safe fn tzset();
    static tzname: [*const c_char; 2];
    static timezone: libc::c_long;
    static daylight: c_int;
}

/// The local zone: seconds west of UTC in winter, whether it ever has summer time, and both names.
pub struct Zone {
    pub west: i64,
    pub has_summer_time: bool,
    pub names: [Vec<u8>; 2],
}

/// Reads `TZ` and gives what the C library makes of it.
pub fn zone() -> Zone {
    tzset();
    let name = |index: usize| {
        // SAFETY: tzset has set both names to texts that stay.
        let name = unsafe { tzname[index] };
        if name.is_null() {
            return Vec::new();
        }
        // SAFETY: a terminated text.
        unsafe { CStr::from_ptr(name) }.to_bytes().to_vec()
    };
    // SAFETY: plain numbers that tzset has set.
    let (west, has_summer_time) = unsafe { (timezone, daylight != 0) };
    Zone { west, has_summer_time, names: [name(0), name(1)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_forward() {
        let (before, resolution) = (monotonic(), resolution(libc::CLOCK_MONOTONIC).unwrap());
        sleep_until(before + 1_000_000).unwrap();
        assert!(monotonic() >= before + 1_000_000 && resolution > 0);
        assert!(time() > 1_600_000_000 * NS);
        assert!(process_time().unwrap() >= 0 && thread_time().unwrap() >= 0);
        assert_eq!(get(12345), Err(Errno(libc::EINVAL)));
    }

    #[test]
    fn calendars_convert_both_ways() {
        let moment = utc(951_782_400).unwrap();
        assert_eq!(
            (moment.year, moment.month, moment.day, moment.weekday, moment.yearday),
            (100, 1, 29, 2, 59)
        );
        assert_eq!(format(c"%Y-%m-%d %H", &moment), b"2000-02-29 00");
        let here = local(951_782_400).unwrap();
        assert_eq!(from_local(&here), Some(951_782_400));
        assert_eq!(utc(i64::MAX), Err(Errno(libc::EOVERFLOW)));
        assert_eq!(format(c"", &moment), b"");
        assert!(!zone().names[0].is_empty());
    }
}
