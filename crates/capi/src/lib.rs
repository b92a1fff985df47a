//! The C API: one file for each header of CPython's `Include`, each function a few lines over the objects below.
//!
//! Functions take raw pointers that C promises to be live and return new references, null or -1 with an exception set,
//! as the C API reference says of each. `include` holds them; `glue` turns between C's values and ours; `variadic.c`
//! turns `…` into a `va_list` for the few functions that have one; `loading` opens extension modules.

#![allow(non_snake_case, reason = "the names are C's")]

extern crate taipan_objects;

#[macro_use]
mod glue;
mod include;
mod loading;
mod parking;
mod va;

/// Hands the loading of extension modules to the runtime.
pub fn init() {
    taipan_runtime::imports::set_dynamic(taipan_runtime::imports::Dynamic {
        create: loading::create,
        exec: loading::exec,
        forget: loading::forget_extension,
    });
}
