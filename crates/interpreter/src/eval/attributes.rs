//! Attributes and methods in their general form, and `super()`.

#![expect(unsafe_code, reason = "calls C functions of types")]

use crate::value::Value;
use taipan_abi::Py_TPFLAGS_METHOD_DESCRIPTOR;
use taipan_objects::model::trampoline::opt_ptr;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type::lookup;

/// What `object.name` is as the callee of a method call.
pub(crate) enum Method {
    /// A function that takes the object as its first argument.
    Unbound(Obj),
    /// Anything else.
    Attribute(Obj),
}

/// Whether a class looks attributes up the general way.
#[inline(always)]
pub(crate) fn has_generic_getattr(class: &TypeObject) -> bool {
    let generic = taipan_objects::types::object::object_type().tp_getattro();
    class.tp_getattro().map(|f| f as usize) == generic.map(|f| f as usize)
}

/// `object.name`, left unbound where it is a method of the class (`_PyObject_GetMethod`).
pub(crate) fn get_method(object: &PyObject, name: &PyStr) -> PyResult<Method> {
    let class = object.class();
    if !has_generic_getattr(class) {
        return object::get_attr(object, name).map(Method::Attribute);
    }
    let Some(descriptor) = lookup(class, name) else {
        return object::get_attr(object, name).map(Method::Attribute);
    };
    if !descriptor.class().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return object::get_attr(object, name).map(Method::Attribute);
    }
    match own_attribute(object, name)? {
        Some(value) => Ok(Method::Attribute(value)),
        None => Ok(Method::Unbound(descriptor)),
    }
}

/// What the instance itself has under the name, without looking at its class.
fn own_attribute(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let class = object.class();
    if class.has_flag(taipan_abi::Py_TPFLAGS_MANAGED_DICT) {
        return taipan_objects::types::dict::instance::get(object, name);
    }
    if class.tp_dictoffset() == 0 {
        return Ok(None);
    }
    // SAFETY: the offset leads to the pointer to the instance's dictionary; one from the end needs the object's size.
    let slot = unsafe { dict_slot(object) };
    match slot {
        // SAFETY: the dictionary belongs to the object.
        Some(slot) => unsafe {
            match (*slot).as_ref() {
                Some(dict) => {
                    let dict = dict.owned();
                    match dict.downcast::<PyDict>() {
                        Some(dict) => dict.get_str(name),
                        None => Ok(None),
                    }
                }
                None => Ok(None),
            }
        },
        None => Ok(None),
    }
}

/// # Safety
/// The object is live.
unsafe fn dict_slot(object: &PyObject) -> Option<*mut *mut PyObject> {
    let class = object.class();
    let mut offset = class.tp_dictoffset();
    // SAFETY: the layout is what the class says.
    unsafe {
        if offset < 0 {
            let count = (*object.as_ptr().cast::<taipan_abi::PyVarObject>()).ob_size.get().unsigned_abs();
            let size = class.tp_basicsize() as usize + count * class.tp_itemsize() as usize;
            offset += size.next_multiple_of(8) as isize;
        }
        Some(object.as_ptr().byte_offset(offset).cast())
    }
}

/// `super(class, receiver).name`; `is_method` says that a call follows and the receiver may stay apart.
pub(crate) fn load_super_attr(
    global_super: &PyObject,
    class: &PyObject,
    receiver: &PyObject,
    name: &PyStr,
    is_method: bool,
) -> PyResult<(Value, Option<Obj>)> {
    let super_type = taipan_objects::types::r#type::super_type();
    if is_method
        && global_super.is(super_type)
        && let Some(class) = class.downcast::<TypeObject>()
        && let Some(found) = super_method(class, receiver, name)?
    {
        return Ok((Value::owned(found), Some(receiver.owned())));
    }
    let proxy = call::call(global_super, &[class, receiver])?;
    object::get_attr(&proxy, name).map(|value| (Value::owned(value), None))
}

/// The method that `super` finds, where it is one of the class behind `class` in the receiver's MRO and plain.
fn super_method(class: &TypeObject, receiver: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let start = receiver.class();
    if name.eq_str("__class__") || !start.is_subtype_of(class) {
        return Ok(None);
    }
    let mro: Vec<Obj> = start.mro().iter().map(|ty| ty.owned()).collect();
    for ty in mro.iter().skip_while(|ty| !ty.is(class)).skip(1) {
        let Some(ty) = ty.downcast::<TypeObject>() else { continue };
        if let Some(found) = taipan_objects::types::r#type::own_dict(ty).get_str(name)? {
            let is_method = found.class().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR);
            return Ok(is_method.then_some(found));
        }
    }
    Ok(None)
}

/// The special method of `LOAD_SPECIAL`: unbound with the receiver apart, or bound.
pub(crate) fn load_special(receiver: &PyObject, which: usize) -> PyResult<Method> {
    let name = match which {
        0 => intern!("__enter__"),
        1 => intern!("__exit__"),
        2 => intern!("__aenter__"),
        _ => intern!("__aexit__"),
    };
    let class = receiver.class();
    let Some(found) = lookup(class, name) else {
        return Err(no_special(receiver, which));
    };
    let kind = found.class();
    if kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return Ok(Method::Unbound(found));
    }
    match kind.tp_descr_get() {
        None => Ok(Method::Attribute(found)),
        Some(get) => {
            // SAFETY: a descriptor's getter takes descriptor, instance and class.
            let bound = unsafe { get(found.as_ptr(), receiver.as_ptr(), opt_ptr(Some(class))) };
            // SAFETY: what it returns is a new reference or null.
            unsafe { Obj::from_result(bound) }.map(Method::Attribute)
        }
    }
}

#[cold]
fn no_special(receiver: &PyObject, which: usize) -> taipan_objects::model::Raised {
    let name = receiver.class().name();
    let has = |method| lookup(receiver.class(), method).is_some();
    let missed = ["__enter__", "__exit__", "__aenter__", "__aexit__"][which.min(3)];
    let (this, other, keyword, supports_other) = if which < 2 {
        let supports = has(intern!("__aenter__")) && has(intern!("__aexit__"));
        ("the context manager protocol", "the asynchronous context manager protocol", "async with", supports)
    } else {
        let supports = has(intern!("__enter__")) && has(intern!("__exit__"));
        ("the asynchronous context manager protocol", "the context manager protocol", "with", supports)
    };
    if supports_other {
        return raised!(
            TypeError,
            "'{name}' object does not support {this} (missed {missed} method) but it supports {other}. Did you mean \
             to use '{keyword}'?"
        );
    }
    raised!(TypeError, "'{name}' object does not support {this} (missed {missed} method)")
}

/// `IMPORT_FROM`: an attribute, else the submodule that is still being imported.
pub(crate) fn import_from(module: &PyObject, name: &PyStr) -> PyResult {
    if let Some(found) = object::get_optional_attr(module, name)? {
        return Ok(found);
    }
    super::imports::submodule(module, name)
}

