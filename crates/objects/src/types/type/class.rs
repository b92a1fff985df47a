//! `type.__new__`: making a class of a name, bases and a namespace.

#![expect(unsafe_code, reason = "fills a type struct")]

use super::class_slots::Slots;
use super::{class_hooks, heap, instance, layout, ready, update};
use crate::intern;
use crate::memory;
use crate::model::{Obj, ObjectExt, Py, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::object::object_type;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::*;

/// `type.__new__(meta, name, bases, namespace, **kwargs)`.
pub fn new(
    meta: &TypeObject,
    name: &PyStr,
    bases: &PyTuple,
    namespace: &PyDict,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let object_bases;
    let (bases, base) = if bases.is_empty() {
        object_bases = PyTuple::from_slice(&[object_type().as_object()]);
        (&*object_bases, object_type())
    } else {
        refuse_entries(bases)?;
        let winner = layout::calculate_metaclass(meta, bases)?;
        if !winner.is(meta) {
            let ours = super::type_type().tp_new().map(|f| f as usize);
            if winner.tp_new().map(|f| f as usize) != ours {
                return call_other(winner, name, bases, namespace, kwargs);
            }
            return new(winner, name, bases, namespace, kwargs);
        }
        (bases, layout::best_base(bases)?)
    };
    make(meta, name, bases, base, namespace, kwargs)
}

/// Bases that only know how to stand for others (`__mro_entries__`) are resolved by `class` statements, not here.
fn refuse_entries(bases: &PyTuple) -> PyResult<()> {
    for base in bases.as_slice() {
        if base.downcast::<TypeObject>().is_none()
            && object::get_optional_attr(base, intern!("__mro_entries__"))?.is_some()
        {
            return Err(raised!(
                TypeError,
                "type() doesn't support MRO entry resolution; use types.new_class()"
            ));
        }
    }
    Ok(())
}

/// The metaclass of the bases makes the class in its own way.
fn call_other(
    winner: &TypeObject,
    name: &PyStr,
    bases: &PyTuple,
    namespace: &PyDict,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let Some(function) = winner.tp_new() else {
        return Err(raised!(TypeError, "cannot create '{}' instances", winner.name()));
    };
    let args = PyTuple::from_slice(&[name, bases, namespace]);
    let kwargs = crate::model::trampoline::opt_ptr(kwargs.map(PyType::as_object));
    // SAFETY: the slot of a live type, called with a tuple and a dictionary or null.
    unsafe { Obj::from_result(function(winner.raw(), args.as_ptr(), kwargs)) }
}

fn make(
    meta: &TypeObject,
    name: &PyStr,
    bases: &PyTuple,
    base: &TypeObject,
    namespace: &PyDict,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let text = name.to_utf8()?;
    if text.contains('\0') {
        return Err(raised!(ValueError, "type name must not contain null characters"));
    }
    let dict = namespace.copy()?;
    let slots = Slots::of(&dict, name, bases, base)?;
    let (class_object, class) = heap::allocate(meta, slots.names.len())?;
    set_struct(class, &class_object, bases, base, &dict, &slots)?;
    set_names(class, name, &dict)?;
    class_hooks::set_special(class, &dict)?;
    slots.place(class, base)?;
    // Before anything asks for the order: a custom `mro()` may call methods that use the cell.
    let cell = class_hooks::take_cells(class, &dict)?;
    class_hooks::fill_cell(class, cell)?;
    // SAFETY: the members lie behind the struct.
    ready::ready(
        class,
        None,
        if slots.names.is_empty() { core::ptr::null_mut() } else { heap::members(class) },
    )?;
    update::update_all(class);
    super::calls::set_vectorcall(class);
    class_hooks::call_set_names(class)?;
    class_hooks::call_init_subclass(class, kwargs)?;
    Ok(class_object)
}

/// Flags, bases, dictionary and the slots that every Python class has.
fn set_struct(
    class: &TypeObject,
    class_object: &Obj,
    bases: &PyTuple,
    base: &TypeObject,
    dict: &Py<PyDict>,
    slots: &Slots,
) -> PyResult<()> {
    let _ = class_object;
    // Every instance refers to its class, so every instance is collected.
    let flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    class.change_flags(flags, 0);
    // SAFETY: a new type that nobody else sees; counts pass to the fields.
    unsafe {
        let ty = class.raw();
        (*ty).tp_bases = bases.owned().into_raw();
        (*ty).tp_base = base.owned().into_raw().cast();
        (*ty).tp_dict = dict.owned().into_raw();
        (*ty).tp_dealloc = Some(instance::dealloc);
        (*ty).tp_alloc = Some(memory::PyType_GenericAlloc);
        (*ty).tp_free = Some(memory::PyObject_GC_Del);
        (*ty).tp_traverse = Some(instance::traverse);
        (*ty).tp_clear = Some(instance::clear);
        (*ty).tp_getset = match (slots.add_dict, slots.add_weakref) {
            (true, true) => instance::BOTH.0.as_ptr().cast_mut(),
            (true, false) => instance::DICT_ONLY.0.as_ptr().cast_mut(),
            (false, true) => instance::WEAKREF_ONLY.0.as_ptr().cast_mut(),
            (false, false) => core::ptr::null_mut(),
        };
    }
    Ok(())
}

/// `__name__`, `__qualname__`, `__module__`.
fn set_names(class: &TypeObject, name: &PyStr, dict: &PyDict) -> PyResult<()> {
    heap::set_name(class, name)?;
    if let Some(qualname) = dict.get_str(intern!("__qualname__"))? {
        if qualname.downcast::<PyStr>().is_none() {
            let found = qualname.class().name();
            return Err(raised!(TypeError, "type __qualname__ must be a str, not {found}"));
        }
        // SAFETY: the field owns a string.
        unsafe { heap::replace(&raw mut (*heap::heap(class)).ht_qualname, Some(qualname)) };
        dict.del_item(intern!("__qualname__"))?;
    }
    if dict.get_str(intern!("__module__"))?.is_none()
        && let Some(module) = module_of_caller()?
    {
        dict.set_item(intern!("__module__"), &module)?;
    }
    Ok(())
}

/// `__name__` of the globals of the running frame.
fn module_of_caller() -> PyResult<Option<Obj>> {
    // SAFETY: the upcall gives a borrowed dictionary or null.
    let globals = unsafe { (crate::model::upcalls::get().current_globals)().as_ref() };
    match globals.and_then(|globals| globals.downcast::<PyDict>()) {
        Some(globals) => globals.get_str(intern!("__name__")),
        None => Ok(None),
    }
}
