//! `Decimal`: the object, its construction, its texts and its conversions.

use super::context::{PyDecContext, context_or_current, current};
use super::convert::{Mode, from_float, from_object, unsupported};
use super::state::state;
use core::cell::Cell;
use taipan_kernels::decimal::{Dec, Kind, Rounding, convert, places, text, words};
use taipan_kernels::int::{IntRef, gcd, nat, signed};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::complex::PyComplex;

/// Construct a new Decimal object. 'value' can be an integer, string, tuple,
/// float or another Decimal object. Without a value, return Decimal('0').
///
/// The context does not affect the conversion: it says only whether what is
/// no number raises InvalidOperation.
#[pytype(
    name = "decimal.Decimal",
    signature = "(value=\"0\", context=None)",
    flags(BASETYPE, IMMUTABLETYPE),
    parts(
        METHODS,
        PARTS,
        super::operators::SLOTS,
        super::methods::UNARY,
        super::methods::ROUNDED,
        super::methods::BINARY,
        super::methods::TESTS,
        super::methods::OTHERS
    )
)]
pub struct PyDecimal {
    ob_base: PyObject,
    /// -1 until it is asked for.
    hashcode: Cell<isize>,
    pub dec: Dec,
}

/// A number as an object.
#[inline]
pub fn make(dec: Dec) -> Py<PyDecimal> {
    memory::new(PyDecimal { ob_base: PyObject::EMPTY, hashcode: Cell::new(-1), dec })
}

/// A number as an object of a class.
pub fn make_in(class: &TypeObject, dec: Dec) -> PyResult<Py<PyDecimal>> {
    memory::new_in(class, PyDecimal { ob_base: PyObject::EMPTY, hashcode: Cell::new(-1), dec })
}

/// A number as what a class makes of a Decimal.
fn make_by(class: &TypeObject, dec: Dec) -> PyResult {
    let exact = make(dec).into_obj();
    if class.is(PyDecimal::type_object()) { Ok(exact) } else { call::call(class.as_object(), &[&exact]) }
}

/// An integer of a sign and digits.
fn int_of(negative: bool, digits: Vec<u32>) -> Py<PyInt> {
    PyInt::from_int(signed::Int::new(negative, digits))
}

/// Refuses to make an integer of what is none.
fn check_finite(dec: &Dec, what: &str) -> PyResult<()> {
    match dec.kind {
        Kind::Finite => Ok(()),
        Kind::Infinite => Err(raised!(OverflowError, "cannot convert Infinity to {what}")),
        _ => Err(raised!(ValueError, "cannot convert NaN to {what}")),
    }
}

/// Refuses exponents that no integer in memory can have.
fn check_room(exponent: i64) -> PyResult<()> {
    let mut met = 0;
    if taipan_kernels::decimal::number::has_room(exponent, &mut met) {
        Ok(())
    } else {
        Err(raised!(MemoryError))
    }
}

impl PyDecimal {
    /// The whole number by a rounding.
    pub fn to_int(&self, rounding: Rounding) -> PyResult<Py<PyInt>> {
        check_finite(&self.dec, "integer")?;
        check_room(self.dec.exp)?;
        let whole =
            if self.dec.exp < 0 { places::rescale(&self.dec, 0, rounding, &mut 0) } else { self.dec.clone() };
        Ok(int_of(whole.negative, convert::whole_digits(&whole)))
    }

    /// The double next to it.
    pub fn to_f64(&self) -> PyResult<f64> {
        let sign = if self.dec.negative { -1.0 } else { 1.0 };
        match self.dec.kind {
            Kind::Signalling => Err(raised!(ValueError, "cannot convert signaling NaN to float")),
            Kind::Quiet => Ok(f64::NAN.copysign(sign)),
            Kind::Infinite => Ok(f64::INFINITY * sign),
            Kind::Finite => {
                let text = text::to_text(&self.dec, false, true);
                Ok(taipan_kernels::float::parse::parse(text.as_bytes()).unwrap_or(f64::NAN))
            }
        }
    }

    fn to_text(&self, engineering: bool, context: &PyDecContext) -> String {
        text::to_text(&self.dec, engineering, context.capitals())
    }

    /// The text by the capitals of the current context, which only an exponent has.
    fn text(&self) -> PyResult<String> {
        let plain = self.dec.exp <= 0 && self.dec.adjusted() >= -6;
        let capitals = plain || current()?.capitals();
        Ok(text::to_text(&self.dec, false, capitals))
    }

    /// The engineering text by a context.
    pub fn engineering(&self, context: &PyDecContext) -> String {
        self.to_text(true, context)
    }

    /// The scientific text by a context.
    pub fn scientific(&self, context: &PyDecContext) -> String {
        self.to_text(false, context)
    }
}

#[pymethods(METHODS)]
impl PyDecimal {
    #[new(name = "Decimal", signature = "(value=\"0\", context=None)")]
    fn py_new(
        cls: &TypeObject,
        value: taipan_objects::model::args::OptArg<&PyObject>,
        context: Option<&PyObject>,
    ) -> PyResult {
        let Some(value) = value.given() else {
            context_or_current(context)?;
            return make_in(cls, Dec::zero(false, 0)).map(Py::into_obj);
        };
        let exact = cls.is(PyDecimal::type_object());
        if exact && context.is_none() {
            if value.downcast_exact::<PyDecimal>().is_some() {
                return Ok(value.owned());
            }
            // What fits a word is exact whatever the context says.
            if let Some(word) = value.downcast_exact::<PyInt>().and_then(PyInt::to_i64) {
                return Ok(make(Dec::of_i64(word)).into_obj());
            }
        }
        let context = context_or_current(context)?;
        make_in(cls, from_object(value, &context, Mode::Exact)?).map(Py::into_obj)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&format!("Decimal('{}')", self.text()?)))
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_ascii(self.text()?.as_bytes()))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let known = self.hashcode.get();
        if known != -1 {
            return Ok(known);
        }
        let hash = match convert::hash(&self.dec) {
            Some(hash) => hash as isize,
            None if self.dec.is_snan() => {
                return Err(raised!(TypeError, "Cannot hash a signaling NaN value"));
            }
            None => object::hash_pointer(self.as_ptr()),
        };
        self.hashcode.set(hash);
        Ok(hash)
    }

    #[slot(nb_int)]
    fn int(&self) -> PyResult<Py<PyInt>> {
        self.to_int(Rounding::Down)
    }

    #[slot(nb_float)]
    fn float(&self) -> PyResult<Py<PyFloat>> {
        Ok(PyFloat::new(self.to_f64()?))
    }

    #[slot(nb_bool)]
    fn bool(&self) -> PyResult<bool> {
        Ok(!self.dec.is_zero())
    }

    /// Class method that converts a float to a decimal number, exactly.
    ///
    /// Decimal.from_float(0.1) is not the same as Decimal('0.1'), since 0.1 is
    /// not exactly representable in binary floating point.
    #[pymethod(class, signature = "(f, /)")]
    fn from_float(cls: &TypeObject, f: &PyObject) -> PyResult {
        make_by(cls, from_float(f, &*current()?, Mode::Exact)?)
    }

    /// Class method that converts a real number to a decimal number, exactly.
    #[pymethod(class, signature = "(number, /)")]
    fn from_number(cls: &TypeObject, number: &PyObject) -> PyResult {
        let context = current()?;
        if let Some(decimal) = number.downcast::<PyDecimal>() {
            if number.downcast_exact::<PyDecimal>().is_some() && cls.is(PyDecimal::type_object()) {
                return Ok(number.owned());
            }
            return make_by(cls, decimal.dec.clone());
        }
        if number.downcast::<PyInt>().is_some() || number.downcast::<PyFloat>().is_some() {
            return make_by(cls, from_float(number, &context, Mode::Exact)?);
        }
        Err(unsupported(number))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let text = object::str(self)?.into_obj();
        let arguments = PyTuple::from_vec(vec![text]).into_obj();
        Ok(PyTuple::pair(self.class().as_object().owned(), arguments).into_obj())
    }

    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Obj {
        self.as_object().owned()
    }

    #[pymethod(name = "__deepcopy__", signature = "(object, /)")]
    fn deepcopy(&self, memo: &PyObject) -> Obj {
        let _ = memo;
        self.as_object().owned()
    }

    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        let heap = if self.dec.coef.spilled() { self.dec.coef.len() * 8 } else { 0 };
        size_of::<PyDecimal>() + heap
    }

    #[pymethod(name = "__complex__")]
    fn complex(&self) -> PyResult<Py<PyComplex>> {
        Ok(PyComplex::new(self.to_f64()?, 0.0))
    }

    #[pymethod(name = "__format__", no_text, signature = "(spec, override=None, /)")]
    fn format(&self, spec: &PyObject, conventions: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        super::layout::format(&self.dec, spec, conventions)
    }

    #[pymethod(name = "__round__", no_text, signature = "(ndigits=None, /)")]
    fn round(&self, ndigits: Option<&PyObject>) -> PyResult {
        let Some(ndigits) = ndigits else { return Ok(self.to_int(Rounding::HalfEven)?.into_obj()) };
        let Some(ndigits) = ndigits.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "optional arg must be an integer"));
        };
        let Some(ndigits) = ndigits.to_i64() else {
            return Err(raised!(OverflowError, "Python int too large to convert to C ssize_t"));
        };
        let unit = Dec::of_word(false, 1, ndigits.saturating_neg());
        Ok(current()?.number(|rules, met| places::quantize(&self.dec, &unit, rules, met))?.into_obj())
    }

    #[pymethod(name = "__ceil__")]
    fn ceil(&self) -> PyResult<Py<PyInt>> {
        self.to_int(Rounding::Ceiling)
    }

    #[pymethod(name = "__floor__")]
    fn floor(&self) -> PyResult<Py<PyInt>> {
        self.to_int(Rounding::Floor)
    }

    #[pymethod(name = "__trunc__")]
    fn trunc(&self) -> PyResult<Py<PyInt>> {
        self.to_int(Rounding::Down)
    }
}

#[pymethods(PARTS)]
impl PyDecimal {
    #[getter]
    fn real(&self) -> Obj {
        self.as_object().owned()
    }

    #[getter]
    fn imag(&self) -> Py<PyDecimal> {
        make(Dec::zero(false, 0))
    }

    /// Return a tuple representation of the number.
    #[pymethod]
    fn as_tuple(&self) -> PyResult {
        let dec = &self.dec;
        let mut text = Vec::new();
        if !dec.is_nan() || !dec.coef.is_empty() {
            words::write(&mut text, &dec.coef);
        }
        let digits = text.iter().map(|digit| PyInt::from_i64((digit - b'0').into()).into_obj()).collect();
        let digits = PyTuple::try_from_vec(digits)?;
        let exponent = match dec.kind {
            Kind::Finite => PyInt::from_i64(dec.exp).into_obj(),
            Kind::Infinite => PyStr::new("F").into_obj(),
            Kind::Quiet => PyStr::new("n").into_obj(),
            Kind::Signalling => PyStr::new("N").into_obj(),
        };
        let sign = PyInt::from_i64(dec.negative.into());
        call::call(state().decimal_tuple(), &[&sign, &digits, &exponent])
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original Decimal.
    ///
    /// The ratio is in lowest terms and has a positive denominator. Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    #[pymethod]
    fn as_integer_ratio(&self) -> PyResult<Py<PyTuple>> {
        let dec = &self.dec;
        check_finite(dec, "integer ratio")?;
        check_room(dec.exp.abs())?;
        if dec.exp >= 0 || dec.coef.is_empty() {
            let whole = int_of(dec.negative, convert::whole_digits(dec)).into_obj();
            return Ok(PyTuple::pair(whole, PyInt::from_i64(1).into_obj()));
        }
        let numerator = convert::to_digits(&dec.coef);
        let denominator = convert::to_digits(&words::power_of_ten(dec.exp.unsigned_abs() as usize));
        let common = gcd::gcd(&numerator, &denominator);
        let lowest = |digits: &[u32]| {
            if common == [1] {
                return digits.to_vec();
            }
            signed::floor_div(IntRef::new(false, digits), IntRef::new(false, &common)).digits
        };
        debug_assert!(nat::normal_len(&common) != 0);
        let numerator = int_of(dec.negative, lowest(&numerator)).into_obj();
        Ok(PyTuple::pair(numerator, int_of(false, lowest(&denominator)).into_obj()))
    }
}
