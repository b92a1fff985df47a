//! The methods and slots of `float`.

use super::PyFloat;
use crate::model::args::OptArg;
use crate::model::{
    CompareOp, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject, not_implemented,
};
use crate::protocols::buffer::{self, Buffer};
use crate::protocols::{call, number, object};
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::int::{self, PyInt};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_kernels::float::hex::{self, FromHexError};
use taipan_kernels::float::{arith, parse, repr};
use taipan_kernels::format::{Align, Locale, render};
use taipan_kernels::int::float::from_f64;
use taipan_macros::pymethods;

/// Both operands as doubles, or `NotImplemented`.
macro_rules! operands {
    ($a:ident, $b:ident) => {
        let Some($a) = super::operand($a)? else { return Ok(not_implemented()) };
        let Some($b) = super::operand($b)? else { return Ok(not_implemented()) };
    };
}

fn float(value: f64) -> PyResult {
    Ok(PyFloat::new(value).into_obj())
}

/// The value of a float slot's operand, which its caller chose by the operand's type.
#[inline(always)]
fn float_operand(a: &PyObject) -> PyResult<f64> {
    match a.downcast::<PyFloat>() {
        Some(a) => Ok(a.value()),
        None => Err(raised!(SystemError, "bad argument to internal function")),
    }
}

#[cold]
fn not_a_float(value: &PyObject) -> Raised {
    match object::repr(value) {
        Ok(shown) => {
            raised!(ValueError, "could not convert string to float: {shown}")
        }
        Err(raised) => raised,
    }
}

fn from_ascii(text: &[u8], original: &PyObject) -> PyResult<f64> {
    parse(int::trim(text)).ok_or_else(|| not_a_float(original))
}

/// `float(text)`.
pub fn from_str(text: &PyStr) -> PyResult<f64> {
    from_ascii(&int::numeric_text(text), text)
}

/// `float(x)`.
pub fn from_object(x: &PyObject) -> PyResult<f64> {
    if let Some(text) = x.downcast_exact::<PyStr>() {
        return from_str(text);
    }
    if let Some(value) = number::convert_to_f64(x)? {
        return Ok(value);
    }
    if let Some(text) = x.downcast::<PyStr>() {
        return from_str(text);
    }
    if let Some(bytes) = x.downcast::<PyBytes>() {
        return from_ascii(bytes.as_slice(), x);
    }
    if let Some(bytes) = x.downcast::<PyByteArray>() {
        return from_ascii(&bytes.to_vec(), x);
    }
    if buffer::is_exporter(x) {
        let bytes = Buffer::get(x, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        return from_ascii(&bytes, x);
    }
    Err(raised!(TypeError, "float() argument must be a string or a real number, not '{}'", x.class().name()))
}

/// A double as an integer; refuses infinities and NaNs.
pub fn to_int(value: f64) -> PyResult<Py<PyInt>> {
    if value.abs() < 9.0e18 {
        return Ok(PyInt::from_i64(value as i64));
    }
    match from_f64(value) {
        Some(value) => Ok(PyInt::from_int(value)),
        None if value.is_nan() => Err(raised!(ValueError, "cannot convert float NaN to integer")),
        None => Err(raised!(OverflowError, "cannot convert float infinity to integer")),
    }
}

/// An instance of a class with this value.
fn instance(cls: &TypeObject, value: f64) -> PyResult<Py<PyFloat>> {
    if cls.is(PyFloat::type_object()) {
        Ok(PyFloat::new(value))
    } else {
        crate::memory::new_in(cls, PyFloat { ob_base: PyObject::EMPTY, value })
    }
}

/// `value.__format__(spec)` of a double; `object` is what holds it.
pub fn float_format(value: f64, object: &PyObject, spec_text: &PyStr) -> PyResult<Py<PyStr>> {
    if spec_text.is_empty() {
        return object::str(object);
    }
    let spec = int::parse_spec(spec_text, '\0', Align::Right, object)?;
    match render::double(&spec, value, Locale::C) {
        Ok(number) => int::number_to_str(&number),
        Err(error) => Err(int::spec_error(error, spec_text, object)),
    }
}

#[pymethods(SLOTS)]
impl PyFloat {
    #[new(signature = "(x=0, /)")]
    fn py_new(cls: &TypeObject, x: OptArg<&PyObject>) -> PyResult {
        let OptArg::Given(x) = x else { return Ok(instance(cls, 0.0)?.into_obj()) };
        if cls.is(PyFloat::type_object()) {
            return number::float(x);
        }
        Ok(instance(cls, from_object(x)?)?.into_obj())
    }

    #[slot(tp_dealloc, raw)]
    #[expect(unsafe_code, reason = "the slot itself")]
    unsafe extern "C" fn py_dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot.
        unsafe { super::dealloc(object) }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_ascii(repr(self.value).as_bytes()))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        Ok(super::hash(self.value, self))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match super::compare_object(self.value, other, op) {
            Some(result) => Ok(PyInt::from_bool(result)),
            None => Ok(not_implemented()),
        }
    }
}

#[pymethods(NUMBER)]
impl PyFloat {
    #[slot(nb_add)]
    fn nb_add(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(a + b)
    }

    #[slot(nb_subtract)]
    fn nb_subtract(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(a - b)
    }

    #[slot(nb_multiply)]
    fn nb_multiply(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(a * b)
    }

    #[slot(nb_remainder)]
    fn nb_remainder(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(super::remainder(a, b)?)
    }

    #[slot(nb_divmod)]
    fn nb_divmod(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        let (quotient, remainder) = super::div_mod(a, b)?;
        Ok(PyTuple::from_vec(vec![float(quotient)?, float(remainder)?]).into_obj())
    }

    #[slot(nb_power)]
    fn nb_power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
        if !modulus.is_none() {
            return Err(raised!(
                TypeError,
                "pow() 3rd argument not allowed unless all arguments are integers"
            ));
        }
        operands!(a, b);
        super::power_object(a, b)
    }

    #[slot(nb_negative)]
    fn nb_negative(a: &PyObject) -> PyResult {
        float(-float_operand(a)?)
    }

    #[slot(nb_positive)]
    fn nb_positive(a: &PyObject) -> PyResult {
        if PyFloat::check_exact(a) { Ok(a.owned()) } else { float(float_operand(a)?) }
    }

    #[slot(nb_absolute)]
    fn nb_absolute(a: &PyObject) -> PyResult {
        float(float_operand(a)?.abs())
    }

    #[slot(nb_bool)]
    fn nb_bool(&self) -> PyResult<bool> {
        Ok(self.value != 0.0)
    }

    #[slot(nb_int)]
    fn nb_int(a: &PyObject) -> PyResult {
        Ok(to_int(float_operand(a)?)?.into_obj())
    }

    #[slot(nb_float)]
    fn nb_float(a: &PyObject) -> PyResult {
        Self::nb_positive(a)
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(super::floor_divide(a, b)?)
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        float(super::true_divide(a, b)?)
    }
}

#[pymethods(METHODS)]
impl PyFloat {
    /// Convert real number to a floating-point number.
    #[pymethod(class, signature = "(number, /)")]
    fn from_number(cls: &TypeObject, number: &PyObject) -> PyResult {
        if PyFloat::check_exact(number) && cls.is(PyFloat::type_object()) {
            return Ok(number.owned());
        }
        let value = float(number::as_f64(number)?)?;
        if cls.is(PyFloat::type_object()) { Ok(value) } else { call::call(cls, &[&value]) }
    }

    /// Return self, the complex conjugate of any float.
    #[pymethod]
    fn conjugate(&self) -> PyResult {
        Self::nb_positive(self)
    }

    /// Return the Integral closest to x between 0 and x.
    #[pymethod(name = "__trunc__")]
    fn trunc(&self) -> PyResult<Py<PyInt>> {
        to_int(self.value)
    }

    /// Return the floor as an Integral.
    #[pymethod(name = "__floor__")]
    fn floor(&self) -> PyResult<Py<PyInt>> {
        to_int(self.value.floor())
    }

    /// Return the ceiling as an Integral.
    #[pymethod(name = "__ceil__")]
    fn ceil(&self) -> PyResult<Py<PyInt>> {
        to_int(self.value.ceil())
    }

    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[pymethod(name = "__round__", signature = "(ndigits=None, /)")]
    fn round(&self, ndigits: Option<&PyObject>) -> PyResult {
        let Some(ndigits) = ndigits else {
            return Ok(to_int(self.value.round_ties_even())?.into_obj());
        };
        let ndigits = number::as_isize(ndigits, None)?;
        if !self.value.is_finite() {
            return float(self.value);
        }
        match arith::round_places(self.value, ndigits as i64) {
            Some(value) => float(value),
            None => Err(raised!(OverflowError, "rounded value too large to represent")),
        }
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    ///
    /// The ratio is in lowest terms and has a positive denominator.  Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    ///
    /// >>> (10.0).as_integer_ratio()
    /// (10, 1)
    /// >>> (0.0).as_integer_ratio()
    /// (0, 1)
    /// >>> (-.25).as_integer_ratio()
    /// (-1, 4)
    #[pymethod]
    fn as_integer_ratio(&self) -> PyResult<(Py<PyInt>, Py<PyInt>)> {
        if self.value.is_nan() {
            return Err(raised!(ValueError, "cannot convert NaN to integer ratio"));
        }
        if self.value.is_infinite() {
            return Err(raised!(OverflowError, "cannot convert Infinity to integer ratio"));
        }
        let (numerator, denominator) = arith::as_integer_ratio(self.value);
        Ok((PyInt::from_int(numerator), PyInt::from_int(denominator)))
    }

    /// Create a floating-point number from a hexadecimal string.
    ///
    /// >>> float.fromhex('0x1.ffffp10')
    /// 2047.984375
    /// >>> float.fromhex('-0x1p-1074')
    /// -5e-324
    #[pymethod(class, signature = "(string, /)")]
    fn fromhex(cls: &TypeObject, string: &PyObject) -> PyResult {
        let Some(string) = string.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "bad argument type for built-in operation"));
        };
        let value = match hex::from_hex(string.to_utf8()?.as_bytes()) {
            Ok(value) => float(value)?,
            Err(FromHexError::Invalid) => {
                return Err(raised!(ValueError, "invalid hexadecimal floating-point string"));
            }
            Err(FromHexError::TooLarge) => {
                return Err(raised!(OverflowError, "hexadecimal value too large to represent as a float"));
            }
            Err(FromHexError::TooLong) => {
                return Err(raised!(ValueError, "hexadecimal string too long to convert"));
            }
        };
        if cls.is(PyFloat::type_object()) { Ok(value) } else { call::call(cls, &[&value]) }
    }

    /// Return a hexadecimal representation of a floating-point number.
    ///
    /// >>> (-0.1).hex()
    /// '-0x1.999999999999ap-4'
    /// >>> 3.14159.hex()
    /// '0x1.921f9f01b866ep+1'
    #[pymethod]
    fn hex(&self) -> String {
        hex::to_hex(self.value)
    }

    /// Return True if the float is an integer.
    #[pymethod]
    fn is_integer(&self) -> bool {
        self.value.is_finite() && self.value.fract() == 0.0
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self) -> (f64,) {
        (self.value,)
    }

    /// You probably don't want to use this function.
    ///
    ///   typestr
    ///     Must be 'double' or 'float'.
    ///
    /// It exists mainly to be used in Python's test suite.
    ///
    /// This function returns whichever of 'unknown', 'IEEE, big-endian' or
    /// 'IEEE, little-endian' best describes the format of floating-point
    /// numbers used by the C type named by typestr.
    #[pymethod(class, name = "__getformat__", signature = "(typestr, /)")]
    fn getformat(cls: &TypeObject, typestr: &PyObject) -> PyResult<&'static str> {
        let _ = cls;
        let Some(typestr) = typestr.downcast::<PyStr>() else {
            return Err(raised!(
                TypeError,
                "__getformat__() argument must be str, not {}",
                typestr.class().name()
            ));
        };
        if typestr.eq_str("double") || typestr.eq_str("float") {
            Ok(if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" })
        } else {
            Err(raised!(ValueError, "__getformat__() argument 1 must be 'double' or 'float'"))
        }
    }

    /// Formats the float according to format_spec.
    #[pymethod(name = "__format__", signature = "(format_spec, /)")]
    fn py_format(&self, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        float_format(self.value, self, format_spec)
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self) -> PyResult {
        Self::nb_positive(self)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self) -> f64 {
        0.0
    }
}
