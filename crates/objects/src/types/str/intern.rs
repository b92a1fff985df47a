//! Interned strings: one object for each text.
//!
//! Immortal strings (what `intern!` names, the single characters) are the process's; the others belong to the
//! interpreter, since its lock guards their counts. The tables own no references: a mortal string leaves its table when
//! it dies.

#![expect(unsafe_code, reason = "the tables hold pointers that own nothing")]

use super::layout::{self, INTERNED};
use super::{PyStr, StrUnits};
use crate::model::{ObjectExt, Py, PyType, thread};
use core::cell::RefCell;
use core::hash::{BuildHasherDefault, Hash, Hasher};
use std::collections::HashSet;
use std::sync::Mutex;
use taipan_abi::{SSTATE_INTERNED_IMMORTAL, SSTATE_INTERNED_MORTAL, SSTATE_NOT_INTERNED};

/// An entry: hashed and compared by text.
struct Entry(*const PyStr);

// SAFETY: the process's table holds immortal strings alone.
unsafe impl Send for Entry {}

impl Entry {
    fn get(&self) -> &PyStr {
        // SAFETY: entries are live: strings leave the table when they die.
        unsafe { &*self.0 }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.get().eq(other.get())
    }
}

impl Eq for Entry {}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_isize(self.get().hash());
    }
}

/// Strings bring their own hash.
#[derive(Default)]
struct OwnHash(u64);

impl Hasher for OwnHash {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_isize(&mut self, hash: isize) {
        self.0 = hash as u64;
    }
}

type Table = HashSet<Entry, BuildHasherDefault<OwnHash>>;

static IMMORTAL: Mutex<Option<Table>> = Mutex::new(None);

/// The interpreter's own strings.
#[derive(Default)]
struct Mortal(RefCell<Table>);

fn with_immortal<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    let mut guard = IMMORTAL.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    f(guard.get_or_insert_default())
}

fn shared_static(string: &PyStr) -> Option<&'static PyStr> {
    match string.units() {
        StrUnits::Ascii([]) => Some(layout::empty_ref()),
        StrUnits::Ascii([c]) | StrUnits::Latin1([c]) => Some(layout::latin1_ref(*c)),
        _ => None,
    }
}

fn immortal(string: &PyStr) -> Option<&'static PyStr> {
    // SAFETY: immortal strings are never freed.
    with_immortal(|table| table.get(&Entry(string)).map(|entry| unsafe { &*entry.0 }))
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
        let mortal = state.interpreter().extension::<Mortal>();
        if let Some(known) = mortal.0.borrow().get(&Entry(&*string)) {
            return known.get().to_owned();
        }
        if let Some(known) = immortal(&string) {
            mortal.0.borrow_mut().insert(Entry(known));
            return known.to_owned();
        }
        mark(&string, if string.is_immortal() { SSTATE_INTERNED_IMMORTAL } else { SSTATE_INTERNED_MORTAL });
        mortal.0.borrow_mut().insert(Entry(&*string));
        string
    }

    /// The interned, immortal string; for `intern!`.
    pub fn intern_immortal(text: &str) -> &'static PyStr {
        Self::make_immortal_interned(PyStr::new(text))
    }

    /// The interned string equal to this one, immortal from now on.
    pub fn make_immortal_interned(string: Py<PyStr>) -> &'static PyStr {
        if let Some(known) = shared_static(&string).or_else(|| immortal(&string)) {
            return known;
        }
        let string = match thread::current_opt() {
            None => string,
            Some(_) => Self::intern(string),
        };
        string.make_immortal();
        mark(&string, SSTATE_INTERNED_IMMORTAL);
        let raw = string.into_raw();
        // SAFETY: the string is immortal from here on; another thread may have been faster.
        with_immortal(|table| unsafe {
            match table.get(&Entry(raw)) {
                Some(known) => &*known.0,
                None => {
                    table.insert(Entry(raw));
                    &*raw
                }
            }
        })
    }
}

/// Takes a dying string out of its interpreter's table.
pub(super) fn forget(string: &PyStr) {
    if let Some(state) = thread::current_opt() {
        state.interpreter().extension::<Mortal>().0.borrow_mut().remove(&Entry(string));
    }
}
