//! Set algebra for both types. Every loop over a table re-reads it at each step, since comparing members may run code.

use super::table::SetTable;
use super::{PyFrozenSet, PySet, hash_member, hash_sought, table_of};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::iter;
use crate::types::dict::PyDict;

/// Adds every item of an iterable.
pub(super) fn update(table: &SetTable, iterable: &PyObject) -> PyResult<()> {
    if let Some(other) = table_of(iterable) {
        return table.merge(other);
    }
    if let Some(dict) = iterable.downcast_exact::<PyDict>() {
        table.reserve_more(dict.len())?;
        let mut at = 0;
        while let Some((next, key, _, hash)) = dict.next_with_hash(at) {
            at = next;
            table.add(key, hash)?;
        }
        return Ok(());
    }
    iter::for_each(iterable, |item| {
        let hash = hash_member(&item)?;
        table.add(item, hash).map(drop)
    })
}

/// A new set with the members of an iterable; of `class`, or of the built-in type that it extends.
pub(super) fn make(class: &TypeObject, iterable: Option<&PyObject>) -> PyResult {
    let made: Obj = if class.is_subtype_of(PySet::type_object()) {
        PySet::new_in(class)?.into_obj()
    } else {
        PyFrozenSet::new_in(class)?.into_obj()
    };
    if let (Some(iterable), Some(table)) = (iterable, table_of(&made)) {
        update(table, iterable)?;
    }
    Ok(made)
}

/// The built-in type that a set's class is or extends.
fn base_type(set: &PyObject) -> &'static TypeObject {
    if PySet::check(set) { PySet::type_object() } else { PyFrozenSet::type_object() }
}

/// A copy of the built-in type.
pub(super) fn copy(set: &PyObject) -> PyResult {
    make(base_type(set), Some(set))
}

fn empty_like(set: &PyObject) -> PyResult {
    make(base_type(set), None)
}

/// Calls `f` with each member and its hash.
fn each_member(table: &SetTable, mut f: impl FnMut(Obj, isize) -> PyResult<bool>) -> PyResult<bool> {
    let mut at = 0;
    while let Some((next, key, hash)) = table.next(at) {
        at = next;
        if !f(key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes every item of an iterable.
pub(super) fn difference_update(set: &PyObject, other: &PyObject) -> PyResult<()> {
    let Some(table) = table_of(set) else { return Ok(()) };
    if set.is(other) {
        table.clear_members();
        return Ok(());
    }
    if let Some(removed) = table_of(other) {
        // What the two have in common is quicker to go through than something much larger.
        let common = if removed.len() >> 3 > table.len() { Some(intersection(set, other)?) } else { None };
        let removed = common.as_deref().and_then(table_of).unwrap_or(removed);
        each_member(removed, |key, hash| table.discard(&key, hash).map(|_| true))?;
    } else {
        iter::for_each(other, |key| {
            let hash = hash_sought(&key)?;
            table.discard(&key, hash).map(drop)
        })?;
    }
    table.sweep()
}

/// The members that are not in `other`.
pub(super) fn difference(set: &PyObject, other: &PyObject) -> PyResult {
    let Some(table) = table_of(set) else { return copy(set) };
    let dict = other.downcast_exact::<PyDict>();
    let size = match (table_of(other), dict) {
        (Some(other), _) => Some(other.len()),
        (None, Some(dict)) => Some(dict.len()),
        _ => None,
    };
    if size.is_none_or(|size| table.len() >> 2 > size) {
        let result = copy(set)?;
        difference_update(&result, other)?;
        return Ok(result);
    }
    let result = empty_like(set)?;
    let Some(into) = table_of(&result) else { return Ok(result) };
    each_member(table, |key, hash| {
        let there = match (table_of(other), dict) {
            (Some(other), _) => other.contains(&key, hash)?,
            (None, Some(dict)) => dict.contains_known_hash(&key, hash)?,
            _ => false,
        };
        if !there {
            into.add(key, hash)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// The members that are in `other` too.
pub(super) fn intersection(set: &PyObject, other: &PyObject) -> PyResult {
    if set.is(other) {
        return copy(set);
    }
    let result = empty_like(set)?;
    let (Some(into), Some(table)) = (table_of(&result), table_of(set)) else { return Ok(result) };
    if let Some(second) = table_of(other) {
        // The shorter one is walked.
        let (walked, asked) = if second.len() > table.len() { (table, second) } else { (second, table) };
        each_member(walked, |key, hash| {
            if asked.contains(&key, hash)? {
                into.add(key, hash)?;
            }
            Ok(true)
        })?;
        return Ok(result);
    }
    iter::for_each(other, |key| {
        // An error of hashing is passed on as it is here.
        let hash = crate::protocols::object::hash(&key)?;
        if table.contains(&key, hash)? {
            into.add(key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// Keeps only what `other` has too.
pub(super) fn intersection_update(set: &PyObject, other: &PyObject) -> PyResult<()> {
    let common = intersection(set, other)?;
    if let (Some(a), Some(b)) = (table_of(set), table_of(&common)) {
        a.swap(b);
    }
    Ok(())
}

/// Removes what `other` has too, and adds what only it has.
pub(super) fn symmetric_difference_update(set: &PyObject, other: &PyObject) -> PyResult<()> {
    let Some(table) = table_of(set) else { return Ok(()) };
    if set.is(other) {
        table.clear_members();
        return Ok(());
    }
    let toggle = |key: Obj, hash: isize| {
        if !table.discard(&key, hash)? {
            table.add(key, hash)?;
        }
        Ok(true)
    };
    if let Some(dict) = other.downcast_exact::<PyDict>() {
        let mut at = 0;
        while let Some((next, key, _, hash)) = dict.next_with_hash(at) {
            at = next;
            toggle(key, hash)?;
        }
        return Ok(());
    }
    // An iterable may repeat itself: it becomes a set first.
    let made = if table_of(other).is_some() { None } else { Some(make(base_type(set), Some(other))?) };
    if let Some(other) = table_of(made.as_deref().unwrap_or(other)) {
        each_member(other, toggle)?;
    }
    Ok(())
}

/// What is in one of the two only.
pub(super) fn symmetric_difference(set: &PyObject, other: &PyObject) -> PyResult {
    let result = make(base_type(set), Some(other))?;
    symmetric_difference_update(&result, set)?;
    Ok(result)
}

/// Whether `other` has every member.
pub(super) fn is_subset(set: &PyObject, other: &PyObject) -> PyResult<bool> {
    let Some(table) = table_of(set) else { return Ok(false) };
    let Some(second) = table_of(other) else {
        let common = intersection(set, other)?;
        return Ok(table_of(&common).is_some_and(|common| common.len() == table.len()));
    };
    if table.len() > second.len() {
        return Ok(false);
    }
    each_member(table, |key, hash| second.contains(&key, hash))
}

/// Whether the set has every item of `other`.
pub(super) fn is_superset(set: &PyObject, other: &PyObject) -> PyResult<bool> {
    if table_of(other).is_some() {
        return is_subset(other, set);
    }
    let Some(table) = table_of(set) else { return Ok(false) };
    let iterator = iter::iter(other)?;
    while let Some(item) = iter::next(&iterator)? {
        if !table.contains(&item, hash_sought(&item)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the two have nothing in common.
pub(super) fn is_disjoint(set: &PyObject, other: &PyObject) -> PyResult<bool> {
    let Some(table) = table_of(set) else { return Ok(true) };
    if set.is(other) {
        return Ok(table.len() == 0);
    }
    if let Some(second) = table_of(other) {
        let (walked, asked) = if second.len() > table.len() { (table, second) } else { (second, table) };
        return each_member(walked, |key, hash| Ok(!asked.contains(&key, hash)?));
    }
    let iterator = iter::iter(other)?;
    while let Some(item) = iter::next(&iterator)? {
        if table.contains(&item, hash_member(&item)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}
