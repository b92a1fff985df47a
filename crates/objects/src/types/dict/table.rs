//! Looking up, storing and deleting in a dictionary's table.
//!
//! Comparing keys may run Python code that changes the dictionary. A look-up that compares notices and begins anew; what
//! follows a look-up runs no Python code until the table is consistent again. Old keys and values are dropped last.

#![expect(unsafe_code, reason = "handles tables by pointer")]

use super::keys::{
    self, DictKeys, EMPTY, GENERAL, Probe, UNICODE, decref_keys, empty_keys, free_keys, is_empty_keys,
    is_plain_str, raw,
};
use super::{PyDict, values, watch};
use crate::errors::{self, Exc};
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, Raised};
use crate::protocols::object;
use crate::types::str::PyStr;
use core::ptr::null_mut;
use watch::Event;

/// The hash of a key, without a call for strings.
#[inline(always)]
pub(crate) fn hash_key(key: &PyObject) -> PyResult<isize> {
    match key.downcast_exact::<PyStr>() {
        Some(text) => Ok(text.hash()),
        None => object::hash(key).map_err(|raised| unhashable(raised, key, "a dict key")),
    }
}

/// Says what could not be hashed for: `cannot use 'list' as a dict key (unhashable type: 'list')`.
#[cold]
pub(crate) fn unhashable(raised: Raised, key: &PyObject, what: &str) -> Raised {
    let exception = errors::take(raised);
    if !exception.class().is(Exc::TypeError.type_object()) {
        return errors::restore(exception);
    }
    match (object::fully_qualified_name(key.class()), object::str(&exception)) {
        (Ok(name), Ok(reason)) => raised!(TypeError, "cannot use '{name}' as {what} ({})", &*reason),
        (Err(raised), _) | (_, Err(raised)) => raised,
    }
}

impl PyDict {
    /// The table. Live as long as the dictionary keeps it.
    #[inline(always)]
    pub(super) fn table(&self) -> *mut DictKeys {
        self.keys.get()
    }

    /// Whether the values lie in an array beside shared keys.
    #[inline(always)]
    pub(super) fn is_split(&self) -> bool {
        !self.values.get().is_null()
    }

    /// The index of a key's entry. In a split table the entry's value may be missing.
    #[inline(always)]
    pub(super) fn find(&self, key: &PyObject, hash: isize) -> PyResult<Option<usize>> {
        let table = self.table();
        // SAFETY: the dictionary owns its table; comparing strings runs no Python code.
        unsafe {
            if raw::is_unicode(table)
                && let Some(text) = key.downcast_exact::<PyStr>()
            {
                return Ok(raw::find_str(table, text, hash));
            }
        }
        self.find_comparing(key, hash)
    }

    #[inline(never)]
    fn find_comparing(&self, key: &PyObject, hash: isize) -> PyResult<Option<usize>> {
        'restart: loop {
            let table = self.table();
            // SAFETY: the table is read only while it is the dictionary's: after each comparison that is checked.
            unsafe {
                if raw::is_unicode(table)
                    && let Some(text) = key.downcast_exact::<PyStr>()
                {
                    return Ok(raw::find_str(table, text, hash));
                }
                let log2_size = (*table).log2_size;
                let mut probe = Probe::new(raw::mask(table), hash);
                loop {
                    let index = raw::index_at(table, probe.place());
                    if index >= 0 {
                        let index = index as usize;
                        let found = raw::key(table, index);
                        if core::ptr::eq(found, key) {
                            return Ok(Some(index));
                        }
                        if raw::hash(table, index) == hash {
                            let equal = match object::known_equal(&*found, key) {
                                Some(equal) => equal,
                                None => {
                                    let known = Obj::from_borrowed(found);
                                    let equal = object::compare_bool(&known, key, CompareOp::Eq)?;
                                    let same = core::ptr::eq(self.table(), table)
                                        && (*table).log2_size == log2_size
                                        && index < raw::nentries(table)
                                        && core::ptr::eq(raw::key(table, index), found);
                                    if !same {
                                        continue 'restart;
                                    }
                                    equal
                                }
                            };
                            if equal {
                                return Ok(Some(index));
                            }
                        }
                    } else if index == EMPTY {
                        return Ok(None);
                    }
                    probe.advance();
                }
            }
        }
    }

    /// The place of an entry's value, which may be null in a split table.
    ///
    /// # Safety
    /// `index` is below the number of entries. The place is valid until the table changes.
    #[inline(always)]
    pub(super) unsafe fn value_place(&self, index: usize) -> *mut *mut PyObject {
        let split = self.values.get();
        // SAFETY: the caller's promise; arrays of values have a place for each shared key.
        unsafe {
            if split.is_null() { raw::value_place(self.table(), index) } else { values::place(split, index) }
        }
    }

    /// A new reference to the value of an entry.
    #[inline(always)]
    pub(super) fn value_at(&self, index: usize) -> Option<Obj> {
        // SAFETY: callers have the index from a look-up in this very table.
        unsafe {
            let value = *self.value_place(index);
            if value.is_null() { None } else { Some(Obj::from_borrowed(value)) }
        }
    }

    /// The value of a key whose hash is known.
    #[inline(always)]
    pub fn get_known_hash(&self, key: &PyObject, hash: isize) -> PyResult<Option<Obj>> {
        Ok(self.find(key, hash)?.and_then(|index| self.value_at(index)))
    }

    /// The key that stands in the dictionary for a key equal to it.
    pub(crate) fn stored_key(&self, key: &PyObject, hash: isize) -> PyResult<Option<Obj>> {
        let Some(index) = self.find(key, hash)? else { return Ok(None) };
        // SAFETY: the index comes from a look-up, and nothing ran since.
        unsafe {
            let missing = (*self.value_place(index)).is_null();
            Ok(if missing { None } else { Some(Obj::from_borrowed(raw::key(self.table(), index))) })
        }
    }

    /// The number of places of the sparse array of indices.
    pub(crate) fn index_count(&self) -> usize {
        // SAFETY: the dictionary's own table.
        unsafe { raw::mask(self.table()) + 1 }
    }

    /// Stores under a key whose hash is known.
    pub fn set_known_hash(&self, key: Obj, hash: isize, value: Obj) -> PyResult<()> {
        let table = self.table();
        if is_empty_keys(table) {
            return self.insert_first(key, hash, value);
        }
        if self.is_split() && is_plain_str(&key) {
            // SAFETY: a string, and a live table of strings.
            let index =
                unsafe { super::instance::shared_index_or_insert(table, key.downcast_unchecked::<PyStr>()) };
            return match index {
                Ok(index) => self.set_split(index, value),
                Err(key) => {
                    self.resize_for_insert(true)?;
                    self.insert_new(key.into_obj(), hash, value)
                }
            };
        }
        match self.find(&key, hash)? {
            // SAFETY: the index comes from a look-up, and nothing ran since.
            Some(index) if self.is_split() && unsafe { !(*self.value_place(index)).is_null() } => {
                self.set_split(index, value)
            }
            // A key equal to a shared one, but no plain string, is stored as it is.
            Some(_) if self.is_split() => self.insert_new(key, hash, value),
            Some(index) => {
                self.replace(index, value);
                Ok(())
            }
            None => self.insert_new(key, hash, value),
        }
    }

    /// Replaces the value of an entry of a combined table.
    #[inline]
    fn replace(&self, index: usize, value: Obj) {
        // SAFETY: the index comes from a look-up, and nothing ran since.
        unsafe {
            if self.is_watched() {
                let key = Obj::from_borrowed(raw::key(self.table(), index));
                self.notify(Event::Modified, Some(&key), Some(&value));
            }
            let old = Obj::from_raw(self.value_place(index).replace(value.into_raw()));
            drop(old);
        }
    }

    /// Stores a value of a split table.
    fn set_split(&self, index: usize, value: Obj) -> PyResult<()> {
        let split = self.values.get();
        // SAFETY: the index is of a shared key; the array has a place for it.
        unsafe {
            let place = values::place(split, index);
            let added = (*place).is_null();
            if self.is_watched() {
                let key = Obj::from_borrowed(raw::key(self.table(), index));
                self.notify(if added { Event::Added } else { Event::Modified }, Some(&key), Some(&value));
            }
            let old = place.replace(value.into_raw());
            if added {
                values::note_added(split, index);
                self.used.set(self.used.get() + 1);
            } else {
                drop(Obj::from_raw(old));
            }
        }
        Ok(())
    }

    /// Stores the first item of a dictionary with the empty table.
    fn insert_first(&self, key: Obj, hash: isize, value: Obj) -> PyResult<()> {
        let kind = if is_plain_str(&key) { UNICODE } else { GENERAL };
        let table = DictKeys::alloc(keys::MIN_LOG2, kind)?;
        self.keys.set(table);
        self.push(key, hash, value);
        Ok(())
    }

    /// Stores under a key that is not there. Runs no Python code.
    #[inline]
    pub(super) fn insert_new(&self, key: Obj, hash: isize, value: Obj) -> PyResult<()> {
        let table = self.table();
        // SAFETY: the dictionary's own table.
        unsafe {
            let unicode = raw::is_unicode(table) && is_plain_str(&key);
            if self.is_split() || (*table).usable.get() <= 0 || (raw::is_unicode(table) && !unicode) {
                self.resize_for_insert(unicode)?;
            }
        }
        self.push(key, hash, value);
        Ok(())
    }

    /// Writes an entry behind the last; there is room, and the table is of the key's kind.
    #[inline(always)]
    fn push(&self, key: Obj, hash: isize, value: Obj) {
        if self.is_watched() {
            self.notify(Event::Added, Some(&key), Some(&value));
        }
        // SAFETY: the dictionary's own table, with room.
        unsafe { raw::push(self.table(), hash, key.into_raw(), value.into_raw()) };
        self.used.set(self.used.get() + 1);
    }

    /// A table with room for three times the items.
    #[cold]
    #[inline(never)]
    fn resize_for_insert(&self, unicode: bool) -> PyResult<()> {
        self.resize(keys::log2_for_size(self.used.get() as usize * 3), unicode)
    }

    /// Makes the table combined, of this size and kind; entries that were deleted go.
    pub(super) fn resize(&self, log2_size: u8, unicode: bool) -> PyResult<()> {
        let old = self.table();
        let kind = if unicode { UNICODE } else { GENERAL };
        let fresh = DictKeys::alloc(log2_size, kind)?;
        let split = self.values.get();
        // SAFETY: every reference moves from the old table to the new one; shared keys stay with their other users.
        unsafe {
            if split.is_null() {
                for index in 0..raw::nentries(old) {
                    let (key, value) = (raw::key(old, index), *raw::value_place(old, index));
                    if !value.is_null() {
                        raw::push(fresh, raw::hash(old, index), key, value);
                    }
                }
            } else {
                for at in 0..(*split).size.get() as usize {
                    let index = *values::order(split).add(at) as usize;
                    let value = values::place(split, index).replace(null_mut());
                    let key = Obj::from_borrowed(raw::key(old, index)).into_raw();
                    raw::push(fresh, raw::hash(old, index), key, value);
                }
                (*split).size.set(0);
            }
            self.keys.set(fresh);
            self.values.set(null_mut());
            if !split.is_null() {
                if (*split).embedded.get() {
                    (*split).valid.set(false);
                } else {
                    values::free(split);
                }
                decref_keys(old);
            } else if !is_empty_keys(old) {
                free_keys(old);
            }
        }
        Ok(())
    }

    /// Makes a split table combined.
    pub(super) fn combine(&self) -> PyResult<()> {
        if self.is_split() {
            // SAFETY: the dictionary's own table.
            let log2_size = unsafe { (*self.table()).log2_size };
            self.resize(log2_size, true)?;
        }
        Ok(())
    }

    /// Deletes an entry whose value is set and gives its value back.
    pub(super) fn remove_at(&self, index: usize, hash: isize) -> Obj {
        let table = self.table();
        let split = self.values.get();
        // SAFETY: the index comes from a look-up, and nothing ran since.
        unsafe {
            if self.is_watched() {
                let key = Obj::from_borrowed(raw::key(table, index));
                self.notify(Event::Deleted, Some(&key), None);
            }
            self.used.set(self.used.get() - 1);
            if !split.is_null() {
                let old = values::place(split, index).replace(null_mut());
                values::note_removed(split, index);
                return Obj::from_raw(old);
            }
            let place = raw::place_of(table, hash, index);
            raw::set_index_at(table, place, keys::DUMMY);
            (*table).version.set(0);
            let value = Obj::from_raw(raw::value_place(table, index).replace(null_mut()));
            let key = if raw::is_unicode(table) {
                core::mem::replace(&mut (*raw::unicode_entries(table).add(index)).key, null_mut())
            } else {
                let entry = raw::general_entries(table).add(index);
                (*entry).hash = 0;
                core::mem::replace(&mut (*entry).key, null_mut())
            };
            // The key's destruction may run Python code; the table is consistent.
            drop(Obj::from_raw(key));
            value
        }
    }

    /// Removes a key whose hash is known and gives back its value.
    pub fn pop_known_hash(&self, key: &PyObject, hash: isize) -> PyResult<Option<Obj>> {
        let Some(index) = self.find(key, hash)? else { return Ok(None) };
        // SAFETY: the index comes from a look-up.
        let missing = unsafe { (*self.value_place(index)).is_null() };
        Ok(if missing { None } else { Some(self.remove_at(index, hash)) })
    }

    /// The value stored under a key, `default` being stored where there is none; and whether it was there.
    pub fn set_default_known_hash(
        &self,
        key: &PyObject,
        hash: isize,
        default: &PyObject,
    ) -> PyResult<(Obj, bool)> {
        if let Some(value) = self.get_known_hash(key, hash)? {
            return Ok((value, true));
        }
        if is_empty_keys(self.table()) {
            self.insert_first(key.owned(), hash, default.owned())?;
        } else if self.is_split() {
            self.set_known_hash(key.owned(), hash, default.owned())?;
        } else {
            self.insert_new(key.owned(), hash, default.owned())?;
        }
        Ok((default.owned(), false))
    }

    /// The last item, removed.
    pub fn pop_last(&self) -> PyResult<Option<(Obj, Obj)>> {
        if self.used.get() == 0 {
            return Ok(None);
        }
        self.combine()?;
        let table = self.table();
        // SAFETY: the dictionary's own table, which has an item.
        unsafe {
            let mut index = raw::nentries(table) - 1;
            while (*raw::value_place(table, index)).is_null() {
                index -= 1;
            }
            let key = Obj::from_borrowed(raw::key(table, index));
            let hash = raw::hash(table, index);
            let value = self.remove_at(index, hash);
            (*table).nentries.set(index as isize);
            Ok(Some((key, value)))
        }
    }

    /// The first entry at or after position `at` whose value is set: its index, key and value, borrowed.
    ///
    /// # Safety
    /// The pointers are valid until the table changes.
    #[inline]
    pub(super) unsafe fn entry_from(&self, at: usize) -> Option<(usize, *mut PyObject, *mut PyObject)> {
        let (table, split) = (self.table(), self.values.get());
        // SAFETY: positions are checked against the number of entries.
        unsafe {
            if !split.is_null() {
                if at >= (*split).size.get() as usize {
                    return None;
                }
                let index = *values::order(split).add(at) as usize;
                return Some((at, raw::key(table, index), *values::place(split, index)));
            }
            let count = raw::nentries(table);
            if raw::is_unicode(table) {
                let entries = raw::unicode_entries(table);
                for position in at..count {
                    let entry = *entries.add(position);
                    if !entry.value.is_null() {
                        return Some((position, entry.key, entry.value));
                    }
                }
            } else {
                let entries = raw::general_entries(table);
                for position in at..count {
                    let entry = *entries.add(position);
                    if !entry.value.is_null() {
                        return Some((position, entry.key, entry.value));
                    }
                }
            }
            None
        }
    }

    /// The first entry at or before position `at`, as `entry_from`.
    ///
    /// # Safety
    /// As for `entry_from`.
    pub(super) unsafe fn entry_back_from(&self, at: usize) -> Option<(usize, *mut PyObject, *mut PyObject)> {
        let (table, split) = (self.table(), self.values.get());
        // SAFETY: positions are checked against the number of entries.
        unsafe {
            if !split.is_null() {
                if at >= (*split).size.get() as usize {
                    return None;
                }
                let index = *values::order(split).add(at) as usize;
                return Some((at, raw::key(table, index), *values::place(split, index)));
            }
            if at >= raw::nentries(table) {
                return None;
            }
            let mut position = at;
            loop {
                let value = *raw::value_place(table, position);
                if !value.is_null() {
                    return Some((position, raw::key(table, position), value));
                }
                position = position.checked_sub(1)?;
            }
        }
    }

    /// The number of positions `entry_from` walks.
    pub(super) fn positions(&self) -> usize {
        let split = self.values.get();
        // SAFETY: the dictionary's own table and values.
        unsafe { if split.is_null() { raw::nentries(self.table()) } else { (*split).size.get() as usize } }
    }

    /// The hash of the entry at a position of a combined table, or of a split one.
    pub(super) fn hash_at(&self, position: usize) -> isize {
        let (table, split) = (self.table(), self.values.get());
        // SAFETY: callers have the position from `entry_from`, and nothing ran since.
        unsafe {
            if split.is_null() {
                raw::hash(table, position)
            } else {
                raw::hash(table, *values::order(split).add(position) as usize)
            }
        }
    }

    /// Empties the dictionary.
    pub(super) fn reset(&self) {
        let (table, split) = (self.table(), self.values.get());
        if is_empty_keys(table) {
            return;
        }
        if self.is_watched() {
            self.notify(Event::Cleared, None, None);
        }
        self.used.set(0);
        // SAFETY: the dictionary is consistent before the first destructor runs.
        unsafe {
            if split.is_null() {
                self.keys.set(empty_keys());
                decref_keys(table);
            } else if (*split).embedded.get() {
                // The instance goes on using its values, which are all unset now.
                drop(values::take_all(split));
            } else {
                self.keys.set(empty_keys());
                self.values.set(null_mut());
                values::free(split);
                decref_keys(table);
            }
        }
    }

    /// A copy of the table of a combined dictionary, with new references.
    pub(super) fn clone_combined(&self) -> PyResult<Py<PyDict>> {
        let table = self.table();
        // SAFETY: the new table has the size and kind of the old one; taking references runs no Python code.
        unsafe {
            let fresh = DictKeys::alloc((*table).log2_size, raw::kind(table))?;
            core::ptr::copy_nonoverlapping(table.cast::<u8>(), fresh.cast::<u8>(), (*table).size_in_bytes());
            (*fresh).version.set(0);
            (*fresh).refcnt.set(1);
            for index in 0..raw::nentries(fresh) {
                for object in [raw::key(fresh, index), *raw::value_place(fresh, index)] {
                    if !object.is_null() {
                        let _ = Obj::from_borrowed(object).into_raw();
                    }
                }
            }
            Ok(PyDict::from_table(fresh, null_mut(), self.used.get()))
        }
    }
}
