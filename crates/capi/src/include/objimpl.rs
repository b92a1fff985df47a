//! `objimpl.h`: making objects, and the collector.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::{gc, memory};

/// Fills in the head of an object in the caller's memory.
unsafe fn init(object: Ref, class: *mut PyTypeObject) -> Ref {
    // SAFETY: the caller passes memory for an object of the type.
    unsafe {
        (*object).ob_refcnt.set(1);
        (*object).ob_overflow.set(0);
        (*object).ob_flags.set(0);
        (*object).ob_type.set(class);
        let class = class_at(class);
        if class.is_heap() {
            taipan_objects::model::incref(class.as_ptr());
        }
        memory::tracer::recycled(object);
        object
    }
}

c_api! {
    fn PyObject_Init(object: Ref, class: *mut PyTypeObject) -> Ref { init(object, class) }
    fn PyObject_InitVar(object: *mut PyVarObject, class: *mut PyTypeObject, size: isize) -> *mut PyVarObject {
        (*object).ob_size.set(size);
        init(object.cast(), class).cast()
    }
    fn _PyObject_New(class: *mut PyTypeObject) -> Ref { memory::alloc_untracked(class_at(class), 0).unwrap_or(null_mut()) }
    fn _PyObject_NewVar(class: *mut PyTypeObject, items: isize) -> *mut PyVarObject {
        memory::alloc_untracked(class_at(class), items.max(0) as usize).map_or(null_mut(), |object| object.cast())
    }
    fn _PyObject_GC_New(class: *mut PyTypeObject) -> Ref { memory::alloc_untracked(class_at(class), 0).unwrap_or(null_mut()) }
    fn _PyObject_GC_NewVar(class: *mut PyTypeObject, items: isize) -> *mut PyVarObject {
        memory::alloc_untracked(class_at(class), items.max(0) as usize).map_or(null_mut(), |object| object.cast())
    }
    fn PyObject_GC_Track(object: *mut c_void) { gc::track(object.cast()) }
    fn PyObject_GC_UnTrack(object: *mut c_void) { gc::untrack(object.cast()) }
    fn PyObject_GC_IsTracked(object: Ref) -> c_int { c_int::from(gc::is_tracked(at(object))) }
    fn PyObject_GC_IsFinalized(object: Ref) -> c_int { c_int::from(gc::is_finalized(at(object))) }
    fn PyObject_IS_GC(object: Ref) -> c_int { c_int::from(gc::is_collected(at(object))) }
    fn PyGC_Collect() -> isize { gc::collect(2) as isize }
    fn PyObject_CallFinalizer(object: Ref) { memory::finalize(at(object)) }
    fn PyObject_CallFinalizerFromDealloc(object: Ref) -> c_int { if memory::finalize_in_dealloc(object) { 0 } else { -1 } }
    fn PyRefTracer_SetTracer(tracer: Option<memory::tracer::Tracer>, data: *mut c_void) -> c_int {
        memory::tracer::set(tracer, data);
        0
    }
    fn PyRefTracer_GetTracer(out: *mut *mut c_void) -> Option<memory::tracer::Tracer> {
        let (tracer, data) = memory::tracer::get();
        if !out.is_null() {
            *out = data;
        }
        tracer
    }
    fn PyUnstable_Object_GC_NewWithExtraData(class: *mut PyTypeObject, extra: usize) -> Ref {
        memory::alloc_with_extra(class_at(class), extra).unwrap_or(null_mut())
    }
    fn PyObject_GetItemData(object: Ref) -> *mut c_void {
        let class = at(object).class();
        if !class.has_flag(Py_TPFLAGS_ITEMS_AT_END) {
            let _: Raised = raised!(TypeError, "type '{}' does not have Py_TPFLAGS_ITEMS_AT_END", class.name());
            return null_mut();
        }
        object.byte_add(class.tp_basicsize() as usize).cast()
    }
    fn _Py_ResurrectReference(object: Ref) {
        // The collector's and the tracer's view of a finaliser that keeps its object.
        (*object).ob_refcnt.set(1);
        memory::tracer::recycled(object);
    }
}
