//! `time`: clocks, calendar time, sleeping.

use std::ffi::CString;
use taipan_host::Errno;
use taipan_host::clocks::{self, Calendar};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::{audit, os_error};
use taipan_objects::types::structseq::StructSeq;

const NANOSECONDS: i64 = 1_000_000_000;
const CLOCK_REALTIME: i32 = 0;
const CLOCK_MONOTONIC: i32 = 1;
const CLOCK_PROCESS: i32 = 2;
const CLOCK_THREAD: i32 = 3;
const EINTR: Errno = Errno(4);
const EINVAL: Errno = Errno(22);

static STRUCT_TIME: StructSeq = StructSeq::new(
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and
 accepted by asctime(), mktime() and strftime().  May be considered as a
 sequence of 9 integers.

 Note that several fields' values are not the same as those defined by
 the C language standard for struct tm.  For example, the value of the
 field tm_year is the actual year, not year - 1900.  See individual
 fields' descriptions for details.",
    &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    9,
    true,
);

/// How a number of seconds becomes whole units.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    Floor,
    Ceiling,
}

#[cold]
fn out_of_range() -> Raised {
    raised!(OverflowError, "timestamp out of range for platform time_t")
}

/// Seconds, whole or not, in nanoseconds.
pub fn nanoseconds_of(value: &PyObject, rounding: Rounding) -> PyResult<i64> {
    if let Some(seconds) = value.downcast::<PyFloat>() {
        let seconds = seconds.value();
        if seconds.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        let ns = seconds * 1e9;
        let ns = if rounding == Rounding::Floor { ns.floor() } else { ns.ceil() };
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&ns) {
            return Err(out_of_range());
        }
        return Ok(ns as i64);
    }
    let seconds = number::index(value)?.to_i64().ok_or_else(out_of_range)?;
    seconds.checked_mul(NANOSECONDS).ok_or_else(out_of_range)
}

/// Whole seconds, rounded down.
fn seconds_of(value: Option<&PyObject>) -> PyResult<i64> {
    let Some(value) = value else { return Ok(clocks::time().div_euclid(NANOSECONDS)) };
    if let Some(seconds) = value.downcast::<PyFloat>() {
        let seconds = seconds.value();
        if seconds.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&whole) {
            return Err(out_of_range());
        }
        return Ok(whole as i64);
    }
    number::index(value)?.to_i64().ok_or_else(out_of_range)
}

fn seconds(ns: i64) -> f64 {
    // Whole seconds and the rest apart: so large numbers keep their nanoseconds as long as a double can.
    if ns % NANOSECONDS == 0 { (ns / NANOSECONDS) as f64 } else { ns as f64 / 1e9 }
}

fn struct_time(calendar: &Calendar) -> PyResult {
    let number = |value: i32| PyInt::from_i64(i64::from(value)).into_obj();
    let zone =
        calendar.zone.as_ref().map_or_else(none, |zone| PyStr::decode_locale(zone.to_bytes()).into_obj());
    STRUCT_TIME.make(vec![
        PyInt::from_i64(i64::from(calendar.year) + 1900).into_obj(),
        number(calendar.month + 1),
        number(calendar.day),
        number(calendar.hour),
        number(calendar.minute),
        number(calendar.second),
        number((calendar.weekday + 6) % 7),
        number(calendar.yearday + 1),
        number(calendar.is_dst),
        zone,
        PyInt::from_i64(calendar.utc_offset).into_obj(),
    ])
}

/// A time tuple as Python counts it, in the C library's terms.
fn calendar_of(value: &PyObject, function: &str) -> PyResult<Calendar> {
    let Some(items) = value.downcast::<PyTuple>() else {
        return Err(raised!(TypeError, "Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(raised!(TypeError, "{function}(): illegal time tuple argument"));
    }
    let mut fields = [0i32; 9];
    for (field, item) in fields.iter_mut().zip(items.as_slice()) {
        *field = number::index_to_integer::<i32>(item, "C int")?;
    }
    let [year, month, day, hour, minute, second, weekday, yearday, is_dst] = fields;
    let Some(year) = year.checked_sub(1900) else { return Err(raised!(OverflowError, "year out of range")) };
    let mut calendar = Calendar {
        second,
        minute,
        hour,
        day,
        month: month.wrapping_sub(1),
        year,
        weekday: weekday.wrapping_add(1).wrapping_rem(7),
        yearday: yearday.wrapping_sub(1),
        is_dst,
        utc_offset: 0,
        zone: None,
    };
    if value.class().is(STRUCT_TIME.type_object()) {
        let offset = object::get_attr(value, intern!("tm_gmtoff"))?;
        if !offset.is_none() {
            calendar.utc_offset = number::index_to_integer::<i64>(&offset, "C long")?;
        }
        let zone = object::get_attr(value, intern!("tm_zone"))?;
        if let Some(zone) = zone.downcast::<PyStr>() {
            calendar.zone = CString::new(zone.encode_locale()?).ok();
        }
    }
    Ok(calendar)
}

/// Fields that the C library would index tables with must be in range; zeros where Python counts from one are mended.
fn checked(mut calendar: Calendar) -> PyResult<Calendar> {
    if calendar.month == -1 {
        calendar.month = 0;
    }
    if calendar.day == 0 {
        calendar.day = 1;
    }
    if calendar.yearday == -1 {
        calendar.yearday = 0;
    }
    let ranges = [
        (calendar.month, 0, 11, "month"),
        (calendar.day, 1, 31, "day of month"),
        (calendar.hour, 0, 23, "hour"),
        (calendar.minute, 0, 59, "minute"),
        (calendar.second, 0, 61, "seconds"),
    ];
    for (value, low, high, name) in ranges {
        if !(low..=high).contains(&value) {
            return Err(raised!(ValueError, "{name} out of range"));
        }
    }
    if calendar.weekday < 0 {
        return Err(raised!(ValueError, "day of week out of range"));
    }
    if !(0..=365).contains(&calendar.yearday) {
        return Err(raised!(ValueError, "day of year out of range"));
    }
    Ok(calendar)
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Sat Jun 06 16:26:11 1998`, the day padded with a space.
fn in_words(calendar: &Calendar) -> String {
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[calendar.weekday.rem_euclid(7) as usize],
        MONTHS[calendar.month.clamp(0, 11) as usize],
        calendar.day,
        calendar.hour,
        calendar.minute,
        calendar.second,
        i64::from(calendar.year) + 1900
    )
}

fn local_now() -> PyResult<Calendar> {
    clocks::local(clocks::time().div_euclid(NANOSECONDS)).map_err(os_error)
}

fn local_of(value: i64) -> PyResult<Calendar> {
    clocks::local(value).map_err(no_such_time)
}

/// `EOVERFLOW` of the calendar functions.
fn no_such_time(errno: Errno) -> Raised {
    const EOVERFLOW: Errno = Errno(75);
    if errno == EOVERFLOW { os_error(errno) } else { os_error(if errno.0 == 0 { EINVAL } else { errno }) }
}

/// Puts the zone's facts into the module.
fn add_zone(module: &PyModule) -> PyResult<()> {
    let zone = clocks::zone();
    module.add_int("timezone", zone.west)?;
    let summer = if zone.has_summer_time { zone.west - 3600 } else { zone.west };
    module.add_int("altzone", summer)?;
    module.add_int("daylight", i64::from(zone.has_summer_time))?;
    let names = zone.names.iter().map(|name| PyStr::decode_locale(name).into_obj()).collect();
    module.add("tzname", &PyTuple::from_vec(names))
}

fn clock(id: i32) -> PyResult<i64> {
    clocks::get(id).map_err(os_error)
}

/// Sleeps until a deadline of the monotonic clock, running signal handlers in between.
fn sleep_until(deadline: i64) -> PyResult<()> {
    loop {
        match clocks::sleep_until(deadline) {
            Ok(()) => return Ok(()),
            Err(EINTR) => taipan_objects::system::check_signals()?,
            Err(errno) => return Err(os_error(errno)),
        }
    }
}

/// This module provides various functions to manipulate time values.
///
/// There are two standard representations of time.  One is the number
/// of seconds since the Epoch, in UTC (a.k.a. GMT).  It may be an integer
/// or a floating-point number (to represent fractions of seconds).
/// The epoch is the point where the time starts, the return value of time.gmtime(0).
/// It is January 1, 1970, 00:00:00 (UTC) on all platforms.
///
/// The other representation is a tuple of 9 integers giving local time.
/// The tuple items are:
///   year (including century, e.g. 1998)
///   month (1-12)
///   day (1-31)
///   hours (0-23)
///   minutes (0-59)
///   seconds (0-59)
///   weekday (0-6, Monday is 0)
///   Julian day (day in the year, 1-366)
///   DST (Daylight Savings Time) flag (-1, 0 or 1)
/// If the DST flag is 0, the time is given in the regular time zone;
/// if it is 1, the time is given in the DST time zone;
/// if it is -1, mktime() should guess based on the date and time.
///
#[pymodule(name = "time")]
pub mod time {
    use super::*;

    /// time() -> floating-point number
    ///
    /// Return the current time in seconds since the Epoch.
    /// Fractions of a second may be present if the system clock provides them.
    #[pyfunction(name = "time", signature = "()")]
    pub fn now() -> f64 {
        seconds(clocks::time())
    }

    /// time_ns() -> int
    ///
    /// Return the current time in nanoseconds since the Epoch.
    #[pyfunction(signature = "()")]
    pub fn time_ns() -> i64 {
        clocks::time()
    }

    /// monotonic() -> float
    ///
    /// Monotonic clock, cannot go backward.
    #[pyfunction(signature = "()")]
    pub fn monotonic() -> f64 {
        seconds(clocks::monotonic())
    }

    /// monotonic_ns() -> int
    ///
    /// Monotonic clock, cannot go backward, as nanoseconds.
    #[pyfunction(signature = "()")]
    pub fn monotonic_ns() -> i64 {
        clocks::monotonic()
    }

    /// perf_counter() -> float
    ///
    /// Performance counter for benchmarking.
    #[pyfunction(signature = "()")]
    pub fn perf_counter() -> f64 {
        seconds(clocks::monotonic())
    }

    /// perf_counter_ns() -> int
    ///
    /// Performance counter for benchmarking as nanoseconds.
    #[pyfunction(signature = "()")]
    pub fn perf_counter_ns() -> i64 {
        clocks::monotonic()
    }

    /// process_time() -> float
    ///
    /// Process time for profiling: sum of the kernel and user-space CPU time.
    #[pyfunction(signature = "()")]
    pub fn process_time() -> PyResult<f64> {
        clocks::process_time().map(seconds).map_err(os_error)
    }

    /// process_time() -> int
    ///
    /// Process time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[pyfunction(signature = "()")]
    pub fn process_time_ns() -> PyResult<i64> {
        clocks::process_time().map_err(os_error)
    }

    /// thread_time() -> float
    ///
    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    #[pyfunction(signature = "()")]
    pub fn thread_time() -> PyResult<f64> {
        clocks::thread_time().map(seconds).map_err(os_error)
    }

    /// thread_time() -> int
    ///
    /// Thread time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[pyfunction(signature = "()")]
    pub fn thread_time_ns() -> PyResult<i64> {
        clocks::thread_time().map_err(os_error)
    }

    /// Return the time of the specified clock clk_id as a float.
    #[pyfunction(signature = "(clk_id, /)")]
    pub fn clock_gettime(clk_id: i32) -> PyResult<f64> {
        clock(clk_id).map(seconds)
    }

    /// Return the time of the specified clock clk_id as nanoseconds (int).
    #[pyfunction(signature = "(clk_id, /)")]
    pub fn clock_gettime_ns(clk_id: i32) -> PyResult<i64> {
        clock(clk_id)
    }

    /// clock_settime(clk_id, time)
    ///
    /// Set the time of the specified clock clk_id.
    #[pyfunction(signature = "(clk_id, time, /)", no_text)]
    pub fn clock_settime(clk_id: i32, time: &PyObject) -> PyResult<()> {
        clocks::set(clk_id, nanoseconds_of(time, Rounding::Floor)?).map_err(os_error)
    }

    /// clock_settime_ns(clk_id, time)
    ///
    /// Set the time of the specified clock clk_id with nanoseconds.
    #[pyfunction(signature = "(clk_id, time, /)", no_text)]
    pub fn clock_settime_ns(clk_id: i32, time: i64) -> PyResult<()> {
        clocks::set(clk_id, time).map_err(os_error)
    }

    /// clock_getres(clk_id) -> floating-point number
    ///
    /// Return the resolution (precision) of the specified clock clk_id.
    #[pyfunction(signature = "(clk_id, /)", no_text)]
    pub fn clock_getres(clk_id: i32) -> PyResult<f64> {
        clocks::resolution(clk_id).map(|ns| ns as f64 * 1e-9).map_err(os_error)
    }

    /// get_clock_info(name: str) -> dict
    ///
    /// Get information of the specified clock.
    #[pyfunction(signature = "(name, /)", no_text)]
    pub fn get_clock_info(name: &str) -> PyResult {
        let (id, text, monotonic, adjustable) = match name {
            "time" => (CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
            "monotonic" | "perf_counter" => (CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false),
            "process_time" => (CLOCK_PROCESS, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
            "thread_time" => (CLOCK_THREAD, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
            _ => return Err(raised!(ValueError, "unknown clock")),
        };
        let resolution = clocks::resolution(id).map_err(os_error)?;
        let info = PyDict::new();
        info.set_item(intern!("implementation"), &PyStr::new(text))?;
        info.set_item(intern!("monotonic"), &PyInt::from_bool(monotonic))?;
        info.set_item(intern!("adjustable"), &PyInt::from_bool(adjustable))?;
        info.set_item(intern!("resolution"), &PyFloat::new(resolution as f64 * 1e-9))?;
        let types = taipan_objects::system::import(intern!("types"))?;
        let class = object::get_attr(&types, intern!("SimpleNamespace"))?;
        call::call_tuple(&class, &PyTuple::empty(), Some(&info))
    }

    /// sleep(seconds)
    ///
    /// Delay execution for a given number of seconds.  The argument may be
    /// a floating-point number for subsecond precision.
    #[pyfunction(signature = "(object, /)")]
    pub fn sleep(duration: &PyObject) -> PyResult<()> {
        audit(c"time.sleep", &[duration])?;
        let ns = nanoseconds_of(duration, Rounding::Ceiling)?;
        if ns < 0 {
            return Err(raised!(ValueError, "sleep length must be non-negative"));
        }
        match clocks::monotonic().checked_add(ns) {
            Some(deadline) => sleep_until(deadline),
            None => Err(out_of_range()),
        }
    }

    /// gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,
    ///                        tm_sec, tm_wday, tm_yday, tm_isdst)
    ///
    /// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.
    /// GMT).  When 'seconds' is not passed in, convert the current time instead.
    ///
    /// If the platform supports the tm_gmtoff and tm_zone, they are available as
    /// attributes only.
    #[pyfunction(signature = "(seconds=None, /)", no_text)]
    pub fn gmtime(seconds: Option<&PyObject>) -> PyResult {
        let mut calendar = clocks::utc(seconds_of(seconds)?).map_err(no_such_time)?;
        calendar.zone = Some(c"UTC".to_owned());
        struct_time(&calendar)
    }

    /// localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,
    ///                           tm_sec,tm_wday,tm_yday,tm_isdst)
    ///
    /// Convert seconds since the Epoch to a time tuple expressing local time.
    /// When 'seconds' is not passed in, convert the current time instead.
    #[pyfunction(signature = "(seconds=None, /)", no_text)]
    pub fn localtime(seconds: Option<&PyObject>) -> PyResult {
        struct_time(&local_of(seconds_of(seconds)?)?)
    }

    /// mktime(time_tuple) -> floating-point number
    ///
    /// Convert a time tuple in local time to seconds since the Epoch.
    /// Note that mktime(gmtime(0)) will not generally return zero for most
    /// time zones; instead the returned value will either be equal to that
    /// of the timezone or altzone attributes on the time module.
    #[pyfunction(signature = "(object, /)")]
    pub fn mktime(time_tuple: &PyObject) -> PyResult<f64> {
        let calendar = calendar_of(time_tuple, "mktime")?;
        match clocks::from_local(&calendar) {
            Some(seconds) => Ok(seconds as f64),
            None => Err(raised!(OverflowError, "mktime argument out of range")),
        }
    }

    /// asctime([time_tuple]) -> string
    ///
    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    /// When the time tuple is not present, current time as returned by localtime()
    /// is used.
    #[pyfunction(signature = "(time_tuple=None, /)", no_text)]
    pub fn asctime(time_tuple: OptArg<&PyObject>) -> PyResult<String> {
        let calendar = match time_tuple.given() {
            None => local_now()?,
            Some(tuple) => checked(calendar_of(tuple, "asctime")?)?,
        };
        Ok(in_words(&calendar))
    }

    /// ctime([seconds]) -> string
    ///
    /// Convert a time in seconds since the Epoch to a string in local time.
    /// This is equivalent to asctime(localtime(seconds)). When 'seconds' is not
    /// passed in, convert the current time instead.
    #[pyfunction(signature = "(seconds=None, /)", no_text)]
    pub fn ctime(seconds: Option<&PyObject>) -> PyResult<String> {
        Ok(in_words(&local_of(seconds_of(seconds)?)?))
    }

    /// strftime(format[, time_tuple]) -> string
    ///
    /// Convert a time tuple to a string according to a format specification.
    /// See the library reference manual for formatting codes. When the time tuple
    /// is not present, current time as returned by localtime() is used.
    ///
    /// Commonly used format codes:
    ///
    /// %Y  Year with century as a decimal number.
    /// %m  Month as a decimal number [01,12].
    /// %d  Day of the month as a decimal number [01,31].
    /// %H  Hour (24-hour clock) as a decimal number [00,23].
    /// %M  Minute as a decimal number [00,59].
    /// %S  Second as a decimal number [00,61].
    /// %z  Time zone offset from UTC.
    /// %a  Locale's abbreviated weekday name.
    /// %A  Locale's full weekday name.
    /// %b  Locale's abbreviated month name.
    /// %B  Locale's full month name.
    /// %c  Locale's appropriate date and time representation.
    /// %I  Hour (12-hour clock) as a decimal number [01,12].
    /// %p  Locale's equivalent of either AM or PM.
    ///
    /// Other codes may be available on your platform.  See documentation for
    /// the C library strftime function.
    ///
    #[pyfunction(signature = "(format, time_tuple=None, /)", no_text)]
    pub fn strftime(format: &PyStr, time_tuple: OptArg<&PyObject>) -> PyResult<Py<PyStr>> {
        let calendar = match time_tuple.given() {
            None => local_now()?,
            Some(tuple) => checked(calendar_of(tuple, "strftime")?)?,
        };
        formatted(format, &calendar)
    }

    /// strptime(string[, format]) -> struct_time
    ///
    /// Parse a string to a time tuple according to a format specification.
    /// See the library reference manual for formatting codes (same as
    /// strftime()).
    ///
    /// Commonly used format codes:
    ///
    /// %Y  Year with century as a decimal number.
    /// %m  Month as a decimal number [01,12].
    /// %d  Day of the month as a decimal number [01,31].
    /// %H  Hour (24-hour clock) as a decimal number [00,23].
    /// %M  Minute as a decimal number [00,59].
    /// %S  Second as a decimal number [00,61].
    /// %z  Time zone offset from UTC.
    /// %a  Locale's abbreviated weekday name.
    /// %A  Locale's full weekday name.
    /// %b  Locale's abbreviated month name.
    /// %B  Locale's full month name.
    /// %c  Locale's appropriate date and time representation.
    /// %I  Hour (12-hour clock) as a decimal number [01,12].
    /// %p  Locale's equivalent of either AM or PM.
    ///
    /// Other codes may be available on your platform.  See documentation for
    /// the C library strftime function.
    ///
    #[pyfunction(signature = "(*args)", no_text)]
    pub fn strptime(args: &[&PyObject]) -> PyResult {
        let module = taipan_objects::system::import(intern!("_strptime"))?;
        call::method(&module, intern!("_strptime_time"), args)
    }

    /// tzset()
    ///
    /// Initialize, or reinitialize, the local timezone to the value stored in
    /// os.environ['TZ']. The TZ environment variable should be specified in
    /// standard Unix timezone format as documented in the tzset man page
    /// (eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently
    /// fall back to UTC. If the TZ environment variable is not set, the local
    /// timezone is set to the systems best guess of wallclock time.
    /// Changing the TZ environment variable without calling tzset *may* change
    /// the local timezone used by methods such as localtime, but this behaviour
    /// should not be relied on.
    #[pyfunction(signature = "()", pass_module)]
    pub fn tzset(module: &PyModule) -> PyResult<()> {
        add_zone(module)
    }

    /// pthread_getcpuclockid(thread_id) -> int
    ///
    /// Return the clk_id of a thread's CPU time clock.
    #[pyfunction(signature = "(thread_id, /)", no_text)]
    pub fn pthread_getcpuclockid(thread_id: u64) -> PyResult<i32> {
        clock_of_thread(thread_id as usize).map_err(os_error)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        add_zone(module)?;
        for (name, value) in [
            ("CLOCK_REALTIME", 0),
            ("CLOCK_MONOTONIC", 1),
            ("CLOCK_PROCESS_CPUTIME_ID", 2),
            ("CLOCK_THREAD_CPUTIME_ID", 3),
            ("CLOCK_MONOTONIC_RAW", 4),
            ("CLOCK_BOOTTIME", 7),
            ("CLOCK_TAI", 11),
            ("_STRUCT_TM_ITEMS", 11),
        ] {
            module.add_int(name, value)?;
        }
        module.add("struct_time", STRUCT_TIME.type_object())
    }
}

#[expect(unsafe_code, reason = "the C library looks the thread up by its number")]
fn clock_of_thread(thread: usize) -> taipan_host::Result<i32> {
    // SAFETY: callers pass numbers of living threads, as the documentation of the function asks them to.
    unsafe { clocks::of_thread(thread) }
}

/// The text of a format. Characters the locale's encoding lacks, and NULs, are passed around the C library.
fn formatted(format: &PyStr, calendar: &Calendar) -> PyResult<Py<PyStr>> {
    use taipan_objects::types::str::StrUnits;
    let mut out: Vec<u32> = Vec::new();
    let mut run: Vec<u8> = Vec::new();
    let flush = |run: &mut Vec<u8>, out: &mut Vec<u32>| {
        if let Ok(text) = CString::new(core::mem::take(run)) {
            let bytes = clocks::format(&text, calendar);
            let decoded = PyStr::decode_locale(&bytes);
            for index in 0..decoded.len() {
                out.push(decoded.char_at(index));
            }
        }
    };
    let points: Vec<u32> = match format.units() {
        StrUnits::Ascii(units) | StrUnits::Latin1(units) => {
            units.iter().map(|&unit| u32::from(unit)).collect()
        }
        StrUnits::Two(units) => units.iter().map(|&unit| u32::from(unit)).collect(),
        StrUnits::Four(units) => units.to_vec(),
    };
    for c in points {
        match u8::try_from(c) {
            Ok(byte @ 1..=127) => run.push(byte),
            _ => {
                flush(&mut run, &mut out);
                out.push(c);
            }
        }
    }
    flush(&mut run, &mut out);
    Ok(PyStr::from_code_points(&out))
}
