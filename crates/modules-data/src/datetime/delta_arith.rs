//! Arithmetic of durations.

use super::delta::{PyDelta, too_large};
use taipan_objects::prelude::*;

/// The duration as an integer of microseconds.
fn whole(delta: &PyDelta) -> Py<PyInt> {
    PyInt::from_i128(delta.total())
}

fn from_whole(value: &PyObject) -> PyResult {
    let Some(value) = value.downcast::<PyInt>() else {
        let name = value.class().name();
        return Err(raised!(TypeError, "unsupported operand type(s) for divmod(): '{name}' and 'int'"));
    };
    let value = value.to_i128().ok_or_else(too_large)?;
    Ok(PyDelta::from_microseconds(value)?.into_obj())
}

/// `m / n`, rounded half to even.
fn divide_nearest(m: &PyObject, n: &PyObject) -> PyResult {
    let pair = number::divmod(m, n)?;
    let (quotient, remainder) = match pair.downcast::<PyTuple>().map(PyTuple::as_slice) {
        Some([quotient, remainder]) => (quotient.owned(), remainder.owned()),
        _ => return Err(raised!(TypeError, "divmod() returned no pair")),
    };
    let doubled = number::add(&remainder, &remainder)?;
    let zero = PyInt::from_i64(0);
    let op = if object::compare_bool(n, &zero, CompareOp::Gt)? { CompareOp::Gt } else { CompareOp::Lt };
    let one = PyInt::from_i64(1);
    let up = object::compare_bool(&doubled, n, op)?
        || (object::compare_bool(&doubled, n, CompareOp::Eq)?
            && object::is_true(&*number::and_(&quotient, &one)?)?);
    if up { number::add(&quotient, &one) } else { Ok(quotient) }
}

/// A duration times a float, or divided by one, exactly.
fn by_float(delta: &PyDelta, float: &PyObject, divide: bool) -> PyResult {
    let ratio = call::method(float, intern!("as_integer_ratio"), &[])?;
    let Some(parts) = ratio.downcast::<PyTuple>() else {
        let name = ratio.class().name();
        return Err(raised!(
            TypeError,
            "unexpected return type from as_integer_ratio(): expected tuple, not '{name}'"
        ));
    };
    let &[up, down] = parts.as_slice() else {
        return Err(raised!(ValueError, "as_integer_ratio() must return a 2-tuple"));
    };
    let (up, down) = if divide { (down, up) } else { (up, down) };
    let product = number::multiply(&whole(delta), up)?;
    from_whole(&*divide_nearest(&product, down)?)
}

#[pymethods(SLOTS)]
impl PyDelta {
    #[slot(nb_add)]
    fn add(a: &PyObject, b: &PyObject) -> PyResult {
        match (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) {
            (Some(a), Some(b)) => Ok(PyDelta::from_microseconds(a.total() + b.total())?.into_obj()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
        match (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) {
            (Some(a), Some(b)) => Ok(PyDelta::from_microseconds(a.total() - b.total())?.into_obj()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_multiply)]
    fn multiply(a: &PyObject, b: &PyObject) -> PyResult {
        let (delta, factor) = match (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) {
            (Some(delta), _) => (delta, b),
            (None, Some(delta)) => (delta, a),
            (None, None) => return Ok(not_implemented()),
        };
        if PyInt::check(factor) {
            return from_whole(&*number::multiply(&whole(delta), factor)?);
        }
        if PyFloat::check(factor) {
            return by_float(delta, factor, false);
        }
        Ok(not_implemented())
    }

    #[slot(nb_true_divide)]
    fn true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        let Some(delta) = a.downcast::<PyDelta>() else { return Ok(not_implemented()) };
        if let Some(other) = b.downcast::<PyDelta>() {
            return number::true_divide(&whole(delta), &whole(other));
        }
        if PyFloat::check(b) {
            return by_float(delta, b, true);
        }
        if PyInt::check(b) {
            return from_whole(&*divide_nearest(&whole(delta), b)?);
        }
        Ok(not_implemented())
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
        let Some(delta) = a.downcast::<PyDelta>() else { return Ok(not_implemented()) };
        if let Some(other) = b.downcast::<PyDelta>() {
            return number::floor_divide(&whole(delta), &whole(other));
        }
        if PyInt::check(b) {
            return from_whole(&*number::floor_divide(&whole(delta), b)?);
        }
        Ok(not_implemented())
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        match (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) {
            (Some(a), Some(b)) => from_whole(&*number::remainder(&whole(a), &whole(b))?),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_divmod)]
    fn divmod(a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(a), Some(b)) = (a.downcast::<PyDelta>(), b.downcast::<PyDelta>()) else {
            return Ok(not_implemented());
        };
        let pair = number::divmod(&whole(a), &whole(b))?;
        match pair.downcast::<PyTuple>().map(PyTuple::as_slice) {
            Some([quotient, remainder]) => {
                Ok(PyTuple::pair(quotient.owned(), from_whole(remainder)?).into_obj())
            }
            _ => Err(raised!(TypeError, "divmod() returned no pair")),
        }
    }

    #[slot(nb_negative)]
    fn negative(&self) -> PyResult {
        Ok(PyDelta::from_microseconds(-self.total())?.into_obj())
    }

    #[slot(nb_positive)]
    fn positive(&self) -> PyResult {
        Ok(PyDelta::exact(self.days, self.seconds, self.microseconds).into_obj())
    }

    #[slot(nb_absolute)]
    fn absolute(&self) -> PyResult {
        Ok(PyDelta::from_microseconds(self.total().abs())?.into_obj())
    }

    #[slot(nb_bool)]
    fn truth(&self) -> PyResult<bool> {
        Ok(!self.is_zero())
    }
}
