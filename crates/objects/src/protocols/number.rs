//! Arithmetic.

use crate::errors::Exc;
use crate::model::{Py, PyObject, PyResult};
use crate::types::int::PyInt;
use crate::types::str::PyStr;

/// The binary operation of slot `nb_add`.
pub fn add(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_add`.
pub fn inplace_add(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_subtract`.
pub fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_subtract`.
pub fn inplace_subtract(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_multiply`.
pub fn multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_multiply`.
pub fn inplace_multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_matrix_multiply`.
pub fn matrix_multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_matrix_multiply`.
pub fn inplace_matrix_multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_true_divide`.
pub fn true_divide(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_true_divide`.
pub fn inplace_true_divide(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_floor_divide`.
pub fn floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_floor_divide`.
pub fn inplace_floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_remainder`.
pub fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_remainder`.
pub fn inplace_remainder(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_divmod`.
pub fn divmod(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_lshift`.
pub fn lshift(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_lshift`.
pub fn inplace_lshift(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_rshift`.
pub fn rshift(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_rshift`.
pub fn inplace_rshift(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_and`.
pub fn and_(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_and`.
pub fn inplace_and(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_xor`.
pub fn xor(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_xor`.
pub fn inplace_xor(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The binary operation of slot `nb_or`.
pub fn or_(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// The in-place operation of slot `nb_inplace_or`.
pub fn inplace_or(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// `pow(a, b, modulus)`; `None` for no modulus is `none_ref()`.
pub fn power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
    let _ = (a, b, modulus);
    todo!()
}

/// `a **= b`.
pub fn inplace_power(a: &PyObject, b: &PyObject) -> PyResult {
    let _ = (a, b);
    todo!()
}

/// `-a`.
pub fn negative(a: &PyObject) -> PyResult {
    let _ = a;
    todo!()
}

/// `+a`.
pub fn positive(a: &PyObject) -> PyResult {
    let _ = a;
    todo!()
}

/// `~a`.
pub fn invert(a: &PyObject) -> PyResult {
    let _ = a;
    todo!()
}

/// `abs(a)`.
pub fn absolute(a: &PyObject) -> PyResult {
    let _ = a;
    todo!()
}

/// `operator.index(a)`: an `int` (or subclass).
pub fn index(a: &PyObject) -> PyResult<Py<PyInt>> {
    let _ = a;
    todo!()
}

/// `int(a)`.
pub fn int(a: &PyObject) -> PyResult<Py<PyInt>> {
    let _ = a;
    todo!()
}

/// `float(a)`.
pub fn float(a: &PyObject) -> PyResult {
    let _ = a;
    todo!()
}

/// The value as a double: a float, `__float__` or `__index__` (`PyFloat_AsDouble`).
pub fn as_f64(a: &PyObject) -> PyResult<f64> {
    let _ = a;
    todo!()
}

/// `__index__` as a size, clipped where `overflow` is `None`, else raising it (`PyNumber_AsSsize_t`).
pub fn as_isize(a: &PyObject, overflow: Option<Exc>) -> PyResult<isize> {
    let _ = (a, overflow);
    todo!()
}

/// Whether it can be an index (`PyIndex_Check`).
pub fn is_index(a: &PyObject) -> bool {
    let _ = a;
    todo!()
}

/// Whether it is a number (`PyNumber_Check`).
pub fn is_number(a: &PyObject) -> bool {
    let _ = a;
    todo!()
}

/// An index in text of base 2, 8, 10 or 16 with its prefix (`PyNumber_ToBase`).
pub fn to_base(a: &PyObject, base: u32) -> PyResult<Py<PyStr>> {
    let _ = (a, base);
    todo!()
}

/// `__index__` as a Rust integer; `OverflowError` where it does not fit (`what` names the C type: "C int").
pub fn index_to_integer<T: TryFrom<i128>>(a: &PyObject, what: &str) -> PyResult<T> {
    let _ = (a, what);
    todo!()
}
