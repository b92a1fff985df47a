//! A pickler's memo: which objects were written, and the number each can be fetched by.
//!
//! Every container, string and class that is written goes through it, so it is a table of its own: addresses in open
//! addressing, probed from a multiplicative hash, without any removal.

use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// One object of the table.
struct Entry {
    /// Kept alive, so that no other object gets its address.
    object: Obj,
    place: usize,
}

#[derive(Default)]
pub(super) struct Memo {
    entries: Vec<Entry>,
    /// Addresses with the index of their entry; a power of two of them, address 0 for a free one.
    slots: Vec<(usize, u32)>,
}

impl Traverse for Memo {
    fn traverse(&self, visitor: &mut Visitor) {
        self.entries.iter().for_each(|entry| visitor.visit(&entry.object));
    }
}

impl Memo {
    /// The slot of an address, or the free one where it belongs.
    #[inline]
    fn slot(&self, address: usize) -> usize {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let mask = self.slots.len() - 1;
        let mut at = ((address as u64 >> 4).wrapping_mul(GOLDEN) >> 32) as usize & mask;
        while self.slots[at].0 != 0 && self.slots[at].0 != address {
            at = (at + 1) & mask;
        }
        at
    }

    /// The number of an object that was written.
    #[inline]
    pub(super) fn place(&self, object: &PyObject) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        match self.slots[self.slot(object.as_ptr() as usize)] {
            (0, _) => None,
            (_, index) => Some(self.entries[index as usize].place),
        }
    }

    /// Remembers an object under the next number, which it gives back.
    #[inline]
    pub(super) fn add(&mut self, object: &PyObject) -> usize {
        let place = self.entries.len();
        self.insert(object, place);
        place
    }

    /// Remembers an object under a number.
    pub(super) fn insert(&mut self, object: &PyObject, place: usize) {
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let address = object.as_ptr() as usize;
        let slot = self.slot(address);
        if self.slots[slot].0 != 0 {
            self.entries[self.slots[slot].1 as usize].place = place;
            return;
        }
        self.slots[slot] = (address, self.entries.len() as u32);
        self.entries.push(Entry { object: object.owned(), place });
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(32);
        let old = core::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for (address, index) in old.into_iter().filter(|slot| slot.0 != 0) {
            let slot = self.slot(address);
            self.slots[slot] = (address, index);
        }
    }

    /// Every object with its number, in the order in which they were written.
    pub(super) fn entries(&self) -> Vec<(Obj, usize)> {
        self.entries.iter().map(|entry| (entry.object.clone(), entry.place)).collect()
    }

    /// Bytes of the table.
    pub(super) fn size(&self) -> usize {
        self.slots.capacity() * size_of::<(usize, u32)>() + self.entries.capacity() * size_of::<Entry>()
    }
}
