//! `_datetime`: dates, times, durations and time zones.
//!
//! | file | holds |
//! |---|---|
//! | `calendar` | the calendar as plain arithmetic |
//! | `parse`, `format` | texts: ISO 8601, `strftime` |
//! | `fields` | year … microsecond as checked numbers |
//! | `delta`, `delta_arith` | `timedelta` |
//! | `date`, `isocalendar` | `date` |
//! | `time` | `time` |
//! | `datetime`, `moments`, `moment_methods` | `datetime` |
//! | `zone` | `tzinfo`, `timezone` |
//! | `state` | what an interpreter keeps |
//! | `capi` | the table for extensions |

pub(crate) mod calendar;
mod capi;
mod date;
pub(crate) mod datetime;
pub(crate) mod delta;
mod delta_arith;
mod fields;
mod format;
mod isocalendar;
mod moment_methods;
mod moments;
mod parse;
mod state;
mod time;
pub(crate) mod zone;

/// Fast implementation of the datetime module.
#[pymodule(name = "_datetime")]
pub mod module {
    use super::calendar::{MAX_YEAR, MIN_YEAR, Ymd};
    use super::date::{PyDate, PyDateTime_DateType};
    use super::datetime::{PyDateTime, PyDateTime_DateTimeType, Stamp};
    use super::delta::{MAX_DELTA_DAYS, PyDateTime_DeltaType, PyDelta};
    use super::isocalendar::PyDateTime_IsoCalendarDateType;
    use super::time::{PyDateTime_TimeType, PyTime};
    use super::zone::{PyDateTime_TZInfoType, PyDateTime_TimeZoneType, PyTimeZone, PyTzInfo};
    use super::{capi, state};
    use taipan_objects::prelude::*;
    use taipan_objects::types::r#type::{own_dict, ready};

    /// The least and the greatest value of a type, and the distance between neighbours, as attributes of it.
    fn bounds(class: &TypeObject, values: [(&str, Obj); 3]) -> PyResult<()> {
        let dict = own_dict(class);
        for (name, value) in values {
            dict.set_item(&PyStr::intern_text(name), &value)?;
        }
        Ok(())
    }

    fn add_bounds() -> PyResult<()> {
        let first = Stamp { year: MIN_YEAR, month: 1, day: 1, ..Stamp::default() };
        let last = Stamp {
            year: MAX_YEAR,
            month: 12,
            day: 31,
            hour: 23,
            minute: 59,
            second: 59,
            microsecond: 999_999,
        };
        let least = PyDelta::exact(0, 0, 1).into_obj();
        let deltas = [
            ("min", PyDelta::exact(-MAX_DELTA_DAYS, 0, 0).into_obj()),
            ("max", PyDelta::exact(MAX_DELTA_DAYS, 86_399, 999_999).into_obj()),
            ("resolution", least.clone()),
        ];
        bounds(PyDelta::type_object(), deltas)?;
        let dates = [
            ("min", PyDate::exact(Ymd::new(MIN_YEAR, 1, 1)).into_obj()),
            ("max", PyDate::exact(Ymd::new(MAX_YEAR, 12, 31)).into_obj()),
            ("resolution", PyDelta::exact(1, 0, 0).into_obj()),
        ];
        bounds(PyDate::type_object(), dates)?;
        let times = [
            ("min", PyTime::exact(&first, None, 0).into_obj()),
            ("max", PyTime::exact(&last, None, 0).into_obj()),
            ("resolution", least.clone()),
        ];
        bounds(PyTime::type_object(), times)?;
        let moments = [
            ("min", PyDateTime::exact(&first, None, 0).into_obj()),
            ("max", PyDateTime::exact(&last, None, 0).into_obj()),
            ("resolution", least),
        ];
        bounds(PyDateTime::type_object(), moments)?;
        let zones = [
            ("utc", state::utc()),
            ("min", PyTimeZone::of(&*PyDelta::normal(0, -86_340, 0)?, None)?),
            ("max", PyTimeZone::of(&*PyDelta::normal(0, 86_340, 0)?, None)?),
        ];
        bounds(PyTimeZone::type_object(), zones)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for ty in [
            &PyDateTime_DeltaType,
            &PyDateTime_DateType,
            &PyDateTime_TimeType,
            &PyDateTime_DateTimeType,
            &PyDateTime_TZInfoType,
            &PyDateTime_TimeZoneType,
            &PyDateTime_IsoCalendarDateType,
        ] {
            ready(ty)?;
        }
        add_bounds()?;
        for class in [
            PyDate::type_object(),
            PyDateTime::type_object(),
            PyTime::type_object(),
            PyDelta::type_object(),
            PyTzInfo::type_object(),
            PyTimeZone::type_object(),
        ] {
            module.add_type(class)?;
        }
        module.add_int("MINYEAR", MIN_YEAR.into())?;
        module.add_int("MAXYEAR", MAX_YEAR.into())?;
        module.add("datetime_CAPI", &capi::capsule())?;
        module.add("UTC", &state::utc())
    }
}

use taipan_macros::pymodule;
