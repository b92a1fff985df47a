//! The table of keys: a sparse array of indices, probed by hash, and a dense array of entries in insertion order.
//!
//! | kind | entries | owner |
//! |---|---|---|
//! | general | hash, key, value | one dictionary |
//! | unicode | key, value; all keys are exactly `str` | one dictionary |
//! | split | key, (nothing); all keys are exactly `str` | a class and the dictionaries of its instances, which have the values |
//!
//! Layout and probing sequence are CPython's: the size of a table shows in `sys.getsizeof`, and a version identifies
//! the state of its keys for inline caches. Everything here works on raw pointers and runs no Python code.

#![expect(unsafe_code, reason = "a table is a header with two arrays behind it")]

use crate::memory;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType};
use crate::types::str::PyStr;
use core::cell::Cell;
use core::mem::offset_of;
use taipan_abi::PyDictKeysObject;

/// The kinds of tables, numbered as in C.
pub const GENERAL: u8 = 0;
pub const UNICODE: u8 = 1;
pub const SPLIT: u8 = 2;

/// An index that was never used ends a probe; one whose entry was deleted does not.
pub const EMPTY: isize = -1;
pub const DUMMY: isize = -2;

/// The smallest table has eight indices.
pub const MIN_LOG2: u8 = 3;
const PERTURB_SHIFT: u32 = 5;

/// The head of a table. The arrays follow.
#[repr(C)]
pub struct DictKeys {
    /// How many dictionaries and classes use it; 1 unless the kind is split.
    pub(super) refcnt: Cell<isize>,
    pub(super) log2_size: u8,
    log2_index_bytes: u8,
    pub(super) kind: Cell<u8>,
    /// Identifies the state of the keys for inline caches; 0 before somebody asks.
    pub(super) version: Cell<u32>,
    /// Entries there is room for.
    pub(super) usable: Cell<isize>,
    /// Entries in use, deleted ones included.
    pub(super) nentries: Cell<isize>,
}

const _: () = {
    assert!(size_of::<DictKeys>() == size_of::<PyDictKeysObject>());
    assert!(offset_of!(DictKeys, kind) == offset_of!(PyDictKeysObject, dk_kind));
    assert!(offset_of!(DictKeys, version) == offset_of!(PyDictKeysObject, dk_version));
    assert!(offset_of!(DictKeys, usable) == offset_of!(PyDictKeysObject, dk_usable));
    assert!(offset_of!(DictKeys, nentries) == offset_of!(PyDictKeysObject, dk_nentries));
};

/// An entry of a general table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GeneralEntry {
    pub hash: isize,
    pub key: *mut PyObject,
    pub value: *mut PyObject,
}

/// An entry of a unicode or split table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct UnicodeEntry {
    pub key: *mut PyObject,
    pub value: *mut PyObject,
}

/// The table of every dictionary without items. It never changes.
#[repr(C)]
struct EmptyKeys {
    head: DictKeys,
    indices: [i8; 8],
}

// SAFETY: no code writes to the empty table: it has no room, and its count is never changed.
unsafe impl Sync for EmptyKeys {}

static EMPTY_KEYS: EmptyKeys = EmptyKeys {
    head: DictKeys {
        refcnt: Cell::new(isize::MAX),
        log2_size: 0,
        log2_index_bytes: 3,
        kind: Cell::new(UNICODE),
        version: Cell::new(1),
        usable: Cell::new(0),
        nentries: Cell::new(0),
    },
    indices: [EMPTY as i8; 8],
};

/// The shared table without items.
#[inline(always)]
pub fn empty_keys() -> *mut DictKeys {
    (&raw const EMPTY_KEYS).cast::<DictKeys>().cast_mut()
}

/// Whether it is the shared table without items.
#[inline(always)]
pub fn is_empty_keys(keys: *const DictKeys) -> bool {
    core::ptr::eq(keys, empty_keys())
}

/// The number of entries for a number of indices.
#[inline]
pub fn usable_fraction(size: usize) -> usize {
    (size << 1) / 3
}

/// The logarithm of the smallest table with at least so many indices.
pub fn log2_for_size(size: usize) -> u8 {
    (size.max(8).next_power_of_two().trailing_zeros()) as u8
}

/// The logarithm of the smallest table with room for so many entries.
pub fn log2_for_entries(count: usize) -> u8 {
    log2_for_size((count * 3).div_ceil(2))
}

/// The integer types of indices.
trait Index: Copy {
    fn widen(self) -> isize;
}

macro_rules! index {
    ($($ty:ty),*) => { $( impl Index for $ty {
        #[inline(always)]
        fn widen(self) -> isize { self as isize }
    } )* };
}

index!(i8, i16, i32, i64);

/// Runs a body with the integer type of a table's indices.
macro_rules! with_index {
    ($log2:expr, $ty:ident => $body:expr) => {
        match $log2 {
            0..=7 => {
                type $ty = i8;
                $body
            }
            8..=15 => {
                type $ty = i16;
                $body
            }
            16..=31 => {
                type $ty = i32;
                $body
            }
            _ => {
                type $ty = i64;
                $body
            }
        }
    };
}

/// The sequence of places at which a key may be.
pub struct Probe {
    mask: usize,
    perturb: usize,
    place: usize,
}

impl Probe {
    #[inline(always)]
    pub fn new(mask: usize, hash: isize) -> Self {
        Probe { mask, perturb: hash as usize, place: hash as usize & mask }
    }

    #[inline(always)]
    pub fn place(&self) -> usize {
        self.place
    }

    #[inline(always)]
    pub fn advance(&mut self) {
        self.perturb >>= PERTURB_SHIFT;
        self.place = (self.place.wrapping_mul(5).wrapping_add(self.perturb).wrapping_add(1)) & self.mask;
    }
}

/// Operations on a table; the pointer is live throughout.
///
/// # Safety
/// Of all of them: `keys` is a live table, and indices are below its number of entries.
pub(super) mod raw {
    use super::*;

    #[inline(always)]
    pub unsafe fn mask(keys: *const DictKeys) -> usize {
        // SAFETY: the caller's promise, here and below.
        unsafe { (1usize << (*keys).log2_size) - 1 }
    }

    #[inline(always)]
    pub unsafe fn kind(keys: *const DictKeys) -> u8 {
        // SAFETY: see above.
        unsafe { (*keys).kind.get() }
    }

    #[inline(always)]
    pub unsafe fn nentries(keys: *const DictKeys) -> usize {
        // SAFETY: see above.
        unsafe { (*keys).nentries.get() as usize }
    }

    #[inline(always)]
    pub unsafe fn is_unicode(keys: *const DictKeys) -> bool {
        // SAFETY: see above.
        unsafe { kind(keys) != GENERAL }
    }

    #[inline(always)]
    unsafe fn indices(keys: *const DictKeys) -> *mut u8 {
        // SAFETY: the indices follow the head.
        unsafe { keys.cast_mut().cast::<u8>().add(size_of::<DictKeys>()) }
    }

    #[inline(always)]
    unsafe fn entries(keys: *const DictKeys) -> *mut u8 {
        // SAFETY: the entries follow the indices.
        unsafe { indices(keys).add(1 << (*keys).log2_index_bytes) }
    }

    #[inline(always)]
    pub unsafe fn unicode_entries(keys: *const DictKeys) -> *mut UnicodeEntry {
        // SAFETY: see above.
        unsafe { entries(keys).cast() }
    }

    #[inline(always)]
    pub unsafe fn general_entries(keys: *const DictKeys) -> *mut GeneralEntry {
        // SAFETY: see above.
        unsafe { entries(keys).cast() }
    }

    /// The index at a place of the sparse array.
    #[inline(always)]
    pub unsafe fn index_at(keys: *const DictKeys, place: usize) -> isize {
        // SAFETY: `place` is at most the mask.
        unsafe { with_index!((*keys).log2_size, T => (*indices(keys).cast::<T>().add(place)).widen()) }
    }

    #[inline(always)]
    pub unsafe fn set_index_at(keys: *mut DictKeys, place: usize, index: isize) {
        // SAFETY: `place` is at most the mask, and every index fits.
        unsafe { with_index!((*keys).log2_size, T => *indices(keys).cast::<T>().add(place) = index as T) }
    }

    /// The key of an entry; null where it was deleted.
    #[inline(always)]
    pub unsafe fn key(keys: *const DictKeys, index: usize) -> *mut PyObject {
        // SAFETY: see above.
        unsafe {
            if is_unicode(keys) {
                (*unicode_entries(keys).add(index)).key
            } else {
                (*general_entries(keys).add(index)).key
            }
        }
    }

    /// The hash of an entry's key, which is not null.
    #[inline(always)]
    pub unsafe fn hash(keys: *const DictKeys, index: usize) -> isize {
        // SAFETY: see above; the keys of a unicode table are strings.
        unsafe {
            if is_unicode(keys) {
                (*(*unicode_entries(keys).add(index)).key.cast::<PyStr>()).hash()
            } else {
                (*general_entries(keys).add(index)).hash
            }
        }
    }

    /// The place of an entry's value. Meaningless in split tables.
    #[inline(always)]
    pub unsafe fn value_place(keys: *const DictKeys, index: usize) -> *mut *mut PyObject {
        // SAFETY: see above.
        unsafe {
            if is_unicode(keys) {
                &raw mut (*unicode_entries(keys).add(index)).value
            } else {
                &raw mut (*general_entries(keys).add(index)).value
            }
        }
    }

    /// Writes a new entry behind the last one. There is room, and the key is not there.
    #[inline]
    pub unsafe fn push(keys: *mut DictKeys, hash: isize, key: *mut PyObject, value: *mut PyObject) -> usize {
        // SAFETY: see above.
        unsafe {
            let index = nentries(keys);
            debug_assert!((*keys).usable.get() > 0);
            let place = free_place(keys, hash);
            set_index_at(keys, place, index as isize);
            if is_unicode(keys) {
                unicode_entries(keys).add(index).write(UnicodeEntry { key, value });
            } else {
                general_entries(keys).add(index).write(GeneralEntry { hash, key, value });
            }
            (*keys).nentries.set(index as isize + 1);
            (*keys).usable.set((*keys).usable.get() - 1);
            (*keys).version.set(0);
            index
        }
    }

    /// The first place along the probe of a hash that holds no entry.
    #[inline]
    unsafe fn free_place(keys: *const DictKeys, hash: isize) -> usize {
        // SAFETY: see above; a table is never full.
        unsafe {
            let mut probe = Probe::new(mask(keys), hash);
            while index_at(keys, probe.place()) >= 0 {
                probe.advance();
            }
            probe.place()
        }
    }

    /// The place of the sparse array that holds this index.
    pub unsafe fn place_of(keys: *const DictKeys, hash: isize, index: usize) -> usize {
        // SAFETY: see above; the index is in the table.
        unsafe {
            let mut probe = Probe::new(mask(keys), hash);
            while index_at(keys, probe.place()) != index as isize {
                probe.advance();
            }
            probe.place()
        }
    }

    /// The entry of a string in a table of strings.
    #[inline(always)]
    pub unsafe fn find_str(keys: *const DictKeys, text: &PyStr, hash: isize) -> Option<usize> {
        // SAFETY: see above.
        unsafe { with_index!((*keys).log2_size, T => find_str_in::<T>(keys, text, hash)) }
    }

    #[inline(always)]
    unsafe fn find_str_in<T: Index>(keys: *const DictKeys, text: &PyStr, hash: isize) -> Option<usize> {
        // SAFETY: see above.
        unsafe {
            let (indices, entries) = (indices(keys).cast::<T>(), unicode_entries(keys));
            let mut probe = Probe::new(mask(keys), hash);
            loop {
                let index = (*indices.add(probe.place())).widen();
                if index >= 0 {
                    let key = (*entries.add(index as usize)).key;
                    if core::ptr::eq(key, text.as_ptr()) {
                        return Some(index as usize);
                    }
                    let key = &*key.cast::<PyStr>();
                    if key.hash() == hash && key.eq(text) {
                        return Some(index as usize);
                    }
                } else if index == EMPTY {
                    return None;
                }
                probe.advance();
            }
        }
    }
}

impl DictKeys {
    /// A new table without entries.
    pub(super) fn alloc(log2_size: u8, kind: u8) -> PyResult<*mut DictKeys> {
        let usable = usable_fraction(1 << log2_size);
        Self::alloc_usable(log2_size, kind, usable)
    }

    pub(super) fn alloc_usable(log2_size: u8, kind: u8, usable: usize) -> PyResult<*mut DictKeys> {
        let log2_index_bytes = log2_size
            + match log2_size {
                0..=7 => 0,
                8..=15 => 1,
                16..=31 => 2,
                _ => 3,
            };
        if log2_index_bytes > 58 {
            return Err(raised!(MemoryError));
        }
        let index_bytes = 1usize << log2_index_bytes;
        let room = usable_fraction(1 << log2_size).max(usable);
        let bytes = size_of::<DictKeys>() + index_bytes + room * Self::entry_size(kind);
        let keys = memory::raw_alloc(bytes).cast::<DictKeys>();
        if keys.is_null() {
            return Err(raised!(MemoryError));
        }
        // SAFETY: fresh memory of this size: the head, the indices (all bits set are `EMPTY`), the entries.
        unsafe {
            keys.write(DictKeys {
                refcnt: Cell::new(1),
                log2_size,
                log2_index_bytes,
                kind: Cell::new(kind),
                version: Cell::new(0),
                usable: Cell::new(usable as isize),
                nentries: Cell::new(0),
            });
            keys.add(1).cast::<u8>().write_bytes(0xff, index_bytes);
            raw::unicode_entries(keys).cast::<u8>().write_bytes(0, room * Self::entry_size(kind));
        }
        Ok(keys)
    }

    pub(super) fn entry_size(kind: u8) -> usize {
        if kind == GENERAL { size_of::<GeneralEntry>() } else { size_of::<UnicodeEntry>() }
    }

    /// What `sys.getsizeof` counts for the table.
    pub(super) fn size_in_bytes(&self) -> usize {
        size_of::<DictKeys>()
            + (1usize << self.log2_index_bytes)
            + usable_fraction(1 << self.log2_size) * Self::entry_size(self.kind.get())
    }

    /// A split table's number of entries with the room it has left: the length of arrays of values.
    pub(super) fn shared_size(&self) -> usize {
        (self.nentries.get() + self.usable.get()) as usize
    }

    /// The number of entries, deleted ones included.
    #[inline(always)]
    pub fn entries(&self) -> usize {
        self.nentries.get() as usize
    }

    /// The version, 0 if none was assigned.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    /// Whether all keys are exactly strings.
    #[inline(always)]
    pub fn is_unicode(&self) -> bool {
        self.kind.get() != GENERAL
    }

    /// Whether values lie elsewhere.
    #[inline(always)]
    pub fn is_split(&self) -> bool {
        self.kind.get() == SPLIT
    }
}

/// One more user of a table.
///
/// # Safety
/// `keys` is live.
#[inline]
pub unsafe fn incref_keys(keys: *mut DictKeys) {
    if !is_empty_keys(keys) {
        // SAFETY: the caller's promise.
        unsafe { (*keys).refcnt.set((*keys).refcnt.get() + 1) }
    }
}

/// One user less; the last one's leaving drops keys and values.
///
/// # Safety
/// `keys` is live, and the caller's use of it ends. May run Python code (destructors), so the caller's object must
/// not refer to it any more.
pub unsafe fn decref_keys(keys: *mut DictKeys) {
    if is_empty_keys(keys) {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let count = (*keys).refcnt.get() - 1;
        (*keys).refcnt.set(count);
        if count == 0 {
            for index in 0..raw::nentries(keys) {
                let (key, value) = (raw::key(keys, index), *raw::value_place(keys, index));
                for object in [key, value] {
                    if !object.is_null() {
                        drop(Obj::from_raw(object));
                    }
                }
            }
            free_keys(keys);
        }
    }
}

/// Frees a table whose entries were moved away.
///
/// # Safety
/// `keys` is live and not the empty table; nobody uses it afterwards.
pub unsafe fn free_keys(keys: *mut DictKeys) {
    // SAFETY: allocated by `raw_alloc`.
    unsafe { memory::raw_free(keys.cast()) }
}

/// Whether a key may stand in a table of strings.
#[inline(always)]
pub fn is_plain_str(key: &PyObject) -> bool {
    PyStr::check_exact(key)
}
