//! `time`: a time of day, perhaps in a zone.

use super::datetime::{PyDateTime, Stamp};
use super::delta::PyDelta;
use super::zone::{self, or_none};
use super::{date, fields, format, parse};
use core::cell::Cell;
use core::cmp::Ordering;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::import;

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo may be None, or an instance of
/// a tzinfo subclass. The remaining arguments may be ints.
///
#[pytype(name = "datetime.time", exported = PyDateTime_TimeType, layout = PyDateTime_Time, flags(BASETYPE), parts(METHODS, SLOTS))]
pub struct PyTime {
    ob_base: PyObject,
    hashcode: Cell<isize>,
    hastzinfo: u8,
    /// Hour, minute, second, and the microsecond's three bytes.
    data: [u8; 6],
    fold: Cell<u8>,
    tzinfo: ObjCell,
}

/// The parts of a time of day in a [`Stamp`]; its date means nothing.
fn stamp(hour: i32, minute: i32, second: i32, microsecond: i32) -> Stamp {
    Stamp { hour, minute, second, microsecond, ..Stamp::default() }
}

/// New values for some of the parts.
struct Changes<'a> {
    hour: OptArg<i32>,
    minute: OptArg<i32>,
    second: OptArg<i32>,
    microsecond: OptArg<i32>,
    tzinfo: OptArg<&'a PyObject>,
    fold: OptArg<i32>,
}

impl PyTime {
    fn raw(stamp: &Stamp, zone: Option<&PyObject>, fold: u8) -> PyTime {
        let us = stamp.microsecond;
        PyTime {
            ob_base: PyObject::EMPTY,
            hashcode: Cell::new(-1),
            hastzinfo: zone.is_some().into(),
            data: [
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

    /// A time of exactly this type; the parts are known to be right.
    pub fn exact(stamp: &Stamp, zone: Option<&PyObject>, fold: u8) -> Py<PyTime> {
        memory::new(Self::raw(stamp, zone, fold))
    }

    /// A time of a class, checked. The zone may be `None`.
    pub fn in_class(
        class: &TypeObject,
        stamp: &Stamp,
        zone: Option<&PyObject>,
        fold: i32,
    ) -> PyResult<Py<PyTime>> {
        fields::check_time(stamp.hour, stamp.minute, stamp.second, stamp.microsecond, fold)?;
        let zone = zone.filter(|zone| !zone.is_none());
        if let Some(zone) = zone {
            zone::check(zone)?;
        }
        memory::new_in(class, Self::raw(stamp, zone, fold as u8))
    }

    /// A time of a class that may have a constructor of its own.
    fn of_class(class: &TypeObject, stamp: &Stamp, zone: Option<&PyObject>, fold: i32) -> PyResult {
        if class.is(Self::type_object()) {
            return Ok(Self::in_class(class, stamp, zone, fold)?.into_obj());
        }
        let parts = [stamp.hour, stamp.minute, stamp.second, stamp.microsecond];
        let parts = parts.map(|part| PyInt::from_i64(part.into()));
        let zone = zone.unwrap_or(none_ref());
        let result = call::call(class.as_object(), &[&parts[0], &parts[1], &parts[2], &parts[3], zone])?;
        if let Some(time) = result.downcast::<PyTime>() {
            time.fold.set(fold as u8);
        }
        Ok(result)
    }

    pub fn stamp(&self) -> Stamp {
        let [hour, minute, second, high, middle, low] = self.data.map(i32::from);
        stamp(hour, minute, second, high << 16 | middle << 8 | low)
    }

    pub fn zone(&self) -> Option<Obj> {
        self.tzinfo.get()
    }

    pub fn folded(&self) -> u8 {
        self.fold.get()
    }

    fn offset(&self) -> PyResult<Option<Py<PyDelta>>> {
        zone::utcoffset(self.zone().as_deref(), none_ref())
    }

    /// The time of day in UTC, in microseconds.
    fn in_utc(&self, offset: &PyDelta) -> i64 {
        let stamp = self.stamp();
        (stamp.seconds_of_day() - offset.whole_seconds()) * 1_000_000 + i64::from(stamp.microsecond)
            - i64::from(offset.microseconds)
    }

    fn replaced(&self, changes: Changes<'_>) -> PyResult {
        let own = self.stamp();
        let stamp = stamp(
            changes.hour.given().unwrap_or(own.hour),
            changes.minute.given().unwrap_or(own.minute),
            changes.second.given().unwrap_or(own.second),
            changes.microsecond.given().unwrap_or(own.microsecond),
        );
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
            data[0] |= 0x80;
        }
        let mut items = vec![PyBytes::new(&data).into_obj()];
        items.extend(self.zone());
        let state = PyTuple::from_vec(items).into_obj();
        PyTuple::pair(self.class().as_object().owned(), state)
    }
}

#[pymethods(SLOTS)]
impl PyTime {
    #[new(
        name = "function",
        signature = "(hour=None, minute=None, second=None, microsecond=None, tzinfo=None, *, fold=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn py_new(
        cls: &TypeObject,
        hour: OptArg<&PyObject>,
        minute: OptArg<&PyObject>,
        second: OptArg<&PyObject>,
        microsecond: OptArg<&PyObject>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<&PyObject>,
    ) -> PyResult<Py<PyTime>> {
        if let (OptArg::Given(state), OptArg::Missing) = (hour, second)
            && let Some(bytes) = date::state_bytes(state, 6, (0, |hour| hour & 0x7f < 24), "time")?
        {
            let zone = minute.given().filter(|zone| !zone.is_none());
            if zone.is_some_and(|zone| zone::check(zone).map_err(taipan_objects::errors::clear).is_err()) {
                return Err(raised!(TypeError, "bad tzinfo state arg"));
            }
            let mut time = Self::raw(&Stamp::default(), zone, bytes[0] >> 7);
            time.data.copy_from_slice(&bytes);
            time.data[0] &= 0x7f;
            return memory::new_in(cls, time);
        }
        let stamp = stamp(
            fields::optional(hour)?,
            fields::optional(minute)?,
            fields::optional(second)?,
            fields::optional(microsecond)?,
        );
        Self::in_class(cls, &stamp, tzinfo.given(), fields::optional(fold)?)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let Stamp { hour, minute, second, microsecond, .. } = self.stamp();
        let mut text = format!("{}({hour}, {minute}", self.class().tp_name());
        if microsecond != 0 {
            text.push_str(&format!(", {second}, {microsecond}"));
        } else if second != 0 {
            text.push_str(&format!(", {second}"));
        }
        format::with_zone(text, self.zone().as_deref(), self.folded())
    }

    #[slot(tp_str)]
    fn str(slf: &PyObject) -> PyResult {
        call::method(slf, intern!("isoformat"), &[])
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        if self.hashcode.get() == -1 {
            let plain = (self.folded() != 0).then(|| Self::exact(&self.stamp(), self.zone().as_deref(), 0));
            let offset = plain.as_deref().unwrap_or(self).offset()?;
            self.hashcode.set(match offset {
                None => PyBytes::new(&self.data).hash(),
                Some(offset) => PyDelta::from_microseconds(self.in_utc(&offset).into())?.hash()?,
            });
        }
        Ok(self.hashcode.get())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyTime>() else { return Ok(not_implemented()) };
        let holds = |order: Ordering| Ok(PyInt::from_bool(op.holds(order)));
        let (own_zone, other_zone) = (self.zone(), other.zone());
        let same = match (&own_zone, &other_zone) {
            (None, None) => true,
            (Some(a), Some(b)) => a.is(b),
            _ => false,
        };
        if same {
            return holds(self.data.cmp(&other.data));
        }
        let (a, b) = (self.offset()?, other.offset()?);
        match (&a, &b) {
            (None, None) => holds(self.data.cmp(&other.data)),
            (Some(a), Some(b)) => holds(self.in_utc(a).cmp(&other.in_utc(b))),
            _ if op == CompareOp::Eq => Ok(PyInt::from_bool(false)),
            _ if op == CompareOp::Ne => Ok(PyInt::from_bool(true)),
            _ => Err(raised!(TypeError, "can't compare offset-naive and offset-aware times")),
        }
    }
}

#[pymethods(METHODS)]
impl PyTime {
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

    /// string, format -> new time parsed from a string (like time.strptime()).
    #[pymethod(class, no_text, signature = "(string, format, /)")]
    fn strptime(cls: &TypeObject, string: &PyObject, format: &PyObject) -> PyResult {
        fields::text(string, "strptime", 1)?;
        fields::text(format, "strptime", 2)?;
        let module = import(intern!("_strptime"))?;
        call::method(&module, intern!("_strptime_datetime_time"), &[cls.as_object(), string, format])
    }

    /// Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    ///
    #[pymethod(no_text, signature = "(timespec=None)")]
    fn isoformat(&self, timespec: OptArg<&PyObject>) -> PyResult<String> {
        if let OptArg::Given(spec) = timespec {
            fields::text(spec, "isoformat", 1)?;
        }
        let time = format::time(&self.stamp(), timespec.given())?;
        Ok(time + &format::offset_of(self.zone().as_deref(), none_ref(), ":")?)
    }

    /// format -> strftime() style string.
    #[pymethod(no_text, signature = "(format)")]
    fn strftime(&self, format: &PyObject) -> PyResult {
        let text = fields::text(format, "strftime", 1)?;
        let stamp = self.stamp();
        let parts = [1900, 1, 1, stamp.hour, stamp.minute, stamp.second, 0, 1, -1];
        let parts = parts.map(|part| PyInt::from_i64(part.into()).into_obj());
        let source =
            format::Source { zone: self.zone(), argument: none_ref(), microsecond: stamp.microsecond };
        format::strftime(text, &PyTuple::from_vec(parts.into()), &source)
    }

    /// Formats self with strftime.
    #[pymethod(name = "__format__", no_text, signature = "(format, /)")]
    fn py_format(slf: &PyObject, format: &PyObject) -> PyResult {
        format::format(slf, format)
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod]
    fn utcoffset(&self) -> PyResult {
        or_none(self.offset()?)
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod]
    fn tzname(&self) -> PyResult {
        zone::tzname(self.zone().as_deref(), none_ref())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod]
    fn dst(&self) -> PyResult {
        or_none(zone::dst(self.zone().as_deref(), none_ref())?)
    }

    /// Return time with new specified fields.
    #[pymethod(
        signature = "(hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(
        &self,
        hour: OptArg<i32>,
        minute: OptArg<i32>,
        second: OptArg<i32>,
        microsecond: OptArg<i32>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<i32>,
    ) -> PyResult {
        self.replaced(Changes { hour, minute, second, microsecond, tzinfo, fold })
    }

    /// __replace__($self, /, **changes)
    /// --
    ///
    /// The same as replace().
    #[pymethod(
        name = "__replace__",
        no_text,
        signature = "(hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn dunder_replace(
        &self,
        hour: OptArg<i32>,
        minute: OptArg<i32>,
        second: OptArg<i32>,
        microsecond: OptArg<i32>,
        tzinfo: OptArg<&PyObject>,
        fold: OptArg<i32>,
    ) -> PyResult {
        self.replaced(Changes { hour, minute, second, microsecond, tzinfo, fold })
    }

    /// string -> time from a string in ISO 8601 format
    #[pymethod(class, signature = "(object, /)")]
    fn fromisoformat(cls: &TypeObject, text: &PyObject) -> PyResult {
        let points = fields::points(date::iso_text(text)?);
        let points = points.strip_prefix(&[u32::from(b'T')]).unwrap_or(&points);
        let time = parse::time(points).ok_or_else(|| date::invalid_iso(text))?;
        let (hour, _) = super::datetime::midnight(&time)?;
        let zone = super::datetime::zone_of(&time)?;
        let stamp = stamp(hour, time.minute, time.second, time.microsecond);
        Self::of_class(cls, &stamp, zone.as_deref(), 0)
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

/// A datetime's time of day.
pub fn of_datetime(moment: &PyDateTime, zone: Option<&PyObject>) -> Py<PyTime> {
    PyTime::exact(&moment.stamp(), zone, moment.folded())
}
