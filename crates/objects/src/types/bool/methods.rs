//! The methods and slots of `bool`.

use super::PyBool;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{ObjectExt, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::types::int::{self, PyInt};
use crate::types::str::PyStr;
use taipan_macros::pymethods;

/// Two truth values give a truth value, anything else is for integers.
#[inline]
fn logical(
    a: &PyObject,
    b: &PyObject,
    truth: fn(bool, bool) -> bool,
    integers: fn(&PyInt, &PyInt) -> crate::model::Py<PyInt>,
) -> PyResult {
    if let (Some(a), Some(b)) = (a.downcast::<PyBool>(), b.downcast::<PyBool>()) {
        return Ok(PyInt::from_bool(truth(a.value(), b.value())));
    }
    match (a.downcast::<PyInt>(), b.downcast::<PyInt>()) {
        (Some(a), Some(b)) => Ok(integers(a, b).into_obj()),
        _ => Ok(crate::model::not_implemented()),
    }
}

#[pymethods(METHODS)]
impl PyBool {
    #[new(signature = "(object=False, /)")]
    fn py_new(cls: &TypeObject, object: crate::model::args::OptArg<&PyObject>) -> PyResult<bool> {
        let _ = cls;
        object.given().map_or(Ok(false), object::is_true)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<crate::model::Py<PyStr>> {
        Ok(if self.value() { intern!("True") } else { intern!("False") }.to_owned())
    }

    #[slot(tp_dealloc, raw)]
    #[expect(unsafe_code, reason = "the slot itself")]
    unsafe extern "C" fn py_dealloc(object: *mut PyObject) {
        // SAFETY: there are two truth values and they are immortal; only old extensions get here.
        unsafe { (*object).make_immortal() }
    }

    #[slot(nb_invert)]
    fn nb_invert(a: &PyObject) -> PyResult {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the \
                 bitwise inversion of the underlying int object and is usually not what you expect from negating a \
                 bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise \
                 inversion of the underlying int."
            ),
        )?;
        match a.downcast::<PyInt>() {
            Some(a) => Ok(int::invert(a).into_obj()),
            None => Err(raised!(SystemError, "bad argument to internal function")),
        }
    }

    #[slot(nb_and)]
    fn nb_and(a: &PyObject, b: &PyObject) -> PyResult {
        logical(a, b, |a, b| a & b, int::bit_and)
    }

    #[slot(nb_xor)]
    fn nb_xor(a: &PyObject, b: &PyObject) -> PyResult {
        logical(a, b, |a, b| a ^ b, int::bit_xor)
    }

    #[slot(nb_or)]
    fn nb_or(a: &PyObject, b: &PyObject) -> PyResult {
        logical(a, b, |a, b| a | b, int::bit_or)
    }
}
