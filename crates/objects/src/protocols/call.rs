//! Calling objects: the vectorcall protocol (PEP 590), `tp_call`, and methods without bound-method objects.
//!
//! Arguments lie in an array; the values of named arguments follow the positional ones, their names are a tuple. A type
//! with `Py_TPFLAGS_HAVE_VECTORCALL` is called with the array as it is, every other through `tp_call` with a tuple and
//! a dictionary made here. What comes back is held to the rule that null and a set exception go together.

#![expect(unsafe_code, reason = "passes argument arrays to C functions")]

use crate::errors::{self, check_stack};
use crate::intern;
use crate::model::trampoline::opt_ptr;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject};
use crate::protocols::object;
use crate::types::dict::{self, PyDict};
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::r#type;
use core::ptr::null_mut;
use taipan_abi::*;

/// How many arguments are gathered without allocating.
const FEW: usize = 8;

/// The vectorcall function of an object, `None` where its type has none or the object's own slot is empty.
#[inline(always)]
pub fn vectorcall_of(callable: &PyObject) -> Option<vectorcallfunc> {
    let class = callable.class();
    if !class.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) {
        return None;
    }
    vectorcall_at_offset(callable)
}

/// As [`vectorcall_of`], also where a class took the flag away: its base's `tp_call` still means the function.
#[inline(always)]
fn vectorcall_at_offset(callable: &PyObject) -> Option<vectorcallfunc> {
    let offset = callable.class().tp_vectorcall_offset();
    if offset <= 0 {
        return None;
    }
    // SAFETY: a type with an offset has a nullable function pointer there in its instances.
    unsafe { *callable.as_ptr().byte_offset(offset).cast::<Option<vectorcallfunc>>() }
}

/// `PyObject_Vectorcall` on raw pointers: for the interpreter's value stack and the C API.
///
/// # Safety
/// `args` holds the positional arguments and then one for each of `names` (a tuple of strings, or null); all are
/// live. Where `nargsf` carries `PY_VECTORCALL_ARGUMENTS_OFFSET`, `args[-1]` may be written to.
#[inline]
pub unsafe fn vectorcall_raw(
    callable: &PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe {
        match vectorcall_of(callable) {
            Some(function) => {
                let result = function(callable.as_ptr(), args, nargsf, names);
                check_result(callable, result)
            }
            None => make_call(callable, args, nargs_of(nargsf), names.cast::<PyTuple>().as_ref()),
        }
    }
}

/// The number of positional arguments in a vectorcall's `nargsf`.
#[inline(always)]
pub const fn nargs_of(nargsf: usize) -> usize {
    nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET
}

/// Holds a result to the rule that null and a set exception go together (`_Py_CheckFunctionResult`).
#[inline(always)]
pub fn check_result(callable: &PyObject, result: *mut PyObject) -> *mut PyObject {
    if result.is_null() != errors::occurred() { broken_result(callable, result) } else { result }
}

#[cold]
#[inline(never)]
fn broken_result(callable: &PyObject, result: *mut PyObject) -> *mut PyObject {
    if result.is_null() {
        let shown = object::repr(callable).map(|text| text.to_string());
        let _ = shown.map(|shown| raised!(SystemError, "{shown} returned NULL without setting an exception"));
        return null_mut();
    }
    // SAFETY: the callable gave away this reference.
    drop(unsafe { Obj::from_raw(result) });
    let cause = errors::take(Raised::claim());
    let shown = object::repr(callable).map(|text| text.to_string());
    if let Ok(shown) = shown {
        let cause = errors::restore(cause);
        let _ = errors::set_from_cause(
            cause,
            errors::Exc::SystemError,
            format_args!("{shown} returned a result with an exception set"),
        );
    }
    null_mut()
}

/// `callable(*args)`.
#[inline]
pub fn call(callable: &PyObject, args: &[&PyObject]) -> PyResult {
    // SAFETY: the slice holds live objects; a reference has the bits of a pointer.
    unsafe { Obj::from_result(vectorcall_raw(callable, args.as_ptr().cast(), args.len(), null_mut())) }
}

/// `callable(*args)` with the last arguments named by `names` (`PyObject_Vectorcall`).
#[inline]
pub fn call_names(callable: &PyObject, args: &[&PyObject], names: Option<&PyTuple>) -> PyResult {
    let positional = args.len() - names.map_or(0, PyTuple::len);
    let names = opt_ptr(names.map(PyType::as_object));
    // SAFETY: the slice holds live objects, the named ones last.
    unsafe { Obj::from_result(vectorcall_raw(callable, args.as_ptr().cast(), positional, names)) }
}

/// Calls through `tp_call` (`_PyObject_MakeTpCall`).
///
/// # Safety
/// As `vectorcall_raw`.
#[inline(never)]
unsafe fn make_call(
    callable: &PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: Option<&PyTuple>,
) -> *mut PyObject {
    let Some(function) = callable.class().tp_call() else {
        let _ = not_callable(callable);
        return null_mut();
    };
    // SAFETY: the caller's promise.
    let (positional, values) =
        unsafe { (slice_of(args, nargs), slice_of(args.wrapping_add(nargs), names.map_or(0, PyTuple::len))) };
    let tuple = PyTuple::from_slice(positional);
    let kwargs = match names {
        Some(names) if !names.is_empty() => match names_to_dict(names, values) {
            Ok(dict) => Some(dict),
            Err(_) => return null_mut(),
        },
        _ => None,
    };
    if check_stack(" while calling a Python object").is_err() {
        return null_mut();
    }
    let kwargs = kwargs.as_deref().map(PyType::as_object);
    // SAFETY: `tp_call` takes a tuple and a dictionary or null.
    let result = unsafe { function(callable.as_ptr(), tuple.as_ptr(), opt_ptr(kwargs)) };
    check_result(callable, result)
}

/// # Safety
/// `args` holds `count` live objects, or `count` is 0.
unsafe fn slice_of<'a>(args: *const *mut PyObject, count: usize) -> &'a [&'a PyObject] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; a reference has the bits of a pointer that is not null.
    unsafe { core::slice::from_raw_parts(args.cast(), count) }
}

/// A dictionary of named arguments (`_PyStack_AsDict`).
pub fn names_to_dict(names: &PyTuple, values: &[&PyObject]) -> PyResult<Py<PyDict>> {
    let dict = PyDict::with_capacity(names.len());
    for (name, &value) in names.as_slice().iter().zip(values) {
        dict.set_item(name, value)?;
    }
    Ok(dict)
}

#[cold]
fn not_callable(callable: &PyObject) -> Raised {
    // A module is often taken for the function it holds.
    if let Some(module) = callable.downcast::<PyModule>()
        && let Ok(name) = module.name()
    {
        let found = object::get_optional_attr(callable, &name);
        match found {
            Ok(Some(member)) if object::is_callable(&member) => {
                return raised!(
                    TypeError,
                    "'{}' object is not callable. Did you mean: '{name}.{name}(...)'?",
                    callable.class().name()
                );
            }
            Ok(_) => {}
            Err(raised) => errors::clear(raised),
        }
    }
    if errors::occurred() {
        errors::clear(Raised::claim());
    }
    raised!(TypeError, "'{}' object is not callable", callable.class().name())
}

/// `callable(*args, **kwargs)` (`PyObject_Call`).
pub fn call_tuple(callable: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    if let Some(function) = vectorcall_of(callable) {
        // SAFETY: the function is the callable's own.
        return unsafe { vectorcall_tuple(function, callable, args, kwargs) };
    }
    let Some(function) = callable.class().tp_call() else {
        return Err(not_callable(callable));
    };
    check_stack(" while calling a Python object")?;
    let kwargs = kwargs.map(PyType::as_object);
    // SAFETY: `tp_call` takes a tuple and a dictionary or null.
    unsafe {
        let result = function(callable.as_ptr(), args.as_ptr(), opt_ptr(kwargs));
        Obj::from_result(check_result(callable, result))
    }
}

/// A call with keywords that are no strings. What they mean to a class is the business of its `__init__`.
#[cold]
fn call_with_other_keys(callable: &PyObject, args: &PyTuple, kwargs: &PyDict) -> PyResult {
    let class =
        callable.downcast::<TypeObject>().filter(|class| crate::types::r#type::takes_any_keywords(class));
    match class.and_then(|class| class.class().tp_call()) {
        // SAFETY: `tp_call` takes a tuple and a dictionary.
        Some(function) => unsafe {
            let result = function(callable.as_ptr(), args.as_ptr(), kwargs.as_ptr());
            Obj::from_result(check_result(callable, result))
        },
        None => Err(raised!(TypeError, "keywords must be strings")),
    }
}

/// Calls a vectorcall function with a tuple and a dictionary (`_PyVectorcall_Call`).
///
/// # Safety
/// `function` is a vectorcall function of `callable`.
pub unsafe fn vectorcall_tuple(
    function: vectorcallfunc,
    callable: &PyObject,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let positional = args.as_slice();
    let Some(kwargs) = kwargs.filter(|kwargs| !kwargs.is_empty()) else {
        // SAFETY: the tuple's items are live.
        let result =
            unsafe { function(callable.as_ptr(), positional.as_ptr().cast(), positional.len(), null_mut()) };
        // SAFETY: a call's result.
        return unsafe { Obj::from_result(check_result(callable, result)) };
    };
    let items = kwargs.items_snapshot();
    let mut all: Vec<&PyObject> = Vec::with_capacity(1 + positional.len() + items.len());
    // Room for a callee that puts a receiver before the arguments.
    all.push(callable);
    all.extend_from_slice(positional);
    for (name, value) in &items {
        if name.downcast::<PyStr>().is_none() {
            return call_with_other_keys(callable, args, kwargs);
        }
        all.push(value);
    }
    let names = PyTuple::from_vec(items.iter().map(|(name, _)| name.clone()).collect());
    let nargsf = positional.len() | PY_VECTORCALL_ARGUMENTS_OFFSET;
    // SAFETY: the array is ours: one element of room, the positional arguments, the named ones.
    unsafe {
        let array = all.as_mut_ptr().cast::<*mut PyObject>();
        let result = function(callable.as_ptr(), array.add(1), nargsf, names.as_ptr());
        Obj::from_result(check_result(callable, result))
    }
}

/// `tp_call` of types whose instances have a vectorcall function (`PyVectorcall_Call`).
///
/// # Safety
/// Called as a `tp_call` slot.
pub unsafe extern "C" fn vectorcall_slot(
    callable: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller passes a live object, a tuple, and a dictionary or null.
    unsafe {
        let callable = &*callable;
        let result = match vectorcall_at_offset(callable) {
            Some(function) => {
                let args = &*args.cast::<PyTuple>();
                vectorcall_tuple(function, callable, args, kwargs.cast::<PyDict>().as_ref())
            }
            None => {
                Err(raised!(TypeError, "'{}' object does not support vectorcall", callable.class().name()))
            }
        };
        result.map_or(null_mut(), Obj::into_raw)
    }
}

/// Calls with `first` before the other arguments.
pub fn call_prepend(
    callable: &PyObject,
    first: &PyObject,
    args: &[&PyObject],
    names: Option<&PyTuple>,
) -> PyResult {
    let count = args.len() + 1;
    if count <= FEW {
        let mut few = [first; FEW];
        few[1..count].copy_from_slice(args);
        return call_names(callable, &few[..count], names);
    }
    let mut all = Vec::with_capacity(count);
    all.push(first);
    all.extend_from_slice(args);
    call_names(callable, &all, names)
}

/// What `receiver.name` is for a call.
pub enum Method {
    /// A function that takes the receiver as its first argument.
    Unbound(Obj),
    /// An attribute, called as it is.
    Bound(Obj),
}

/// Looks `receiver.name` up without making a bound method where that is possible (`_PyObject_GetMethod`).
pub fn get_method(receiver: &PyObject, name: &PyStr) -> PyResult<Method> {
    let class = receiver.class();
    let generic = crate::types::object::object_type().tp_getattro();
    let same = match (class.tp_getattro(), generic) {
        (Some(a), Some(b)) => core::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    if !same {
        return object::get_attr(receiver, name).map(Method::Bound);
    }
    let found = r#type::lookup(class, name).filter(|found| is_method_descriptor(found.class()));
    match found {
        Some(function) => match own_attribute(receiver, name)? {
            Some(value) => Ok(Method::Bound(value)),
            None => Ok(Method::Unbound(function)),
        },
        None => object::get_attr(receiver, name).map(Method::Bound),
    }
}

/// Whether instances of the class, found in a type, can be called with the receiver as first argument.
#[inline(always)]
pub fn is_method_descriptor(class: &TypeObject) -> bool {
    class.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
}

/// The attribute in the instance's own storage, which is not made if it is not there.
fn own_attribute(receiver: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let class = receiver.class();
    if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return dict::instance::get(receiver, name);
    }
    let offset = class.tp_dictoffset();
    if offset == 0 {
        return Ok(None);
    }
    if offset < 0 {
        // Behind a variable number of items: the general way knows where.
        let dict = object::instance_dict(receiver)?;
        return match dict.as_deref().and_then(|dict| dict.downcast::<PyDict>()) {
            Some(dict) => dict.get_str(name),
            None => Ok(None),
        };
    }
    // SAFETY: instances of the type have a nullable dictionary at this offset; it is cloned before it is used.
    let dict = unsafe {
        let dict = *receiver.as_ptr().byte_offset(offset).cast::<*mut PyObject>();
        if dict.is_null() { None } else { Some(Obj::from_borrowed(dict)) }
    };
    match dict.as_deref().and_then(|dict| dict.downcast::<PyDict>()) {
        Some(dict) => dict.get_str(name),
        None => Ok(None),
    }
}

/// `receiver.name(*args)` without making a bound method where that is possible.
pub fn method(receiver: &PyObject, name: &PyStr, args: &[&PyObject]) -> PyResult {
    method_names(receiver, name, args, None)
}

/// As [`method`] with named arguments behind the positional ones.
pub fn method_names(
    receiver: &PyObject,
    name: &PyStr,
    args: &[&PyObject],
    names: Option<&PyTuple>,
) -> PyResult {
    match get_method(receiver, name)? {
        Method::Unbound(function) => call_prepend(&function, receiver, args, names),
        Method::Bound(callable) => call_names(&callable, args, names),
    }
}

/// `type(receiver).name(receiver, *args)`: a special method; `None` where the type has none.
pub fn special(receiver: &PyObject, name: &PyStr, args: &[&PyObject]) -> PyResult<Option<Obj>> {
    let class = receiver.class();
    let Some(found) = r#type::lookup(class, name) else { return Ok(None) };
    if is_method_descriptor(found.class()) {
        return call_prepend(&found, receiver, args, None).map(Some);
    }
    let bound = match found.class().tp_descr_get() {
        // SAFETY: the slot takes the descriptor, the instance and its class.
        Some(get) => unsafe {
            Obj::from_result(get(found.as_ptr(), receiver.as_ptr(), class.as_object().as_ptr()))?
        },
        None => found,
    };
    call(&bound, args).map(Some)
}

/// As [`special`], for a method that a class forbids by setting it to `None`.
pub fn special_unless_none(receiver: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    match r#type::lookup(receiver.class(), name) {
        Some(found) if found.is_none() => Ok(None),
        _ => special(receiver, name, &[]),
    }
}

/// How messages name a function: `module.qualname()`, without the module for built-ins (`_PyObject_FunctionStr`).
pub fn function_str(function: &PyObject) -> PyResult<String> {
    let Some(qualname) = object::get_optional_attr(function, intern!("__qualname__"))? else {
        return object::str(function).map(|text| text.to_string());
    };
    let qualname = object::str(&qualname)?;
    match object::get_optional_attr(function, intern!("__module__"))? {
        Some(module) if !module.is_none() => {
            let module = object::str(&module)?;
            if module.eq_str("builtins") {
                Ok(format!("{qualname}()"))
            } else {
                Ok(format!("{module}.{qualname}()"))
            }
        }
        _ => Ok(format!("{qualname}()")),
    }
}
