//! Arithmetic: which operand's slot is asked, in which order, and what is said when none answers.
//!
//! The left operand's type is asked first, unless the right one's is a subclass of it with a slot of its own. A slot
//! that cannot do the operation gives `NotImplemented`. `+` and `*` then try the operands as sequences.

#![expect(unsafe_code, reason = "calls the slots of types")]

use crate::errors::{self, Exc};
use crate::model::trampoline::{call_binary, call_unary};
use crate::model::{
    Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject, none_ref, not_implemented,
};
use crate::types::float::PyFloat;
use crate::types::int::{self, PyInt};
use crate::types::str::PyStr;
use taipan_abi::{binaryfunc, ternaryfunc, unaryfunc};

#[inline(always)]
fn declined(result: &Obj) -> bool {
    result.is(&not_implemented())
}

#[inline(always)]
fn same_function(a: Option<binaryfunc>, b: Option<binaryfunc>) -> bool {
    a.map(|f| f as usize) == b.map(|f| f as usize)
}

/// Asks the slots of both operands; `NotImplemented` where none answers.
#[inline]
fn dispatch(a: &PyObject, b: &PyObject, slot: impl Fn(&TypeObject) -> Option<binaryfunc>) -> PyResult {
    let (class_a, class_b) = (a.class(), b.class());
    let slot_a = slot(class_a);
    let mut slot_b = None;
    if !class_a.is(class_b) {
        slot_b = slot(class_b);
        if same_function(slot_a, slot_b) {
            slot_b = None;
        }
    }
    if let Some(function) = slot_a {
        if let Some(reflected) = slot_b
            && class_b.is_subtype_of(class_a)
        {
            // SAFETY: a slot of a live type, called with live objects.
            let result = unsafe { call_binary(reflected, a, b)? };
            if !declined(&result) {
                return Ok(result);
            }
            slot_b = None;
        }
        // SAFETY: as above.
        let result = unsafe { call_binary(function, a, b)? };
        if !declined(&result) {
            return Ok(result);
        }
    }
    match slot_b {
        // SAFETY: as above.
        Some(function) => unsafe { call_binary(function, a, b) },
        None => Ok(not_implemented()),
    }
}

/// Asks the in-place slot of the left operand, then as [`dispatch`].
#[inline]
fn dispatch_inplace(
    a: &PyObject,
    b: &PyObject,
    inplace: Option<binaryfunc>,
    slot: impl Fn(&TypeObject) -> Option<binaryfunc>,
) -> PyResult {
    if let Some(function) = inplace {
        // SAFETY: a slot of a live type, called with live objects.
        let result = unsafe { call_binary(function, a, b)? };
        if !declined(&result) {
            return Ok(result);
        }
    }
    dispatch(a, b, slot)
}

#[cold]
fn unsupported(a: &PyObject, b: &PyObject, symbol: &str) -> Raised {
    raised!(
        TypeError,
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        a.class().name(),
        b.class().name()
    )
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident, $inplace:ident, $slot:ident, $inplace_slot:ident, $symbol:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(a: &PyObject, b: &PyObject) -> PyResult {
                let result = dispatch(a, b, TypeObject::$slot)?;
                if declined(&result) { Err(unsupported(a, b, $symbol)) } else { Ok(result) }
            }

            /// The operation in place.
            pub fn $inplace(a: &PyObject, b: &PyObject) -> PyResult {
                let result = dispatch_inplace(a, b, a.class().$inplace_slot(), TypeObject::$slot)?;
                if declined(&result) { Err(unsupported(a, b, concat!($symbol, "="))) } else { Ok(result) }
            }
        )*
    };
}

operations! {
    /// `a - b`.
    subtract, inplace_subtract, nb_subtract, nb_inplace_subtract, "-";
    /// `a @ b`.
    matrix_multiply, inplace_matrix_multiply, nb_matrix_multiply, nb_inplace_matrix_multiply, "@";
    /// `a / b`.
    true_divide, inplace_true_divide, nb_true_divide, nb_inplace_true_divide, "/";
    /// `a // b`.
    floor_divide, inplace_floor_divide, nb_floor_divide, nb_inplace_floor_divide, "//";
    /// `a % b`.
    remainder, inplace_remainder, nb_remainder, nb_inplace_remainder, "%";
    /// `a << b`.
    lshift, inplace_lshift, nb_lshift, nb_inplace_lshift, "<<";
    /// `a & b`.
    and_, inplace_and, nb_and, nb_inplace_and, "&";
    /// `a ^ b`.
    xor, inplace_xor, nb_xor, nb_inplace_xor, "^";
    /// `a | b`.
    or_, inplace_or, nb_or, nb_inplace_or, "|";
}

/// `a >> b`.
pub fn rshift(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch(a, b, TypeObject::nb_rshift)?;
    if !declined(&result) {
        return Ok(result);
    }
    // `print >> file` of Python 2 gets a hint.
    if a.class().name() == "builtin_function_or_method"
        && let Ok(Some(name)) = crate::protocols::object::get_optional_attr(a, crate::intern!("__name__"))
        && name.downcast::<PyStr>().is_some_and(|name| name.eq_str("print"))
    {
        return Err(raised!(
            TypeError,
            "unsupported operand type(s) for >>: '{}' and '{}'. Did you mean \"print(<message>, \
             file=<output_stream>)\"?",
            a.class().name(),
            b.class().name()
        ));
    }
    Err(unsupported(a, b, ">>"))
}

/// `a >>= b`.
pub fn inplace_rshift(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch_inplace(a, b, a.class().nb_inplace_rshift(), TypeObject::nb_rshift)?;
    if declined(&result) { Err(unsupported(a, b, ">>=")) } else { Ok(result) }
}

/// `divmod(a, b)`.
pub fn divmod(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch(a, b, TypeObject::nb_divmod)?;
    if declined(&result) { Err(unsupported(a, b, "divmod()")) } else { Ok(result) }
}

/// `a + b`.
pub fn add(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch(a, b, TypeObject::nb_add)?;
    if !declined(&result) {
        return Ok(result);
    }
    match a.class().sq_concat() {
        // SAFETY: a slot of a live type, called with live objects.
        Some(concat) => unsafe { call_binary(concat, a, b) },
        None => Err(unsupported(a, b, "+")),
    }
}

/// `a += b`.
pub fn inplace_add(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch_inplace(a, b, a.class().nb_inplace_add(), TypeObject::nb_add)?;
    if !declined(&result) {
        return Ok(result);
    }
    match a.class().sq_inplace_concat().or(a.class().sq_concat()) {
        // SAFETY: a slot of a live type, called with live objects.
        Some(concat) => unsafe { call_binary(concat, a, b) },
        None => Err(unsupported(a, b, "+=")),
    }
}

/// `sequence * count`.
fn repeat(repeat: taipan_abi::ssizeargfunc, object: &PyObject, count: &PyObject) -> PyResult {
    if !is_index(count) {
        return Err(raised!(
            TypeError,
            "can't multiply sequence by non-int of type '{}'",
            count.class().name()
        ));
    }
    let count = as_isize(count, Some(Exc::OverflowError))?;
    // SAFETY: a slot of a live type, called with a live object.
    unsafe { Obj::from_result(repeat(object.as_ptr(), count)) }
}

/// `a * b`.
pub fn multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch(a, b, TypeObject::nb_multiply)?;
    if !declined(&result) {
        return Ok(result);
    }
    if let Some(slot) = a.class().sq_repeat() {
        return repeat(slot, a, b);
    }
    if let Some(slot) = b.class().sq_repeat() {
        return repeat(slot, b, a);
    }
    Err(unsupported(a, b, "*"))
}

/// `a *= b`.
pub fn inplace_multiply(a: &PyObject, b: &PyObject) -> PyResult {
    let result = dispatch_inplace(a, b, a.class().nb_inplace_multiply(), TypeObject::nb_multiply)?;
    if !declined(&result) {
        return Ok(result);
    }
    if let Some(slot) = a.class().sq_inplace_repeat().or(a.class().sq_repeat()) {
        return repeat(slot, a, b);
    }
    if let Some(slot) = b.class().sq_repeat() {
        return repeat(slot, b, a);
    }
    Err(unsupported(a, b, "*="))
}

#[inline(always)]
unsafe fn call_ternary(function: ternaryfunc, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
    // SAFETY: a slot of a live type, called with live objects.
    unsafe { Obj::from_result(function(a.as_ptr(), b.as_ptr(), c.as_ptr())) }
}

/// Asks the power slots of all three operands.
fn dispatch_power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
    let address = |slot: Option<ternaryfunc>| slot.map(|f| f as usize);
    let (class_a, class_b, class_c) = (a.class(), b.class(), modulus.class());
    let slot_a = class_a.nb_power();
    let mut slot_b = None;
    if !class_a.is(class_b) {
        slot_b = class_b.nb_power();
        if address(slot_a) == address(slot_b) {
            slot_b = None;
        }
    }
    let kept_slot_b = slot_b;
    if let Some(function) = slot_a {
        if let Some(reflected) = slot_b
            && class_b.is_subtype_of(class_a)
        {
            // SAFETY: slots of live types.
            let result = unsafe { call_ternary(reflected, a, b, modulus)? };
            if !declined(&result) {
                return Ok(result);
            }
            slot_b = None;
        }
        // SAFETY: as above.
        let result = unsafe { call_ternary(function, a, b, modulus)? };
        if !declined(&result) {
            return Ok(result);
        }
    }
    if let Some(function) = slot_b {
        // SAFETY: as above.
        let result = unsafe { call_ternary(function, a, b, modulus)? };
        if !declined(&result) {
            return Ok(result);
        }
    }
    if let Some(function) = class_c.nb_power()
        && address(slot_a) != Some(function as usize)
        && address(kept_slot_b) != Some(function as usize)
    {
        // SAFETY: as above.
        return unsafe { call_ternary(function, a, b, modulus) };
    }
    Ok(not_implemented())
}

fn checked_power(a: &PyObject, b: &PyObject, modulus: &PyObject, symbol: &str) -> PyResult {
    let result = dispatch_power(a, b, modulus)?;
    if !declined(&result) {
        return Ok(result);
    }
    if modulus.is_none() {
        return Err(unsupported(a, b, symbol));
    }
    Err(raised!(
        TypeError,
        "unsupported operand type(s) for {symbol}: '{}', '{}', '{}'",
        a.class().name(),
        b.class().name(),
        modulus.class().name()
    ))
}

/// `pow(a, b, modulus)`; `None` for no modulus is `none_ref()`.
pub fn power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
    checked_power(a, b, modulus, "** or pow()")
}

/// `a **= b`.
pub fn inplace_power(a: &PyObject, b: &PyObject) -> PyResult {
    if let Some(function) = a.class().nb_inplace_power() {
        // SAFETY: a slot of a live type, called with live objects.
        let result = unsafe { call_ternary(function, a, b, none_ref())? };
        if !declined(&result) {
            return Ok(result);
        }
    }
    checked_power(a, b, none_ref(), "**=")
}

#[inline]
fn unary(a: &PyObject, slot: Option<unaryfunc>, what: &str) -> PyResult {
    match slot {
        // SAFETY: a slot of a live type, called with a live object.
        Some(function) => unsafe { call_unary(function, a) },
        None => Err(bad_operand(a, what)),
    }
}

#[cold]
fn bad_operand(a: &PyObject, what: &str) -> Raised {
    raised!(TypeError, "bad operand type for {what}: '{}'", a.class().name())
}

/// `-a`.
pub fn negative(a: &PyObject) -> PyResult {
    unary(a, a.class().nb_negative(), "unary -")
}

/// `+a`.
pub fn positive(a: &PyObject) -> PyResult {
    unary(a, a.class().nb_positive(), "unary +")
}

/// `~a`.
pub fn invert(a: &PyObject) -> PyResult {
    unary(a, a.class().nb_invert(), "unary ~")
}

/// `abs(a)`.
pub fn absolute(a: &PyObject) -> PyResult {
    unary(a, a.class().nb_absolute(), "abs()")
}

/// `operator.index(a)`: an `int` (or subclass).
#[inline]
pub fn index(a: &PyObject) -> PyResult<Py<PyInt>> {
    match a.downcast::<PyInt>() {
        Some(value) => Ok(value.to_owned()),
        None => index_of_other(a),
    }
}

/// `index`, of type `int` itself (`PyNumber_Index`).
pub fn exact_index(a: &PyObject) -> PyResult<Py<PyInt>> {
    Ok(crate::types::int::plain(&*index(a)?))
}

#[inline(never)]
fn index_of_other(a: &PyObject) -> PyResult<Py<PyInt>> {
    let Some(slot) = a.class().nb_index() else {
        return Err(raised!(TypeError, "'{}' object cannot be interpreted as an integer", a.class().name()));
    };
    // SAFETY: a slot of a live type, called with a live object.
    let result = unsafe { call_unary(slot, a)? };
    let Some(value) = result.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "__index__ returned non-int (type {})", result.class().name()));
    };
    if !PyInt::check_exact(value) {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of \
                 int is deprecated, and may be removed in a future version of Python.",
                result.class().name()
            ),
        )?;
    }
    Ok(value.to_owned())
}

/// `int(a)`.
pub fn int(a: &PyObject) -> PyResult<Py<PyInt>> {
    int::from_object(a)
}

/// `float(a)`.
pub fn float(a: &PyObject) -> PyResult {
    if PyFloat::check_exact(a) {
        return Ok(a.owned());
    }
    crate::types::float::from_object(a).map(|value| PyFloat::new(value).into_obj())
}

/// The value as a double: a float, `__float__` or `__index__` (`PyFloat_AsDouble`).
#[inline]
pub fn as_f64(a: &PyObject) -> PyResult<f64> {
    match a.downcast::<PyFloat>() {
        Some(value) => Ok(value.value()),
        None => as_f64_of_other(a),
    }
}

fn as_f64_of_other(a: &PyObject) -> PyResult<f64> {
    if let Some(value) = a.downcast_exact::<PyInt>() {
        return value.to_f64();
    }
    match convert_to_f64(a)? {
        Some(value) => Ok(value),
        None => Err(raised!(TypeError, "must be real number, not {}", a.class().name())),
    }
}

/// `__float__`, else `__index__`; `None` where the type has neither.
pub fn convert_to_f64(a: &PyObject) -> PyResult<Option<f64>> {
    let Some(slot) = a.class().nb_float() else {
        return if is_index(a) { index(a)?.to_f64().map(Some) } else { Ok(None) };
    };
    // SAFETY: a slot of a live type, called with a live object.
    let result = unsafe { call_unary(slot, a)? };
    let Some(value) = result.downcast::<PyFloat>() else {
        return Err(raised!(
            TypeError,
            "{}.__float__ returned non-float (type {})",
            a.class().name(),
            result.class().name()
        ));
    };
    if !PyFloat::check_exact(value) {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass \
                 of float is deprecated, and may be removed in a future version of Python.",
                a.class().name(),
                result.class().name()
            ),
        )?;
    }
    Ok(Some(value.value()))
}

/// `__index__` as a size, clipped where `overflow` is `None`, else raising it (`PyNumber_AsSsize_t`).
#[inline]
pub fn as_isize(a: &PyObject, overflow: Option<Exc>) -> PyResult<isize> {
    if let Some(value) = a.downcast_exact::<PyInt>()
        && value.is_compact()
    {
        return Ok(value.compact_value());
    }
    let value = index(a)?;
    match (value.to_i64(), overflow) {
        (Some(value), _) => Ok(value as isize),
        (None, None) => Ok(if value.is_negative() { isize::MIN } else { isize::MAX }),
        (None, Some(exc)) => Err(errors::set_message(
            exc,
            format_args!("cannot fit '{}' into an index-sized integer", a.class().name()),
        )),
    }
}

/// Whether it can be an index (`PyIndex_Check`).
#[inline]
pub fn is_index(a: &PyObject) -> bool {
    PyInt::check(a) || a.class().nb_index().is_some()
}

/// Whether it is a number (`PyNumber_Check`).
pub fn is_number(a: &PyObject) -> bool {
    let class = a.class();
    class.nb_index().is_some()
        || class.nb_int().is_some()
        || class.nb_float().is_some()
        || crate::types::complex::PyComplex::check(a)
}

/// An index in text of base 2, 8, 10 or 16 with its prefix (`PyNumber_ToBase`).
pub fn to_base(a: &PyObject, base: u32) -> PyResult<Py<PyStr>> {
    int::to_base(&*index(a)?, base)
}

/// `__index__` as a Rust integer; `OverflowError` where it does not fit (`what` names the C type: "C int").
#[inline]
pub fn index_to_integer<T: TryFrom<i128>>(a: &PyObject, what: &str) -> PyResult<T> {
    let value = index(a)?;
    match value.to_i128().and_then(|value| T::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => Err(out_of_range(&value, what)),
    }
}

#[cold]
fn out_of_range(value: &PyInt, what: &str) -> Raised {
    if value.is_negative() && what.contains("unsigned") {
        return raised!(OverflowError, "can't convert negative value to unsigned int");
    }
    raised!(OverflowError, "Python int too large to convert to {what}")
}
