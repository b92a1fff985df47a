//! Heap types of native declarations: our own [`TypeSpec`]s, and C's `PyType_Spec` (`PyType_FromMetaclass`).

#![allow(non_upper_case_globals, reason = "slot numbers carry their C names")]
#![expect(unsafe_code, reason = "fills type structs from C tables")]

use super::{heap, instance, layout, ready, slots, type_type};
use crate::intern;
use crate::memory;
use crate::model::spec::TypeSpec;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::types::module::PyModule;
use crate::types::object::object_type;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::{CStr, c_char, c_void};
use core::ptr::null_mut;
use taipan_abi::*;

/// A heap type of a specification of ours. Fatal where it fails: specifications are ours.
pub fn from_spec(spec: &'static TypeSpec) -> Obj {
    make(spec, None).unwrap_or_else(|_| panic!("the declaration of {:?} is wrong", spec.name))
}

/// As [`from_spec`], belonging to a module (`PyType_GetModule`).
pub fn from_spec_in(spec: &'static TypeSpec, module: &PyModule) -> Obj {
    make(spec, Some(module)).unwrap_or_else(|_| panic!("the declaration of {:?} is wrong", spec.name))
}

fn make(spec: &'static TypeSpec, module: Option<&PyModule>) -> PyResult {
    let base = spec.base.map_or(object_type(), |base| base());
    let (object, class) = heap::allocate(type_type(), 0)?;
    let full = spec.name.to_str().unwrap_or("?");
    let (module_name, short) = full.rsplit_once('.').unwrap_or(("builtins", full));
    let dict = crate::types::dict::PyDict::new();
    // Types of the library cannot be changed from Python where CPython's cannot; flags say so.
    let flags = spec.flags;
    // SAFETY: a new type that nobody else sees; counts pass to the fields.
    unsafe {
        let raw = heap::heap(class);
        let ty = &raw mut (*raw).ht_type;
        (*ty).tp_name = spec.name.as_ptr();
        (*raw).ht_name = PyStr::new(short).into_raw().cast();
        (*raw).ht_qualname = (*raw).ht_name;
        crate::model::incref((*raw).ht_qualname);
        (*ty).tp_flags |= flags;
        (*ty).tp_basicsize = spec.basicsize;
        (*ty).tp_itemsize = spec.itemsize;
        (*ty).tp_doc = if spec.doc.is_empty() { core::ptr::null() } else { spec.doc.as_ptr() };
        (*ty).tp_dictoffset = spec.dict_offset;
        (*ty).tp_weaklistoffset = spec.weaklist_offset;
        (*ty).tp_vectorcall_offset = spec.vectorcall_offset;
        (*ty).tp_dealloc = Some(spec.dealloc);
        (*ty).tp_traverse = spec.traverse;
        (*ty).tp_clear = spec.clear;
        (*ty).tp_alloc = Some(memory::PyType_GenericAlloc);
        if flags & Py_TPFLAGS_HAVE_GC != 0 {
            (*ty).tp_free = Some(memory::PyObject_GC_Del);
        }
        (*ty).tp_base = base.owned().into_raw().cast();
        (*ty).tp_bases = PyTuple::from_slice(&[base.as_object()]).into_raw().cast();
        (*ty).tp_dict = dict.owned().into_raw();
        if let Some(module) = module {
            (*raw).ht_module = module.owned().into_raw();
        }
    }
    dict.set_item(intern!("__module__"), &PyStr::intern_text(module_name))?;
    for part in spec.parts {
        slots::fill(class, part.slots);
    }
    if spec.vectorcall_offset != 0 && class.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) && class.tp_call().is_none()
    {
        // SAFETY: one field is written.
        unsafe { (*class.raw()).tp_call = Some(crate::protocols::call::vectorcall_slot) };
    }
    if class.tp_new().is_none() && base.is(object_type()) && !class.has_flag(Py_TPFLAGS_BASETYPE) {
        // What a static type without `tp_new` would be. What is made to be derived from is made as `object` is.
        class.change_flags(Py_TPFLAGS_DISALLOW_INSTANTIATION, 0);
    }
    ready::ready(class, Some(spec.parts), spec.members.as_ptr().cast_mut())?;
    ready::finish_parts(class, spec.parts);
    Ok(object)
}

/// What the slots of a C specification say that is no plain slot.
#[derive(Default)]
struct Extras {
    doc: Option<*const c_char>,
    members: Option<*const PyMemberDef>,
    bases: Option<*mut PyObject>,
    base: Option<*mut PyTypeObject>,
    token: Option<*mut c_void>,
}

unsafe fn slots_of(spec: &PyType_Spec) -> &[PyType_Slot] {
    if spec.slots.is_null() {
        return &[];
    }
    // SAFETY: the table ends with an entry of number 0.
    unsafe {
        let mut count = 0;
        while (*spec.slots.add(count)).slot != 0 {
            count += 1;
        }
        core::slice::from_raw_parts(spec.slots, count)
    }
}

unsafe fn extras_of(table: &[PyType_Slot]) -> PyResult<Extras> {
    let mut extras = Extras::default();
    for slot in table {
        match slot.slot {
            Py_tp_doc => extras.doc = (!slot.pfunc.is_null()).then_some(slot.pfunc.cast_const().cast()),
            Py_tp_members => {
                extras.members = (!slot.pfunc.is_null()).then_some(slot.pfunc.cast_const().cast())
            }
            Py_tp_base => extras.base = Some(slot.pfunc.cast()),
            Py_tp_bases => extras.bases = Some(slot.pfunc.cast()),
            Py_tp_token => extras.token = Some(slot.pfunc),
            _ => {}
        }
    }
    Ok(extras)
}

/// The bases that a specification or its caller names.
unsafe fn bases_of(extras: &Extras, bases: Option<&PyObject>) -> PyResult<Py<PyTuple>> {
    if let Some(bases) = bases {
        return match bases.downcast_owned::<PyTuple>() {
            Some(tuple) if !tuple.is_empty() => Ok(tuple),
            Some(_) => Ok(PyTuple::from_slice(&[object_type().as_object()])),
            None => Ok(PyTuple::from_slice(&[bases])),
        };
    }
    // SAFETY: the table names live types.
    unsafe {
        if let Some(bases) = extras.bases.and_then(|bases| bases.as_ref()) {
            return match bases.downcast_owned::<PyTuple>() {
                Some(tuple) => Ok(tuple),
                None => Err(raised!(SystemError, "Py_tp_bases is not a tuple")),
            };
        }
        let base = extras.base.filter(|base| !base.is_null()).map(|base| TypeObject::from_raw(base));
        Ok(PyTuple::from_slice(&[base.unwrap_or(object_type()).as_object()]))
    }
}

/// One block with a copy of the name and of the docstring behind it.
unsafe fn copy_texts(name: &CStr, doc: Option<*const c_char>) -> (*mut c_char, *const c_char) {
    // SAFETY: `doc` is a C string.
    unsafe {
        let name = name.to_bytes_with_nul();
        let doc = doc.map(|doc| CStr::from_ptr(doc).to_bytes_with_nul());
        let block = memory::alloc_or_abort(name.len() + doc.map_or(0, <[u8]>::len));
        core::ptr::copy_nonoverlapping(name.as_ptr(), block, name.len());
        let copy = doc.map(|doc| {
            let place = block.add(name.len());
            core::ptr::copy_nonoverlapping(doc.as_ptr(), place, doc.len());
            place.cast_const().cast()
        });
        (block.cast(), copy.unwrap_or(core::ptr::null()))
    }
}

/// `PyType_FromMetaclass`: a heap type of a C specification.
///
/// # Safety
/// The specification and its tables follow C's rules; methods, properties and the texts of members live as long as the
/// type.
pub unsafe fn from_c_spec(
    meta: Option<&TypeObject>,
    module: Option<&PyObject>,
    spec: &PyType_Spec,
    bases: Option<&PyObject>,
) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        let table = slots_of(spec);
        let extras = extras_of(table)?;
        if spec.name.is_null() {
            return Err(raised!(SystemError, "Type spec does not define the name field."));
        }
        let full = CStr::from_ptr(spec.name);
        let full_text = full.to_string_lossy().into_owned();
        let bases = bases_of(&extras, bases)?;
        let meta = layout::calculate_metaclass(meta.unwrap_or(type_type()), &bases)?;
        let plain_new = type_type().tp_new().map(|f| f as usize);
        if meta.tp_new().is_some() && meta.tp_new().map(|f| f as usize) != plain_new {
            return Err(raised!(TypeError, "Metaclasses with custom tp_new are not supported."));
        }
        let base = layout::best_base(&bases)?;
        let count = extras.members.map_or(0, |members| members_with_name(members));
        let (object, class) = heap::allocate(meta, count)?;
        let raw = heap::heap(class);
        let ty = &raw mut (*raw).ht_type;
        let (name, doc) = copy_texts(full, extras.doc);
        (*raw)._ht_tpname = name;
        (*ty).tp_name = name;
        (*ty).tp_doc = doc;
        let short = full_text.rsplit('.').next().unwrap_or(&full_text);
        (*raw).ht_name = PyStr::new(short).into_raw().cast();
        (*raw).ht_qualname = (*raw).ht_name;
        crate::model::incref((*raw).ht_qualname);
        (*raw).ht_module = module.map_or(null_mut(), |module| module.owned().into_raw());
        (*raw).ht_token = match extras.token {
            Some(token) if token.is_null() => core::ptr::from_ref(spec).cast_mut().cast(),
            Some(token) => token,
            None => null_mut(),
        };
        (*ty).tp_flags |= u64::from(spec.flags);
        (*ty).tp_base = base.owned().into_raw().cast();
        (*ty).tp_bases = bases.owned().into_raw();
        set_sizes(ty, spec, base);
        fill_c_slots(class, table);
        copy_members(class, &extras, base, count, spec);
        set_defaults(ty, &extras);
        ready_c_type(class, count, &full_text)?;
        super::update::update_all_of_native(class);
        Ok(object)
    }
}

unsafe fn members_with_name(members: *const PyMemberDef) -> usize {
    let mut count = 0;
    // SAFETY: the table ends with an empty entry.
    unsafe {
        while !(*members.add(count)).name.is_null() {
            count += 1;
        }
    }
    count
}

/// A size of 0 is the base's, a negative one comes on top of it.
unsafe fn set_sizes(ty: *mut PyTypeObject, spec: &PyType_Spec, base: &TypeObject) {
    let align = |size: isize| (size + 15) & !15;
    let basic = spec.basicsize as isize;
    // SAFETY: a new type that nobody else sees.
    unsafe {
        (*ty).tp_basicsize = match basic {
            0 => base.tp_basicsize(),
            negative if negative < 0 => align(base.tp_basicsize()) + align(-negative),
            size => size,
        };
        (*ty).tp_itemsize = spec.itemsize as isize;
    }
}

unsafe fn fill_c_slots(class: &TypeObject, table: &[PyType_Slot]) {
    for slot in table {
        // SAFETY: the table has functions and tables of the kinds their numbers say.
        unsafe {
            let ty = class.raw();
            match slot.slot {
                Py_tp_methods => (*ty).tp_methods = slot.pfunc.cast(),
                Py_tp_getset => (*ty).tp_getset = slot.pfunc.cast(),
                Py_tp_doc | Py_tp_members | Py_tp_base | Py_tp_bases | Py_tp_token => {}
                number => slots::fill(class, &[(number, slot.pfunc.cast_const().cast())]),
            }
        }
    }
}

/// Copies the members behind the type; some of them say where the type keeps its dictionary, its weak references and its
/// vectorcall function.
unsafe fn copy_members(
    class: &TypeObject,
    extras: &Extras,
    base: &TypeObject,
    count: usize,
    spec: &PyType_Spec,
) {
    let Some(from) = extras.members else { return };
    let to = heap::members(class);
    // SAFETY: the type was allocated with room for the members.
    unsafe {
        let ty = class.raw();
        for place in 0..count {
            let mut member = *from.add(place);
            if member.flags & Py_RELATIVE_OFFSET != 0 {
                let start = if spec.basicsize < 0 { (base.tp_basicsize() + 15) & !15 } else { 0 };
                member.flags &= !Py_RELATIVE_OFFSET;
                member.offset += start;
            }
            let name = CStr::from_ptr(member.name);
            if name == c"__weaklistoffset__" {
                (*ty).tp_weaklistoffset = member.offset;
            } else if name == c"__dictoffset__" {
                (*ty).tp_dictoffset = member.offset;
            } else if name == c"__vectorcalloffset__" {
                (*ty).tp_vectorcall_offset = member.offset;
            }
            *to.add(place) = member;
        }
        (*ty).tp_members = to;
    }
}

unsafe fn set_defaults(ty: *mut PyTypeObject, extras: &Extras) {
    // SAFETY: a new type that nobody else sees.
    unsafe {
        if (*ty).tp_dealloc.is_none() {
            (*ty).tp_dealloc = Some(instance::dealloc);
        }
        if (*ty).tp_alloc.is_none() {
            (*ty).tp_alloc = Some(memory::PyType_GenericAlloc);
        }
        if (*ty).tp_flags & Py_TPFLAGS_HAVE_GC != 0 && (*ty).tp_free.is_none() {
            (*ty).tp_free = Some(memory::PyObject_GC_Del);
        }
    }
    let _ = extras.doc;
}

fn ready_c_type(class: &TypeObject, count: usize, full: &str) -> PyResult<()> {
    let members = if count == 0 { null_mut() } else { heap::members(class) };
    ready::ready(class, None, members)?;
    let dict = super::own_dict(class);
    for offset in ["__weaklistoffset__", "__dictoffset__", "__vectorcalloffset__"] {
        dict.del_item(&PyStr::intern_text(offset))?;
    }
    if dict.get_str(intern!("__module__"))?.is_none()
        && let Some((module, _)) = full.rsplit_once('.')
    {
        dict.set_item(intern!("__module__"), &PyStr::intern_text(module))?;
    }
    Ok(())
}

/// `PyType_GetModuleByDef`: the module of the first class in the MRO whose module was made from this definition.
pub fn module_by_def(class: &TypeObject, def: *const PyModuleDef) -> Option<Obj> {
    class.mro().iter().find_map(|ty| {
        if !ty.is_heap() {
            return None;
        }
        // SAFETY: the field of a heap type is null or a live object.
        let module = unsafe { (*heap::heap(ty)).ht_module.as_ref() }?;
        let module = module.downcast::<PyModule>()?;
        // SAFETY: a module has this layout.
        let own = unsafe { (*module.as_ptr().cast::<PyModuleObject>()).md_def };
        core::ptr::eq(own, def).then(|| module.owned())
    })
}

/// The module a heap type belongs to (`PyType_GetModule`).
pub fn module_of_type(class: &TypeObject) -> Option<Obj> {
    if !class.is_heap() {
        return None;
    }
    // SAFETY: the field of a heap type is null or a live object.
    unsafe { (*heap::heap(class)).ht_module.as_ref() }.map(ObjectExt::owned)
}
