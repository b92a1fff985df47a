//! The functions in the slots of Python classes: they call the special methods.
//!
//! A method is looked up on the type and called with the receiver in front, without a bound method where its type
//! allows that (`Py_TPFLAGS_METHOD_DESCRIPTOR`).

#![expect(unsafe_code, reason = "slot functions are called by C")]

use super::{cache, wrappers};
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::trampoline::{
    borrow, borrow_dict, borrow_opt, borrow_tuple, borrow_type, ret_bool, ret_hash, ret_obj, ret_unit,
};
use crate::model::{
    CompareOp, Obj, ObjectExt, PyObject, PyResult, PyType, TypeObject, none_ref, not_implemented,
};
use crate::protocols::{call as calls, number, object};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::c_int;
use taipan_abi::*;

type Ref = *mut PyObject;

/// A special method found on a type.
pub struct Special {
    function: Obj,
    /// The receiver goes in front of the arguments.
    unbound: bool,
}

impl Special {
    /// As [`Special::find`], but passes every error on.
    #[inline]
    fn find_strictly(receiver: &PyObject, name: &PyStr) -> PyResult<Option<Special>> {
        let class = receiver.class();
        let Some(found) = cache::lookup(class, name) else { return Ok(None) };
        let kind = found.class();
        if kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
            return Ok(Some(Special { function: found, unbound: true }));
        }
        let function = match kind.tp_descr_get() {
            // SAFETY: the slot of a live object.
            Some(get) => unsafe { Obj::from_result(get(found.as_ptr(), receiver.as_ptr(), class.as_ptr()))? },
            None => found,
        };
        Ok(Some(Special { function, unbound: false }))
    }

    /// The method `name` of the receiver's type; `None` where there is none, or where binding it raises
    /// `AttributeError`.
    #[inline]
    pub fn find(receiver: &PyObject, name: &PyStr) -> PyResult<Option<Special>> {
        match Self::find_strictly(receiver, name) {
            Err(raised) => errors::catch(raised, Exc::AttributeError).map(|()| None),
            found => found,
        }
    }

    /// The method, or the `AttributeError` that there is none.
    pub fn required(receiver: &PyObject, name: &PyStr) -> PyResult<Special> {
        match Self::find_strictly(receiver, name)? {
            Some(found) => Ok(found),
            None => Err(raised!(AttributeError, "{name}")),
        }
    }

    /// Calls it; `args` begin with the receiver.
    #[inline]
    pub fn call(&self, args: &[&PyObject]) -> PyResult {
        calls::call(&self.function, if self.unbound { args } else { &args[1..] })
    }

    fn is_none(&self) -> bool {
        self.function.is_none()
    }
}

/// `type(args[0]).name(*args)`; `AttributeError` where there is no such method.
fn required(name: &PyStr, args: &[&PyObject]) -> PyResult {
    Special::required(args[0], name)?.call(args)
}

/// As [`required`], `NotImplemented` where there is no such method.
fn maybe(name: &PyStr, args: &[&PyObject]) -> PyResult {
    match Special::find(args[0], name)? {
        Some(method) => method.call(args),
        None => Ok(not_implemented()),
    }
}

macro_rules! unary {
    ($($name:ident: $method:literal),* $(,)?) => {
        $(
            pub unsafe extern "C" fn $name(object: Ref) -> Ref {
                // SAFETY: slots are called with live objects.
                ret_obj(required(intern!($method), &[unsafe { borrow(object) }]))
            }
        )*
    };
}

macro_rules! with_argument {
    ($($name:ident: $method:literal),* $(,)?) => {
        $(
            pub unsafe extern "C" fn $name(object: Ref, value: Ref) -> Ref {
                // SAFETY: slots are called with live objects.
                ret_obj(required(intern!($method), &unsafe { [borrow(object), borrow(value)] }))
            }
        )*
    };
}

macro_rules! binary {
    ($($name:ident: $method:literal, $reflected:literal);* $(;)?) => {
        $(
            pub unsafe extern "C" fn $name(a: Ref, b: Ref) -> Ref {
                // SAFETY: slots are called with live objects.
                let (a, b) = unsafe { (borrow(a), borrow(b)) };
                let ours = |class: &TypeObject| class.$name().is_some_and(|f| f as usize == $name as *const () as usize);
                ret_obj(operate(a, b, ours, intern!($method), intern!($reflected)))
            }
        )*
    };
}

/// A binary operation of which one operand or both are of Python classes (`ours`): the right operand's reflected method
/// first where its class derives from the left one's and overrides it.
fn operate(
    a: &PyObject,
    b: &PyObject,
    ours: impl Fn(&TypeObject) -> bool,
    method: &PyStr,
    reflected: &PyStr,
) -> PyResult {
    let same = b.class().is(a.class());
    let mut other = !same && ours(b.class());
    if ours(a.class()) {
        if other && b.class().is_subtype_of(a.class()) && overloads(a, b, reflected)? {
            let result = maybe(reflected, &[b, a])?;
            if !result.is(&not_implemented()) {
                return Ok(result);
            }
            other = false;
        }
        let result = maybe(method, &[a, b])?;
        if !result.is(&not_implemented()) || same {
            return Ok(result);
        }
    }
    if other { maybe(reflected, &[b, a]) } else { Ok(not_implemented()) }
}

/// Whether the right operand's class has another method `name` than the left one's.
fn overloads(left: &PyObject, right: &PyObject, name: &PyStr) -> PyResult<bool> {
    let Some(theirs) = object::get_optional_attr(right.class(), name)? else { return Ok(false) };
    match object::get_optional_attr(left.class(), name)? {
        Some(ours) => wrappers::differ(&ours, &theirs),
        None => Ok(true),
    }
}

unary! {
    iternext: "__next__", nb_negative: "__neg__", nb_positive: "__pos__", nb_absolute: "__abs__",
    nb_invert: "__invert__", nb_int: "__int__", nb_float: "__float__", nb_index: "__index__",
}

with_argument! {
    nb_inplace_add: "__iadd__", nb_inplace_subtract: "__isub__", nb_inplace_multiply: "__imul__",
    nb_inplace_remainder: "__imod__", nb_inplace_lshift: "__ilshift__", nb_inplace_rshift: "__irshift__",
    nb_inplace_and: "__iand__", nb_inplace_xor: "__ixor__", nb_inplace_or: "__ior__",
    nb_inplace_floor_divide: "__ifloordiv__", nb_inplace_true_divide: "__itruediv__",
    nb_inplace_matrix_multiply: "__imatmul__", mp_subscript: "__getitem__", getattro: "__getattribute__",
}

binary! {
    nb_add: "__add__", "__radd__";
    nb_subtract: "__sub__", "__rsub__";
    nb_multiply: "__mul__", "__rmul__";
    nb_remainder: "__mod__", "__rmod__";
    nb_divmod: "__divmod__", "__rdivmod__";
    nb_lshift: "__lshift__", "__rlshift__";
    nb_rshift: "__rshift__", "__rrshift__";
    nb_and: "__and__", "__rand__";
    nb_xor: "__xor__", "__rxor__";
    nb_or: "__or__", "__ror__";
    nb_floor_divide: "__floordiv__", "__rfloordiv__";
    nb_true_divide: "__truediv__", "__rtruediv__";
    nb_matrix_multiply: "__matmul__", "__rmatmul__";
}

pub unsafe extern "C" fn nb_power(a: Ref, b: Ref, modulus: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    let (a, b, modulus) = unsafe { (borrow(a), borrow(b), borrow(modulus)) };
    ret_obj(power(a, b, modulus))
}

fn power(a: &PyObject, b: &PyObject, modulus: &PyObject) -> PyResult {
    let ours =
        |class: &TypeObject| class.nb_power().is_some_and(|f| f as usize == nb_power as *const () as usize);
    if modulus.is_none() {
        return operate(a, b, ours, intern!("__pow__"), intern!("__rpow__"));
    }
    let same = b.class().is(a.class());
    let mut other = !same && ours(b.class());
    if ours(a.class()) {
        let reflected = intern!("__rpow__");
        if other && b.class().is_subtype_of(a.class()) && overloads(a, b, reflected)? {
            let result = maybe(reflected, &[b, a, modulus])?;
            if !result.is(&not_implemented()) {
                return Ok(result);
            }
            other = false;
        }
        let result = maybe(intern!("__pow__"), &[a, b, modulus])?;
        if !result.is(&not_implemented()) || same {
            return Ok(result);
        }
    }
    if other { maybe(intern!("__rpow__"), &[b, a, modulus]) } else { Ok(not_implemented()) }
}

pub unsafe extern "C" fn nb_inplace_power(a: Ref, b: Ref, _: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    ret_obj(required(intern!("__ipow__"), &unsafe { [borrow(a), borrow(b)] }))
}

pub unsafe extern "C" fn nb_bool(object: Ref) -> c_int {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    ret_bool(truth(object))
}

fn truth(object: &PyObject) -> PyResult<bool> {
    if let Some(method) = Special::find(object, intern!("__bool__"))? {
        let value = method.call(&[object])?;
        return match value.class().is(crate::types::bool::PyBool::type_object()) {
            true => object::is_true(&value),
            false => {
                Err(raised!(TypeError, "__bool__ should return bool, returned {}", value.class().name()))
            }
        };
    }
    match Special::find(object, intern!("__len__"))? {
        Some(method) => object::is_true(&*method.call(&[object])?),
        None => Ok(true),
    }
}

pub unsafe extern "C" fn length(object: Ref) -> isize {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    length_of(object).unwrap_or(-1)
}

fn length_of(object: &PyObject) -> PyResult<isize> {
    let value = required(intern!("__len__"), &[object])?;
    let value = number::index(&value)?;
    if value.sign() < 0 {
        return Err(raised!(ValueError, "__len__() should return >= 0"));
    }
    number::as_isize(&value, Some(Exc::OverflowError))
}

pub unsafe extern "C" fn sq_item(object: Ref, index: isize) -> Ref {
    let key = PyInt::from_i64(index as i64);
    // SAFETY: slots are called with live objects.
    ret_obj(required(intern!("__getitem__"), &[unsafe { borrow(object) }, &key]))
}

pub unsafe extern "C" fn sq_ass_item(object: Ref, index: isize, value: Ref) -> c_int {
    let key = PyInt::from_i64(index as i64);
    // SAFETY: slots are called with live objects.
    unsafe { mp_ass_subscript(object, key.as_ptr(), value) }
}

pub unsafe extern "C" fn mp_ass_subscript(object: Ref, key: Ref, value: Ref) -> c_int {
    // SAFETY: slots are called with live objects.
    let (object, key, value) = unsafe { (borrow(object), borrow(key), borrow_opt(value)) };
    let result = match value {
        Some(value) => required(intern!("__setitem__"), &[object, key, value]),
        None => required(intern!("__delitem__"), &[object, key]),
    };
    ret_unit(result.map(drop))
}

pub unsafe extern "C" fn sq_contains(object: Ref, value: Ref) -> c_int {
    // SAFETY: slots are called with live objects.
    let (object, value) = unsafe { (borrow(object), borrow(value)) };
    ret_bool(contains(object, value))
}

fn contains(object: &PyObject, value: &PyObject) -> PyResult<bool> {
    match Special::find(object, intern!("__contains__"))? {
        Some(method) if method.is_none() => {
            Err(raised!(TypeError, "'{}' object is not a container", object.class().name()))
        }
        Some(method) => object::is_true(&*method.call(&[object, value])?),
        None => contains_by_iteration(object, value),
    }
}

fn contains_by_iteration(object: &PyObject, value: &PyObject) -> PyResult<bool> {
    let iterator = match crate::protocols::iter::iter(object) {
        Ok(iterator) => iterator,
        Err(raised) => {
            errors::catch(raised, Exc::TypeError)?;
            let name = object.class().name();
            return Err(raised!(TypeError, "argument of type '{name}' is not a container or iterable"));
        }
    };
    while let Some(item) = crate::protocols::iter::next(&iterator)? {
        if object::compare_bool(&item, value, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub unsafe extern "C" fn repr(object: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    let show = || match Special::find(object, intern!("__repr__"))? {
        Some(method) => method.call(&[object]),
        None => {
            let text = format!("<{} object at {:p}>", object.class().name(), object.as_ptr());
            Ok(PyStr::new(&text).into_obj())
        }
    };
    ret_obj(show())
}

pub unsafe extern "C" fn str(object: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    ret_obj(required(intern!("__str__"), &[unsafe { borrow(object) }]))
}

pub unsafe extern "C" fn hash(object: Ref) -> isize {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    ret_hash(hash_of(object))
}

fn hash_of(object: &PyObject) -> PyResult<isize> {
    let method = match Special::find(object, intern!("__hash__"))? {
        Some(method) if !method.is_none() => method,
        _ => return Err(object::unhashable(object)),
    };
    let value = method.call(&[object])?;
    let Some(value) = value.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "__hash__ method should return an integer"));
    };
    match value.to_i64() {
        Some(hash) => Ok(hash as isize),
        None => object::hash_as_int(value),
    }
}

pub unsafe extern "C" fn call(object: Ref, args: Ref, kwargs: Ref) -> Ref {
    // SAFETY: slots are called with live objects, a tuple, and a dictionary or null.
    let (object, args, kwargs) = unsafe { (borrow(object), borrow_tuple(args), borrow_dict(kwargs)) };
    ret_obj(Special::required(object, intern!("__call__")).and_then(|m| m.call_tuple(object, args, kwargs)))
}

impl Special {
    /// Calls it with a tuple and a dictionary behind the receiver.
    fn call_tuple(&self, receiver: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let first = self.unbound.then_some(receiver);
        call_prepended(&self.function, first, args, kwargs)
    }
}

/// `function(first, *args, **kwargs)` (`_PyObject_Call_Prepend`).
pub fn call_prepended(
    function: &PyObject,
    first: Option<&PyObject>,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let positional = args.as_slice();
    if kwargs.is_none_or(|kwargs| kwargs.is_empty()) {
        let Some(first) = first else { return calls::call(function, positional) };
        if positional.len() < 6 {
            let mut all = [first; 6];
            all[1..=positional.len()].copy_from_slice(positional);
            return calls::call(function, &all[..=positional.len()]);
        }
        let mut all = Vec::with_capacity(positional.len() + 1);
        all.push(first);
        all.extend_from_slice(positional);
        return calls::call(function, &all);
    }
    let items = kwargs.map(|kwargs| kwargs.items_snapshot()).unwrap_or_default();
    let mut all: Vec<&PyObject> = first.into_iter().chain(positional.iter().copied()).collect();
    all.extend(items.iter().map(|(_, value)| &**value));
    let names: Vec<&PyObject> = items.iter().map(|(name, _)| &**name).collect();
    let names = PyTuple::from_slice(&names);
    calls::call_names(function, &all, Some(&names))
}

pub unsafe extern "C" fn getattr_hook(object: Ref, name: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    let (object, name) = unsafe { (borrow(object), borrow(name)) };
    let class = object.class();
    let Some(fallback) = cache::lookup(class, intern!("__getattr__")) else {
        // No longer hooked: take the shorter way from now on.
        // SAFETY: one field of a live type is written; the slot is called as a slot is.
        unsafe {
            if class.is_heap() {
                (*class.raw()).tp_getattro = Some(getattro);
            }
            return getattro(object.as_ptr(), name.as_ptr());
        }
    };
    match name.downcast::<PyStr>() {
        Some(name) => ret_obj(get_with_fallback(object, name, &fallback)),
        None => ret_obj(Err::<Obj, _>(object::bad_name(name))),
    }
}

fn get_with_fallback(object: &PyObject, name: &PyStr, fallback: &PyObject) -> PyResult {
    let own = cache::lookup(object.class(), intern!("__getattribute__"));
    match own {
        Some(own) if !super::update::is_generic_getattr(&own) => match call_attribute(object, &own, name) {
            Ok(value) => return Ok(value),
            Err(raised) => errors::catch(raised, Exc::AttributeError)?,
        },
        _ => match object::generic_get_optional_attr(object, name) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {}
            Err(raised) => errors::catch(raised, Exc::AttributeError)?,
        },
    }
    call_attribute(object, fallback, name)
}

/// Calls `__getattr__` or `__getattribute__` as found on the type.
fn call_attribute(object: &PyObject, function: &PyObject, name: &PyStr) -> PyResult {
    let kind = function.class();
    if kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return calls::call(function, &[object, name]);
    }
    match kind.tp_descr_get() {
        // SAFETY: the slot of a live object.
        Some(get) => unsafe {
            let bound = Obj::from_result(get(function.as_ptr(), object.as_ptr(), object.class().as_ptr()))?;
            calls::call(&bound, &[name])
        },
        None => calls::call(function, &[name]),
    }
}

pub unsafe extern "C" fn setattro(object: Ref, name: Ref, value: Ref) -> c_int {
    // SAFETY: slots are called with live objects.
    let (object, name, value) = unsafe { (borrow(object), borrow(name), borrow_opt(value)) };
    let result = match value {
        Some(value) => required(intern!("__setattr__"), &[object, name, value]),
        None => required(intern!("__delattr__"), &[object, name]),
    };
    ret_unit(result.map(drop))
}

pub unsafe extern "C" fn richcompare(a: Ref, b: Ref, op: c_int) -> Ref {
    // SAFETY: slots are called with live objects.
    let (a, b) = unsafe { (borrow(a), borrow(b)) };
    let name = match CompareOp::from_raw(op) {
        CompareOp::Lt => intern!("__lt__"),
        CompareOp::Le => intern!("__le__"),
        CompareOp::Eq => intern!("__eq__"),
        CompareOp::Ne => intern!("__ne__"),
        CompareOp::Gt => intern!("__gt__"),
        CompareOp::Ge => intern!("__ge__"),
    };
    ret_obj(maybe(name, &[a, b]))
}

pub unsafe extern "C" fn iter(object: Ref) -> Ref {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    ret_obj(iterate(object))
}

fn iterate(object: &PyObject) -> PyResult {
    let not_iterable = || raised!(TypeError, "'{}' object is not iterable", object.class().name());
    match Special::find(object, intern!("__iter__"))? {
        Some(method) if method.is_none() => Err(not_iterable()),
        Some(method) => method.call(&[object]),
        None => match Special::find(object, intern!("__getitem__"))? {
            Some(_) => super::buffers::sequence_iterator(object),
            None => Err(not_iterable()),
        },
    }
}

pub unsafe extern "C" fn descr_get(descriptor: Ref, object: Ref, owner: Ref) -> Ref {
    // SAFETY: slots are called with live objects or null.
    unsafe {
        let descriptor = borrow(descriptor);
        let class = descriptor.class();
        let Some(get) = cache::lookup(class, intern!("__get__")) else {
            if class.is_heap()
                && class.tp_descr_get().is_some_and(|f| f as usize == descr_get as *const () as usize)
            {
                (*class.raw()).tp_descr_get = None;
            }
            return descriptor.owned().into_raw();
        };
        let or_none = |object: Ref| borrow_opt(object).unwrap_or(none_ref());
        ret_obj(calls::call(&get, &[descriptor, or_none(object), or_none(owner)]))
    }
}

pub unsafe extern "C" fn descr_set(descriptor: Ref, object: Ref, value: Ref) -> c_int {
    // SAFETY: slots are called with live objects or null.
    let (descriptor, object, value) = unsafe { (borrow(descriptor), borrow(object), borrow_opt(value)) };
    let result = match value {
        Some(value) => required(intern!("__set__"), &[descriptor, object, value]),
        None => required(intern!("__delete__"), &[descriptor, object]),
    };
    ret_unit(result.map(drop))
}

pub unsafe extern "C" fn init_(object: Ref, args: Ref, kwargs: Ref) -> c_int {
    // SAFETY: slots are called with live objects, a tuple, and a dictionary or null.
    let (object, args, kwargs) = unsafe { (borrow(object), borrow_tuple(args), borrow_dict(kwargs)) };
    let run = || {
        let result = Special::required(object, intern!("__init__"))?.call_tuple(object, args, kwargs)?;
        returned_none(&result)
    };
    ret_unit(run())
}

/// What `__init__` returned must be `None`.
pub fn returned_none(result: &PyObject) -> PyResult<()> {
    if result.is_none() {
        return Ok(());
    }
    Err(raised!(TypeError, "__init__() should return None, not '{}'", result.class().name()))
}

pub unsafe extern "C" fn new(class: *mut PyTypeObject, args: Ref, kwargs: Ref) -> Ref {
    // SAFETY: slots are called with a live type, a tuple, and a dictionary or null.
    let (class, args, kwargs) =
        unsafe { (borrow_type(class.cast()), borrow_tuple(args), borrow_dict(kwargs)) };
    let make = || {
        let function = object::get_attr(class, intern!("__new__"))?;
        call_prepended(&function, Some(class), args, kwargs)
    };
    ret_obj(make())
}

pub unsafe extern "C" fn finalize(object: Ref) {
    // SAFETY: slots are called with live objects.
    let object = unsafe { borrow(object) };
    let saved = errors::take_opt();
    match Special::find(object, intern!("__del__")) {
        Ok(Some(method)) => {
            if let Err(raised) = method.call(&[object]) {
                let shown = crate::types::exceptions::preserving(|| errors::show(&method.function));
                let message = format!("Exception ignored while calling deallocator {shown}");
                errors::write_unraisable(raised, Some(&message), None);
            }
        }
        Ok(None) => {}
        Err(raised) => errors::write_unraisable(raised, None, Some(object)),
    }
    if let Some(saved) = saved {
        let _ = errors::restore(saved);
    }
}

macro_rules! awaitable {
    ($($name:ident: $method:literal),*) => {
        $(
            pub unsafe extern "C" fn $name(object: Ref) -> Ref {
                // SAFETY: slots are called with live objects.
                let object = unsafe { borrow(object) };
                let run = || match Special::find(object, intern!($method))? {
                    Some(method) => method.call(&[object]),
                    None => Err(raised!(AttributeError, "object {} does not have {} method", object.class().name(), $method)),
                };
                ret_obj(run())
            }
        )*
    };
}

awaitable!(r#await: "__await__", aiter: "__aiter__", anext: "__anext__");

pub unsafe extern "C" fn getbuffer(object: Ref, view: *mut Py_buffer, flags: c_int) -> c_int {
    // SAFETY: slots are called with live objects and a valid view.
    unsafe { super::buffers::get(borrow(object), view, flags) }
}

pub unsafe extern "C" fn releasebuffer(object: Ref, view: *mut Py_buffer) {
    // SAFETY: slots are called with live objects and a valid view.
    unsafe { super::buffers::release(borrow(object), view) }
}

impl Special {
    /// Calls it with the receiver in front of arguments of which the last are named.
    pub fn call_names(&self, receiver: &PyObject, args: &[&PyObject], names: Option<&PyTuple>) -> PyResult {
        if self.unbound {
            calls::call_prepend(&self.function, receiver, args, names)
        } else {
            calls::call_names(&self.function, args, names)
        }
    }
}
