//! Type objects on the heap: their memory, their end, what the collector sees of them.
//!
//! A class made by `type.__new__` carries the `PyMemberDef`s of its `__slots__` behind its struct (`ob_size` of them). A
//! class made from a C specification owns its `tp_name` (`_ht_tpname`).

#![expect(unsafe_code, reason = "allocates and frees C structs")]

use super::{cache, mro, subclasses};
use crate::model::gc::Visitor;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, TypeObject};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::weakref;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use taipan_abi::*;

/// The struct of a heap type.
pub fn heap(class: &TypeObject) -> *mut PyHeapTypeObject {
    debug_assert!(class.is_heap());
    class.raw().cast()
}

/// Whether the members lie behind the type's struct.
pub fn owns_members(class: &TypeObject) -> bool {
    class.is_heap() && member_count(class) != 0
}

/// The number of members behind the type's struct.
pub fn member_count(class: &TypeObject) -> usize {
    // SAFETY: a type object has a size.
    unsafe { (*class.raw()).ob_base.ob_size.get() as usize }
}

/// The members behind the type's struct, whose instances of metaclasses may be larger than `PyHeapTypeObject`.
pub fn members(class: &TypeObject) -> *mut PyMemberDef {
    let size = class.class().tp_basicsize();
    // SAFETY: the items of an object lie behind its basic size.
    unsafe { class.raw().byte_offset(size).cast() }
}

/// A new type object, instance of `meta`, with room for `count` members; its tables are in place, its flags say that it
/// is a heap type, and everything else is zero.
pub fn allocate<'a>(meta: &TypeObject, count: usize) -> PyResult<(Obj, &'a TypeObject)> {
    let object = match meta.tp_alloc() {
        // SAFETY: the slot of a live type.
        Some(alloc) => unsafe { Obj::from_result(alloc(meta.raw(), count as isize))? },
        // SAFETY: a new object with one reference.
        None => unsafe { Obj::from_raw(crate::memory::alloc(meta, count)?) },
    };
    // SAFETY: the object is a type, which the reference keeps alive; its fields are zero.
    let class: &'a TypeObject = unsafe { TypeObject::from_raw(object.as_ptr().cast()) };
    class.change_flags(Py_TPFLAGS_HEAPTYPE, 0);
    let raw = heap(class);
    // SAFETY: as above.
    unsafe {
        (*raw).ht_type.tp_as_async = &raw mut (*raw).as_async;
        (*raw).ht_type.tp_as_number = &raw mut (*raw).as_number;
        (*raw).ht_type.tp_as_mapping = &raw mut (*raw).as_mapping;
        (*raw).ht_type.tp_as_sequence = &raw mut (*raw).as_sequence;
        (*raw).ht_type.tp_as_buffer = &raw mut (*raw).as_buffer;
    }
    Ok((object, class))
}

/// Sets `__name__` and, where there was none, `__qualname__`. `tp_name` borrows the name's UTF-8 text.
pub fn set_name(class: &TypeObject, name: &PyStr) -> PyResult<()> {
    let text = name.to_utf8()?;
    let raw = heap(class);
    // SAFETY: fields of a live heap type; a string's UTF-8 text ends with a zero and lives as long as the string.
    unsafe {
        if (*raw)._ht_tpname.is_null() {
            (*raw).ht_type.tp_name = text.as_ptr().cast();
        }
        replace(&raw mut (*raw).ht_name, Some(name.owned()));
        if (*raw).ht_qualname.is_null() {
            (*raw).ht_qualname = name.owned().into_raw();
        }
    }
    Ok(())
}

/// Replaces an owned, nullable field; the old content is dropped last.
///
/// # Safety
/// `field` is null or owns a reference.
pub unsafe fn replace(field: *mut *mut PyObject, value: Option<Obj>) {
    // SAFETY: the caller's promise.
    unsafe {
        let before = core::mem::replace(&mut *field, value.map_or(null_mut(), Obj::into_raw));
        if !before.is_null() {
            drop(Obj::from_raw(before));
        }
    }
}

/// `tp_dealloc` of `type`.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: the last reference is gone; the fields are null or owned.
    unsafe {
        let class = TypeObject::from_raw(object.cast());
        if !class.is_heap() {
            // Static types are immortal; a miscounted one must not be freed.
            return;
        }
        crate::memory::begin_dealloc(object);
        for base in mro::bases(class).as_slice() {
            if let Some(base) = base.downcast::<TypeObject>() {
                subclasses::remove(base, class);
            }
        }
        if !(*class.raw()).tp_weaklist.is_null() {
            let pending = crate::errors::take_opt();
            weakref::clear_all(&*object);
            if let Some(pending) = pending {
                let _ = crate::errors::restore(pending);
            }
        }
        cache::modified(class);
        let raw = heap(class);
        crate::types::dict::instance::release_class(class);
        let ty = &raw mut (*raw).ht_type;
        for field in [
            &raw mut (*ty).tp_dict,
            &raw mut (*ty).tp_bases,
            &raw mut (*ty).tp_mro,
            &raw mut (*ty).tp_cache,
            &raw mut (*raw).ht_name,
            &raw mut (*raw).ht_qualname,
            &raw mut (*raw).ht_slots,
            &raw mut (*raw).ht_module,
        ] {
            replace(field, None);
        }
        let base = core::mem::replace(&mut (*ty).tp_base, null_mut());
        if !base.is_null() {
            drop(Obj::from_raw(base.cast()));
        }
        subclasses::free(class);
        free_owned_text(raw);
        crate::memory::free_object(object);
    }
}

/// Frees the copies of the name and the docstring that `from_spec` made, one block.
unsafe fn free_owned_text(raw: *mut PyHeapTypeObject) {
    // SAFETY: it came from `raw_alloc` where it is not null.
    unsafe {
        if !(*raw)._ht_tpname.is_null() {
            crate::memory::raw_free((*raw)._ht_tpname.cast());
            (*raw)._ht_tpname = null_mut();
        }
    }
}

/// `tp_traverse` of `type`.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, data: *mut c_void) -> c_int {
    let mut visitor = Visitor::new(visit, data);
    // SAFETY: the collector passes live types.
    unsafe {
        let raw = object.cast::<PyHeapTypeObject>();
        let ty = &(*raw).ht_type;
        if ty.tp_flags & Py_TPFLAGS_HEAPTYPE != 0 {
            for field in
                [ty.tp_dict, ty.tp_cache, ty.tp_mro, ty.tp_bases, ty.tp_base.cast(), (*raw).ht_module]
            {
                if let Some(field) = field.as_ref() {
                    visitor.visit(field);
                }
            }
        }
    }
    visitor.finish()
}

/// `tp_clear` of `type`: the dictionary and the order are enough to break every cycle; the rest instances still need.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: the collector passes live types.
    unsafe {
        let class = TypeObject::from_raw(object.cast());
        if !class.is_heap() {
            return 0;
        }
        cache::modified(class);
        if let Some(dict) = (*class.raw()).tp_dict.cast::<PyDict>().as_ref() {
            dict.clear_items();
        }
        replace(&raw mut (*heap(class)).ht_module, None);
        mro::put(class, None);
    }
    0
}

/// `tp_is_gc` of `type`: static types are no business of the collector's.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn is_collected(object: *mut PyObject) -> c_int {
    // SAFETY: called with a type.
    let class = unsafe { TypeObject::from_raw(object.cast()) };
    c_int::from(class.is_heap())
}
