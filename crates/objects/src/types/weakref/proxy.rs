//! `weakref.ProxyType` and `weakref.CallableProxyType`: objects that behave as what they point to.

use super::list;
use super::reference::{PyWeakRef, describe, list_for};
use crate::intern;
use crate::memory;
use crate::model::gc::Visitor;
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::{call, iter, number, object, sequence};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

// Neither type has a docstring.
#[pytype(name = "weakref.ProxyType", exported = _PyWeakref_ProxyType, layout = PyWeakReference, gc(manual), parts(FORWARD, NUMBERS, INPLACE))]
pub struct PyWeakProxy {
    pub(super) link: PyWeakRef,
}

#[pytype(name = "weakref.CallableProxyType", exported = _PyWeakref_CallableProxyType, layout = PyWeakReference, gc(manual), parts(FORWARD, NUMBERS, INPLACE, CALL))]
pub struct PyCallableWeakProxy {
    pub(super) link: PyWeakRef,
}

/// A proxy (`PyWeakref_NewProxy`); `TypeError` where the type has no weak references.
pub fn new_proxy(object: &PyObject, callback: Option<&PyObject>) -> PyResult {
    let callback = callback.filter(|callback| !callback.is_none());
    let list = list_for(object)?;
    if callback.is_none()
        && let Some(shared) = list::shared(list).1.and_then(list::try_own)
    {
        return Ok(shared.into_obj());
    }
    let link = PyWeakRef::fields(object, callback, false);
    let proxy = if object::is_callable(object) {
        memory::new(PyCallableWeakProxy { link }).into_obj()
    } else {
        memory::new(PyWeakProxy { link }).into_obj()
    };
    list::insert(list, as_layout(&proxy), true);
    Ok(proxy)
}

#[expect(unsafe_code, reason = "the three types have one layout")]
fn as_layout(object: &PyObject) -> &PyWeakRef {
    // SAFETY: the caller has a proxy.
    unsafe { object.downcast_unchecked() }
}

fn is_proxy(object: &PyObject) -> bool {
    PyWeakProxy::check_exact(object) || PyCallableWeakProxy::check_exact(object)
}

/// Whether a list item is a proxy.
pub(super) fn is_plain_proxy(reference: &PyWeakRef) -> bool {
    is_proxy(reference)
}

/// As a weak reference, be it a plain one or a proxy.
pub(crate) fn as_any(object: &PyObject) -> Option<&PyWeakRef> {
    object.downcast::<PyWeakRef>().or_else(|| is_proxy(object).then(|| as_layout(object)))
}

/// What a proxy points to; `ReferenceError` where that is gone.
fn target(proxy: &PyObject) -> PyResult {
    as_layout(proxy)
        .upgrade()
        .ok_or_else(|| raised!(ReferenceError, "weakly-referenced object no longer exists"))
}

/// An operand: what it points to where it is a proxy, else itself.
fn operand(object: &PyObject) -> PyResult {
    if is_proxy(object) { target(object) } else { Ok(object.owned()) }
}

fn name(object: &PyObject) -> PyResult<&PyStr> {
    object
        .downcast::<PyStr>()
        .ok_or_else(|| raised!(TypeError, "attribute name must be string, not '{}'", object.class().name()))
}

#[pymethods(FORWARD)]
impl PyWeakProxy {
    #[slot(tp_repr)]
    fn repr(slf: &PyObject) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&match as_layout(slf).upgrade() {
            None => format!("<weakproxy at {:p}; dead>", slf.as_ptr()),
            Some(object) => format!("<weakproxy at {:p}; {}>", slf.as_ptr(), describe(&object)?),
        }))
    }

    #[slot(tp_str)]
    fn str(slf: &PyObject) -> PyResult<Py<PyStr>> {
        object::str(&*target(slf)?)
    }

    #[slot(tp_hash, raw)]
    #[expect(unsafe_code, reason = "a C function")]
    unsafe extern "C" fn hash(slf: *mut PyObject) -> isize {
        // SAFETY: passed on.
        unsafe { object::PyObject_HashNotImplemented(slf) }
    }

    #[slot(tp_getattro)]
    fn get_attribute(slf: &PyObject, attribute: &PyObject) -> PyResult {
        object::get_attr(&*target(slf)?, name(attribute)?)
    }

    #[slot(tp_setattro)]
    fn set_attribute(slf: &PyObject, attribute: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        object::set_attr(&*target(slf)?, name(attribute)?, value)
    }

    #[slot(tp_richcompare)]
    fn compare(slf: &PyObject, other: &PyObject, op: CompareOp) -> PyResult {
        object::compare(&*operand(slf)?, &*operand(other)?, op)
    }

    #[slot(tp_iter)]
    fn iter(slf: &PyObject) -> PyResult {
        iter::iter(&*target(slf)?)
    }

    #[slot(tp_iternext)]
    fn next(slf: &PyObject) -> PyResult<Option<Obj>> {
        let object = target(slf)?;
        if !iter::is_iterator(&object) {
            let class = object.class().name().to_string();
            return Err(raised!(TypeError, "Weakref proxy referenced a non-iterator '{class}' object"));
        }
        iter::next(&object)
    }

    #[slot(mp_length)]
    fn len(slf: &PyObject) -> PyResult<usize> {
        object::len(&*target(slf)?)
    }

    #[slot(mp_subscript)]
    fn get_item(slf: &PyObject, key: &PyObject) -> PyResult {
        object::get_item(&*target(slf)?, &*operand(key)?)
    }

    #[slot(mp_ass_subscript)]
    fn set_item(slf: &PyObject, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        object::set_item(&*target(slf)?, key, value)
    }

    #[slot(sq_contains)]
    fn contains(slf: &PyObject, value: &PyObject) -> PyResult<bool> {
        sequence::contains(&*target(slf)?, value)
    }

    #[pymethod(name = "__bytes__")]
    fn bytes(slf: &PyObject) -> PyResult {
        call::method(&*target(slf)?, intern!("__bytes__"), &[])
    }

    #[pymethod(name = "__reversed__")]
    fn reversed(slf: &PyObject) -> PyResult {
        call::method(&*target(slf)?, intern!("__reversed__"), &[])
    }

    #[slot(tp_traverse)]
    fn traverse(slf: &PyObject, visitor: &mut Visitor) {
        as_layout(slf).traverse(visitor);
    }

    #[slot(tp_clear)]
    fn clear(slf: &PyObject) {
        list::clear_reference(as_layout(slf));
    }

    #[slot(tp_dealloc, raw)]
    #[expect(unsafe_code, reason = "a C function")]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: passed on.
        unsafe { list::dealloc(object) }
    }
}

#[pymethods(NUMBERS)]
impl PyWeakProxy {
    #[slot(nb_add)]
    fn add(a: &PyObject, b: &PyObject) -> PyResult {
        number::add(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_subtract)]
    fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
        number::subtract(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_multiply)]
    fn multiply(a: &PyObject, b: &PyObject) -> PyResult {
        number::multiply(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_matrix_multiply)]
    fn matrix_multiply(a: &PyObject, b: &PyObject) -> PyResult {
        number::matrix_multiply(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        number::remainder(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_divmod)]
    fn divmod(a: &PyObject, b: &PyObject) -> PyResult {
        number::divmod(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_lshift)]
    fn lshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::lshift(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_rshift)]
    fn rshift(a: &PyObject, b: &PyObject) -> PyResult {
        number::rshift(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_and)]
    fn and_(a: &PyObject, b: &PyObject) -> PyResult {
        number::and_(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_xor)]
    fn xor(a: &PyObject, b: &PyObject) -> PyResult {
        number::xor(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_or)]
    fn or_(a: &PyObject, b: &PyObject) -> PyResult {
        number::or_(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(a: &PyObject, b: &PyObject) -> PyResult {
        number::floor_divide(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_true_divide)]
    fn true_divide(a: &PyObject, b: &PyObject) -> PyResult {
        number::true_divide(&*operand(a)?, &*operand(b)?)
    }

    #[slot(nb_power)]
    fn power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
        number::power(&*operand(a)?, &*operand(b)?, &*operand(modulus)?)
    }

    #[slot(nb_negative)]
    fn negative(slf: &PyObject) -> PyResult {
        number::negative(&*target(slf)?)
    }

    #[slot(nb_positive)]
    fn positive(slf: &PyObject) -> PyResult {
        number::positive(&*target(slf)?)
    }

    #[slot(nb_absolute)]
    fn absolute(slf: &PyObject) -> PyResult {
        number::absolute(&*target(slf)?)
    }

    #[slot(nb_invert)]
    fn invert(slf: &PyObject) -> PyResult {
        number::invert(&*target(slf)?)
    }

    #[slot(nb_float)]
    fn float(slf: &PyObject) -> PyResult {
        number::float(&*target(slf)?)
    }

    #[slot(nb_int)]
    fn int(slf: &PyObject) -> PyResult<Py<PyInt>> {
        number::int(&*target(slf)?)
    }

    #[slot(nb_index)]
    fn index(slf: &PyObject) -> PyResult<Py<PyInt>> {
        number::index(&*target(slf)?)
    }

    #[slot(nb_bool)]
    fn truth(slf: &PyObject) -> PyResult<bool> {
        object::is_true(&*target(slf)?)
    }
}

#[pymethods(INPLACE)]
impl PyWeakProxy {
    #[slot(nb_inplace_add)]
    fn inplace_add(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_add(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_subtract)]
    fn inplace_subtract(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_subtract(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_multiply)]
    fn inplace_multiply(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_multiply(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_matrix_multiply)]
    fn inplace_matrix_multiply(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_matrix_multiply(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_remainder)]
    fn inplace_remainder(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_remainder(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_lshift)]
    fn inplace_lshift(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_lshift(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_rshift)]
    fn inplace_rshift(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_rshift(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_and)]
    fn inplace_and(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_and(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_xor)]
    fn inplace_xor(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_xor(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_or(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_floor_divide)]
    fn inplace_floor_divide(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_floor_divide(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_true_divide)]
    fn inplace_true_divide(slf: &PyObject, other: &PyObject) -> PyResult {
        number::inplace_true_divide(&*operand(slf)?, &*operand(other)?)
    }

    #[slot(nb_inplace_power)]
    fn inplace_power(slf: &PyObject, other: &PyObject, _modulus: &PyObject) -> PyResult {
        number::inplace_power(&*operand(slf)?, &*operand(other)?)
    }
}

#[pymethods(CALL)]
impl PyCallableWeakProxy {
    #[slot(tp_call)]
    fn call(slf: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple(&*target(slf)?, args, kwargs)
    }
}
