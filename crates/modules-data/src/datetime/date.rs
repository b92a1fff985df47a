//! `date`.

use super::calendar::{IsoError, MAX_ORDINAL, Ymd, from_iso_week};
use super::datetime::{PyDateTime, Stamp};
use super::delta::PyDelta;
use super::{fields, format, isocalendar, parse};
use core::cell::Cell;
use taipan_host::clocks;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::import;
use taipan_objects::{errors, memory};

/// date(year, month, day) --> date object
#[pytype(name = "datetime.date", exported = PyDateTime_DateType, layout = PyDateTime_Date, flags(BASETYPE), parts(METHODS, SLOTS))]
pub struct PyDate {
    ob_base: PyObject,
    hashcode: Cell<isize>,
    hastzinfo: u8,
    /// The year's high and low byte, the month, the day; times follow in `datetime`.
    data: [u8; 4],
}

#[cold]
pub fn out_of_range() -> Raised {
    raised!(OverflowError, "date value out of range")
}

/// "Invalid isoformat string: …"
#[cold]
pub fn invalid_iso(text: &PyObject) -> Raised {
    match object::repr(text) {
        Ok(shown) => raised!(ValueError, "Invalid isoformat string: {shown}"),
        Err(raised) => raised,
    }
}

pub fn iso_text(text: &PyObject) -> PyResult<&PyStr> {
    text.downcast::<PyStr>().ok_or_else(|| raised!(TypeError, "fromisoformat: argument must be str"))
}

/// The bytes of a pickled state: bytes, or text that Python 2 wrote and somebody decoded as Latin-1. `marked` is the
/// place and the test of the item by which a state is known.
pub fn state_bytes(
    state: &PyObject,
    length: usize,
    marked: (usize, fn(u32) -> bool),
    kind: &str,
) -> PyResult<Option<Vec<u8>>> {
    let (place, is_sane) = marked;
    if let Some(bytes) = state.downcast::<PyBytes>() {
        let bytes = bytes.as_slice();
        return Ok((bytes.len() == length && is_sane(bytes[place].into())).then(|| bytes.to_vec()));
    }
    let Some(text) = state.downcast::<PyStr>() else { return Ok(None) };
    if text.len() != length || !is_sane(text.char_at(place)) {
        return Ok(None);
    }
    let bytes: Result<Vec<u8>, _> = fields::points(text).into_iter().map(u8::try_from).collect();
    bytes.map(Some).map_err(|_| {
        raised!(
            ValueError,
            "Failed to encode latin1 string when unpickling a {kind} object. pickle.load(data, encoding='latin1') is \
             assumed."
        )
    })
}

/// Whether it can be the month of a pickled state; the highest bit may be the fold.
pub fn is_month(value: u32) -> bool {
    (1..=12).contains(&(value & 0x7f)) && value < 0x100
}

impl PyDate {
    fn raw(year: i32, month: i32, day: i32) -> PyDate {
        PyDate {
            ob_base: PyObject::EMPTY,
            hashcode: Cell::new(-1),
            hastzinfo: 0,
            data: [(year >> 8) as u8, year as u8, month as u8, day as u8],
        }
    }

    /// A date of exactly this type; the parts are known to be right.
    pub fn exact(day: Ymd) -> Py<PyDate> {
        memory::new(Self::raw(day.year, day.month, day.day))
    }

    /// A date of a class, checked.
    pub fn in_class(class: &TypeObject, year: i32, month: i32, day: i32) -> PyResult<Py<PyDate>> {
        fields::check_date(year, month, day)?;
        memory::new_in(class, Self::raw(year, month, day))
    }

    /// A date of a class that may have a constructor of its own.
    pub fn of_class(class: &TypeObject, day: Ymd) -> PyResult {
        let Ymd { year, month, day } = day;
        if class.is(Self::type_object()) {
            return Ok(Self::in_class(class, year, month, day)?.into_obj());
        }
        if class.is(PyDateTime::type_object()) {
            let stamp = Stamp { year, month, day, ..Stamp::default() };
            return Ok(PyDateTime::in_class(class, &stamp, None, 0)?.into_obj());
        }
        let arguments = [year, month, day].map(|part| PyInt::from_i64(part.into()));
        call::call(class.as_object(), &[&arguments[0], &arguments[1], &arguments[2]])
    }

    pub fn ymd(&self) -> Ymd {
        let [high, low, month, day] = self.data;
        Ymd::new(i32::from(high) << 8 | i32::from(low), month.into(), day.into())
    }

    /// The date so many days later.
    fn shifted(&self, delta: &PyDelta, sign: i32) -> PyResult {
        let ordinal = i64::from(self.ymd().ordinal()) + i64::from(sign * delta.days);
        if !(1..=i64::from(MAX_ORDINAL)).contains(&ordinal) {
            return Err(out_of_range());
        }
        Self::of_class(self.class(), Ymd::from_ordinal(ordinal as i32))
    }

    fn from_seconds(cls: &TypeObject, seconds: i64) -> PyResult {
        let calendar = fields::calendar(seconds, true)?;
        Self::of_class(cls, Ymd::new(calendar.year + 1900, calendar.month + 1, calendar.day))
    }

    /// The date, at midnight.
    fn stamp(&self) -> Stamp {
        let Ymd { year, month, day } = self.ymd();
        Stamp { year, month, day, ..Stamp::default() }
    }

    fn replaced(&self, year: OptArg<i32>, month: OptArg<i32>, day: OptArg<i32>) -> PyResult {
        let own = self.ymd();
        let year = year.given().unwrap_or(own.year);
        let month = month.given().unwrap_or(own.month);
        let day = day.given().unwrap_or(own.day);
        Self::of_class(self.class(), Ymd::new(year, month, day))
    }
}

#[pymethods(SLOTS)]
impl PyDate {
    #[new(name = "function", signature = "(year=None, month=None, day=None)")]
    fn py_new(
        cls: &TypeObject,
        year: OptArg<&PyObject>,
        month: OptArg<&PyObject>,
        day: OptArg<&PyObject>,
    ) -> PyResult<Py<PyDate>> {
        if let (OptArg::Given(state), OptArg::Missing) = (year, month)
            && let Some(bytes) = state_bytes(state, 4, (2, |month| (1..=12).contains(&month)), "date")?
        {
            let mut date = Self::raw(1, 1, 1);
            date.data.copy_from_slice(&bytes);
            return memory::new_in(cls, date);
        }
        let year = fields::required(year, "year", 1)?;
        let month = fields::required(month, "month", 2)?;
        Self::in_class(cls, year, month, fields::required(day, "day", 3)?)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let Ymd { year, month, day } = self.ymd();
        Ok(PyStr::new(&format!("{}({year}, {month}, {day})", self.class().tp_name())))
    }

    #[slot(tp_str)]
    fn str(slf: &PyObject) -> PyResult {
        call::method(slf, intern!("isoformat"), &[])
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        if self.hashcode.get() == -1 {
            self.hashcode.set(PyBytes::new(&self.data).hash());
        }
        Ok(self.hashcode.get())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        Ok(match other.downcast::<PyDate>() {
            Some(date) if !PyDateTime::check(other) => PyInt::from_bool(op.holds(self.data.cmp(&date.data))),
            _ => not_implemented(),
        })
    }

    #[slot(nb_add)]
    fn add(a: &PyObject, b: &PyObject) -> PyResult {
        if PyDateTime::check(a) || PyDateTime::check(b) {
            return Ok(not_implemented());
        }
        match (a.downcast::<PyDate>(), b.downcast::<PyDate>()) {
            (Some(date), _) => match b.downcast::<PyDelta>() {
                Some(delta) => date.shifted(delta, 1),
                None => Ok(not_implemented()),
            },
            (None, Some(date)) => match a.downcast::<PyDelta>() {
                Some(delta) => date.shifted(delta, 1),
                None => Ok(not_implemented()),
            },
            (None, None) => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
        if PyDateTime::check(a) || PyDateTime::check(b) {
            return Ok(not_implemented());
        }
        let Some(date) = a.downcast::<PyDate>() else { return Ok(not_implemented()) };
        if let Some(other) = b.downcast::<PyDate>() {
            return Ok(PyDelta::exact(date.ymd().ordinal() - other.ymd().ordinal(), 0, 0).into_obj());
        }
        match b.downcast::<PyDelta>() {
            Some(delta) => date.shifted(delta, -1),
            None => Ok(not_implemented()),
        }
    }
}

#[pymethods(METHODS)]
impl PyDate {
    #[getter]
    fn year(&self) -> i32 {
        self.ymd().year
    }

    #[getter]
    fn month(&self) -> i32 {
        self.ymd().month
    }

    #[getter]
    fn day(&self) -> i32 {
        self.ymd().day
    }

    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is
    /// interpreted as local time.
    #[pymethod(class, signature = "(timestamp, /)")]
    fn fromtimestamp(cls: &TypeObject, timestamp: &PyObject) -> PyResult {
        Self::from_seconds(cls, fields::seconds(timestamp)?)
    }

    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[pymethod(class, no_text, signature = "(ordinal, /)")]
    fn fromordinal(cls: &TypeObject, ordinal: &PyObject) -> PyResult {
        let ordinal = fields::c_int(ordinal)?;
        if ordinal < 1 {
            return Err(raised!(ValueError, "ordinal must be >= 1"));
        }
        Self::of_class(cls, Ymd::from_ordinal(ordinal))
    }

    /// str -> Construct a date from a string in ISO 8601 format.
    #[pymethod(class, signature = "(object, /)")]
    fn fromisoformat(cls: &TypeObject, text: &PyObject) -> PyResult {
        let points = fields::points(iso_text(text)?);
        let day = if matches!(points.len(), 7 | 8 | 10) { parse::date(&points) } else { None };
        Self::of_class(cls, day.ok_or_else(|| invalid_iso(text))?)
    }

    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the date.isocalendar() function
    #[pymethod(class, no_text, signature = "(year, week, day)")]
    fn fromisocalendar(cls: &TypeObject, year: &PyObject, week: &PyObject, day: &PyObject) -> PyResult {
        let part = |value: &PyObject| -> PyResult<i32> {
            match fields::c_int(value) {
                Err(raised) if errors::matches(&raised, Exc::OverflowError) => {
                    errors::clear(raised);
                    Err(raised!(ValueError, "ISO calendar component out of range"))
                }
                other => other,
            }
        };
        let (year, week, day) = (part(year)?, part(week)?, part(day)?);
        match from_iso_week(year, week, day) {
            Ok(date) => Self::of_class(cls, date),
            Err(IsoError::Year) => Err(fields::check_year(year).err().unwrap_or_else(out_of_range)),
            Err(IsoError::Week) => Err(raised!(ValueError, "Invalid week: {week}")),
            Err(IsoError::Weekday) => Err(raised!(ValueError, "Invalid weekday: {day} (range is [1, 7])")),
        }
    }

    /// string, format -> new date parsed from a string (like time.strptime()).
    #[pymethod(class, no_text, signature = "(string, format, /)")]
    fn strptime(cls: &TypeObject, string: &PyObject, format: &PyObject) -> PyResult {
        fields::text(string, "strptime", 1)?;
        fields::text(format, "strptime", 2)?;
        let module = import(intern!("_strptime"))?;
        call::method(&module, intern!("_strptime_datetime_date"), &[cls.as_object(), string, format])
    }

    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[pymethod(class)]
    fn today(cls: &TypeObject) -> PyResult {
        if cls.is(Self::type_object()) {
            return Self::from_seconds(cls, clocks::time().div_euclid(1_000_000_000));
        }
        let now = call::method(&*import(intern!("time"))?, intern!("time"), &[])?;
        call::method(cls.as_object(), intern!("fromtimestamp"), &[&now])
    }

    /// Return ctime() style string.
    #[pymethod]
    fn ctime(&self) -> String {
        format::ctime(&self.stamp())
    }

    /// format -> strftime() style string.
    #[pymethod(no_text, signature = "(format)")]
    fn strftime(slf: &PyObject, format: &PyObject) -> PyResult {
        let text = fields::text(format, "strftime", 1)?;
        let fields = call::method(slf, intern!("timetuple"), &[])?;
        let moment = slf.downcast::<PyDateTime>();
        let source = format::Source {
            zone: moment.and_then(PyDateTime::zone),
            argument: slf,
            microsecond: moment.map_or(0, |moment| moment.stamp().microsecond),
        };
        format::strftime(text, &fields, &source)
    }

    /// Formats self with strftime.
    #[pymethod(name = "__format__", no_text, signature = "(format, /)")]
    fn py_format(slf: &PyObject, format: &PyObject) -> PyResult {
        format::format(slf, format)
    }

    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[pymethod]
    fn isoformat(&self) -> String {
        let Ymd { year, month, day } = self.ymd();
        format::date(year, month, day)
    }

    /// Return the day of the week represented by the date.
    /// Monday == 1 ... Sunday == 7
    #[pymethod]
    fn isoweekday(&self) -> i32 {
        self.ymd().weekday() + 1
    }

    /// Return a named tuple containing ISO year, week number, and weekday.
    #[pymethod]
    fn isocalendar(&self) -> PyResult {
        let (year, week, day) = self.ymd().iso_week();
        isocalendar::new(year, week, day)
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod]
    fn timetuple(&self) -> PyResult {
        format::struct_time(&self.stamp(), -1)
    }

    /// Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.
    #[pymethod]
    fn toordinal(&self) -> i32 {
        self.ymd().ordinal()
    }

    /// Return the day of the week represented by the date.
    /// Monday == 0 ... Sunday == 6
    #[pymethod]
    fn weekday(&self) -> i32 {
        self.ymd().weekday()
    }

    /// Return date with new specified fields.
    #[pymethod(signature = "(year=unchanged, month=unchanged, day=unchanged)")]
    fn replace(&self, year: OptArg<i32>, month: OptArg<i32>, day: OptArg<i32>) -> PyResult {
        self.replaced(year, month, day)
    }

    /// __replace__($self, /, **changes)
    /// --
    ///
    /// The same as replace().
    #[pymethod(name = "__replace__", no_text, signature = "(year=unchanged, month=unchanged, day=unchanged)")]
    fn dunder_replace(&self, year: OptArg<i32>, month: OptArg<i32>, day: OptArg<i32>) -> PyResult {
        self.replaced(year, month, day)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let state = PyTuple::from_vec(vec![PyBytes::new(&self.data).into_obj()]);
        Ok(PyTuple::pair(self.class().as_object().owned(), state.into_obj()).into_obj())
    }
}
