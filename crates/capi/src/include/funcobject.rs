//! `funcobject.h` and `genobject.h`: functions and generators.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::method::PyInstanceMethod;

/// A borrowed reference to what a function holds.
fn held(field: &ObjCell) -> Ref {
    field.get().map_or(null_mut(), |object| object.as_ptr())
}

unsafe fn function<'a>(object: Ref) -> PyResult<&'a PyFunction> {
    // SAFETY: the caller passes a live object or null.
    unsafe { typed::<PyFunction>(object) }
}

/// Sets an attribute, `None` in C standing for nothing.
unsafe fn set(object: Ref, name: &PyStr, value: Ref) -> c_int {
    // SAFETY: the caller passes live objects.
    status(unsafe { function(object).and_then(|function| object::set_attr(function, name, opt(value))) })
}

c_api! {
    fn PyFunction_New(code: Ref, globals: Ref) -> Ref { PyFunction_NewWithQualName(code, globals, null_mut()) }
    fn PyFunction_NewWithQualName(code: Ref, globals: Ref, name: Ref) -> Ref {
        let name = opt(name).and_then(|name| name.downcast::<PyStr>());
        new_ref(typed::<PyCode>(code).and_then(|code| PyFunction::new(code, typed::<PyDict>(globals)?, name)))
    }
    fn PyFunction_GetCode(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.code)) }
    fn PyFunction_GetGlobals(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.globals)) }
    fn PyFunction_GetModule(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.module)) }
    fn PyFunction_GetDefaults(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.defaults)) }
    fn PyFunction_GetKwDefaults(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.kwdefaults)) }
    fn PyFunction_GetClosure(object: Ref) -> Ref { function(object).map_or(null_mut(), |function| held(&function.closure)) }
    fn PyFunction_GetAnnotations(object: Ref) -> Ref {
        // The function keeps the dictionary.
        match function(object).and_then(|function| object::get_attr(function, intern!("__annotations__"))) {
            Ok(annotations) => annotations.as_ptr(),
            Err(_) => null_mut(),
        }
    }
    fn PyFunction_SetDefaults(object: Ref, value: Ref) -> c_int {
        if !at(value).is_none() && at(value).downcast::<PyTuple>().is_none() {
            let _: Raised = raised!(SystemError, "non-tuple default args");
            return -1;
        }
        set(object, intern!("__defaults__"), value)
    }
    fn PyFunction_SetKwDefaults(object: Ref, value: Ref) -> c_int {
        if !at(value).is_none() && at(value).downcast::<PyDict>().is_none() {
            let _: Raised = raised!(SystemError, "non-dict keyword only default args");
            return -1;
        }
        set(object, intern!("__kwdefaults__"), value)
    }
    fn PyFunction_SetAnnotations(object: Ref, value: Ref) -> c_int {
        if !at(value).is_none() && at(value).downcast::<PyDict>().is_none() {
            let _: Raised = raised!(SystemError, "non-dict annotations");
            return -1;
        }
        set(object, intern!("__annotations__"), value)
    }
    fn PyFunction_SetClosure(object: Ref, value: Ref) -> c_int {
        let closure = match opt(value) {
            Some(value) if value.is_none() => None,
            Some(value) if value.downcast::<PyTuple>().is_some() => Some(value.owned()),
            Some(value) => {
                let _: Raised = raised!(SystemError, "expected tuple for closure, got '{}'", value.class().name());
                return -1;
            }
            None => None,
        };
        status(function(object).map(|function| {
            function.modified();
            function.closure.set(closure);
        }))
    }
    fn PyFunction_SetVectorcall(object: Ref, vectorcall: taipan_abi::vectorcallfunc) {
        if let Some(function) = at(object).downcast::<PyFunction>() {
            function.modified();
            function.vectorcall.set(Some(vectorcall));
        }
    }
    fn PyGen_GetCode(object: Ref) -> Ref { new_ref(object::get_attr(at(object), intern!("gi_code"))) }
    fn PyInstanceMethod_New(object: Ref) -> Ref { new_ref(PyInstanceMethod::new(at(object))) }
    fn PyInstanceMethod_Function(object: Ref) -> Ref {
        // The method keeps its function.
        match object::get_attr(at(object), intern!("__func__")) {
            Ok(function) => function.as_ptr(),
            Err(_) => null_mut(),
        }
    }
    fn _PyGen_FetchStopIterationValue(out: *mut Ref) -> c_int {
        use taipan_objects::errors;
        let Some(error) = errors::current_exception() else {
            *out = none().into_raw();
            return 0;
        };
        if !errors::given_matches(&error, Exc::StopIteration.type_object()) {
            *out = null_mut();
            return -1;
        }
        drop(errors::take_opt());
        match object::get_attr(&error, intern!("value")) {
            Ok(value) => {
                *out = value.into_raw();
                0
            }
            Err(_) => {
                *out = null_mut();
                -1
            }
        }
    }
}
