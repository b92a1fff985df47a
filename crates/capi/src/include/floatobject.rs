//! `floatobject.h`: `float`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use taipan_objects::prelude::*;

c_api! {
    fn PyFloat_FromDouble(value: f64) -> Ref { new_ref(PyFloat::new(value)) }
    fn PyFloat_FromString(text: Ref) -> Ref { new_ref(call::call(PyFloat::type_object(), &[at(text)])) }
    fn PyFloat_AsDouble(object: Ref) -> f64 {
        match opt(object) {
            Some(object) => number::as_f64(object).unwrap_or(-1.0),
            None => {
                let _: Raised = bad_call();
                -1.0
            }
        }
    }
    fn PyFloat_GetMax() -> f64 { f64::MAX }
    fn PyFloat_GetMin() -> f64 { f64::MIN_POSITIVE }
    fn PyFloat_GetInfo() -> Ref {
        new_ref(taipan_runtime::sys::get(intern!("float_info")).map(|info| info.unwrap_or_else(none)))
    }
}
