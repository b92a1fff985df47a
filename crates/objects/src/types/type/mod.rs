//! `type`: making types ready, looking attributes up in them, `class` statements.
//!
//! | file | holds |
//! |---|---|
//! | `ready`, `inherit` | making a type ready: dictionary, wrappers, inheritance |
//! | `mro`, `layout`, `subclasses` | the order of bases, their storage, who derives from whom |
//! | `cache` | looking up, version tags, watchers |
//! | `slots`, `slotdefs` | where slots lie; which special method belongs to which |
//! | `wrappers` | `list.__len__`: calling a slot by the name of its special method |
//! | `generic`, `update` | the slots of Python classes: calling special methods, and keeping slots in step with them |
//! | `heap`, `instance` | type objects on the heap; instances of Python classes |
//! | `class`, `class_slots`, `class_hooks` | `class` statements: `type.__new__` |
//! | `from_spec` | types of native declarations, ours and C's |
//! | `attributes`, `annotations`, `assign`, `methods`, `calls` | what type objects can do |

#![expect(unsafe_code, reason = "type objects are C structs")]

mod annotations;
mod assign;
mod attributes;
mod buffers;
pub mod cache;
mod calls;
mod class;
mod class_hooks;
mod class_slots;
pub mod from_spec;
pub mod generic;
pub mod heap;
mod inherit;
pub mod instance;
pub mod layout;
mod methods;
pub mod mro;
pub mod ready;
mod slotdefs;
pub mod slots;
pub mod subclasses;
#[cfg(test)]
mod tests;
pub mod update;
mod wrappers;

use crate::intern;
use crate::model::spec::{StaticType, TypeSpec};
use crate::model::{Py, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use std::sync::RwLock;
use taipan_abi::*;

pub use assign::set_class;
pub use cache::{assign_specific_version, assign_version, clear_cache, lookup, modified};
pub use calls::{PyType_GenericNew, generic_alias, is_union, takes_any_keywords};
pub use from_spec::{from_spec, module_by_def};
pub use methods::{get_optional_attr, merge_class_dict};
pub use ready::new_method;
pub use slotdefs::names as slot_names;

static TYPE_SPEC: TypeSpec = TypeSpec {
    name: c"type",
    doc: c"type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    basicsize: size_of::<PyHeapTypeObject>() as isize,
    itemsize: size_of::<PyMemberDef>() as isize,
    flags: Py_TPFLAGS_BASETYPE
        | Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_TYPE_SUBCLASS
        | Py_TPFLAGS_HAVE_VECTORCALL
        | Py_TPFLAGS_ITEMS_AT_END,
    base: None,
    dict_offset: core::mem::offset_of!(PyTypeObject, tp_dict) as isize,
    weaklist_offset: core::mem::offset_of!(PyTypeObject, tp_weaklist) as isize,
    vectorcall_offset: core::mem::offset_of!(PyTypeObject, tp_vectorcall) as isize,
    dealloc: heap::dealloc,
    traverse: Some(heap::traverse),
    clear: Some(heap::clear),
    members: attributes::MEMBERS,
    parts: &[&calls::CALLS, &methods::METHODS, &attributes::PROPERTIES, &annotations::ANNOTATIONS],
};

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the C name")]
pub static PyType_Type: StaticType = StaticType::new(&TYPE_SPEC);

/// The type `type`.
#[inline(always)]
pub fn type_type() -> &'static TypeObject {
    PyType_Type.get()
}

/// Static types of crates above, made ready by [`ready`].
static MORE: RwLock<Vec<&'static StaticType>> = RwLock::new(Vec::new());

/// The declaration of a static type.
fn static_type_of(class: &TypeObject) -> Option<&'static StaticType> {
    let found = super::static_types::all().find(|ty| ty.get().is(class));
    found.or_else(|| MORE.read().ok()?.iter().copied().find(|ty| ty.get().is(class)))
}

/// Makes every built-in type of this crate ready. Called once, first of all, by the thread that starts the process.
pub fn init() -> PyResult<()> {
    super::static_types::all().for_each(ready::prepare);
    super::static_types::all().try_for_each(ready::ready_static)?;
    super::template::complete_type()
}

/// Makes a static type ready: inherits slots, fills its dictionary (`PyType_Ready`). For crates with static types of
/// their own.
pub fn ready(ty: &'static StaticType) -> PyResult<()> {
    if let Ok(mut more) = MORE.write()
        && !more.iter().any(|known| core::ptr::eq(*known, ty))
    {
        more.push(ty);
    }
    ready::prepare(ty);
    ready::ready_static(ty)
}

/// A type made as by `type(name, (base,), dict)`, for exception types and structure sequences.
pub fn new_heap_type(name: &str, base: &TypeObject, dict: &PyDict) -> PyResult {
    new_class(name, &[base.as_object()], dict)
}

/// A type made as by `type(name, bases, dict)`; its metaclass is that of the bases.
pub fn new_class(name: &str, bases: &[&PyObject], dict: &PyDict) -> PyResult {
    let name = PyStr::new(name);
    let bases = PyTuple::from_slice(bases);
    class::new(type_type(), &name, &bases, dict, None)
}

/// The type's own dictionary.
pub fn own_dict(class: &TypeObject) -> Py<PyDict> {
    // SAFETY: a type's dictionary is made with the type and lives as long.
    unsafe {
        match (*class.raw()).tp_dict.cast::<PyDict>().as_ref() {
            Some(dict) => dict.to_owned(),
            None => PyDict::new(),
        }
    }
}

/// `__name__`.
pub fn name(class: &TypeObject) -> Py<PyStr> {
    if class.is_heap() {
        // SAFETY: a heap type owns its name, a string.
        let name = unsafe { (*heap::heap(class)).ht_name.cast::<PyStr>().as_ref() };
        if let Some(name) = name {
            return name.to_owned();
        }
    }
    PyStr::intern_text(class.short_name())
}

/// `__qualname__`.
pub fn qualname(class: &TypeObject) -> PyResult<Py<PyStr>> {
    if class.is_heap() {
        // SAFETY: a heap type owns its name, a string.
        let name = unsafe { (*heap::heap(class)).ht_qualname.cast::<PyStr>().as_ref() };
        if let Some(name) = name {
            return Ok(name.to_owned());
        }
    }
    Ok(name(class))
}

/// `__module__`: what the dictionary of a heap type says, the part of a static type's name before the last dot.
pub fn module_of(class: &TypeObject) -> PyResult {
    if class.is_heap() {
        return match own_dict(class).get_str(intern!("__module__"))? {
            Some(module) => Ok(module),
            None => Err(raised!(AttributeError, "__module__")),
        };
    }
    let module = class.tp_name().rsplit_once('.').map_or("builtins", |(module, _)| module);
    Ok(PyStr::intern_text(module).into_obj())
}

/// `module.qualname`, without `builtins` and `__main__`'s… module where `short` says so.
pub fn full_name(class: &TypeObject) -> PyResult<String> {
    object::fully_qualified_name(class)
}
