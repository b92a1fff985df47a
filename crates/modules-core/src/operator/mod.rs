//! `_operator`: the operators of Python as functions.

mod digest;
mod getters;

use taipan_macros::pymodule;

/// Operator interface.
///
/// This module exports a set of functions implemented in C corresponding
/// to the intrinsic operators of Python.  For example, operator.add(x, y)
/// is equivalent to the expression x+y.  The function names are those
/// used for special methods; variants without leading and trailing
/// '__' are also provided for convenience.
#[pymodule(name = "_operator")]
pub mod operator {
    use super::digest;
    use super::getters::{PyAttrGetter, PyItemGetter, PyMethodCaller};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// Return True if a is true, False otherwise.
    #[pyfunction(signature = "(a, /)")]
    pub fn truth(a: &PyObject) -> PyResult<bool> {
        object::is_true(a)
    }

    /// Same as b in a (note reversed operands).
    #[pyfunction(signature = "(a, b, /)")]
    pub fn contains(a: &PyObject, b: &PyObject) -> PyResult<bool> {
        sequence::contains(a, b)
    }

    /// Return the first index of b in a.
    #[pyfunction(signature = "(a, b, /)", name = "indexOf")]
    pub fn index_of(a: &PyObject, b: &PyObject) -> PyResult<usize> {
        sequence::index(a, b)
    }

    /// Return the number of items in a which are, or which equal, b.
    #[pyfunction(signature = "(a, b, /)", name = "countOf")]
    pub fn count_of(a: &PyObject, b: &PyObject) -> PyResult<usize> {
        sequence::count(a, b)
    }

    /// Same as a is b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn is_(a: &PyObject, b: &PyObject) -> bool {
        a.is(b)
    }

    /// Same as a is not b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn is_not(a: &PyObject, b: &PyObject) -> bool {
        !a.is(b)
    }

    /// Same as a is None.
    #[pyfunction(signature = "(a, /)")]
    pub fn is_none(a: &PyObject) -> bool {
        a.is_none()
    }

    /// Same as a is not None.
    #[pyfunction(signature = "(a, /)")]
    pub fn is_not_none(a: &PyObject) -> bool {
        !a.is_none()
    }

    /// Same as a.__index__()
    #[pyfunction(signature = "(a, /)")]
    pub fn index(a: &PyObject) -> PyResult<Py<PyInt>> {
        number::exact_index(a)
    }

    /// Same as not a.
    #[pyfunction(signature = "(a, /)")]
    pub fn not_(a: &PyObject) -> PyResult<bool> {
        object::is_true(a).map(|truth| !truth)
    }

    /// Same as a[b] = c.
    #[pyfunction(signature = "(a, b, c, /)")]
    pub fn setitem(a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult<()> {
        object::set_item(a, b, Some(c))
    }

    /// Same as del a[b].
    #[pyfunction(signature = "(a, b, /)")]
    pub fn delitem(a: &PyObject, b: &PyObject) -> PyResult<()> {
        object::set_item(a, b, None)
    }

    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    ///
    /// Note: If a and b are of different lengths, or if an error occurs,
    /// a timing attack could theoretically reveal information about the
    /// types and lengths of a and b--but not their values.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn _compare_digest(a: &PyObject, b: &PyObject) -> PyResult<bool> {
        digest::compare(a, b)
    }

    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    /// The result will be an integer >= 0.
    #[pyfunction(signature = "(obj, default=0, /)")]
    pub fn length_hint(obj: &PyObject, default: OptArg<isize>) -> PyResult<isize> {
        let default = default.given().unwrap_or(0);
        // The default may be negative, which no estimate is.
        match usize::try_from(default) {
            Ok(default) => object::length_hint(obj, default).map(|hint| hint as isize),
            Err(_) => {
                let hint = object::length_hint(obj, usize::MAX >> 1)?;
                Ok(if hint == usize::MAX >> 1 { default } else { hint as isize })
            }
        }
    }

    /// call($module, obj, /, *args, **kwargs)
    /// --
    ///
    /// Same as obj(*args, **kwargs).
    #[pyfunction(signature = "(*args, **kwargs)", name = "call", no_text)]
    pub fn call_object(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let Some((callable, args)) = args.split_first() else {
            return Err(raised!(TypeError, "call expected at least 1 argument, got 0"));
        };
        call::call_tuple(callable, &PyTuple::from_slice(args), kwargs.as_deref())
    }

    /// Same as -a.
    #[pyfunction(signature = "(a, /)")]
    pub fn neg(a: &PyObject) -> PyResult {
        number::negative(a)
    }

    /// Same as +a.
    #[pyfunction(signature = "(a, /)")]
    pub fn pos(a: &PyObject) -> PyResult {
        number::positive(a)
    }

    /// Same as abs(a).
    #[pyfunction(signature = "(a, /)")]
    pub fn abs(a: &PyObject) -> PyResult {
        number::absolute(a)
    }

    /// Same as ~a.
    #[pyfunction(signature = "(a, /)")]
    pub fn inv(a: &PyObject) -> PyResult {
        number::invert(a)
    }

    /// Same as ~a.
    #[pyfunction(signature = "(a, /)")]
    pub fn invert(a: &PyObject) -> PyResult {
        number::invert(a)
    }

    /// Same as a + b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn add(a: &PyObject, b: &PyObject) -> PyResult {
        number::add(a, b)
    }

    /// Same as a - b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn sub(a: &PyObject, b: &PyObject) -> PyResult {
        number::subtract(a, b)
    }

    /// Same as a * b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn mul(a: &PyObject, b: &PyObject) -> PyResult {
        number::multiply(a, b)
    }

    /// Same as a @ b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn matmul(a: &PyObject, b: &PyObject) -> PyResult {
        number::matrix_multiply(a, b)
    }

    /// Same as a // b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn floordiv(a: &PyObject, b: &PyObject) -> PyResult {
        number::floor_divide(a, b)
    }

    /// Same as a / b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn truediv(a: &PyObject, b: &PyObject) -> PyResult {
        number::true_divide(a, b)
    }

    /// Same as a % b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn r#mod(a: &PyObject, b: &PyObject) -> PyResult {
        number::remainder(a, b)
    }

    /// Same as a << b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn lshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::lshift(a, b)
    }

    /// Same as a >> b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn rshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::rshift(a, b)
    }

    /// Same as a & b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn and_(a: &PyObject, b: &PyObject) -> PyResult {
        number::and_(a, b)
    }

    /// Same as a ^ b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn xor(a: &PyObject, b: &PyObject) -> PyResult {
        number::xor(a, b)
    }

    /// Same as a | b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn or_(a: &PyObject, b: &PyObject) -> PyResult {
        number::or_(a, b)
    }

    /// Same as a += b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn iadd(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_add(a, b)
    }

    /// Same as a -= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn isub(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_subtract(a, b)
    }

    /// Same as a *= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn imul(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_multiply(a, b)
    }

    /// Same as a @= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn imatmul(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_matrix_multiply(a, b)
    }

    /// Same as a //= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ifloordiv(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_floor_divide(a, b)
    }

    /// Same as a /= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn itruediv(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_true_divide(a, b)
    }

    /// Same as a %= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn imod(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_remainder(a, b)
    }

    /// Same as a <<= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ilshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_lshift(a, b)
    }

    /// Same as a >>= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn irshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_rshift(a, b)
    }

    /// Same as a &= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn iand(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_and(a, b)
    }

    /// Same as a ^= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ixor(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_xor(a, b)
    }

    /// Same as a |= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ior(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_or(a, b)
    }

    /// Same as a + b, for a and b sequences.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn concat(a: &PyObject, b: &PyObject) -> PyResult {
        sequence::concat(a, b)
    }

    /// Same as a += b, for a and b sequences.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn iconcat(a: &PyObject, b: &PyObject) -> PyResult {
        sequence::inplace_concat(a, b)
    }

    /// Same as a[b].
    #[pyfunction(signature = "(a, b, /)")]
    pub fn getitem(a: &PyObject, b: &PyObject) -> PyResult {
        object::get_item(a, b)
    }

    /// Same as a ** b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn pow(a: &PyObject, b: &PyObject) -> PyResult {
        number::power(a, b, none_ref())
    }

    /// Same as a **= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ipow(a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_power(a, b)
    }

    /// Same as a == b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn eq(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Eq)
    }

    /// Same as a != b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ne(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Ne)
    }

    /// Same as a < b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn lt(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Lt)
    }

    /// Same as a <= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn le(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Le)
    }

    /// Same as a > b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn gt(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Gt)
    }

    /// Same as a >= b.
    #[pyfunction(signature = "(a, b, /)")]
    pub fn ge(a: &PyObject, b: &PyObject) -> PyResult {
        object::compare(a, b, CompareOp::Ge)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(PyAttrGetter::type_object())?;
        module.add_type(PyItemGetter::type_object())?;
        module.add_type(PyMethodCaller::type_object())
    }
}
