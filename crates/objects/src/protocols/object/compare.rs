//! Comparisons, hashes, truth.

#![expect(unsafe_code, reason = "calls slots")]

use crate::errors::check_stack;
use crate::model::trampoline::borrow;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, Raised, none_ref, not_implemented_ref};
use crate::types::int::PyInt;
use crate::types::str::PyStr;

/// `a OP b` (`PyObject_RichCompare`).
pub fn compare(a: &PyObject, b: &PyObject, op: CompareOp) -> PyResult {
    check_stack(" in comparison")?;
    let (left, right) = (a.class(), b.class());
    let mut tried_right = false;
    // SAFETY: the slots of live objects.
    unsafe {
        if !left.is(right)
            && right.is_subtype_of(left)
            && let Some(compare) = right.tp_richcompare()
        {
            tried_right = true;
            let result = Obj::from_result(compare(b.as_ptr(), a.as_ptr(), op.swapped() as i32))?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
        }
        if let Some(compare) = left.tp_richcompare() {
            let result = Obj::from_result(compare(a.as_ptr(), b.as_ptr(), op as i32))?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
        }
        if !tried_right && let Some(compare) = b.class().tp_richcompare() {
            let result = Obj::from_result(compare(b.as_ptr(), a.as_ptr(), op.swapped() as i32))?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
        }
    }
    match op {
        CompareOp::Eq => Ok(PyInt::from_bool(a.is(b))),
        CompareOp::Ne => Ok(PyInt::from_bool(!a.is(b))),
        _ => Err(not_supported(a, b, op)),
    }
}

#[inline]
fn is_not_implemented(object: &PyObject) -> bool {
    core::ptr::eq(object, not_implemented_ref())
}

#[cold]
fn not_supported(a: &PyObject, b: &PyObject, op: CompareOp) -> Raised {
    let (symbol, left, right) = (op.symbol(), a.class().name(), b.class().name());
    raised!(TypeError, "'{symbol}' not supported between instances of '{left}' and '{right}'")
}

/// Whether two objects are equal as members of containers are, where no slot has to be asked: the same object, strings,
/// integers.
#[inline(always)]
pub(crate) fn known_equal(a: &PyObject, b: &PyObject) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if let (Some(left), Some(right)) = (a.downcast_exact::<PyStr>(), b.downcast_exact::<PyStr>()) {
        return Some(left.eq(right));
    }
    let (left, right) = (a.downcast_exact::<PyInt>()?, b.downcast_exact::<PyInt>()?);
    Some(if left.is_compact() && right.is_compact() {
        left.compact_value() == right.compact_value()
    } else {
        left.sign() == right.sign() && left.digits() == right.digits()
    })
}

/// The values of two small integers.
#[inline(always)]
fn compact(a: &PyObject, b: &PyObject) -> Option<(isize, isize)> {
    let (left, right) = (a.downcast_exact::<PyInt>()?, b.downcast_exact::<PyInt>()?);
    (left.is_compact() && right.is_compact()).then(|| (left.compact_value(), right.compact_value()))
}

/// `a OP b` as truth; identity decides `==` and `!=` first (`PyObject_RichCompareBool`).
#[inline]
pub fn compare_bool(a: &PyObject, b: &PyObject, op: CompareOp) -> PyResult<bool> {
    let known = match op {
        CompareOp::Eq => known_equal(a, b),
        CompareOp::Ne => known_equal(a, b).map(|equal| !equal),
        _ => compact(a, b).map(|(left, right)| op.holds(left.cmp(&right))),
    };
    match known {
        Some(known) => Ok(known),
        None => is_true(&*compare(a, b, op)?),
    }
}

/// `hash(object)`; never -1.
#[inline]
pub fn hash(object: &PyObject) -> PyResult<isize> {
    if let Some(text) = object.downcast_exact::<PyStr>() {
        return Ok(text.hash());
    }
    if let Some(int) = object.downcast_exact::<PyInt>()
        && int.is_compact()
    {
        // -1 says that hashing failed.
        let value = int.compact_value();
        return Ok(if value == -1 { -2 } else { value });
    }
    match object.class().tp_hash() {
        // SAFETY: the slot of a live object.
        Some(hash) => match unsafe { hash(object.as_ptr()) } {
            -1 => Err(Raised::claim()),
            hash => Ok(hash),
        },
        None => Err(unhashable(object)),
    }
}

/// The `TypeError` for an object without a hash.
#[cold]
pub fn unhashable(object: &PyObject) -> Raised {
    raised!(TypeError, "unhashable type: '{}'", object.class().name())
}

/// `tp_hash` of types whose instances cannot be hashed.
///
/// # Safety
/// Called with a live object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_HashNotImplemented(object: *mut PyObject) -> isize {
    // SAFETY: the caller's promise.
    let _ = unhashable(unsafe { borrow(object) });
    -1
}

/// The hash of an address: what `object.__hash__` gives (`Py_HashPointer`).
#[inline]
pub fn hash_pointer<T>(pointer: *const T) -> isize {
    let hash = pointer.addr().rotate_right(4) as isize;
    if hash == -1 { -2 } else { hash }
}

/// The hash of an integer too large for a hash, whatever its class.
pub fn hash_as_int(value: &PyInt) -> PyResult<isize> {
    use crate::model::PyType;
    match PyInt::type_object().tp_hash() {
        // SAFETY: the slot of a live integer.
        Some(hash) => match unsafe { hash(value.as_ptr()) } {
            -1 => Err(Raised::claim()),
            hash => Ok(hash),
        },
        None => Err(unhashable(value)),
    }
}

/// Truth.
#[inline]
pub fn is_true(object: &PyObject) -> PyResult<bool> {
    let class = object.class();
    if class.is(<crate::types::bool::PyBool as crate::model::PyType>::type_object()) {
        return Ok(object.is(&PyInt::from_bool(true)));
    }
    if object.is(none_ref()) {
        return Ok(false);
    }
    // SAFETY: the slots of a live object.
    let truth = unsafe {
        if let Some(truth) = class.nb_bool() {
            truth(object.as_ptr()) as isize
        } else if let Some(length) = class.mp_length() {
            length(object.as_ptr())
        } else if let Some(length) = class.sq_length() {
            length(object.as_ptr())
        } else {
            return Ok(true);
        }
    };
    if truth < 0 { Err(Raised::claim()) } else { Ok(truth != 0) }
}
