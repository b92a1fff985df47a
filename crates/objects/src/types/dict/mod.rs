//! `dict`: insertion-ordered hash tables, key sharing, the storage of instances.
//!
//! | file | holds |
//! |---|---|
//! | `keys` | the table of keys: layout, probing, versions |
//! | `values` | arrays of values beside shared keys |
//! | `table` | looking up, storing, deleting, resizing |
//! | `instance` | the attributes of instances |
//! | `cache` | what the interpreter's inline caches read |
//! | `watch` | watchers |
//! | `update` | merging mappings and pairs, copying |
//! | `methods` | what Python code calls |
//! | `iterators`, `views` | walking, and the three views with their set operations |
//!
//! A dictionary is *combined* (it owns its table, which has the values) or *split* (the table is shared with the
//! class; the values lie in an array).

#![expect(unsafe_code, reason = "handles tables by pointer")]

pub mod cache;
pub mod inspect;
pub mod instance;
pub mod iterators;
mod keys;
mod methods;
mod table;
#[cfg(test)]
mod tests;
mod update;
mod values;
pub mod views;
pub mod watch;

pub use iterators::{
    PyDictItemIterator, PyDictKeyIterator, PyDictReverseItemIterator, PyDictReverseKeyIterator,
    PyDictReverseValueIterator, PyDictValueIterator,
};
pub use keys::DictKeys;
pub(crate) use table::{hash_key, unhashable};
pub use values::DictValues;
pub use views::{PyDictItems, PyDictKeys, PyDictValuesView};

use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{gc, memory};
use core::cell::Cell;
use core::ptr::null_mut;
use keys::{decref_keys, empty_keys, raw};
use taipan_macros::{pymethods, pytype};

/// dict() -> new empty dictionary
/// dict(mapping) -> new dictionary initialized from a mapping object's
///     (key, value) pairs
/// dict(iterable) -> new dictionary initialized as if via:
///     d = {}
///     for k, v in iterable:
///         d[k] = v
/// dict(**kwargs) -> new dictionary initialized with the name=value pairs
///     in the keyword argument list.  For example:  dict(one=1, two=2)
#[pytype(name = "dict", exported = PyDict_Type, layout = PyDictObject, subclass_flag = DICT_SUBCLASS, gc(manual), flags(BASETYPE, MAPPING, _MATCH_SELF),
    parts(MEMORY, methods::METHODS, methods::SLOTS))]
pub struct PyDict {
    ob_base: PyObject,
    used: Cell<isize>,
    watcher_tag: Cell<u64>,
    keys: Cell<*mut DictKeys>,
    values: Cell<*mut DictValues>,
}

impl PyDict {
    /// An empty dictionary.
    #[inline]
    pub fn new() -> Py<PyDict> {
        Self::from_table(empty_keys(), null_mut(), 0)
    }

    /// The fields of an empty dictionary, to begin the struct of a subclass with.
    pub fn empty_fields() -> PyDict {
        PyDict {
            ob_base: PyObject::EMPTY,
            used: Cell::new(0),
            watcher_tag: Cell::new(0),
            keys: Cell::new(empty_keys()),
            values: Cell::new(null_mut()),
        }
    }

    #[inline]
    fn from_table(keys: *mut DictKeys, values: *mut DictValues, used: isize) -> Py<PyDict> {
        memory::new(PyDict {
            ob_base: PyObject::EMPTY,
            used: Cell::new(used),
            watcher_tag: Cell::new(0),
            keys: Cell::new(keys),
            values: Cell::new(values),
        })
    }

    /// A dictionary with room for so many keys.
    pub fn with_capacity(count: usize) -> Py<PyDict> {
        let dict = Self::new();
        if count > 5 {
            let log2_size = keys::log2_for_entries(count).min(17);
            dict.resize(log2_size, true).expect("memory for a dictionary");
        }
        dict
    }

    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    /// `dict.get(key)`; hashing and comparing may raise.
    #[inline]
    pub fn get_item(&self, key: &PyObject) -> PyResult<Option<Obj>> {
        self.get_known_hash(key, hash_key(key)?)
    }

    /// Look-up by string: cannot raise when the keys are strings.
    #[inline]
    pub fn get_str(&self, key: &PyStr) -> PyResult<Option<Obj>> {
        if PyStr::check_exact(key) {
            return self.get_known_hash(key, key.hash());
        }
        self.get_item(key)
    }

    /// `dict[key] = value`.
    #[inline]
    pub fn set_item(&self, key: &PyObject, value: &PyObject) -> PyResult<()> {
        self.set_known_hash(key.owned(), hash_key(key)?, value.owned())
    }

    /// `del dict[key]`; false where it was not there.
    pub fn del_item(&self, key: &PyObject) -> PyResult<bool> {
        Ok(self.pop(key)?.is_some())
    }

    /// `dict.pop(key)`.
    pub fn pop(&self, key: &PyObject) -> PyResult<Option<Obj>> {
        self.pop_known_hash(key, hash_key(key)?)
    }

    /// `key in dict`.
    #[inline]
    pub fn contains(&self, key: &PyObject) -> PyResult<bool> {
        self.contains_known_hash(key, hash_key(key)?)
    }

    /// `key in dict` for a key whose hash is known.
    #[inline]
    pub fn contains_known_hash(&self, key: &PyObject, hash: isize) -> PyResult<bool> {
        // SAFETY: the index comes from a look-up, and nothing ran since.
        Ok(self.find(key, hash)?.is_some_and(|index| unsafe { !(*self.value_place(index)).is_null() }))
    }

    /// `dict.setdefault(key, value)`.
    pub fn set_default(&self, key: &PyObject, value: &PyObject) -> PyResult {
        Ok(self.set_default_known_hash(key, hash_key(key)?, value)?.0)
    }

    /// New references to all items, in order.
    pub fn items_snapshot(&self) -> Vec<(Obj, Obj)> {
        let mut items = Vec::with_capacity(self.len());
        let mut at = 0;
        while let Some((next, key, value)) = self.next(at) {
            items.push((key, value));
            at = next;
        }
        items
    }

    /// The item at or after position `at` and the position behind it, as `PyDict_Next` walks.
    #[inline]
    pub fn next(&self, at: usize) -> Option<(usize, Obj, Obj)> {
        // SAFETY: the references are taken at once.
        unsafe {
            let (position, key, value) = self.entry_from(at)?;
            Some((position + 1, Obj::from_borrowed(key), Obj::from_borrowed(value)))
        }
    }

    /// As `next`, with the hash of the key.
    pub fn next_with_hash(&self, at: usize) -> Option<(usize, Obj, Obj, isize)> {
        let (next, key, value) = self.next(at)?;
        Some((next, key, value, self.hash_at(next - 1)))
    }

    /// Removes everything.
    pub fn clear_items(&self) {
        self.reset();
    }

    /// `PyDict_Keys`.
    pub fn keys(&self) -> PyResult<Py<PyList>> {
        PyList::try_from_vec(self.items_snapshot().into_iter().map(|(key, _)| key).collect())
    }

    /// `PyDict_Values`.
    pub fn values(&self) -> PyResult<Py<PyList>> {
        PyList::try_from_vec(self.items_snapshot().into_iter().map(|(_, value)| value).collect())
    }

    /// `PyDict_Items`.
    pub fn items(&self) -> PyResult<Py<PyList>> {
        let pairs = self.items_snapshot().into_iter();
        PyList::try_from_vec(pairs.map(|(key, value)| PyTuple::pair(key, value).into_obj()).collect())
    }

    /// Bytes without the head of the collector, for `__sizeof__`.
    pub(crate) fn size_in_bytes(&self) -> usize {
        let table = self.table();
        let mut size = self.class().tp_basicsize() as usize;
        // SAFETY: the dictionary's own table.
        unsafe {
            if self.is_split() {
                size += (*table).shared_size() * size_of::<*mut PyObject>();
            }
            if (*table).refcnt.get() == 1 {
                size += (*table).size_in_bytes();
            }
        }
        size
    }
}

#[pymethods(MEMORY)]
impl PyDict {
    #[slot(tp_traverse)]
    pub(crate) fn traverse(&self, visitor: &mut Visitor) {
        let (table, split) = (self.table(), self.values.get());
        if table.is_null() {
            return;
        }
        // SAFETY: visitors run no Python code.
        unsafe {
            if !split.is_null() {
                // Values within an instance are visited from here once there is a dictionary, which somebody may hold
                // who does not hold the instance.
                for index in 0..raw::nentries(table).min((*split).capacity.get() as usize) {
                    if let Some(value) = (*values::place(split, index)).as_ref() {
                        visitor.visit(value);
                    }
                }
                return;
            }
            let unicode = raw::is_unicode(table);
            for index in 0..raw::nentries(table) {
                if let Some(value) = (*raw::value_place(table, index)).as_ref() {
                    if !unicode {
                        visitor.visit(&*raw::key(table, index));
                    }
                    visitor.visit(value);
                }
            }
        }
    }

    #[slot(tp_clear)]
    fn clear_references(&self) {
        if !self.table().is_null() {
            self.reset();
        }
    }

    #[slot(tp_dealloc, raw)]
    pub(crate) unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot, when the last reference is gone.
        unsafe {
            let dict = &*object.cast::<PyDict>();
            // A callback may look at the dictionary, or even keep it.
            if dict.is_watched()
                && memory::revived(object, || dict.notify(watch::Event::Deallocated, None, None))
            {
                return;
            }
            if !memory::begin_dealloc(object) {
                return;
            }
            core::ptr::drop_in_place(object.cast::<PyDict>());
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
        let dict = memory::alloc_untracked(cls, 0)?.cast::<PyDict>();
        // SAFETY: fresh memory of a dictionary, tracked when its table is in place.
        unsafe {
            (*dict).keys.set(empty_keys());
            gc::track(dict.cast());
            Ok(Obj::from_raw(dict.cast()))
        }
    }
}

impl Drop for PyDict {
    /// Gives up keys and values; the struct of a subclass drops them with its other fields.
    fn drop(&mut self) {
        let (table, split) = (self.table(), self.values.get());
        // SAFETY: nobody reaches the dictionary any more.
        unsafe {
            if !split.is_null() && !(*split).embedded.get() {
                values::free(split);
            }
            if !table.is_null() {
                decref_keys(table);
            }
        }
    }
}

impl Traverse for PyDict {
    fn traverse(&self, visitor: &mut Visitor) {
        PyDict::traverse(self, visitor);
    }

    fn drop_references(&self) {
        self.clear_references();
    }
}
