//! The hash table of sets: open addressing with runs of linear probes between jumps, as CPython has it, so that both
//! show the members in the same order.
//!
//! Comparing members may run Python code that changes the set; a look-up notices and begins anew.

#![expect(unsafe_code, reason = "an array of entries, small ones within the object")]

use crate::memory;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{CompareOp, Obj, PyObject, PyResult};
use crate::protocols::object;
use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;

/// Places looked at in a row before jumping.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// The number of entries within the object.
const SMALL: usize = 8;

/// A place of the table: empty (null), deleted (`dummy`, hash -1) or a member.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SetEntry {
    key: *mut PyObject,
    hash: isize,
}

const EMPTY_ENTRY: SetEntry = SetEntry { key: null_mut(), hash: 0 };

static DUMMY_MARK: u64 = 0;

#[inline(always)]
fn dummy() -> *mut PyObject {
    (&raw const DUMMY_MARK).cast_mut().cast()
}

/// The fields of a set behind its head.
#[repr(C)]
pub struct SetTable {
    /// Members and deleted places.
    fill: Cell<usize>,
    used: Cell<usize>,
    /// The number of places less one.
    mask: Cell<usize>,
    /// Null until the first member came: then it may point into the object itself.
    table: Cell<*mut SetEntry>,
    /// The hash of a frozen set, -1 before somebody asks.
    hash: Cell<isize>,
    /// Where `pop` looks first.
    finger: Cell<usize>,
    small: UnsafeCell<[SetEntry; SMALL]>,
}

// Other processes look for the members where C's layout has them.
const _: () = {
    use core::mem::offset_of;
    use taipan_abi::{PyObject, PySetObject as C};
    let head = size_of::<PyObject>();
    assert!(offset_of!(SetTable, mask) + head == offset_of!(C, mask));
    assert!(offset_of!(SetTable, table) + head == offset_of!(C, table));
    assert!(offset_of!(SetTable, small) + head == offset_of!(C, smalltable));
};

/// What a look-up found.
enum Place {
    Member(*mut SetEntry),
    Free(*mut SetEntry),
}

impl SetTable {
    /// An empty table.
    pub fn new() -> Self {
        SetTable {
            fill: Cell::new(0),
            used: Cell::new(0),
            mask: Cell::new(SMALL - 1),
            table: Cell::new(null_mut()),
            hash: Cell::new(-1),
            finger: Cell::new(0),
            small: UnsafeCell::new([EMPTY_ENTRY; SMALL]),
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }

    pub fn hash(&self) -> &Cell<isize> {
        &self.hash
    }

    /// The array, which is within the object as long as `table` is null.
    #[inline(always)]
    fn entries(&self) -> *mut SetEntry {
        let table = self.table.get();
        if table.is_null() { self.small.get().cast() } else { table }
    }

    fn is_small(&self) -> bool {
        self.table.get().is_null()
    }

    /// Bytes outside the object.
    pub fn size_outside(&self) -> usize {
        if self.is_small() { 0 } else { (self.mask.get() + 1) * size_of::<SetEntry>() }
    }

    /// The place of a key.
    #[inline]
    fn find(&self, key: &PyObject, hash: isize) -> PyResult<Place> {
        'restart: loop {
            let (entries, mask) = (self.entries(), self.mask.get());
            let mut perturb = hash as usize;
            let mut place = hash as usize & mask;
            loop {
                let probes = if place + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
                for at in place..=place + probes {
                    // SAFETY: the place is within the table, which is the set's: after each comparison that is checked.
                    unsafe {
                        let entry = entries.add(at);
                        let SetEntry { key: found, hash: known } = *entry;
                        if known == 0 && found.is_null() {
                            return Ok(Place::Free(entry));
                        }
                        if known != hash {
                            continue;
                        }
                        let equal = match object::known_equal(&*found, key) {
                            Some(equal) => equal,
                            None => {
                                let member = Obj::from_borrowed(found);
                                let equal = object::compare_bool(&member, key, CompareOp::Eq)?;
                                let same = core::ptr::eq(self.entries(), entries)
                                    && self.mask.get() == mask
                                    && core::ptr::eq((*entry).key, found);
                                if !same {
                                    continue 'restart;
                                }
                                equal
                            }
                        };
                        if equal {
                            return Ok(Place::Member(entry));
                        }
                    }
                }
                perturb >>= PERTURB_SHIFT;
                place = place.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
            }
        }
    }

    /// Whether a key is there.
    #[inline]
    pub fn contains(&self, key: &PyObject, hash: isize) -> PyResult<bool> {
        Ok(matches!(self.find(key, hash)?, Place::Member(_)))
    }

    /// Adds a key; false where it was there.
    pub fn add(&self, key: Obj, hash: isize) -> PyResult<bool> {
        match self.find(&key, hash)? {
            Place::Member(_) => Ok(false),
            Place::Free(entry) => {
                // SAFETY: an empty place of the table, and nothing ran since.
                unsafe { entry.write(SetEntry { key: key.into_raw(), hash }) };
                self.fill.set(self.fill.get() + 1);
                self.used.set(self.used.get() + 1);
                if self.fill.get() * 5 >= self.mask.get() * 3 {
                    self.resize(self.grown())?;
                }
                Ok(true)
            }
        }
    }

    fn grown(&self) -> usize {
        let used = self.used.get();
        if used > 50000 { used * 2 } else { used * 4 }
    }

    /// Makes room for `count` more members that may all be new.
    pub fn reserve_more(&self, count: usize) -> PyResult<()> {
        if (self.fill.get() + count) * 5 >= self.mask.get() * 3 {
            self.resize((self.used.get() + count) * 2)?;
        }
        Ok(())
    }

    /// A table with more than `least` places, without deleted ones.
    fn resize(&self, least: usize) -> PyResult<()> {
        let mut size = SMALL;
        while size <= least {
            size <<= 1;
        }
        let (old, old_mask, was_small) = (self.entries(), self.mask.get(), self.is_small());
        let mut copy;
        // SAFETY: every member moves from the old array to the new one, neither of which anybody else looks at.
        unsafe {
            let mut source = old;
            if size == SMALL {
                if was_small {
                    if self.fill.get() == self.used.get() {
                        return Ok(());
                    }
                    copy = *self.small.get();
                    source = copy.as_mut_ptr();
                }
                self.small.get().write([EMPTY_ENTRY; SMALL]);
                self.table.set(null_mut());
            } else {
                let bytes = size.checked_mul(size_of::<SetEntry>()).filter(|&b| b <= isize::MAX as usize);
                let fresh = bytes.map_or(null_mut(), memory::raw_alloc_zeroed).cast::<SetEntry>();
                if fresh.is_null() {
                    return Err(raised!(MemoryError));
                }
                self.table.set(fresh);
            }
            self.mask.set(size - 1);
            self.fill.set(self.used.get());
            for at in 0..=old_mask {
                let entry = *source.add(at);
                if is_member(&entry) {
                    self.insert_clean(entry);
                }
            }
            if !was_small {
                memory::raw_free(old.cast());
            }
        }
        Ok(())
    }

    /// Puts a member that is not there into a table without deleted places.
    fn insert_clean(&self, member: SetEntry) {
        let (entries, mask) = (self.entries(), self.mask.get());
        let mut perturb = member.hash as usize;
        let mut place = member.hash as usize & mask;
        loop {
            let probes = if place + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for at in place..=place + probes {
                // SAFETY: within the table.
                unsafe {
                    let entry = entries.add(at);
                    if (*entry).key.is_null() {
                        entry.write(member);
                        return;
                    }
                }
            }
            perturb >>= PERTURB_SHIFT;
            place = place.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }

    /// Removes a key; false where it was not there.
    pub fn discard(&self, key: &PyObject, hash: isize) -> PyResult<bool> {
        match self.find(key, hash)? {
            Place::Free(_) => Ok(false),
            Place::Member(entry) => {
                drop(self.take(entry));
                Ok(true)
            }
        }
    }

    fn take(&self, entry: *mut SetEntry) -> Obj {
        self.used.set(self.used.get() - 1);
        // SAFETY: a member's place, found just now.
        unsafe { Obj::from_raw(core::mem::replace(&mut *entry, SetEntry { key: dummy(), hash: -1 }).key) }
    }

    /// Removes any member.
    pub fn pop(&self) -> Option<Obj> {
        if self.used.get() == 0 {
            return None;
        }
        let mask = self.mask.get();
        let mut at = self.finger.get() & mask;
        // SAFETY: within the table, which has a member.
        unsafe {
            while !is_member(&*self.entries().add(at)) {
                at = if at >= mask { 0 } else { at + 1 };
            }
            self.finger.set(at + 1);
            Some(self.take(self.entries().add(at)))
        }
    }

    /// The first member at or after a place, and the place behind it.
    #[inline(always)]
    pub fn next(&self, mut at: usize) -> Option<(usize, Obj, isize)> {
        let (entries, mask) = (self.entries(), self.mask.get());
        while at <= mask {
            // SAFETY: within the table; the reference is taken at once.
            unsafe {
                let entry = *entries.add(at);
                at += 1;
                if is_member(&entry) {
                    return Some((at, Obj::from_borrowed(entry.key), entry.hash));
                }
            }
        }
        None
    }

    /// Drops deleted places where they are more than a quarter.
    pub fn sweep(&self) -> PyResult<()> {
        if self.fill.get() - self.used.get() > self.mask.get() / 4 {
            self.resize(self.grown())
        } else {
            Ok(())
        }
    }

    /// Adds all members of another table.
    pub fn merge(&self, other: &SetTable) -> PyResult<()> {
        if core::ptr::eq(self, other) || other.used.get() == 0 {
            return Ok(());
        }
        self.reserve_more(other.used.get())?;
        if self.fill.get() == 0 {
            // Nothing to compare with.
            let same_shape = self.mask.get() == other.mask.get() && other.fill.get() == other.used.get();
            self.fill.set(other.used.get());
            self.used.set(other.used.get());
            for at in 0..=other.mask.get() {
                // SAFETY: within both tables; taking references runs no Python code.
                unsafe {
                    let entry = *other.entries().add(at);
                    if is_member(&entry) {
                        let _ = Obj::from_borrowed(entry.key).into_raw();
                        if same_shape {
                            self.entries().add(at).write(entry);
                        } else {
                            self.insert_clean(entry);
                        }
                    }
                }
            }
            return Ok(());
        }
        let mut at = 0;
        while let Some((next, key, hash)) = other.next(at) {
            at = next;
            self.add(key, hash)?;
        }
        Ok(())
    }

    /// Takes everything out; the set is empty before the first member is dropped.
    pub fn clear_members(&self) {
        let (used, table) = (self.used.get(), self.table.get());
        if used == 0 && table.is_null() && self.fill.get() == 0 {
            return;
        }
        // SAFETY: the small array is copied, the other one is no longer the set's; references are given up once.
        unsafe {
            let mut copy = self.small.get().replace([EMPTY_ENTRY; SMALL]);
            let source = if table.is_null() { copy.as_mut_ptr() } else { table };
            self.table.set(null_mut());
            self.mask.set(SMALL - 1);
            self.fill.set(0);
            self.used.set(0);
            self.finger.set(0);
            self.hash.set(-1);
            drop_members(source, used);
            memory::raw_free(table.cast());
        }
    }

    /// Exchanges the members of two sets.
    pub fn swap(&self, other: &SetTable) {
        self.fill.swap(&other.fill);
        self.used.swap(&other.used);
        self.mask.swap(&other.mask);
        self.table.swap(&other.table);
        self.finger.swap(&other.finger);
        // SAFETY: two different objects, neither of whose arrays anybody borrows.
        unsafe { core::ptr::swap(self.small.get(), other.small.get()) };
    }
}

/// Gives up the references of the first `count` members of an array.
///
/// # Safety
/// It has so many, and nobody looks at it any more.
unsafe fn drop_members(mut entry: *const SetEntry, mut count: usize) {
    while count > 0 {
        // SAFETY: the caller's promise; there are members ahead.
        unsafe {
            if is_member(&*entry) {
                count -= 1;
                drop(Obj::from_raw((*entry).key));
            }
            entry = entry.add(1);
        }
    }
}

#[inline(always)]
fn is_member(entry: &SetEntry) -> bool {
    !entry.key.is_null() && !core::ptr::eq(entry.key, dummy())
}

impl Traverse for SetTable {
    fn traverse(&self, visitor: &mut Visitor) {
        for at in 0..=self.mask.get() {
            // SAFETY: within the table; visitors run no Python code.
            unsafe {
                let entry = *self.entries().add(at);
                if is_member(&entry) {
                    visitor.visit(&*entry.key);
                }
            }
        }
    }

    fn drop_references(&self) {
        self.clear_members();
    }
}

impl Drop for SetTable {
    fn drop(&mut self) {
        // SAFETY: nobody reaches the set any more, so its array stays as it is while members are dropped.
        unsafe {
            drop_members(self.entries(), self.used.get());
            memory::raw_free(self.table.get().cast());
        }
    }
}
