//! `tzinfo`, the base of time zones, and `timezone`, one with a fixed offset.

use super::datetime::PyDateTime;
use super::delta::PyDelta;
use super::{format, state};
use core::cmp::Ordering;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// Abstract base class for time zone info objects.
#[pytype(name = "datetime.tzinfo", exported = PyDateTime_TZInfoType, layout = PyDateTime_TZInfo, flags(BASETYPE), parts(TZINFO))]
pub struct PyTzInfo {
    ob_base: PyObject,
}

#[cold]
fn must_implement(name: &str) -> Raised {
    raised!(NotImplementedError, "a tzinfo subclass must implement {name}()")
}

/// Whether an object can be the zone of a time: `None` or a `tzinfo`.
pub fn check(zone: &PyObject) -> PyResult<()> {
    if zone.is_none() || PyTzInfo::check(zone) {
        return Ok(());
    }
    let name = zone.class().tp_name();
    Err(raised!(TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '{name}'"))
}

#[cold]
fn out_of_day(offset: &PyObject) -> Raised {
    match object::repr(offset) {
        Ok(shown) => raised!(
            ValueError,
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
        ),
        Err(raised) => raised,
    }
}

fn within_a_day(offset: &PyDelta) -> bool {
    let first = offset.days == -1 && (offset.seconds != 0 || offset.microseconds >= 1);
    offset.days == 0 || first
}

/// `zone.utcoffset(argument)` or `zone.dst(argument)`, checked.
pub fn ask(
    zone: Option<&PyObject>,
    name: &'static PyStr,
    argument: &PyObject,
) -> PyResult<Option<Py<PyDelta>>> {
    let Some(zone) = zone else { return Ok(None) };
    let result = call::method(zone, name, &[argument])?;
    if result.is_none() {
        return Ok(None);
    }
    match result.downcast_into::<PyDelta>() {
        Ok(delta) if within_a_day(&delta) => Ok(Some(delta)),
        Ok(delta) => Err(out_of_day(&delta)),
        Err(other) => Err(raised!(
            TypeError,
            "tzinfo.{name}() must return None or timedelta, not '{}'",
            other.class().tp_name()
        )),
    }
}

pub fn utcoffset(zone: Option<&PyObject>, argument: &PyObject) -> PyResult<Option<Py<PyDelta>>> {
    ask(zone, intern!("utcoffset"), argument)
}

pub fn dst(zone: Option<&PyObject>, argument: &PyObject) -> PyResult<Option<Py<PyDelta>>> {
    ask(zone, intern!("dst"), argument)
}

/// `zone.tzname(argument)`, checked; `None` where there is no zone.
pub fn tzname(zone: Option<&PyObject>, argument: &PyObject) -> PyResult {
    let Some(zone) = zone else { return Ok(none()) };
    let result = call::method(zone, intern!("tzname"), &[argument])?;
    if result.is_none() || PyStr::check(&result) {
        return Ok(result);
    }
    let name = result.class().tp_name();
    Err(raised!(TypeError, "tzinfo.tzname() must return None or a string, not '{name}'"))
}

/// An offset or `None`, as Python sees it.
pub fn or_none(delta: Option<Py<PyDelta>>) -> PyResult {
    Ok(delta.map_or_else(none, Py::into_obj))
}

fn datetime_argument(value: &PyObject) -> PyResult<&PyDateTime> {
    value.downcast::<PyDateTime>().ok_or_else(|| raised!(TypeError, "fromutc: argument must be a datetime"))
}

#[pymethods(TZINFO)]
impl PyTzInfo {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyTzInfo>> {
        memory::new_in(cls, PyTzInfo { ob_base: PyObject::EMPTY })
    }

    /// datetime -> string name of time zone.
    #[pymethod(name = "tzname", signature = "(object, /)")]
    fn py_tzname(&self, _dt: &PyObject) -> PyResult {
        Err(must_implement("tzname"))
    }

    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[pymethod(name = "utcoffset", signature = "(object, /)")]
    fn py_utcoffset(&self, _dt: &PyObject) -> PyResult {
        Err(must_implement("utcoffset"))
    }

    /// datetime -> DST offset as timedelta positive east of UTC.
    #[pymethod(name = "dst", signature = "(object, /)")]
    fn py_dst(&self, _dt: &PyObject) -> PyResult {
        Err(must_implement("dst"))
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod(signature = "(object, /)")]
    fn fromutc(&self, dt: &PyObject) -> PyResult {
        let dt = datetime_argument(dt)?;
        let zone = dt.zone();
        if !zone.as_ref().is_some_and(|zone| zone.is(self)) {
            return Err(raised!(ValueError, "fromutc: dt.tzinfo is not self"));
        }
        let Some(offset) = utcoffset(zone.as_deref(), dt)? else {
            return Err(raised!(ValueError, "fromutc: non-None utcoffset() result required"));
        };
        let Some(before) = dst(zone.as_deref(), dt)? else {
            return Err(raised!(ValueError, "fromutc: non-None dst() result required"));
        };
        let standard = PyDelta::from_microseconds(offset.total() - before.total())?;
        let result = dt.shifted(&standard, 1)?;
        let zone = result.downcast::<PyDateTime>().and_then(PyDateTime::zone);
        let Some(after) = dst(zone.as_deref(), &result)? else {
            let message = "fromutc: tz.dst() gave inconsistent results; cannot convert";
            return Err(raised!(ValueError, "{message}"));
        };
        match result.downcast::<PyDateTime>() {
            Some(moved) if !after.is_zero() => moved.shifted(&after, 1),
            _ => Ok(result),
        }
    }

    /// -> (cls, state)
    #[pymethod(name = "__reduce__")]
    fn reduce(slf: &PyObject) -> PyResult {
        let arguments = match object::get_optional_attr(slf, intern!("__getinitargs__"))? {
            Some(function) => call::call(&function, &[])?,
            None => PyTuple::empty().into_obj(),
        };
        let state = call::method(slf, intern!("__getstate__"), &[])?;
        Ok(PyTuple::from_vec(vec![slf.class().as_object().owned(), arguments, state]).into_obj())
    }
}

/// Fixed offset from UTC implementation of tzinfo.
#[pytype(name = "datetime.timezone", exported = PyDateTime_TimeZoneType, base = PyTzInfo, parts(TIMEZONE))]
pub struct PyTimeZone {
    ob_base: PyObject,
    offset: Py<PyDelta>,
    name: Option<Obj>,
}

impl PyTimeZone {
    fn raw(offset: &PyDelta, name: Option<&PyObject>) -> Py<PyTimeZone> {
        use taipan_objects::model::PyType;
        memory::new(PyTimeZone {
            ob_base: PyObject::EMPTY,
            offset: PyType::to_owned(offset),
            name: name.map(ObjectExt::owned),
        })
    }

    /// The zone of UTC itself, before there is any.
    pub fn make_utc() -> Py<PyTimeZone> {
        Self::raw(&PyDelta::exact(0, 0, 0), None)
    }

    /// A zone of a fixed offset (`PyTimeZone_FromOffset`).
    pub fn of(offset: &PyDelta, name: Option<&PyObject>) -> PyResult {
        if name.is_none() && offset.is_zero() {
            return Ok(state::utc());
        }
        if !within_a_day(offset) {
            return Err(out_of_day(offset));
        }
        Ok(Self::raw(offset, name).into_obj())
    }

    fn shown(&self) -> PyResult<Py<PyStr>> {
        if let Some(name) = self.name.as_ref().and_then(|name| name.downcast::<PyStr>()) {
            return Ok(name.to_exact());
        }
        if self.is(&state::utc()) || self.offset.is_zero() {
            return Ok(PyStr::new("UTC"));
        }
        Ok(PyStr::new(&format!("UTC{}", format::offset(&self.offset, ":"))))
    }
}

fn check_argument(dt: &PyObject, function: &str) -> PyResult<()> {
    if dt.is_none() || PyDateTime::check(dt) {
        return Ok(());
    }
    let name = dt.class().tp_name();
    Err(raised!(TypeError, "{function}(dt) argument must be a datetime instance or None, not {name}"))
}

#[pymethods(TIMEZONE)]
impl PyTimeZone {
    #[new(signature = "(offset, name=None)")]
    fn py_new(cls: &TypeObject, offset: &PyObject, name: OptArg<&PyObject>) -> PyResult {
        // The type has no derived classes.
        let _ = cls;
        let Some(offset) = offset.downcast::<PyDelta>() else {
            let name = offset.class().tp_name();
            return Err(raised!(TypeError, "timezone() argument 1 must be datetime.timedelta, not {name}"));
        };
        let name = name.given();
        if let Some(name) = name
            && !PyStr::check(name)
        {
            let found = if name.is_none() { "None" } else { name.class().tp_name() };
            return Err(raised!(TypeError, "timezone() argument 2 must be str, not {found}"));
        }
        PyTimeZone::of(offset, name)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let class = self.class().tp_name();
        if self.is(&state::utc()) {
            return Ok(PyStr::new(&format!("{class}.utc")));
        }
        let offset = object::repr(&self.offset)?;
        Ok(match &self.name {
            Some(name) => {
                let name = object::repr(name)?;
                let head = PyStr::new(&format!("{class}({offset}, "));
                PyStr::concat_many(&[&head, &name, &PyStr::new(")")])?
            }
            None => PyStr::new(&format!("{class}({offset})")),
        })
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        self.shown()
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        self.offset.hash()
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        match other.downcast::<PyTimeZone>() {
            Some(other) if equality => {
                let same = self.offset.order(&other.offset) == Ordering::Equal;
                Ok(PyInt::from_bool(same == (op == CompareOp::Eq)))
            }
            _ => Ok(not_implemented()),
        }
    }

    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[pymethod(signature = "(object, /)")]
    fn tzname(&self, dt: &PyObject) -> PyResult<Py<PyStr>> {
        check_argument(dt, "tzname")?;
        self.shown()
    }

    /// Return fixed offset.
    #[pymethod(signature = "(object, /)")]
    fn utcoffset(&self, dt: &PyObject) -> PyResult {
        check_argument(dt, "utcoffset")?;
        Ok(self.offset.clone().into_obj())
    }

    /// Return None.
    #[pymethod(signature = "(object, /)")]
    fn dst(&self, dt: &PyObject) -> PyResult {
        check_argument(dt, "dst")?;
        Ok(none())
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod(signature = "(object, /)")]
    fn fromutc(&self, dt: &PyObject) -> PyResult {
        let dt = datetime_argument(dt)?;
        if !dt.zone().is_some_and(|zone| zone.is(self)) {
            return Err(raised!(ValueError, "fromutc: dt.tzinfo is not self"));
        }
        dt.shifted(&self.offset, 1)
    }

    /// pickle support
    #[pymethod(name = "__getinitargs__")]
    fn getinitargs(&self) -> Py<PyTuple> {
        let mut items = vec![self.offset.clone().into_obj()];
        items.extend(self.name.clone());
        PyTuple::from_vec(items)
    }
}
