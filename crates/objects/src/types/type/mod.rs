//! `type`: making types ready, looking attributes up in them, `class` statements.

#![expect(unsafe_code, reason = "type objects are C structs")]

use crate::model::spec::{StaticType, TypeSpec};
use crate::model::{Obj, Py, PyObject, PyResult, TypeObject};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use taipan_abi::*;

static TYPE_SPEC: TypeSpec = TypeSpec {
    name: c"type",
    doc: c"type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    basicsize: size_of::<PyHeapTypeObject>() as isize,
    itemsize: size_of::<PyMemberDef>() as isize,
    flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_ITEMS_AT_END,
    base: None,
    dict_offset: core::mem::offset_of!(PyTypeObject, tp_dict) as isize,
    weaklist_offset: core::mem::offset_of!(PyTypeObject, tp_weaklist) as isize,
    vectorcall_offset: 0,
    dealloc: dealloc_type,
    traverse: None,
    clear: None,
    members: &[crate::model::spec::END_OF_MEMBERS],
    parts: &[],
};

#[unsafe(no_mangle)]
#[expect(non_upper_case_globals, reason = "the C name")]
pub static PyType_Type: StaticType = StaticType::new(&TYPE_SPEC);

/// The type `type`.
#[inline(always)]
pub fn type_type() -> &'static TypeObject {
    PyType_Type.get()
}

unsafe extern "C" fn dealloc_type(object: *mut PyObject) {
    let _ = object;
    todo!()
}

/// Makes every built-in type of this crate ready. Called once, first of all, by the thread that starts the process.
pub fn init() -> PyResult<()> {
    todo!()
}

/// Makes a static type ready: inherits slots, fills its dictionary (`PyType_Ready`). For crates with static types of
/// their own.
pub fn ready(ty: &'static StaticType) -> PyResult<()> {
    let _ = ty;
    todo!()
}

/// A heap type of a specification of ours. Fatal where it fails: specifications are ours.
pub fn from_spec(spec: &'static TypeSpec) -> Obj {
    let _ = spec;
    todo!()
}

/// A type made as by `type(name, bases, dict)`, for exception types and structure sequences.
pub fn new_heap_type(name: &str, base: &TypeObject, dict: &PyDict) -> PyResult {
    let _ = (name, base, dict);
    todo!()
}

/// The first definition of `name` along the MRO, through the cache (`_PyType_Lookup`).
pub fn lookup(class: &TypeObject, name: &PyStr) -> Option<Obj> {
    let _ = (class, name);
    todo!()
}

/// A version tag for inline caches: nonzero, unique to this state of the type; 0 when they ran out.
pub fn assign_version(class: &TypeObject) -> u32 {
    let _ = class;
    todo!()
}

/// Tells caches that the type or a base of it changed (`PyType_Modified`).
pub fn modified(class: &TypeObject) {
    let _ = class;
    todo!()
}

/// The type's own dictionary.
pub fn own_dict(class: &TypeObject) -> Py<PyDict> {
    let _ = class;
    todo!()
}

/// `__qualname__`.
pub fn qualname(class: &TypeObject) -> PyResult<Py<PyStr>> {
    let _ = class;
    todo!()
}
