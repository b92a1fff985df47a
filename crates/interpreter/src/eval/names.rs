//! Names looked up at run time: globals, built-ins, the namespaces of module and class bodies.

#![expect(unsafe_code, reason = "namespaces of frames are reached by pointer")]

use super::common::{builtins, globals, undefined_name};
use super::machine::Machine;
use crate::frames::Frame;
use crate::value::Value;
use taipan_objects::errors;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;

/// A global or built-in variable.
#[inline(never)]
pub(crate) fn load_global_value(frame: *mut Frame, name: &PyStr) -> PyResult {
    match find_global(globals(frame), builtins(frame), name)? {
        Some(value) => Ok(value),
        None => Err(undefined_name(name)),
    }
}

fn find_global(globals: &PyDict, builtins: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let found = if PyDict::check_exact(globals) {
        globals.get_str(name)?
    } else {
        mapping::get_optional_item(globals, name)?
    };
    if found.is_some() {
        return Ok(found);
    }
    match builtins.downcast_exact::<PyDict>() {
        Some(builtins) => builtins.get_str(name),
        None => mapping::get_optional_item(builtins, name),
    }
}

/// The namespace of the frame's code.
fn namespace<'a>(frame: *mut Frame, doing: &str, name: Option<&PyStr>) -> PyResult<&'a PyObject> {
    // SAFETY: the frame owns its namespace.
    match unsafe { (*frame).locals.as_ref() } {
        Some(locals) => Ok(locals),
        None => Err(no_locals(doing, name)),
    }
}

#[cold]
fn no_locals(doing: &str, name: Option<&PyStr>) -> Raised {
    match name {
        Some(name) => raised!(SystemError, "no locals {doing} '{name}'"),
        None => raised!(SystemError, "no locals"),
    }
}

pub(crate) fn load_locals(frame: *mut Frame) -> PyResult<Value> {
    namespace(frame, "", None).map(|locals| Value::owned(locals.owned()))
}

#[inline(never)]
pub(crate) fn load_name(frame: *mut Frame, name: &PyStr) -> PyResult<Value> {
    let locals = namespace(frame, "when loading", Some(name))?;
    load_from(frame, locals, name)
}

/// `name` in a namespace, else the global one.
pub(crate) fn load_from(frame: *mut Frame, namespace: &PyObject, name: &PyStr) -> PyResult<Value> {
    let found = match namespace.downcast_exact::<PyDict>() {
        Some(dict) => dict.get_str(name)?,
        None => mapping::get_optional_item(namespace, name)?,
    };
    match found {
        Some(value) => Ok(Value::owned(value)),
        None => load_global_value(frame, name).map(Value::owned),
    }
}

#[inline(never)]
pub(crate) fn store_name(frame: *mut Frame, name: &PyStr, value: &PyObject) -> PyResult<()> {
    let locals = namespace(frame, "found when storing", Some(name))?;
    match locals.downcast_exact::<PyDict>() {
        Some(dict) => dict.set_item(name, value),
        None => object::set_item(locals, name, Some(value)),
    }
}

#[inline(never)]
pub(crate) fn delete_name(frame: *mut Frame, name: &PyStr) -> PyResult<()> {
    let locals = namespace(frame, "when deleting", Some(name))?;
    match object::set_item(locals, name, None) {
        Err(raised) if errors::matches(&raised, Exc::KeyError) => {
            errors::clear(raised);
            Err(undefined_name(name))
        }
        other => other,
    }
}

#[inline(never)]
pub(crate) fn store_global(frame: *mut Frame, name: &PyStr, value: &PyObject) -> PyResult<()> {
    globals(frame).set_item(name, value)
}

#[inline(never)]
pub(crate) fn delete_global(frame: *mut Frame, name: &PyStr) -> PyResult<()> {
    if globals(frame).del_item(name)? { Ok(()) } else { Err(undefined_name(name)) }
}

/// Makes `__annotations__` in the namespace of a module or class.
#[inline(never)]
pub(crate) fn setup_annotations(frame: *mut Frame) -> PyResult<()> {
    let locals = namespace(frame, "found when setting up annotations", None)?;
    let name = intern!("__annotations__");
    if mapping::get_optional_item(locals, name)?.is_none() {
        object::set_item(locals, name, Some(&PyDict::new()))?;
    }
    Ok(())
}

/// `LOAD_GLOBAL` in its general form.
#[inline(always)]
pub(crate) fn load_global(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let value = load_global_value(m.frame, m.name(oparg >> 1))?;
    m.push_obj(value);
    if oparg & 1 != 0 {
        m.push(Value::NULL);
    }
    Ok(())
}
