//! References, types, and what the declaration macros expand to.
//!
//! | file | holds |
//! |---|---|
//! | `handle` | [`Obj`], [`Py`]: owned references; [`Raised`], [`PyResult`] |
//! | `object` | [`ObjectExt`]: what every borrowed `&PyObject` can do without running Python code |
//! | `class` | [`TypeObject`]: a type object, its flags and slots; [`PyType`]: a Rust struct that is an object |
//! | `cell` | [`ObjCell`]: a field that holds a reference and changes |
//! | `spec` | what `#[pytype]` and `#[pymodule]` declare |
//! | `trampoline` | between C calling conventions and Rust functions |
//! | `args`, `convert` | binding arguments; Rust values to objects and back |
//! | `gc` | traversal of fields |
//! | `thread` | the state of a thread, an interpreter, the process |
//! | `intern` | the `intern!` macro |
//! | `links` | lists whose members hold their own links |
//! | `upcalls` | what the floors above do for this one |
//! | `watchers` | callbacks that hear of code objects, functions and contexts |

pub mod args;
mod cell;
mod class;
pub mod convert;
pub mod free_list;
pub mod gc;
mod handle;
pub mod intern;
pub mod links;
mod object;
pub mod spec;
pub mod thread;
pub mod trampoline;
pub mod upcalls;
pub mod watchers;

pub use cell::ObjCell;
pub use class::{PyType, TypeObject};
pub use convert::ToPy;
pub use handle::{Obj, Py, PyResult, Raised, decref, incref, release};
pub use object::{CompareOp, ObjectExt};
pub use taipan_abi::{PyObject, PyVarObject};

pub(crate) use crate::types::singletons::not_implemented_ref;
pub use crate::types::singletons::{ellipsis, none, none_ref, not_implemented};
