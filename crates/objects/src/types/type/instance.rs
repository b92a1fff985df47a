//! Instances of Python classes: their end, what the collector sees, `__dict__` and `__weakref__`.
//!
//! A class's own part of an instance is its `__slots__`, its dictionary and its weak references. The rest belongs to the
//! nearest base that is no Python class, whose slots are called last.

#![expect(unsafe_code, reason = "walks the storage of instances")]

use super::heap;
use crate::memory;
use crate::model::gc::Visitor;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, TypeObject, decref, none};
use crate::protocols::object;
use crate::types::dict;
use crate::types::weakref;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use taipan_abi::*;

type Ref = *mut PyObject;

fn is_python_class(class: &TypeObject) -> bool {
    class.tp_dealloc().is_some_and(|f| f as usize == dealloc as *const () as usize)
}

/// The nearest base whose storage a native type looks after.
fn native_base(class: &TypeObject) -> &TypeObject {
    let mut class = class;
    while is_python_class(class) {
        match class.base() {
            Some(base) => class = base,
            None => break,
        }
    }
    class
}

/// Calls `f` with the place of every slot that the Python classes of the object's type add.
unsafe fn for_each_slot(object: Ref, mut f: impl FnMut(*mut Ref)) {
    // SAFETY: the members of a class describe the storage of its instances.
    unsafe {
        let mut class = (*object).class();
        while is_python_class(class) {
            let members = heap::members(class);
            for place in 0..heap::member_count(class) {
                let member = &*members.add(place);
                if member.r#type == Py_T_OBJECT_EX && member.flags & Py_READONLY == 0 {
                    f(object.byte_offset(member.offset).cast());
                }
            }
            match class.base() {
                Some(base) => class = base,
                None => break,
            }
        }
    }
}

unsafe fn clear_slots(object: Ref) {
    // SAFETY: the caller passes a live instance; a slot is null or owns a reference.
    unsafe { for_each_slot(object, |place| heap::replace(place, None)) }
}

/// `tp_dealloc` of Python classes.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn dealloc(object: Ref) {
    // SAFETY: the last reference is gone.
    unsafe {
        let class = (*object).class();
        let base = native_base(class);
        let collected = class.has_flag(Py_TPFLAGS_HAVE_GC);
        if class.tp_finalize().is_some() && memory::finalize_in_dealloc(object) {
            return;
        }
        // The finaliser may have changed the class.
        let class = (*object).class();
        if collected {
            memory::begin_dealloc(object);
        }
        if class.tp_weaklistoffset() != 0 && base.tp_weaklistoffset() == 0 {
            weakref::clear_all(&*object);
        }
        if let Some(delete) = class.tp_del() {
            // It counts the object's references itself, and may keep it.
            if collected {
                crate::gc::track(object);
            }
            delete(object);
            if (*object).ob_refcnt.get() > 0 {
                return;
            }
            if collected {
                memory::begin_dealloc(object);
            }
        }
        clear_slots(object);
        if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            dict::instance::clear(&*object);
        } else if class.tp_dictoffset() != 0 && base.tp_dictoffset() == 0 {
            let place = object::dict_place(&*object);
            if !place.is_null() {
                heap::replace(place, None);
            }
        }
        if collected && base.has_flag(Py_TPFLAGS_HAVE_GC) {
            // The base's own destructor begins with untracking.
            crate::gc::track(object);
        }
        let owned = !base.is_heap();
        let class = class.raw();
        if let Some(base_dealloc) = base.tp_dealloc() {
            base_dealloc(object);
        }
        if owned {
            decref(class.cast());
        }
    }
}

/// `tp_traverse` of Python classes.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn traverse(object: Ref, visit: visitproc, data: *mut c_void) -> c_int {
    // SAFETY: the collector passes live instances.
    unsafe {
        let mut visitor = Visitor::new(visit, data);
        let class = (*object).class();
        let base = native_base(class);
        for_each_slot(object, |place| {
            if let Some(value) = (*place).as_ref() {
                visitor.visit(value);
            }
        });
        if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            dict::instance::traverse(&*object, &mut visitor);
        } else if class.tp_dictoffset() != base.tp_dictoffset() {
            let place = object::dict_place(&*object);
            if let Some(value) = place.as_ref().and_then(|dict| dict.as_ref()) {
                visitor.visit(value);
            }
        }
        if !base.is_heap() || base.tp_traverse().is_none() {
            // Native heap types show the type themselves.
            visitor.visit(class.as_object());
        }
        let status = visitor.finish();
        match base.tp_traverse() {
            Some(traverse) if status == 0 => traverse(object, visit, data),
            _ => status,
        }
    }
}

/// `tp_clear` of Python classes.
///
/// # Safety
/// Called as that slot.
pub unsafe extern "C" fn clear(object: Ref) -> c_int {
    // SAFETY: the collector passes live instances.
    unsafe {
        let class = (*object).class();
        let base = native_base(class);
        clear_slots(object);
        if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
            dict::instance::clear(&*object);
        } else if class.tp_dictoffset() != base.tp_dictoffset() {
            let place = object::dict_place(&*object);
            if !place.is_null() {
                heap::replace(place, None);
            }
        }
        match base.tp_clear() {
            Some(clear) => clear(object),
            None => 0,
        }
    }
}

/// The descriptor `__dict__` of a native base, which then has the last word.
fn dict_descriptor_of_base(object: &PyObject) -> Option<Obj> {
    let mut class = object.class();
    while let Some(base) = class.base() {
        if class.tp_dictoffset() != 0 && !class.is_heap() {
            let found = super::cache::lookup(class, crate::intern!("__dict__"))?;
            return found.class().tp_descr_set().is_some().then_some(found);
        }
        class = base;
    }
    None
}

unsafe extern "C" fn get_dict(object: Ref, _: *mut c_void) -> Ref {
    // SAFETY: descriptors are called with live objects.
    let object = unsafe { &*object };
    let get = || -> PyResult {
        if let Some(descriptor) = dict_descriptor_of_base(object)
            && let Some(get) = descriptor.class().tp_descr_get()
        {
            // SAFETY: the slot of a live object.
            return unsafe {
                Obj::from_result(get(descriptor.as_ptr(), object.as_ptr(), object.class().as_ptr()))
            };
        }
        match object::instance_dict(object)? {
            Some(dict) => Ok(dict),
            None => Err(raised!(AttributeError, "This object has no __dict__")),
        }
    };
    get().map_or(null_mut(), Obj::into_raw)
}

unsafe extern "C" fn set_dict(object: Ref, value: Ref, _: *mut c_void) -> c_int {
    // SAFETY: descriptors are called with live objects, and null to delete.
    let (object, value) = unsafe { (&*object, value.as_ref()) };
    let set = || -> PyResult<()> {
        if let Some(descriptor) = dict_descriptor_of_base(object)
            && let Some(set) = descriptor.class().tp_descr_set()
        {
            let value = crate::model::trampoline::opt_ptr(value);
            // SAFETY: the slot of a live object.
            let status = unsafe { set(descriptor.as_ptr(), object.as_ptr(), value) };
            return crate::model::trampoline::check_status(status).map(drop);
        }
        object::set_instance_dict(object, value)
    };
    if set().is_ok() { 0 } else { -1 }
}

unsafe extern "C" fn get_weakref(object: Ref, _: *mut c_void) -> Ref {
    // SAFETY: descriptors are called with live objects.
    let object = unsafe { &*object };
    let offset = object.class().tp_weaklistoffset();
    if offset == 0 {
        let _ = raised!(AttributeError, "This object has no __weakref__");
        return null_mut();
    }
    // SAFETY: the type says that the list of weak references begins there.
    let first = unsafe { *object.as_ptr().byte_offset(offset).cast::<Ref>() };
    // SAFETY: the list holds live references.
    let first = unsafe { first.as_ref() };
    first.map_or_else(none, ObjectExt::owned).into_raw()
}

/// A table of properties.
#[repr(transparent)]
pub struct Properties<const N: usize>(pub [PyGetSetDef; N]);
// SAFETY: constant data.
unsafe impl<const N: usize> Sync for Properties<N> {}

const DICT: PyGetSetDef = PyGetSetDef {
    name: c"__dict__".as_ptr(),
    get: Some(get_dict),
    set: Some(set_dict),
    doc: c"dictionary for instance variables".as_ptr(),
    closure: null_mut(),
};
const WEAKREF: PyGetSetDef = PyGetSetDef {
    name: c"__weakref__".as_ptr(),
    get: Some(get_weakref),
    set: None,
    doc: c"list of weak references to the object".as_ptr(),
    closure: null_mut(),
};

pub static BOTH: Properties<3> = Properties([DICT, WEAKREF, PyGetSetDef::EMPTY]);
pub static DICT_ONLY: Properties<2> = Properties([DICT, PyGetSetDef::EMPTY]);
pub static WEAKREF_ONLY: Properties<2> = Properties([WEAKREF, PyGetSetDef::EMPTY]);
