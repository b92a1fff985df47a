//! Calling types: `type.__call__`, `type.__new__`, `type.__init__`, and a short way for plain Python classes.

#![expect(unsafe_code, reason = "calls slots")]

use super::{class, generic, type_type};
use crate::intern;
use crate::model::args::ArgName;
use crate::model::args::Signature;
use crate::model::trampoline::{borrow, borrow_dict, borrow_tuple, borrow_type, ret_obj};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject};
use crate::protocols::call;
use crate::types::dict::PyDict;
use crate::types::object::{object_new, object_type};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_macros::pymethods;

type Ref = *mut PyObject;

#[pymethods(CALLS)]
impl TypeObject {
    #[slot(tp_call, raw)]
    unsafe extern "C" fn call(class: Ref, args: Ref, kwargs: Ref) -> Ref {
        // SAFETY: called as a slot with a type, a tuple, and a dictionary or null.
        unsafe { ret_obj(call_type(borrow_type(class), borrow_tuple(args), borrow_dict(kwargs))) }
    }

    #[slot(tp_new, raw)]
    unsafe extern "C" fn new_type(meta: *mut PyTypeObject, args: Ref, kwargs: Ref) -> Ref {
        // SAFETY: called as a slot with a type, a tuple, and a dictionary or null.
        unsafe { ret_obj(new(TypeObject::from_raw(meta), borrow_tuple(args), borrow_dict(kwargs))) }
    }

    #[slot(tp_init, raw)]
    unsafe extern "C" fn init(_class: Ref, args: Ref, kwargs: Ref) -> c_int {
        // SAFETY: called as a slot with a type, a tuple, and a dictionary or null.
        let (args, kwargs) = unsafe { (borrow_tuple(args), borrow_dict(kwargs)) };
        if args.len() == 1 && kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            let _ = raised!(TypeError, "type.__init__() takes no keyword arguments");
            return -1;
        }
        if args.len() != 1 && args.len() != 3 {
            let _ = raised!(TypeError, "type.__init__() takes 1 or 3 arguments");
            return -1;
        }
        0
    }

    #[slot(tp_vectorcall, raw)]
    unsafe extern "C" fn type_vectorcall(meta: Ref, args: *const Ref, nargs: usize, names: Ref) -> Ref {
        // SAFETY: the caller passes live objects.
        unsafe {
            let count = call::nargs_of(nargs);
            let named = names.cast::<PyTuple>().as_ref().map_or(0, PyTuple::len);
            if count == 1 && named == 0 {
                return (**args).class().owned().into_raw();
            }
            let meta = borrow(meta);
            let values = core::slice::from_raw_parts(args.cast::<&PyObject>(), count + named);
            let result = || -> PyResult {
                let tuple = PyTuple::from_slice(&values[..count]);
                let kwargs = match names.cast::<PyTuple>().as_ref() {
                    Some(names) => Some(call::names_to_dict(names, &values[count..])?),
                    None => None,
                };
                call_type(meta.downcast_unchecked(), &tuple, kwargs.as_deref())
            };
            ret_obj(result())
        }
    }
}

/// `class(*args, **kwargs)`: `__new__`, then `__init__` of what it made, where that is an instance of the class.
fn call_type(class: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    if class.is(type_type()) {
        let named = kwargs.map_or(0, |kwargs| kwargs.len());
        if args.len() == 1 && named == 0 {
            return Ok(args.get(0).class().owned());
        }
        if args.len() != 3 {
            return Err(raised!(TypeError, "type() takes 1 or 3 arguments"));
        }
    }
    let Some(new) = class.tp_new() else {
        return Err(raised!(TypeError, "cannot create '{}' instances", class.name()));
    };
    let kwargs = crate::model::trampoline::opt_ptr(kwargs.map(PyType::as_object));
    // SAFETY: slots of live objects, called with a tuple and a dictionary or null.
    unsafe {
        let made = Obj::from_result(call::check_result(class, new(class.raw(), args.as_ptr(), kwargs)))?;
        if !made.class().is_subtype_of(class) {
            return Ok(made);
        }
        if let Some(init) = made.class().tp_init()
            && init(made.as_ptr(), args.as_ptr(), kwargs) < 0
        {
            return Err(Raised::claim());
        }
        Ok(made)
    }
}

static NEW: Signature = Signature {
    name: "type.__new__",
    params: &["name", "bases", "dict"],
    positional_only: 3,
    positional: 3,
    required: 3,
    required_keywords: 0,
    var_args: false,
    var_keywords: true,
    wording: crate::model::args::Wording::Clinic,
};

fn new(meta: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let &[name, bases, namespace] = args.as_slice() else {
        let count = args.len();
        return Err(raised!(TypeError, "type.__new__() takes exactly 3 arguments ({count} given)"));
    };
    let wrong = |index, wanted, value| ArgName::new(&NEW, index).wrong_type(wanted, value);
    let name = name.downcast::<PyStr>().ok_or_else(|| wrong(0, "str", name))?;
    let bases = bases.downcast::<PyTuple>().ok_or_else(|| wrong(1, "tuple", bases))?;
    let namespace = namespace.downcast::<PyDict>().ok_or_else(|| wrong(2, "dict", namespace))?;
    class::new(meta, name, bases, namespace, kwargs)
}

/// `PyType_GenericNew`: an empty instance.
///
/// # Safety
/// `class` is a live type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyType_GenericNew(class: *mut PyTypeObject, _args: Ref, _kwargs: Ref) -> Ref {
    // SAFETY: the caller's promise.
    let class = unsafe { TypeObject::from_raw(class) };
    match class.tp_alloc() {
        // SAFETY: the slot of a live type.
        Some(alloc) => unsafe { alloc(class.raw(), 0) },
        None => crate::memory::alloc(class, 0).unwrap_or(null_mut()),
    }
}

/// Gives a new class the short way, where its metaclass calls classes as `type` does.
pub fn set_vectorcall(class: &TypeObject) {
    let ours = type_type().tp_call().map(|f| f as usize);
    if class.class().tp_call().map(|f| f as usize) == ours {
        // SAFETY: one field of a new type is written.
        unsafe { (*class.raw()).tp_vectorcall = Some(class_vectorcall) };
    }
}

/// Whether a class is called in the general way, which hands keywords on as a dictionary.
pub fn takes_any_keywords(class: &TypeObject) -> bool {
    // SAFETY: one field of a live type is read.
    let function = unsafe { (*class.raw()).tp_vectorcall };
    function.is_some_and(|function| function as usize == class_vectorcall as *const () as usize)
}

/// Calls a Python class. Where it takes `object.__new__` and has a Python `__init__`, that is called with the arguments as
/// they lie here; every other class is called with a tuple and a dictionary.
unsafe extern "C" fn class_vectorcall(class: Ref, args: *const Ref, nargs: usize, names: Ref) -> Ref {
    // SAFETY: the caller passes live objects.
    unsafe {
        let class = borrow_type(class);
        let count = call::nargs_of(nargs);
        let names = names.cast::<PyTuple>().as_ref();
        let named = names.map_or(0, PyTuple::len);
        let values: &[&PyObject] =
            if count + named == 0 { &[] } else { core::slice::from_raw_parts(args.cast(), count + named) };
        ret_obj(call_class(class, values, count, names))
    }
}

fn call_class(class: &TypeObject, values: &[&PyObject], count: usize, names: Option<&PyTuple>) -> PyResult {
    let plain_new = class.tp_new().is_some_and(|f| f as usize == object_new as *const () as usize);
    let init = class.tp_init().map_or(0, |f| f as usize);
    let python_init = init == generic::init_ as *const () as usize;
    if plain_new && !class.has_flag(Py_TPFLAGS_IS_ABSTRACT) {
        if python_init {
            let made = allocate(class)?;
            let init = generic::Special::required(&made, intern!("__init__"))?;
            let result = init.call_names(&made, values, names)?;
            generic::returned_none(&result)?;
            return Ok(made);
        }
        if values.is_empty() && object_type().tp_init().is_some_and(|f| f as usize == init) {
            return allocate(class);
        }
    }
    let tuple = PyTuple::from_slice(&values[..count]);
    let kwargs: Option<Py<PyDict>> = match names {
        Some(names) if !names.is_empty() => Some(call::names_to_dict(names, &values[count..])?),
        _ => None,
    };
    call_type(class, &tuple, kwargs.as_deref())
}

fn allocate(class: &TypeObject) -> PyResult {
    // SAFETY: the slot of a live type; a new object with one reference.
    unsafe {
        match class.tp_alloc() {
            Some(alloc) => Obj::from_result(alloc(class.raw(), 0)),
            None => crate::memory::alloc(class, 0).map(|object| Obj::from_raw(object)),
        }
    }
}

/// `a | b` of types.
pub fn union_of(a: &PyObject, b: &PyObject) -> PyResult {
    crate::types::union::or(a, b)
}

/// Whether it is a `typing.Union`.
pub fn is_union(object: &PyObject) -> bool {
    object.downcast_exact::<crate::types::union::PyUnion>().is_some()
}

/// `type[key]`.
pub fn generic_alias(class: &TypeObject, key: &PyObject) -> PyResult {
    crate::types::genericalias::new(class, key)
}
