//! The object model and every built-in type.
//!
//! [`model`] is the floor of it: references, types, the declarations that the macros of `taipan-macros` expand to.
//! [`memory`] allocates, [`gc`] finds cycles, [`errors`] raises, [`protocols`] are the abstract operations (the C API's
//! `PyObject_*`, `PyNumber_*`, …), [`types`] holds one folder or file for each built-in type.

#![allow(
    clippy::missing_safety_doc,
    reason = "unsafe functions of this crate state their conditions in the module"
)]

extern crate self as taipan_objects;

#[macro_use]
pub mod errors;
pub mod codecs;
pub mod gc;
pub mod memory;
pub mod model;
pub mod protocols;
pub mod system;
#[doc(hidden)]
pub mod testing;
pub mod types;

/// What nearly every file that handles objects names.
pub mod prelude {
    pub use crate::errors::Exc;
    pub use crate::model::{
        CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, PyVarObject, Raised, TypeObject,
        none, none_ref, not_implemented,
    };
    pub use crate::protocols::{call, iter, mapping, number, object, sequence};
    pub use crate::types::bytes::PyBytes;
    pub use crate::types::dict::PyDict;
    pub use crate::types::float::PyFloat;
    pub use crate::types::int::PyInt;
    pub use crate::types::list::PyList;
    pub use crate::types::module::PyModule;
    pub use crate::types::str::PyStr;
    pub use crate::types::tuple::PyTuple;
    pub use crate::{intern, raised};
    pub use taipan_macros::{pyfunction, pymethods, pymodule, pytype};
}
