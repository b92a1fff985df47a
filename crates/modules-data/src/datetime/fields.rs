//! Year, month, … microsecond: as numbers, checked, and read from arguments.

use super::calendar::{MAX_YEAR, MIN_YEAR, days_in_month};
use taipan_host::clocks::{self, Calendar};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::os_error;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub microsecond: i32,
}

pub fn check_year(year: i32) -> PyResult<()> {
    if (MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Ok(());
    }
    Err(raised!(ValueError, "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"))
}

pub fn check_date(year: i32, month: i32, day: i32) -> PyResult<()> {
    check_year(year)?;
    if !(1..=12).contains(&month) {
        return Err(raised!(ValueError, "month must be in 1..12, not {month}"));
    }
    let last = days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(raised!(
            ValueError,
            "day {day} must be in range 1..{last} for month {month} in year {year}"
        ));
    }
    Ok(())
}

pub fn check_time(hour: i32, minute: i32, second: i32, microsecond: i32, fold: i32) -> PyResult<()> {
    let limits = [
        ("hour", hour, 23),
        ("minute", minute, 59),
        ("second", second, 59),
        ("microsecond", microsecond, 999_999),
    ];
    for (name, value, last) in limits {
        if !(0..=last).contains(&value) {
            return Err(raised!(ValueError, "{name} must be in 0..{last}, not {value}"));
        }
    }
    if fold != 0 && fold != 1 {
        return Err(raised!(ValueError, "fold must be either 0 or 1, not {fold}"));
    }
    Ok(())
}

impl Stamp {
    pub fn check(&self, fold: i32) -> PyResult<()> {
        check_date(self.year, self.month, self.day)?;
        check_time(self.hour, self.minute, self.second, self.microsecond, fold)
    }

    pub fn seconds_of_day(&self) -> i64 {
        i64::from(self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// Of a calendar time; a leap second is the last second of its minute.
    pub fn of_calendar(calendar: &Calendar, microsecond: i32) -> Stamp {
        Stamp {
            year: calendar.year + 1900,
            month: calendar.month + 1,
            day: calendar.day,
            hour: calendar.hour,
            minute: calendar.minute,
            second: calendar.second.min(59),
            microsecond,
        }
    }
}

/// A C int, told of mistakes as `PyArg_Parse("i")` does.
pub fn c_int(value: &PyObject) -> PyResult<i32> {
    let value = number::index(value)?;
    let Some(long) = value.to_i64() else {
        return Err(raised!(OverflowError, "Python int too large to convert to C long"));
    };
    i32::try_from(long).map_err(|_| {
        let wrong = if long > 0 { "greater than maximum" } else { "less than minimum" };
        raised!(OverflowError, "signed integer is {wrong}")
    })
}

/// An argument that must be there.
pub fn required(value: OptArg<&PyObject>, name: &str, position: usize) -> PyResult<i32> {
    match value {
        OptArg::Given(value) => c_int(value),
        OptArg::Missing => {
            Err(raised!(TypeError, "function missing required argument '{name}' (pos {position})"))
        }
    }
}

pub fn optional(value: OptArg<&PyObject>) -> PyResult<i32> {
    value.given().map_or(Ok(0), c_int)
}

#[cold]
fn out_of_range() -> Raised {
    raised!(OverflowError, "timestamp out of range for platform time_t")
}

/// Half to even.
fn round_half_even(x: f64) -> f64 {
    x.round_ties_even()
}

fn whole_seconds(value: f64) -> PyResult<i64> {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value) {
        return Ok(value as i64);
    }
    Err(out_of_range())
}

/// Whole seconds of a timestamp, rounded down.
pub fn seconds(value: &PyObject) -> PyResult<i64> {
    if let Some(float) = value.downcast::<PyFloat>() {
        if float.value().is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        return whole_seconds(float.value().floor());
    }
    number::index(value)?.to_i64().ok_or_else(out_of_range)
}

/// Seconds and microseconds of a timestamp.
pub fn seconds_and_microseconds(value: &PyObject) -> PyResult<(i64, i32)> {
    let Some(float) = value.downcast::<PyFloat>() else {
        if !number::is_index(value) {
            let name = value.class().tp_name();
            return Err(raised!(TypeError, "argument must be int or float, not {name}"));
        }
        return Ok((number::index(value)?.to_i64().ok_or_else(out_of_range)?, 0));
    };
    let value = float.value();
    if value.is_nan() {
        return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
    }
    let mut whole = value.trunc();
    let mut part = round_half_even((value - whole) * 1e6);
    if part >= 1e6 {
        part -= 1e6;
        whole += 1.0;
    } else if part < 0.0 {
        part += 1e6;
        whole -= 1.0;
    }
    Ok((whole_seconds(whole)?, part as i32))
}

/// The calendar time of seconds since the epoch, in the local zone or in UTC.
pub fn calendar(seconds: i64, local: bool) -> PyResult<Calendar> {
    let result = if local { clocks::local(seconds) } else { clocks::utc(seconds) };
    result.map_err(os_error)
}

/// A text argument, or a `TypeError` that says what it is instead.
pub fn text<'a>(value: &'a PyObject, function: &str, position: usize) -> PyResult<&'a PyStr> {
    value.downcast::<PyStr>().ok_or_else(|| {
        let found = if value.is_none() { "None" } else { value.class().name() };
        raised!(TypeError, "{function}() argument {position} must be str, not {found}")
    })
}

/// The code points of a text.
pub fn points(text: &PyStr) -> Vec<u32> {
    (0..text.len()).map(|i| text.char_at(i)).collect()
}
