//! What a class statement runs around the class: cells, `__set_name__`, `__init_subclass__`, and the methods that are
//! static or class methods without saying so.

use super::own_dict;
use crate::errors;
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyResult, TypeObject};
use crate::protocols::{call, object};
use crate::types::cell::PyCell;
use crate::types::descriptors;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// `__new__` becomes a static method, `__init_subclass__` and `__class_getitem__` class methods. A `__doc__` that is a
/// string stays in the dictionary, but C must be able to read it.
pub fn set_special(_class: &TypeObject, dict: &PyDict) -> PyResult<()> {
    let plain_function = |name| -> PyResult<Option<Obj>> {
        Ok(dict.get_str(name)?.filter(|found| found.downcast_exact::<PyFunction>().is_some()))
    };
    if let Some(doc) = dict.get_str(intern!("__doc__"))?
        && let Some(doc) = doc.downcast::<PyStr>()
    {
        doc.to_utf8()?;
    }
    if let Some(function) = plain_function(intern!("__new__"))? {
        dict.set_item(intern!("__new__"), &descriptors::new_staticmethod(&function))?;
    }
    for name in [intern!("__init_subclass__"), intern!("__class_getitem__")] {
        if let Some(function) = plain_function(name)? {
            dict.set_item(name, &descriptors::new_classmethod_object(&function))?;
        }
    }
    Ok(())
}

/// Takes `__classcell__` and `__classdictcell__` out of the namespace; the second gets the dictionary now.
pub fn take_cells(class: &TypeObject, dict: &PyDict) -> PyResult<Option<Obj>> {
    let cell = dict.get_str(intern!("__classcell__"))?;
    if let Some(cell) = &cell {
        if cell.downcast::<PyCell>().is_none() {
            let shown = object::repr(cell.class())?;
            return Err(raised!(TypeError, "__classcell__ must be a nonlocal cell, not {shown}"));
        }
        dict.del_item(intern!("__classcell__"))?;
    }
    if let Some(dict_cell) = dict.get_str(intern!("__classdictcell__"))? {
        let Some(dict_cell) = dict_cell.downcast::<PyCell>() else {
            let shown = object::repr(dict_cell.class())?;
            return Err(raised!(TypeError, "__classdictcell__ must be a nonlocal cell, not {shown}"));
        };
        dict_cell.contents.set(Some(own_dict(class).into_obj()));
        dict.del_item(intern!("__classdictcell__"))?;
    }
    Ok(cell)
}

/// Methods that say `super()` or `__class__` see the class from now on.
pub fn fill_cell(class: &TypeObject, cell: Option<Obj>) -> PyResult<()> {
    if let Some(cell) = cell.as_ref().and_then(|cell| cell.downcast::<PyCell>()) {
        cell.contents.set(Some(class.owned()));
    }
    Ok(())
}

/// Tells every attribute that wants to know under which name it was assigned.
pub fn call_set_names(class: &TypeObject) -> PyResult<()> {
    for (name, value) in own_dict(class).items_snapshot() {
        if name.downcast::<crate::types::str::PyStr>().is_none() {
            let shown = class.name();
            errors::warn(
                errors::Exc::RuntimeWarning,
                1,
                format_args!("non-string key in the __dict__ of class {shown}"),
            )?;
        }
        let Some(hook) = object::lookup_special(&value, intern!("__set_name__"))? else { continue };
        if let Err(raised) = call::call(&hook, &[class, &name]) {
            let exception = errors::take(raised);
            let (kind, shown) = (value.class().name().to_owned(), object::repr(&name)?);
            let note =
                format!("Error calling __set_name__ on '{kind}' instance {shown} in '{}'", class.name());
            let note = crate::types::str::PyStr::new(&note);
            call::method(&exception, intern!("add_note"), &[&note])?;
            return Err(errors::restore(exception));
        }
    }
    Ok(())
}

/// `super(class, class).__init_subclass__(**kwargs)`.
pub fn call_init_subclass(class: &TypeObject, kwargs: Option<&PyDict>) -> PyResult<()> {
    let base = crate::types::super_type::attribute_behind(class, class, intern!("__init_subclass__"))?;
    let args: Py<PyTuple> = PyTuple::empty();
    call::call_tuple(&base, &args, kwargs).map(drop)
}
