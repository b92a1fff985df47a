//! `complex()`: from text, from numbers, from objects with `__complex__`.

use super::{Parts, PyComplex};
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject};
use crate::protocols::{call, number};
use crate::types::int;
use crate::types::str::PyStr;
use taipan_kernels::float::parse_complex;

/// What `__complex__` gives, if the type has it.
fn special(object: &PyObject) -> PyResult<Option<Parts>> {
    if let Some(value) = object.downcast_exact::<PyComplex>() {
        return Ok(Some(value.parts()));
    }
    let Some(result) = call::special(object, intern!("__complex__"), &[])? else { return Ok(None) };
    let Some(value) = result.downcast::<PyComplex>() else {
        return Err(raised!(TypeError, "__complex__ returned non-complex (type {})", result.class().name()));
    };
    if !PyComplex::check_exact(value) {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass \
                 of complex is deprecated, and may be removed in a future version of Python.",
                result.class().name()
            ),
        )?;
    }
    Ok(Some(value.parts()))
}

/// The value of any number (`PyComplex_AsCComplex`).
pub fn as_complex(object: &PyObject) -> PyResult<Parts> {
    if let Some(value) = object.downcast::<PyComplex>() {
        return Ok(value.parts());
    }
    match special(object)? {
        Some(parts) => Ok(parts),
        None => Ok((number::as_f64(object)?, 0.0)),
    }
}

pub fn instance(class: &TypeObject, (real, imag): Parts) -> PyResult<Py<PyComplex>> {
    if class.is(PyComplex::type_object()) {
        Ok(PyComplex::new(real, imag))
    } else {
        crate::memory::new_in(class, PyComplex { ob_base: PyObject::EMPTY, real, imag })
    }
}

fn from_str(text: &PyStr) -> PyResult<Parts> {
    parse_complex(&int::numeric_text(text))
        .ok_or_else(|| raised!(ValueError, "complex() arg is a malformed string"))
}

#[cold]
fn not_real(which: &str, object: &PyObject) -> Raised {
    raised!(TypeError, "complex() argument '{which}' must be a real number, not {}", object.class().name())
}

fn is_real(object: &PyObject) -> bool {
    object.class().nb_float().is_some() || number::is_index(object)
}

/// One argument of two: a complex number is taken too, with a warning.
fn part(which: &str, object: &PyObject) -> PyResult<Parts> {
    let parts = match object.downcast::<PyComplex>() {
        Some(value) => value.parts(),
        None if which == "real" => match special(object)? {
            Some(parts) => parts,
            None if is_real(object) => return Ok((number::as_f64(object)?, 0.0)),
            None => return Err(not_real(which, object)),
        },
        None if is_real(object) => return Ok((number::as_f64(object)?, 0.0)),
        None => return Err(not_real(which, object)),
    };
    errors::warn(
        Exc::DeprecationWarning,
        1,
        format_args!("complex() argument '{which}' must be a real number, not {}", object.class().name()),
    )?;
    Ok(parts)
}

/// `complex(x)`.
pub fn convert(class: &TypeObject, x: &PyObject) -> PyResult<Py<PyComplex>> {
    if let Some(value) = x.downcast_exact::<PyComplex>()
        && class.is(PyComplex::type_object())
    {
        return Ok(value.to_owned());
    }
    if let Some(text) = x.downcast::<PyStr>() {
        return instance(class, from_str(text)?);
    }
    if let Some(parts) = special(x)? {
        return instance(class, parts);
    }
    if let Some(value) = x.downcast::<PyComplex>() {
        return instance(class, value.parts());
    }
    if !is_real(x) {
        return Err(raised!(
            TypeError,
            "complex() argument must be a string or a number, not {}",
            x.class().name()
        ));
    }
    instance(class, (number::as_f64(x)?, 0.0))
}

/// `complex(real=…, imag=…)`.
pub fn from_parts(
    class: &TypeObject,
    real: Option<&PyObject>,
    imag: Option<&PyObject>,
) -> PyResult<Py<PyComplex>> {
    let (mut re, mut im) = match real {
        Some(real) if PyStr::check(real) => return Err(not_real("real", real)),
        Some(real) => part("real", real)?,
        None => (0.0, 0.0),
    };
    let Some(imag) = imag else { return instance(class, (re, im)) };
    if PyStr::check(imag) {
        return Err(not_real("imag", imag));
    }
    let second = part("imag", imag)?;
    // real + imag * 1j, where either may have been complex.
    if PyComplex::check(imag) {
        re -= second.1;
    }
    if real.is_some_and(|real| !is_real(real)) {
        im += second.0;
    } else {
        im = second.0;
    }
    instance(class, (re, im))
}

/// `complex.from_number(number)`.
pub fn from_number(number: &PyObject) -> PyResult<Parts> {
    match special(number)? {
        Some(parts) => Ok(parts),
        None => match number.downcast::<PyComplex>() {
            Some(value) => Ok(value.parts()),
            None => Ok((number::as_f64(number)?, 0.0)),
        },
    }
}
