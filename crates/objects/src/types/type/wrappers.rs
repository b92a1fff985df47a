//! What `list.__len__(x)` calls: functions that take a tuple of arguments and call a slot with them.
//!
//! Each is named after the kind of slot it calls; `wrapped` is the slot's C function.

#![expect(unsafe_code, reason = "calls slots through untyped pointers")]

use crate::errors::Exc;
use crate::model::trampoline::{borrow, borrow_dict, borrow_tuple, opt_ptr, ret_obj};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType, Raised, ToPy, TypeObject, none, none_ref};
use crate::protocols::{number, object};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::{c_int, c_void};
use core::mem::transmute;
use core::ptr::null_mut;
use taipan_abi::*;

type Ref = *mut PyObject;

fn count(args: &PyTuple, wanted: usize) -> PyResult<()> {
    let given = args.len();
    if given == wanted {
        return Ok(());
    }
    let plural = if wanted == 1 { "" } else { "s" };
    Err(raised!(TypeError, "expected {wanted} argument{plural}, got {given}"))
}

fn only(args: &PyTuple) -> PyResult<&PyObject> {
    count(args, 1)?;
    Ok(args.get(0))
}

fn two<'a>(args: &'a PyTuple, name: &str) -> PyResult<(&'a PyObject, &'a PyObject)> {
    match args.as_slice() {
        &[first, second] => Ok((first, second)),
        other => Err(raised!(TypeError, "{name} expected 2 arguments, got {}", other.len())),
    }
}

fn done(status: c_int) -> PyResult {
    if status < 0 { Err(Raised::claim()) } else { Ok(none()) }
}

/// Declares wrappers: the body sees the receiver, the arguments and the typed slot function.
macro_rules! wrappers {
    ($(fn $name:ident($object:ident, $args:ident, $function:ident: $ty:ty) $body:block)*) => {
        $(
            pub unsafe extern "C" fn $name(object: Ref, args: Ref, wrapped: *mut c_void) -> Ref {
                // SAFETY: wrapper descriptors pass a live receiver, a tuple, and the slot function of this wrapper.
                unsafe {
                    let ($object, $args) = (borrow(object), borrow_tuple(args));
                    let $function = transmute::<*mut c_void, $ty>(wrapped);
                    let body = || -> PyResult { $body };
                    ret_obj(body())
                }
            }
        )*
    };
}

wrappers! {
    fn unary(object, args, function: unaryfunc) {
        count(args, 0)?;
        Obj::from_result(function(object.as_ptr()))
    }
    fn binary(object, args, function: binaryfunc) {
        let value = only(args)?;
        Obj::from_result(function(object.as_ptr(), value.as_ptr()))
    }
    fn binary_l(object, args, function: binaryfunc) {
        let value = only(args)?;
        Obj::from_result(function(object.as_ptr(), value.as_ptr()))
    }
    fn binary_r(object, args, function: binaryfunc) {
        let value = only(args)?;
        Obj::from_result(function(value.as_ptr(), object.as_ptr()))
    }
    fn ternary(object, args, function: ternaryfunc) {
        let (value, modulus) = one_or_two(args)?;
        Obj::from_result(function(object.as_ptr(), value.as_ptr(), modulus.as_ptr()))
    }
    fn ternary_r(object, args, function: ternaryfunc) {
        let (value, modulus) = one_or_two(args)?;
        Obj::from_result(function(value.as_ptr(), object.as_ptr(), modulus.as_ptr()))
    }
    fn inquiry(object, args, function: inquiry) {
        count(args, 0)?;
        match function(object.as_ptr()) {
            -1 => Err(Raised::claim()),
            truth => (truth != 0).to_py(),
        }
    }
    fn len(object, args, function: lenfunc) {
        count(args, 0)?;
        match function(object.as_ptr()) {
            -1 => Err(Raised::claim()),
            length => length.to_py(),
        }
    }
    fn hash(object, args, function: hashfunc) {
        count(args, 0)?;
        match function(object.as_ptr()) {
            -1 => Err(Raised::claim()),
            hash => hash.to_py(),
        }
    }
    fn next(object, args, function: iternextfunc) {
        count(args, 0)?;
        let item = function(object.as_ptr());
        if item.is_null() && !crate::errors::occurred() {
            return Err(raised!(StopIteration));
        }
        Obj::from_result(item)
    }
    fn delete(object, args, function: destructor) {
        count(args, 0)?;
        function(object.as_ptr());
        Ok(none())
    }
    fn index_arg(object, args, function: ssizeargfunc) {
        let size = number::as_isize(only(args)?, Some(Exc::OverflowError))?;
        Obj::from_result(function(object.as_ptr(), size))
    }
    fn sq_item(object, args, function: ssizeargfunc) {
        let index = sequence_index(object, only(args)?)?;
        Obj::from_result(function(object.as_ptr(), index))
    }
    fn sq_setitem(object, args, function: ssizeobjargproc) {
        let (index, value) = two(args, "")?;
        let index = sequence_index(object, index)?;
        done(function(object.as_ptr(), index, value.as_ptr()))
    }
    fn sq_delitem(object, args, function: ssizeobjargproc) {
        let index = sequence_index(object, only(args)?)?;
        done(function(object.as_ptr(), index, null_mut()))
    }
    fn contains(object, args, function: objobjproc) {
        let value = only(args)?;
        match function(object.as_ptr(), value.as_ptr()) {
            -1 => Err(Raised::claim()),
            found => (found != 0).to_py(),
        }
    }
    fn setitem(object, args, function: objobjargproc) {
        let (key, value) = two(args, "__setitem__")?;
        done(function(object.as_ptr(), key.as_ptr(), value.as_ptr()))
    }
    fn delitem(object, args, function: objobjargproc) {
        let key = only(args)?;
        done(function(object.as_ptr(), key.as_ptr(), null_mut()))
    }
    fn setattr(object, args, function: setattrofunc) {
        let (name, value) = two(args, "__setattr__")?;
        attribute_name(name)?;
        may_set(object, function, "__setattr__")?;
        done(function(object.as_ptr(), name.as_ptr(), value.as_ptr()))
    }
    fn delattr(object, args, function: setattrofunc) {
        let name = only(args)?;
        attribute_name(name)?;
        may_set(object, function, "__delattr__")?;
        done(function(object.as_ptr(), name.as_ptr(), null_mut()))
    }
    fn lt(object, args, function: richcmpfunc) { compare(object, args, function, Py_LT) }
    fn le(object, args, function: richcmpfunc) { compare(object, args, function, Py_LE) }
    fn eq(object, args, function: richcmpfunc) { compare(object, args, function, Py_EQ) }
    fn ne(object, args, function: richcmpfunc) { compare(object, args, function, Py_NE) }
    fn gt(object, args, function: richcmpfunc) { compare(object, args, function, Py_GT) }
    fn ge(object, args, function: richcmpfunc) { compare(object, args, function, Py_GE) }
    fn descr_get(object, args, function: descrgetfunc) {
        let (instance, owner) = match args.as_slice() {
            [] => return Err(raised!(TypeError, "__get__ expected at least 1 argument, got 0")),
            &[instance] => (instance, none_ref()),
            &[instance, owner] => (instance, owner),
            more => return Err(raised!(TypeError, "__get__ expected at most 2 arguments, got {}", more.len())),
        };
        let some = |object: &PyObject| opt_ptr((!object.is_none()).then(|| borrow(object.as_ptr())));
        if instance.is_none() && owner.is_none() {
            return Err(raised!(TypeError, "__get__(None, None) is invalid"));
        }
        Obj::from_result(function(object.as_ptr(), some(instance), some(owner)))
    }
    fn descr_set(object, args, function: descrsetfunc) {
        let (instance, value) = two(args, "__set__")?;
        done(function(object.as_ptr(), instance.as_ptr(), value.as_ptr()))
    }
    fn descr_delete(object, args, function: descrsetfunc) {
        let instance = only(args)?;
        done(function(object.as_ptr(), instance.as_ptr(), null_mut()))
    }
    fn buffer(object, args, function: getbufferproc) {
        let [flags] = args.as_slice() else {
            return Err(raised!(TypeError, "__buffer__ expected 1 argument, got {}", args.len()));
        };
        let flags = number::as_isize(flags, Some(Exc::OverflowError))?;
        let Ok(flags) = i32::try_from(flags) else {
            return Err(raised!(OverflowError, "buffer flags out of range"));
        };
        super::buffers::memoryview_of(object, flags, function)
    }
    fn release_buffer(object, args, function: releasebufferproc) {
        let [view] = args.as_slice() else {
            return Err(raised!(TypeError, "__release_buffer__ expected 1 argument, got {}", args.len()));
        };
        let _ = function;
        super::buffers::release_memoryview(object, view)
    }
}

fn one_or_two(args: &PyTuple) -> PyResult<(&PyObject, &PyObject)> {
    match args.as_slice() {
        &[value] => Ok((value, none_ref())),
        &[value, modulus] => Ok((value, modulus)),
        other => Err(raised!(TypeError, "expected 1 or 2 arguments, got {}", other.len())),
    }
}

unsafe fn compare(object: &PyObject, args: &PyTuple, function: richcmpfunc, op: c_int) -> PyResult {
    let other = only(args)?;
    // SAFETY: the slot function of a live receiver.
    unsafe { Obj::from_result(function(object.as_ptr(), other.as_ptr(), op)) }
}

/// An index for `sq_item`: negative ones count from the end.
fn sequence_index(object: &PyObject, index: &PyObject) -> PyResult<isize> {
    let index = number::as_isize(index, Some(Exc::OverflowError))?;
    if index >= 0 {
        return Ok(index);
    }
    match object.class().sq_length() {
        Some(length) => {
            // SAFETY: the slot of a live object.
            let length = unsafe { length(object.as_ptr()) };
            if length < 0 { Err(Raised::claim()) } else { Ok(index + length) }
        }
        None => Ok(index),
    }
}

fn attribute_name(name: &PyObject) -> PyResult<()> {
    match name.downcast::<PyStr>() {
        Some(_) => Ok(()),
        None => Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name())),
    }
}

/// Refuses `object.__setattr__(int, …)`: a base's function must not get around what a native class itself does. The
/// classes that Python code made are skipped; the first native one must have this very function.
fn may_set(object: &PyObject, function: setattrofunc, what: &str) -> PyResult<()> {
    let class = object.class();
    let own = |ty: &TypeObject| ty.tp_setattro().map_or(0, |f| f as usize);
    let generic = super::generic::setattro as *const () as usize;
    let wanted = function as usize;
    // The class whose function the receiver's class has.
    let mut ty = class
        .mro()
        .iter()
        .rev()
        .find(|ty| own(ty) != generic && own(ty) == own(class))
        .map_or(class, |ty| *ty);
    loop {
        if own(ty) == wanted {
            return Ok(());
        }
        if own(ty) != generic {
            break;
        }
        match ty.base() {
            Some(base) => ty = base,
            None => return Ok(()),
        }
    }
    Err(raised!(TypeError, "can't apply this {what} to {} object", class.name()))
}

pub unsafe extern "C" fn call(object: Ref, args: Ref, wrapped: *mut c_void, kwargs: Ref) -> Ref {
    // SAFETY: as for the wrappers without keywords.
    unsafe { transmute::<*mut c_void, ternaryfunc>(wrapped)(object, args, kwargs) }
}

pub unsafe extern "C" fn init(object: Ref, args: Ref, wrapped: *mut c_void, kwargs: Ref) -> Ref {
    // SAFETY: as for the wrappers without keywords.
    unsafe {
        let status = transmute::<*mut c_void, initproc>(wrapped)(object, args, kwargs);
        ret_obj(done(status))
    }
}

/// `cls.__new__(…)` of native types: checks that `tp_new` of the class makes objects of the layout asked for.
///
/// # Safety
/// `class` is the type that the function was made for, `args` a tuple.
pub unsafe extern "C" fn new(class: Ref, args: Ref, kwargs: Ref) -> Ref {
    // SAFETY: the caller's promise.
    unsafe { ret_obj(checked_new(borrow(class), borrow_tuple(args), borrow_dict(kwargs))) }
}

fn checked_new(owner: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let Some(owner) = owner.downcast::<TypeObject>() else {
        return Err(raised!(SystemError, "__new__() called with non-type 'self'"));
    };
    let name = owner.name();
    if args.is_empty() {
        return Err(raised!(TypeError, "{name}.__new__(): not enough arguments"));
    }
    let Some(class) = args.get(0).downcast::<TypeObject>() else {
        let found = args.get(0).class().name();
        return Err(raised!(TypeError, "{name}.__new__(X): X is not a type object ({found})"));
    };
    if !class.is_subtype_of(owner) {
        let asked = class.name();
        return Err(raised!(TypeError, "{name}.__new__({asked}): {asked} is not a subtype of {name}"));
    }
    // The native type whose layout the instances have.
    let mut native = class;
    while native.tp_new().is_some_and(|f| f as usize == super::generic::new as *const () as usize) {
        match native.base() {
            Some(base) => native = base,
            None => break,
        }
    }
    if native.tp_new().map(|f| f as usize) != owner.tp_new().map(|f| f as usize) {
        let (asked, safe) = (class.name(), native.name());
        if native.tp_new().is_none() {
            return Err(raised!(TypeError, "cannot create '{asked}' instances"));
        }
        return Err(raised!(TypeError, "{name}.__new__({asked}) is not safe, use {safe}.__new__()"));
    }
    let Some(function) = owner.tp_new() else {
        return Err(raised!(TypeError, "cannot create '{name}' instances"));
    };
    let rest = args.slice(1, args.len());
    // SAFETY: the slot of a live type, called with a tuple and a dictionary or null.
    unsafe {
        let kwargs = opt_ptr(kwargs.map(PyType::as_object));
        Obj::from_result(function(class.raw(), rest.as_ptr(), kwargs))
    }
}

/// Compares two objects for inequality, where overloading must be seen (`object::compare_bool` with identity first).
pub fn differ(a: &PyObject, b: &PyObject) -> PyResult<bool> {
    object::compare_bool(a, b, crate::model::CompareOp::Ne)
}
