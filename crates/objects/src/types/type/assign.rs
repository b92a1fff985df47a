//! Assigning to `__bases__` of a class and to `__class__` of an object.

#![expect(unsafe_code, reason = "replaces fields of type structs")]

use super::{cache, layout, mro, subclasses, update};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, decref};
use crate::types::tuple::PyTuple;
use taipan_abi::*;

/// `class.__bases__ = value`.
pub fn set_bases(class: &TypeObject, value: Option<&PyObject>) -> PyResult<()> {
    super::attributes::check_settable(class, value, "__bases__")?;
    let Some(value) = value else { return Ok(()) };
    let name = class.name();
    let Some(bases) = value.downcast::<PyTuple>() else {
        let found = value.class().name();
        return Err(raised!(TypeError, "can only assign tuple to {name}.__bases__, not {found}"));
    };
    if bases.is_empty() {
        return Err(raised!(TypeError, "can only assign non-empty tuple to {name}.__bases__, not ()"));
    }
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<TypeObject>() else {
            let found = base.class().name();
            return Err(raised!(TypeError, "{name}.__bases__ must be tuple of classes, not '{found}'"));
        };
        if base.is_subtype_of(class) || (!base.mro().is_empty() && derives(base, class)) {
            return Err(raised!(TypeError, "a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = layout::best_base(bases)?;
    let Some(old_base) = class.base() else {
        return Err(raised!(TypeError, "__bases__ of '{name}' cannot be set"));
    };
    layout::compatible(new_base, old_base, "__bases__")?;
    replace_bases(class, bases, new_base)
}

/// Whether `class` comes up in the chain of first bases: `mro()` may have hidden it.
fn derives(base: &TypeObject, class: &TypeObject) -> bool {
    let mut ty = Some(base);
    while let Some(base) = ty {
        if base.is(class) {
            return true;
        }
        ty = base.base();
    }
    false
}

/// The fields that say what a class derives from.
struct Fields {
    bases: Obj,
    base: Obj,
}

fn swap_fields(class: &TypeObject, fields: Fields) -> Fields {
    // SAFETY: the fields of a ready heap type own references, which change places.
    unsafe {
        let raw = class.raw();
        let bases = core::mem::replace(&mut (*raw).tp_bases, fields.bases.into_raw());
        let base = core::mem::replace(&mut (*raw).tp_base, fields.base.into_raw().cast());
        Fields { bases: Obj::from_raw(bases), base: Obj::from_raw(base.cast()) }
    }
}

fn replace_bases(class: &TypeObject, bases: &PyTuple, base: &TypeObject) -> PyResult<()> {
    let old = swap_fields(class, Fields { bases: bases.owned(), base: base.owned() });
    let mut changed: Vec<(Obj, Option<Obj>)> = Vec::new();
    if let Err(raised) = update_orders(class, &mut changed) {
        // Put every order back that was replaced, the last one first.
        for (ty, order) in changed.into_iter().rev() {
            if let Some(ty) = ty.downcast::<TypeObject>() {
                mro::put(ty, order);
                cache::modified(ty);
            }
        }
        let now = unsafe_bases(class);
        if now.is(bases) {
            drop(swap_fields(class, old));
        }
        return Err(raised);
    }
    if unsafe_bases(class).is(bases) {
        for base in tuple_of(&old.bases).as_slice() {
            if let Some(base) = base.downcast::<TypeObject>() {
                subclasses::remove(base, class);
            }
        }
        for base in bases.as_slice() {
            if let Some(base) = base.downcast::<TypeObject>() {
                subclasses::add(base, class);
            }
        }
        update_slots(class);
    }
    cache::modified(class);
    Ok(())
}

fn unsafe_bases(class: &TypeObject) -> Obj {
    mro::bases(class).into_obj()
}

fn tuple_of(object: &Obj) -> Py<PyTuple> {
    object.downcast_owned::<PyTuple>().unwrap_or_else(PyTuple::empty)
}

/// Computes the orders of the class and of all that derive from it anew; remembers the old ones.
fn update_orders(class: &TypeObject, changed: &mut Vec<(Obj, Option<Obj>)>) -> PyResult<()> {
    let Some(before) = mro::update(class)? else { return Ok(()) };
    changed.push((class.owned(), before));
    for subclass in subclasses::of(class) {
        if let Some(subclass) = subclass.downcast::<TypeObject>() {
            update_orders(subclass, changed)?;
        }
    }
    Ok(())
}

fn update_slots(class: &TypeObject) {
    update::update_all(class);
    for subclass in subclasses::of(class) {
        if let Some(subclass) = subclass.downcast::<TypeObject>() {
            update_slots(subclass);
        }
    }
}

/// `object.__class__ = value`.
pub fn set_class(object: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raised!(TypeError, "can't delete __class__ attribute"));
    };
    let Some(new) = value.downcast::<TypeObject>() else {
        let found = value.class().name();
        return Err(raised!(TypeError, "__class__ must be set to a class, not '{found}' object"));
    };
    crate::system::audit_change(object, "__class__", Some(value))?;
    let old = object.class();
    let module = crate::types::module::PyModule::type_object();
    let modules = old.is_subtype_of(module) && new.is_subtype_of(module);
    if !modules && (new.has_flag(Py_TPFLAGS_IMMUTABLETYPE) || old.has_flag(Py_TPFLAGS_IMMUTABLETYPE)) {
        return Err(raised!(
            TypeError,
            "__class__ assignment only supported for mutable types or ModuleType subclasses"
        ));
    }
    if new.is(old) {
        return Ok(());
    }
    layout::compatible(new, old, "__class__")?;
    if old.has_flag(Py_TPFLAGS_INLINE_VALUES) {
        // The values move into a dictionary: the new class shares other keys.
        let dict = crate::types::dict::instance::dict(object)?;
        crate::types::dict::instance::set_dict(object, Some(&dict))?;
    }
    // SAFETY: both classes have the same layout; counts of heap types change places.
    unsafe {
        let before = old.raw();
        let (was_heap, is_heap) = (old.is_heap(), new.is_heap());
        if is_heap {
            crate::model::incref(new.as_ptr());
        }
        object.ob_type.set(new.raw());
        if was_heap {
            decref(before.cast());
        }
    }
    Ok(())
}
