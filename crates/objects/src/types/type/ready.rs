//! Making types ready (`PyType_Ready`): bases, dictionary, wrappers, MRO, inheritance.
//!
//! A static type goes through two steps. [`prepare`] only fills its head and its slots, so that objects of it can be
//! made and destroyed; once all are prepared, [`ready`] does the rest, which itself makes strings, dictionaries and
//! descriptors.

#![expect(unsafe_code, reason = "fills C structs")]

use super::slotdefs::{SLOTS, names};
use super::{cache, inherit, mro, slots, subclasses, wrappers};
use crate::intern;
use crate::model::spec::{StaticType, TypePart};
use crate::model::{Obj, ObjectExt, PyResult, TypeObject, none, none_ref};
use crate::protocols::object;
use crate::types::builtin::{PyBuiltin, doc};
use crate::types::descriptors;
use crate::types::dict::{self, PyDict};
use crate::types::object::object_type;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::c_void;
use taipan_abi::*;

struct NewMethod(PyMethodDef);
// SAFETY: constant data.
unsafe impl Sync for NewMethod {}

/// `__new__` of native types.
static NEW_METHOD: NewMethod = NewMethod(PyMethodDef {
    ml_name: c"__new__".as_ptr(),
    // SAFETY: `METH_KEYWORDS` tells the caller to turn it back.
    ml_meth: Some(unsafe { core::mem::transmute::<PyCFunctionWithKeywords, PyCFunction>(wrappers::new) }),
    ml_flags: METH_VARARGS | METH_KEYWORDS,
    ml_doc: c"__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature."
        .as_ptr(),
});

/// The declaration of `__new__` of native types.
pub fn new_method() -> &'static PyMethodDef {
    &NEW_METHOD.0
}

/// Whether the tables of a `#[new]` gave the type's vectorcall: the macro lists it right behind `tp_new`.
fn has_vectorcall_of_new(parts: &[&TypePart]) -> bool {
    parts
        .iter()
        .any(|part| part.slots.windows(2).any(|pair| pair[0].0 == Py_tp_new && pair[1].0 == Py_tp_vectorcall))
}

/// First step of a static type: its head, base and slots.
pub fn prepare(ty: &'static StaticType) {
    let (class, spec) = (ty.get(), ty.spec);
    // SAFETY: nobody else sees the type yet; its tables lie behind it.
    unsafe {
        let raw = class.raw();
        if !(*raw).tp_as_number.is_null() {
            return;
        }
        class.make_immortal();
        let flags = &class.as_object().ob_flags;
        flags.set(flags.get() | _Py_STATICALLY_ALLOCATED_FLAG);
        (*raw).ob_base.ob_base.ob_type.set(super::type_type().raw());
        let tables = ty.tables.get();
        (*raw).tp_as_async = &raw mut (*tables).as_async;
        (*raw).tp_as_number = &raw mut (*tables).as_number;
        (*raw).tp_as_mapping = &raw mut (*tables).as_mapping;
        (*raw).tp_as_sequence = &raw mut (*tables).as_sequence;
        (*raw).tp_as_buffer = &raw mut (*tables).as_buffer;
        (*raw).tp_dealloc = Some(spec.dealloc);
        if spec.flags & Py_TPFLAGS_HAVE_GC != 0 && (*raw).tp_free.is_none() {
            (*raw).tp_free = Some(crate::memory::PyObject_GC_Del);
        }
        if !core::ptr::eq(class, object_type()) {
            (*raw).tp_base = spec.base.map_or(object_type(), |base| base()).raw();
        }
    }
    for part in spec.parts {
        slots::fill(class, part.slots);
    }
    if spec.vectorcall_offset != 0 && class.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) && class.tp_call().is_none()
    {
        // SAFETY: one field is written.
        unsafe { (*class.raw()).tp_call = Some(crate::protocols::call::vectorcall_slot) };
    }
}

/// The types that a class pattern with one positional sub-pattern matches as a whole (`int(x)`).
const MATCH_SELF: [&str; 11] =
    ["bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"];

/// Second step of a static type.
pub fn ready_static(ty: &'static StaticType) -> PyResult<()> {
    let class = ty.get();
    if class.has_flag(Py_TPFLAGS_READY) {
        return Ok(());
    }
    prepare(ty);
    if MATCH_SELF.contains(&class.tp_name()) {
        class.change_flags(_Py_TPFLAGS_MATCH_SELF, 0);
    }
    ready(class, Some(ty.spec.parts), ty.spec.members.as_ptr().cast_mut())?;
    finish_parts(class, ty.spec.parts);
    immortalise(class);
    // Shared by all interpreters: not to be assigned later by several at once.
    cache::assign_version(class);
    Ok(())
}

/// A vectorcall that only makes (`#[new]`) is no use where `__init__` has to run too.
pub fn finish_parts(class: &TypeObject, parts: &[&TypePart]) {
    let object_init = object_type().tp_init().map(|f| f as usize);
    if has_vectorcall_of_new(parts) && class.tp_init().map(|f| f as usize) != object_init {
        // SAFETY: one field is written.
        unsafe { (*class.raw()).tp_vectorcall = None };
    }
}

/// What a static type holds never goes: threads of all interpreters use it without counting.
fn immortalise(class: &TypeObject) {
    // SAFETY: the fields are null or live objects.
    unsafe {
        let raw = class.raw();
        for field in [(*raw).tp_dict, (*raw).tp_mro, (*raw).tp_bases] {
            if let Some(object) = field.as_ref() {
                object.make_immortal();
            }
        }
        if let Some(dict) = (*raw).tp_dict.cast::<PyDict>().as_ref() {
            for (name, value) in dict.items_snapshot() {
                name.make_immortal();
                value.make_immortal();
            }
        }
    }
}

/// Makes a type ready whose struct is filled in. `parts` are the tables of a type of ours, `members` its members.
pub fn ready(
    class: &TypeObject,
    parts: Option<&'static [&'static TypePart]>,
    members: *mut PyMemberDef,
) -> PyResult<()> {
    if class.has_flag(Py_TPFLAGS_READY) {
        return Ok(());
    }
    class.change_flags(Py_TPFLAGS_READYING, 0);
    let result = ready_steps(class, parts, members);
    class.change_flags(0, Py_TPFLAGS_READYING);
    result?;
    class.change_flags(Py_TPFLAGS_READY, 0);
    Ok(())
}

fn ready_steps(
    class: &TypeObject,
    parts: Option<&'static [&'static TypePart]>,
    members: *mut PyMemberDef,
) -> PyResult<()> {
    set_bases(class)?;
    set_new(class)?;
    fill_dict(class, parts, members)?;
    if class.mro().is_empty() {
        mro::update(class)?;
    }
    inherit_all(class);
    set_preheader(class)?;
    set_hash(class)?;
    for base in mro::bases(class).as_slice() {
        if let Some(base) = base.downcast::<TypeObject>() {
            subclasses::add(base, class);
        }
    }
    set_managed_dict(class)
}

/// `tp_base`, the metaclass, `tp_bases`, `tp_dict`.
fn set_bases(class: &TypeObject) -> PyResult<()> {
    // SAFETY: fields of a type nobody else sees yet; counts pass to the fields.
    unsafe {
        let raw = class.raw();
        if (*raw).tp_base.is_null() && !class.is(object_type()) {
            (*raw).tp_base = object_type().raw();
        }
        if let Some(base) = class.base() {
            // One that is being made ready right now has no order yet; who needs it says so.
            if !base.has_flag(Py_TPFLAGS_READY) && !base.has_flag(Py_TPFLAGS_READYING) {
                ready_base(base)?;
            }
            let head = &(*raw).ob_base.ob_base.ob_type;
            if head.get().is_null() {
                head.set(base.class().raw());
            }
        }
        if (*raw).tp_bases.is_null() {
            let bases = match class.base() {
                Some(base) => PyTuple::from_slice(&[base.as_object()]),
                None => PyTuple::empty(),
            };
            (*raw).tp_bases = bases.into_raw().cast();
        }
        if (*raw).tp_dict.is_null() {
            (*raw).tp_dict = PyDict::new().into_raw().cast();
        }
        if !class.is_heap() {
            (*raw).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
        }
    }
    Ok(())
}

/// A base that comes later in the table of static types, or an extension's base that was not made ready.
fn ready_base(base: &TypeObject) -> PyResult<()> {
    match super::static_type_of(base) {
        Some(known) => ready_static(known),
        // SAFETY: the tables of an extension's type follow C's rules.
        None => unsafe { ready_extension(base) },
    }
}

/// `PyType_Ready` of an extension's static type.
///
/// # Safety
/// The struct is filled as C's rules ask.
pub unsafe fn ready_extension(class: &TypeObject) -> PyResult<()> {
    // SAFETY: the caller's promise.
    let members = unsafe { (*class.raw()).tp_members };
    ready(class, None, members)
}

fn fill_dict(
    class: &TypeObject,
    parts: Option<&'static [&'static TypePart]>,
    members: *mut PyMemberDef,
) -> PyResult<()> {
    let dict = super::own_dict(class);
    // SAFETY: one field is written. The table lives as long as the type: structure sequences read it.
    unsafe { (*class.raw()).tp_members = members };
    add_wrappers(class, &dict)?;
    // SAFETY: the tables are static and end with an empty entry.
    unsafe {
        for part in parts.unwrap_or(&[]) {
            add_methods(class, &dict, part.methods.as_ptr())?;
        }
        if parts.is_none() {
            add_methods(class, &dict, (*class.raw()).tp_methods)?;
        }
        let count = if parts.is_none() && super::heap::owns_members(class) {
            super::heap::member_count(class)
        } else {
            usize::MAX
        };
        add_members(class, &dict, members, count)?;
        for part in parts.unwrap_or(&[]) {
            add_properties(class, &dict, part.properties.as_ptr())?;
        }
        if parts.is_none() {
            add_properties(class, &dict, (*class.raw()).tp_getset)?;
        }
    }
    add_doc(class, &dict)
}

fn add_if_missing(dict: &PyDict, name: &PyStr, make: impl FnOnce() -> PyResult) -> PyResult<()> {
    if dict.get_str(name)?.is_some() {
        return Ok(());
    }
    dict.set_item(name, &*make()?)
}

/// Wrapper descriptors for the slots that the type defines itself.
fn add_wrappers(class: &TypeObject, dict: &PyDict) -> PyResult<()> {
    let not_hashable = object::PyObject_HashNotImplemented as *const () as *mut c_void;
    for (slot, &name) in SLOTS.iter().zip(names()) {
        if slot.base().wrapper.is_none() {
            continue;
        }
        let function = slots::read(class, slot.offset());
        if function.is_null() {
            continue;
        }
        if function == not_hashable {
            add_if_missing(dict, name, || Ok(none()))?;
        } else {
            add_if_missing(dict, name, || Ok(descriptors::new_wrapper(class, name, slot.base(), function)))?;
        }
    }
    Ok(())
}

unsafe fn add_methods(class: &TypeObject, dict: &PyDict, table: *const PyMethodDef) -> PyResult<()> {
    if table.is_null() {
        return Ok(());
    }
    // SAFETY: the table is static and ends with an empty entry.
    unsafe {
        let mut at = table;
        while !(*at).ml_name.is_null() {
            let def: &'static PyMethodDef = &*at;
            let name = doc::c_name(def.ml_name);
            let make = || -> Obj {
                if def.ml_flags & METH_CLASS != 0 {
                    descriptors::new_classmethod(class, &name, def)
                } else if def.ml_flags & METH_STATIC != 0 {
                    let function = PyBuiltin::new(def, Some(class.as_object()), None, None);
                    descriptors::new_staticmethod(&function)
                } else {
                    descriptors::new_method(class, &name, def)
                }
            };
            if def.ml_flags & METH_COEXIST != 0 {
                dict.set_item(&name, &make())?;
            } else {
                add_if_missing(dict, &name, || Ok(make()))?;
            }
            at = at.add(1);
        }
    }
    Ok(())
}

unsafe fn add_members(
    class: &TypeObject,
    dict: &PyDict,
    table: *const PyMemberDef,
    count: usize,
) -> PyResult<()> {
    if table.is_null() {
        return Ok(());
    }
    // SAFETY: the table lives as long as the type and ends with an empty entry or after `count`.
    unsafe {
        for place in 0..count {
            let def: &'static PyMemberDef = &*table.add(place);
            if def.name.is_null() {
                break;
            }
            let name = doc::c_name(def.name);
            add_if_missing(dict, &name, || Ok(descriptors::new_member(class, &name, def)))?;
        }
    }
    Ok(())
}

unsafe fn add_properties(class: &TypeObject, dict: &PyDict, table: *const PyGetSetDef) -> PyResult<()> {
    if table.is_null() {
        return Ok(());
    }
    // SAFETY: the table is static and ends with an empty entry.
    unsafe {
        let mut at = table;
        while !(*at).name.is_null() {
            let def: &'static PyGetSetDef = &*at;
            let name = doc::c_name(def.name);
            add_if_missing(dict, &name, || Ok(descriptors::new_getset(class, &name, def)))?;
            at = at.add(1);
        }
    }
    Ok(())
}

fn add_doc(class: &TypeObject, dict: &PyDict) -> PyResult<()> {
    add_if_missing(dict, intern!("__doc__"), || {
        // SAFETY: `tp_doc` is null or a C string that lives as long as the type.
        let text = unsafe {
            let text = (*class.raw()).tp_doc;
            if text.is_null() { None } else { Some(doc::c_text_lossy(text)) }
        };
        Ok(match text {
            Some(text) => PyStr::new(doc::split(class.short_name(), &text).1).into_obj(),
            None => none(),
        })
    })
}

/// `tp_new` and `__new__`.
fn set_new(class: &TypeObject) -> PyResult<()> {
    // SAFETY: fields of a type nobody else uses yet.
    unsafe {
        let raw = class.raw();
        let base_is_object = class.base().is_some_and(|base| base.is(object_type()));
        if (*raw).tp_new.is_none() && base_is_object && !class.is_heap() {
            class.change_flags(Py_TPFLAGS_DISALLOW_INSTANTIATION, 0);
        }
        if class.has_flag(Py_TPFLAGS_DISALLOW_INSTANTIATION) {
            (*raw).tp_new = None;
            return Ok(());
        }
        if (*raw).tp_new.is_some() {
            let dict = super::own_dict(class);
            return add_if_missing(&dict, intern!("__new__"), || {
                Ok(PyBuiltin::new(new_method(), Some(class.as_object()), None, None).into_obj())
            });
        }
        (*raw).tp_new = class.base().and_then(TypeObject::tp_new);
    }
    Ok(())
}

fn inherit_all(class: &TypeObject) {
    let Some(base) = class.base() else { return };
    inherit::special(class, base);
    for ty in class.mro().iter().skip(1) {
        inherit::slots(class, ty);
    }
    inherit::tables(class, base);
}

fn set_preheader(class: &TypeObject) -> PyResult<()> {
    // SAFETY: fields of a type nobody else uses yet.
    unsafe {
        let raw = class.raw();
        if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            if (*raw).tp_dictoffset > 0 || (*raw).tp_dictoffset < -1 {
                let name = class.name();
                let message =
                    "has the Py_TPFLAGS_MANAGED_DICT flag but tp_dictoffset is set to incompatible value";
                return Err(raised!(TypeError, "type {name} {message}"));
            }
            (*raw).tp_dictoffset = -1;
        }
        if class.has_flag(Py_TPFLAGS_MANAGED_WEAKREF) {
            let managed = super::layout::MANAGED_WEAKREF_OFFSET;
            if (*raw).tp_weaklistoffset != 0 && (*raw).tp_weaklistoffset != managed {
                let name = class.name();
                let message = "has the Py_TPFLAGS_MANAGED_WEAKREF flag but tp_weaklistoffset is set to incompatible value";
                return Err(raised!(TypeError, "type {name} {message}"));
            }
            (*raw).tp_weaklistoffset = managed;
        }
    }
    Ok(())
}

/// A type that compares without hashing cannot be hashed: `__hash__ = None`.
fn set_hash(class: &TypeObject) -> PyResult<()> {
    if class.tp_hash().is_some() {
        return Ok(());
    }
    let dict = super::own_dict(class);
    if dict.get_str(intern!("__hash__"))?.is_some() {
        return Ok(());
    }
    dict.set_item(intern!("__hash__"), none_ref())?;
    // SAFETY: one field is written.
    unsafe { (*class.raw()).tp_hash = Some(object::PyObject_HashNotImplemented) };
    Ok(())
}

/// Shared keys and inline values of classes with managed dictionaries.
fn set_managed_dict(class: &TypeObject) -> PyResult<()> {
    if !class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return Ok(());
    }
    if !class.is_heap() {
        let name = class.name();
        return Err(raised!(
            SystemError,
            "type {name} has the Py_TPFLAGS_MANAGED_DICT flag but not Py_TPFLAGS_HEAPTYPE flag"
        ));
    }
    if class.tp_itemsize() == 0 {
        class.change_flags(Py_TPFLAGS_INLINE_VALUES, 0);
    }
    dict::instance::prepare_class(class);
    Ok(())
}
