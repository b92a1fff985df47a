//! Datetimes and the clock: now, timestamps, the local zone, other zones, dates and times of day.

use super::calendar::Ymd;
use super::date::PyDate;
use super::datetime::{PyDateTime, Stamp};
use super::delta::{PyDelta, SECONDS_PER_DAY};
use super::time::{self, PyTime};
use super::zone::{self, PyTimeZone, PyTzInfo};
use super::{fields, format, state};
use taipan_host::clocks::{self, Calendar};
use taipan_objects::errors;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::import;

/// Seconds from the start of day 0 to the epoch.
const EPOCH: i64 = 719_163 * SECONDS_PER_DAY;
/// The longest time by which a clock is ever set back.
const MAX_FOLD: i64 = SECONDS_PER_DAY;

/// Seconds since the start of day 0, by a calendar.
fn seconds_of(stamp: &Stamp) -> PyResult<i64> {
    fields::check_year(stamp.year)?;
    let ordinal = Ymd::new(stamp.year, stamp.month, stamp.day).ordinal();
    Ok(i64::from(ordinal) * SECONDS_PER_DAY + stamp.seconds_of_day())
}

/// What a local clock shows at so many seconds since the start of day 0.
fn local(seconds: i64) -> PyResult<i64> {
    seconds_of(&Stamp::of_calendar(&fields::calendar(seconds - EPOCH, true)?, 0))
}

/// The time in UTC at which a local clock shows this; where it does so twice or never, the fold chooses.
fn local_to_seconds(stamp: &Stamp, fold: u8) -> PyResult<i64> {
    let shown = seconds_of(stamp)?;
    let first = local(shown)? - shown;
    let guess = shown - first;
    let there = local(guess)?;
    let second = if there == shown {
        // One is found; there may be another with the other fold.
        let probe = if fold != 0 { guess + MAX_FOLD } else { guess - MAX_FOLD };
        let other = local(probe)? - probe;
        if other == first {
            return Ok(guess);
        }
        other
    } else {
        there - guess
    };
    let other = shown - second;
    if local(other)? == shown {
        return Ok(other);
    }
    if there == shown {
        return Ok(guess);
    }
    // In a gap.
    Ok(if fold != 0 { guess.min(other) } else { guess.max(other) })
}

fn zone_of_calendar(calendar: &Calendar) -> PyResult {
    let name = calendar.zone.as_ref().map(|name| PyStr::decode_locale(name.as_bytes()));
    let offset = PyDelta::normal(0, calendar.utc_offset, 0)?;
    PyTimeZone::of(&offset, name.as_ref().map(|name| -> &PyObject { name }))
}

/// The local zone at a time given in UTC.
fn local_zone(moment: &PyDateTime) -> PyResult {
    let epoch = state::epoch();
    let Some(epoch) = epoch.downcast::<PyDateTime>() else { return Ok(state::utc()) };
    let seconds = (moment.total() - epoch.total()).div_euclid(1_000_000);
    zone_of_calendar(&fields::calendar(seconds as i64, true)?)
}

/// The local zone at a time that a local clock shows.
fn local_zone_of_local(moment: &PyDateTime) -> PyResult {
    let (stamp, fold) = (moment.stamp(), moment.folded());
    let mut seconds = local_to_seconds(&stamp, fold)?;
    let other = local_to_seconds(&stamp, 1 - fold)?;
    // In a gap the fold names the zone before it or after it, the other way round than the time.
    if other != seconds && (other > seconds) == (fold != 0) {
        seconds = other;
    }
    zone_of_calendar(&fields::calendar(seconds - EPOCH, true)?)
}

/// The datetime of a timestamp.
fn from_seconds(
    cls: &TypeObject,
    seconds: i64,
    microsecond: i32,
    in_local: bool,
    zone: Option<&PyObject>,
) -> PyResult {
    let stamp = Stamp::of_calendar(&fields::calendar(seconds, in_local)?, microsecond);
    let mut fold = 0;
    if zone.is_none() && in_local {
        let shown = seconds_of(&stamp)?;
        let before = local(EPOCH + seconds - MAX_FOLD);
        if let Ok(before) = before {
            let transition = shown - before - MAX_FOLD;
            if transition < 0 && local(EPOCH + seconds + transition)? == shown {
                fold = 1;
            }
        } else if let Err(raised) = before {
            errors::clear(raised);
        }
    }
    PyDateTime::of_class(cls, &stamp, zone, fold)
}

/// As [`from_seconds`], in a zone if there is one.
fn in_zone(cls: &TypeObject, seconds: i64, microsecond: i32, zone: &PyObject) -> PyResult {
    zone::check(zone)?;
    let given = (!zone.is_none()).then_some(zone);
    let moment = from_seconds(cls, seconds, microsecond, given.is_none(), given)?;
    match given {
        Some(zone) => call::method(zone, intern!("fromutc"), &[&moment]),
        None => Ok(moment),
    }
}

fn now() -> (i64, i32) {
    let ns = clocks::time();
    (ns.div_euclid(1_000_000_000), (ns.rem_euclid(1_000_000_000) / 1000) as i32)
}

fn warn_naive(name: &str, instead: &str) -> PyResult<()> {
    errors::warn(
        Exc::DeprecationWarning,
        1,
        format_args!(
            "datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. Use timezone-aware \
             objects to represent datetimes in UTC: datetime.datetime.{instead}."
        ),
    )
}

/// `datetime.fromtimestamp`, as the C API has it, too.
pub fn from_timestamp(cls: &TypeObject, timestamp: &PyObject, zone: &PyObject) -> PyResult {
    zone::check(zone)?;
    let (seconds, microsecond) = fields::seconds_and_microseconds(timestamp)?;
    in_zone(cls, seconds, microsecond, zone)
}

#[pymethods(METHODS)]
impl PyDateTime {
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[pymethod(class, signature = "(tz=None)")]
    fn now(cls: &TypeObject, tz: &PyObject) -> PyResult {
        let (seconds, microsecond) = now();
        in_zone(cls, seconds, microsecond, tz)
    }

    /// Return a new datetime representing UTC day and time.
    #[pymethod(class)]
    fn utcnow(cls: &TypeObject) -> PyResult {
        warn_naive("utcnow", "now(datetime.UTC)")?;
        let (seconds, microsecond) = now();
        from_seconds(cls, seconds, microsecond, false, None)
    }

    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[pymethod(class, no_text, signature = "(timestamp, tz=None)")]
    fn fromtimestamp(cls: &TypeObject, timestamp: &PyObject, tz: &PyObject) -> PyResult {
        from_timestamp(cls, timestamp, tz)
    }

    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[pymethod(class, no_text, signature = "(timestamp, /)")]
    fn utcfromtimestamp(cls: &TypeObject, timestamp: &PyObject) -> PyResult {
        warn_naive("utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)")?;
        let (seconds, microsecond) = fields::seconds_and_microseconds(timestamp)?;
        from_seconds(cls, seconds, microsecond, false, None)
    }

    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[pymethod(class, no_text, signature = "(string, format, /)")]
    fn strptime(cls: &TypeObject, string: &PyObject, format: &PyObject) -> PyResult {
        fields::text(string, "strptime", 1)?;
        fields::text(format, "strptime", 2)?;
        let module = import(intern!("_strptime"))?;
        call::method(&module, intern!("_strptime_datetime_datetime"), &[cls.as_object(), string, format])
    }

    /// date, time -> datetime with same date and time fields
    #[pymethod(class, no_text, signature = "(date, time, tzinfo=None)")]
    fn combine(cls: &TypeObject, date: &PyObject, time: &PyObject, tzinfo: OptArg<&PyObject>) -> PyResult {
        let wrong = |position: u32, wanted: &str, found: &PyObject| {
            let found = if found.is_none() { "None" } else { found.class().tp_name() };
            raised!(TypeError, "combine() argument {position} must be {wanted}, not {found}")
        };
        let Some(day) = date.downcast::<PyDate>() else { return Err(wrong(1, "datetime.date", date)) };
        let Some(time) = time.downcast::<PyTime>() else { return Err(wrong(2, "datetime.time", time)) };
        let zone = match tzinfo {
            OptArg::Given(zone) => {
                zone::check(zone)?;
                Some(zone.owned())
            }
            OptArg::Missing => time.zone(),
        };
        let Ymd { year, month, day } = day.ymd();
        let stamp = Stamp { year, month, day, ..time.stamp() };
        Self::of_class(cls, &stamp, zone.as_deref(), time.folded().into())
    }

    /// Return POSIX timestamp as float.
    #[pymethod]
    fn timestamp(&self) -> PyResult {
        if self.zone().is_none() {
            let stamp = self.stamp();
            let seconds = local_to_seconds(&stamp, self.folded())? - EPOCH;
            return Ok(PyFloat::new(seconds as f64 + f64::from(stamp.microsecond) / 1e6).into_obj());
        }
        let delta = number::subtract(self, &state::epoch())?;
        match delta.downcast::<PyDelta>() {
            Some(delta) => delta.total_seconds(),
            None => Err(raised!(TypeError, "the difference of datetimes is no timedelta")),
        }
    }

    /// Return date object with same year, month and day.
    #[pymethod]
    fn date(&self) -> Py<PyDate> {
        PyDate::exact(self.ymd())
    }

    /// Return time object with same time but with tzinfo=None.
    #[pymethod]
    fn time(&self) -> Py<PyTime> {
        time::of_datetime(self, None)
    }

    /// Return time object with same time and tzinfo.
    #[pymethod]
    fn timetz(&self) -> Py<PyTime> {
        time::of_datetime(self, self.zone().as_deref())
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod]
    fn timetuple(&self) -> PyResult {
        let dst = zone::dst(self.zone().as_deref(), self)?;
        format::struct_time(&self.stamp(), dst.map_or(-1, |dst| i32::from(!dst.is_zero())))
    }

    /// Return UTC time tuple, compatible with time.localtime().
    #[pymethod]
    fn utctimetuple(&self) -> PyResult {
        let stamp = match self.offset()? {
            Some(offset) => Self::stamp_of(self.total() - offset.total())?,
            None => self.stamp(),
        };
        format::struct_time(&stamp, 0)
    }

    /// tz -> convert to local time in new timezone tz
    ///
    #[pymethod(no_text, signature = "(tz=None)")]
    fn astimezone(&self, tz: &PyObject) -> PyResult {
        zone::check(tz)?;
        let wanted = PyTzInfo::check(tz).then(|| tz.owned());
        let mut own = match self.zone() {
            Some(zone) => zone,
            None => local_zone_of_local(self)?,
        };
        if wanted.as_ref().is_some_and(|wanted| wanted.is(&own)) && self.zone().is_some() {
            return Ok(self.owned());
        }
        let offset = match zone::utcoffset(Some(&own), self)? {
            Some(offset) => offset,
            None => {
                // A zone that does not know: the local one.
                own = local_zone_of_local(self)?;
                match zone::utcoffset(Some(&own), self)? {
                    Some(offset) => offset,
                    None => return Err(raised!(ValueError, "the local zone has no offset")),
                }
            }
        };
        let result = self.shifted(&offset, -1)?;
        let Some(moment) = result.downcast::<PyDateTime>() else { return Ok(result) };
        let wanted = match wanted {
            Some(wanted) => wanted,
            None => local_zone(moment)?,
        };
        moment.set_zone(Some(wanted.clone()));
        call::method(&wanted, intern!("fromutc"), &[&result])
    }
}
