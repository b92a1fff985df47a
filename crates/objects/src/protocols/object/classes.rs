//! `isinstance`, `issubclass`, `dir`.

use super::{get_optional_attr, lookup_special};
use crate::errors::check_stack;
use crate::intern;
use crate::model::{ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::protocols::{call, object, sequence};
use crate::types::list::PyList;
use crate::types::object::object_type;
use crate::types::tuple::PyTuple;
use crate::types::r#type::{lookup, type_type};

/// `isinstance(object, class)`.
pub fn is_instance(object: &PyObject, class: &PyObject) -> PyResult<bool> {
    if object.class().as_object().is(class) {
        return Ok(true);
    }
    if class.class().is(type_type()) {
        return real_is_instance(object, class);
    }
    if crate::types::r#type::is_union(class) {
        return any_member(class, |member| is_instance(object, member));
    }
    if let Some(classes) = class.downcast::<PyTuple>() {
        check_stack(" in __instancecheck__")?;
        return any_of(classes, |class| is_instance(object, class));
    }
    if let Some(check) = lookup_special(class, intern!("__instancecheck__"))? {
        check_stack(" in __instancecheck__")?;
        return object::is_true(&*call::call(&check, &[object])?);
    }
    real_is_instance(object, class)
}

fn any_of(classes: &PyTuple, mut test: impl FnMut(&PyObject) -> PyResult<bool>) -> PyResult<bool> {
    for class in classes.as_slice() {
        if test(class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn any_member(union: &PyObject, test: impl FnMut(&PyObject) -> PyResult<bool>) -> PyResult<bool> {
    let members = object::get_attr(union, intern!("__args__"))?;
    match members.downcast::<PyTuple>() {
        Some(members) => any_of(members, test),
        None => Ok(false),
    }
}

/// `type.__instancecheck__`: without asking metaclasses (`_PyObject_RealIsInstance`).
pub fn real_is_instance(object: &PyObject, class: &PyObject) -> PyResult<bool> {
    if let Some(class) = class.downcast::<TypeObject>() {
        if object.class().is_subtype_of(class) {
            return Ok(true);
        }
        if says_its_class(object) {
            return Ok(false);
        }
        // What the object says it is.
        let said = get_optional_attr(object, intern!("__class__"))?;
        return Ok(said.is_some_and(|said| {
            !said.is(object.class())
                && said.downcast::<TypeObject>().is_some_and(|said| said.is_subtype_of(class))
        }));
    }
    if bases_of(class)?.is_none() {
        return Err(raised!(TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match get_optional_attr(object, intern!("__class__"))? {
        Some(said) => abstract_is_subclass(&said, class),
        None => Ok(false),
    }
}

/// Whether `object.__class__` is what `object` gives every instance: its class.
fn says_its_class(object: &PyObject) -> bool {
    let (class, root) = (object.class(), object_type());
    if class.tp_getattro().map(|f| f as usize) != root.tp_getattro().map(|f| f as usize) {
        return false;
    }
    let name = intern!("__class__");
    match (lookup(class, name), lookup(root, name)) {
        (Some(of_class), Some(of_root)) => of_class.is(&of_root),
        _ => false,
    }
}

/// `__bases__` of something like a class: a tuple.
fn bases_of(class: &PyObject) -> PyResult<Option<Py<PyTuple>>> {
    Ok(get_optional_attr(class, intern!("__bases__"))?.and_then(|bases| bases.downcast_owned()))
}

fn abstract_is_subclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
    check_stack(" in __issubclass__")?;
    if derived.is(class) {
        return Ok(true);
    }
    match bases_of(derived)? {
        Some(bases) => any_of(&bases, |base| abstract_is_subclass(base, class)),
        None => Ok(false),
    }
}

/// `issubclass(derived, class)`.
pub fn is_subclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
    if class.class().is(type_type()) {
        if derived.is(class) {
            return Ok(true);
        }
        return real_is_subclass(derived, class);
    }
    if crate::types::r#type::is_union(class) {
        return any_member(class, |member| is_subclass(derived, member));
    }
    if let Some(classes) = class.downcast::<PyTuple>() {
        check_stack(" in __subclasscheck__")?;
        return any_of(classes, |class| is_subclass(derived, class));
    }
    if let Some(check) = lookup_special(class, intern!("__subclasscheck__"))? {
        check_stack(" in __subclasscheck__")?;
        return object::is_true(&*call::call(&check, &[derived])?);
    }
    real_is_subclass(derived, class)
}

/// `type.__subclasscheck__`: without asking metaclasses (`_PyObject_RealIsSubclass`).
pub fn real_is_subclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
    if let (Some(derived), Some(class)) = (derived.downcast::<TypeObject>(), class.downcast::<TypeObject>()) {
        return Ok(derived.is_subtype_of(class));
    }
    if bases_of(derived)?.is_none() {
        return Err(raised!(TypeError, "issubclass() arg 1 must be a class"));
    }
    if bases_of(class)?.is_none() {
        return Err(raised!(TypeError, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_is_subclass(derived, class)
}

/// `dir(object)`.
pub fn dir(object: &PyObject) -> PyResult {
    let Some(method) = lookup_special(object, intern!("__dir__"))? else {
        return Err(raised!(TypeError, "object does not provide __dir__"));
    };
    let names: Py<PyList> = sequence::to_list(&*call::call(&method, &[])?)?;
    names.sort()?;
    Ok(names.into_obj())
}
