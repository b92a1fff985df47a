//! Comparing and computing with datetimes.

use super::calendar::{MAX_ORDINAL, Ymd};
use super::date::out_of_range;
use super::datetime::{PyDateTime, Stamp};
use super::delta::{PyDelta, SECONDS_PER_DAY, US_PER_SECOND};
use core::cmp::Ordering;
use taipan_objects::prelude::*;

const US_PER_DAY: i128 = (SECONDS_PER_DAY * US_PER_SECOND) as i128;

impl PyDateTime {
    /// Microseconds since the start of day 0.
    pub fn total(&self) -> i128 {
        let stamp = self.stamp();
        i128::from(self.ymd().ordinal()) * US_PER_DAY
            + i128::from(stamp.seconds_of_day() * US_PER_SECOND)
            + i128::from(stamp.microsecond)
    }

    /// The parts of so many microseconds since the start of day 0.
    pub fn stamp_of(total: i128) -> PyResult<Stamp> {
        let ordinal = total.div_euclid(US_PER_DAY);
        if !(1..=i128::from(MAX_ORDINAL)).contains(&ordinal) {
            return Err(out_of_range());
        }
        let rest = total.rem_euclid(US_PER_DAY) as i64;
        let (seconds, microsecond) = ((rest / US_PER_SECOND) as i32, (rest % US_PER_SECOND) as i32);
        let Ymd { year, month, day } = Ymd::from_ordinal(ordinal as i32);
        Ok(Stamp {
            year,
            month,
            day,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            microsecond,
        })
    }

    /// The datetime so much later, of the same class and in the same zone.
    pub fn shifted(&self, delta: &PyDelta, sign: i32) -> PyResult {
        let stamp = Self::stamp_of(self.total() + i128::from(sign) * delta.total())?;
        Self::of_class(self.class(), &stamp, self.zone().as_deref(), 0)
    }

    fn same_zone(&self, other: &PyDateTime) -> bool {
        match (self.zone(), other.zone()) {
            (None, None) => true,
            (Some(a), Some(b)) => a.is(&b),
            _ => false,
        }
    }

    /// `self - other` by the clock in UTC.
    fn difference(&self, other: &PyDateTime) -> PyResult<Py<PyDelta>> {
        let mut between = self.total() - other.total();
        if !self.same_zone(other) {
            match (self.offset()?, other.offset()?) {
                (Some(a), Some(b)) => between -= a.total() - b.total(),
                (None, None) => {}
                _ => {
                    return Err(raised!(TypeError, "can't subtract offset-naive and offset-aware datetimes"));
                }
            }
        }
        PyDelta::from_microseconds(between)
    }

    /// Whether the offset depends on the fold: such a time is equal to no time of another zone (PEP 495).
    fn is_ambiguous(&self, offset: Option<&PyDelta>) -> PyResult<bool> {
        let flipped = Self::exact(&self.stamp(), self.zone().as_deref(), 1 - self.folded()).offset()?;
        Ok(match (offset, flipped) {
            (None, None) => false,
            (Some(a), Some(b)) => a.order(&b) != Ordering::Equal,
            _ => true,
        })
    }
}

#[pymethods(SLOTS)]
impl PyDateTime {
    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        if self.hashcode.get() == -1 {
            let plain = (self.folded() != 0).then(|| Self::exact(&self.stamp(), self.zone().as_deref(), 0));
            let offset = plain.as_deref().unwrap_or(self).offset()?;
            self.hashcode.set(match offset {
                None => PyBytes::new(&self.data).hash(),
                Some(offset) => PyDelta::from_microseconds(self.total() - offset.total())?.hash()?,
            });
        }
        Ok(self.hashcode.get())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyDateTime>() else { return Ok(not_implemented()) };
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if self.same_zone(other) {
            return Ok(PyInt::from_bool(op.holds(self.data.cmp(&other.data))));
        }
        let (a, b) = (self.offset()?, other.offset()?);
        let mut order = match (&a, &b) {
            (None, None) => self.data.cmp(&other.data),
            (Some(a), Some(b)) if a.order(b) == Ordering::Equal => self.data.cmp(&other.data),
            (Some(_), Some(_)) => self.difference(other)?.total().cmp(&0),
            _ if equality => return Ok(PyInt::from_bool(op == CompareOp::Ne)),
            _ => return Err(raised!(TypeError, "can't compare offset-naive and offset-aware datetimes")),
        };
        if equality
            && order == Ordering::Equal
            && (self.is_ambiguous(a.as_deref())? || other.is_ambiguous(b.as_deref())?)
        {
            order = Ordering::Greater;
        }
        Ok(PyInt::from_bool(op.holds(order)))
    }

    #[slot(nb_add)]
    fn add(a: &PyObject, b: &PyObject) -> PyResult {
        let pair = match (a.downcast::<PyDateTime>(), b.downcast::<PyDateTime>()) {
            (Some(moment), _) => (moment, b.downcast::<PyDelta>()),
            (None, Some(moment)) => (moment, a.downcast::<PyDelta>()),
            (None, None) => return Ok(not_implemented()),
        };
        match pair {
            (moment, Some(delta)) => moment.shifted(delta, 1),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
        let Some(moment) = a.downcast::<PyDateTime>() else { return Ok(not_implemented()) };
        if let Some(other) = b.downcast::<PyDateTime>() {
            return Ok(moment.difference(other)?.into_obj());
        }
        match b.downcast::<PyDelta>() {
            Some(delta) => moment.shifted(delta, -1),
            None => Ok(not_implemented()),
        }
    }
}

#[pymethods(METHODS)]
impl PyDateTime {
    /// Return self.tzinfo.utcoffset(self).
    #[pymethod]
    fn utcoffset(&self) -> PyResult {
        super::zone::or_none(self.offset()?)
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod]
    fn tzname(&self) -> PyResult {
        super::zone::tzname(self.zone().as_deref(), self)
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod]
    fn dst(&self) -> PyResult {
        super::zone::or_none(super::zone::dst(self.zone().as_deref(), self)?)
    }
}
