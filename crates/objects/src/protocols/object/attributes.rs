//! Attributes: `getattr`, `setattr`, the generic look-up and where instances keep their dictionaries.
//!
//! The generic look-up asks the class for a data descriptor, then the instance's storage, then the class again. An
//! instance's dictionary is managed by the collector's side of the object (`types::dict::instance`), or a pointer at
//! `tp_dictoffset`, counted from the end where negative.

#![expect(unsafe_code, reason = "calls slots")]

use crate::errors::{self, Exc};
use crate::model::trampoline::{borrow, borrow_opt, check_status, opt_ptr, ret_obj, ret_unit};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, PyVarObject, Raised, TypeObject};
use crate::types::dict::{self, PyDict};
use crate::types::str::PyStr;
use crate::types::r#type as types;
use core::ffi::c_int;
use core::ptr::null_mut;
use std::ffi::CString;
use taipan_abi::*;

/// `getattr(object, name)`.
#[inline]
pub fn get_attr(object: &PyObject, name: &PyStr) -> PyResult {
    match object.class().tp_getattro() {
        Some(get) => {
            // SAFETY: the slot of a live object.
            let result = unsafe { Obj::from_result(get(object.as_ptr(), name.as_ptr())) };
            result.map_err(|raised| errors::add_attribute_details(raised, object, name))
        }
        None => get_attr_by_c_name(object, name),
    }
}

/// Types with only the old `tp_getattr`.
#[cold]
fn get_attr_by_c_name(object: &PyObject, name: &PyStr) -> PyResult {
    if let Some(get) = object.class().tp_getattr()
        && let Ok(text) = CString::new(name.to_utf8()?)
    {
        // SAFETY: the slot of a live object; the name is a C string that it does not change.
        return unsafe { Obj::from_result(get(object.as_ptr(), text.as_ptr().cast_mut())) };
    }
    Err(no_attribute(object, name))
}

#[cold]
fn no_attribute(object: &PyObject, name: &PyStr) -> Raised {
    let class = object.class().name();
    errors::set_attribute_error(object, name, format_args!("'{class}' object has no attribute '{name}'"))
}

/// `getattr(object, name)`, `None` where it raises `AttributeError` (`PyObject_GetOptionalAttr`); raises nothing internally
/// where the generic look-up fails.
#[inline]
pub fn get_optional_attr(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let slot = object.class().tp_getattro().map_or(0, |f| f as usize);
    if slot == generic_getattro as *const () as usize {
        return not_attribute_error(generic_get_optional_attr(object, name));
    }
    if slot == type_getattro_address() {
        // SAFETY: the slot is that of types.
        return not_attribute_error(types::get_optional_attr(unsafe { object.downcast_unchecked() }, name));
    }
    errors::ignore(get_attr(object, name), Exc::AttributeError)
}

/// A descriptor's `AttributeError` means that there is no attribute.
#[inline]
fn not_attribute_error(result: PyResult<Option<Obj>>) -> PyResult<Option<Obj>> {
    match result {
        Ok(found) => Ok(found),
        Err(raised) => errors::catch(raised, Exc::AttributeError).map(|()| None),
    }
}

#[inline]
fn type_getattro_address() -> usize {
    types::type_type().tp_getattro().map_or(1, |f| f as usize)
}

/// `hasattr`, passing on errors other than `AttributeError`.
pub fn has_attr(object: &PyObject, name: &PyStr) -> PyResult<bool> {
    get_optional_attr(object, name).map(|found| found.is_some())
}

/// `setattr(object, name, value)`; `None` deletes.
#[inline]
pub fn set_attr(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let interned;
    let name = if name.is_interned() {
        name
    } else {
        interned = PyStr::intern(PyType::to_owned(name));
        &interned
    };
    match object.class().tp_setattro() {
        // SAFETY: the slot of a live object.
        Some(set) => unsafe { check_status(set(object.as_ptr(), name.as_ptr(), opt_ptr(value))).map(drop) },
        None => set_attr_by_c_name(object, name, value),
    }
}

#[cold]
fn set_attr_by_c_name(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let class = object.class();
    if let Some(set) = class.tp_setattr()
        && let Ok(text) = CString::new(name.to_utf8()?)
    {
        // SAFETY: the slot of a live object; the name is a C string that it does not change.
        let status = unsafe { set(object.as_ptr(), text.as_ptr().cast_mut(), opt_ptr(value)) };
        return check_status(status).map(drop);
    }
    let has =
        if class.tp_getattr().is_none() && class.tp_getattro().is_none() { "no" } else { "only read-only" };
    let what = if value.is_some() { "assign to" } else { "del" };
    Err(raised!(TypeError, "'{}' object has {has} attributes ({what} .{name})", class.name()))
}

/// The generic `tp_getattro` (`PyObject_GenericGetAttr`).
#[inline]
pub fn generic_get_attr(object: &PyObject, name: &PyStr) -> PyResult {
    match generic_get_optional_attr(object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(object, name)),
    }
}

/// As [`generic_get_attr`], without raising where there is no such attribute. What a descriptor raises is passed on.
pub fn generic_get_optional_attr(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let class = object.class();
    let found = types::lookup(class, name);
    let mut get = None;
    if let Some(descriptor) = &found {
        let kind = descriptor.class();
        get = kind.tp_descr_get();
        if let (Some(get), Some(_)) = (get, kind.tp_descr_set()) {
            return optional(call_get(get, descriptor, object, class));
        }
    }
    if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        if let Some(value) = dict::instance::get(object, name)? {
            return Ok(Some(value));
        }
    } else if class.tp_dictoffset() != 0
        && let Some(dict) = existing_dict(object)
        && let Some(value) = dict.get_str(name)?
    {
        return Ok(Some(value));
    }
    match (found, get) {
        (Some(descriptor), Some(get)) => optional(call_get(get, &descriptor, object, class)),
        (found, _) => Ok(found),
    }
}

#[inline]
fn optional(result: PyResult) -> PyResult<Option<Obj>> {
    result.map(Some)
}

#[inline]
fn call_get(get: descrgetfunc, descriptor: &PyObject, object: &PyObject, class: &TypeObject) -> PyResult {
    // SAFETY: the slot of a live object.
    unsafe { Obj::from_result(get(descriptor.as_ptr(), object.as_ptr(), class.as_ptr())) }
}

/// What a descriptor found in a class's dictionary gives for the class itself; `None` where it is no descriptor.
pub fn bind_to_class(found: &PyObject, class: &TypeObject) -> PyResult<Option<Obj>> {
    match found.class().tp_descr_get() {
        // SAFETY: the slot of a live object; no instance.
        Some(get) => unsafe { optional(Obj::from_result(get(found.as_ptr(), null_mut(), class.as_ptr()))) },
        None => Ok(None),
    }
}

/// The generic `tp_setattro`; `None` deletes.
pub fn generic_set_attr(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let class = object.class();
    let descriptor = types::lookup(class, name);
    if let Some(descriptor) = &descriptor
        && let Some(set) = descriptor.class().tp_descr_set()
    {
        // SAFETY: the slot of a live object.
        let status = unsafe { set(descriptor.as_ptr(), object.as_ptr(), opt_ptr(value)) };
        return check_status(status).map(drop);
    }
    if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return if dict::instance::set(object, name, value)? {
            Ok(())
        } else {
            Err(no_attribute(object, name))
        };
    }
    let place = dict_place(object);
    if place.is_null() {
        return Err(cannot_set(object, name, descriptor.is_some()));
    }
    match value {
        Some(value) => made_dict(object, place)?.set_item(name, value),
        None => match existing_dict(object) {
            Some(dict) if dict.del_item(name)? => Ok(()),
            _ => Err(no_attribute(object, name)),
        },
    }
}

#[cold]
fn cannot_set(object: &PyObject, name: &PyStr, read_only: bool) -> Raised {
    let class = object.class();
    let shown = class.name();
    if read_only {
        let message = format_args!("'{shown}' object attribute '{name}' is read-only");
        return errors::set_attribute_error(object, name, message);
    }
    if class.tp_setattro().is_some_and(|f| f as usize == generic_setattro as *const () as usize) {
        let message = format_args!(
            "'{shown}' object has no attribute '{name}' and no __dict__ for setting new attributes"
        );
        return errors::set_attribute_error(object, name, message);
    }
    no_attribute(object, name)
}

/// `PyObject_GenericGetAttr` as the slot `tp_getattro`.
///
/// # Safety
/// Called with live objects.
#[unsafe(export_name = "PyObject_GenericGetAttr")]
pub unsafe extern "C" fn generic_getattro(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller's promise.
    let (object, name) = unsafe { (borrow(object), borrow(name)) };
    match name.downcast::<PyStr>() {
        Some(name) => ret_obj(generic_get_attr(object, name)),
        None => {
            let _ = bad_name(name);
            null_mut()
        }
    }
}

/// `PyObject_GenericSetAttr` as the slot `tp_setattro`.
///
/// # Safety
/// Called with live objects; the value may be null.
#[unsafe(export_name = "PyObject_GenericSetAttr")]
pub unsafe extern "C" fn generic_setattro(
    object: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: the caller's promise.
    let (object, name, value) = unsafe { (borrow(object), borrow(name), borrow_opt(value)) };
    match name.downcast::<PyStr>() {
        Some(name) => ret_unit(generic_set_attr(object, name, value)),
        None => {
            let _ = bad_name(name);
            -1
        }
    }
}

/// The `TypeError` for an attribute name that is no string.
#[cold]
pub fn bad_name(name: &PyObject) -> Raised {
    raised!(TypeError, "attribute name must be string, not '{}'", name.class().name())
}

/// A special method looked up on the type and bound (`_PyObject_LookupSpecial`); `None` where there is none.
pub fn lookup_special(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let class = object.class();
    let Some(found) = types::lookup(class, name) else { return Ok(None) };
    match found.class().tp_descr_get() {
        Some(get) => optional(call_get(get, &found, object, class)),
        None => Ok(Some(found)),
    }
}

/// Where an object keeps its dictionary, for types with `tp_dictoffset`; null where they have none or a managed one.
pub fn dict_place(object: &PyObject) -> *mut *mut PyObject {
    let class = object.class();
    let mut offset = class.tp_dictoffset();
    if offset == 0 || class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return null_mut();
    }
    // SAFETY: the type says that its instances have a dictionary pointer there.
    unsafe {
        if offset < 0 {
            let items = (*object.as_ptr().cast::<PyVarObject>()).ob_size.get().abs();
            let size = class.tp_basicsize() + items * class.tp_itemsize();
            offset += (size + 7) & !7;
        }
        object.as_ptr().byte_offset(offset).cast()
    }
}

fn existing_dict(object: &PyObject) -> Option<Py<PyDict>> {
    let place = dict_place(object);
    // SAFETY: the place is null or holds null or the dictionary.
    unsafe { place.as_ref()?.as_ref()?.downcast_owned() }
}

fn made_dict(object: &PyObject, place: *mut *mut PyObject) -> PyResult<Py<PyDict>> {
    // SAFETY: the place is the object's dictionary pointer.
    unsafe {
        if (*place).is_null() {
            let class = object.class();
            let fresh = if class.is_heap() { dict::instance::new_dict_for(class)? } else { PyDict::new() };
            *place = fresh.into_raw().cast();
        }
        match (**place).downcast_owned() {
            Some(dict) => Ok(dict),
            None => Err(raised!(SystemError, "the instance's dictionary is no dictionary")),
        }
    }
}

/// The instance dictionary, made now if the type has one; `None` where instances have none (`_PyObject_GetDictPtr`).
pub fn instance_dict(object: &PyObject) -> PyResult<Option<Obj>> {
    if object.class().has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return dict::instance::dict(object).map(|dict| Some(dict.into_obj()));
    }
    let place = dict_place(object);
    if place.is_null() {
        return Ok(None);
    }
    made_dict(object, place).map(|dict| Some(dict.into_obj()))
}

/// `object.__dict__ = value`; `None` deletes (`PyObject_GenericSetDict`).
pub fn set_instance_dict(object: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let managed = object.class().has_flag(Py_TPFLAGS_MANAGED_DICT);
    let place = dict_place(object);
    if !managed && place.is_null() {
        return Err(raised!(AttributeError, "This object has no __dict__"));
    }
    let dict = match value {
        Some(value) => match value.downcast::<PyDict>() {
            Some(dict) => Some(dict),
            None => {
                let found = value.class().name();
                return Err(raised!(TypeError, "__dict__ must be set to a dictionary, not a '{found}'"));
            }
        },
        None if managed => None,
        None => return Err(raised!(TypeError, "cannot delete __dict__")),
    };
    if managed {
        return dict::instance::set_dict(object, dict);
    }
    // SAFETY: the place is the object's dictionary pointer.
    unsafe { types::heap::replace(place, dict.map(|dict| dict.owned())) };
    Ok(())
}

/// Whether it can be called.
#[inline]
pub fn is_callable(object: &PyObject) -> bool {
    object.class().tp_call().is_some()
}

/// `object.__module__.__qualname__` of a type, without `builtins.` (`PyType_GetFullyQualifiedName`).
pub fn fully_qualified_name(class: &TypeObject) -> PyResult<String> {
    if !class.is_heap() {
        return Ok(class.tp_name().to_owned());
    }
    let qualname = types::qualname(class)?;
    let module = errors::ignore(types::module_of(class), Exc::AttributeError)?;
    Ok(match module.as_ref().and_then(|module| module.downcast::<PyStr>()) {
        Some(module) if !module.eq_str("builtins") && !module.eq_str("__main__") => {
            format!("{module}.{qualname}")
        }
        _ => qualname.to_string(),
    })
}
