//! `timedelta`: days, seconds and microseconds, normalised so that only the days can be negative.

use core::cell::Cell;
use core::cmp::Ordering;
use taipan_objects::memory;
use taipan_objects::prelude::*;

pub const MAX_DELTA_DAYS: i32 = 999_999_999;
pub const US_PER_SECOND: i64 = 1_000_000;
pub const SECONDS_PER_DAY: i64 = 86_400;
const US_PER_DAY: i128 = (US_PER_SECOND * SECONDS_PER_DAY) as i128;

/// Difference between two datetime values.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// All arguments are optional and default to 0.
/// Arguments may be integers or floats, and may be positive or negative.
#[pytype(name = "datetime.timedelta", exported = PyDateTime_DeltaType, layout = PyDateTime_Delta, flags(BASETYPE), parts(METHODS, super::delta_arith::SLOTS))]
pub struct PyDelta {
    ob_base: PyObject,
    hashcode: Cell<isize>,
    /// Number of days.
    #[member(readonly, kind = INT)]
    pub days: i32,
    /// Number of seconds (>= 0 and less than 1 day).
    #[member(readonly, kind = INT)]
    pub seconds: i32,
    /// Number of microseconds (>= 0 and less than 1 second).
    #[member(readonly, kind = INT)]
    pub microseconds: i32,
}

#[cold]
pub fn too_large() -> Raised {
    raised!(OverflowError, "Python int too large to convert to C int")
}

/// One unit of the constructor, collected into microseconds: what is no whole number of them goes into `rest`.
fn accumulate(
    total: &mut i128,
    rest: &mut f64,
    value: OptArg<&PyObject>,
    factor: i64,
    tag: &str,
) -> PyResult<()> {
    let OptArg::Given(value) = value else { return Ok(()) };
    let mut add = |whole: Option<i128>, factor: i64| {
        let product = whole.and_then(|whole| whole.checked_mul(i128::from(factor)));
        *total = product.and_then(|product| total.checked_add(product)).ok_or_else(too_large)?;
        Ok(())
    };
    if let Some(whole) = value.downcast::<PyInt>() {
        return add(whole.to_i128(), factor);
    }
    let Some(number) = value.downcast::<PyFloat>() else {
        let name = value.class().tp_name();
        return Err(raised!(TypeError, "unsupported type for timedelta {tag} component: {name}"));
    };
    let number = number.value();
    if number.is_nan() {
        return Err(raised!(ValueError, "cannot convert float NaN to integer"));
    }
    if number.is_infinite() {
        return Err(raised!(OverflowError, "cannot convert float infinity to integer"));
    }
    let fits = |whole: f64| (whole.abs() < 1e38).then_some(whole as i128);
    add(fits(number.trunc()), factor)?;
    let fraction = number.fract();
    if fraction != 0.0 {
        let scaled = factor as f64 * fraction;
        add(fits(scaled.trunc()), 1)?;
        *rest += scaled.fract();
    }
    Ok(())
}

use taipan_objects::model::args::OptArg;

/// The nearest whole number, ties to what makes `total` even.
fn round_rest(rest: f64, total: i128) -> i128 {
    let mut whole = rest.round();
    if (whole - rest).abs() == 0.5 {
        let odd = (total & 1) as f64;
        whole = 2.0 * ((rest + odd) * 0.5).round() - odd;
    }
    whole as i128
}

impl PyDelta {
    /// A duration whose parts are normal.
    pub fn exact(days: i32, seconds: i32, microseconds: i32) -> Py<PyDelta> {
        memory::new(PyDelta {
            ob_base: PyObject::EMPTY,
            hashcode: Cell::new(-1),
            days,
            seconds,
            microseconds,
        })
    }

    /// A duration of a class, of so many microseconds.
    pub fn in_class(class: &TypeObject, microseconds: i128) -> PyResult<Py<PyDelta>> {
        let seconds = microseconds.div_euclid(i128::from(US_PER_SECOND));
        let days = seconds.div_euclid(i128::from(SECONDS_PER_DAY));
        let days = i32::try_from(days).map_err(|_| too_large())?;
        if !(-MAX_DELTA_DAYS..=MAX_DELTA_DAYS).contains(&days) {
            return Err(raised!(OverflowError, "days={days}; must have magnitude <= {MAX_DELTA_DAYS}"));
        }
        let value = PyDelta {
            ob_base: PyObject::EMPTY,
            hashcode: Cell::new(-1),
            days,
            seconds: seconds.rem_euclid(i128::from(SECONDS_PER_DAY)) as i32,
            microseconds: microseconds.rem_euclid(i128::from(US_PER_SECOND)) as i32,
        };
        memory::new_in(class, value)
    }

    /// A duration of so many microseconds.
    pub fn from_microseconds(microseconds: i128) -> PyResult<Py<PyDelta>> {
        Self::in_class(Self::type_object(), microseconds)
    }

    /// A duration of parts that need not be normal.
    pub fn normal(days: i64, seconds: i64, microseconds: i64) -> PyResult<Py<PyDelta>> {
        let seconds = i128::from(days) * i128::from(SECONDS_PER_DAY) + i128::from(seconds);
        Self::from_microseconds(seconds * i128::from(US_PER_SECOND) + i128::from(microseconds))
    }

    /// The whole of it in microseconds.
    pub fn total(&self) -> i128 {
        i128::from(self.days) * US_PER_DAY
            + i128::from(self.seconds) * i128::from(US_PER_SECOND)
            + i128::from(self.microseconds)
    }

    pub fn is_zero(&self) -> bool {
        self.days == 0 && self.seconds == 0 && self.microseconds == 0
    }

    pub fn order(&self, other: &PyDelta) -> Ordering {
        let key = |delta: &PyDelta| (delta.days, delta.seconds, delta.microseconds);
        key(self).cmp(&key(other))
    }

    /// Days and seconds as seconds.
    pub fn whole_seconds(&self) -> i64 {
        i64::from(self.days) * SECONDS_PER_DAY + i64::from(self.seconds)
    }
}

#[pymethods(METHODS)]
impl PyDelta {
    #[new(
        name = "__new__",
        signature = "(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn py_new(
        cls: &TypeObject,
        days: OptArg<&PyObject>,
        seconds: OptArg<&PyObject>,
        microseconds: OptArg<&PyObject>,
        milliseconds: OptArg<&PyObject>,
        minutes: OptArg<&PyObject>,
        hours: OptArg<&PyObject>,
        weeks: OptArg<&PyObject>,
    ) -> PyResult<Py<PyDelta>> {
        let (mut total, mut rest) = (0, 0.0);
        let units = [
            (microseconds, 1, "microseconds"),
            (milliseconds, 1_000, "milliseconds"),
            (seconds, US_PER_SECOND, "seconds"),
            (minutes, 60 * US_PER_SECOND, "minutes"),
            (hours, 3_600 * US_PER_SECOND, "hours"),
            (days, SECONDS_PER_DAY * US_PER_SECOND, "days"),
            (weeks, 7 * SECONDS_PER_DAY * US_PER_SECOND, "weeks"),
        ];
        for (value, factor, tag) in units {
            accumulate(&mut total, &mut rest, value, factor, tag)?;
        }
        if rest != 0.0 {
            total += round_rest(rest, total);
        }
        Self::in_class(cls, total)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let mut parts = Vec::new();
        for (name, value) in
            [("days", self.days), ("seconds", self.seconds), ("microseconds", self.microseconds)]
        {
            if value != 0 {
                parts.push(format!("{name}={value}"));
            }
        }
        let inside = if parts.is_empty() { "0".to_string() } else { parts.join(", ") };
        Ok(PyStr::new(&format!("{}({inside})", self.class().tp_name())))
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        let mut text = String::new();
        if self.days != 0 {
            let plural = if self.days.abs() == 1 { "" } else { "s" };
            text = format!("{} day{plural}, ", self.days);
        }
        let (minutes, seconds) = (self.seconds / 60, self.seconds % 60);
        text.push_str(&format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60));
        if self.microseconds != 0 {
            text.push_str(&format!(".{:06}", self.microseconds));
        }
        Ok(PyStr::new(&text))
    }

    #[slot(tp_hash)]
    pub fn hash(&self) -> PyResult<isize> {
        if self.hashcode.get() == -1 {
            let parts = [self.days, self.seconds, self.microseconds];
            let parts = parts.map(|part| PyInt::from_i64(part.into()).into_obj());
            self.hashcode.set(object::hash(&PyTuple::from_vec(parts.into()))?);
        }
        Ok(self.hashcode.get())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        Ok(match other.downcast::<PyDelta>() {
            Some(other) => PyInt::from_bool(op.holds(self.order(other))),
            None => not_implemented(),
        })
    }

    /// Total seconds in the duration.
    #[pymethod]
    pub fn total_seconds(&self) -> PyResult {
        number::true_divide(&PyInt::from_i128(self.total()), &PyInt::from_i64(US_PER_SECOND))
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let parts = [self.days, self.seconds, self.microseconds];
        let parts = parts.map(|part| PyInt::from_i64(part.into()).into_obj());
        let class = self.class().as_object().owned();
        Ok(PyTuple::pair(class, PyTuple::from_vec(parts.into()).into_obj()).into_obj())
    }
}
