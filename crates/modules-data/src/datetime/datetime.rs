//! `datetime`: a date and a time of day, perhaps in a zone. Making, showing and taking apart; `moments` computes.

pub use super::fields::Stamp;

use super::calendar::{Ymd, days_in_month};
use super::date::PyDate;
use super::delta::PyDelta;
use super::parse::IsoTime;
use super::zone::{self, PyTimeZone};
use super::{date, fields, format, moments, parse, state};
use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo may be None, or an
/// instance of a tzinfo subclass. The remaining arguments may be ints.
///
#[pytype(name = "datetime.datetime", exported = PyDateTime_DateTimeType, layout = PyDateTime_DateTime, base = PyDate,
    flags(BASETYPE), parts(METHODS, SLOTS, moments::METHODS, moments::SLOTS, super::moment_methods::METHODS))]
pub struct PyDateTime {
    ob_base: PyObject,
    pub(super) hashcode: Cell<isize>,
    hastzinfo: Cell<u8>,
    /// The year's two bytes, month, day, hour, minute, second, and the microsecond's three bytes.
    pub(super) data: [u8; 10],
    fold: Cell<u8>,
    tzinfo: ObjCell,
}

/// The hour of a parsed time and whether it is midnight at the end of the day.
pub fn midnight(time: &IsoTime) -> PyResult<(i32, bool)> {
    if time.hour != 24 {
        return Ok((time.hour, false));
    }
    if time.minute == 0 && time.second == 0 && time.microsecond == 0 {
        return Ok((0, true));
    }
    Err(raised!(ValueError, "minute, second, and microsecond must be 0 when hour is 24"))
}

/// The zone of a parsed time.
pub fn zone_of(time: &IsoTime) -> PyResult<Option<Obj>> {
    match time.offset {
        None => Ok(None),
        Some((0, 0)) => Ok(Some(state::utc())),
        Some((seconds, microseconds)) => {
            let delta = PyDelta::normal(0, seconds.into(), microseconds.into())?;
            Ok(Some(PyTimeZone::of(&delta, None)?))
        }
    }
}

/// New values for some of the parts.
struct Changes<'a> {
    date: [OptArg<i32>; 3],
    time: [OptArg<i32>; 4],
    tzinfo: OptArg<&'a PyObject>,
    fold: OptArg<i32>,
}

impl PyDateTime {
    fn raw(stamp: &Stamp, zone: Option<&PyObject>, fold: u8) -> PyDateTime {
        let us = stamp.microsecond;
        PyDateTime {
            ob_base: PyObject::EMPTY,
            hashcode: Cell::new(-1),
            hastzinfo: Cell::new(zone.is_some().into()),
            data: [
                (stamp.year >> 8) as u8,
                stamp.year as u8,
                stamp.month as u8,
                stamp.day as u8,
                stamp.hour as u8,
                stamp.minute as u8,
                stamp.second as u8,
                (us >> 16) as u8,
                (us >> 8) as u8,
                us as u8,
            ],
            fold: Cell::new(fold),
            tzinfo: ObjCell::new(zone.map(ObjectExt::owned)),
        }
    }

    /// A datetime of exactly this type; the parts are known to be right.
    pub fn exact(stamp: &Stamp, zone: Option<&PyObject>, fold: u8) -> Py<PyDateTime> {
        memory::new(Self::raw(stamp, zone, fold))
    }

    /// A datetime of a class, checked. The zone may be `None`.
    pub fn in_class(
        class: &TypeObject,
        stamp: &Stamp,
        zone: Option<&PyObject>,
        fold: i32,
    ) -> PyResult<Py<PyDateTime>> {
        stamp.check(fold)?;
        let zone = zone.filter(|zone| !zone.is_none());
        if let Some(zone) = zone {
            zone::check(zone)?;
        }
        memory::new_in(class, Self::raw(stamp, zone, fold as u8))
    }

    /// A datetime of a class that may have a constructor of its own.
    pub fn of_class(class: &TypeObject, stamp: &Stamp, zone: Option<&PyObject>, fold: i32) -> PyResult {
        if class.is(Self::type_object()) {
            return Ok(Self::in_class(class, stamp, zone, fold)?.into_obj());
        }
        let Stamp { year, month, day, hour, minute, second, microsecond } = *stamp;
        let parts = [year, month, day, hour, minute, second, microsecond];
        let parts = parts.map(|part| PyInt::from_i64(part.into()));
        let mut arguments: Vec<&PyObject> = parts.iter().map(|part| -> &PyObject { part }).collect();
        arguments.push(zone.unwrap_or(none_ref()));
        let result = call::call(class.as_object(), &arguments)?;
        if let Some(moment) = result.downcast::<PyDateTime>() {
            moment.fold.set(fold as u8);
        }
        Ok(result)
    }

    pub fn stamp(&self) -> Stamp {
        let [high, low, month, day, hour, minute, second, us2, us1, us0] = self.data.map(i32::from);
        Stamp {
            year: high << 8 | low,
            month,
            day,
            hour,
            minute,
            second,
            microsecond: us2 << 16 | us1 << 8 | us0,
        }
    }

    pub fn ymd(&self) -> Ymd {
        let stamp = self.stamp();
        Ymd::new(stamp.year, stamp.month, stamp.day)
    }

    pub fn zone(&self) -> Option<Obj> {
        self.tzinfo.get()
    }

    pub fn set_zone(&self, zone: Option<Obj>) {
        self.hastzinfo.set(zone.is_some().into());
        self.tzinfo.set(zone);
    }

    pub fn folded(&self) -> u8 {
        self.fold.get()
    }

    pub fn offset(&self) -> PyResult<Option<Py<PyDelta>>> {
        zone::utcoffset(self.zone().as_deref(), self)
    }

    fn replaced(&self, changes: Changes<'_>) -> PyResult {
        let own = self.stamp();
        let [year, month, day] = changes.date.map(OptArg::given);
        let [hour, minute, second, microsecond] = changes.time.map(OptArg::given);
        let stamp = Stamp {
            year: year.unwrap_or(own.year),
            month: month.unwrap_or(own.month),
            day: day.unwrap_or(own.day),
            hour: hour.unwrap_or(own.hour),
            minute: minute.unwrap_or(own.minute),
            second: second.unwrap_or(own.second),
            microsecond: microsecond.unwrap_or(own.microsecond),
        };
        let fold = changes.fold.given().unwrap_or(self.folded().into());
        if fold != 0 && fold != 1 {
            return Err(raised!(ValueError, "fold must be either 0 or 1, not {fold}"));
        }
        let zone = match changes.tzinfo {
            OptArg::Given(zone) => Some(zone.owned()),
            OptArg::Missing => self.zone(),
        };
        Self::of_class(self.class(), &stamp, zone.as_deref(), fold)
    }

    fn state(&self, protocol: i32) -> Py<PyTuple> {
        let mut data = self.data;
        if protocol > 3 && self.folded() != 0 {
            data[2] |= 0x80;
        }
        let mut items = vec![PyBytes::new(&data).into_obj()];
        items.extend(self.zone());
        PyTuple::pair(self.class().as_object().owned(), PyTuple::from_vec(items).into_obj())
    }
}

/// The character between date and time.
fn separator(sep: OptArg<&PyObject>) -> PyResult<u32> {
    let OptArg::Given(sep) = sep else { return Ok(u32::from(b'T')) };
    match sep.downcast::<PyStr>() {
        Some(text) if text.len() == 1 => Ok(text.char_at(0)),
        Some(text) => {
            let length = text.len();
            Err(raised!(
                TypeError,
                "isoformat() argument 1 must be a unicode character, not a string of length {length}"
            ))
        }
        None => {
            let name = sep.class().tp_name();
            Err(raised!(TypeError, "isoformat() argument 1 must be a unicode character, not {name}"))
        }
    }
}

#[pymethods(SLOTS)]
impl PyDateTime {
    #[new(
        name = "function",
        signature = "(year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=None, *, fold=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn py_new(
        cls: &TypeObject,
        year: OptArg<&PyObject>,
        month: OptArg<&PyObject>,
        day: OptArg<&PyObject>,
        hour: OptArg<&PyObject>,
        minute: OptArg<&PyObject>,
        second: OptArg<&PyObject>,
        microsecond: OptArg<&PyObject>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<&PyObject>,
    ) -> PyResult<Py<PyDateTime>> {
        if let (OptArg::Given(state), OptArg::Missing) = (year, day)
            && let Some(bytes) = date::state_bytes(state, 10, (2, date::is_month), "datetime")?
        {
            let zone = month.given().filter(|zone| !zone.is_none());
            if zone.is_some_and(|zone| zone::check(zone).map_err(taipan_objects::errors::clear).is_err()) {
                return Err(raised!(TypeError, "bad tzinfo state arg"));
            }
            let mut moment = Self::raw(&Stamp::default(), zone, bytes[2] >> 7);
            moment.data.copy_from_slice(&bytes);
            moment.data[2] &= 0x7f;
            return memory::new_in(cls, moment);
        }
        let stamp = Stamp {
            year: fields::required(year, "year", 1)?,
            month: fields::required(month, "month", 2)?,
            day: fields::required(day, "day", 3)?,
            hour: fields::optional(hour)?,
            minute: fields::optional(minute)?,
            second: fields::optional(second)?,
            microsecond: fields::optional(microsecond)?,
        };
        Self::in_class(cls, &stamp, tzinfo.given(), fields::optional(fold)?)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let Stamp { year, month, day, hour, minute, second, microsecond } = self.stamp();
        let mut text = format!("{}({year}, {month}, {day}, {hour}, {minute}", self.class().tp_name());
        if microsecond != 0 {
            text.push_str(&format!(", {second}, {microsecond}"));
        } else if second != 0 {
            text.push_str(&format!(", {second}"));
        }
        format::with_zone(text, self.zone().as_deref(), self.folded())
    }

    #[slot(tp_str)]
    fn str(slf: &PyObject) -> PyResult {
        call::method(slf, intern!("isoformat"), &[intern!(" ")])
    }
}

#[pymethods(METHODS)]
impl PyDateTime {
    #[getter]
    fn hour(&self) -> i32 {
        self.stamp().hour
    }

    #[getter]
    fn minute(&self) -> i32 {
        self.stamp().minute
    }

    #[getter]
    fn second(&self) -> i32 {
        self.stamp().second
    }

    #[getter]
    fn microsecond(&self) -> i32 {
        self.stamp().microsecond
    }

    #[getter]
    fn tzinfo(&self) -> Obj {
        self.zone().unwrap_or_else(none)
    }

    #[getter(name = "fold")]
    fn py_fold(&self) -> i32 {
        self.folded().into()
    }

    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    /// sep is used to separate the year from the time, and defaults to 'T'.
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    ///
    #[pymethod(no_text, signature = "(sep=None, timespec=None)")]
    fn isoformat(&self, sep: OptArg<&PyObject>, timespec: OptArg<&PyObject>) -> PyResult<Py<PyStr>> {
        let sep = separator(sep)?;
        if let OptArg::Given(spec) = timespec {
            fields::text(spec, "isoformat", 2)?;
        }
        let stamp = self.stamp();
        let mut time = format::time(&stamp, timespec.given())?;
        time.push_str(&format::offset_of(self.zone().as_deref(), self, ":")?);
        let date = format::date(stamp.year, stamp.month, stamp.day);
        PyStr::concat_many(&[&PyStr::new(&date), &PyStr::from_char(sep), &PyStr::new(&time)])
    }

    /// Return ctime() style string.
    #[pymethod]
    fn ctime(&self) -> String {
        format::ctime(&self.stamp())
    }

    /// string -> datetime from a string in most ISO 8601 formats
    #[pymethod(class, signature = "(object, /)")]
    fn fromisoformat(cls: &TypeObject, text: &PyObject) -> PyResult {
        let points = fields::points(date::iso_text(text)?);
        let invalid = || date::invalid_iso(text);
        if points.len() < 7 {
            return Err(invalid());
        }
        let end = parse::separator(&points).ok_or_else(invalid)?;
        let day = points.get(..end).and_then(parse::date).ok_or_else(invalid)?;
        let time = if end < points.len() {
            parse::time(&points[end + 1..]).ok_or_else(invalid)?
        } else {
            IsoTime::default()
        };
        let zone = zone_of(&time)?;
        let (hour, next_day) = midnight(&time)?;
        let Ymd { mut year, mut month, mut day } = day;
        if next_day && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day) {
            day += 1;
            if day > days_in_month(year, month) {
                (month, day) = (month + 1, 1);
                if month > 12 {
                    (year, month) = (year + 1, 1);
                }
            }
        }
        let IsoTime { minute, second, microsecond, .. } = time;
        let stamp = Stamp { year, month, day, hour, minute, second, microsecond };
        Self::of_class(cls, &stamp, zone.as_deref(), 0)
    }

    /// Return datetime with new specified fields.
    #[pymethod(
        signature = "(year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn replace(
        &self,
        year: OptArg<i32>,
        month: OptArg<i32>,
        day: OptArg<i32>,
        hour: OptArg<i32>,
        minute: OptArg<i32>,
        second: OptArg<i32>,
        microsecond: OptArg<i32>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<i32>,
    ) -> PyResult {
        let (date, time) = ([year, month, day], [hour, minute, second, microsecond]);
        self.replaced(Changes { date, time, tzinfo, fold })
    }

    /// __replace__($self, /, **changes)
    /// --
    ///
    /// The same as replace().
    #[pymethod(
        name = "__replace__",
        no_text,
        signature = "(year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn dunder_replace(
        &self,
        year: OptArg<i32>,
        month: OptArg<i32>,
        day: OptArg<i32>,
        hour: OptArg<i32>,
        minute: OptArg<i32>,
        second: OptArg<i32>,
        microsecond: OptArg<i32>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<i32>,
    ) -> PyResult {
        let (date, time) = ([year, month, day], [hour, minute, second, microsecond]);
        self.replaced(Changes { date, time, tzinfo, fold })
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod(name = "__reduce_ex__", no_text, signature = "(proto, /)")]
    fn reduce_ex(&self, proto: i32) -> Py<PyTuple> {
        self.state(proto)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> Py<PyTuple> {
        self.state(2)
    }
}
