//! `object.h`: operations on any object.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

use taipan_objects::types::singletons;

fn name_of(name: &PyObject) -> PyResult<&PyStr> {
    match name.downcast::<PyStr>() {
        Some(name) => Ok(name),
        None => Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name())),
    }
}

fn constant(number: c_uint) -> Option<Obj> {
    Some(match number {
        0 => none(),
        1 => PyInt::from_bool(false),
        2 => PyInt::from_bool(true),
        3 => singletons::ellipsis(),
        4 => not_implemented(),
        5 => PyInt::from_i64(0).into_obj(),
        6 => PyInt::from_i64(1).into_obj(),
        7 => PyStr::empty().into_obj(),
        8 => PyBytes::new(b"").into_obj(),
        9 => PyTuple::empty().into_obj(),
        _ => return None,
    })
}

c_api! {
    fn Py_TYPE(object: Ref) -> *mut PyTypeObject { at(object).class().raw() }
    fn PyObject_Repr(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => new_ref(object::repr(object)),
            None => new_ref("<NULL>"),
        }
    }
    fn PyObject_Str(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => new_ref(object::str(object)),
            None => new_ref("<NULL>"),
        }
    }
    fn PyObject_ASCII(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => new_ref(object::ascii(object)),
            None => new_ref("<NULL>"),
        }
    }
    fn PyObject_Bytes(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => new_ref(object::bytes(object)),
            None => new_ref(PyBytes::new(b"<NULL>")),
        }
    }
    fn PyObject_Print(object: Ref, file: *mut c_void, flags: c_int) -> c_int {
        const RAW: c_int = 1;
        let shown = if flags & RAW != 0 { object::str(at(object)) } else { object::repr(at(object)) };
        status(shown.map(|shown| crate::glue::print_to(file, shown.to_string_lossy().as_bytes())))
    }
    fn PyObject_RichCompare(a: Ref, b: Ref, op: c_int) -> Ref {
        new_ref(object::compare(at(a), at(b), CompareOp::from_raw(op)))
    }
    fn PyObject_RichCompareBool(a: Ref, b: Ref, op: c_int) -> c_int {
        truth(object::compare_bool(at(a), at(b), CompareOp::from_raw(op)))
    }
    fn PyObject_Hash(object: Ref) -> isize { object::hash(at(object)).unwrap_or(-1) }
    fn PyObject_IsTrue(object: Ref) -> c_int { truth(object::is_true(at(object))) }
    fn PyObject_Not(object: Ref) -> c_int { truth(object::is_true(at(object)).map(|truth| !truth)) }
    fn PyObject_GetAttr(object: Ref, name: Ref) -> Ref {
        new_ref(name_of(at(name)).and_then(|name| object::get_attr(at(object), name)))
    }
    fn PyObject_GetAttrString(object: Ref, name: *const c_char) -> Ref {
        new_ref(object::get_attr(at(object), &string(name)))
    }
    fn PyObject_GetOptionalAttr(object: Ref, name: Ref, out: *mut Ref) -> c_int {
        crate::glue::optional(name_of(at(name)).and_then(|name| object::get_optional_attr(at(object), name)), out)
    }
    fn PyObject_GetOptionalAttrString(object: Ref, name: *const c_char, out: *mut Ref) -> c_int {
        crate::glue::optional(object::get_optional_attr(at(object), &string(name)), out)
    }
    fn PyObject_SetAttr(object: Ref, name: Ref, value: Ref) -> c_int {
        status(name_of(at(name)).and_then(|name| object::set_attr(at(object), name, opt(value))))
    }
    fn PyObject_SetAttrString(object: Ref, name: *const c_char, value: Ref) -> c_int {
        status(object::set_attr(at(object), &string(name), opt(value)))
    }
    fn PyObject_DelAttr(object: Ref, name: Ref) -> c_int {
        status(name_of(at(name)).and_then(|name| object::set_attr(at(object), name, None)))
    }
    fn PyObject_DelAttrString(object: Ref, name: *const c_char) -> c_int {
        status(object::set_attr(at(object), &string(name), None))
    }
    fn PyObject_HasAttr(object: Ref, name: Ref) -> c_int {
        let found = name_of(at(name)).and_then(|name| object::get_optional_attr(at(object), name));
        match found {
            Ok(found) => c_int::from(found.is_some()),
            Err(raised) => {
                errors::write_unraisable(raised, Some("Exception ignored in PyObject_HasAttr(); consider using PyObject_HasAttrWithError(), PyObject_GetOptionalAttr() or PyObject_GetAttr()"), None);
                0
            }
        }
    }
    fn PyObject_HasAttrString(object: Ref, name: *const c_char) -> c_int {
        match object::get_optional_attr(at(object), &string(name)) {
            Ok(found) => c_int::from(found.is_some()),
            Err(raised) => {
                errors::write_unraisable(raised, Some("Exception ignored in PyObject_HasAttrString(); consider using PyObject_HasAttrStringWithError(), PyObject_GetOptionalAttrString() or PyObject_GetAttrString()"), None);
                0
            }
        }
    }
    fn PyObject_HasAttrWithError(object: Ref, name: Ref) -> c_int {
        truth(name_of(at(name)).and_then(|name| object::has_attr(at(object), name)))
    }
    fn PyObject_HasAttrStringWithError(object: Ref, name: *const c_char) -> c_int {
        truth(object::has_attr(at(object), &string(name)))
    }
    fn PyObject_GenericGetDict(object: Ref, _context: *mut c_void) -> Ref {
        match object::instance_dict(at(object)) {
            Ok(Some(dict)) => dict.into_raw(),
            Ok(None) => new_ref(Err::<Obj, _>(raised!(AttributeError, "This object has no __dict__"))),
            Err(_) => null_mut(),
        }
    }
    fn PyObject_GenericSetDict(object: Ref, value: Ref, _context: *mut c_void) -> c_int {
        status(object::set_instance_dict(at(object), opt(value)))
    }
    fn PyObject_SelfIter(object: Ref) -> Ref { at(object).owned().into_raw() }
    fn PyObject_Dir(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => new_ref(object::dir(object)),
            None => new_ref(taipan_interpreter::frames::current_locals().and_then(|locals| mapping::keys(&locals))),
        }
    }
    fn PyCallable_Check(object: Ref) -> c_int { opt(object).map_or(0, |object| c_int::from(object::is_callable(object))) }
    fn Py_ReprEnter(object: Ref) -> c_int { truth(object::repr_enter(at(object)).map(|entered| !entered)) }
    fn Py_ReprLeave(object: Ref) { object::repr_leave(at(object)) }
    fn Py_Is(a: Ref, b: Ref) -> c_int { c_int::from(a == b) }
    fn Py_IsNone(object: Ref) -> c_int { c_int::from(at(object).is_none()) }
    fn Py_IsTrue(object: Ref) -> c_int { c_int::from(at(object).is(&PyInt::from_bool(true))) }
    fn Py_IsFalse(object: Ref) -> c_int { c_int::from(at(object).is(&PyInt::from_bool(false))) }
    fn Py_GetConstant(number: c_uint) -> Ref {
        match constant(number) {
            Some(object) => object.into_raw(),
            None => new_ref(Err::<Obj, _>(bad_call())),
        }
    }
    fn Py_GetConstantBorrowed(number: c_uint) -> Ref {
        // All of them are immortal.
        match constant(number) {
            Some(object) => object.as_ptr(),
            None => new_ref(Err::<Obj, _>(bad_call())),
        }
    }
    fn _PyObject_GetDictPtr(object: Ref) -> *mut Ref {
        let class = at(object).class();
        if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            return swallow(taipan_objects::types::dict::instance::place_of_dict(at(object))).unwrap_or(null_mut());
        }
        match (*class.raw()).tp_dictoffset {
            0 => null_mut(),
            offset if offset > 0 => object.byte_offset(offset).cast(),
            offset => {
                // Counted from the end of an object of variable size.
                let items = (*object.cast::<PyVarObject>()).ob_size.get().abs();
                let size = class.tp_basicsize() + items * (*class.raw()).tp_itemsize;
                object.byte_offset(((size + 7) & !7) + offset).cast()
            }
        }
    }
    fn PyObject_VisitManagedDict(object: Ref, visit: unsafe extern "C" fn(Ref, *mut c_void) -> c_int, arg: *mut c_void) -> c_int {
        let class = at(object).class();
        if !class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            return 0;
        }
        let mut held = Vec::new();
        taipan_objects::types::dict::instance::each_held(at(object), |object| held.push(object.as_ptr()));
        for object in held {
            let status = visit(object, arg);
            if status != 0 {
                return status;
            }
        }
        0
    }
    fn PyObject_ClearManagedDict(object: Ref) {
        if at(object).class().has_flag(Py_TPFLAGS_MANAGED_DICT) {
            taipan_objects::types::dict::instance::clear(at(object));
        }
    }
}
