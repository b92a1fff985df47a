//! Copying dictionaries, and merging mappings and pairs into them.

#![expect(unsafe_code, reason = "looks at tables to choose the fastest way")]

use super::keys::{self, raw, usable_fraction};
use super::{PyDict, hash_key, values, watch};
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised};
use crate::protocols::{call, iter, mapping, object, sequence};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// What to do with a key that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExisting {
    Keep,
    Replace,
    /// Raise `KeyError(key)`, as for repeated keyword arguments.
    Raise,
}

impl PyDict {
    /// A copy (`dict.copy()`), of exact type.
    pub fn copy(&self) -> PyResult<Py<PyDict>> {
        if self.is_empty() {
            return Ok(PyDict::new());
        }
        // SAFETY: the dictionary's own table and values.
        unsafe {
            let (table, split) = (self.table(), self.values.get());
            if !split.is_null() {
                let copied = values::copy(split)?;
                keys::incref_keys(table);
                return Ok(PyDict::from_table(table, copied, self.used.get()));
            }
            if PyDict::check_exact(self) && self.len() >= raw::nentries(table) * 2 / 3 {
                return self.clone_combined();
            }
        }
        let copy = PyDict::new();
        // A derived class may have an order of its own.
        copy.merge_from(self, OnExisting::Replace)?;
        Ok(copy)
    }

    /// `dict.update(other)`, a mapping or pairs.
    pub fn update(&self, other: &PyObject) -> PyResult<()> {
        if PyDict::check_exact(other) || object::has_attr(other, intern!("keys"))? {
            return self.merge_from(other, OnExisting::Replace);
        }
        self.merge_pairs(other, true)
    }

    /// As `update` with only mappings; existing keys stay where `!overwrite` (`PyDict_Merge`).
    pub fn merge(&self, other: &PyObject, overwrite: bool) -> PyResult<()> {
        self.merge_from(other, if overwrite { OnExisting::Replace } else { OnExisting::Keep })
    }

    /// Merges a mapping.
    pub fn merge_from(&self, other: &PyObject, existing: OnExisting) -> PyResult<()> {
        if let Some(dict) = other.downcast::<PyDict>()
            && dict.class().tp_iter().map(|f| f as usize)
                == PyDict::type_object().tp_iter().map(|f| f as usize)
        {
            return self.merge_dict(dict, existing);
        }
        let names = mapping::keys(other)?;
        let iterator = iter::iter(&names)?;
        while let Some(key) = iter::next(&iterator)? {
            if existing != OnExisting::Replace && self.contains(&key)? {
                if existing == OnExisting::Raise {
                    return Err(errors::set_key_error(&key));
                }
                continue;
            }
            let value = object::get_item(other, &key)?;
            self.set_known_hash_of(key, value)?;
        }
        Ok(())
    }

    fn set_known_hash_of(&self, key: Obj, value: Obj) -> PyResult<()> {
        let hash = hash_key(&key)?;
        self.set_known_hash(key, hash, value)
    }

    fn merge_dict(&self, other: &PyDict, existing: OnExisting) -> PyResult<()> {
        if core::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        let existing = if self.is_empty() { OnExisting::Replace } else { existing };
        // SAFETY: both dictionaries' own tables.
        unsafe {
            let (table, from) = (self.table(), other.table());
            if self.is_empty() && !self.is_split() && !other.is_split() {
                let dense = other.len() == raw::nentries(from)
                    && ((*from).log2_size == keys::MIN_LOG2
                        || usable_fraction(raw::mask(from).div_ceil(2)) < other.len());
                if dense {
                    return self.take_clone_of(other);
                }
            }
            if usable_fraction(raw::mask(table) + 1) < other.len() {
                let unicode = raw::is_unicode(table) && raw::is_unicode(from);
                self.resize(keys::log2_for_entries(self.len() + other.len()), unicode)?;
            }
        }
        let entries = other.positions();
        let (mut at, held) = (0, other.to_owned());
        while let Some((next, key, value, hash)) = held.next_with_hash(at) {
            at = next;
            if existing == OnExisting::Replace || !self.contains_known_hash(&key, hash)? {
                self.set_known_hash(key, hash, value)?;
            } else if existing == OnExisting::Raise {
                return Err(errors::set_key_error(&key));
            }
            if held.positions() != entries {
                return Err(raised!(RuntimeError, "dict mutated during update"));
            }
        }
        Ok(())
    }

    /// Fills this empty dictionary with a copy of another one's table.
    fn take_clone_of(&self, other: &PyDict) -> PyResult<()> {
        let copy = other.clone_combined()?;
        if self.is_watched() {
            self.notify(watch::Event::Cloned, Some(other), None);
        }
        // The old table, without items, leaves with the copy.
        let table = copy.keys.replace(self.keys.get());
        let used = copy.used.replace(self.used.get());
        self.keys.set(table);
        self.used.set(used);
        Ok(())
    }

    /// Merges an iterable of pairs (`PyDict_MergeFromSeq2`).
    pub fn merge_pairs(&self, pairs: &PyObject, overwrite: bool) -> PyResult<()> {
        let iterator = iter::iter(pairs)?;
        let mut number = 0usize;
        while let Some(item) = iter::next(&iterator)? {
            let pair =
                sequence::fast(&item, "object is not iterable").map_err(|raised| note(raised, number))?;
            let (key, value) = match two_items(&pair) {
                Ok(both) => both,
                Err(length) => {
                    return Err(raised!(
                        ValueError,
                        "dictionary update sequence element #{number} has length {length}; 2 is required"
                    ));
                }
            };
            if overwrite {
                self.set_known_hash_of(key, value)?;
            } else {
                self.set_default(&key, &value)?;
            }
            number += 1;
        }
        Ok(())
    }

    /// What the constructor and `update` do with their arguments.
    pub fn update_from_arguments(
        &self,
        name: &str,
        args: &[&PyObject],
        kwargs: Option<&PyDict>,
    ) -> PyResult<()> {
        if let Some(arg) = crate::types::tuple::one_argument(name, args)? {
            self.update(arg)?;
        }
        if let Some(kwargs) = kwargs
            && !kwargs.is_empty()
        {
            // SAFETY: only the kind of the table is looked at.
            let plain = unsafe { raw::is_unicode(kwargs.table()) };
            if !plain && !kwargs.items_snapshot().iter().all(|(key, _)| PyStr::check(key)) {
                return Err(raised!(TypeError, "keywords must be strings"));
            }
            self.merge_from(kwargs, OnExisting::Replace)?;
        }
        Ok(())
    }
}

/// The two items of a list or tuple, or how many there are.
fn two_items(pair: &PyObject) -> Result<(Obj, Obj), usize> {
    if let Some(tuple) = pair.downcast::<PyTuple>() {
        return match tuple.as_slice() {
            [key, value] => Ok((key.owned(), value.owned())),
            other => Err(other.len()),
        };
    }
    let Some(list) = pair.downcast::<PyList>() else { return Err(0) };
    match (list.len(), list.get(0), list.get(1)) {
        (2, Some(key), Some(value)) => Ok((key, value)),
        (length, ..) => Err(length),
    }
}

/// Adds to a `TypeError` which item of the iterable was no sequence.
fn note(raised: Raised, number: usize) -> Raised {
    if !errors::matches(&raised, Exc::TypeError) {
        return raised;
    }
    let exception = errors::take(raised);
    let text =
        PyStr::new(&format!("Cannot convert dictionary update sequence element #{number} to a sequence"));
    if let Err(second) = call::method(&exception, intern!("add_note"), &[&text]) {
        errors::clear(second);
    }
    errors::restore(exception)
}
