//! `boolobject.h`: `bool`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::prelude::*;

c_api! {
    fn PyBool_FromLong(value: c_long) -> Ref { PyInt::from_bool(value != 0).into_raw() }
}
