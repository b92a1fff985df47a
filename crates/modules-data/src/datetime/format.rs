//! Dates and times as text: offsets, ISO 8601, `strftime`.

use super::calendar::Ymd;
use super::delta::PyDelta;
use super::fields::{self, Stamp};
use super::zone;
use taipan_objects::prelude::*;
use taipan_objects::system::import;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `+HH:MM[:SS[.ffffff]]` with this between the parts.
pub fn offset(delta: &PyDelta, separator: &str) -> String {
    let total = delta.total();
    let sign = if total < 0 { '-' } else { '+' };
    let total = total.unsigned_abs();
    let (seconds, microseconds) = (total / 1_000_000, total % 1_000_000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let mut text = format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60);
    if seconds != 0 || microseconds != 0 {
        text.push_str(&format!("{separator}{seconds:02}"));
    }
    if microseconds != 0 {
        text.push_str(&format!(".{microseconds:06}"));
    }
    text
}

/// The offset of a zone as text, nothing where there is none.
pub fn offset_of(zone: Option<&PyObject>, argument: &PyObject, separator: &str) -> PyResult<String> {
    Ok(zone::utcoffset(zone, argument)?.map_or_else(String::new, |delta| offset(&delta, separator)))
}

/// The time of day, as exact as `timespec` says.
pub fn time(stamp: &Stamp, timespec: Option<&PyObject>) -> PyResult<String> {
    let spec = match timespec {
        None => "auto",
        Some(spec) => spec.downcast::<PyStr>().map_or(Ok(""), PyStr::to_utf8)?,
    };
    let Stamp { hour, minute, second, microsecond, .. } = *stamp;
    Ok(match spec {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", microsecond / 1000),
        "auto" if microsecond != 0 => format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}"),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}"),
        "seconds" | "auto" => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => return Err(raised!(ValueError, "Unknown timespec value")),
    })
}

pub fn date(year: i32, month: i32, day: i32) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// `Mon Jan  1 00:00:00 0001`.
pub fn ctime(stamp: &Stamp) -> String {
    let weekday = Ymd::new(stamp.year, stamp.month, stamp.day).weekday();
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {:04}",
        WEEKDAYS[weekday as usize],
        MONTHS[stamp.month as usize - 1],
        stamp.day,
        stamp.hour,
        stamp.minute,
        stamp.second,
        stamp.year
    )
}

/// `time.struct_time` of a date and a time.
pub fn struct_time(stamp: &Stamp, dst: i32) -> PyResult {
    let day = Ymd::new(stamp.year, stamp.month, stamp.day);
    let fields = [
        stamp.year,
        stamp.month,
        stamp.day,
        stamp.hour,
        stamp.minute,
        stamp.second,
        day.weekday(),
        day.day_of_year(),
        dst,
    ];
    let fields = fields.map(|field| PyInt::from_i64(field.into()).into_obj());
    let module = import(intern!("time"))?;
    call::method(&module, intern!("struct_time"), &[&PyTuple::from_vec(fields.into())])
}

/// What `strftime` fills in itself, before `time.strftime` sees the format.
pub struct Source<'a> {
    pub zone: Option<Obj>,
    /// What the zone is asked about.
    pub argument: &'a PyObject,
    pub microsecond: i32,
}

/// A year of at least four digits where the C library writes fewer; `None` where it does not matter.
fn padded_year(code: u8, fields: &PyObject) -> PyResult<Option<String>> {
    let first = sequence::get_item(fields, 0)?;
    let mut year = match first.downcast::<PyInt>().and_then(PyInt::to_i64) {
        Some(year) => year,
        None => return Err(raised!(OverflowError, "Python int too large to convert to C long")),
    };
    if year >= 1000 {
        return Ok(None);
    }
    if code == b'G' {
        let module = import(intern!("time"))?;
        let text = call::method(&module, intern!("strftime"), &[&PyStr::new("%G"), fields])?;
        let number = number::int(&text)?;
        year = number.to_i64().unwrap_or(year);
    }
    Ok(Some(match code {
        b'C' => format!("{:02}", year / 100),
        b'F' => format!("{year:04}-%m-%d"),
        _ => format!("{year:04}"),
    }))
}

/// `time.strftime(format, tuple)` with what that does not know filled in: `%z`, `%:z`, `%Z`, `%f`, short years.
pub fn strftime(format: &PyStr, tuple: &PyObject, source: &Source<'_>) -> PyResult {
    let points = fields::points(format);
    let mut parts: Vec<u32> = Vec::with_capacity(points.len());
    let push = |parts: &mut Vec<u32>, text: &str| parts.extend(text.chars().map(u32::from));
    let mut at = 0;
    while at < points.len() {
        let c = points[at];
        if c != u32::from(b'%') || at + 1 >= points.len() {
            parts.push(c);
            at += 1;
            continue;
        }
        let code = u8::try_from(points[at + 1]).unwrap_or(0);
        let colon = code == b':' && points.get(at + 2) == Some(&u32::from(b'z'));
        match code {
            b'z' => push(&mut parts, &offset_of(source.zone.as_deref(), source.argument, "")?),
            b':' if colon => {
                push(&mut parts, &offset_of(source.zone.as_deref(), source.argument, ":")?);
                at += 1;
            }
            b'Z' => {
                let name = zone::tzname(source.zone.as_deref(), source.argument)?;
                if PyStr::check(&name) {
                    let escaped = call::method(&name, intern!("replace"), &[intern!("%"), intern!("%%")])?;
                    match escaped.downcast::<PyStr>() {
                        Some(escaped) => parts.extend(fields::points(escaped)),
                        None => return Err(raised!(TypeError, "tzname.replace() did not return a string")),
                    }
                }
            }
            b'f' => push(&mut parts, &format!("{:06}", source.microsecond)),
            b'Y' | b'G' | b'F' | b'C' => match padded_year(code, tuple)? {
                Some(text) => push(&mut parts, &text),
                None => parts.extend([c, points[at + 1]]),
            },
            _ => parts.extend([c, points[at + 1]]),
        }
        at += 2;
    }
    let module = import(intern!("time"))?;
    call::method(&module, intern!("strftime"), &[&PyStr::from_code_points(&parts), tuple])
}

/// `__format__`: `strftime` unless the format is empty.
pub fn format(slf: &PyObject, format: &PyObject) -> PyResult {
    let Some(text) = format.downcast::<PyStr>() else {
        let found = if format.is_none() { "None" } else { format.class().name() };
        return Err(raised!(TypeError, "__format__() argument 1 must be str, not {found}"));
    };
    if text.is_empty() {
        return Ok(object::str(slf)?.into_obj());
    }
    call::method(slf, intern!("strftime"), &[format])
}

/// Ends a representation: the zone, the fold, the parenthesis.
pub fn with_zone(mut text: String, zone: Option<&PyObject>, fold: u8) -> PyResult<Py<PyStr>> {
    let end = if fold != 0 { format!(", fold={fold})") } else { ")".to_string() };
    let Some(zone) = zone else { return Ok(PyStr::new(&(text + &end))) };
    text.push_str(", tzinfo=");
    let shown = object::repr(zone)?;
    PyStr::concat_many(&[&PyStr::new(&text), &shown, &PyStr::new(&end)])
}
