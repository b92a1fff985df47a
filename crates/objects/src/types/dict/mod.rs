//! `dict`: insertion-ordered hash tables, key sharing, the storage of instances.

use crate::model::{Obj, Py, PyObject, PyResult};
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_macros::pytype;

/// A dictionary.
#[pytype(name = "dict", exported = PyDict_Type, layout = PyDictObject, subclass_flag = DICT_SUBCLASS, gc(manual), flags(BASETYPE, MAPPING))]
pub struct PyDict {
    ob_base: PyObject,
    used: Cell<isize>,
    watcher_tag: Cell<u64>,
    keys: Cell<*mut DictKeys>,
    values: Cell<*mut DictValues>,
}

/// The table of keys: owned by one dictionary, or shared by the instances of a class.
pub struct DictKeys(());

/// The values of a dictionary with shared keys; the storage of an instance's attributes.
pub struct DictValues(());

impl PyDict {
    /// An empty dictionary.
    pub fn new() -> Py<PyDict> {
        todo!()
    }

    /// A dictionary with room for so many keys.
    pub fn with_capacity(count: usize) -> Py<PyDict> {
        let _ = count;
        todo!()
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        let _ = self;
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// `dict.get(key)`; hashing and comparing may raise.
    pub fn get_item(&self, key: &PyObject) -> PyResult<Option<Obj>> {
        let _ = (self, key);
        todo!()
    }

    /// Look-up by string: cannot raise when the keys are strings.
    pub fn get_str(&self, key: &PyStr) -> PyResult<Option<Obj>> {
        let _ = (self, key);
        todo!()
    }

    /// `dict[key] = value`.
    pub fn set_item(&self, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let _ = (self, key, value);
        todo!()
    }

    /// `del dict[key]`; false where it was not there.
    pub fn del_item(&self, key: &PyObject) -> PyResult<bool> {
        let _ = (self, key);
        todo!()
    }

    /// `dict.pop(key)`.
    pub fn pop(&self, key: &PyObject) -> PyResult<Option<Obj>> {
        let _ = (self, key);
        todo!()
    }

    /// `key in dict`.
    pub fn contains(&self, key: &PyObject) -> PyResult<bool> {
        let _ = (self, key);
        todo!()
    }

    /// `dict.setdefault(key, value)`.
    pub fn set_default(&self, key: &PyObject, value: &PyObject) -> PyResult {
        let _ = (self, key, value);
        todo!()
    }

    /// New references to all items, in order.
    pub fn items_snapshot(&self) -> Vec<(Obj, Obj)> {
        let _ = self;
        todo!()
    }

    /// The item at or after position `at` and the position behind it, as `PyDict_Next` walks.
    pub fn next(&self, at: usize) -> Option<(usize, Obj, Obj)> {
        let _ = (self, at);
        todo!()
    }

    /// A copy (`dict.copy()`), of exact type.
    pub fn copy(&self) -> PyResult<Py<PyDict>> {
        let _ = self;
        todo!()
    }

    /// Removes everything.
    pub fn clear_items(&self) {
        let _ = self;
        todo!()
    }

    /// `dict.update(other)`, a mapping or pairs.
    pub fn update(&self, other: &PyObject) -> PyResult<()> {
        let _ = (self, other);
        todo!()
    }

    /// As `update` with only mappings; existing keys stay where `!overwrite` (`PyDict_Merge`).
    pub fn merge(&self, other: &PyObject, overwrite: bool) -> PyResult<()> {
        let _ = (self, other, overwrite);
        todo!()
    }

    /// `PyDict_Keys`.
    pub fn keys(&self) -> PyResult<Py<crate::types::list::PyList>> {
        let _ = self;
        todo!()
    }
}

/// Instance attributes of types with `Py_TPFLAGS_MANAGED_DICT`: inline values with shared keys, or a dictionary.
pub mod instance {
    use crate::model::{Obj, Py, PyObject, PyResult, TypeObject};
    use crate::types::dict::PyDict;
    use crate::types::str::PyStr;

    /// The attribute `name` in the instance's storage, without looking at the type.
    pub fn get(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
        let _ = (object, name);
        todo!()
    }

    /// Stores or (`None`) deletes an attribute; false where one to delete was not there.
    pub fn set(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<bool> {
        let _ = (object, name, value);
        todo!()
    }

    /// The instance's dictionary, made from its inline values if it was not there.
    pub fn dict(object: &PyObject) -> PyResult<Py<PyDict>> {
        let _ = object;
        todo!()
    }

    /// Makes `dict` the instance's dictionary.
    pub fn set_dict(object: &PyObject, dict: Option<&PyDict>) -> PyResult<()> {
        let _ = (object, dict);
        todo!()
    }

    /// Prepares a class with managed dictionaries: makes the shared keys (`ht_cached_keys`) of its instances.
    pub fn prepare_class(class: &TypeObject) {
        let _ = class;
        todo!()
    }

    /// Bytes of inline values behind an instance of `class`.
    pub fn inline_size(class: &TypeObject) -> usize {
        let _ = class;
        todo!()
    }

    /// Initialises the storage of a new instance, whose memory is zeroed.
    pub fn init(object: &PyObject) {
        let _ = object;
        todo!()
    }

    /// Visits what the storage holds.
    pub fn traverse(object: &PyObject, visitor: &mut crate::model::gc::Visitor) {
        let _ = (object, visitor);
        todo!()
    }

    /// Drops the storage.
    pub fn clear(object: &PyObject) {
        let _ = object;
        todo!()
    }
}
