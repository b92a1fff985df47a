//! `datetime.datetime_CAPI`: the table by which extensions written in C make dates.

#![expect(unsafe_code, reason = "C functions and the table of them")]

use super::calendar::Ymd;
use super::date::PyDate;
use super::datetime::{PyDateTime, Stamp};
use super::delta::PyDelta;
use super::moment_methods;
use super::time::PyTime;
use super::zone::{PyTimeZone, PyTzInfo};
use super::{fields, state};
use core::ffi::c_int;
use taipan_abi::{PyDateTime_CAPI, PyTypeObject};
use taipan_objects::model::trampoline::{borrow, borrow_opt, borrow_type, ret_obj};
use taipan_objects::prelude::*;
use taipan_objects::types::capsule::PyCapsule;

type Ref = *mut PyObject;
type Class = *mut PyTypeObject;

unsafe extern "C" fn date(year: c_int, month: c_int, day: c_int, class: Class) -> Ref {
    // SAFETY: the caller passes a live class.
    let class = unsafe { borrow_type(class.cast()) };
    ret_obj(PyDate::in_class(class, year, month, day))
}

unsafe extern "C" fn moment(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Ref,
    class: Class,
) -> Ref {
    // SAFETY: the caller's promise.
    unsafe { moment_fold(year, month, day, hour, minute, second, microsecond, zone, 0, class) }
}

#[allow(clippy::too_many_arguments, reason = "C's own signature")]
unsafe extern "C" fn moment_fold(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Ref,
    fold: c_int,
    class: Class,
) -> Ref {
    // SAFETY: the caller passes a live class and a live zone.
    let (class, zone) = unsafe { (borrow_type(class.cast()), borrow_opt(zone)) };
    let stamp = Stamp { year, month, day, hour, minute, second, microsecond };
    ret_obj(PyDateTime::in_class(class, &stamp, zone, fold))
}

unsafe extern "C" fn time(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Ref,
    class: Class,
) -> Ref {
    // SAFETY: the caller's promise.
    unsafe { time_fold(hour, minute, second, microsecond, zone, 0, class) }
}

unsafe extern "C" fn time_fold(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Ref,
    fold: c_int,
    class: Class,
) -> Ref {
    // SAFETY: the caller passes a live class and a live zone.
    let (class, zone) = unsafe { (borrow_type(class.cast()), borrow_opt(zone)) };
    let stamp = Stamp { hour, minute, second, microsecond, ..Stamp::default() };
    ret_obj(PyTime::in_class(class, &stamp, zone, fold))
}

/// The parts are normalised whatever `normalize` says: normal parts stay as they are.
unsafe extern "C" fn delta(days: c_int, seconds: c_int, us: c_int, _normalize: c_int, class: Class) -> Ref {
    // SAFETY: the caller passes a live class.
    let class = unsafe { borrow_type(class.cast()) };
    let seconds = i128::from(days) * 86_400 + i128::from(seconds);
    ret_obj(PyDelta::in_class(class, seconds * 1_000_000 + i128::from(us)))
}

unsafe extern "C" fn zone(offset: Ref, name: Ref) -> Ref {
    // SAFETY: the caller passes live objects, or no name.
    let (offset, name) = unsafe { (borrow(offset), borrow_opt(name)) };
    ret_obj(match offset.downcast::<PyDelta>() {
        Some(offset) => PyTimeZone::of(offset, name),
        None => Err(raised!(TypeError, "offset must be a timedelta, not '{}'", offset.class().tp_name())),
    })
}

unsafe extern "C" fn moment_of_timestamp(class: Ref, args: Ref, keywords: Ref) -> Ref {
    // SAFETY: the caller passes a class, a tuple, and a dictionary or null.
    let (class, args, keywords) = unsafe { (borrow_type(class), borrow(args), borrow_opt(keywords)) };
    ret_obj((|| {
        let arguments = args.downcast::<PyTuple>().map_or(&[][..], PyTuple::as_slice);
        let keywords = keywords.and_then(|keywords| keywords.downcast::<PyDict>());
        let named = |name: &'static PyStr| keywords.map_or(Ok(None), |keywords| keywords.get_str(name));
        let first = match arguments.first() {
            Some(&first) => Some(first.owned()),
            None => named(intern!("timestamp"))?,
        };
        let zone = match arguments.get(1) {
            Some(&zone) => Some(zone.owned()),
            None => named(intern!("tz"))?,
        };
        let Some(first) = first else {
            let message = "fromtimestamp() missing required argument 'timestamp' (pos 1)";
            return Err(raised!(TypeError, "{message}"));
        };
        moment_methods::from_timestamp(class, &first, zone.as_deref().unwrap_or(none_ref()))
    })())
}

unsafe extern "C" fn date_of_timestamp(class: Ref, args: Ref) -> Ref {
    // SAFETY: the caller passes a class and a tuple.
    let (class, args) = unsafe { (borrow_type(class), borrow(args)) };
    ret_obj((|| match args.downcast::<PyTuple>().map(PyTuple::as_slice) {
        Some(&[timestamp]) => {
            let calendar = fields::calendar(fields::seconds(timestamp)?, true)?;
            let day = Ymd::new(calendar.year + 1900, calendar.month + 1, calendar.day);
            PyDate::of_class(class, day)
        }
        _ => Err(raised!(TypeError, "fromtimestamp() takes exactly one argument")),
    })())
}

/// The capsule with this interpreter's table.
pub fn capsule() -> Obj {
    let table = PyDateTime_CAPI {
        DateType: PyDate::type_object().raw(),
        DateTimeType: PyDateTime::type_object().raw(),
        TimeType: PyTime::type_object().raw(),
        DeltaType: PyDelta::type_object().raw(),
        TZInfoType: PyTzInfo::type_object().raw(),
        TimeZone_UTC: state::utc().into_raw(),
        Date_FromDate: Some(date),
        DateTime_FromDateAndTime: Some(moment),
        Time_FromTime: Some(time),
        Delta_FromDelta: Some(delta),
        TimeZone_FromTimeZone: Some(zone),
        DateTime_FromTimestamp: Some(moment_of_timestamp),
        Date_FromTimestamp: Some(date_of_timestamp),
        DateTime_FromDateAndTimeAndFold: Some(moment_fold),
        Time_FromTimeAndFold: Some(time_fold),
    };
    // Extensions keep the pointer in a C variable for ever.
    let table = Box::leak(Box::new(table));
    PyCapsule::new(core::ptr::from_mut(table).cast(), c"datetime.datetime_CAPI".as_ptr(), None).into_obj()
}
