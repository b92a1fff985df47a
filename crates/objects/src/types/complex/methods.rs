//! The methods and slots of `complex`.

use super::PyComplex;
use super::arith::{self, Operand};
use super::construct;
use crate::model::args::OptArg;
use crate::model::{CompareOp, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, not_implemented};
use crate::protocols::{call, object};
use crate::types::float::{self, PyFloat};
use crate::types::int::{self, PyInt};
use crate::types::str::PyStr;
use taipan_kernels::float::format::complex_repr;
use taipan_kernels::format::{Align, Locale, render};
use taipan_kernels::hash::combine_complex;
use taipan_macros::pymethods;

fn operand(object: &PyObject) -> PyResult<Option<Operand>> {
    if let Some(value) = object.downcast::<PyComplex>() {
        return Ok(Some(Operand::Complex(value.parts())));
    }
    Ok(float::operand(object)?.map(Operand::Real))
}

macro_rules! operands {
    ($a:ident, $b:ident) => {
        let Some($a) = operand($a)? else { return Ok(not_implemented()) };
        let Some($b) = operand($b)? else { return Ok(not_implemented()) };
    };
}

fn complex((real, imag): (f64, f64)) -> PyResult {
    Ok(PyComplex::new(real, imag).into_obj())
}

/// The value of a unary slot's operand, which its caller chose by the operand's type.
fn parts_of(a: &PyObject) -> PyResult<(f64, f64)> {
    match a.downcast::<PyComplex>() {
        Some(a) => Ok(a.parts()),
        None => Err(raised!(SystemError, "bad argument to internal function")),
    }
}

#[pymethods(SLOTS)]
impl PyComplex {
    // One positional argument is converted; given by name, or with a second one, it is a part.
    #[new(signature = "(*args, real=0, imag=0)")]
    fn py_new(
        cls: &TypeObject,
        args: &[&PyObject],
        real: OptArg<&PyObject>,
        imag: OptArg<&PyObject>,
    ) -> PyResult<Py<PyComplex>> {
        let (real, imag) = (real.given(), imag.given());
        let given = args.len() + real.is_some() as usize + imag.is_some() as usize;
        if given > 2 {
            return Err(raised!(TypeError, "complex() takes at most 2 arguments ({given} given)"));
        }
        let twice = |name: &str, position: usize| {
            raised!(TypeError, "argument for complex() given by name ('{name}') and position ({position})")
        };
        match (args, real, imag) {
            ([x], None, None) => construct::convert(cls, x),
            ([_, ..], Some(_), _) => Err(twice("real", 1)),
            ([_, _, ..], _, Some(_)) => Err(twice("imag", 2)),
            _ => construct::from_parts(cls, real.or(args.first().copied()), imag.or(args.get(1).copied())),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_ascii(complex_repr(self.real, self.imag).as_bytes()))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let part = |value| float::hash(value, self) as i64;
        Ok(combine_complex(part(self.real), part(self.imag)) as isize)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let is_equal = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(not_implemented()),
        };
        let equal = if let Some(other) = other.downcast::<PyComplex>() {
            self.parts() == other.parts()
        } else if let Some(other) = other.downcast::<PyInt>() {
            self.imag == 0.0 && float::compare_int(self.real, other, CompareOp::Eq)
        } else if let Some(other) = other.downcast::<PyFloat>() {
            self.imag == 0.0 && self.real == other.value()
        } else {
            return Ok(not_implemented());
        };
        Ok(PyInt::from_bool(equal == is_equal))
    }

    #[slot(nb_add)]
    fn nb_add(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        complex(arith::sum(a, b))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        complex(arith::difference(a, b))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        complex(arith::product_of(a, b))
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        operands!(a, b);
        complex(arith::quotient_of(a, b)?)
    }

    #[slot(nb_power)]
    fn nb_power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
        operands!(a, b);
        if !modulus.is_none() {
            return Err(raised!(ValueError, "complex modulo"));
        }
        complex(arith::power_of(a, b)?)
    }

    #[slot(nb_negative)]
    fn nb_negative(a: &PyObject) -> PyResult {
        let (real, imag) = parts_of(a)?;
        complex((-real, -imag))
    }

    #[slot(nb_positive)]
    fn nb_positive(a: &PyObject) -> PyResult {
        if PyComplex::check_exact(a) { Ok(a.owned()) } else { complex(parts_of(a)?) }
    }

    #[slot(nb_absolute)]
    fn nb_absolute(a: &PyObject) -> PyResult {
        Ok(PyFloat::new(arith::absolute(parts_of(a)?)?).into_obj())
    }

    #[slot(nb_bool)]
    fn nb_bool(&self) -> PyResult<bool> {
        Ok(self.real != 0.0 || self.imag != 0.0)
    }
}

#[pymethods(METHODS)]
impl PyComplex {
    /// Convert number to a complex floating-point number.
    #[pymethod(class, signature = "(number, /)")]
    fn from_number(cls: &TypeObject, number: &PyObject) -> PyResult {
        let exact = cls.is(PyComplex::type_object());
        if exact && PyComplex::check_exact(number) {
            return Ok(number.owned());
        }
        let value = complex(construct::from_number(number)?)?;
        if exact { Ok(value) } else { call::call(cls, &[&value]) }
    }

    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[pymethod]
    fn conjugate(&self) -> PyResult {
        complex((self.real, -self.imag))
    }

    /// Convert this value to exact type complex.
    #[pymethod(name = "__complex__")]
    fn to_complex(&self) -> PyResult {
        Self::nb_positive(self)
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self) -> (f64, f64) {
        self.parts()
    }

    /// Convert to a string according to format_spec.
    #[pymethod(name = "__format__", signature = "(format_spec, /)")]
    fn py_format(&self, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        if format_spec.is_empty() {
            return object::str(self);
        }
        let spec = int::parse_spec(format_spec, '\0', Align::Right, self)?;
        match render::complex(&spec, self.real, self.imag, Locale::C) {
            Ok(number) => int::number_to_str(&number),
            Err(error) => Err(int::spec_error(error, format_spec, self)),
        }
    }
}
