//! The methods and slots of `int`.

use super::PyInt;
use crate::model::args::OptArg;
use crate::model::{CompareOp, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, not_implemented};
use crate::protocols::{call, number, object};
use crate::types::bytes::PyBytes;
use crate::types::float::PyFloat;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_kernels::int::bytes::{self, ToBytesError};
use taipan_kernels::int::{nat, signed};
use taipan_macros::pymethods;

/// Both operands as integers.
#[inline(always)]
fn pair<'a>(a: &'a PyObject, b: &'a PyObject) -> Option<(&'a PyInt, &'a PyInt)> {
    Some((a.downcast::<PyInt>()?, b.downcast::<PyInt>()?))
}

macro_rules! binary {
    ($a:ident, $b:ident, $result:expr) => {
        match pair($a, $b) {
            Some(($a, $b)) => $result,
            None => Ok(not_implemented()),
        }
    };
}

#[pymethods(SLOTS)]
impl PyInt {
    #[new(by_position, signature = "(x=0, /, base=10)")]
    fn py_new(cls: &TypeObject, x: OptArg<&PyObject>, base: OptArg<&PyObject>) -> PyResult<Py<PyInt>> {
        super::construct(cls, x.given(), base.given())
    }

    #[slot(tp_dealloc, raw)]
    #[expect(unsafe_code, reason = "the slot itself")]
    unsafe extern "C" fn py_dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot.
        unsafe { super::dealloc(object) }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        super::to_str(self)
    }

    #[slot(tp_hash)]
    fn py_hash(&self) -> PyResult<isize> {
        Ok(super::hash(self))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyInt>() {
            Some(other) => Ok(PyInt::from_bool(super::compare_op(self, other, op))),
            None => Ok(not_implemented()),
        }
    }
}

#[pymethods(NUMBER)]
impl PyInt {
    #[slot(nb_add)]
    fn nb_add(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::add(a, b).map(Py::into_obj))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::subtract(a, b).map(Py::into_obj))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::multiply(a, b).map(Py::into_obj))
    }

    #[slot(nb_remainder)]
    fn nb_remainder(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::remainder(a, b).map(Py::into_obj))
    }

    #[slot(nb_divmod)]
    fn nb_divmod(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, {
            let (quotient, remainder) = super::div_mod(a, b)?;
            Ok(PyTuple::from_vec(vec![quotient.into_obj(), remainder.into_obj()]).into_obj())
        })
    }

    #[slot(nb_power)]
    fn nb_power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
        let Some((a, b)) = pair(a, b) else { return Ok(not_implemented()) };
        if modulus.is_none() {
            return super::power(a, b);
        }
        match modulus.downcast::<PyInt>() {
            Some(modulus) => super::power_modulo(a, b, modulus).map(Py::into_obj),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_negative)]
    fn nb_negative(a: &PyObject) -> PyResult {
        Ok(super::negate(int_operand(a)?).into_obj())
    }

    #[slot(nb_positive)]
    fn nb_positive(a: &PyObject) -> PyResult {
        Ok(super::plain(int_operand(a)?).into_obj())
    }

    #[slot(nb_absolute)]
    fn nb_absolute(a: &PyObject) -> PyResult {
        Ok(super::absolute(int_operand(a)?).into_obj())
    }

    #[slot(nb_bool)]
    fn nb_bool(&self) -> PyResult<bool> {
        Ok(!self.is_zero())
    }

    #[slot(nb_invert)]
    fn nb_invert(a: &PyObject) -> PyResult {
        Ok(super::invert(int_operand(a)?).into_obj())
    }

    #[slot(nb_lshift)]
    fn nb_lshift(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::left_shift(a, b).map(Py::into_obj))
    }

    #[slot(nb_rshift)]
    fn nb_rshift(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::right_shift(a, b).map(Py::into_obj))
    }

    #[slot(nb_and)]
    fn nb_and(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, Ok(super::bit_and(a, b).into_obj()))
    }

    #[slot(nb_xor)]
    fn nb_xor(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, Ok(super::bit_xor(a, b).into_obj()))
    }

    #[slot(nb_or)]
    fn nb_or(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, Ok(super::bit_or(a, b).into_obj()))
    }

    #[slot(nb_int)]
    fn nb_int(a: &PyObject) -> PyResult {
        Ok(super::plain(int_operand(a)?).into_obj())
    }

    #[slot(nb_float)]
    fn nb_float(a: &PyObject) -> PyResult {
        Ok(PyFloat::new(int_operand(a)?.to_f64()?).into_obj())
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, super::floor_divide(a, b).map(Py::into_obj))
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        binary!(a, b, Ok(PyFloat::new(super::true_divide(a, b)?).into_obj()))
    }

    #[slot(nb_index)]
    fn nb_index(a: &PyObject) -> PyResult {
        Ok(super::plain(int_operand(a)?).into_obj())
    }
}

/// The operand of a unary slot, which its caller chose by the operand's type.
#[inline(always)]
fn int_operand(a: &PyObject) -> PyResult<&PyInt> {
    match a.downcast::<PyInt>() {
        Some(a) => Ok(a),
        None => Err(raised!(SystemError, "bad argument to internal function")),
    }
}

/// `'little'` or `'big'`.
fn is_little(byteorder: Option<&PyStr>) -> PyResult<bool> {
    match byteorder {
        None => Ok(false),
        Some(order) if order.eq_str("big") => Ok(false),
        Some(order) if order.eq_str("little") => Ok(true),
        Some(_) => Err(raised!(ValueError, "byteorder must be either 'little' or 'big'")),
    }
}

#[pymethods(METHODS)]
impl PyInt {
    /// Returns self, the complex conjugate of any int.
    #[pymethod]
    fn conjugate(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// Number of bits necessary to represent self in binary.
    ///
    /// >>> bin(37)
    /// '0b100101'
    /// >>> (37).bit_length()
    /// 6
    #[pymethod(name = "bit_length")]
    fn py_bit_length(&self) -> u64 {
        self.bit_length()
    }

    /// Number of ones in the binary representation of the absolute value of self.
    ///
    /// Also known as the population count.
    ///
    /// >>> bin(13)
    /// '0b1101'
    /// >>> (13).bit_count()
    /// 3
    #[pymethod]
    fn bit_count(&self) -> u64 {
        nat::bit_count(self.digits())
    }

    /// Return an array of bytes representing an integer.
    ///
    ///   length
    ///     Length of bytes object to use.  An OverflowError is raised if
    ///     the integer is not representable with the given number of bytes.
    ///     Default is length 1.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is
    ///     'big', the most significant byte is at the beginning of the byte
    ///     array.  If byteorder is 'little', the most significant byte is at
    ///     the end of the byte array.  To request the native byte order of
    ///     the host system, use sys.byteorder as the byte order value.
    ///     Default is to use 'big'.
    ///   signed
    ///     Determines whether two's complement is used to represent the
    ///     integer.  If signed is False and a negative integer is given,
    ///     an OverflowError is raised.
    #[pymethod(signature = "(length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(&self, length: isize, byteorder: OptArg<&PyStr>, signed: bool) -> PyResult {
        let little = is_little(byteorder.given())?;
        if length < 0 {
            return Err(raised!(ValueError, "length argument must be non-negative"));
        }
        let mut outcome = Ok(());
        let result = PyBytes::with(length as usize, |out| {
            outcome = bytes::to_bytes(self.view(), out, little, signed);
        })?;
        match outcome {
            Ok(()) => Ok(result.into_obj()),
            Err(ToBytesError::TooBig) => Err(raised!(OverflowError, "int too big to convert")),
            Err(ToBytesError::NegativeUnsigned) => {
                Err(raised!(OverflowError, "can't convert negative int to unsigned"))
            }
        }
    }

    /// Return the integer represented by the given array of bytes.
    ///
    ///   bytes
    ///     Holds the array of bytes to convert.  The argument must either
    ///     support the buffer protocol or be an iterable object producing
    ///     bytes.  Bytes and bytearray are examples of built-in objects that
    ///     support the buffer protocol.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is
    ///     'big', the most significant byte is at the beginning of the byte
    ///     array.  If byteorder is 'little', the most significant byte is at
    ///     the end of the byte array.  To request the native byte order of
    ///     the host system, use sys.byteorder as the byte order value.
    ///     Default is to use 'big'.
    ///   signed
    ///     Indicates whether two's complement is used to represent the
    ///     integer.
    #[pymethod(class, signature = "(bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(cls: &TypeObject, source: &PyObject, byteorder: OptArg<&PyStr>, signed: bool) -> PyResult {
        let little = is_little(byteorder.given())?;
        let value = match source.downcast_exact::<PyBytes>() {
            Some(source) => bytes::from_bytes(source.as_slice(), little, signed),
            None => {
                let source = object::bytes(source)?;
                let Some(source) = source.downcast::<PyBytes>() else {
                    return Err(raised!(SystemError, "bytes() made no bytes"));
                };
                bytes::from_bytes(source.as_slice(), little, signed)
            }
        };
        let value = PyInt::from_int(value).into_obj();
        if cls.is(PyInt::type_object()) { Ok(value) } else { call::call(cls, &[&value]) }
    }

    /// Return a pair of integers, whose ratio is equal to the original int.
    ///
    /// The ratio is in lowest terms and has a positive denominator.
    ///
    /// >>> (10).as_integer_ratio()
    /// (10, 1)
    /// >>> (-10).as_integer_ratio()
    /// (-10, 1)
    /// >>> (0).as_integer_ratio()
    /// (0, 1)
    #[pymethod]
    fn as_integer_ratio(&self) -> (Py<PyInt>, i64) {
        (super::plain(self), 1)
    }

    /// Truncating an Integral returns itself.
    #[pymethod(name = "__trunc__")]
    fn trunc(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// Flooring an Integral returns itself.
    #[pymethod(name = "__floor__")]
    fn floor(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// Ceiling of an Integral returns itself.
    #[pymethod(name = "__ceil__")]
    fn ceil(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[pymethod(name = "__round__", signature = "(ndigits=None, /)")]
    fn round(&self, ndigits: Option<&PyObject>) -> PyResult<Py<PyInt>> {
        let Some(ndigits) = ndigits else { return Ok(super::plain(self)) };
        let ndigits = number::index(ndigits)?;
        if !ndigits.is_negative() {
            return Ok(super::plain(self));
        }
        let places = ndigits.to_i64().map_or(u64::MAX, i64::unsigned_abs);
        Ok(PyInt::from_int(signed::round_to_power_of_ten(self.view(), places)))
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self) -> (Py<PyInt>,) {
        (PyInt::from_view(self.view()),)
    }

    /// Convert to a string according to format_spec.
    #[pymethod(name = "__format__", signature = "(format_spec, /)")]
    fn py_format(&self, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        super::format(self, format_spec)
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        // The layout has room for one digit even where there is none.
        self.class().tp_basicsize() as usize + self.digits().len().max(1) * size_of::<u32>()
    }

    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[pymethod]
    fn is_integer(&self) -> bool {
        true
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self) -> i64 {
        0
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(&self) -> Py<PyInt> {
        super::plain(self)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(&self) -> i64 {
        1
    }
}
