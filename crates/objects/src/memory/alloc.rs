//! Making objects and freeing their memory.

#![expect(unsafe_code, reason = "allocates and frees")]

use super::clear::clear_words;
use super::raw::{alloc_for_error, alloc_or_abort, raw_alloc, raw_alloc_zeroed, raw_free};
use super::tracer;
use crate::gc;
use crate::model::thread::current;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, PyVarObject, TypeObject};
use core::ffi::c_void;
use core::mem::ManuallyDrop;
use core::ptr::null_mut;
use taipan_abi::*;

const GC_HEAD: usize = size_of::<PyGC_Head>();
const MANAGED_WORDS: usize = 16;

#[inline(always)]
fn preheader_of(flags: u64) -> usize {
    let head = if flags & Py_TPFLAGS_HAVE_GC != 0 { GC_HEAD } else { 0 };
    let managed = if flags & Py_TPFLAGS_PREHEADER != 0 { MANAGED_WORDS } else { 0 };
    head + managed
}

/// Bytes that lie before an instance of the class.
#[inline]
pub fn preheader_size(class: &TypeObject) -> usize {
    preheader_of(class.flags())
}

/// Fills in the head of a new object, which owns a reference to its type where that lies on the heap.
#[inline(always)]
unsafe fn init_head(object: *mut PyObject, class: &TypeObject, flags: u64) {
    // SAFETY: the caller made room for an object.
    unsafe {
        (*object).ob_refcnt.set(1);
        (*object).ob_overflow.set(0);
        (*object).ob_flags.set(0);
        (*object).ob_type.set(class.raw());
    }
    if flags & Py_TPFLAGS_HEAPTYPE != 0 {
        // SAFETY: the type is alive.
        unsafe { crate::model::incref(class.as_object().as_ptr()) }
    }
    tracer::created(object);
}

/// Bytes of an instance with so many items, its inline values included; `None` where no memory is that large. Those of
/// collected types are whole words, as in C.
fn instance_size(class: &TypeObject, flags: u64, items: usize) -> Option<usize> {
    let itemsize = class.tp_itemsize() as usize;
    let mut size = class.tp_basicsize() as usize;
    if itemsize != 0 && items != 0 {
        size = items.checked_mul(itemsize)?.checked_add(size)?;
    }
    if flags & Py_TPFLAGS_INLINE_VALUES != 0 {
        size = size
            .checked_next_multiple_of(8)?
            .checked_add(crate::types::dict::instance::inline_size(class))?;
    }
    let size = size.max(size_of::<PyObject>());
    let size = if flags & Py_TPFLAGS_HAVE_GC != 0 { size.checked_next_multiple_of(8)? } else { size };
    if size > (isize::MAX as usize) - 64 { None } else { Some(size) }
}

fn alloc_zeroed(class: &TypeObject, room: usize, items: usize, surely: bool) -> Option<*mut PyObject> {
    let flags = class.flags();
    let before = preheader_of(flags);
    let size = instance_size(class, flags, room)?;
    let mut block = raw_alloc_zeroed(before + size);
    if block.is_null() {
        // The error itself must not fail for want of memory.
        if !surely && !class.is(crate::errors::Exc::MemoryError.type_object()) {
            return None;
        }
        block = if surely { alloc_or_abort(before + size) } else { alloc_for_error(before + size) };
        // SAFETY: the block is that large.
        unsafe { core::ptr::write_bytes(block, 0, before + size) };
    }
    // SAFETY: the block has room for both; zeroes are a valid object without fields.
    let object = unsafe {
        let object = block.add(before).cast::<PyObject>();
        init_head(object, class, flags);
        if class.tp_itemsize() != 0 {
            (*object.cast::<PyVarObject>()).ob_size.set(items as isize);
        }
        object
    };
    if flags & Py_TPFLAGS_INLINE_VALUES != 0 {
        // SAFETY: the object is whole.
        crate::types::dict::instance::init(unsafe { &*object });
    }
    if flags & Py_TPFLAGS_HAVE_GC != 0 {
        gc::note_allocation(current());
    }
    Some(object)
}

#[cold]
fn no_memory() -> crate::model::Raised {
    raised!(MemoryError)
}

/// A new object of `class` with room for `items` items and one more, zeroed behind the head, with one reference,
/// tracked by the collector where the type is collected (`PyType_GenericAlloc`).
pub fn alloc(class: &TypeObject, items: usize) -> PyResult<*mut PyObject> {
    let room = if class.tp_itemsize() == 0 { 0 } else { items.saturating_add(1) };
    let object = alloc_zeroed(class, room, items, false).ok_or_else(no_memory)?;
    if class.has_flag(Py_TPFLAGS_HAVE_GC) {
        // SAFETY: new, of a collected type; zeroed fields hold nothing.
        unsafe { gc::track(object) }
    }
    Ok(object)
}

/// As [`alloc_untracked`] where nobody could be told that there is no memory: ends the process then.
pub fn alloc_surely(class: &TypeObject, items: usize) -> *mut PyObject {
    match alloc_zeroed(class, items, items, true) {
        Some(object) => object,
        None => taipan_host::process::abort(),
    }
}

/// As [`alloc_untracked`] for an object without items, with zeroed bytes behind it that its type does not know of.
pub fn alloc_with_extra(class: &TypeObject, extra: usize) -> PyResult<*mut PyObject> {
    let flags = class.flags();
    let before = preheader_of(flags);
    let size = instance_size(class, flags, 0).and_then(|size| size.checked_add(extra));
    let block =
        match size.and_then(|size| size.checked_add(before)).filter(|&size| size <= isize::MAX as usize) {
            Some(size) => raw_alloc_zeroed(size),
            None => null_mut(),
        };
    if block.is_null() {
        return Err(no_memory());
    }
    // SAFETY: the block has room for the words before the object and for the object.
    unsafe {
        let object = block.add(before).cast::<PyObject>();
        init_head(object, class, flags);
        if flags & Py_TPFLAGS_HAVE_GC != 0 {
            gc::note_allocation(current());
        }
        Ok(object)
    }
}

/// As [`alloc`] with room for exactly `items` items, and not tracked yet: [`crate::gc::track`] it when its fields are
/// in place.
pub fn alloc_untracked(class: &TypeObject, items: usize) -> PyResult<*mut PyObject> {
    alloc_zeroed(class, items, items, false).ok_or_else(no_memory)
}

/// The default `tp_alloc`.
///
/// # Safety
/// `class` is a live type that was made ready.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyType_GenericAlloc(class: *mut PyTypeObject, items: Py_ssize_t) -> *mut PyObject {
    // SAFETY: the caller's promise.
    let class = unsafe { TypeObject::from_raw(class) };
    alloc(class, usize::try_from(items).unwrap_or(0)).unwrap_or(null_mut())
}

/// A new object of `class`, whose instances are laid out as `T`, and the flags of the class. It is not tracked.
#[inline(always)]
fn new_block<T: PyType>(class: &TypeObject, value: T) -> (*mut PyObject, u64) {
    const { assert!(align_of::<T>() <= 16, "objects lie at multiples of 16 bytes") };
    let flags = class.flags();
    let before = preheader_of(flags);
    let mut block = raw_alloc(before + size_of::<T>());
    if block.is_null() {
        block = alloc_or_abort(before + size_of::<T>());
    }
    // SAFETY: the block has room for the words before the object and for the object.
    unsafe {
        clear_words(block, before);
        let object = block.add(before);
        object.cast::<T>().write(value);
        init_head(object.cast(), class, flags);
        (object.cast(), flags)
    }
}

/// Memory of an object of exactly the type of `T`, a static collected type, with `count` items of a word each behind the
/// fixed part: its head and its number of items are filled in and nothing else, and the collector does not know it yet
/// (see [`gc::enter`]). Null where there is no memory.
#[inline(always)]
pub(crate) fn collected_items<T: PyType>(count: usize) -> *mut T {
    let class = T::type_object();
    debug_assert!(class.has_flag(Py_TPFLAGS_HAVE_GC) && !class.is_heap());
    let size = match count.checked_mul(8) {
        Some(items) if items < isize::MAX as usize / 2 => GC_HEAD + class.tp_basicsize() as usize + items,
        _ => return null_mut(),
    };
    let block = raw_alloc(size);
    if block.is_null() {
        return null_mut();
    }
    // SAFETY: the block has room for the words before the object, the object and its items.
    unsafe {
        block.cast::<PyGC_Head>().write(PyGC_Head { _gc_next: 0, _gc_prev: 0 });
        let object = block.add(GC_HEAD).cast::<PyObject>();
        init_head(object, class, 0);
        (*object.cast::<PyVarObject>()).ob_size.set(count as isize);
        object.cast()
    }
}

/// A new object of exactly the type of `T`, with these fields (its head is filled in here), tracked if collected.
#[inline]
pub fn new<T: PyType>(value: T) -> Py<T> {
    new_of(T::type_object(), value)
}

/// Whether an allocation function is the default one.
fn is_generic(alloc: allocfunc) -> bool {
    core::ptr::fn_addr_eq(alloc, PyType_GenericAlloc as allocfunc)
}

/// As [`new`] for a class whose instances are laid out as `T`.
#[inline(always)]
fn new_of<T: PyType>(class: &TypeObject, value: T) -> Py<T> {
    let (object, flags) = new_block(class, value);
    // SAFETY: the object is whole, and its one reference passes to the result.
    unsafe {
        if flags & Py_TPFLAGS_HAVE_GC != 0 {
            gc::enter(object, true);
        }
        Py::from_raw(object.cast())
    }
}

/// As [`new`], not tracked.
#[inline]
pub fn new_untracked<T: PyType>(value: T) -> Py<T> {
    let (object, flags) = new_block(T::type_object(), value);
    if flags & Py_TPFLAGS_HAVE_GC != 0 {
        gc::note_allocation(current());
    }
    // SAFETY: the object is whole, and its one reference passes to the result.
    unsafe { Py::from_raw(object.cast()) }
}

/// A new object of `class`, which is `T`'s type or a subclass, with these fields; made with the class's `tp_alloc`.
pub fn new_in<T: PyType>(class: &TypeObject, value: T) -> PyResult<Py<T>> {
    const { assert!(align_of::<T>() <= 16, "objects lie at multiples of 16 bytes") };
    let same_layout = !class.is_heap() && class.tp_basicsize() as usize == size_of::<T>();
    if class.is(T::type_object()) || same_layout && class.tp_alloc().is_none_or(is_generic) {
        return Ok(new_of(class, value));
    }
    let object = match class.tp_alloc() {
        // SAFETY: the slot of a live type.
        Some(alloc) => unsafe { alloc(class.raw(), 0) },
        None => alloc(class, 0)?,
    };
    if object.is_null() {
        return Err(crate::model::Raised::claim());
    }
    let value = ManuallyDrop::new(value);
    let head = size_of::<PyObject>();
    // SAFETY: the class extends `T`'s layout, so the object has room for all of `value`; its head stays.
    unsafe {
        let from = core::ptr::from_ref(&value).cast::<u8>();
        core::ptr::copy_nonoverlapping(from.add(head), object.cast::<u8>().add(head), size_of::<T>() - head);
        Ok(Py::from_raw(object.cast()))
    }
}

/// Last act of the `tp_dealloc` of a static type: frees the memory through the object's `tp_free`. The reference that
/// an instance of a derived class owns to it is the business of that class's own `tp_dealloc`, as in C.
///
/// # Safety
/// The object's fields are gone; nobody reaches it any more.
#[inline]
pub unsafe fn free_object(object: *mut PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        let class = (*object).class();
        match class.tp_free() {
            Some(free) if core::ptr::fn_addr_eq(free, PyObject_GC_Del as unsafe extern "C" fn(_)) => {
                free_collected(object);
            }
            Some(free) => free(object.cast()),
            None if class.has_flag(Py_TPFLAGS_HAVE_GC) => PyObject_GC_Del(object.cast()),
            None => PyObject_Free(object.cast()),
        }
    }
}

/// Last act of the `tp_dealloc` of a heap type: as [`free_object`], and gives up the object's reference to its type.
///
/// # Safety
/// As [`free_object`].
pub unsafe fn free_heap_object(object: *mut PyObject) {
    // SAFETY: the caller's promise; the type lives until its reference is given up.
    unsafe {
        let class = (*object).class();
        let owned = class.is_heap();
        let class = class.raw();
        free_object(object);
        if owned {
            crate::model::decref(class.cast());
        }
    }
}

/// `tp_free` of types that are not collected.
///
/// # Safety
/// `object` came from an allocation here and is no more used, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_Free(object: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { raw_free(object.cast()) }
}

/// `tp_free` of collected types.
///
/// # Safety
/// `object` came from an allocation here with its head still whole.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_GC_Del(object: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { free_collected(object.cast()) }
}

/// As [`PyObject_GC_Del`].
#[inline(always)]
unsafe fn free_collected(object: *mut PyObject) {
    // SAFETY: the caller's promise.
    unsafe {
        gc::untrack(object);
        let before = preheader_of((*object).class().flags());
        gc::note_free();
        raw_free(object.cast::<u8>().sub(before));
    }
}
