//! The types of PEP 695: type variables, type aliases, `Generic`. What they leave to the module `typing` they call there.
//!
//! | file | holds |
//! |---|---|
//! | `lazy` | bounds, constraints, defaults and values that are computed when they are first asked for |
//! | `typevar`, `paramspec`, `typevartuple` | `TypeVar`; `ParamSpec` with its `args` and `kwargs`; `TypeVarTuple` |
//! | `alias` | `TypeAliasType` |
//! | `generic` | `Generic`; what the interpreter makes for `class C[T]` |
//! | `nodefault` | `NoDefault` |

mod alias;
mod generic;
mod lazy;
pub mod nodefault;
mod paramspec;
mod typevar;
mod typevartuple;

pub use alias::{_PyTypeAlias_Type, PyTypeAliasType, new_type_alias};
pub use generic::{PyGeneric, set_type_parameter_default, subscript_generic};
pub use lazy::PyConstEvaluator;
pub use nodefault::{PyNoDefault, PyNoDefaultType_Type, is_no_default, no_default};
pub use paramspec::{PyParamSpec, PyParamSpecArgs, PyParamSpecKwargs, new_param_spec};
pub use typevar::{PyTypeVar, new_type_var};
pub use typevartuple::{PyTypeVarTuple, new_type_var_tuple};

use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, Raised, upcalls};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// The module `typing`, imported now if it was not.
#[expect(unsafe_code, reason = "calls through the table of upcalls")]
fn typing_module() -> PyResult {
    // SAFETY: the upcall takes a string and gives a new reference or null.
    unsafe { Obj::from_result((upcalls::get().import_module)(intern!("typing").as_ptr())) }
}

/// Calls a function of the module `typing`.
pub fn call_typing(name: &str, args: &[&PyObject]) -> PyResult {
    let module = typing_module()?;
    let function = object::get_attr(&module, &PyStr::new(name))?;
    call::call(&function, args)
}

/// As [`call_typing`] with a tuple and named arguments.
fn call_typing_tuple(name: &str, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let module = typing_module()?;
    let function = object::get_attr(&module, &PyStr::new(name))?;
    call::call_tuple(&function, args, kwargs)
}

/// The name of the module whose code runs: what type variables made by hand say they belong to.
#[expect(unsafe_code, reason = "calls through the table of upcalls")]
fn caller_module() -> PyResult<Option<Obj>> {
    // SAFETY: the upcall gives a borrowed dictionary or null.
    let globals = unsafe { (upcalls::get().current_globals)().as_ref() };
    match globals.and_then(|globals| globals.downcast_owned::<PyDict>()) {
        Some(globals) => Ok(Some(globals.get_str(intern!("__name__"))?.unwrap_or_else(crate::model::none))),
        None if crate::errors::occurred() => Err(Raised::claim()),
        None => Ok(None),
    }
}

/// Tells a new type variable which module it belongs to.
fn set_module(variable: &PyObject, module: Option<Obj>) -> PyResult<()> {
    match module {
        Some(module) => object::set_attr(variable, intern!("__module__"), Some(&module)),
        None => Ok(()),
    }
}

/// A type as `typing` checks it; `message` begins the `TypeError`.
fn check_type(value: &PyObject, message: &str) -> PyResult {
    if value.is_none() {
        return Ok(crate::types::singletons::none_type().owned());
    }
    call_typing("_type_check", &[value, &PyStr::new(message)])
}

/// `typing.Unpack[parameter]`.
fn unpack(parameter: &PyObject) -> PyResult {
    let module = typing_module()?;
    let unpack = object::get_attr(&module, intern!("Unpack"))?;
    object::get_item(&unpack, parameter)
}
