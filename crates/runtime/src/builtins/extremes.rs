//! `min`, `max` and `sum`.

use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::complex::PyComplex;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[pyfunction(no_text, signature = "(*args, key=None, default=None)")]
    fn min(args: &[&PyObject], key: Option<&PyObject>, default: OptArg<&PyObject>) -> PyResult {
        extreme("min", CompareOp::Lt, args, key, default.given())
    }

    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[pyfunction(no_text, signature = "(*args, key=None, default=None)")]
    fn max(args: &[&PyObject], key: Option<&PyObject>, default: OptArg<&PyObject>) -> PyResult {
        extreme("max", CompareOp::Gt, args, key, default.given())
    }

    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and
    /// may reject non-numeric types.
    #[pyfunction(signature = "(iterable, /, start=0)")]
    fn sum(iterable: &PyObject, start: OptArg<&PyObject>) -> PyResult {
        let iterator = iter::iter(iterable)?;
        let start = match start.given() {
            None => PyInt::from_i64(0).into_obj(),
            Some(start) => {
                if start.downcast::<PyStr>().is_some() {
                    return Err(raised!(TypeError, "sum() can't sum strings [use ''.join(seq) instead]"));
                }
                if start.downcast::<PyBytes>().is_some() {
                    return Err(raised!(TypeError, "sum() can't sum bytes [use b''.join(seq) instead]"));
                }
                if start.downcast::<PyByteArray>().is_some() {
                    return Err(raised!(TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]"));
                }
                start.owned()
            }
        };
        Summation { iterator, total: start }.run()
    }
}

fn extreme(
    name: &str,
    better: CompareOp,
    args: &[&PyObject],
    key: Option<&PyObject>,
    default: Option<&PyObject>,
) -> PyResult {
    if let ([first, others @ ..], None, None) = (args, key, default)
        && !others.is_empty()
    {
        return extreme_of(better, first, others);
    }
    let mut best: Option<(Obj, Obj)> = None;
    let mut look = |item: Obj| -> PyResult<()> {
        let value = match key {
            Some(key) => call::call(key, &[&item])?,
            None => item.clone(),
        };
        match &best {
            Some((_, held)) if !object::compare_bool(&value, held, better)? => {}
            _ => best = Some((item, value)),
        }
        Ok(())
    };
    match args {
        [] => return Err(raised!(TypeError, "{name} expected at least 1 argument, got 0")),
        [iterable] => iter::for_each(iterable, &mut look)?,
        _ if default.is_some() => {
            return Err(raised!(
                TypeError,
                "Cannot specify a default for {name}() with multiple positional arguments"
            ));
        }
        items => {
            for item in items {
                look(item.owned())?;
            }
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.owned()),
        (None, None) => Err(raised!(ValueError, "{name}() iterable argument is empty")),
    }
}

/// The best of some arguments, which their caller holds; of equal ones, the first.
fn extreme_of(better: CompareOp, first: &PyObject, others: &[&PyObject]) -> PyResult {
    let mut best = first;
    for &item in others {
        if object::compare_bool(item, best, better)? {
            best = item;
        }
    }
    Ok(best.owned())
}

/// A sum that runs in machine numbers as long as the items allow it.
struct Summation {
    iterator: Obj,
    total: Obj,
}

impl Summation {
    fn next(&self) -> PyResult<Option<Obj>> {
        iter::next(&self.iterator)
    }

    fn run(mut self) -> PyResult {
        if !self.integers()? || !self.floats()? || !self.complexes()? {
            return Ok(self.total);
        }
        while let Some(item) = self.next()? {
            self.total = number::add(&self.total, &item)?;
        }
        Ok(self.total)
    }

    /// Adds small integers; false at the end of the items.
    fn integers(&mut self) -> PyResult<bool> {
        let Some(mut sum) = self.total.downcast_exact::<PyInt>().and_then(PyInt::to_i64) else {
            return Ok(true);
        };
        while let Some(item) = self.next()? {
            let small = match item.downcast_exact::<PyInt>() {
                Some(value) => value.to_i64(),
                None => bool_value(&item),
            };
            match small.and_then(|value| sum.checked_add(value)) {
                Some(next) => sum = next,
                None => {
                    self.total = number::add(&PyInt::from_i64(sum), &item)?;
                    return Ok(true);
                }
            }
        }
        self.total = PyInt::from_i64(sum).into_obj();
        Ok(false)
    }

    /// Adds doubles with compensation (Neumaier); false at the end of the items.
    fn floats(&mut self) -> PyResult<bool> {
        let Some(start) = self.total.downcast_exact::<PyFloat>().map(PyFloat::value) else { return Ok(true) };
        let mut sum = Compensated { high: start, low: 0.0 };
        while let Some(item) = self.next()? {
            if let Some(value) = item.downcast_exact::<PyFloat>() {
                sum.add(value.value());
            } else if let Some(value) = item.downcast::<PyInt>() {
                sum.add(value.to_f64()?);
            } else {
                self.total = number::add(&PyFloat::new(sum.value()), &item)?;
                return Ok(true);
            }
        }
        self.total = PyFloat::new(sum.value()).into_obj();
        Ok(false)
    }

    fn complexes(&mut self) -> PyResult<bool> {
        let Some((re, im)) = self.total.downcast_exact::<PyComplex>().map(PyComplex::parts) else {
            return Ok(true);
        };
        let mut real = Compensated { high: re, low: 0.0 };
        let mut imaginary = Compensated { high: im, low: 0.0 };
        while let Some(item) = self.next()? {
            if let Some(value) = item.downcast_exact::<PyComplex>() {
                let (re, im) = value.parts();
                real.add(re);
                imaginary.add(im);
            } else if let Some(value) = item.downcast_exact::<PyFloat>() {
                real.add(value.value());
            } else if let Some(value) = item.downcast::<PyInt>() {
                real.add(value.to_f64()?);
            } else {
                self.total = number::add(&PyComplex::new(real.value(), imaginary.value()), &item)?;
                return Ok(true);
            }
        }
        self.total = PyComplex::new(real.value(), imaginary.value()).into_obj();
        Ok(false)
    }
}

/// The value of an exact `bool`.
fn bool_value(item: &PyObject) -> Option<i64> {
    item.downcast_exact::<taipan_objects::types::bool::PyBool>()?;
    item.downcast::<PyInt>().and_then(PyInt::to_i64)
}

/// A sum and what rounding took from it.
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn add(&mut self, value: f64) {
        let sum = self.high + value;
        self.low += if self.high.abs() >= value.abs() {
            (self.high - sum) + value
        } else {
            (value - sum) + self.high
        };
        self.high = sum;
    }

    fn value(&self) -> f64 {
        // Infinities and NaNs have no compensation.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}
