//! `list`: an array of references that grows.
//!
//! Nothing borrows the array across a call that may run Python code: loops re-read the length and take owned
//! references. The array's growth follows CPython's, which `sys.getsizeof` shows.

#![expect(unsafe_code, reason = "the items are a C array")]

pub mod iterator;
mod methods;
mod sort;
#[cfg(test)]
mod tests;

pub use iterator::{PyListIterator, PyListReverseIterator};

use crate::model::gc::Visitor;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyVarObject, TypeObject};
use crate::protocols::{iter, object};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use crate::{errors, memory};
use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::ptr::null_mut;
use taipan_macros::{pymethods, pytype};

/// Built-in mutable sequence.
///
/// If no argument is given, the constructor creates a new empty list.
/// The argument must be an iterable if specified.
#[pytype(name = "list", exported = PyList_Type, layout = PyListObject, subclass_flag = LIST_SUBCLASS, gc(manual), flags(BASETYPE, SEQUENCE, _MATCH_SELF),
    signature = "(iterable=(), /)", parts(MEMORY, methods::METHODS, methods::SLOTS))]
pub struct PyList {
    ob_base: PyVarObject,
    items: Cell<*mut *mut PyObject>,
    allocated: Cell<isize>,
}

/// The most items a list can have.
const MAX_ITEMS: usize = isize::MAX as usize / 8;

/// Gives up items that were removed, the last one first.
fn drop_backwards(mut items: Vec<Obj>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

impl PyList {
    /// An empty list.
    #[inline]
    pub fn new() -> Py<PyList> {
        memory::new(PyList {
            ob_base: PyVarObject::EMPTY,
            items: Cell::new(null_mut()),
            allocated: Cell::new(0),
        })
    }

    /// An empty list with room for exactly so many items.
    pub fn with_capacity(count: usize) -> PyResult<Py<PyList>> {
        let list = PyList::new();
        if count > 0 {
            let bytes = count.checked_mul(8).filter(|&bytes| bytes / 8 <= MAX_ITEMS);
            let array = bytes.map_or(null_mut(), memory::array_alloc);
            if array.is_null() {
                return Err(raised!(MemoryError));
            }
            list.items.set(array.cast());
            list.allocated.set(count as isize);
        }
        Ok(list)
    }

    /// A list of these items, where nobody could be told that there is no memory.
    pub fn from_vec(items: Vec<Obj>) -> Py<PyList> {
        let list = PyList::with_capacity(items.len()).unwrap_or_else(|raised| {
            errors::clear(raised);
            memory::surely(|| PyList::with_capacity(items.len()))
        });
        list.move_in(items);
        list
    }

    /// A list of these items; `MemoryError` where there is no memory.
    pub fn try_from_vec(items: Vec<Obj>) -> PyResult<Py<PyList>> {
        let list = PyList::with_capacity(items.len())?;
        list.move_in(items);
        Ok(list)
    }

    /// A list of new references to these items.
    pub fn from_slice(items: &[&PyObject]) -> PyResult<Py<PyList>> {
        Self::from_fn(items.len(), |index| items[index].owned())
    }

    /// So many items, of which the function makes one after the other; it must run no Python code.
    #[inline]
    pub fn from_fn(count: usize, mut item: impl FnMut(usize) -> Obj) -> PyResult<Py<PyList>> {
        let list = PyList::with_capacity(count)?;
        for index in 0..count {
            // SAFETY: there is room for all.
            unsafe { list.items.get().add(index).write(item(index).into_raw()) };
        }
        list.set_len(count);
        Ok(list)
    }

    /// A list that takes over the references in an array.
    ///
    /// # Safety
    /// `items` holds `count` owned references, which pass to the list.
    pub unsafe fn from_raw_items(items: *const *mut PyObject, count: usize) -> PyResult<Py<PyList>> {
        let list = PyList::with_capacity(count)?;
        if count > 0 {
            // SAFETY: there is room for `count`; the references move.
            unsafe { core::ptr::copy_nonoverlapping(items, list.items.get(), count) };
            list.set_len(count);
        }
        Ok(list)
    }

    /// Moves the vector's items behind the last one; there is room for them.
    fn move_in(&self, items: Vec<Obj>) {
        let (length, mut items) = (self.len(), ManuallyDrop::new(items));
        let count = items.len();
        if count > 0 {
            debug_assert!(length + count <= self.allocated.get() as usize);
            // SAFETY: the caller made room; the references move, and the vector's memory is freed without them.
            unsafe {
                core::ptr::copy_nonoverlapping(items.as_ptr().cast(), self.items.get().add(length), count);
                items.set_len(0);
            }
            self.set_len(length + count);
        }
        drop(ManuallyDrop::into_inner(items));
    }

    #[inline(always)]
    fn push_within_capacity(&self, item: Obj) {
        let length = self.len();
        debug_assert!(length < self.allocated.get() as usize);
        // SAFETY: the caller made room.
        unsafe { self.items.get().add(length).write(item.into_raw()) };
        self.set_len(length + 1);
    }

    #[inline(always)]
    fn set_len(&self, length: usize) {
        self.ob_base.ob_size.set(length as isize);
    }

    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of items there is room for.
    pub fn capacity(&self) -> usize {
        self.allocated.get().max(0) as usize
    }

    /// The items, borrowed.
    ///
    /// # Safety
    /// Nothing that could change the list (so no Python code, and no decrement) runs while the borrow lives.
    #[inline(always)]
    pub unsafe fn borrow_items(&self) -> &[&PyObject] {
        let length = self.len();
        if length == 0 {
            &[]
        } else {
            // SAFETY: the array holds that many references.
            unsafe { core::slice::from_raw_parts(self.items.get().cast(), length) }
        }
    }

    /// A new reference to item `index`, if there is one.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Obj> {
        // SAFETY: the item is owned before anything else runs.
        unsafe { self.borrow_items().get(index).map(|item| item.owned()) }
    }

    /// Replaces item `index`, which is below `len`.
    #[inline]
    pub fn set(&self, index: usize, value: Obj) {
        assert!(index < self.len(), "list index out of range");
        // SAFETY: the place exists; the old item is dropped when the new one is there.
        let old = unsafe { Obj::from_raw(self.items.get().add(index).replace(value.into_raw())) };
        drop(old);
    }

    /// Exchanges two items, both of which are there.
    #[inline]
    pub fn swap(&self, a: usize, b: usize) {
        assert!(a < self.len() && b < self.len(), "list index out of range");
        // SAFETY: both places exist, and no code runs.
        unsafe { self.items.get().add(a).swap(self.items.get().add(b)) }
    }

    /// Bytes of the array. While the list is being sorted its capacity may be -1, and there is none.
    #[inline]
    fn array_bytes(&self) -> usize {
        self.capacity() * 8
    }

    /// Makes the array exactly so long; it holds at least `len` items.
    fn reallocate(&self, capacity: usize) -> PyResult<()> {
        if capacity > MAX_ITEMS {
            return Err(raised!(MemoryError));
        }
        let old = self.items.get();
        let fresh = if capacity == 0 {
            // SAFETY: the array is the list's, and holds nothing.
            unsafe { memory::array_free(old.cast(), self.array_bytes()) };
            null_mut()
        } else {
            // SAFETY: as above; what it holds moves along.
            let fresh = unsafe { memory::array_realloc(old.cast(), self.array_bytes(), capacity * 8) };
            if fresh.is_null() {
                return Err(raised!(MemoryError));
            }
            fresh.cast()
        };
        self.items.set(fresh);
        self.allocated.set(capacity as isize);
        Ok(())
    }

    /// Makes room for `length` items, growing in steps (0, 4, 8, 16, 24, 32, 40, 52, 64, …).
    #[inline]
    fn reserve(&self, length: usize) -> PyResult<()> {
        // While the list is being sorted its capacity is -1.
        if length as isize <= self.allocated.get() { Ok(()) } else { self.grow(length) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&self, length: usize) -> PyResult<()> {
        self.reallocate(Self::step(length, self.len()))
    }

    /// The capacity for `length` items in a list that has `old` now.
    fn step(length: usize, old: usize) -> usize {
        let step = (length + (length >> 3) + 6) & !3;
        // One large addition: no more room than it needs.
        if length > old && length - old > step - length { (length + 3) & !3 } else { step }
    }

    /// Gives memory back when less than half is used.
    fn shrink(&self) {
        let length = self.len();
        if length < self.capacity() / 2 {
            let capacity = if length == 0 { 0 } else { Self::step(length, length) };
            // Less memory is always there; were it not, the old array still serves.
            if let Err(raised) = self.reallocate(capacity) {
                errors::clear(raised);
            }
        }
    }

    /// Appends.
    #[inline(always)]
    pub fn append(&self, value: Obj) -> PyResult<()> {
        let length = self.len();
        if length as isize >= self.allocated.get() {
            self.grow(length + 1)?;
        }
        self.push_within_capacity(value);
        Ok(())
    }

    /// Inserts before `index` (clipped).
    pub fn insert(&self, index: usize, value: Obj) -> PyResult<()> {
        let length = self.len();
        self.reserve(length + 1)?;
        let index = index.min(length);
        // SAFETY: there is room for one more; the items behind move up.
        unsafe {
            let place = self.items.get().add(index);
            core::ptr::copy(place, place.add(1), length - index);
            place.write(value.into_raw());
        }
        self.set_len(length + 1);
        Ok(())
    }

    /// New references to all items.
    pub fn to_vec(&self) -> Vec<Obj> {
        // SAFETY: taking references runs no Python code.
        unsafe { self.borrow_items() }.iter().map(|item| item.owned()).collect()
    }

    /// `list[start:end] = items` (both clipped).
    pub fn set_slice(&self, start: usize, end: usize, items: Vec<Obj>) -> PyResult<()> {
        let length = self.len();
        let start = start.min(length);
        let end = end.clamp(start, length);
        let (removed, added) = (end - start, items.len());
        let rest = length - end;
        if added > removed {
            self.reserve(length + added - removed)?;
        }
        if added == removed {
            let mut items = items;
            // SAFETY: as many items as there are to be replaced change places with them.
            unsafe {
                let first = self.items.get().add(start).cast::<Obj>();
                (0..added).for_each(|index| core::ptr::swap(&raw mut items[index], first.add(index)));
            }
            drop_backwards(items);
            return Ok(());
        }
        let mut old: Vec<Obj> = Vec::with_capacity(removed);
        if length + added > 0 {
            let items = ManuallyDrop::new(items);
            // SAFETY: there is room for all; the old items move to `old`, the rest up or down, the new ones in.
            unsafe {
                let array = self.items.get();
                core::ptr::copy_nonoverlapping(array.add(start).cast(), old.as_mut_ptr(), removed);
                old.set_len(removed);
                core::ptr::copy(array.add(end), array.add(start + added), rest);
                core::ptr::copy_nonoverlapping(items.as_ptr().cast(), array.add(start), added);
                let mut items = ManuallyDrop::into_inner(items);
                items.set_len(0);
            }
        }
        self.set_len(length - removed + added);
        if added < removed {
            self.shrink();
        }
        // Only now: destroying an item may run code that looks at the list.
        drop_backwards(old);
        Ok(())
    }

    /// `list.extend(iterable)`.
    pub fn extend(&self, iterable: &PyObject) -> PyResult<()> {
        if let Some(list) = iterable.downcast_exact::<PyList>() {
            // SAFETY: the references are taken before anything else runs; `extend_slice` copes with its own list.
            return unsafe { self.extend_slice(list.borrow_items()) };
        }
        if let Some(tuple) = iterable.downcast_exact::<PyTuple>() {
            // SAFETY: a tuple does not change.
            return unsafe { self.extend_slice(tuple.as_slice()) };
        }
        if let Some(dict) = iterable.downcast_exact::<PyDict>() {
            let keys: Vec<Obj> = dict.items_snapshot().into_iter().map(|(key, _)| key).collect();
            return self.extend_vec(keys);
        }
        self.extend_iterator(iterable)
    }

    fn extend_iterator(&self, iterable: &PyObject) -> PyResult<()> {
        let iterator = iter::iter(iterable)?;
        let hint = object::length_hint(iterable, 8)?;
        let room = self.len().saturating_add(hint);
        // A hint that cannot be true is not worth an error.
        if room <= isize::MAX as usize {
            if room > MAX_ITEMS {
                return Err(raised!(MemoryError));
            }
            if self.items.get().is_null() {
                self.reallocate(Self::even(room))?;
            } else if room > self.capacity() {
                self.grow(room)?;
            }
        }
        while let Some(item) = iter::next(&iterator)? {
            self.append(item)?;
        }
        if self.len() < self.capacity() {
            self.shrink_after_extend();
        }
        Ok(())
    }

    /// Gives the room back that a hint promised too much, in the steps in which it would have grown.
    fn shrink_after_extend(&self) {
        let (length, capacity) = (self.len(), self.capacity());
        if length < capacity / 2 {
            self.shrink();
        }
    }

    fn even(count: usize) -> usize {
        (count + 1) & !1
    }

    /// Makes room for `count` more; an empty list gets exactly that much.
    fn reserve_more(&self, count: usize) -> PyResult<()> {
        let length = self.len() + count;
        if self.items.get().is_null() && count > 0 {
            self.reallocate(Self::even(length))
        } else {
            self.reserve(length)
        }
    }

    /// # Safety
    /// No Python code can run that changes what holds the items until they are taken; the slice may be this list's own.
    unsafe fn extend_slice(&self, items: &[&PyObject]) -> PyResult<()> {
        let count = items.len();
        if count == 0 {
            return Ok(());
        }
        // Where the list extends itself, its array may move: the items are read again from there.
        let own = core::ptr::eq(items.as_ptr().cast(), self.items.get());
        self.reserve_more(count)?;
        let source = if own { self.items.get().cast_const() } else { items.as_ptr().cast() };
        let length = self.len();
        for i in 0..count {
            // SAFETY: there is room, and the source holds `count` items.
            unsafe { self.items.get().add(length + i).write((**source.add(i)).owned().into_raw()) };
        }
        self.set_len(length + count);
        Ok(())
    }

    /// Appends all items.
    pub fn extend_vec(&self, items: Vec<Obj>) -> PyResult<()> {
        self.reserve_more(items.len())?;
        self.move_in(items);
        Ok(())
    }

    /// `list.sort()`.
    pub fn sort(&self) -> PyResult<()> {
        sort::sort(self, None, false)
    }

    /// `list.reverse()`.
    pub fn reverse(&self) {
        if !self.is_empty() {
            // SAFETY: the array holds that many pointers, and no code runs.
            unsafe { core::slice::from_raw_parts_mut(self.items.get(), self.len()) }.reverse();
        }
    }

    /// A tuple of the items.
    pub fn to_tuple(&self) -> Py<PyTuple> {
        // SAFETY: taking references runs no Python code; making a tuple may collect, which holds the list's items in
        // place since the list is alive and its finaliser not run. The references are therefore taken first.
        let items = self.to_vec();
        PyTuple::from_vec(items)
    }

    /// Removes and gives back the last item.
    #[inline]
    pub fn pop(&self) -> Option<Obj> {
        let length = self.len().checked_sub(1)?;
        // SAFETY: the last item's reference passes to the result.
        let item = unsafe { Obj::from_raw(*self.items.get().add(length)) };
        self.set_len(length);
        if length < self.capacity() / 2 {
            self.shrink();
        }
        Some(item)
    }

    /// Removes everything. The list is empty before the first item is destroyed.
    pub fn clear_items(&self) {
        let (array, length) = (self.items.replace(null_mut()), self.len());
        if array.is_null() {
            return;
        }
        self.set_len(0);
        let bytes = self.array_bytes();
        self.allocated.set(0);
        for i in (0..length).rev() {
            // SAFETY: the array is no longer the list's; each reference is given up once.
            unsafe { drop(Obj::from_raw(*array.add(i))) };
        }
        // SAFETY: it was the list's, of this size.
        unsafe { memory::array_free(array.cast(), bytes) };
    }
}

#[pymethods(MEMORY)]
impl PyList {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        for i in 0..self.len() {
            // SAFETY: a list that C code is filling has null items; visitors run no Python code.
            if let Some(item) = unsafe { (*self.items.get().add(i)).as_ref() } {
                visitor.visit(item);
            }
        }
    }

    #[slot(tp_clear)]
    fn clear_references(&self) {
        self.clear_items();
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot, when the last reference is gone.
        unsafe {
            if !memory::begin_dealloc(object) {
                return;
            }
            let list = &*object.cast::<PyList>();
            let array = list.items.get();
            if !array.is_null() {
                for i in (0..list.len()).rev() {
                    let item = *array.add(i);
                    if !item.is_null() {
                        drop(Obj::from_raw(item));
                    }
                }
                memory::array_free(array.cast(), list.array_bytes());
            }
            memory::free_object(object);
            memory::end_dealloc();
        }
    }

    // Stands before `tp_new`: behind it, a vectorcall counts as one that only makes and does not initialise.
    #[slot(tp_vectorcall, raw)]
    unsafe extern "C" fn vectorcall_raw(
        class: *mut PyObject,
        args: *const *mut PyObject,
        nargs: usize,
        names: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called as the slot.
        unsafe { methods::vectorcall(class, args, nargs, names) }
    }

    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult {
        let list = memory::alloc(cls, 0)?;
        // SAFETY: zeroed memory is an empty list.
        Ok(unsafe { Obj::from_raw(list) })
    }
}
