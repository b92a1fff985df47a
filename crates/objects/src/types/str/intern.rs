//! Interned strings: one object for each text.
//!
//! Immortal strings (what `intern!` names, the single characters) are the process's; the others belong to the
//! interpreter, since its lock guards their counts. The tables own no references: a mortal string leaves its table when
//! it dies.

#![expect(unsafe_code, reason = "the tables hold pointers that own nothing")]

use super::layout::{self, INTERNED};
use super::{PyStr, StrUnits, text};
use crate::model::{ObjectExt, Py, PyType, thread};
use core::cell::RefCell;
use hashbrown::HashTable;
use std::sync::Mutex;
use taipan_abi::{SSTATE_INTERNED_IMMORTAL, SSTATE_INTERNED_MORTAL, SSTATE_NOT_INTERNED};

/// An interned string of a table.
struct Entry(*const PyStr);

// SAFETY: the process's table holds immortal strings alone.
unsafe impl Send for Entry {}

impl Entry {
    fn get(&self) -> &PyStr {
        // SAFETY: entries are live: strings leave the table when they die.
        unsafe { &*self.0 }
    }
}

/// Strings, found by their hash and their text.
#[derive(Default)]
struct Table(HashTable<Entry>);

impl Table {
    const fn new() -> Self {
        Table(HashTable::new())
    }

    fn find(&self, hash: isize, is_it: impl Fn(&PyStr) -> bool) -> Option<&Entry> {
        self.0.find(hash as u64, |entry| entry.get().hash() == hash && is_it(entry.get()))
    }

    /// Adds a string that the table does not have.
    fn add(&mut self, string: &PyStr) {
        self.0.insert_unique(string.hash() as u64, Entry(string), |entry| entry.get().hash() as u64);
    }

    /// Whether it is this very string that the table has.
    fn has(&self, string: &PyStr) -> bool {
        self.0.find(string.hash() as u64, |entry| core::ptr::eq(entry.0, string)).is_some()
    }

    fn remove(&mut self, string: &PyStr) {
        if let Ok(entry) = self.0.find_entry(string.hash() as u64, |entry| core::ptr::eq(entry.0, string)) {
            entry.remove();
        }
    }
}

/// The strings that are the process's.
static IMMORTAL: Mutex<Table> = Mutex::new(Table::new());

/// The strings that an interpreter knows: its own, and the immortal ones it has met.
#[derive(Default)]
pub struct Interned(RefCell<Table>);

impl Interned {
    /// The string of this hash that `is_it` knows, made by `make` where there is none.
    fn get_or_make(
        &self,
        hash: isize,
        is_it: impl Fn(&PyStr) -> bool,
        make: impl FnOnce() -> Py<PyStr>,
    ) -> Py<PyStr> {
        if let Some(known) = self.0.borrow().find(hash, &is_it) {
            return known.get().to_owned();
        }
        if let Some(known) = immortal(hash, &is_it) {
            self.0.borrow_mut().add(known);
            return known.to_owned();
        }
        let made = make();
        mark(&made, if made.is_immortal() { SSTATE_INTERNED_IMMORTAL } else { SSTATE_INTERNED_MORTAL });
        self.0.borrow_mut().add(&made);
        made
    }

    /// How many strings are interned, those of the process included; of the immortal ones alone, if asked.
    pub fn count(&self, only_immortal: bool) -> usize {
        with_immortal(|shared| {
            let own = self.0.borrow();
            let counts = |string: &PyStr| !shared.has(string) && (!only_immortal || string.is_immortal());
            shared.0.len() + own.0.iter().filter(|entry| counts(entry.get())).count()
        })
    }
}

fn with_immortal<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    f(&mut IMMORTAL.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn shared_static(string: &PyStr) -> Option<&'static PyStr> {
    match string.units() {
        StrUnits::Ascii(bytes) | StrUnits::Latin1(bytes) => shared_static_of(bytes),
        _ => None,
    }
}

/// The empty string and the single characters below 256.
fn shared_static_of(bytes: &[u8]) -> Option<&'static PyStr> {
    match bytes {
        [] => Some(layout::empty_ref()),
        [c] => Some(layout::latin1_ref(*c)),
        _ => None,
    }
}

fn immortal(hash: isize, is_it: impl Fn(&PyStr) -> bool) -> Option<&'static PyStr> {
    // SAFETY: immortal strings are never freed.
    with_immortal(|table| table.find(hash, is_it).map(|entry| unsafe { &*entry.0 }))
}

fn mark(string: &PyStr, state: u32) {
    string.state.set(string.state() & !INTERNED | state);
}

impl PyStr {
    /// Whether it is interned.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.state() & INTERNED != SSTATE_NOT_INTERNED
    }

    /// The interned string equal to this one (`PyUnicode_InternInPlace`). A string of a subclass is left as it is.
    pub fn intern(string: Py<PyStr>) -> Py<PyStr> {
        if string.is_interned() || !PyStr::check_exact(&string) {
            return string;
        }
        if let Some(known) = shared_static(&string) {
            return known.to_owned();
        }
        let Some(state) = thread::current_opt() else {
            return Self::make_immortal_interned(string).to_owned();
        };
        let interned = &state.interpreter().interned;
        interned.get_or_make(string.hash(), |known| known.eq(&string), || string.to_owned())
    }

    /// The interned string of this text.
    pub fn intern_text(text: &str) -> Py<PyStr> {
        if text.is_ascii() { Self::intern_latin1(text.as_bytes()) } else { Self::intern(Self::new(text)) }
    }

    /// The interned string of these Latin-1 bytes. A string is made only where there is none yet.
    pub fn intern_latin1(bytes: &[u8]) -> Py<PyStr> {
        if let Some(known) = shared_static_of(bytes) {
            return known.to_owned();
        }
        let Some(state) = thread::current_opt() else {
            return Self::make_immortal_interned(Self::from_latin1(bytes)).to_owned();
        };
        let hash = text::hash_of(bytes);
        let is_it = |known: &PyStr| match known.units() {
            StrUnits::Ascii(known) | StrUnits::Latin1(known) => known == bytes,
            _ => false,
        };
        state.interpreter().interned.get_or_make(hash, is_it, || {
            let made = Self::from_latin1(bytes);
            made.hash.set(hash);
            made
        })
    }

    /// The interned, immortal string; for `intern!`.
    pub fn intern_immortal(text: &str) -> &'static PyStr {
        Self::make_immortal_interned(PyStr::new(text))
    }

    /// The interned string equal to this one, immortal from now on.
    pub fn make_immortal_interned(string: Py<PyStr>) -> &'static PyStr {
        let is_it = |known: &PyStr| known.eq(&string);
        if let Some(known) = shared_static(&string).or_else(|| immortal(string.hash(), is_it)) {
            return known;
        }
        let string = match thread::current_opt() {
            None => string,
            Some(_) => Self::intern(string),
        };
        string.make_immortal();
        mark(&string, SSTATE_INTERNED_IMMORTAL);
        let hash = string.hash();
        let raw = string.into_raw();
        // SAFETY: the string is immortal from here on; another thread may have been faster.
        with_immortal(|table| unsafe {
            if let Some(known) = table.find(hash, |known| known.eq(&*raw)) {
                return &*known.0;
            }
            table.add(&*raw);
            &*raw
        })
    }
}

/// Takes a dying string out of its interpreter's table.
pub(super) fn forget(string: &PyStr) {
    if let Some(state) = thread::current_opt() {
        state.interpreter().interned.0.borrow_mut().remove(string);
    }
}
