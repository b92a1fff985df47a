//! `set` and `frozenset`.
//!
//! | file | holds |
//! |---|---|
//! | `table` | the hash table |
//! | `operations` | union, difference and the rest, for both types |
//! | `methods` | what Python code calls |
//! | `iterator` | `set_iterator` |

pub mod iterator;
mod methods;
mod operations;
mod table;

pub use iterator::PySetIterator;

use crate::errors::Exc;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::types::dict::unhashable;
use crate::types::str::PyStr;
use crate::{errors, memory};
use core::cell::Cell;
use table::SetTable;
use taipan_kernels::hash::SetHasher;
use taipan_macros::pytype;

/// Build an unordered collection of unique elements.
#[pytype(name = "set", exported = PySet_Type, layout = PySetObject, gc, flags(BASETYPE, _MATCH_SELF), weakref = weaklist,
    signature = "(iterable=(), /)", parts(methods::SET_METHODS, methods::SET_COMMON, methods::SET_SLOTS))]
pub struct PySet {
    ob_base: PyObject,
    table: SetTable,
    weaklist: Cell<*mut PyObject>,
}

/// Build an immutable unordered collection of unique elements.
#[pytype(name = "frozenset", exported = PyFrozenSet_Type, layout = PySetObject, gc, flags(BASETYPE, _MATCH_SELF), weakref = weaklist,
    signature = "(iterable=(), /)", parts(methods::FROZEN_METHODS, methods::FROZEN_COMMON, methods::FROZEN_SLOTS))]
pub struct PyFrozenSet {
    ob_base: PyObject,
    table: SetTable,
    weaklist: Cell<*mut PyObject>,
}

/// Whether it is a set or a frozen set.
#[inline]
pub fn is_any_set(object: &PyObject) -> bool {
    table_of(object).is_some()
}

/// Whether it is exactly a set or a frozen set.
pub fn is_any_set_exact(object: &PyObject) -> bool {
    PySet::check_exact(object) || PyFrozenSet::check_exact(object)
}

/// The table of a set or frozen set.
#[inline]
fn table_of(object: &PyObject) -> Option<&SetTable> {
    if let Some(set) = object.downcast::<PySet>() {
        return Some(&set.table);
    }
    object.downcast::<PyFrozenSet>().map(|set| &set.table)
}

/// The number of members of a set or frozen set (`PySet_Size`).
pub fn any_len(object: &PyObject) -> Option<usize> {
    table_of(object).map(SetTable::len)
}

/// Walks the members of a set or frozen set: the one at or after place `at`, and the place behind it.
pub fn any_next(object: &PyObject, at: usize) -> Option<(usize, Obj, isize)> {
    table_of(object)?.next(at)
}

/// The hash of a member to be.
#[inline(always)]
fn hash_member(key: &PyObject) -> PyResult<isize> {
    match key.downcast_exact::<PyStr>() {
        Some(text) => Ok(text.hash()),
        None => object::hash(key).map_err(|raised| unhashable(raised, key, "a set element")),
    }
}

/// The hash of a key that is looked for: a set stands for the frozen set of its members.
fn hash_sought(key: &PyObject) -> PyResult<isize> {
    let Some(set) = key.downcast::<PySet>() else { return hash_member(key) };
    match object::hash(key) {
        Ok(hash) => Ok(hash),
        Err(raised) => {
            errors::catch(raised, Exc::TypeError)?;
            Ok(hash_members(&set.table))
        }
    }
}

/// The hash of all members together.
fn hash_members(table: &SetTable) -> isize {
    let mut hasher = SetHasher::default();
    let mut at = 0;
    while let Some((next, _, hash)) = table.next(at) {
        hasher.add(hash as i64);
        at = next;
    }
    hasher.finish() as isize
}

impl PySet {
    /// An empty set.
    pub fn new() -> Py<PySet> {
        memory::new(PySet {
            ob_base: PyObject::EMPTY,
            table: SetTable::new(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    /// A set of `class`, `set` or a subclass, without members.
    pub fn new_in(class: &TypeObject) -> PyResult<Py<PySet>> {
        let set = PySet {
            ob_base: PyObject::EMPTY,
            table: SetTable::new(),
            weaklist: Cell::new(core::ptr::null_mut()),
        };
        memory::new_in(class, set)
    }

    /// Adds; false where it was there.
    pub fn add(&self, value: &PyObject) -> PyResult<bool> {
        self.table.add(value.owned(), hash_member(value)?)
    }

    /// Whether it is there.
    pub fn contains(&self, value: &PyObject) -> PyResult<bool> {
        self.table.contains(value, hash_sought(value)?)
    }

    /// Removes; false where it was not there.
    pub fn discard(&self, value: &PyObject) -> PyResult<bool> {
        self.table.discard(value, hash_sought(value)?)
    }

    /// Removes any member.
    pub fn pop(&self) -> Option<Obj> {
        self.table.pop()
    }

    /// Removes all members.
    pub fn clear_members(&self) {
        self.table.clear_members();
    }

    /// How many.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// New references to all members.
    pub fn to_vec(&self) -> Vec<Obj> {
        members(&self.table)
    }

    /// `set.update(iterable)`.
    pub fn update(&self, iterable: &PyObject) -> PyResult<()> {
        operations::update(&self.table, iterable)
    }
}

/// New references to all members.
fn members(table: &SetTable) -> Vec<Obj> {
    let mut members = Vec::with_capacity(table.len());
    let mut at = 0;
    while let Some((next, key, _)) = table.next(at) {
        members.push(key);
        at = next;
    }
    members
}

impl PyFrozenSet {
    /// An empty frozen set of `class`, to be filled before anybody sees it.
    fn new_in(class: &TypeObject) -> PyResult<Py<PyFrozenSet>> {
        let set = PyFrozenSet {
            ob_base: PyObject::EMPTY,
            table: SetTable::new(),
            weaklist: Cell::new(core::ptr::null_mut()),
        };
        memory::new_in(class, set)
    }

    /// Adds to a set that nobody but its maker has seen, nor its hash.
    pub fn fill(&self, member: &PyObject) -> PyResult<()> {
        self.table.add(member.owned(), hash_member(member)?).map(drop)
    }

    /// A frozen set of these members.
    pub fn from_vec(members: Vec<Obj>) -> PyResult<Py<PyFrozenSet>> {
        let set = Self::new_in(PyFrozenSet::type_object())?;
        for member in members {
            let hash = hash_member(&member)?;
            set.table.add(member, hash)?;
        }
        Ok(set)
    }

    /// `frozenset(iterable)`.
    pub fn from_iterable(iterable: &PyObject) -> PyResult<Py<PyFrozenSet>> {
        if let Some(frozen) = iterable.downcast_exact::<PyFrozenSet>() {
            return Ok(frozen.to_owned());
        }
        let set = Self::new_in(PyFrozenSet::type_object())?;
        operations::update(&set.table, iterable)?;
        Ok(set)
    }

    /// Whether it is there.
    pub fn contains(&self, value: &PyObject) -> PyResult<bool> {
        self.table.contains(value, hash_sought(value)?)
    }

    /// How many.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// New references to all members.
    pub fn to_vec(&self) -> Vec<Obj> {
        members(&self.table)
    }
}
